"""Costs: media by campaign and month as the platforms bill them, creation, tools, trainings."""

from __future__ import annotations

import numpy as np
import polars as pl

from .business_calendar import FIRST_DAY, LAST_DAY
from .campaigns import CAMPAIGNS

TOOLS = {"crm": 520.0, "emailing_tool": 189.0, "web_analytics": 95.0}


def campaign_costs(acquisition: pl.DataFrame) -> list[dict]:
    """Return the media cost of each campaign and month, to the cent the sum of the daily report."""
    media = (
        acquisition.filter(pl.col("campaign_id").is_not_null())
        .group_by("campaign_id", pl.col("date").dt.month_end().alias("incurred_at"))
        .agg(pl.col("cost").sum().round(2).alias("amount_ht"))
        .sort("incurred_at", "campaign_id")
    )
    rows = [
        {
            "scope_kind": "campaign",
            "scope_id": row["campaign_id"],
            "cost_kind": "media",
            "amount_ht": row["amount_ht"],
            "incurred_at": row["incurred_at"],
        }
        for row in media.to_dicts()
    ]
    rows += [
        {
            "scope_kind": "campaign",
            "scope_id": campaign.campaign_id,
            "cost_kind": "design",
            "amount_ht": campaign.creation_cost,
            "incurred_at": campaign.first_day,
        }
        for campaign in CAMPAIGNS
        if campaign.creation_cost
    ]
    return rows


def tool_costs() -> list[dict]:
    """Return the subscriptions, billed on the first of each month."""
    months = np.arange(np.datetime64(FIRST_DAY, "M"), np.datetime64(LAST_DAY, "M") + 1).astype(
        "datetime64[D]"
    )
    return [
        {
            "scope_kind": "tool",
            "scope_id": tool,
            "cost_kind": "overhead",
            "amount_ht": amount,
            "incurred_at": day,
        }
        for day in months.tolist()
        for tool, amount in TOOLS.items()
    ]


def costs_table(rows: list[dict]) -> dict[str, list]:
    """Return the columns of `costs`, in the order of dates."""
    rows = sorted(
        rows,
        key=lambda row: (row["incurred_at"], row["scope_kind"], row["scope_id"], row["cost_kind"]),
    )
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return columns | {
        "cost_id": [f"d{number:04d}" for number in range(1, len(rows) + 1)],
        "currency": ["EUR"] * len(rows),
    }
