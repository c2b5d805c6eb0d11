"""What the linters found, in words: every reason has them, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kpilib as kl
from kpilib.display.lint_words import (
    CHECK_WORDS,
    GAP_WORDS,
    TEST_WORDS,
    WORK_WORDS,
    check_words,
    gap_words,
    warnings,
)  # fmt: skip
from kpilib.display.numbers import Formatter
from kpilib.language import LANGUAGES
from kpilib.objectives.plan import read_plan
from kpilib.objectives.purpose import coverage
from kpilib.objectives.ten_tests import (
    MALIN,
    REASONS,
    SMART,
    attainable,
    limited,
    lint,
    lint_sentence,
)
from kpilib.objectives.verdict import HORIZONS
from kpilib.period import Period
from tests.goals import goal, plan

STEERING = Path(kl.__file__).parent / "objectives"
SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def said(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_every_reason_has_its_words():
    names = ("ten_tests", "purpose")
    source = "".join((STEERING / f"{name}.py").read_text(encoding="utf-8") for name in names)

    assert set(CHECK_WORDS) == set(REASONS)
    assert set(re.findall(r'reason="(\w+)"', source)) <= set(GAP_WORDS)
    assert [code for code in (*REASONS, *GAP_WORDS) if f'"{code}"' not in source] == []
    assert set(TEST_WORDS) == {*MALIN, *SMART}
    assert set(WORK_WORDS) == set(HORIZONS)


def test_the_best_months_are_named():
    aim = goal(kpi="sessions", unit="count", baseline=112, target=150, end="2026-06-30")
    past = list(zip(Period.parse("2025-12").trailing(12), [100] * 6 + [112] * 6, strict=True))
    check = attainable(aim, past)

    assert "your best 6 months gave +12 %" in said(check_words(check, Formatter("en")))
    assert "vos 6 meilleurs mois ont donné +12 %" in said(check_words(check, Formatter("fr")))


def test_too_short_says_what_takes_how_long():
    aim = goal(kpi="organic_sessions", unit="count", start="2026-03-01", end="2026-03-21")

    assert check_words(limited(aim), Formatter("en")) == (
        "21 days, but search engine work shows its effect after 90. Can it end later?"
    )
    assert said(check_words(limited(aim), Formatter("fr"))) == (
        "21 jours, mais le référencement naturel ne montre son effet qu'après 90."
        " L'échéance peut-elle reculer ?"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_that_fails_is_answered_by_questions(lang):
    res = lint_sentence("Améliorer notre newsletter")
    words = [check_words(each, Formatter(lang)) for each in res.malin if each.passed is False]

    assert len(words) == 3
    assert all(each.endswith("?") for each in words)
    assert "Améliorer" in words[2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sample_is_said_in_full(lang):
    company, write = kl.open(SAMPLE), Formatter(lang)
    written = read_plan(SAMPLE)
    every = [
        check_words(check, write)
        for each in lint(written, company)
        for check in (*each.malin, *each.smart)
    ] + [gap_words(gap, write) for gap in coverage(written, ["reach"])]

    assert len(every) > 100
    assert [text for text in every if "{" in text or not text] == []


def test_alike_warnings_are_said_once():
    written = plan(
        *(
            {
                "id": name,
                "kpi": "leads",
                "mode": "count",
                "unit": "count",
                "target": 5,
                "owner": "Léa",
            }
            for name in "ab"
        ),
        why="x",
    )
    res = warnings(lint(written), coverage(written), Formatter("en"))

    assert res == [
        "a, b: not negotiable. No day is set on which the target itself may be changed."
        " When is it reviewed?"
    ]


def test_gaps_end_in_a_question_or_say_what_to_do():
    assert [text for text in GAP_WORDS.values() if not text.endswith(("?", ".", ")?"))] == []
