"""A campaign's totals as weighted rows: whatever they are, every count is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.errors import ContractError
from kpilib.sources.block import Block
from kpilib.sources.context import Context
from kpilib.sources.incoming import under_contract
from kpilib.sources.preset import presets
from kpilib.sources.shapes.email import nested_recipients
from kpilib.tables import TABLES

SENT = datetime(2025, 2, 10, 9, tzinfo=UTC)
TABLE = presets()["klaviyo"].tables[0]
CONTEXT = Context(zone=ZoneInfo("Europe/Paris"), currency="EUR", secret=bytes)


def up_to(most):
    return st.integers(min_value=0, max_value=most)


@st.composite
def campaigns(draw):
    """Totals that do not contradict each other, with trackable readers or without."""
    delivered = draw(up_to(500))
    found = {
        "campaign_id": "c",
        "sent_at": SENT,
        "delivered": delivered,
        **{name: draw(up_to(delivered)) for name in ("opened", "clicked", "unsubscribed")},
        "complained": draw(up_to(delivered)),
        "hard": draw(up_to(50)),
        "soft": draw(up_to(50)),
    }
    found["sent"] = delivered + draw(up_to(100))
    if draw(st.booleans()):
        least = draw(up_to(delivered))
        found |= {
            "trackable_delivered": least,
            "trackable_opened": draw(up_to(min(least, found["opened"]))),
            "trackable_clicked": draw(up_to(min(least, found["clicked"]))),
        }
    return found


def counted(rows, condition):
    return rows.filter(condition)["sends"].sum()


@given(campaigns())
def test_every_count_is_kept(campaign):
    others = campaign.get("trackable_delivered", 0)
    # what is left for the others must fit into them, else the figures contradict each other
    for name in ("opened", "clicked"):
        rest = campaign[name] - campaign.get(f"trackable_{name}", 0)
        campaign[name] -= max(0, rest - (campaign["delivered"] - others))
    block = Block(origin="x", header=(), line=1, rows=iter(()))
    made = nested_recipients(pl.DataFrame([campaign]), replace(CONTEXT, block=block, table=TABLE))
    rows = under_contract(made, TABLES["email_sends"], CONTEXT, "x")
    delivered = pl.col("delivered")
    trackable = delivered & ~pl.col("is_privacy_proxied")

    assert set(rows.columns) == set(made.columns) and not rows.select("sends").null_count().item()
    assert rows["send_id"].n_unique() == len(rows) == 13
    assert rows["sends"].min() >= 0
    assert rows["sends"].sum() == campaign["sent"]
    assert counted(rows, delivered) == campaign["delivered"]
    opened = pl.col("human_open").fill_null(False) | pl.col("machine_open")
    assert counted(rows, delivered & opened) == campaign["opened"]
    assert counted(rows, pl.col("human_click")) == campaign["clicked"]
    assert counted(rows, pl.col("unsubscribed_at").is_not_null()) == campaign["unsubscribed"]
    assert counted(rows, pl.col("complained")) == campaign["complained"]
    assert counted(rows, trackable) == others
    assert counted(rows, trackable & pl.col("human_open")) == campaign.get("trackable_opened", 0)
    assert counted(rows, trackable & pl.col("human_click")) == campaign.get("trackable_clicked", 0)
    lost = campaign["sent"] - campaign["delivered"]
    assert counted(rows, pl.col("bounce_kind") == "hard") == min(campaign["hard"], lost)
    assert counted(rows, ~delivered) == lost


def test_more_untrackable_opens_than_untrackable_readers_are_a_fault():
    # 60 of 100 readers can be tracked: the 90 openers less their 10 are more than the other 40
    campaign = {
        "campaign_id": "c", "sent_at": SENT, "sent": 100, "delivered": 100, "opened": 90,
        "clicked": 0, "unsubscribed": 0, "trackable_delivered": 60, "trackable_opened": 10,
        "trackable_clicked": 0,
    }  # fmt: skip
    block = Block(origin="x.csv", header=(), line=1, rows=iter(()))

    with pytest.raises(ContractError, match="more opens or clicks that cannot be tracked"):
        nested_recipients(pl.DataFrame([campaign]), replace(CONTEXT, block=block, table=TABLE))
