"""Requests to customer service: how many, of what kind, how long they wait."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand, moments

KINDS = ("simple", "complex", "complaint")
# To find: from this day on one form replaces the phone. Simple requests get a ready answer within
# hours; the others wait, or are never closed.
FORM_FROM = np.datetime64("2026-05-04")
BEFORE, AFTER = (0.57, 0.32, 0.11), (0.44, 0.24, 0.32)
HOURS_BEFORE = {"simple": 9.0, "complex": 44.0, "complaint": 58.0}
HOURS_AFTER = {"simple": 3.0, "complex": 800.0, "complaint": 1100.0}
FORGOTTEN = {"simple": 0.02, "complex": 0.16, "complaint": 0.32}


def draw_tickets(rng: np.random.Generator, customers: dict) -> dict[str, np.ndarray]:
    """Return the columns of `support_tickets`; what is not resolved by the last day stays open."""
    load = 0.8 * (0.5 + 0.5 * demand()) * np.where(FORM_FROM <= DAYS, 1.3, 1.0)
    opened = moments(rng, np.repeat(DAYS, rng.poisson(load)))
    opened = np.sort(opened[opened < MIDNIGHT_AFTER - np.timedelta64(120, "s")])
    size, late = len(opened), opened >= FORM_FROM
    draw = rng.random((size, 1))
    edges = np.where(late[:, None], np.cumsum(AFTER), np.cumsum(BEFORE))
    kind = np.array(KINDS, dtype=object)[(draw > edges[:, :2]).sum(axis=1)]

    hours = np.array(
        [(HOURS_AFTER if after else HOURS_BEFORE)[name]
         for after, name in zip(late, kind, strict=True)]
    )  # fmt: skip
    lasts = hours * rng.lognormal(0.0, 0.8, size)
    forgotten = rng.random(size) < np.array([FORGOTTEN[name] for name in kind]) * late
    resolved = opened + (lasts * 3600).astype(int).astype("timedelta64[s]") + 300
    first = opened + (lasts * rng.uniform(0.05, 0.6, size) * 3600).astype(int) + 120
    never = np.datetime64("NaT")
    resolved = np.where(forgotten | (resolved >= MIDNIGHT_AFTER), never, resolved)
    silent = forgotten & (rng.random(size) < 0.5)
    first = np.where(silent | (first >= MIDNIGHT_AFTER), never, first)

    return {
        "ticket_id": np.array([f"h{number:04d}" for number in range(1, size + 1)], dtype=object),
        "customer_id": _customers(rng, customers, opened, late),
        "opened_at": opened,
        "first_response_at": first,
        "resolved_at": resolved,
        "kind": kind,
        "is_complaint": (kind == "complaint") | ((kind == "complex") & (rng.random(size) < 0.05)),
    }


def _customers(rng, customers: dict, opened: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Return who asks: people who came by themselves more than firms, above all after the form."""
    single = customers["customer_kind"] == "individual"
    out = []
    for at, after in zip(opened, late, strict=True):
        weight = np.where(single, 3.2 if after else 1.6, 1.0) * (customers["first_order_at"] < at)
        known = rng.random() > 0.04
        chosen = rng.choice(len(single), p=weight / weight.sum())
        out.append(customers["customer_id"][chosen] if known else None)
    return np.array(out, dtype=object)
