"""The check lists every fault: file, column, rows, rule; never a value."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.language import speaking
from tests.small_company import small_company
from tests.worked import rows


def check(**tables):
    return kl.open(tables).check()


def test_a_company_in_order_has_no_fault():
    assert kl.open(small_company(seed=1, size=40)).check() == []


@pytest.mark.parametrize(
    ("table", "frame", "fault"),
    [
        (
            "employees",
            rows("employee_id hired_at left_at fte", ("a", "2020-01-01", None, 1.7)),
            "table employees: column fte, 1 row(s), the first in row 2: the value is above 1.",
        ),
        (
            "sessions",
            rows("started_at pageviews", ("2025-02-10", 1), ("2025-02-10", -3)),
            "table sessions: column pageviews, 1 row(s), the first in row 3: the value is below 0.",
        ),
        (
            "costs",
            rows("cost_id scope_kind", ("1", "trainings")),
            "table costs: column scope_kind, 1 row(s), the first in row 2: the value is not one of "
            "campaign, training, community, tool.",
        ),
        (
            "costs",
            rows("cost_id amount_ht currency", ("1", 5.0, "USD"), ("2", 5.0, "EUR")),
            "table costs: column currency, 1 row(s), the first in row 2: the value is not EUR: "
            "convert the amounts, two currencies are never added.",
        ),
        (
            "memberships",
            rows("membership_id start_at end_at", ("1", "2025-02-10", "2025-02-09")),
            "table memberships: column end_at, 1 row(s), the first in row 2: the value is before "
            "start_at.",
        ),
        (
            "leads",
            rows("lead_id created_at", ("1", None), ("2", "2025-02-10")),
            "table leads: column created_at, 1 row(s), the first in row 2: the value is empty: a "
            "row needs it.",
        ),
        (
            "leads",
            rows("lead_id created_at", ("1", "10/02/2025")),
            "table leads: column created_at has 1 value(s) that are not an instant as "
            "YYYY-MM-DDTHH:MM:SSZ; the first is in row 2. Correct them, or leave them empty.",
        ),
        (
            "work_calendar",
            pd.DataFrame({"date": ["2025-02-10"] * 2, "working_hours": [7.0] * 2, "x": [[1], [2]]}),
            "table work_calendar: 1 row(s) repeat a key (date) with other values. A key names one"
            " row: keep the right one. If both are right, add site: it is part of the key.",
        ),
        (
            "leads",
            rows("lead_id created_at", ("1", "2025-02-10"), ("1", "2025-02-11")),
            "table leads: 1 row(s) repeat a key (lead_id) with other values. A key names one row: "
            "keep the right one.",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_rule(table, frame, fault):
    assert check(**{table: frame}) == [fault]


def test_rows_are_numbered_as_their_file_has_them_and_told_all_at_once(tmp_path):
    """Row 3 repeats row 2 and is left out; the faults stand in rows 5 and 6 all the same."""
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "orders.csv").write_text(
        "order_id,ordered_at,amount_ht,status\n"
        "1,2026-10-01T10:00:00Z,100,paid\n"
        "1,2026-10-01T10:00:00Z,100,paid\n"
        "2,2026-10-02T10:00:00Z,100,paid\n"
        "3,2026-10-03T10:00:00Z,many,paid\n"
        "4,2026-10-04T10:00:00Z,5,piad\n",
        encoding="utf-8",
    )
    data = kl.open(tmp_path)
    assert data.check() == [
        "orders.csv: column amount_ht has 1 value(s) that are not a number with a decimal point;"
        " the first is in row 5. Correct them, or leave them empty.",
        "orders.csv: column status, 1 row(s), the first in row 6: the value is not one of paid,"
        " cancelled, refunded.",
    ]
    with pytest.raises(kl.KpilibError, match="column status, 1 row.s., the first in row 6: the"):
        data.evaluate("units_sold", "2026-10")


class TestRefunds:
    """A row below zero lowers revenue or is a fault; it never vanishes."""

    ORDERS = "order_id customer_id ordered_at amount_ht status"
    PAID = ("1", "a", "2025-02-10", 100.0, "paid")

    @pytest.mark.parametrize("status", ["paid", "refunded"])
    def test_money_paid_back_on_a_row_of_its_own_is_in_order(self, status):
        orders = rows(self.ORDERS, self.PAID, ("2", "a", "2025-02-12", -100.0, status))

        assert check(orders=orders) == []

    def test_a_cancelled_row_below_zero_says_nothing(self):
        orders = rows(self.ORDERS, self.PAID, ("2", "a", "2025-02-12", -100.0, "cancelled"))

        assert check(orders=orders) == [
            "table orders: column amount_ht, 1 row(s), the first in row 3: the value is negative"
            " in a cancelled row. Money paid back has the status paid or refunded; what was never"
            " paid needs no negative row."
        ]

    @pytest.mark.parametrize("status", ["paid", "refunded"])
    def test_an_order_that_is_paid_back_twice_is_named(self, status):
        orders = rows(
            self.ORDERS,
            ("1", "a", "2025-02-10", 100.0, "refunded"),
            ("2", "a", "2025-02-12", -100.0, status),
        )
        found = check(orders=orders)

        assert len(found) == 1
        assert found[0].startswith(
            "table orders: column amount_ht, 1 row(s), the first in row 3: the value is below zero"
            " beside an order of the same customer and amount that is refunded itself"
        )

    def test_refunds_of_others_of_other_amounts_and_of_before_are_none_of_it(self):
        orders = rows(
            self.ORDERS,
            ("1", "a", "2025-02-10", 100.0, "refunded"),
            ("2", "b", "2025-02-12", -100.0, "refunded"),
            ("3", "a", "2025-02-12", -40.0, "refunded"),
            ("4", "a", "2025-02-01", -100.0, "refunded"),
        )

        assert check(orders=orders) == []


class TestRowsOfOnePerson:
    """Rows that overlap are named, and counted, and no person is."""

    def doubts(self, **tables):
        company = kl.open(tables)
        assert company.check() == []
        return company.doubts()

    def test_contracts_at_once(self):
        columns = "employee_id hired_at left_at valid_from"
        staff = rows(
            columns,
            ("canary", "2020-01-01", None, "2020-01-01"),
            ("b", "2020-01-01", "2020-12-31", "2020-01-01"),
            ("b", "2021-01-01", None, "2021-01-01"),  # follows: no overlap
            ("canary", "2021-05-01", "2021-06-30", "2021-05-01"),
        )

        assert self.doubts(employees=staff) == [
            "table employees: 1 row(s), the first in row 5, overlap an earlier row of the same"
            " employee_id. Each person is counted once. Right if both hold at once; else correct"
            " the days."
        ]

    def test_doubts_are_said_in_the_language_of_the_reader(self):
        members = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "newsletter", "a", "2025-01-01", None),
            ("3", "newsletter", "a", "2025-02-01", "2025-02-10"),
        )
        with speaking("fr"):
            found = self.doubts(memberships=members)

        assert len(found) == 1
        assert "1 ligne(s), " in found[0] and "(person_key et kind)" in found[0]
        assert "Chaque personne compte une fois." in found[0]

    def test_contracts_that_no_first_day_tells_apart_are_refused_with_the_way_out(self):
        staff = rows("employee_id hired_at left_at", ("a", "2020-01-01", None),
                     ("a", "2021-01-01", None))  # fmt: skip

        assert kl.open({"employees": staff}).check() == [
            "table employees: 1 row(s) repeat a key (employee_id) with other values. A key names"
            " one row: keep the right one. If both are right, add valid_from: it is part of the"
            " key."
        ]

    def test_memberships_of_one_kind_at_once(self):
        members = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "newsletter", "a", "2025-01-01", None),
            ("2", "community", "a", "2025-01-10", None),
            ("3", "newsletter", "a", "2025-02-01", "2025-02-10"),
        )
        found = self.doubts(memberships=members)

        assert len(found) == 1
        assert "1 row(s), the first in row 4," in found[0]
        assert "the same person_key and kind" in found[0]

    def test_states_of_one_contract_do_not_overlap(self):
        states = rows(
            "employee_id hired_at left_at valid_from valid_to",
            ("a", "2020-01-01", None, "2020-01-01", "2020-06-30"),
            ("a", "2020-01-01", None, "2020-07-01", None),
        )

        assert self.doubts(employees=states) == []


def test_a_reference_to_nothing_is_a_fault():
    found = check(
        trainings=rows("training_id started_at", ("T1", "2025-02-10")),
        training_participants=rows("training_id person_key", ("T1", "a"), ("T2", "b"), (None, "c")),
    )

    assert found == [
        "table training_participants: column training_id, 1 row(s): no such training_id in table "
        "trainings. Export both for the same period."
    ]


def test_every_fault_of_every_table_is_listed():
    found = check(
        costs=rows("cost_id scope_kind cost_kind", ("1", "x", "y")),
        sessions=rows("started_at pageviews engaged_s", ("2025-02-10", -1, -1)),
        leads=rows("lead_id created_at", ("1", "never")),
    )

    assert len(found) == 5


def test_the_file_is_named_and_no_value(tmp_path):
    canary = "canary@example.org"
    (tmp_path / "leads.csv").write_text(f"lead_id,created_at,channel\n1,2025-02-10,{canary}\n")
    found = check(leads=tmp_path / "leads.csv")

    assert len(found) == 1
    assert found[0].startswith("leads.csv: column channel, 1 row(s), the first in row 2: ")
    assert canary not in found[0]


def test_a_company_in_another_currency_is_in_order_with_it():
    costs = rows("cost_id amount_ht currency", ("1", 5.0, "CHF"))

    assert kl.open({"costs": costs}, currency="CHF").check() == []
    assert len(kl.open({"costs": costs}).check()) == 1
