"""Orders beside the courses: trials, dues, donations, commissions, and money given back."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, moments

DUES, TRIALS, DONATIONS = 40.0, 20, 9
REFUNDED_SHARE = 0.006


def further_orders(
    rng: np.random.Generator, customers: dict, orders: dict, association: dict
) -> dict[str, np.ndarray]:
    """Return further rows of `orders`, in order of time, all of them paid.

    A trial costs nothing. What is given back of an order is a negative line, paid on its day.
    Commissions of partners have no customer.
    """
    rows: list[tuple] = []
    firms = customers["customer_id"][customers["customer_kind"] == "RH"]
    early = firms[: len(firms) // 2]
    for at, who in zip(_at(rng, TRIALS), rng.choice(early, TRIALS, replace=False), strict=True):
        rows.append((at, who, 0.0, -12.0, "elearning", 1, "paid"))
    for who, start in zip(association["person_key"], association["start_at"], strict=True):
        for year in range(2):
            at = (start + 365 * year).astype("datetime64[s]") + 10 * 3600
            if at < MIDNIGHT_AFTER:
                rows.append((at, who, DUES, DUES, "dues", 1, "paid"))
    for at, who in zip(
        _at(rng, DONATIONS), rng.choice(association["person_key"], DONATIONS), strict=True
    ):
        amount = float(rng.choice((20, 30, 50, 100)))
        rows.append((at, who, amount, amount, "donation", 1, "paid"))
    for month in np.unique(DAYS.astype("datetime64[M]")):
        at = month.astype("datetime64[s]") + 4 * 86_400 + 9 * 3600
        amount = float(np.round(rng.gamma(4.0, 45.0), 2))
        rows.append((at, None, amount, amount, "affiliate", 1, "paid"))
    rows += _given_back(rng, orders)
    rows.sort(key=lambda row: (row[0], row[4], str(row[1])))
    names = "ordered_at customer_id amount_ht margin_ht product_kind units status".split()
    columns = {
        name: np.array([row[place] for row in rows], dtype=object)
        for place, name in enumerate(names)
    }
    columns["ordered_at"] = columns["ordered_at"].astype("datetime64[s]")
    first = len(orders["order_id"]) + 1
    return columns | {
        "order_id": [f"o{first + place:05d}" for place in range(len(rows))],
        "currency": ["EUR"] * len(rows),
    }


def _at(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.sort(moments(rng, rng.choice(DAYS[30:-1], count)))


def _given_back(rng: np.random.Generator, orders: dict) -> list[tuple]:
    paid = np.flatnonzero(np.asarray(orders["status"]) == "paid")
    out = []
    for place in paid[rng.random(len(paid)) < REFUNDED_SHARE]:
        at = orders["ordered_at"][place] + int(rng.integers(3, 40)) * 86_400
        share = rng.choice((0.25, 0.5, 1.0))
        amount = -float(np.round(orders["amount_ht"][place] * share, 2))
        margin = -float(np.round(orders["margin_ht"][place] * share, 2))
        if at < MIDNIGHT_AFTER:
            who, kind = orders["customer_id"][place], orders["product_kind"][place]
            out.append((at, who, amount, margin, kind, 0, "paid"))
    return out
