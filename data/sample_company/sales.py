"""Customers and their orders: those of before the period, and those that the leads became."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, MONTHS, at_hour, demand
from .draws import NEVER, Columns, looked_up, moments, pick
from .tables import labels


@dataclass(frozen=True)
class CustomerKind:
    """What customers of a kind buy: how often, what by share."""

    segments: tuple[str, ...]
    orders_a_year: float
    products: dict[str, float]


KINDS = {
    "RH": CustomerKind(
        ("TPE", "PME", "ETI"), 2.5, {"intra": 0.5, "inter": 0.36, "elearning": 0.14}
    ),
    "individual": CustomerKind(
        ("particulier",), 0.15, {"intra": 0.0, "inter": 0.68, "elearning": 0.32}
    ),
    "OPCO": CustomerKind(("OPCO",), 3.2, {"intra": 0.82, "inter": 0.18, "elearning": 0.0}),
    "other": CustomerKind(("association",), 0.8, {"intra": 0.25, "inter": 0.55, "elearning": 0.2}),
}
# a day in company, a seat, a licence
UNIT_PRICE = {"intra": 2150.0, "inter": 890.0, "elearning": 145.0}
UNITS_MEAN = {"intra": 2.4, "inter": 1.0, "elearning": 3.0}
MARGIN_SHARE = {"intra": 0.41, "inter": 0.34, "elearning": 0.62}
CUSTOMERS_BEFORE = 430
CHANNEL_BEFORE = {
    "organic_search": 0.3, "direct": 0.2, "referral": 0.2, "paid_search": 0.12, "email": 0.05,
    None: 0.13,
}  # fmt: skip


def _won(leads: Columns) -> np.ndarray:
    """Return the places of the won leads, in order of the day they were won."""
    won = np.flatnonzero(~np.isnat(leads["won_at"]))
    return won[np.argsort(leads["won_at"][won], kind="stable")]


def draw_customers(rng: np.random.Generator, leads: Columns) -> tuple[Columns, dict[str, str]]:
    """Return the customers, and the customer of each person whose lead was won."""
    first_of: dict[str, int] = {}
    for lead in _won(leads):
        first_of.setdefault(leads["person_key"][lead], lead)
    first = list(first_of.values())
    before_days = DAYS[0] - 1 - np.floor(rng.power(0.8, CUSTOMERS_BEFORE) * 5.4 * 365).astype(int)
    before = np.sort(moments(rng, before_days))
    # The first order follows the won deal by some hours, but never leaves the period.
    placed = leads["won_at"][first] + rng.integers(600, 20_000, len(first))
    placed = np.minimum(placed, MIDNIGHT_AFTER - np.timedelta64(60, "s"))

    size = CUSTOMERS_BEFORE + len(first)
    ids = labels("customers", range(1, size + 1)).to_numpy()
    company = np.full(size, 0.64)
    company[CUSTOMERS_BEFORE:][leads["form_id"][first] == "guide"] = 0.48
    draw = rng.random(size)
    edges = np.stack([company, company + 0.24, company + 0.29])
    kind = np.array(list(KINDS), dtype=object)[(draw > edges).sum(axis=0)]
    channel_before = pick(rng, CHANNEL_BEFORE, CUSTOMERS_BEFORE)
    referred = (rng.random(size) < 0.14) & (np.arange(size) >= CUSTOMERS_BEFORE)
    referrer = rng.integers(0, CUSTOMERS_BEFORE, size)
    segments = [KINDS[each].segments for each in kind]
    customers = {
        "customer_id": ids,
        "customer_kind": kind,
        "first_order_at": np.concatenate([before, placed]),
        "acquisition_channel": np.concatenate([channel_before, leads["channel"][first]]),
        "referred_by": np.where(referred, ids[referrer], None),
        "segment": [
            names[int(luck * 1e4) % len(names)] for names, luck in zip(segments, draw, strict=True)
        ],
    }
    return customers, dict(zip(first_of, ids[CUSTOMERS_BEFORE:], strict=True))


def _later_wins(leads: Columns, customer_of: dict[str, str], ids: np.ndarray) -> list[tuple]:
    """Return the customer's place and the moment of each win that was not its first."""
    place = {name: index for index, name in enumerate(ids)}
    out, seen = [], set()
    for lead in _won(leads):
        person = leads["person_key"][lead]
        if person in seen:
            out.append((place[customer_of[person]], leads["won_at"][lead] + 60))
        seen.add(person)
    return out


