"""Who is on the newsletter list: earlier readers, sign-ups on the site, contacts of two fairs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .business_calendar import DAYS
from .web_traffic import POPUP

READERS_BEFORE = 1560
FAIRS = {
    "2025-03-20": 70,
    "2026-03-19": 210,
}  # visiting cards typed in after a trade fair: the only import
SIGN_UP_RATE = {
    "display": 0.0012,
    "paid_social": 0.008,
    "paid_search": 0.009,
    "organic_social": 0.018,
}


@dataclass
class Readers:
    """One entry a membership, in the order of joining.

    `taste` multiplies the chance of opening; `apple` is the moment of adopting a mail program that
    hides opens,
    as a rank in [0, 1): those below the share of the day have adopted it.
    """

    start: np.ndarray
    taste: np.ndarray
    apple: np.ndarray
    scanned: np.ndarray
    end: np.ndarray = field(init=False)
    reason: np.ndarray = field(init=False)

    def __post_init__(self):
        self.end = np.full(len(self.start), np.datetime64("NaT"), dtype="datetime64[D]")
        self.reason = np.full(len(self.start), None, dtype=object)

    def on_list(self, day: np.datetime64) -> np.ndarray:
        """Return which readers belong to the list on a day."""
        return (self.start <= day) & (np.isnat(self.end) | (self.end > day))

    def leave(self, who: np.ndarray, day: np.ndarray | np.datetime64, reason: str) -> None:
        """End memberships; the day is the last day on the list."""
        self.end[who] = day
        self.reason[who] = reason


def draw_sign_ups(rng: np.random.Generator, visits: dict[str, np.ndarray]) -> np.ndarray:
    """Return the visits (their positions, in order of time) that subscribe to the newsletter."""
    rate = np.array([SIGN_UP_RATE.get(channel, 0.016) for channel in visits["channel"]])
    rate = np.where(visits["started_at"] >= POPUP, rate * 2.15, rate)
    early_enough = (visits["started_at"] - visits["started_at"].astype("datetime64[D]")).astype(
        int
    ) < 22 * 3600
    engaged_share = np.mean(visits["engaged"])
    return np.flatnonzero(
        (rng.random(len(rate)) < rate / engaged_share) & visits["engaged"] & early_enough
    )


def draw_readers(rng: np.random.Generator, sign_up_days: np.ndarray) -> tuple[Readers, np.ndarray]:
    """Return the readers, and the number of the reader that each sign-up became."""
    years_before = rng.power(1.6, READERS_BEFORE) * 5.5
    before = DAYS[0] - 1 - np.floor((5.5 - years_before) * 365).astype(int)
    fairs = np.repeat(np.array(list(FAIRS), dtype="datetime64[D]"), list(FAIRS.values()))
    start = np.concatenate([before, sign_up_days, fairs])
    order = np.argsort(start, kind="stable")
    number = np.empty(len(start), dtype=int)
    number[order] = np.arange(len(start))
    start = start[order]
    # The pop-up and the second fair bring people who wanted the guide, not the letter.
    lukewarm = (start >= POPUP) & (rng.random(len(start)) < 0.7)
    taste = np.minimum(rng.gamma(1.5, 1 / 1.5, len(start)), 2.9) * np.where(lukewarm, 0.72, 1.0)
    readers = Readers(start, taste, rng.random(len(start)), rng.random(len(start)) < 0.03)
    sign_ups = number[READERS_BEFORE : READERS_BEFORE + len(sign_up_days)]
    return readers, sign_ups


def person_keys(rng: np.random.Generator, readers: Readers) -> np.ndarray:
    """Return a pseudonym for each membership; a few people left the list and came back."""
    keys = np.array(
        [f"p{number:05d}" for number in rng.permutation(len(readers.start)) + 1], dtype=object
    )
    gone = np.flatnonzero(readers.reason == "unsubscribe")
    back = np.flatnonzero(readers.start > np.datetime64("2026-05-01"))[10:400:80][:5]
    for leaver, returning in zip(gone[5:200:35], back, strict=False):
        if readers.end[leaver] < readers.start[returning]:
            keys[returning] = keys[leaver]
    return keys


def memberships_table(readers: Readers, keys: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of `memberships`."""
    return {
        "membership_id": [f"m{number:05d}" for number in range(1, len(keys) + 1)],
        "kind": ["newsletter"] * len(keys),
        "person_key": keys,
        "start_at": readers.start,
        "end_at": readers.end,
        "end_reason": readers.reason,
    }
