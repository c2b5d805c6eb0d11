"""Customers and their orders: those of before the period, and those that the leads became."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand, moments

CUSTOMERS_BEFORE = 430
KINDS = ("RH", "individual", "OPCO", "other")
SEGMENTS = {
    "RH": ("TPE", "PME", "ETI"),
    "individual": ("particulier",),
    "OPCO": ("OPCO",),
    "other": ("association",),
}
ORDERS_A_YEAR = {"RH": 2.5, "individual": 0.15, "OPCO": 3.2, "other": 0.8}
PRODUCTS = {
    "RH": {"intra": 0.5, "inter": 0.36, "elearning": 0.14},
    "individual": {"intra": 0.0, "inter": 0.68, "elearning": 0.32},
    "OPCO": {"intra": 0.82, "inter": 0.18, "elearning": 0.0},
    "other": {"intra": 0.25, "inter": 0.55, "elearning": 0.2},
}
UNIT_PRICE = {
    "intra": 2150.0,
    "inter": 890.0,
    "elearning": 145.0,
}  # a day in company, a seat, a licence
UNITS_MEAN = {"intra": 2.4, "inter": 1.0, "elearning": 3.0}
MARGIN_SHARE = {"intra": 0.41, "inter": 0.34, "elearning": 0.62}


def draw_customers(rng: np.random.Generator, leads: dict) -> tuple[dict, dict[str, str]]:
    """Return the customers, and the customer of each person whose lead was won."""
    won = np.flatnonzero(~np.isnat(leads["won_at"]))
    won = won[np.argsort(leads["won_at"][won], kind="stable")]
    customer_of: dict[str, str] = {}
    first_of: list[int] = []
    for lead in won:
        person = leads["person_key"][lead]
        if person not in customer_of:
            customer_of[person] = f"k{CUSTOMERS_BEFORE + len(customer_of) + 1:04d}"
            first_of.append(lead)
    before_days = DAYS[0] - 1 - np.floor(rng.power(0.8, CUSTOMERS_BEFORE) * 5.4 * 365).astype(int)
    before = np.sort(moments(rng, before_days))
    # The first order follows the won deal by some hours, but never leaves the period.
    placed = leads["won_at"][first_of] + rng.integers(600, 20_000, len(first_of)).astype(
        "timedelta64[s]"
    )
    placed = np.minimum(placed, MIDNIGHT_AFTER - np.timedelta64(60, "s"))
    first_order_at = np.concatenate([before, placed])

    size = len(first_order_at)
    form = np.concatenate(
        [np.full(CUSTOMERS_BEFORE, None, dtype=object), leads["form_id"][first_of]]
    )
    company = np.where(form == "guide", 0.48, 0.64)
    draw = rng.random(size)
    edges = np.stack([company, company + 0.24, company + 0.29])
    kind = np.array(KINDS, dtype=object)[(draw > edges).sum(axis=0)]
    known = np.array(
        ["organic_search", "direct", "referral", "paid_search", "email", None], dtype=object
    )
    origin_before = known[rng.choice(6, size=CUSTOMERS_BEFORE, p=(0.3, 0.2, 0.2, 0.12, 0.05, 0.13))]
    referred = rng.random(size) < 0.14
    referrer = rng.integers(0, CUSTOMERS_BEFORE, size)
    ids = np.array([f"k{number:04d}" for number in range(1, size + 1)], dtype=object)
    customers = {
        "customer_id": ids,
        "customer_kind": kind,
        "first_order_at": first_order_at,
        "acquisition_channel": np.concatenate([origin_before, leads["channel"][first_of]]),
        "referred_by": np.where(
            referred & (np.arange(size) >= CUSTOMERS_BEFORE), ids[referrer], None
        ),
        "segment": [
            SEGMENTS[k][int(d * 1e4) % len(SEGMENTS[k])] for k, d in zip(kind, draw, strict=True)
        ],
    }
    return customers, customer_of


def later_wins(leads: dict, customers: dict, customer_of: dict[str, str]) -> list[tuple]:
    """Return the customer's position and the moment of each win that was not its first."""
    position = {name: index for index, name in enumerate(customers["customer_id"])}
    won = np.flatnonzero(~np.isnat(leads["won_at"]))
    out = []
    seen: set[str] = set()
    for lead in won[np.argsort(leads["won_at"][won], kind="stable")]:
        person = leads["person_key"][lead]
        if person in seen:
            moment = leads["won_at"][lead] + np.timedelta64(60, "s")
            out.append((position[customer_of[person]], moment))
        seen.add(person)
    return out


def orders_table(rng: np.random.Generator, customers: dict, further: list[tuple]) -> dict:
    """Return the columns of `orders`: first orders of new customers, repeats in season."""
    season = demand() / demand().sum()
    owner = [index for index, _ in further]
    ordered_at = [moment for _, moment in further]
    for index, (kind, first) in enumerate(
        zip(customers["customer_kind"], customers["first_order_at"], strict=True)
    ):
        if first >= np.datetime64(DAYS[0], "s"):
            owner.append(index)
            ordered_at.append(first)
        loyalty = rng.gamma(1.3, 1 / 1.3)
        open_days = DAYS[first.astype("datetime64[D]") + 20 < DAYS]
        weights = season[len(DAYS) - len(open_days) :]
        count = rng.poisson(ORDERS_A_YEAR[kind] * loyalty * weights.sum() * len(DAYS) / 365.25)
        if count:
            days = rng.choice(open_days, size=count, p=weights / weights.sum())
            owner.extend([index] * count)
            ordered_at.extend(moments(rng, days))
    owner, ordered_at = np.array(owner), np.array(ordered_at, dtype="datetime64[s]")
    order = np.argsort(ordered_at, kind="stable")
    owner, ordered_at = owner[order], ordered_at[order]

    size = len(owner)
    kinds = customers["customer_kind"][owner]
    product = np.array(
        [rng.choice(list(PRODUCTS[kind]), p=list(PRODUCTS[kind].values())) for kind in kinds]
    )
    units = 1 + rng.poisson([UNITS_MEAN[name] for name in product])
    price = np.array([UNIT_PRICE[name] for name in product]) * rng.uniform(0.85, 1.2, size)
    amount = np.round(units * price / 10) * 10
    margin = np.round(
        amount * np.array([MARGIN_SHARE[name] for name in product]) * rng.uniform(0.85, 1.12, size),
        2,
    )
    draw = rng.random(size)
    return {
        "order_id": [f"o{number:05d}" for number in range(1, size + 1)],
        "customer_id": customers["customer_id"][owner],
        "ordered_at": ordered_at,
        "amount_ht": amount,
        "margin_ht": margin,
        "currency": ["EUR"] * size,
        "product_kind": product.astype(object),
        "units": units,
        "status": np.where(
            draw < 0.955, "paid", np.where(draw < 0.985, "cancelled", "refunded")
        ).astype(object),
    }
