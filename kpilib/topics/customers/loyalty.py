"""Customers: how many there are, who stays, who comes back, and who brings others."""

from __future__ import annotations

from kpilib.definitions import ARTICLES, Benchmark, Kpi, Ratio, Total
from kpilib.measure import Fields, Measure, belonging, count, distinct, repeated
from kpilib.topics.customers.value import is_order


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


# Who came and went beside the cohort, in neither side of its rates.
BESIDE_THE_COHORT = {
    "closing": customers("closing"),
    "new_customers": customers("gained"),
    "lost_newcomers": customers("passed"),
    "reactivated": customers("regained"),
}

KPIS = (
    Kpi(
        id="active_customers",
        label="Active customers",
        question="How many customers do we have?",
        formula="Customers on the last day: with a subscription, or else an order in the 365 days"
        " before",
        unit="count",
        better="higher",
        roll_up="R4",
        value=Total(measure=customers("closing")),
        beside={
            "opening": customers("opening"),
            "entries": customers("entries"),
            "exits": customers("exits"),
        },
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
    Kpi(
        id="customer_retention_rate",
        label="Customer retention rate",
        question="Do customers stay?",
        formula="Customers of the opening who are customers on the last day / customers at the"
        " opening",
        unit="rate",
        better="higher",
        roll_up="R7",
        value=Ratio(numerator=customers("stayed"), denominator=customers("opening")),
        beside=BESIDE_THE_COHORT,
        interval="wilson",
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
    Kpi(
        id="churn_rate",
        label="Churn rate",
        question="What share of our customers do we lose?",
        formula="Customers of the opening who are no longer customers on the last day / customers"
        " at the opening",
        unit="rate",
        better="lower",
        roll_up="R7",
        value=Ratio(numerator=customers("lost"), denominator=customers("opening")),
        beside=BESIDE_THE_COHORT,
        interval="wilson",
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
    Kpi(
        id="repeat_purchase_rate",
        label="Repeat purchase rate",
        question="Do customers, HR departments first of all, come back?",
        formula="Customers with two orders or more in the last twelve months / customers with an"
        " order in them",
        unit="rate",
        better="higher",
        roll_up="R3",
        value=Ratio(
            numerator=repeated("orders", "customer_id", is_order, window="12m"),
            denominator=distinct("orders", "customer_id", is_order, window="12m"),
        ),
        interval="wilson",
        reading="Twelve months that end with the period; cut it by kind of customer.",
        caveat="Who first bought last month has had no time to come back: read the table of"
        " cohorts beside it.",
        rises="more customers order again",
        falls="fewer customers order again",
        cuts=("customer_kind",),
        headline=True,
        source="House rule: two paid orders or more in twelve months.",
    ),
    Kpi(
        id="referral_rate",
        label="Referral rate",
        question="Do our customers bring us new ones?",
        formula="New customers whom a customer referred / new customers of the period",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(numerator=count("customers", was_referred), denominator=count("customers")),
        beside={
            "unknown_share": Ratio(
                numerator=count("customers", of_unknown_origin), denominator=count("customers")
            )
        },
        interval="wilson",
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
