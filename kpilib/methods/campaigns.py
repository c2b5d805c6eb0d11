"""What campaigns brought for what they cost: attributed, and not proven to be caused by them."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import pandas as pd

from kpilib.aggregate import gather
from kpilib.derived.customers import in_revenue
from kpilib.measure import total
from kpilib.methods.call import Call
from kpilib.outcome import NO_DATA, NO_DENOMINATOR, Outcome, unknown
from kpilib.period import Period

COSTS = total("costs", lambda t: t.amount_ht, lambda t: t.scope_kind == "campaign")
NO_MARGIN = "The margin of the orders is not known: give it, or assume a gross margin."
NO_CAMPAIGN_COST = "No campaign cost is booked in this period."


def attributed_return(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return (margin of the orders attributed to campaigns - cost) / cost.

    An order belongs to the campaign that brought its customer's first lead. Some of those
    customers would have come anyway, so the figure is always flagged ``approximate``.
    """
    tables, answer = call.tables, {}
    first = tables.extent("orders").first
    spent = gather(tables, [COSTS], call.periods, call.by)[COSTS].values
    names = {"customer_id", "amount_ht", "status"}
    names |= {"margin_ht"} if tables.holds("orders", {"margin_ht"}) else set()
    for period in call.periods:
        if first is None or first > period.end_day:
            continue
        rows = call.rows_of("campaign_orders", " ".join(sorted(names | {"ordered_at"})), period)
        rows = _gains(_sold(rows), tables.assumptions.gross_margin)
        booked = {group for (own, group), cost in spent.items() if own == period and cost}
        for group in sorted(booked | set(rows["group"])):
            part = rows[rows["group"] == group]
            answer[period, group] = _returned(part, spent.get((period, group), 0.0))
    return answer


def _sold(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what was paid and paid back."""
    counts = in_revenue(nw.col("status"), nw.col("amount_ht"))
    return nw.from_native(rows).filter(counts).to_native()


def _gains(rows: pd.DataFrame, assumed: float | None) -> pd.DataFrame:
    """Give each order its margin: its own, or the share of revenue that is assumed to be kept."""
    margin = rows.get("margin_ht", pd.Series(float("nan"), index=rows.index)).astype(float)
    if assumed is not None:
        margin = margin.fillna(assumed * rows["amount_ht"])
    return rows.assign(gain=margin)


def _returned(orders: pd.DataFrame, cost: float) -> Outcome:
    unpriced = float(orders["gain"].isna().sum())
    gains = orders.groupby("customer_id")["gain"].sum()
    buyers = orders.loc[orders["amount_ht"] > 0, "customer_id"].nunique()  # a refund buys nothing
    gain = float(gains.sum())
    details = {
        "gain": gain,
        "cost": cost,
        "attributed_revenue": float(orders["amount_ht"].sum()),
        "attributed_customers": float(buyers),
    }
    if unpriced:
        details["excluded_orders_without_margin"] = unpriced
    if unpriced and unpriced == len(orders):
        return unknown(NO_DATA, NO_MARGIN, details=details | {"gain": None}, denominator=cost)
    shown = {"numerator": gain - cost, "denominator": cost, "n": float(len(gains))}
    if cost <= 0:
        return unknown(NO_DENOMINATOR, NO_CAMPAIGN_COST, details=details, **shown)
    # The interval of what was gained, carried over to the return.
    drawn = Outcome(value=gain).drawn(gains.to_numpy(dtype=float))
    outcome = replace(
        drawn,
        value=(gain - cost) / cost,
        **shown,
        interval=drawn.interval and tuple((bound - cost) / cost for bound in drawn.interval),
        details=details,
    )
    return outcome.flagged("approximate", *(["excluded_rows"] if unpriced else []))
