"""Customers: what they buy, what they are worth, and whether they stay."""

from __future__ import annotations

from collections.abc import Callable

from kpilib import definitions as kpi
from kpilib import measure
from kpilib.definitions import ARTICLES, Benchmark, Ratio
from kpilib.measure import Fields, Measure, belonging, count, distinct, median, repeated, total
from kpilib.methods.campaigns import attributed_return
from kpilib.methods.lifetime import lifetime_value

# Sales rows. Refunds are negative rows at the day of the refund, with the status `paid` or
# `refunded`: they stay in revenue and are no orders. What was given away, cancelled or paid back in
# full (an order that bears the status `refunded` itself) is in neither, and is counted apart. So
# revenue = amounts of orders + refunds.

LEFT_OUT = {
    "excluded_free_orders": count("orders", lambda t: (t.status == "paid") & (t.amount_ht == 0)),
    "excluded_cancelled_orders": count("orders", lambda t: t.status == "cancelled"),
    "excluded_refunded_orders": count(
        "orders", lambda t: (t.status == "refunded") & (t.amount_ht >= 0)
    ),
    "excluded_incomplete_orders": count(
        "orders", lambda t: t.status.is_null() | ((t.status != "cancelled") & t.amount_ht.is_null())
    ),
}


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


def customers(kind: str) -> Measure:
    """People who are customers: see the kinds of `kpilib.measure.belonging`."""
    return belonging(kind, "customer_spans", "customer_id")


def was_referred(t: Fields):
    """A new customer whom another customer brought."""
    return (~t.referred_by.is_null() & (t.referred_by != "")).fill_null(False)


def of_unknown_origin(t: Fields):
    """Neither a referrer nor a channel is known."""
    channel = t.acquisition_channel
    return ~was_referred(t) & (channel.is_null() | (channel == ""))


ORDERS = count("orders", is_order)
BUYERS = distinct("orders", "customer_id", of_customer)
BUYERS_OF_A_YEAR = distinct("orders", "customer_id", is_order, window="12m")
REVENUE = total("orders", lambda t: t.amount_ht, sold_for)
# Who came and went beside the cohort, in neither side of its rates.
BESIDE_THE_COHORT = {
    "closing": customers("closing"),
    "new_customers": customers("gained"),
    "lost_newcomers": customers("passed"),
    "reactivated": customers("regained"),
}

