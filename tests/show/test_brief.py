"""A plan on one page, to be signed before work starts (catalogue, M04)."""

from __future__ import annotations

from pathlib import Path

import kpilib as kl
from kpilib.objectives.plan import read_plan
from kpilib.objectives.written import Plan
from kpilib.show.brief import Brief

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
DAYS = {"start": "2026-01-01", "end": "2026-12-31"}
PLAN = {
    "objectives": [
        {"id": "low", "statement": "Second", "why": "b", "priority": 2, **DAYS},
        {
            "id": "child", "parent": "top", "statement": "Be read <b>", **DAYS, "owner": "Léa",
            "actions": [
                {"id": "a", "kind": "email", "description": "Shorter letters",
                 "start": "2026-02-01"}
            ],
            "key_results": [
                {
                    "id": "kr", "kpi": "open_rate_trackable", "mode": "from_to", "unit": "%",
                    "baseline": 19, "target": 24, "reviews": ["2026-06-30"],
                }
            ],
        },
        {"id": "top", "statement": "First", "why": {"en": "To live", "fr": "Pour vivre"}, **DAYS},
        {"id": "secret", "statement": "Sell the company", "status": "hidden", **DAYS},
    ]
}  # fmt: skip


def brief(lang="en"):
    return Brief(Plan.model_validate(PLAN), lang)


def test_m04_the_tree_comes_by_priority_and_below_its_parents():
    lines = repr(brief()).splitlines()
    places = [lines.index(line) for line in ("First", "  Be read <b>", "Second")]

    assert places == sorted(places)


def test_what_is_done_by_whom_and_how_it_is_judged():
    said = repr(brief()).replace("\u00a0", " ")

    assert "- Why: To live" in said
    assert "- Owner: Léa" in said
    assert "- Action: Shorter letters (from 1 February 2026)" in said
    assert "from 19.0 % to 24.0 % by 31 December 2026" in said


def test_m04_open_questions_are_asked_before_anybody_signs():
    # "Second" reaches no KPI; everything else is answered
    assert brief().questions == [
        "“Second” reaches no KPI. Which figure shows that it is reached?",
    ]


def test_hidden_objectives_stay_in():
    assert "Sell the company" not in repr(brief()) + brief()._repr_html_()


def test_in_french_and_escaped():
    res = brief("fr")._repr_html_()

    assert "Pour vivre" in res and "Questions encore ouvertes" in res
    assert "Be read &lt;b&gt;" in res and "Be read <b>" not in res


def test_of_a_company():
    res = kl.brief(SAMPLE, "fr")

    assert repr(res) == repr(Brief(read_plan(SAMPLE), "fr"))


def test_what_several_key_results_lack_is_asked_once():
    several = [
        {"id": name, "kpi": "leads", "mode": "count", "unit": "count", "target": 5} | DAYS
        for name in "ab"
    ]
    one = {"id": "top", "statement": "First", "why": "x", "owner": "Léa", "key_results": several}
    res = Brief(Plan.model_validate({"objectives": [one]})).questions

    assert len(res) == 1
    assert res[0].startswith("New leads; New leads: No day is set")
