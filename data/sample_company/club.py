"""The Club, where people who were trained help one another: who belongs to it, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, demand

OPENING = np.datetime64("2025-03-03")
FOUNDERS = 90
HELPER = 6  # the member who answers more than anybody else, in the order of joining
SHARE_OF_CUSTOMERS = 0.45


@dataclass
class Members:
    """One entry a member, in the order of joining.

    `zeal` is how much a member does, about 1 on average; many do next to nothing.
    """

    key: np.ndarray
    start: np.ndarray
    end: np.ndarray
    reason: np.ndarray
    sponsor: np.ndarray
    zeal: np.ndarray

    def present(self, day: np.datetime64) -> np.ndarray:
        """Return which members belong on a day."""
        return (self.start <= day) & (np.isnat(self.end) | (self.end >= day))


def draw_members(rng: np.random.Generator, customers: dict) -> Members:
    """Return the members: ninety who opened the Club with the company, then those who joined."""
    open_days = DAYS[DAYS > OPENING]
    rhythm = demand()[DAYS > OPENING]
    joined = np.repeat(open_days, rng.poisson(0.6 * rhythm))
    start = np.concatenate([np.full(FOUNDERS, OPENING), joined])
    size = len(start)
    quiet = rng.random(size) < 0.45
    zeal = np.minimum(rng.lognormal(-0.45, 1.0, size), 6.0) * np.where(quiet, 0.08, 1.0)
    zeal[HELPER] = 7.0
    stays = np.ceil(rng.exponential(2400, size) * np.clip(zeal + 0.5, 0.5, 3.0)).astype(int) + 20
    stays[HELPER] = 10_000
    end = (start + stays).astype("datetime64[D]")
    gone = end <= DAYS[-1]
    reason = np.where(rng.random(size) < 0.7, "left", "inactive").astype(object)

    first_order = customers["first_order_at"].astype("datetime64[D]")
    ids, taken = customers["customer_id"], np.zeros(len(first_order), dtype=bool)
    key, sponsor = [], []
    for number, day in enumerate(start):
        known = np.flatnonzero((first_order <= day) & ~taken)
        if rng.random() < SHARE_OF_CUSTOMERS:
            chosen = int(rng.choice(known))
            taken[chosen] = True
            key.append(ids[chosen])
        else:
            key.append(f"c{number + 1:04d}")
        others = np.flatnonzero(start[:number] < day)
        sent = number >= FOUNDERS and rng.random() < 0.22
        weight = zeal[others] + 0.05
        sponsor.append(key[rng.choice(others, p=weight / weight.sum())] if sent else None)
    return Members(
        key=np.array(key, dtype=object),
        start=start,
        end=np.where(gone, end, np.datetime64("NaT")),
        reason=np.where(gone, reason, None),
        sponsor=np.array(sponsor, dtype=object),
        zeal=zeal,
    )


def membership_rows(members: Members) -> dict[str, np.ndarray]:
    """Return the columns of `memberships` for the Club."""
    return {
        "kind": np.full(len(members.key), "community", dtype=object),
        "person_key": members.key,
        "start_at": members.start,
        "end_at": members.end,
        "end_reason": members.reason,
        "referred_by": members.sponsor,
    }


def association_rows(rng: np.random.Generator, customers: dict) -> dict[str, np.ndarray]:
    """Return the columns of `memberships` for the association of former participants."""
    single = np.flatnonzero(
        (customers["customer_kind"] == "individual")
        & (customers["first_order_at"] < np.datetime64("2025-09-01"))
    )
    chosen = np.sort(rng.choice(single, size=26, replace=False))
    start = np.sort(DAYS[20] + rng.integers(0, 620, len(chosen)))
    leaves = rng.random(len(chosen)) < 0.2
    end = np.minimum(start + 365, DAYS[-1] - 3)
    never = np.datetime64("NaT")
    return {
        "kind": np.full(len(chosen), "association", dtype=object),
        "person_key": customers["customer_id"][chosen],
        "start_at": start,
        "end_at": np.where(leaves, end, never),
        "end_reason": np.where(leaves, "left", None),
        "referred_by": np.full(len(chosen), None, dtype=object),
    }
