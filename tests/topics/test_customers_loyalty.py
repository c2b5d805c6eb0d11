"""Who is a customer, who stays, comes back and brings others: worked examples."""

from __future__ import annotations

from datetime import date

import pytest

import kpilib as kl
from kpilib.assumptions import Assumptions
from tests.worked import exactly, groups, interval, near, one, rows, stack, value

JUNE = {"as_of": "2025-06-30"}
SPAN = "membership_id kind person_key start_at end_at"


def subscribed(*spans):
    """Subscriptions: who, from, to."""
    return rows(SPAN, *((str(i), "subscription", *span) for i, span in enumerate(spans)))


def bought(*orders):
    """Paid orders of 100: who, and when."""
    return rows(
        "customer_id ordered_at amount_ht status",
        *((who, f"{day}T12:00:00Z", 100.0, "paid") for who, day in orders),
    )


def o24():
    """100 at the opening, 10 leave; 20 are new, 5 of them leave; 3 of before come back."""
    long_ago, before = date(2024, 1, 1), date(2025, 5, 1)
    return subscribed(
        *((f"s{i}", long_ago, date(2025, 6, 15) if i < 10 else None) for i in range(100)),
        *((f"n{i}", date(2025, 6, 5), date(2025, 6, 20) if i < 5 else None) for i in range(20)),
        *((f"r{i}", long_ago, before) for i in range(3)),
        *((f"r{i}", date(2025, 6, 10), None) for i in range(3)),
    )


class TestRetention:
    @pytest.mark.parametrize(
        ("kpi", "expected", "counted"),
        [("customer_retention_rate", 0.9, 90), ("churn_rate", 0.1, 10)],
    )
    def test_o24_counts_the_people_of_the_opening(self, kpi, expected, counted):
        # (108 - 20) / 100 would be 88 %
        row = one({"memberships": o24()}, kpi, "2025-06", **JUNE)

        assert row["value"] == exactly(expected)
        assert (row["numerator"], row["denominator"]) == (counted, 100)
        assert row["flags"] == []

    def test_o24_newcomers_and_those_who_came_back_stand_beside(self):
        row = one({"memberships": o24()}, "churn_rate", "2025-06", **JUNE)

        assert row["details"] == {
            "closing": 108, "new_customers": 20, "lost_newcomers": 5, "reactivated": 3,
        }  # fmt: skip

    def test_o24_interval(self):
        row = one({"memberships": o24()}, "customer_retention_rate", "2025-06", **JUNE)

        # Wilson of 90 / 100
        assert interval(row) == near(0.8256343, 0.9447708)

    def test_o25_churn_compounds_over_a_quarter(self):
        # of 1,000,000 (as 1,000 people a row would be): 3 % of those left each month
        left = [1000, 970, 940.9, 912.673]
        lost = [round((before - after) * 10) for before, after in zip(left, left[1:], strict=False)]
        days = [date(2025, month, 15) for month in (4, 5, 6)]
        ends = [day for day, number in zip(days, lost, strict=True) for _ in range(number)]
        ends += [None] * (10_000 - len(ends))
        spans = subscribed(*((f"c{i}", date(2024, 1, 1), end) for i, end in enumerate(ends)))
        company = kl.open({"memberships": spans}, **JUNE)

        for month in ("2025-04", "2025-05", "2025-06"):
            assert one(company, "churn_rate", month)["value"] == pytest.approx(0.03, abs=1e-4)
        assert one(company, "churn_rate", "2025-Q2")["value"] == pytest.approx(0.087327, abs=1e-4)

    def test_one_who_left_and_came_back_in_the_period_has_stayed(self):
        spans = subscribed(
            ("a", date(2024, 1, 1), date(2025, 6, 5)), ("a", date(2025, 6, 20), None)
        )
        row = one({"memberships": spans}, "customer_retention_rate", "2025-06", **JUNE)

        assert (row["value"], row["details"]["reactivated"]) == (1, 0)

    def test_changing_one_subscription_for_the_next_is_no_loss(self):
        spans = subscribed(
            ("a", date(2024, 1, 1), date(2025, 6, 14)), ("a", date(2025, 6, 15), None)
        )
        row = one({"memberships": spans}, "active_customers", "2025-06", **JUNE)

        assert row["value"] == 1
        assert row["details"] == {"opening": 1, "entries": 0, "exits": 0}

    def test_two_subscriptions_at_once_are_one_customer(self):
        spans = subscribed(
            ("a", date(2024, 1, 1), None), ("a", date(2025, 2, 1), date(2025, 6, 14))
        )
        row = one({"memberships": spans}, "active_customers", "2025-06", **JUNE)

        assert (row["value"], row["details"]["exits"]) == (1, 0)

    def test_whose_last_day_is_the_last_of_the_month_is_lost_in_it(self):
        spans = subscribed(("a", date(2024, 1, 1), date(2025, 6, 30)))
        tables = {"memberships": spans}

        assert value(tables, "churn_rate", "2025-06", as_of="2025-07-31") == 1
        assert one(tables, "churn_rate", "2025-07", as_of="2025-07-31")["status"] == (
            "no_denominator"
        )

    def test_without_a_customer_at_the_opening_there_is_no_rate(self):
        spans = subscribed(("a", date(2025, 6, 3), None))
        row = one({"memberships": spans}, "customer_retention_rate", "2025-06", **JUNE)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)
        assert row["details"]["new_customers"] == 1

    def test_by_kind_of_customer(self):
        customers = rows("customer_id customer_kind", ("a", "RH"), ("b", "RH"), ("c", "OPCO"))
        spans = subscribed(
            ("a", date(2024, 1, 1), None),
            ("b", date(2024, 1, 1), date(2025, 6, 14)),
            ("c", date(2024, 1, 1), None),
        )
        tables = {"memberships": spans, "customers": customers}
        res = groups(tables, "customer_retention_rate", "2025-06", "customer_kind", **JUNE)

        assert res == {"OPCO": 1, "RH": 0.5}


