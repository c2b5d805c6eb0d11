"""Leads, orders and customers as their KPIs read them: who came, who bought, who stayed."""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw

from kpilib.tables.contract import table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended, order, runs
from kpilib.tables.instants import day_number, days_after
from kpilib.tables.read import row_count


def _first_leads(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Keep each person's first lead record: a returning person is not a new lead."""
    leads = frames["leads"].filter(~nw.col("person_key").is_null(), ~nw.col("created_at").is_null())
    return leads.unique(subset=["person_key"], keep="first", order_by=order(leads, "created_at"))


def _lead_sessions(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Say of each session whether a lead was created in it, without multiplying sessions."""
    with_lead = (
        frames["leads"]
        .filter(~nw.col("session_id").is_null())
        .select("session_id")
        .unique()
        .with_columns(has_lead=nw.lit(True))
    )
    return (
        frames["sessions"]
        .join(with_lead, on="session_id", how="left")
        .with_columns(nw.col("has_lead").fill_null(False))
    )


def _campaign_orders(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each order the campaign of its customer's first lead from one, if that came before.

    Attributed, not caused; what was ordered before the lead cannot come from it.
    """
    leads = frames["leads"].filter(
        ~nw.col("customer_id").is_null(),
        ~nw.col("campaign_id").is_null(),
        ~nw.col("created_at").is_null(),
    )
    first = leads.unique(subset=["customer_id"], keep="first", order_by=order(leads, "created_at"))
    first = first.select("customer_id", "campaign_id", "created_at")
    orders = frames["orders"].join(first, on="customer_id", how="inner")
    return orders.filter(nw.col("ordered_at") >= nw.col("created_at")).drop("created_at")


FOR_EVER = date(9000, 1, 1)


def is_order(status: Any, amount: Any) -> Any:
    """Whether a row is an order that counts: paid, and not given away or paid back."""
    return ((status == "paid") & (amount > 0)).fill_null(False)


def is_refund(status: Any, amount: Any) -> Any:
    """Whether a row is money paid back: negative, on its day, and no order.

    Some shops write it with the status of the order that stays paid, others with `refunded`.
    """
    return (status.is_in(["paid", "refunded"]) & (amount < 0)).fill_null(False)


def in_revenue(status: Any, amount: Any) -> Any:
    """Whether a row counts in revenue: what was paid, and what was paid back on a row of its own.

    An order that bears the status `refunded` itself was never revenue.
    """
    return (status == "paid").fill_null(False) | is_refund(status, amount)


def contractual(memberships: nw.LazyFrame) -> bool:
    """Whether customers are known by their subscriptions."""
    return bool(row_count(memberships.filter(nw.col("kind") == "subscription").head(1)))


def _customer_spans(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Return who was a customer from when to when, the last day included.

    Contractual where there are subscriptions; elsewhere every paid order makes a customer for
    `customer_days` days. What overlaps or follows without a gap is one span, so that changing
    one subscription for another is neither a loss nor a gain.
    """
    memberships = frames.get("memberships")
    if memberships is not None and ("orders" not in frames or contractual(memberships)):
        return _subscriptions(memberships)
    return _from_orders(frames["orders"], setting.assumptions.customer_days)


def _subscriptions(memberships: nw.LazyFrame) -> nw.LazyFrame:
    signed = memberships.filter(
        nw.col("kind") == "subscription",
        ~nw.col("person_key").is_null(),
        ~nw.col("start_at").is_null(),
    ).select(
        customer_id="person_key", start_at="start_at", until=nw.col("end_at").fill_null(FOR_EVER)
    )
    spans = _joined(signed, nw.col("start_at") <= nw.col("reached").dt.offset_by("1d"))
    ended = nw.when(nw.col("until") < FOR_EVER).then(nw.col("until"))
    return spans.select("customer_id", "start_at", end_at=ended)


def _from_orders(orders: nw.LazyFrame, days: int) -> nw.LazyFrame:
    bought = orders.filter(
        is_order(nw.col("status"), nw.col("amount_ht")),
        ~nw.col("customer_id").is_null(),
        ~nw.col("ordered_at").is_null(),
    ).select(
        customer_id="customer_id",
        start_at="ordered_at",
        until=days_after(nw.col("ordered_at"), days),
    )
    spans = _joined(bought, nw.col("start_at") <= nw.col("reached"))
    return spans.select("customer_id", "start_at", end_at="until")


def _joined(spans: nw.LazyFrame, goes_on: Any) -> nw.LazyFrame:
    """Join the spans of one customer that go on from what was ``reached`` before."""
    numbered = runs(spans.unique(), ["customer_id"], ("start_at", "until"), goes_on, ())
    return numbered.group_by("customer_id", "run").agg(
        nw.col("start_at").min(), nw.col("until").max()
    )


def _successive_orders(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each order that counts the days since the same customer's order before it."""
    counted = frames["orders"].filter(
        is_order(nw.col("status"), nw.col("amount_ht")), ~nw.col("customer_id").is_null()
    )
    before = nw.col("ordered_at").shift(1).over("customer_id", order_by="ordered_at")
    gap = day_number(nw.col("ordered_at")) - day_number(nw.col("previous_at"))
    return counted.with_columns(previous_at=before).with_columns(gap_days=gap)


def _subscribers(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Say of everybody who ever subscribed to the newsletter in which year they first did."""
    joined = frames["memberships"].filter(
        nw.col("kind") == "newsletter", ~nw.col("person_key").is_null()
    )
    first = joined.group_by("person_key").agg(nw.col("start_at").min())
    return first.select(
        recipient_key="person_key", joined_year=nw.col("start_at").dt.year().cast(nw.String)
    )


DERIVATIONS = (
    Derivation(
        contract=extended("first_leads", "leads", ""),
        base="leads",
        needs={"leads": "person_key created_at"},
        build=_first_leads,
    ),
    Derivation(
        contract=extended(  # a sum of sessions does not say in which of them a lead was created
            "lead_sessions", "sessions", "has_lead bool", key=("session_id",), summed={}
        ),
        base="sessions",
        needs={"sessions": "session_id started_at", "leads": "session_id"},
        records="leads",
        build=_lead_sessions,
    ),
    Derivation(
        contract=extended(
            "campaign_orders", "orders", "campaign_id key", aliases={"scope_id": "campaign_id"}
        ),
        base="orders",
        needs={
            "orders": "customer_id ordered_at",
            "leads": "customer_id campaign_id created_at",
        },
        build=_campaign_orders,
    ),
    Derivation(
        contract=table(
            "subscribers",
            "one person who ever subscribed to the newsletter",
            "recipient_key key personal; joined_year text",
            key="recipient_key",
        ),
        base="memberships",
        needs={"memberships": "person_key kind start_at"},
        build=_subscribers,
    ),
    Derivation(
        contract=table(
            "customer_spans",
            "one interval during which someone was a customer",
            "customer_id key personal; start_at date; end_at date",
            time="start_at",
            span="start_at end_at",
            links={"customer_id": "customers"},
        ),
        base="orders",
        needs={},
        either={
            "memberships": "person_key kind start_at end_at",
            "orders": "customer_id ordered_at status amount_ht",
        },
        build=_customer_spans,
    ),
    Derivation(
        contract=extended("successive_orders", "orders", "gap_days float"),
        base="orders",
        needs={"orders": "customer_id ordered_at status amount_ht"},
        build=_successive_orders,
    ),
)
