"""Customers: what they buy, how often, for how much, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable

from kpilib import measure
from kpilib.definitions import ARTICLES, Benchmark, Kpi, Method, Ratio, Total
from kpilib.measure import Fields, Measure, belonging, count, distinct, median, repeated, total

# Sales rows. Refunds are negative rows at the day of the refund, with the status `paid` or
# `refunded`: they stay in revenue and are no orders. What was given away, cancelled or paid back in
# full (an order that bears the status `refunded` itself) is in neither, and is counted apart. So
# revenue = amounts of orders + refunds.


def sold_for(t: Fields):
    """Revenue, refunds included."""
    return measure.in_revenue(t.status, t.amount_ht)


def is_order(t: Fields):
    """An order that counts: paid, and neither given away nor paid back."""
    return measure.is_order(t.status, t.amount_ht)


def is_refund(t: Fields):
    """Money paid back, on a row of its own."""
    return measure.is_refund(t.status, t.amount_ht)


def moves_units(t: Fields):
    """An order, or a refund that says how many units came back."""
    return is_order(t) | (is_refund(t) & (t.units < 0))


def of_customer(t: Fields):
    """An order whose customer is known."""
    return is_order(t) & ~t.customer_id.is_null()


def sold(*kinds: str) -> Callable[[Fields], object]:
    """Rows that sell one of these kinds of product."""
    return lambda t: t.product_kind.is_in(list(kinds))


def revenue_of(*kinds: str) -> Measure:
    """Revenue of some kinds of product."""
    return total("orders", lambda t: t.amount_ht, lambda t: sold_for(t) & sold(*kinds)(t))


def orders_of(*kinds: str) -> Measure:
    """Orders of some kinds of product."""
    return count("orders", lambda t: is_order(t) & sold(*kinds)(t))


ORDERS = count("orders", is_order)
LEFT_OUT = {
    "excluded_free_orders": count("orders", lambda t: (t.status == "paid") & (t.amount_ht == 0)),
    "excluded_cancelled_orders": count("orders", lambda t: t.status == "cancelled"),
    "excluded_refunded_orders": count(
        "orders", lambda t: (t.status == "refunded") & (t.amount_ht >= 0)
    ),
    "excluded_incomplete_orders": count(
        "orders",
        lambda t: t.status.is_null() | ((t.status != "cancelled") & t.amount_ht.is_null()),
    ),
}

KPIS = (
    Kpi(
        id="revenue",
        label="Revenue",
        question="Do we sell more?",
        formula="Amounts paid for orders of the period, before VAT, less refunds of the period",
        unit="EUR",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=total("orders", lambda t: t.amount_ht, sold_for), unit_of_chance="customer_id"
        ),
        beside={
            "orders": ORDERS,
            "refunds": total("orders", lambda t: t.amount_ht, is_refund),
            **LEFT_OUT,
        },
        interval="bootstrap",
        reading="By the day of the order; a refund on a row of its own counts on the day it is paid"
        " back. Amounts of the orders and refunds add up to it.",
        caveat="One large contract can make a month: the interval shows how much hangs on few"
        " customers.",
        rises="we sell more",
        falls="we sell less",
        cuts=("product_kind", "customer_kind"),
        headline=True,
        source="House rule: net of VAT, by day of order; cancelled orders and orders paid back in"
        " full are left out.",
    ),
    Kpi(
        id="intra_training_sales",
        label="In-company training sales",
        question="Where do we stand with our sales of in-company training?",
        formula="Amounts paid for in-company training in the period, before VAT",
        unit="EUR",
        better="higher",
        roll_up="R1",
        value=Total(measure=revenue_of("intra"), unit_of_chance="customer_id"),
        beside={"orders": orders_of("intra")},
        interval="bootstrap",
        reading="Read the number of orders beside it: few large contracts, or many small ones?",
        caveat="A month has few such orders; judge a quarter or a year.",
        rises="we sell more in-company training",
        falls="we sell less in-company training",
        cuts=("customer_kind",),
        source="House rule: revenue of the product kind 'intra'.",
    ),
    Kpi(
        id="units_sold",
        label="Units sold",
        question="Do more people buy the product that we make known?",
        formula="Units of paid orders less units given back, by kind of product; new subscriptions"
        " beside",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=total("orders", lambda t: t.units, moves_units), unit_of_chance="customer_id"
        ),
        beside={
            "new_subscriptions": belonging(
                "entries", "memberships", "membership_id", lambda t: t.kind == "subscription"
            )
        },
        by="product_kind",
        tier=2,
        interval="bootstrap",
        reading="By kind of product: seats, licences and subscriptions do not compare.",
        caveat="A discount sells units and not revenue: read both. A refund takes units off only"
        " where its row says how many, below zero.",
        source="House rule: units of paid orders; given away and cancelled ones are left out.",
    ),
    Kpi(
        id="average_order_value",
        label="Average order value",
        question="How much is an order worth?",
        formula="Amounts of paid orders / paid orders",
        unit="EUR",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=total("orders", lambda t: t.amount_ht, is_order),
            denominator=ORDERS,
            unit_of_chance="order_id",
        ),
        beside={
            "median_order": median("orders", lambda t: t.amount_ht, is_order),
            **LEFT_OUT,
        },
        interval="bootstrap",
        reading="With customers and orders per customer it makes up revenue: which of the three"
        " moved?",
        caveat="A mean of small and very large orders: no customer may spend it. The median is"
        " beside it.",
        rises="orders are larger",
        falls="orders are smaller",
        cuts=("product_kind",),
        source="Farris et al. (2010), Marketing Metrics; free orders would lower it and are left"
        " out.",
        benchmark=Benchmark("100 EUR, an online clothes shop.", ARTICLES),
    ),
    Kpi(
        id="purchase_frequency",
        label="Purchase frequency",
        question="How often do customers buy?",
        formula="Paid orders / customers who ordered in the period",
        unit="orders",
        better="higher",
        roll_up="R3",
        value=Ratio(
            numerator=count("orders", of_customer),
            denominator=distinct("orders", "customer_id", of_customer),
            unit_of_chance="customer_id",
        ),
        beside={
            "buyers": distinct("orders", "customer_id", of_customer),
            "mean_gap_days": Ratio(
                numerator=total("successive_orders", lambda t: t.gap_days),
                denominator=count("successive_orders", lambda t: ~t.gap_days.is_null()),
            ),
            "one_time_buyer_share": Ratio(
                numerator=repeated(
                    "orders", "customer_id", is_order, least=1, most=1, window="12m"
                ),
                denominator=distinct("orders", "customer_id", is_order, window="12m"),
            ),
            "excluded_orders_without_customer": count(
                "orders", lambda t: is_order(t) & t.customer_id.is_null()
            ),
        },
        interval="bootstrap",
        reading="Per period: a longer one gives a higher figure. The days between two orders stand"
        " beside it.",
        caveat="The days between orders know only those who came back; the share who bought once"
        " in twelve months is beside them.",
        source="Farris et al. (2010), Marketing Metrics.",
        benchmark=Benchmark("Every two months, customers of a cosmetics brand.", ARTICLES),
    ),
    Kpi(
        id="cltv",
        label="Customer lifetime value",
        question="What has a customer brought, since the first order?",
        formula="Average order x orders per month as a customer x months as a customer so far",
        unit="EUR",
        better="higher",
        roll_up="R9",
        value=Method(
            name="lifetime_value",
            needs={"orders": "customer_id ordered_at amount_ht status"},
        ),
        interval="method",
        reading="Revenue per customer to date, no future assumed. Only the margin variant compares"
        " with the cost of winning a customer.",
        caveat="Young customers have not had their time: it grows with the age of the company's"
        " records.",
        rises="a customer is worth more",
        falls="a customer is worth less",
        source="Farris et al. (2010), Marketing Metrics: customer lifetime value; simple form.",
        benchmark=Benchmark("150 EUR a month for 3 years make 5,400 EUR: an example.", ARTICLES),
    ),
    Kpi(
        id="marketing_roi",
        label="Marketing ROI (attributed)",
        question="Do our campaigns earn more than they cost?",
        formula="(Margin of the orders attributed to campaigns - campaign costs) / campaign costs",
        unit="rate",
        better="higher",
        roll_up="R9",
        value=Method(
            name="attributed_return",
            needs={
                "campaign_orders": "customer_id ordered_at amount_ht status campaign_id",
                "costs": "scope_kind scope_id amount_ht incurred_at",
            },
        ),
        tier=2,
        interval="method",
        reading="0 % pays back the cost. Orders count for the campaign that brought the customer's"
        " first lead.",
        caveat="Attributed is not caused: some would have bought anyway, and costs of this month"
        " bring orders later.",
        source="Farris et al. (2010), Marketing Metrics: return on marketing investment, attributed"
        " and not incremental.",
    ),
    Kpi(
        id="donations_dues",
        label="Donations and dues",
        question="Do people support the cause with money?",
        formula="Amounts paid as donations and membership dues in the period",
        unit="EUR",
        better="higher",
        roll_up="R1",
        value=Total(measure=revenue_of("donation", "dues"), unit_of_chance="customer_id"),
        beside={
            "payments": orders_of("donation", "dues"),
            "association_members": belonging(
                "closing", "memberships", "person_key", lambda t: t.kind == "association"
            ),
        },
        tier=3,
        interval="bootstrap",
        reading="Members of the association on the last day are beside it.",
        caveat="Dues come once a year: compare with the same month of the year before.",
        source="House rule: revenue of the product kinds 'donation' and 'dues'.",
    ),
    Kpi(
        id="affiliate_revenue",
        label="Affiliate revenue",
        question="What do our recommendations of others' products bring?",
        formula="Commissions paid for affiliate links in the period, before VAT",
        unit="EUR",
        better="higher",
        roll_up="R1",
        value=Total(measure=revenue_of("affiliate"), weighed_by="order_id"),
        tier=3,
        reading="Income of the site and not sales of one's own.",
        caveat="Programmes pay weeks after the click: it follows the traffic with a delay.",
        source="House rule: revenue of the product kind 'affiliate'.",
    ),
)
