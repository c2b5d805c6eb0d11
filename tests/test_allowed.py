"""Rows that break a rule of a column make no figure: they are named."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ContractError

ORDERS = pd.DataFrame(
    [
        ("o1", "2025-02-03", 100.0, "paid", "inter"),
        ("o2", "2025-02-04", 200.0, "Paid", "inter"),
        ("o3", "2025-02-05", 400.0, "PAID", "inter"),
    ],
    columns=["order_id", "ordered_at", "amount_ht", "status", "product_kind"],
)
SESSIONS = pd.DataFrame(
    {
        "session_id": ["s1", "s2"],
        "started_at": ["2025-02-03", "2025-02-04"],
        "channel": ["SEO", "direct"],
        "pageviews": [3, -1],
    }
)


def refused(tables: dict, kpi: str, **asked: object) -> str:
    with pytest.raises(ContractError) as caught:
        kl.open(tables, as_of="2025-02-28").evaluate(kpi, "2025-02", **asked)
    return str(caught.value)


STATUS = "the value is not one of paid, cancelled, refunded."


class TestChoices:
    def test_an_unknown_one_is_named_and_not_left_out(self):
        """Only o1 is written as the rule of the revenue asks: 100 of 700."""
        told = refused({"orders": ORDERS}, "revenue")

        assert told == f"table orders: column status, 2 row(s), the first in row 3: {STATUS}"

    def test_of_a_database_too(self):
        connection = duckdb.connect()
        connection.register("given", ORDERS.assign(ordered_at=pd.to_datetime(ORDERS.ordered_at)))
        connection.execute("create table orders as select * from given")

        assert refused(connection, "revenue") == f"table orders: column status, 2 row(s): {STATUS}"

    def test_a_column_that_the_figure_does_not_read_may_hold_anything(self):
        data = kl.open({"sessions": SESSIONS.assign(pageviews=1)}, as_of="2025-02-28")

        assert data.evaluate("sessions", "2025-02")["value"].item() == 2
        parted = data.evaluate("sessions", "2025-02", by="channel").set_index("channel")["value"]
        assert parted.to_dict() == {"SEO": 1, "direct": 1}

    def test_one_that_it_reads_may_not(self):
        told = refused({"sessions": SESSIONS.assign(pageviews=1)}, "organic_sessions")

        assert told.startswith("table sessions: column channel, 1 row(s), the first in row 2:")

    def test_of_a_table_that_is_worked_out_of_others(self):
        """Days at work are made of absences, when there are any."""
        employees = pd.DataFrame(
            [(f"e{n}", "2024-01-01", "2024-01-01", "CDI") for n in range(8)],
            columns=["employee_id", "valid_from", "hired_at", "contract_kind"],
        )
        absences = pd.DataFrame(
            [("a1", "e1", "2025-02-03", "2025-02-04", "Sick")],
            columns=["absence_id", "employee_id", "start_date", "end_date", "kind"],
        )

        days = pd.date_range("2025-02-01", "2025-02-28", unit="us")
        calendar = pd.DataFrame({"date": days, "is_public_holiday": False})
        given = {"employees": employees, "absences": absences, "work_calendar": calendar}

        told = refused(given, "absenteeism_rate")

        assert told.startswith("table absences: column kind, 1 row(s), the first in row 2: the ")


class TestRanges:
    def test_what_cannot_be_is_not_added_up(self):
        told = refused({"sessions": SESSIONS}, "page_views")

        assert told == (
            "table sessions: column pageviews, 1 row(s), the first in row 3: the value is below 0."
        )

    def test_every_column_is_named_at_once(self):
        told = refused({"orders": ORDERS.assign(currency="USD")}, "revenue").split("\n")

        assert [line.split(",")[0] for line in told] == [
            "2 faults in the data:",
            "  - table orders: column status",
            "  - table orders: column currency",
        ]


class TestLargeTables:
    """Their rows are held against the rules while they are added up: those of the days asked."""

    ORDERS = ORDERS.assign(ordered_at=["2025-01-03", "2025-01-04", "2025-02-05"])

    @pytest.fixture(autouse=True)
    def large(self, monkeypatch):
        monkeypatch.setattr("kpilib.tables.store.HELD", 0)

    @pytest.mark.parametrize("kpi", ["revenue", "repeat_purchase_rate"])
    def test_they_are_refused_as_small_ones_are(self, kpi):
        orders = self.ORDERS.assign(customer_id=["c1", "c1", "c2"])

        assert "table orders: column status, " in refused({"orders": orders}, kpi)

    def test_rows_of_other_days_are_not_looked_at(self):
        data = kl.open({"orders": self.ORDERS[:2]}, as_of="2025-02-28")

        assert data.evaluate("revenue", "2025-02")["value"].item() == 0
        told = refused({"orders": self.ORDERS[2:]}, "revenue", by="product_kind")
        assert told == f"table orders: column status, 1 row(s): {STATUS}"
