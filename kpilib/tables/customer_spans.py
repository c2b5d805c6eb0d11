"""Customers as intervals of belonging: subscriptions, or the year that follows an order."""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw

from kpilib.tables.contract import table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.instants import day_number, days_after
from kpilib.tables.read import in_pandas

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
    subscribed = memberships.filter(nw.col("kind") == "subscription").head(1)
    return bool(in_pandas(subscribed.select(rows=nw.len()))["rows"][0])


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
    order = ("start_at", "until")

    def along(column: Any) -> Any:
        return column.over("customer_id", order_by=order)

    return (
        spans.unique()
        .with_columns(furthest=along(nw.col("until").cum_max()))
        .with_columns(reached=along(nw.col("furthest").shift(1)))
        .with_columns(new=nw.when(goes_on).then(nw.lit(0)).otherwise(nw.lit(1)))
        .with_columns(number=along(nw.col("new").cum_sum()))
        .group_by("customer_id", "number")
        .agg(nw.col("start_at").min(), nw.col("until").max())
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
