"""What customers have brought so far: worked by hand, and against plain pandas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.assumptions import Assumptions
from kpilib.methods.lifetime import lifetime_values, second_orders
from kpilib.period import Period
from tests.worked import exactly, one, rows, stack, value

ORDER = "order_id customer_id ordered_at amount_ht status"


def order(number, customer, day, amount=100.0, status="paid"):
    return rows(ORDER, (f"{customer}-{number}", customer, f"{day}T12:00:00Z", amount, status))


def monthly(customer, first, months, amount, days=(1, 28, 15)):
    """One order in each month, on days that change."""
    starts = pd.date_range(first, periods=months, freq="MS")
    return stack(*(
        order(i, customer, f"{start:%Y-%m}-{days[i % len(days)]:02d}", amount)
        for i, start in enumerate(starts)
    ))  # fmt: skip


def assumed(orders, asked=None, **assumptions):
    """The row of a company that has decided something."""
    company = kl.open({"orders": orders} if asked is None else asked, as_of="2025-12-31")
    company.tables.assumptions = Assumptions(**assumptions)
    return one(company, "cltv", "2025-12")


class TestSimple:
    @pytest.mark.parametrize("days", [(1, 28, 15), (28, 1), (31, 1, 31, 1), (1,)])
    def test_o26_150_a_month_for_36_months_are_5400(self, days):
        days = tuple(min(day, 28) for day in days)
        row = one({"orders": monthly("c", "2022-01", 36, 150.0, days)}, "cltv", "2024-12")

        assert row["value"] == 5400  # from the first to the last order it is 35 months: 5250
        assert row["details"]["lifetime_months"] == 36
        assert row["details"]["orders_per_month"] == 1
        assert row["details"]["average_order_value"] == 150

    def test_o26_is_the_product_of_its_factors(self):
        row = one({"orders": monthly("c", "2022-01", 36, 150.0)}, "cltv", "2024")
        parts = row["details"]

        product = (
            parts["average_order_value"] * parts["orders_per_month"] * parts["lifetime_months"]
        )
        assert product == exactly(row["value"])

    def test_o26_young_customers_count_for_the_time_seen(self):
        # one for 36 months, one for 4 so far: not only those who left, and nothing foreseen
        orders = stack(monthly("c", "2022-01", 36, 150.0), monthly("d", "2024-09", 4, 150.0))
        row = one({"orders": orders}, "cltv", "2024-12")

        assert (row["value"], row["n"]) == (3000, 2)  # (5400 + 600) / 2
        assert row["details"]["lifetime_months"] == 20
        assert row["details"]["monthly_churn"] == 0
        assert row["details"]["churn_variant"] is None  # nobody was lost: not known

    def test_refunds_lower_it_and_what_was_not_paid_is_not_in_it(self):
        orders = stack(
            order(1, "c", "2025-12-01", 300.0),
            order(2, "c", "2025-12-10", -50.0),
            order(3, "c", "2025-12-11", 0.0),
            order(4, "c", "2025-12-12", 900.0, "cancelled"),
            order(5, "d", "2025-12-12", 900.0, "refunded"),  # d never was a customer
        )
        row = one({"orders": orders}, "cltv", "2025-12")

        assert (row["value"], row["denominator"]) == (250, 1)
        assert row["details"]["average_order_value"] == 250

    def test_what_comes_after_the_period_is_not_known_yet(self):
        orders = stack(order(1, "c", "2025-11-30"), order(2, "c", "2025-12-01", 900.0))

        assert value({"orders": orders}, "cltv", "2025-11", as_of="2025-12-31") == 100

    def test_a_period_after_the_data_has_no_figure(self):
        row = one({"orders": order(1, "c", "2025-11-30")}, "cltv", "2026-01")

        assert (row["status"], row["value"]) == ("no_data", pytest.approx(np.nan, nan_ok=True))

    def test_orders_without_customer_are_counted_apart(self):
        orders = stack(order(1, "c", "2025-12-01"), order(2, None, "2025-12-02", 500.0))
        row = one({"orders": orders}, "cltv", "2025-12")

        assert row["value"] == 100
        assert row["details"]["excluded_orders_without_customer"] == 1
        assert "excluded_rows" in row["flags"]

    def test_customers_from_before_the_records_make_it_approximate(self):
        customers = rows(
            "customer_id first_order_at",
            ("c", "2019-01-01T09:00:00Z"),
            ("d", "2025-12-02T12:00:00Z"),
        )
        orders = stack(order(1, "c", "2025-12-01"), order(1, "d", "2025-12-02"))
        row = one({"orders": orders, "customers": customers}, "cltv", "2025-12")

        assert row["details"]["customers_before_records"] == 1
        assert "approximate" in row["flags"]

    def test_by_kind_of_customer(self):
        customers = rows("customer_id customer_kind", ("c", "RH"), ("d", "individual"))
        orders = stack(order(1, "c", "2025-12-01", 300.0), order(1, "d", "2025-12-02", 50.0))
        res = kl.open({"orders": orders, "customers": customers}).evaluate(
            "cltv", "2025-12", by="customer_kind"
        )

        assert dict(zip(res["customer_kind"], res["value"], strict=True)) == {
            "RH": 300, "individual": 50,
        }  # fmt: skip

    def test_interval_draws_customers(self):
        orders = stack(*(order(1, f"c{i}", "2025-12-01", 10.0 * i) for i in range(1, 41)))
        row = one({"orders": orders}, "cltv", "2025-12")

        assert row["ci_method"] == "bootstrap"
        assert row["ci_low"] < row["value"] == 205 < row["ci_high"]


class TestLifetimes:
    def test_who_left_was_a_customer_for_a_year_after_the_last_order(self):
        # c: one order in January 2023, gone since January 2024; d: one in October 2025, still there
        orders = stack(order(1, "c", "2023-01-31"), order(1, "d", "2025-10-01"))
        row = one({"orders": orders}, "cltv", "2025-12", as_of="2025-12-31")

        assert row["details"]["lifetime_months"] == (12 + 3) / 2
        assert row["details"]["monthly_churn"] == exactly(1 / 15)  # one lost in 15 months
        assert row["details"]["churn_variant"] == exactly((200 / 15) / (1 / 15))

    def test_the_time_between_leaving_and_coming_back_does_not_count(self):
        orders = stack(order(1, "c", "2022-01-10"), order(2, "c", "2025-12-10"))
        row = one({"orders": orders}, "cltv", "2025-12")

        assert row["details"]["lifetime_months"] == 12 + 1
        assert row["details"]["monthly_churn"] == exactly(1 / 13)

    def test_two_orders_in_one_month_are_one_month(self):
        orders = stack(order(1, "c", "2025-12-01"), order(2, "c", "2025-12-20"))
        row = one({"orders": orders}, "cltv", "2025-12")

        assert row["details"]["lifetime_months"] == 1
        assert row["details"]["orders_per_month"] == 2

    def test_the_month_is_the_local_one(self):
        # 31 December 23:30 UTC is January in Paris
        orders = rows(ORDER, ("1", "c", "2024-12-31T23:30:00Z", 100.0, "paid"))

        assert one({"orders": orders}, "cltv", "2024-12")["status"] == "no_data"
        assert value({"orders": orders}, "cltv", "2025-01", as_of="2025-01-31") == 100

    def test_how_long_an_order_makes_a_customer_is_the_companys_choice(self):
        row = assumed(order(1, "c", "2025-01-10"), customer_days=91)

        assert row["details"]["lifetime_months"] == 3

    def test_a_contract_tells_it_better_than_orders(self):
        # paid once for three months, and then gone
        memberships = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "subscription", "c", date(2025, 2, 10), date(2025, 4, 9)),
            ("2", "subscription", "c", date(2025, 4, 20), date(2025, 5, 19)),
            ("3", "subscription", "e", date(2025, 11, 1), None),
        )
        orders = stack(
            order(1, "c", "2025-02-10"), order(1, "d", "2025-12-05"), order(1, "e", "2025-11-05")
        )
        row = one({"orders": orders, "memberships": memberships}, "cltv", "2025-12",
                  as_of="2025-12-31")  # fmt: skip

        # c February to May, April once; d by the order, one month; e November and December
        assert row["details"]["lifetime_months"] == exactly((4 + 1 + 2) / 3)
        assert row["details"]["monthly_churn"] == exactly(2 / 7)


class TestVariants:
    def test_margin_of_the_orders(self):
        orders = stack(order(1, "c", "2025-12-01", 300.0), order(2, "c", "2025-12-02", 100.0))
        row = one({"orders": orders.assign(margin_ht=[90.0, None])}, "cltv", "2025-12")

        assert row["details"]["gross_margin"] == exactly(0.3)  # of the order that says it
        assert row["details"]["margin_variant"] == exactly(400 * 0.3)

    def test_margin_as_assumed_where_orders_do_not_say_it(self):
        row = assumed(order(1, "c", "2025-12-01", 300.0), gross_margin=0.4)

        assert row["details"]["margin_variant"] == exactly(120)

    def test_margin_that_nobody_knows_is_missing(self):
        row = one({"orders": order(1, "c", "2025-12-01", 300.0)}, "cltv", "2025-12")

        assert row["details"]["margin_variant"] is None

    def test_discounted(self):
        # 150 a month for 12 months at 1 % a month: 150 x (1 - 1.01^-12) / 0.01 = 1688.2616
        row = assumed(monthly("c", "2025-01", 12, 150.0), yearly_discount_rate=1.01**12 - 1)

        assert row["value"] == 1800
        assert row["details"]["discounted_variant"] == pytest.approx(1688.2616, abs=1e-4)

    def test_without_a_discount_it_is_the_simple_form(self):
        row = one({"orders": monthly("c", "2025-01", 12, 150.0)}, "cltv", "2025-12")

        assert row["details"]["discounted_variant"] == exactly(row["value"])


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(11)
    size = 600
    days = pd.Timestamp("2023-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 3 * 365 * 24 * 3600, size), unit="s"
    )
    return pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(size)],
            "customer_id": [None if rng.random() < 0.03 else f"c{rng.integers(0, 90)}"
                            for _ in range(size)],
            "ordered_at": days,
            "amount_ht": rng.integers(-4, 40, size) * 25.0,
            "status": rng.choice(["paid", "paid", "paid", "cancelled", "refunded"], size),
        }
    )  # fmt: skip


class TestMany:
    def test_value_of_each_customer_against_plain_pandas(self, many):
        company = kl.open({"orders": many}, as_of="2025-12-31")
        found = lifetime_values(company.tables, Period.parse("2025-06"))
        until = many[many["ordered_at"] < pd.Timestamp("2025-07-01", tz="Europe/Paris")]
        back = (until["status"] == "refunded") & (until["amount_ht"] < 0)
        paid = until[((until["status"] == "paid") | back) & until["customer_id"].notna()]
        bought = set(paid.loc[paid["amount_ht"] > 0, "customer_id"])
        expected = paid[paid["customer_id"].isin(bought)].groupby("customer_id")["amount_ht"].sum()

        pd.testing.assert_series_equal(
            found.sort_index(), expected, check_names=False, check_dtype=False,
            check_index_type=False,
        )  # fmt: skip
        assert one(company, "cltv", "2025-06")["value"] == exactly(expected.mean())

    def test_months_against_a_count_of_months_one_by_one(self, many):
        row = one({"orders": many}, "cltv", "2025-12", as_of="2025-12-31")
        orders = many[
            (many["status"] == "paid") & (many["amount_ht"] > 0) & many["customer_id"].notna()
        ]
        local = orders["ordered_at"].dt.tz_convert("Europe/Paris")
        month = local.dt.year * 12 + local.dt.month
        end = 2025 * 12 + 12
        months = {
            (who, number + later)
            for who, number in zip(orders["customer_id"], month, strict=True)
            for later in range(12)
            if number + later <= end
        }

        assert row["details"]["lifetime_months"] == exactly(
            len(months) / orders["customer_id"].nunique()
        )

    def test_p11_in_cents_it_is_a_hundred_times_as_much(self, many):
        euros, cents = (
            one({"orders": many.assign(amount_ht=many["amount_ht"] * factor)}, "cltv", "2025-12")
            for factor in (1, 100)
        )

        assert cents["value"] == exactly(100 * euros["value"])
        assert cents["details"]["lifetime_months"] == euros["details"]["lifetime_months"]

    def test_p01_the_order_of_rows_changes_nothing(self, many):
        first, second = (
            one({"orders": frame}, "cltv", "2025-12")
            for frame in (many, many.sample(frac=1, random_state=3))
        )

        assert first["value"] == second["value"]
        assert (first["ci_low"], first["ci_high"]) == (second["ci_low"], second["ci_high"])


class TestSecondOrders:
    ORDERS = stack(
        order(1, "c", "2025-01-10"),
        order(2, "c", "2025-03-10"),
        order(3, "c", "2025-04-10"),
        order(1, "d", "2025-01-20"),
        order(1, "e", "2025-02-01"),
        order(2, "e", "2025-02-28"),
        order(1, "f", "2025-04-30"),
    )

    def found(self, period, **opened):
        company = kl.open({"orders": self.ORDERS}, **opened)
        return second_orders(company.tables, Period.parse(period))

    def test_how_soon_each_came_back(self):
        cases = self.found("2025-04", as_of="2025-04-30")
        january = 2025 * 12

        assert cases.loc["c"].tolist() == [january, 2, True]
        assert cases.loc["d"].tolist() == [january, 3, False]  # not seen by April
        assert cases.loc["e"].tolist() == [january + 1, 0, True]  # in the same month
        assert cases.loc["f"].tolist() == [january + 3, 0, False]

    def test_a_month_that_is_not_over_is_not_looked_at(self):
        cases = self.found("2025-04", as_of="2025-04-29")

        assert cases.loc["d"].tolist() == [2025 * 12, 2, False]
        assert "f" not in cases.index

    def test_who_ordered_before_the_records_is_left_out(self):
        customers = rows("customer_id first_order_at", ("c", "2019-01-01T09:00:00Z"))
        company = kl.open({"orders": self.ORDERS, "customers": customers}, as_of="2025-04-30")

        assert "c" not in second_orders(company.tables, Period.parse("2025-04")).index
