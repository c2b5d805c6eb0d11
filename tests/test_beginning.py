"""Where the records of a figure begin: what came before is not known, and is not nothing."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.beginning import recorded_from
from kpilib.period import Period
from kpilib.topics.catalogue import kpi

YEAR = Period.parse("2026")


def leads_of(days):
    """One person asks on each of some days."""
    return pd.DataFrame({
        "lead_id": [f"l{number}" for number in range(len(days))],
        "person_key": [f"p{number}" for number in range(len(days))],
        "created_at": [day + pd.Timedelta(hours=10) for day in days],
    })  # fmt: skip


def tables_of(days):
    return kl.open({"leads": leads_of(days)}, as_of="2026-12-31").tables


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


def test_a_total_is_not_compared_with_a_part_of_one():
    """Three a day since 20 May: 36 in May are no month, and June is what July is set against."""
    days = [day for day in every(1, "2026-05-20") for _ in range(3)]
    company = kl.open({"leads": leads_of(days)}, as_of="2026-12-31")
    june, july = (
        company.evaluate("leads", month, compare="previous").iloc[0]
        for month in ("2026-06", "2026-07")
    )
    moved = ["previous", "delta_previous", "change_previous", "change_per_day_previous"]
    assert june["value"] == 90 and june[moved].isna().all()
    assert (june["within_noise_previous"], june["news_previous"]) == (None, None)
    assert (july["previous"], july["delta_previous"]) == (90, 3)


def test_a_rate_of_a_part_is_compared():
    days = [day for day in every(1, "2026-05-20") for _ in range(3)]
    qualified = leads_of(days).assign(qualified_at=lambda t: t["created_at"])
    company = kl.open({"leads": qualified}, as_of="2026-12-31")
    row = company.evaluate("lead_qualification_rate", "2026-06", compare="previous").iloc[0]
    assert row["previous"] == 1
