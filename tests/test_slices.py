"""Rows cut into periods and groups, for all periods in one pass."""

from __future__ import annotations

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.engine.aggregate import gather
from kpilib.engine.slices import days_asked, divisible, layers
from kpilib.errors import ContractError
from kpilib.measure import count, distinct, stock, total
from kpilib.period import Period
from kpilib.tables.store import Tables
from tests.worked import rows

PARIS = ZoneInfo("Europe/Paris")
SESSIONS = count("sessions")


def periods(*asked):
    return [Period.parse(each) for each in asked]


class TestLayers:
    def test_months_are_one_layer(self):
        months = Period.parse("2025-12").trailing(13)

        assert layers(months) == [months]

    def test_what_overlaps_is_apart(self):
        month, quarter, year = periods("2025-02", "2025-Q1", "2025")

        assert sorted(map(len, layers([month, quarter, year]))) == [1, 1, 1]

    def test_the_same_period_twice_is_once(self):
        assert layers(periods("2025-02", "2025-02")) == [periods("2025-02")]

    @given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), min_size=1, max_size=8))
    def test_nothing_is_lost_and_nothing_overlaps_in_a_layer(self, spans):
        asked = [
            Period(date.fromordinal(739_000 + start), date.fromordinal(739_000 + start + length))
            for start, length in spans
        ]
        found = layers(asked)

        assert Counter(p for layer in found for p in layer) == Counter(set(asked))
        for layer in found:
            assert all(a.end_day < b.start for a, b in zip(layer, layer[1:], strict=False))


class TestGather:
    DAYS = pd.date_range("2024-12-01", "2025-04-30", freq="7h", tz="UTC")
    TABLES = Tables({"sessions": pd.DataFrame({"started_at": DAYS})}, PARIS)

    def counted(self, period):
        """The same, by converting every instant to local time."""
        local = self.DAYS.tz_convert(PARIS).date
        return sum(period.start <= day <= period.end_day for day in local)

    def test_overlapping_periods_and_gaps_in_one_go(self):
        asked = periods(
            "2025-01", "2025-02", "2025-Q1", ("2025-01-15", "2025-02-03"), "2025-04", "2024-12"
        )
        found = gather(self.TABLES, [SESSIONS], asked, None)[SESSIONS]

        assert {period: found.values[period, ""] for period in asked} == {
            period: self.counted(period) for period in asked
        }
        assert dict(found.rows) == {period: self.counted(period) for period in asked}

    @settings(max_examples=10)
    @given(st.lists(st.tuples(st.integers(0, 140), st.integers(0, 40)), min_size=1, max_size=5))
    def test_any_periods(self, spans):
        first = date(2024, 12, 1).toordinal()
        asked = [
            Period(date.fromordinal(first + start), date.fromordinal(first + start + length))
            for start, length in spans
        ]
        found = gather(self.TABLES, [SESSIONS], asked, None)[SESSIONS]

        for period in asked:
            assert found.values.get((period, ""), 0) == self.counted(period)

    def test_measures_of_several_tables_and_dates(self):
        tables = Tables(
            {
                "sessions": rows("started_at", ("2025-02-10",)),
                "leads": rows(
                    "created_at qualified_at", ("2025-01-10", "2025-02-10"), ("2025-02-11", None)
                ),
                "social_daily": rows("date followers", ("2025-01-31", 5), ("2025-02-27", 7)),
            },
            PARIS,
        )
        created, qualified = count("leads"), count("leads", at="qualified_at")
        last = stock("last", "social_daily", lambda t: t.followers, per="account_id")
        (february,) = periods("2025-02")
        found = gather(tables, [SESSIONS, created, qualified, last], [february], None)

        assert {m: cells.values[february, ""] for m, cells in found.items()} == {
            SESSIONS: 1, created: 1, qualified: 1, last: 7,
        }  # fmt: skip

    def test_distinct_and_sums_by_group(self):
        rng = np.random.default_rng(4)
        frame = pd.DataFrame({
            "visitor_id": [f"v{i}" for i in rng.integers(0, 9, 200)],
            "started_at": pd.Timestamp("2025-02-10", tz="UTC"),
            "pageviews": rng.integers(0, 5, 200),
            "country": [("FR", "BE", None)[i] for i in rng.integers(0, 3, 200)],
        })  # fmt: skip
        people, pages = distinct("sessions", "visitor_id"), total("sessions", lambda t: t.pageviews)
        (february,) = periods("2025-02")
        found = gather(Tables({"sessions": frame}, PARIS), [people, pages], [february], "country")
        plain = frame.assign(country=frame["country"].fillna("(unknown)")).groupby("country")

        assert {g: v for (_, g), v in found[people].values.items()} == plain[
            "visitor_id"
        ].nunique().to_dict()
        assert {g: v for (_, g), v in found[pages].values.items()} == plain[
            "pageviews"
        ].sum().to_dict()

    def test_faults_of_all_tables_come_together(self):
        tables = Tables({"sessions": rows("x", (1,)), "leads": rows("y", (1,))}, PARIS)

        with pytest.raises(ContractError) as caught:
            gather(tables, [SESSIONS, count("leads")], periods("2025-02"), None)

        assert [fault.split(" Found")[0] for fault in caught.value.faults] == [
            "table sessions: column started_at is missing.",
            "table leads: column created_at is missing.",
        ]


@pytest.mark.parametrize(
    ("table", "by", "possible"),
    [
        ("sessions", "channel", True),
        ("web_events", "channel", True),  # of the session
        ("web_events", "cta_id", True),
        ("completed", "x", None),
        ("training_participants", "method", True),  # of the training
        ("survey_responses", "team", True),  # the group's other name
        ("interactions", "format", False),
        ("costs", "channel", False),
    ],
)
def test_what_a_table_can_be_broken_down_by(table, by, possible):
    if possible is None:
        with pytest.raises(KeyError):
            divisible(Tables({}, PARIS), table, by)
    else:
        assert divisible(Tables({}, PARIS), table, by) is possible


def test_days_asked_are_the_first_and_the_last():
    assert days_asked(periods("2025-02", "2024-Q1")) == (date(2024, 1, 1), date(2025, 2, 28))
