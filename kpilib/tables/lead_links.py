"""Leads beside the people, the sessions and the orders they belong to."""

from __future__ import annotations

import narwhals as nw

from kpilib.tables.derivation import Derivation, Frames, Setting, extended, order


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
)
