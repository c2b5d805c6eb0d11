"""Requests to customer service: how many, of what kind, how long they wait."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand
from .draws import NEVER, Columns, arrivals, looked_up
from .stories import Story
from .tables import labels

KINDS = np.array(["simple", "complex", "complaint"], dtype=object)
SHARES = (0.57, 0.32, 0.11)
HOURS = {"simple": 9.0, "complex": 44.0, "complaint": 58.0}


def draw_tickets(rng: np.random.Generator, customers: Columns, one_form: Story) -> Columns:
    """Return the columns of `support_tickets`; what is not resolved by the last day stays open."""
    by = one_form.by
    load = 0.8 * (0.5 + 0.5 * demand()) * np.where(one_form.on(DAYS), by["load"], 1.0)
    opened = arrivals(rng, load)
    opened = np.sort(opened[opened < MIDNIGHT_AFTER - np.timedelta64(120, "s")])
    size, late = len(opened), one_form.on(opened)
    draw = rng.random((size, 1))
    edges = np.where(late[:, None], np.cumsum(by["shares"]), np.cumsum(SHARES))
    kind = KINDS[(draw > edges[:, :2]).sum(axis=1)]

    hours = np.where(late, looked_up(by["hours"], kind), looked_up(HOURS, kind))
    lasts = hours * rng.lognormal(0.0, 0.8, size)
    forgotten = rng.random(size) < looked_up(by["forgotten"], kind) * late
    resolved = opened + (lasts * 3600).astype(int) + 300
    first = opened + (lasts * rng.uniform(0.05, 0.6, size) * 3600).astype(int) + 120
    resolved = np.where(forgotten | (resolved >= MIDNIGHT_AFTER), NEVER, resolved)
    silent = forgotten & (rng.random(size) < 0.5)
    return {
        "ticket_id": labels("support_tickets", range(1, size + 1)).to_numpy(),
        "customer_id": _customers(rng, customers, opened, late),
        "opened_at": opened,
        "first_response_at": np.where(silent | (first >= MIDNIGHT_AFTER), NEVER, first),
        "resolved_at": resolved,
        "kind": kind,
        "is_complaint": (kind == "complaint") | ((kind == "complex") & (rng.random(size) < 0.05)),
    }


def _customers(rng, customers: Columns, opened: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Return who asks: people who came by themselves more than firms, above all after the form."""
    single = customers["customer_kind"] == "individual"
    out = []
    for at, after in zip(opened, late, strict=True):
        weight = np.where(single, 3.2 if after else 1.6, 1.0) * (customers["first_order_at"] < at)
        known = rng.random() > 0.04
        chosen = rng.choice(len(single), p=weight / weight.sum())
        out.append(customers["customer_id"][chosen] if known else None)
    return np.array(out, dtype=object)
