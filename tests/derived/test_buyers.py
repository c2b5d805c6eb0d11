"""Who was a customer from when to when: what holds for any data, wherever the tables are."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.period import Period
from kpilib.tables.read import in_pandas
from tests.worked import exactly, one, rows

SPAN = "membership_id kind person_key start_at end_at"


def random_spans(rng, people=30, count=120):
    start = [date(2024, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 540, count)]
    return rows(
        SPAN,
        *(
            (
                str(i),
                "subscription",
                f"c{rng.integers(0, people)}",
                first,
                None if rng.random() < 0.1 else first + timedelta(days=int(rng.integers(0, 150))),
            )
            for i, first in enumerate(start)
        ),
    )


def random_orders(rng, people=40, count=200):
    days = pd.Timestamp("2023-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 900 * 24, count), unit="h"
    )
    return pd.DataFrame({
        "customer_id": [f"c{who}" for who in rng.integers(0, people, count)],
        "ordered_at": days,
        "amount_ht": rng.integers(-1, 9, count) * 10.0,
        "status": rng.choice(["paid", "paid", "refunded"], count),
    })  # fmt: skip


PERIODS = ["2025-02", "2025-Q1", ("2024-03-01", "2025-02-28")]


@cache
def at_random(seed):
    rng = np.random.default_rng(seed)
    tables = {"memberships": random_spans(rng)} if seed % 2 else {"orders": random_orders(rng)}
    return kl.open(tables, as_of="2025-06-30")


class TestProperties:
    @pytest.fixture(params=range(6))
    def company(self, request):
        return at_random(request.param)

    @pytest.mark.parametrize("period", PERIODS)
    def test_p07_retention_and_churn_add_up_to_1(self, company, period):
        stayed, lost = (
            one(company, kpi, period) for kpi in ("customer_retention_rate", "churn_rate")
        )

        assert stayed["value"] + lost["value"] == exactly(1)
        assert stayed["numerator"] + lost["numerator"] == stayed["denominator"]

    @pytest.mark.parametrize("period", PERIODS)
    def test_p05_closing_is_opening_and_entries_less_exits(self, company, period):
        row = one(company, "active_customers", period)
        parts = row["details"]

        assert row["value"] == parts["opening"] + parts["entries"] - parts["exits"]

    @pytest.mark.parametrize("period", PERIODS)
    def test_p05_the_closing_is_made_of_those_who_stayed_came_and_came_back(self, company, period):
        row = one(company, "customer_retention_rate", period)
        parts = row["details"]

        assert parts["closing"] == (
            row["numerator"] + parts["new_customers"] - parts["lost_newcomers"]
            + parts["reactivated"] - self.regained_and_lost(company, period)
        )  # fmt: skip

    @staticmethod
    def regained_and_lost(company, period):
        """Those who came back in the period and were gone again at its end, counted one by one."""
        days = Period.parse(period)
        spans = in_pandas(company.tables.frame("customer_spans", {"customer_id"}))
        start = pd.to_datetime(spans["start_at"], utc=True).dt.tz_convert("Europe/Paris")
        end = pd.to_datetime(spans["end_at"], utc=True).dt.tz_convert("Europe/Paris")
        first = pd.Timestamp(days.start, tz="Europe/Paris")
        after = pd.Timestamp(days.end_day + timedelta(days=1), tz="Europe/Paris")
        known = spans.assign(start=start, end=end.fillna(pd.Timestamp("2200-01-01", tz="UTC")))
        found = 0
        for _, own in known.groupby("customer_id"):
            before = (own["start"] < first).any()
            opening = ((own["start"] < first) & (own["end"] >= first)).any()
            came = ((own["start"] >= first) & (own["start"] < after)).any()
            closing = ((own["start"] < after) & (own["end"] >= after)).any()
            found += before and not opening and came and not closing
        return found

    def test_p05_a_closing_is_the_next_opening(self, company):
        closing = one(company, "active_customers", "2025-01")["value"]
        opening = one(company, "active_customers", "2025-02")["details"]["opening"]

        assert closing == opening

    def test_spans_of_one_customer_do_not_touch(self, company):
        spans = in_pandas(company.tables.frame("customer_spans", {"customer_id"}))
        spans = spans.sort_values(["customer_id", "start_at"])
        before = spans.groupby("customer_id")["end_at"].shift(1)
        met = before.notna()

        assert (spans["start_at"][met] > before[met]).all()


class TestEngines:
    """Subscriptions and orders make the same customers wherever the tables are."""

    KPIS = ("active_customers", "customer_retention_rate", "churn_rate", "repeat_purchase_rate",
            "purchase_frequency", "cltv")  # fmt: skip

    @pytest.fixture(params=["polars", "arrow", "relation"])
    def engine(self, request):
        con = duckdb.connect()
        arrow = {"polars": pl.from_pandas, "arrow": pa.Table.from_pandas}
        return arrow.get(request.param) or (lambda t: con.from_arrow(pa.Table.from_pandas(t)))

    @pytest.mark.parametrize("contract", [True, False])
    def test_figures_agree(self, engine, contract):
        rng = np.random.default_rng(9)
        tables = {"orders": random_orders(rng)}
        if contract:
            tables["memberships"] = random_spans(rng)
        ours, theirs = (
            kl.open(given, as_of="2025-06-30").evaluate(list(self.KPIS), "2025-02")
            for given in (tables, {name: engine(table) for name, table in tables.items()})
        )

        pd.testing.assert_frame_equal(
            ours[["kpi", "value", "numerator", "denominator", "ci_low", "ci_high", "status"]],
            theirs[["kpi", "value", "numerator", "denominator", "ci_low", "ci_high", "status"]],
        )
        assert ours["status"].eq("ok").all()
        for mine, other in zip(ours["details"], theirs["details"], strict=True):
            assert {k: v for k, v in other.items() if v is not None} == pytest.approx(
                {k: v for k, v in mine.items() if v is not None}
            )