class TestByOrders:
    """Without a subscription, whoever ordered in the 365 days before is a customer."""

    ORDERS = bought(
        ("a", "2024-06-29"),  # 366 days before the end of June
        ("b", "2024-07-01"),
        ("c", "2025-06-30"),
        ("d", "2023-01-10"), ("d", "2025-06-10"),  # came back
    )  # fmt: skip

    def test_active_on_the_last_day(self):
        row = one({"orders": self.ORDERS}, "active_customers", "2025-06", **JUNE)

        assert row["value"] == 3  # b, c, d
        assert row["details"] == {"opening": 2, "entries": 2, "exits": 1}

    def test_what_was_not_paid_makes_no_customer(self):
        orders = stack(
            self.ORDERS,
            rows(
                " ".join(self.ORDERS),
                ("x", "2025-06-10T12:00:00Z", 100.0, "cancelled"),
                ("y", "2025-06-10T12:00:00Z", 0.0, "paid"),
                ("z", "2025-06-10T12:00:00Z", -5.0, "paid"),
                (None, "2025-06-10T12:00:00Z", 100.0, "paid"),
            ),
        )

        assert value({"orders": orders}, "active_customers", "2025-06", **JUNE) == 3

    def test_retention_counts_the_same_people(self):
        row = one({"orders": self.ORDERS}, "customer_retention_rate", "2025-06", **JUNE)

        assert (row["numerator"], row["denominator"]) == (1, 2)  # b of a and b
        assert row["details"]["reactivated"] == 1  # d
        assert row["details"]["new_customers"] == 1  # c

    def test_other_members_do_not_make_it_contractual(self):
        newsletter = rows(SPAN, ("1", "newsletter", "z", date(2020, 1, 1), None))
        tables = {"orders": self.ORDERS, "memberships": newsletter}

        assert value(tables, "active_customers", "2025-06", **JUNE) == 3

    def test_subscriptions_win_over_orders(self):
        tables = {
            "orders": self.ORDERS,
            "memberships": subscribed(("a", date(2020, 1, 1), None)),
        }

        assert value(tables, "active_customers", "2025-06", **JUNE) == 1

    def test_the_length_is_the_companys_choice(self):
        company = kl.open({"orders": self.ORDERS}, **JUNE)
        company.tables.assumptions = Assumptions(customer_days=10)

        assert one(company, "active_customers", "2025-06")["value"] == 1  # c

    def test_is_approximate_while_customers_of_before_may_be_missing(self):
        orders = bought(("a", "2025-01-10"))
        tables = {"orders": orders}

        early = one(tables, "active_customers", "2025-12", as_of="2026-12-31")
        later = one(tables, "active_customers", "2026-01", as_of="2026-12-31")
        assert (early["flags"], later["flags"]) == (["approximate"], [])
        opening = one(tables, "churn_rate", "2026-01", as_of="2026-12-31")
        assert "approximate" in opening["flags"]  # its opening was on 31 December

    def test_before_the_records_nothing_is_known(self):
        orders = bought(("a", "2025-05-10"))

        row = one({"orders": orders}, "active_customers", "2025-04", **JUNE)
        assert row["status"] == "no_data"
        assert row["reason"] == "The records do not go back far enough to tell."

    @pytest.mark.parametrize("kpi", ["churn_rate", "customer_retention_rate"])
    def test_in_the_first_365_days_nobody_can_be_lost_and_0_would_say_nothing(self, kpi):
        orders = bought(("a", "2025-01-10"), ("b", "2025-06-10"))
        until = {"as_of": "2026-12-31"}

        assert one({"orders": orders}, kpi, "2025-12", **until)["status"] == "no_data"
        assert one({"orders": orders}, kpi, "2026-01", **until)["denominator"] == 2

    def test_members_of_something_else_are_not_0_customers(self):
        newsletter = rows(SPAN, ("1", "newsletter", "z", date(2020, 1, 1), None))
        row = one({"memberships": newsletter}, "active_customers", "2025-06", **JUNE)

        assert row["status"] == "no_data"
        assert row["reason"] == "Nobody is known to have belonged at any time."

    def test_empty_tables_have_no_figure(self):
        row = one({"orders": self.ORDERS.iloc[:0]}, "active_customers", "2025-06", **JUNE)

        assert (row["status"], row["reason"]) == ("no_data", "The table is empty.")


