"""The page of trainings says no more of an effect than what was looked at allows."""

from __future__ import annotations

import re

import numpy as np
import pytest

import kpilib as kl
from tests.trainings import cost, followed
from tests.worked import stack

CLAIM = {"en": "more than chance would explain", "fr": "plus que le hasard ne l'expliquerait"}


def company(before, *, months=2, teams=0, gone=0):
    """Eight trained who end 6 higher than eight others; each arm moved as given before."""
    draw, people, of = np.random.default_rng(4), {}, {}
    for arm, path in zip(("treated", "control"), before, strict=True):
        for number in range(8):
            key = f"{arm}{number}"
            level = np.array(path) + draw.normal(0, 0.3, len(path))
            after = list(path[-1] + (6 if arm == "treated" else 0) + draw.normal(0, 0.3, months))
            if arm == "treated" and number < gone:
                after[1:] = [None] * (months - 1)
            people[key] = (arm, level, after)
            of[key] = f"team {number % teams}" if teams else None
    tables = followed(people, price=100.0, teams=of if teams else None)
    return tables | {"costs": cost("T1", ("participant_time", 900))}


def words(tables, part, lang="en"):
    """Return the text of a part of the page."""
    page = kl.page("training", month="2025-04", data=kl.open(tables, as_of="2025-04-30"), lang=lang)
    html = getattr(page, part)()._repr_html_()
    html = re.sub(r"<(style|svg|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", plain)


ALIKE, RISING = ([10, 10, 10], [10, 10, 10]), ([4, 7, 10], [10, 10, 10])


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_was_looked_at_is_more_than_chance(lang):
    said = words(company(ALIKE), "before_after", lang)

    assert CLAIM[lang] in said
    assert ("not proven" if lang == "en" else "non prouvé") not in said


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("tables", "why"),
    [
        (company(RISING), {"en": "already moved apart before", "fr": "s'écartaient déjà avant"}),
        (company(([10], [10])), {"en": "moved alike before is not known",
                                 "fr": "on ne sait pas s'ils évoluaient de même avant"}),
        (company(ALIKE, teams=4), {"en": "too few people or teams",
                                   "fr": "trop peu de personnes ou d'équipes"}),
    ],
    ids=["rising before", "one period before", "four teams"],
)  # fmt: skip
def test_what_was_not_is_not(tables, why, lang):
    said = words(tables, "before_after", lang)

    assert CLAIM[lang] not in said
    assert ("not proven" if lang == "en" else "non prouvé") in said
    assert why[lang] in said


def test_levels_and_people_who_are_missing_are_named():
    said = words(company(([10] * 3, [20] * 3), gone=3), "before_after")

    assert "They did not start at the same level: 10 trained, 20 control." in said
    # 8 people, 5 of them to the end, 13 of 16 periods of a person: each to the nearest five.
    assert (
        "Measured (trained): 10 of 10 people, 5 of them to the last period; 15 of 15 periods"
        in said
    )


@pytest.mark.parametrize(
    ("tables", "title"),
    [
        (company(ALIKE), "earned more than it cost"),
        (company(RISING), "more benefit than cost, not proven"),
        (company(ALIKE, teams=4), "more benefit than cost, not proven"),
        (company(ALIKE) | {"costs": cost("T1", ("venue", 900))},
         "more benefit than cost, not proven"),
        (company(ALIKE) | {"costs": cost("T1", ("participant_time", 90_000))},
         "has not paid back so far"),
    ],
    ids=["proven", "rising before", "four teams", "cost not complete", "a loss"],
)  # fmt: skip
def test_a_return_is_earned_when_the_effect_is_proven(tables, title):
    assert title in words(tables, "waterfall")


def test_the_benefit_says_for_which_periods_it_counts():
    said = words(company(ALIKE, gone=3), "waterfall")

    assert "counts the 13 periods in which a trained person was measured, of 16" in said


def test_how_much_of_the_cost_was_evaluated_is_read_with_the_return():
    tables = company(ALIKE)
    tables["costs"] = stack(tables["costs"], cost("T2", ("venue", 8100)))
    page = kl.page("training", month="2025-04", data=kl.open(tables, as_of="2025-04-30"))
    said = re.sub(r"<[^>]+>", "", page.reading("training_roi")._repr_html_()).replace("\u00a0", " ")

    assert "10.0 % of what trainings cost over twelve months was evaluated." in said
    assert "A training without evidence brings nothing here and keeps its cost" in said
