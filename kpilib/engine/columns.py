"""The figures of one KPI in all periods and groups, as columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpilib.engine.outcome import FLAGS, OK, Answer, Key
from kpilib.period import Period

NUMBERS = ("value", "numerator", "denominator", "n", "people", "low", "high")


class Figures:
    """The figures of one KPI, one place a period and group; nan where nothing can be known.

    Parameters
    ----------
    places : sequence of (Period, group)

    Attributes
    ----------
    places : numpy.ndarray of (Period, group)
    value, numerator, denominator, n, people, low, high : numpy.ndarray of float
    method, status, reason : numpy.ndarray of str
    flags : numpy.ndarray of bool
        One column each of `FLAGS`.
    details : numpy.ndarray of dict
        Figures that are read with each.
    subjects : numpy.ndarray of frozenset
        What each is about, where periods can be about different things.
    """

    def __init__(self, places: Sequence[Key]) -> None:
        size = len(places)
        self.places = _objects(places)
        self.value, self.numerator, self.denominator, self.n = np.full((4, size), np.nan)
        self.people, self.low, self.high = np.full((3, size), np.nan)
        self.method, self.status, self.reason = np.full((3, size), "", dtype=object)
        self.status[:] = OK
        self.flags = np.zeros((size, len(FLAGS)), dtype=bool)
        self.details = _objects([{} for _ in places])
        self.subjects = _objects([frozenset()] * size)

    @classmethod
    def of(cls, answer: Answer) -> Figures:
        """Return as columns what a method answers place by place."""
        found, every = cls([*answer]), [*answer.values()]
        for name in NUMBERS[:5]:
            setattr(found, name, np.array([getattr(each, name) for each in every], dtype=float))
        ends = [each.interval or (None, None) for each in every]
        found.low, found.high = np.array(ends, dtype=float).reshape(-1, 2).T.copy()
        found.method = _objects([each.interval_method for each in every])
        for name in ("status", "reason", "details", "subjects"):
            setattr(found, name, _objects([getattr(each, name) for each in every]))
        flags = [[flag in each.flags for flag in FLAGS] for each in every]
        found.flags = np.array(flags, dtype=bool).reshape(-1, len(FLAGS))
        return found

    @classmethod
    def joined(cls, parts: Iterable[Figures]) -> Figures:
        """Return the figures of several, one after the other."""
        found, every = cls([]), [vars(part) for part in parts]
        for name, column in vars(found).items():
            setattr(found, name, np.concatenate([column, *(own[name] for own in every)]))
        return found

    def at(self, places: Sequence[int] | np.ndarray) -> Figures:
        """Return the figures of some places, by their number."""
        found, chosen = Figures([]), np.asarray(places, dtype=int)
        for name, column in vars(self).items():
            setattr(found, name, column[chosen])
        return found

    def put(self, places: np.ndarray, found: Figures) -> None:
        """Take the figures of some places from others."""
        for name, column in vars(self).items():
            column[places] = vars(found)[name]

    def by_period(self, periods: Iterable[Period]) -> dict[Period, Figures]:
        """Return the figures of each period."""
        numbers: dict[Period, list[int]] = {period: [] for period in periods}
        for at, (period, _) in enumerate(self.places):
            numbers[period].append(at)
        return {period: self.at(own) for period, own in numbers.items()}

    def inside(self, periods: Collection[Period]) -> np.ndarray:
        """Where a figure is of one of these periods."""
        return np.array([period in periods for period, _ in self.places], dtype=bool)

    def among(self, places: Collection[Key]) -> np.ndarray:
        """Where a figure is of one of these places."""
        return np.array([place in places for place in self.places], dtype=bool)

    @property
    def known(self) -> np.ndarray:
        """Where there is a value."""
        return ~np.isnan(self.value)

    def unknown(self, where: np.ndarray, status: str, reason: str) -> None:
        """Say where there is no value, and why."""
        self.value[where] = np.nan
        self.status[where], self.reason[where] = status, reason

    def forget(self, where: np.ndarray, status: str, reason: str) -> None:
        """Say why there is no value, and leave nothing of what it was worked out of."""
        self.unknown(where, status, reason)
        for name in NUMBERS:
            getattr(self, name)[where] = np.nan
        self.method[where] = ""
        for place in np.flatnonzero(where):
            self.details[place] = {}

    def flag(self, name: str, where: np.ndarray | bool) -> None:
        """Add a flag where it holds."""
        self.flags[:, FLAGS.index(name)] |= where

    def flagged(self, name: str) -> np.ndarray:
        """Where a flag holds."""
        return self.flags[:, FLAGS.index(name)]

    def tell(self, name: str, column: np.ndarray, where: np.ndarray | bool = True) -> None:
        """Add a figure that is read with these; None where it is not known."""
        told = zip(column.tolist(), np.broadcast_to(where, len(column)).tolist(), strict=True)
        for own, (each, holds) in zip(self.details, told, strict=True):
            if holds:
                own[name] = None if each != each else each

    def told(self, name: str) -> list[Any]:
        """Return a figure that is read with these; None where there is none."""
        return [own.get(name) for own in self.details]

    def bound(self, where: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], method: str) -> None:
        """Give an interval and the name of its method, where it has both of its ends."""
        where = where & ~np.isnan(bounds[0])
        for ends, found in zip((self.low, self.high), bounds, strict=True):
            ends[where] = found[where]
        self.method[where] = method


def ranking(
    value: np.ndarray, low: np.ndarray, n: np.ndarray, least: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which groups have too few cases to be ranked, and by what each is put in order.

    3 clicks of 10 prove less than 90 of 400: from `least` cases on, the lower end of an interval
    decides, where there is one; of fewer, and where nothing is asked for, the figure itself.
    """
    few = np.nan_to_num(n) < least
    proven = ~few & ~np.isnan(low) & (least > 0)
    return few, np.where(proven, low, value)


def counted_in(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return a frame with columns of numbers, missing where nothing is known.

    Rows that know nothing of a column would make it one of None, with which nobody can count.
    """
    return frame.astype(dict.fromkeys(names, float))


def _objects(each: Sequence[Any]) -> np.ndarray:
    """Return a column of anything, tuples too."""
    return np.fromiter(each, dtype=object, count=len(each))
