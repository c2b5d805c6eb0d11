"""The figures of one KPI in all periods and groups, as columns, until each becomes an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np

from kpilib.engine.outcome import FLAGS, OK, Key, Outcome


class Figures:
    """The figures of one KPI, one place a period and group; nan where nothing can be known.

    Parameters
    ----------
    places : sequence of (Period, group)

    Attributes
    ----------
    value, numerator, denominator, n, people, low, high : numpy.ndarray of float
    method, status, reason : numpy.ndarray of str
    flags : dict of str to numpy.ndarray of bool
    details : list of dict
        Figures that are read with each.
    """

    def __init__(self, places: Sequence[Key]) -> None:
        self.places = places
        size = len(places)
        self.value, self.numerator, self.denominator, self.n = np.full((4, size), np.nan)
        self.people, self.low, self.high = np.full((3, size), np.nan)
        self.method, self.status, self.reason = np.full((3, size), "", dtype=object)
        self.status[:] = OK
        self.flags: dict[str, np.ndarray] = {}
        self.details: list[dict] = [{} for _ in places]

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
        for column in (self.numerator, self.denominator, self.n):
            column[where] = np.nan
        for place in np.flatnonzero(where):
            self.details[place].clear()

    def flag(self, name: str, where: np.ndarray) -> None:
        """Add a flag where it holds."""
        self.flags[name] = self.flags[name] | where if name in self.flags else where

    def tell(self, name: str, column: np.ndarray, where: np.ndarray | bool = True) -> None:
        """Add a figure that is read with these; None where it is not known."""
        told = zip(column.tolist(), np.broadcast_to(where, len(column)).tolist(), strict=True)
        for own, (each, holds) in zip(self.details, told, strict=True):
            if holds:
                own[name] = None if each != each else each

    def bound(self, where: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], method: str) -> None:
        """Give an interval and the name of its method, where it has both of its ends."""
        where = where & ~np.isnan(bounds[0])
        for ends, found in zip((self.low, self.high), bounds, strict=True):
            ends[where] = found[where]
        self.method[where] = method

    def outcomes(self) -> Iterator[tuple[Key, Outcome]]:
        """Yield each place with its figure."""
        names = [name for name in FLAGS if name in self.flags]
        held = zip(*(self.flags[name].tolist() for name in names), strict=True)
        flags = [tuple(compress(names, each)) for each in held] or [()] * len(self.places)
        numbers = np.column_stack(
            [self.value, self.numerator, self.denominator, self.n, self.people, self.low, self.high]
        )
        texts = zip(self.method, self.status, self.reason, strict=True)
        every = zip(self.places, numbers.tolist(), texts, flags, self.details, strict=True)
        for place, row, (method, status, reason), own, details in every:
            value, up, down, n, people, low, high = (None if x != x else x for x in row)
            yield (
                place,
                Outcome(
                    value=value,
                    numerator=up,
                    denominator=down,
                    n=n,
                    interval=None if low is None else (low, high),
                    interval_method=method,
                    status=status,
                    reason=reason,
                    flags=own,
                    details=details,
                    people=people,
                ),
            )
