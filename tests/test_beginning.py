"""Where the records of a figure begin: what came before is not known, and is not nothing."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.beginning import recorded_from
from kpilib.period import Period
from kpilib.topics.catalogue import kpi

YEAR = Period.parse("2026")


def tables_of(days):
    """A company that was asked by one person on each of some days."""
    asked = pd.DataFrame({
        "lead_id": [f"l{number}" for number in range(len(days))],
        "person_key": [f"p{number}" for number in range(len(days))],
        "created_at": [day + pd.Timedelta(hours=10) for day in days],
    })  # fmt: skip
    return kl.open({"leads": asked}, as_of="2026-12-31").tables


def every(days, first):
    return pd.date_range(first, "2026-12-31", freq=f"{days}D", tz="UTC")


@pytest.mark.parametrize(
    ("days", "first", "found"),
    [
        (1, "2026-03-14", "2026-03-14"),  # 72 of 365 days are not known
        (1, "2026-01-03", None),  # 2 are: less than one in twenty
        (1, "2025-06-01", None),
        (80, "2026-03-14", None),  # 72 days without a row came later, too
        (70, "2026-03-14", "2026-03-14"),
    ],
)
def test_they_begin_within_a_period(days, first, found):
    day = recorded_from(tables_of(every(days, first)), kpi("leads"), YEAR)
    assert day == (found and pd.Timestamp(found).date())


def test_of_nothing_and_of_one_day_it_cannot_be_told():
    later = Period.parse("2026-02")
    assert recorded_from(tables_of(every(1, "2026-03-14")), kpi("leads"), later) is None
    assert recorded_from(tables_of(every(1, "2026-12-31")), kpi("leads"), YEAR) is None


def test_a_part_of_a_month_has_a_rate_of_its_own():
    rate = kpi("lead_qualification_rate")
    assert recorded_from(tables_of(every(1, "2026-03-14")), rate, YEAR) is None
