"""What customers buy: worked examples, and the figure that a naive count would give."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import exactly, groups, interval, one, rows, stack, value

JUNE = {"as_of": "2025-06-30"}
DAY = "2025-06-10"

# Six orders of June: 100 + 100 + 200 paid; 300 paid back in full, one free, one cancelled.
O27 = rows(
    "order_id customer_id ordered_at amount_ht status",
    ("1", "c1", DAY, 100.0, "paid"),
    ("2", "c1", DAY, 100.0, "paid"),
    ("3", "c2", DAY, 200.0, "paid"),
    ("4", "c2", DAY, 300.0, "refunded"),
    ("5", "c3", DAY, 0.0, "paid"),
    ("6", "c4", DAY, 100.0, "cancelled"),
)
LEFT_OUT = {
    "excluded_free_orders": 1,
    "excluded_cancelled_orders": 1,
    "excluded_refunded_orders": 1,
    "excluded_incomplete_orders": 0,
}


def ordered(*orders, columns="customer_id ordered_at amount_ht status"):
    return rows(columns, *orders)


class TestOrderIdentity:
    @pytest.mark.parametrize(
        ("kpi", "expected"),
        [
            ("revenue", 400),
            ("average_order_value", 400 / 3),  # 800 / 6 with every row
            ("purchase_frequency", 1.5),  # three orders of two customers
        ],
    )
    def test_o27_figures(self, kpi, expected):
        assert value({"orders": O27}, kpi, "2025-06", **JUNE) == exactly(expected)

    def test_o27_revenue_is_customers_times_frequency_times_order_value(self):
        tables = {"orders": O27}
        frequency = one(tables, "purchase_frequency", "2025-06", **JUNE)
        each = value(tables, "average_order_value", "2025-06", **JUNE)
        revenue = value(tables, "revenue", "2025-06", **JUNE)

        assert frequency["denominator"] == 2
        assert frequency["denominator"] * frequency["value"] * each == exactly(revenue)

    @pytest.mark.parametrize("kpi", ["revenue", "average_order_value"])
    def test_o27_what_is_left_out_is_counted(self, kpi):
        row = one({"orders": O27}, kpi, "2025-06", **JUNE)

        assert {name: row["details"][name] for name in LEFT_OUT} == LEFT_OUT
        assert "excluded_rows" in row["flags"]

    def test_a_paid_order_without_amount_is_neither_0_nor_an_order(self):
        orders = ordered(("a", DAY, 100.0, "paid"), ("b", DAY, None, "paid"), ("c", DAY, 5.0, None))
        row = one({"orders": orders}, "average_order_value", "2025-06", **JUNE)

        assert row["value"] == 100
        assert row["details"]["excluded_incomplete_orders"] == 2

    def test_p11_in_cents_it_is_a_hundred_times_as_much(self):
        cents = {"orders": O27.assign(amount_ht=O27["amount_ht"] * 100)}

        assert value(cents, "revenue", "2025-06", **JUNE) == 40_000
        assert value(cents, "average_order_value", "2025-06", **JUNE) == exactly(40_000 / 3)
        assert value(cents, "purchase_frequency", "2025-06", **JUNE) == 1.5


class TestRevenue:
    def test_a_refund_counts_on_the_day_it_is_paid_back(self):
        orders = ordered(
            ("a", "2025-05-20", 500.0, "paid"), ("a", "2025-06-20", -120.0, "paid"),
            ("b", "2025-06-21", 200.0, "paid"),
        )  # fmt: skip
        tables = {"orders": orders}
        june = one(tables, "revenue", "2025-06", **JUNE)

        assert value(tables, "revenue", "2025-05", **JUNE) == 500
        assert june["value"] == 80
        assert (june["details"]["refunds"], june["details"]["orders"]) == (-120, 1)
        assert value(tables, "average_order_value", "2025-06", **JUNE) == 200  # no order is lost

    def test_a_month_of_refunds_only_is_below_zero(self):
        orders = ordered(("a", "2025-05-20", 500.0, "paid"), ("a", "2025-06-20", -120.0, "paid"))

        assert value({"orders": orders}, "revenue", "2025-06", **JUNE) == -120
        row = one({"orders": orders}, "average_order_value", "2025-06", **JUNE)
        assert row["status"] == "no_denominator"

    @pytest.mark.parametrize("status", ["paid", "refunded"])
    def test_a_refund_on_a_row_of_its_own_lowers_revenue_whatever_its_status(self, status):
        # ten orders of 100; the fourth is paid back, and its order stays paid
        orders = rows(
            "order_id customer_id ordered_at amount_ht status units product_kind",
            *((f"o{i}", f"c{i}", DAY, 100.0, "paid", 1, "inter") for i in range(10)),
            ("o3-R", "c3", "2025-06-20", -100.0, status, -1, "inter"),
        )
        company = kl.open({"orders": orders}, **JUNE)
        revenue = one(company, "revenue", "2025-06")

        assert revenue["value"] == 900
        assert (revenue["details"]["orders"], revenue["details"]["refunds"]) == (10, -100)
        assert {name: revenue["details"][name] for name in LEFT_OUT} == dict.fromkeys(LEFT_OUT, 0)
        # a refund is no order: it is no part of what orders are worth, or of how often one buys
        assert one(company, "average_order_value", "2025-06")["value"] == 100
        frequency = one(company, "purchase_frequency", "2025-06")
        assert (frequency["value"], frequency["denominator"]) == (1, 10)
        assert one(company, "active_customers", "2025-06")["value"] == 10
        assert one(company, "cltv", "2025-06")["value"] == exactly(90)
        assert company.evaluate("units_sold", "2025-06")["value"].tolist() == [9]

    def test_amounts_of_orders_and_refunds_make_up_revenue(self):
        orders = ordered(
            ("a", DAY, 300.0, "paid"), ("a", DAY, -40.0, "refunded"), ("b", DAY, 200.0, "paid"),
            ("b", DAY, -25.0, "paid"), ("c", DAY, 80.0, "refunded"), ("d", DAY, 0.0, "paid"),
        )  # fmt: skip
        company = kl.open({"orders": orders}, **JUNE)
        revenue, each = (one(company, k, "2025-06") for k in ("revenue", "average_order_value"))

        assert revenue["value"] == 435
        assert each["numerator"] + revenue["details"]["refunds"] == 435
        assert revenue["details"]["excluded_refunded_orders"] == 1

    def test_a_month_in_which_nothing_was_sold_is_0_and_one_before_the_records_unknown(self):
        orders = ordered(("a", "2025-04-20", 500.0, "paid"))

        assert value({"orders": orders}, "revenue", "2025-05", **JUNE) == 0
        assert one({"orders": orders}, "revenue", "2025-03", **JUNE)["status"] == "no_data"

    def test_by_kind_adds_up_the_unknown_one_included(self):
        orders = O27.assign(product_kind=["intra", "inter", None, "inter", "inter", "intra"])
        res = groups({"orders": orders}, "revenue", "2025-06", "product_kind", **JUNE)

        assert res == {"(unknown)": 200, "inter": 100, "intra": 100}

    def test_by_a_column_of_the_customers(self):
        tables = {
            "orders": O27,
            "customers": rows("customer_id customer_kind", ("c1", "RH"), ("c2", "individual")),
        }
        res = groups(tables, "revenue", "2025-06", "customer_kind", **JUNE)

        assert (res["RH"], res["individual"]) == (200, 200)

    def test_two_currencies_are_never_added(self):
        orders = O27.assign(currency=["EUR", "USD", *["EUR"] * 4])

        with pytest.raises(ContractError, match="two currencies are never added"):
            kl.open({"orders": orders}).evaluate("revenue", "2025-06")

    def test_interval_shows_how_much_hangs_on_few_customers(self):
        # 99 customers with 10 EUR, and one with 10,000
        amounts = [10.0] * 99 + [10_000.0]
        orders = ordered(*((f"c{i}", DAY, amount, "paid") for i, amount in enumerate(amounts)))
        row = one({"orders": orders}, "revenue", "2025-06", **JUNE)
        low, high = interval(row)

        assert row["ci_method"] == "bootstrap"
        assert low < 1500 and high > 30_000


class TestKindsOfProduct:
    ORDERS = rows(
        "customer_id ordered_at amount_ht product_kind units status",
        ("a", DAY, 3000.0, "intra", 12, "paid"),
        ("a", DAY, 1500.0, "intra", 8, "cancelled"),
        ("b", DAY, 500.0, "inter", 2, "paid"),
        ("b", DAY, 0.0, "inter", 1, "paid"),  # given away: sold to nobody
        ("c", DAY, 90.0, "elearning", 3, "paid"),
        ("c", DAY, -30.0, "elearning", 1, "paid"),  # one paid back
        ("d", DAY, 20.0, "donation", 1, "paid"),
        ("e", DAY, 40.0, "dues", 1, "paid"),
        (None, DAY, 7.5, "affiliate", None, "paid"),
    )

    @pytest.mark.parametrize(
        ("kpi", "expected"),
        [("intra_training_sales", 3000), ("donations_dues", 60), ("affiliate_revenue", 7.5)],
    )
    def test_revenue_of_some(self, kpi, expected):
        assert value({"orders": self.ORDERS}, kpi, "2025-06", **JUNE) == expected

    def test_how_many_in_company_trainings(self):
        row = one({"orders": self.ORDERS}, "intra_training_sales", "2025-06", **JUNE)

        assert row["details"]["orders"] == 1

    def test_units_are_by_kind(self):
        res = groups({"orders": self.ORDERS}, "units_sold", "2025-06", "product_kind", **JUNE)

        assert {kind: res[kind] for kind in ("intra", "inter", "elearning")} == {
            "intra": 12, "inter": 2, "elearning": 3,
        }  # fmt: skip

    def test_new_subscriptions_stand_beside_the_units(self):
        memberships = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "subscription", "a", date(2025, 6, 1), None),
            ("2", "subscription", "b", date(2025, 6, 30), None),
            ("3", "subscription", "c", date(2025, 5, 31), None),
            ("4", "newsletter", "d", date(2025, 6, 3), None),
        )
        orders = stack(
            self.ORDERS,
            rows(" ".join(self.ORDERS), ("a", DAY, 99.0, "subscription", 2, "paid")),
        )
        row = one({"orders": orders, "memberships": memberships}, "units_sold", "2025-06",
                  by="product_kind", group="subscription", **JUNE)  # fmt: skip

        assert (row["value"], row["details"]) == (2, {"new_subscriptions": 2})

    def test_members_of_the_association_on_the_last_day(self):
        memberships = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "association", "a", date(2020, 1, 1), None),
            ("2", "association", "b", date(2020, 1, 1), date(2025, 6, 30)),  # left that day
            ("3", "community", "c", date(2020, 1, 1), None),
        )
        row = one(
            {"orders": self.ORDERS, "memberships": memberships}, "donations_dues", "2025-06", **JUNE
        )

        assert row["details"] == {"payments": 2, "association_members": 1}

    def test_donations_do_not_need_members(self):
        row = one({"orders": self.ORDERS}, "donations_dues", "2025-06", **JUNE)

        assert row["details"] == {"payments": 2}


class TestAverageOrder:
    def test_one_large_order_moves_the_mean_and_not_the_median(self):
        orders = ordered(*(("a", DAY, amount, "paid") for amount in (90.0, 100.0, 110.0, 9700.0)))
        row = one({"orders": orders}, "average_order_value", "2025-06", **JUNE)

        assert (row["value"], row["details"]["median_order"]) == (2500, 105)

    def test_of_a_quarter_divides_once(self):
        # April one order of 100, May three of 20: not the mean of 100 and 20
        orders = ordered(
            ("a", "2025-04-10", 100.0, "paid"),
            *(("b", f"2025-05-1{i}", 20.0, "paid") for i in range(3)),
        )

        assert value({"orders": orders}, "average_order_value", "2025-Q2", **JUNE) == 40

    def test_interval_draws_orders(self):
        row = one({"orders": O27}, "average_order_value", "2025-06", **JUNE)

        assert row["ci_method"] == "bootstrap"
        assert row["ci_low"] < row["value"] < row["ci_high"]


class TestFrequency:
    def test_gaps_between_successive_orders(self):
        # a: 31 and 30 days; b once; the gap counts in the month of the later order
        orders = ordered(
            ("a", "2025-04-10", 5.0, "paid"),
            ("a", "2025-05-11", 5.0, "paid"),
            ("a", "2025-06-10", 5.0, "paid"),
            ("a", "2025-06-01", 5.0, "cancelled"),
            ("b", "2025-06-10", 5.0, "paid"),
        )
        quarter = one({"orders": orders}, "purchase_frequency", "2025-Q2", **JUNE)
        june = one({"orders": orders}, "purchase_frequency", "2025-06", **JUNE)

        assert quarter["value"] == 2  # four orders of two
        assert quarter["details"]["mean_gap_days"] == exactly(30.5)
        assert june["details"]["mean_gap_days"] == exactly(30)
        assert june["details"]["one_time_buyer_share"] == 0.5  # b, in twelve months

    def test_without_a_second_order_there_is_no_gap(self):
        row = one(
            {"orders": ordered(("a", DAY, 5.0, "paid"))}, "purchase_frequency", "2025-06", **JUNE
        )

        assert row["details"]["mean_gap_days"] is None

    def test_an_order_without_customer_is_counted_apart(self):
        orders = ordered(("a", DAY, 5.0, "paid"), (None, DAY, 5.0, "paid"))
        row = one({"orders": orders}, "purchase_frequency", "2025-06", **JUNE)

        assert row["value"] == 1
        assert row["details"]["excluded_orders_without_customer"] == 1
        assert "excluded_rows" in row["flags"]

    def test_interval_draws_customers(self):
        orders = ordered(*((f"c{i % 20}", DAY, 5.0, "paid") for i in range(50)))
        row = one({"orders": orders}, "purchase_frequency", "2025-06", **JUNE)

        assert row["value"] == 2.5
        assert row["ci_low"] < 2.5 < row["ci_high"]


class TestMarketingReturn:
    LEADS = rows(
        "customer_id campaign_id created_at",
        ("a", "spring", "2025-05-10T09:00:00Z"),
        ("a", "summer", "2025-06-10T09:00:00Z"),  # came again by another: the first one counts
        ("b", "summer", "2025-06-01T09:00:00Z"),
        ("c", None, "2025-06-01T09:00:00Z"),
    )
    ORDERS = rows(
        "customer_id ordered_at amount_ht margin_ht status",
        ("a", "2025-06-05", 1000.0, 400.0, "paid"),
        ("a", "2025-05-01", 9000.0, 9000.0, "paid"),  # before the lead: not from the campaign
        ("b", "2025-06-12", 500.0, 200.0, "paid"),
        ("b", "2025-06-13", 500.0, 200.0, "cancelled"),
        ("c", "2025-06-12", 7000.0, 7000.0, "paid"),  # no campaign
    )
    COSTS = rows(
        "scope_kind scope_id amount_ht incurred_at",
        ("campaign", "spring", 100.0, "2025-06-01"),
        ("campaign", "summer", 250.0, "2025-06-01"),
        ("campaign", "autumn", 50.0, "2025-06-01"),
        ("training", "T1", 9999.0, "2025-06-01"),
    )
    TABLES = {"leads": LEADS, "orders": ORDERS, "costs": COSTS}

    def test_margin_less_cost_over_cost(self):
        # (400 + 200 - 400) / 400; revenue instead of margin would give (1500 - 400) / 400
        row = one(self.TABLES, "marketing_roi", "2025-06", **JUNE)

        assert row["value"] == 0.5
        assert (row["numerator"], row["denominator"]) == (200, 400)
        assert row["details"] == {
            "gain": 600, "cost": 400, "attributed_revenue": 1500, "attributed_customers": 2,
        }  # fmt: skip

    def test_a_refund_takes_margin_and_brings_no_customer(self):
        # b's order of 12 June is paid back for half of it: 100 of margin less
        back = rows(
            "customer_id ordered_at amount_ht margin_ht status",
            ("b", "2025-06-20", -250.0, -100.0, "refunded"),
        )
        row = one({**self.TABLES, "orders": stack(self.ORDERS, back)}, "marketing_roi", "2025-06",
                  **JUNE)  # fmt: skip

        assert row["numerator"] == 100
        assert row["details"] == {
            "gain": 500, "cost": 400, "attributed_revenue": 1250, "attributed_customers": 2,
        }  # fmt: skip

    def test_is_always_said_to_be_attributed(self):
        assert "approximate" in one(self.TABLES, "marketing_roi", "2025-06", **JUNE)["flags"]

    @pytest.mark.parametrize("by", ["campaign_id", "scope_id"])
    def test_by_campaign_each_with_its_own_cost(self, by):
        res = groups(self.TABLES, "marketing_roi", "2025-06", by, **JUNE)

        assert res == {"spring": exactly(3), "summer": exactly(-0.2), "autumn": -1}

    def test_without_a_cost_there_is_no_return(self):
        tables = {**self.TABLES, "costs": self.COSTS.iloc[3:]}
        row = one(tables, "marketing_roi", "2025-06", **JUNE)

        assert (row["status"], row["details"]["gain"]) == ("no_denominator", 600)
        assert row["reason"] == "No campaign cost is booked in this period."

    def test_orders_without_margin_take_the_one_that_is_assumed(self):
        company = kl.open(
            {**self.TABLES, "orders": self.ORDERS.assign(margin_ht=[None, 1.0, 200.0, 1.0, 1.0])},
            **JUNE,
        )
        unassumed = one(company, "marketing_roi", "2025-06")
        company.tables.assumptions = company.tables.assumptions.model_copy(
            update={"gross_margin": 0.5}
        )
        assumed = one(company, "marketing_roi", "2025-06")

        assert unassumed["value"] == exactly((200 - 400) / 400)
        assert unassumed["details"]["excluded_orders_without_margin"] == 1
        assert assumed["value"] == exactly((500 + 200 - 400) / 400)

    def test_without_any_margin_nothing_is_known(self):
        tables = {**self.TABLES, "orders": self.ORDERS.drop(columns="margin_ht")}
        row = one(tables, "marketing_roi", "2025-06", **JUNE)

        assert row["status"] == "no_data"
        assert row["reason"] == (
            "The margin of the orders is not known: give it, or assume a gross margin."
        )

    def test_p11_in_cents_it_is_the_same(self):
        tables = {
            "leads": self.LEADS,
            "orders": self.ORDERS.assign(margin_ht=self.ORDERS["margin_ht"] * 100),
            "costs": self.COSTS.assign(amount_ht=self.COSTS["amount_ht"] * 100),
        }

        assert value(tables, "marketing_roi", "2025-06", **JUNE) == 0.5

    def test_against_plain_pandas(self):
        rng = np.random.default_rng(5)
        days = pd.date_range("2025-05-01", "2025-06-30", tz="UTC")
        leads = pd.DataFrame({
            "customer_id": [f"c{i}" for i in rng.integers(0, 40, 60)],
            "campaign_id": rng.choice(["x", "y", None], 60),
            "created_at": rng.choice(days, 60),
        })  # fmt: skip
        orders = pd.DataFrame({
            "customer_id": [f"c{i}" for i in rng.integers(0, 40, 200)],
            "ordered_at": rng.choice(days, 200),
            "amount_ht": 100.0,
            "margin_ht": rng.integers(0, 400, 200) / 4,
            "status": rng.choice(["paid", "cancelled"], 200),
        })  # fmt: skip
        first = leads.dropna().groupby("customer_id")["created_at"].min()
        lead = orders["customer_id"].map(first)
        gain = orders.loc[
            (orders["ordered_at"] >= lead) & (orders["status"] == "paid")
            & (orders["ordered_at"] >= pd.Timestamp("2025-06-01", tz="Europe/Paris")), "margin_ht",
        ].sum()  # fmt: skip
        tables = {"leads": leads, "orders": orders, "costs": self.COSTS}

        res = value(tables, "marketing_roi", "2025-06", **JUNE)
        assert res == exactly((gain - 400) / 400)