class TestRepeatPurchase:
    ORDERS = bought(
        ("a", "2024-07-01"), ("a", "2025-06-30"),  # both in the twelve months to the end of June
        ("b", "2024-06-30"), ("b", "2025-06-10"),  # the first one day too early
        ("c", "2025-01-10"),
        ("d", "2023-01-10"), ("d", "2023-02-10"),  # long ago
    )  # fmt: skip

    def test_two_orders_in_twelve_months(self):
        row = one({"orders": self.ORDERS}, "repeat_purchase_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(1 / 3), 1, 3)
        assert row["flags"] == ["low_n"]

    def test_of_hr_departments(self):
        customers = rows("customer_id customer_kind", ("a", "RH"), ("b", "RH"), ("c", "individual"))
        tables = {"orders": self.ORDERS, "customers": customers}
        res = groups(tables, "repeat_purchase_rate", "2025-06", "customer_kind", **JUNE)

        assert res == {"RH": 0.5, "individual": 0}

    def test_is_complementary_to_the_share_who_bought_once(self):
        row = one({"orders": self.ORDERS}, "purchase_frequency", "2025-06", **JUNE)
        again = value({"orders": self.ORDERS}, "repeat_purchase_rate", "2025-06", **JUNE)

        assert row["details"]["one_time_buyer_share"] == exactly(1 - again)

    def test_is_approximate_in_the_first_twelve_months_of_the_records(self):
        orders = bought(("a", "2025-01-10"), ("a", "2025-02-10"))
        flags = [
            one({"orders": orders}, "repeat_purchase_rate", month, as_of="2026-12-31")["flags"]
            for month in ("2025-12", "2026-01")
        ]

        assert [("approximate" in each) for each in flags] == [True, False]


class TestReferrals:
    @staticmethod
    def customers(referred=10, unknown=4, every=40):
        known = every - referred - unknown
        return rows(
            "customer_id first_order_at acquisition_channel referred_by",
            *((f"r{i}", "2025-06-10", "referral", "old") for i in range(referred)),
            *((f"u{i}", "2025-06-10", None, None) for i in range(unknown)),
            *((f"k{i}", "2025-06-10", "email", None) for i in range(known)),
            ("old", "2024-01-10", None, "older"),  # new in another month
        )

    def test_o32_unknown_origin_stays_below_the_line(self):
        row = one({"customers": self.customers()}, "referral_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.25, 10, 40)  # not 10/36
        assert row["details"]["unknown_share"] == 0.1

    def test_o32_interval(self):
        row = one({"customers": self.customers()}, "referral_rate", "2025-06", **JUNE)

        assert interval(row) == near(0.1418716, 0.4019396)  # Wilson of 10 / 40

    def test_who_was_referred_is_of_known_origin_without_a_channel(self):
        customers = self.customers().assign(acquisition_channel=None)
        row = one({"customers": customers}, "referral_rate", "2025-06", **JUNE)

        assert row["details"]["unknown_share"] == 0.75  # all but the ten

    def test_an_empty_text_is_nobody(self):
        customers = self.customers()
        customers["referred_by"] = customers["referred_by"].fillna("")

        assert value({"customers": customers}, "referral_rate", "2025-06", **JUNE) == 0.25

    def test_without_channels_the_rate_is_known_and_the_unknown_share_is_not(self):
        customers = self.customers().drop(columns="acquisition_channel")
        row = one({"customers": customers}, "referral_rate", "2025-06", **JUNE)

        assert (row["value"], row["details"]) == (0.25, {})


def test_subscriptions_to_a_letter_make_no_customers_and_no_error():
    """No orders table is there to ask since when it was kept."""
    letter = rows(SPAN, ("1", "newsletter", "a", "2026-01-05", None))
    found = kl.open({"memberships": letter}, as_of="2026-10-31").evaluate(
        "active_customers", "2026-10"
    )

    assert found["status"].tolist() == ["no_data"]