def draw_orders(
    rng: np.random.Generator, customers: Columns, leads: Columns, customer_of: dict[str, str]
) -> Columns:
    """Return the columns of `orders`: first orders of new customers, repeats in season."""
    season = demand() / demand().sum()
    placed = _later_wins(leads, customer_of, customers["customer_id"])
    kinds, firsts = customers["customer_kind"], customers["first_order_at"]
    for owner, (kind, first) in enumerate(zip(kinds, firsts, strict=True)):
        if first >= np.datetime64(DAYS[0], "s"):
            placed.append((owner, first))
        loyalty = rng.gamma(1.3, 1 / 1.3)
        is_open = DAYS[first.astype("datetime64[D]") + 20 < DAYS]
        weights = season[len(DAYS) - len(is_open) :]
        a_year = KINDS[kind].orders_a_year * loyalty * weights.sum()
        count = rng.poisson(a_year * len(DAYS) / 365.25)
        if count:
            days = rng.choice(is_open, size=count, p=weights / weights.sum())
            placed += [(owner, at) for at in moments(rng, days)]
    placed.sort(key=lambda order: order[1])
    owner = np.array([owner for owner, _ in placed])

    size = len(owner)
    product = np.array([pick(rng, KINDS[kind].products) for kind in kinds[owner]], dtype=object)
    units = 1 + rng.poisson(looked_up(UNITS_MEAN, product))
    price = looked_up(UNIT_PRICE, product) * rng.uniform(0.85, 1.2, size)
    amount = np.round(units * price / 10) * 10
    margin = amount * looked_up(MARGIN_SHARE, product) * rng.uniform(0.85, 1.12, size)
    draw = rng.random(size)
    return {
        "order_id": labels("orders", range(1, size + 1)).to_numpy(),
        "customer_id": customers["customer_id"][owner],
        "ordered_at": np.array([at for _, at in placed], dtype="datetime64[s]"),
        "amount_ht": amount,
        "margin_ht": np.round(margin, 2),
        "currency": "EUR",
        "product_kind": product,
        "units": units,
        "status": np.select([draw < 0.955, draw < 0.985], ["paid", "cancelled"], "refunded"),
    }


DUES, TRIALS, DONATIONS = 40.0, 20, 9
REFUNDED_SHARE = 0.006


def association_rows(rng: np.random.Generator, customers: Columns) -> Columns:
    """Return the columns of `memberships` for the association of former participants."""
    single = np.flatnonzero(
        (customers["customer_kind"] == "individual")
        & (customers["first_order_at"] < np.datetime64("2025-09-01"))
    )
    members = np.sort(rng.choice(single, size=26, replace=False))
    start = np.sort(DAYS[20] + rng.integers(0, 620, len(members)))
    leaves = rng.random(len(members)) < 0.2
    return {
        "kind": "association",
        "person_key": customers["customer_id"][members],
        "start_at": start,
        "end_at": np.where(leaves, np.minimum(start + 365, DAYS[-1] - 3), NEVER),
        "end_reason": np.where(leaves, "left", None),
    }


def further_orders(
    rng: np.random.Generator, customers: Columns, orders: Columns, association: Columns
) -> list[dict]:
    """Return further rows of `orders`, in order of time: trials, dues, gifts, commissions, refunds.

    A trial costs nothing. What is given back of an order is a negative line, paid on its day.
    Commissions of partners have no customer.
    """
    firms = customers["customer_id"][customers["customer_kind"] == "RH"]
    early = firms[: len(firms) // 2]
    rows = [
        _line(at, who, "elearning", 0.0, -12.0)
        for at, who in zip(
            _days(rng, TRIALS), rng.choice(early, TRIALS, replace=False), strict=True
        )
    ]
    paying = zip(association["person_key"], association["start_at"], strict=True)
    dues = [(who, at_hour(start + 365 * year, 10)) for who, start in paying for year in range(2)]
    rows += [_line(at, who, "dues", DUES) for who, at in dues if at < MIDNIGHT_AFTER]
    gifts = zip(
        _days(rng, DONATIONS), rng.choice(association["person_key"], DONATIONS), strict=True
    )
    rows += [_line(at, who, "donation", float(rng.choice((20, 30, 50, 100)))) for at, who in gifts]
    for month in MONTHS:
        amount = float(np.round(rng.gamma(4.0, 45.0), 2))
        rows.append(_line(at_hour(month.replace(day=5), 9), None, "affiliate", amount))
    rows += _given_back(rng, orders)
    return sorted(
        rows, key=lambda row: (row["ordered_at"], row["product_kind"], str(row["customer_id"]))
    )


def _line(at, who: str | None, product: str, amount: float, margin=None, units: int = 1) -> dict:
    return {
        "customer_id": who,
        "ordered_at": at,
        "amount_ht": amount,
        "margin_ht": amount if margin is None else margin,
        "currency": "EUR",
        "product_kind": product,
        "units": units,
        "status": "paid",
    }


def _days(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.sort(moments(rng, rng.choice(DAYS[30:-1], count)))


def _given_back(rng: np.random.Generator, orders: Columns) -> list[dict]:
    paid = np.flatnonzero(orders["status"] == "paid")
    out = []
    for place in paid[rng.random(len(paid)) < REFUNDED_SHARE]:
        at = orders["ordered_at"][place] + int(rng.integers(3, 40)) * 86_400
        share = rng.choice((0.25, 0.5, 1.0))
        amount, margin = (
            -float(np.round(orders[name][place] * share, 2)) for name in ("amount_ht", "margin_ht")
        )
        if at < MIDNIGHT_AFTER:
            who, product = orders["customer_id"][place], orders["product_kind"][place]
            out.append(_line(at, who, product, amount, margin, units=0))
    return out