KPIS = (
    # Customers: what they buy, how often, for how much, and what they are worth.
    kpi.amount(
        id="revenue",
        label="Revenue",
        question="Do we sell more?",
        formula="Amounts paid for orders of the period, before VAT, less refunds of the period",
        better="higher",
        measure=REVENUE,
        unit_of_chance="customer_id",
        beside={
            "orders": ORDERS,
            "refunds": total("orders", lambda t: t.amount_ht, is_refund),
            **LEFT_OUT,
        },
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
    kpi.amount(
        id="intra_training_sales",
        label="In-company training sales",
        question="Where do we stand with our sales of in-company training?",
        formula="Amounts paid for in-company training in the period, before VAT",
        better="higher",
        measure=revenue_of("intra"),
        unit_of_chance="customer_id",
        beside={"orders": orders_of("intra")},
        reading="Read the number of orders beside it: few large contracts, or many small ones?",
        caveat="A month has few such orders; judge a quarter or a year.",
        rises="we sell more in-company training",
        falls="we sell less in-company training",
        cuts=("customer_kind",),
        source="House rule: revenue of the product kind 'intra'.",
    ),
    kpi.count(
        id="units_sold",
        label="Units sold",
        question="Do more people buy the product that we make known?",
        formula="Units of paid orders less units given back, by kind of product; new subscriptions"
        " beside",
        better="higher",
        measure=total("orders", lambda t: t.units, moves_units),
        unit_of_chance="customer_id",
        beside={
            "new_subscriptions": belonging(
                "entries", "memberships", "membership_id", lambda t: t.kind == "subscription"
            )
        },
        by="product_kind",
        tier=2,
        reading="By kind of product: seats, licences and subscriptions do not compare.",
        caveat="A discount sells units and not revenue: read both. A refund takes units off only"
        " where its row says how many, below zero.",
        source="House rule: units of paid orders; given away and cancelled ones are left out.",
    ),
    kpi.ratio(
        id="average_order_value",
        label="Average order value",
        question="How much is an order worth?",
        formula="Amounts of paid orders / paid orders",
        unit="EUR",
        better="higher",
        numerator=total("orders", lambda t: t.amount_ht, is_order),
        denominator=ORDERS,
        unit_of_chance="order_id",
        beside={"median_order": median("orders", lambda t: t.amount_ht, is_order), **LEFT_OUT},
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
    kpi.ratio(
        id="purchase_frequency",
        label="Purchase frequency",
        question="How often do customers buy?",
        formula="Paid orders / customers who ordered in the period",
        unit="orders",
        better="higher",
        roll_up="R3",
        numerator=count("orders", of_customer),
        denominator=BUYERS,
        unit_of_chance="customer_id",
        beside={
            "buyers": BUYERS,
            "mean_gap_days": Ratio(
                total("successive_orders", lambda t: t.gap_days),
                count("successive_orders", lambda t: ~t.gap_days.is_null()),
            ),
            "one_time_buyer_share": Ratio(
                repeated("orders", "customer_id", is_order, least=1, most=1, window="12m"),
                BUYERS_OF_A_YEAR,
            ),
            "excluded_orders_without_customer": count(
                "orders", lambda t: is_order(t) & t.customer_id.is_null()
            ),
        },
        reading="Per period: a longer one gives a higher figure. The days between two orders stand"
        " beside it.",
        caveat="The days between orders know only those who came back; the share who bought once"
        " in twelve months is beside them.",
        source="Farris et al. (2010), Marketing Metrics.",
        benchmark=Benchmark("Every two months, customers of a cosmetics brand.", ARTICLES),
    ),
    kpi.worked_out(
        id="cltv",
        label="Customer lifetime value",
        question="What has a customer brought, since the first order?",
        formula="Average order x orders per month as a customer x months as a customer so far",
        unit="EUR",
        better="higher",
        roll_up="R9",
        method=lifetime_value,
        needs={"orders": "customer_id ordered_at amount_ht status"},
        reading="Revenue per customer to date, no future assumed. Only the margin variant compares"
        " with the cost of winning a customer.",
        caveat="Young customers have not had their time: it grows with the age of the company's"
        " records.",
        rises="a customer is worth more",
        falls="a customer is worth less",
        source="Farris et al. (2010), Marketing Metrics: customer lifetime value; simple form.",
        benchmark=Benchmark("150 EUR a month for 3 years make 5,400 EUR: an example.", ARTICLES),
    ),
    kpi.worked_out(
        id="marketing_roi",
        label="Marketing ROI (attributed)",
        question="Do our campaigns earn more than they cost?",
        formula="(Margin of the orders attributed to campaigns - campaign costs) / campaign costs",
        unit="rate",
        better="higher",
        roll_up="R9",
        method=attributed_return,
        needs={
            "campaign_orders": "customer_id ordered_at amount_ht status campaign_id",
            "costs": "scope_kind scope_id amount_ht incurred_at",
        },
        tier=2,
        reading="0 % pays back the cost. Orders count for the campaign that brought the customer's"
        " first lead.",
        caveat="Attributed is not caused: some would have bought anyway, and costs of this month"
        " bring orders later.",
        source="Farris et al. (2010), Marketing Metrics: return on marketing investment, attributed"
        " and not incremental.",
    ),
    kpi.amount(
        id="donations_dues",
        label="Donations and dues",
        question="Do people support the cause with money?",
        formula="Amounts paid as donations and membership dues in the period",
        better="higher",
        measure=revenue_of("donation", "dues"),
        unit_of_chance="customer_id",
        beside={
            "payments": orders_of("donation", "dues"),
            "association_members": belonging(
                "closing", "memberships", "person_key", lambda t: t.kind == "association"
            ),
        },
        tier=3,
        reading="Members of the association on the last day are beside it.",
        caveat="Dues come once a year: compare with the same month of the year before.",
        source="House rule: revenue of the product kinds 'donation' and 'dues'.",
    ),
    kpi.amount(
        id="affiliate_revenue",
        label="Affiliate revenue",
        question="What do our recommendations of others' products bring?",
        formula="Commissions paid for affiliate links in the period, before VAT",
        better="higher",
        measure=revenue_of("affiliate"),
        weighed_by="order_id",
        tier=3,
        reading="Income of the site and not sales of one's own.",
        caveat="Programmes pay weeks after the click: it follows the traffic with a delay.",
        source="House rule: revenue of the product kind 'affiliate'.",
    ),
    # Customers: how many there are, who stays, who comes back, and who brings others.
    kpi.stock(
        id="active_customers",
        label="Active customers",
        question="How many customers do we have?",
        formula="Customers on the last day: with a subscription, or else an order in the 365 days"
        " before",
        unit="count",
        better="higher",
        who=customers,
        reading="A stock: a quarter is its last month. Entries less exits are its growth.",
        caveat="In the first 365 days of the order records it can only grow: customers of before"
        " are missing.",
        rises="we have more customers",
        falls="we have fewer customers",
        cuts=("customer_kind",),
        headline=True,
        source="House rule: by contract where there are subscriptions, else 365 days after each"
        " paid order.",
    ),
    kpi.cohort_rate(
        id="customer_retention_rate",
        label="Customer retention rate",
        question="Do customers stay?",
        formula="Customers of the opening who are customers on the last day / customers at the"
        " opening",
        better="higher",
        numerator=customers("stayed"),
        denominator=customers("opening"),
        beside=BESIDE_THE_COHORT,
        reading="The same people at both ends: new customers and those who came back are in"
        " neither.",
        caveat="(End - new) / start is another figure: customers who came back raise it, newcomers"
        " who left lower it.",
        rises="more customers stay",
        falls="fewer customers stay",
        cuts=("customer_kind",),
        source="House rule: the group of the opening, followed to the last day.",
        benchmark=Benchmark("95 % a year, a B2B software company.", ARTICLES),
    ),
    kpi.cohort_rate(
        id="churn_rate",
        label="Churn rate",
        question="What share of our customers do we lose?",
        formula="Customers of the opening who are no longer customers on the last day / customers"
        " at the opening",
        better="lower",
        numerator=customers("lost"),
        denominator=customers("opening"),
        beside=BESIDE_THE_COHORT,
        reading="1 less the retention rate. It compounds: 3 % a month are 31 % a year, and not"
        " 36 %.",
        caveat="Without contracts a customer is lost 365 days after the last order: it tells what"
        " happened a year ago, and nothing in the first year of the records.",
        rises="more customers leave",
        falls="fewer customers leave",
        cuts=("customer_kind",),
        source="House rule: the group of the opening, followed to the last day.",
        benchmark=Benchmark("3 % a month should be looked into, online subscriptions.", ARTICLES),
    ),
    kpi.rate(
        id="repeat_purchase_rate",
        label="Repeat purchase rate",
        question="Do customers, HR departments first of all, come back?",
        formula="Customers with two orders or more in the last twelve months / customers with an"
        " order in them",
        better="higher",
        roll_up="R3",
        numerator=repeated("orders", "customer_id", is_order, window="12m"),
        denominator=BUYERS_OF_A_YEAR,
        reading="Twelve months that end with the period; cut it by kind of customer.",
        caveat="Who first bought last month has had no time to come back: read the table of"
        " cohorts beside it.",
        rises="more customers order again",
        falls="fewer customers order again",
        cuts=("customer_kind",),
        headline=True,
        source="House rule: two paid orders or more in twelve months.",
    ),
    kpi.rate(
        id="referral_rate",
        label="Referral rate",
        question="Do our customers bring us new ones?",
        formula="New customers whom a customer referred / new customers of the period",
        better="higher",
        numerator=count("customers", was_referred),
        denominator=count("customers"),
        beside={"unknown_share": Ratio(count("customers", of_unknown_origin), count("customers"))},
        reading="New means first order in the period. The number of those referred is above the"
        " line.",
        caveat="New customers of unknown origin stay below the line, so it is at least this much:"
        " their share is beside it.",
        rises="more new customers come through customers",
        falls="fewer new customers come through customers",
        source="House rule: referred among all new customers, those of unknown origin included.",
        benchmark=Benchmark("25 % of new customers, a meal delivery service.", ARTICLES),
    ),
)
