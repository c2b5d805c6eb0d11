"""A story: something planted in the company for a reader to find, apart from how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Something planted.

    Attributes
    ----------
    whom, since
        Whom it concerns (a campaign, a team, a training, ...) and its first day.
    changes, finds
        What it changes, and what a reader should find, in words.
    by
        By how much: what the generators read, from `since` on.
    told
        Whether the company tells it.
    movable
        Which of `whom` and `since` may be another: the rest is what another table says too.
    plants, takes_away
        How finished tables are changed when it is told, or when it is not, for what is not drawn.
    """

    name: str
    whom: str
    since: date
    changes: str
    finds: str
    by: Mapping[str, Any] = field(default_factory=dict)
    told: bool = True
    movable: tuple[str, ...] = ("since",)
    plants: Callable[[Tables, Story], Tables] | None = None
    takes_away: Callable[[Tables, Story], Tables] | None = None

    def on(self, at, since: str = "since") -> np.ndarray:
        """Return whether days or moments lie within the story, or a part that begins apart."""
        first = self.by.get(since, self.since) if self.told else None
        return np.asarray(at, dtype="datetime64[s]") >= np.datetime64(first)

    def days_since(self, days: np.ndarray) -> np.ndarray:
        """Return the number of days since the first one; long before it where it is not told."""
        if not self.told:
            return np.full(len(days), -9999)
        return (days - np.datetime64(self.since)).astype(int)

    def between(self, name: str, at: np.datetime64) -> float:
        """Return a level that moves between dated points; it stays where it was if not told."""
        points = self.by[name]
        day = at.astype("datetime64[D]")
        if not self.told:
            day = min(day, np.datetime64(self.since))
        days = np.array(list(points), dtype="datetime64[D]").astype(int)
        return float(np.interp(day.astype(int), days, list(points.values())))


Stories = Mapping[str, Story]
