"""Levels 1 and 3 of trainings, cut by training and by every way at once: nobody can be solved for.

Who holds all printed figures takes one from another. What is left of a figure without another is a
few people wherever both differ by one to four; then all that they may have answered must be open.
"""

from __future__ import annotations

from itertools import permutations
from math import ceil, floor

import pandas as pd
import pytest

from kpilib.engine.printed import people_said
from kpilib.show.beforehand import for_pages

SAMPLE = "data/sample/tables"
CUTS = (None, "training_id", "method", "duration_h", "is_gamified", "title", "version")
LEVELS = {
    "training_satisfaction": ("training_reaction", "answered_at"),
    "skill_application_rate": ("training_application", "closed_at"),
}


def answers(kpi):
    """Return who answered about which training when, with how the training was given."""
    kind, day = LEVELS[kpi]
    plan = pd.read_parquet(f"{SAMPLE}/trainings.parquet")
    waves = pd.read_parquet(f"{SAMPLE}/survey_waves.parquet").query("survey_kind == @kind")
    waves = waves[["survey_id", "wave", "closed_at", "invited_n"]]
    given = pd.read_parquet(f"{SAMPLE}/survey_responses.parquet").dropna(subset="value")
    own = given.merge(waves, on=["survey_id", "wave"])
    own = own.merge(plan, left_on="survey_id", right_on="training_id")
    return own.assign(day=own[day].dt.tz_convert("Europe/Paris").dt.tz_localize(None))


def told(*kpis, exact=False):
    """Return every figure that is told of some KPIs: rows by cut."""
    company = for_pages("data/sample")
    company.printed = not exact
    periods = [company.period(f"2025-{month:02d}") for month in range(1, 13)]
    periods += [company.period(f"2025-Q{quarter}") for quarter in range(1, 5)]
    periods += [company.period("2025"), company.period("2026-10").ending("24m")]
    return {by: company.over(kpis, periods, by=by).query("status == 'ok'") for by in CUTS}


@pytest.fixture(scope="module")
def printed():
    return told(*LEVELS)


def by_people(rows, kpi, own):
    """Return each figure that is told by the people it is of, and what it is a share of."""
    found = {}
    for by in CUTS:
        for row in rows[by].query("kpi == @kpi").to_dict("records"):
            part = own[
                own["day"].between(row["period_start"], row["period_end"] + pd.Timedelta("1D"))
            ]
            if by:
                part = part[part[by].astype(str).str.lower().eq(str(row[by]).lower())]
            who = frozenset(zip(part["survey_id"], part["respondent_key"], strict=True))
            asked = part.drop_duplicates("survey_id")["invited_n"].sum()
            found[who] = (
                row["value"],
                float(asked if kpi == "skill_application_rate" else len(part)),
            )
    return found


def left_open(pair, width):
    """Return the least and the most that those may add up to who are in the first alone."""
    ends = []
    for (value, base), half in zip(pair, width, strict=True):
        ends.append((ceil((value - half) * base - 1e-9), floor((value + half) * base + 1e-9)))
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]


@pytest.mark.parametrize("kpi", LEVELS)
def test_all_that_a_few_may_have_answered_is_open(printed, kpi):
    own = answers(kpi)
    items = own["item_id"].nunique() if kpi == "training_satisfaction" else 1
    figures = by_people(printed, kpi, own)
    assert len(figures) > 50 and min(map(len, figures)) >= 5
    for one, other in permutations(figures, 2):
        few = len(one) - len(other)
        if other < one and few < 5:
            width = [1 / people_said(len(who)) for who in (one, other)]
            low, high = left_open((figures[one], figures[other]), width)
            assert low <= 0 and high >= few * items, (sorted(one - other), low, high)


def test_exact_figures_would_give_a_few_away():
    kpi = "skill_application_rate"
    exact = by_people(told(kpi, exact=True), kpi, answers(kpi))
    pairs = [
        left_open((exact[one], exact[other]), (0.0, 0.0))
        for one, other in permutations(exact, 2)
        if other < one and len(one) - len(other) < 5
    ]
    assert any(low == high for low, high in pairs)
