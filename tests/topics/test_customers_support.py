"""What customers ask for: worked examples."""

from __future__ import annotations

import pytest

import kpilib as kl
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

MAY = {"as_of": "2025-05-31"}
DAY = "2025-05-10T09:00:00Z"
TICKETS = rows(
    "ticket_id customer_id opened_at resolved_at kind is_complaint",
    ("1", "a", "2025-05-01T08:00:00Z", "2025-05-01T10:00:00Z", "simple", False),
    ("2", "a", "2025-05-02T08:00:00Z", None, "simple", False),
    ("3", "b", "2025-05-03T08:00:00Z", None, "complex", True),  # a complex one that complains
    ("4", "c", "2025-05-04T08:00:00Z", None, "complaint", True),
    ("5", "c", "2025-04-30T21:59:59Z", None, "simple", False),  # still April in Paris
)


class TestRequests:
    def test_count_on_the_day_they_are_opened(self):
        row = one({"support_tickets": TICKETS}, "support_requests", "2025-05", **MAY)

        assert row["value"] == 4
        # two of a, one each of b and c: 16/6 and 6/4 of the gamma of Fay and Feuer, 10/6 above
        assert interval(row) == near(0.720551, 13.600124)
        assert row["details"]["complaint_share"] == 0.5

    def test_months_add_up(self):
        months = [
            value({"support_tickets": TICKETS}, "support_requests", month, **MAY)
            for month in ("2025-04", "2025-05")
        ]

        assert months == [1, 4]
        assert value({"support_tickets": TICKETS}, "support_requests", "2025", **MAY) == 5

    def test_per_hundred_active_customers(self):
        # a and b bought within the year, c long ago: 4 requests of 2 active customers, 200 a 100
        orders = rows(
            "order_id customer_id ordered_at amount_ht status",
            ("o1", "a", "2025-01-10T09:00:00Z", 100.0, "paid"),
            ("o2", "b", "2024-09-10T09:00:00Z", 100.0, "paid"),
            ("o3", "c", "2020-01-10T09:00:00Z", 100.0, "paid"),
        )
        tables = {"support_tickets": TICKETS, "orders": orders}
        row = one(tables, "support_requests", "2025-05", **MAY)

        assert row["details"]["per_100_active_customers"] == 200

    def test_by_kind_no_group_is_made_up(self):
        orders = times(1, "order_id customer_id ordered_at amount_ht status", "o", "a", DAY, 9.0,
                       "paid")  # fmt: skip
        tables = {"support_tickets": TICKETS, "orders": orders}

        assert groups(tables, "support_requests", "2025-05", "kind", **MAY) == {
            "complaint": 1, "complex": 1, "simple": 2,
        }  # fmt: skip

    def test_by_a_column_of_the_customer(self):
        customers = rows("customer_id segment", ("a", "PME"), ("b", "ETI"), ("c", "PME"))
        tables = {"support_tickets": TICKETS, "customers": customers}

        assert groups(tables, "support_requests", "2025-05", "segment", **MAY) == {
            "ETI": 1, "PME": 3,
        }  # fmt: skip

    def test_without_a_complaint_mark_the_count_stands(self):
        tables = {"support_tickets": TICKETS.drop(columns="is_complaint")}
        row = one(tables, "support_requests", "2025-05", **MAY)

        assert row["value"] == 4
        assert "complaint_share" not in row["details"]


class TestMix:
    def test_kinds_add_up_to_one(self):
        tickets = stack(TICKETS, TICKETS.head(1).assign(ticket_id="6", kind=None))
        res = kl.open({"support_tickets": tickets}, **MAY).evaluate("request_mix", "2025-05")
        found = dict(zip(res["kind"], res["value"], strict=True))

        assert found == {
            "(unknown)": exactly(0.2), "complaint": exactly(0.2), "complex": exactly(0.2),
            "simple": exactly(0.4),
        }  # fmt: skip
        assert sum(found.values()) == exactly(1)

    def test_interval_is_that_of_a_share(self):
        row = one(
            {"support_tickets": TICKETS}, "request_mix", "2025-05", by="kind", group="simple", **MAY
        )

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)
        assert interval(row) == near(0.150039, 0.849961)

    def test_share_of_complaints_is_by_the_mark_and_not_by_the_kind(self):
        found = groups(
            {"support_tickets": TICKETS}, "request_mix", "2025-05", "is_complaint", **MAY
        )

        assert found == {"false": 0.5, "true": 0.5}  # one complaint is of kind complex


class TestResolution:
    """The hand cases of the method are in tests/methods/test_resolution.py."""

    def test_o33_by_kind(self):
        res = kl.open({"support_tickets": TICKETS}, **MAY).evaluate(
            "avg_resolution_time", "2025-05", by="kind"
        )
        found = res.set_index("kind")

        assert found.loc["simple", "value"] == exactly(2)
        assert found.loc["simple", "details"]["resolution_rate"] == 0.5
        assert found.loc["complex", "status"] == "no_denominator"
        assert found.loc["complex", "reason"] == (
            "None of the requests opened in the period has been resolved yet."
        )


def test_p1_order_and_exact_duplicates_change_nothing():
    names = ["support_requests", "avg_resolution_time", "request_mix"]
    shuffled = stack(TICKETS.iloc[::-1], TICKETS.head(2))
    first, second = (
        kl.open({"support_tickets": table}, **MAY).evaluate(names, "2025-05")
        for table in (TICKETS, shuffled)
    )

    assert first["value"].tolist() == pytest.approx(second["value"].tolist())
    assert first["n"].tolist() == second["n"].tolist()


def test_a_month_before_the_first_ticket_is_not_known():
    res = kl.open({"support_tickets": TICKETS}, **MAY).evaluate(
        ["support_requests", "avg_resolution_time", "request_mix"], "2025-01"
    )

    assert set(res["status"]) == {"no_data"}
    assert res["value"].isna().all()
