"""Measurements of trainings as arrays, and the people of each arm with what they changed by.

An effect parts its rows so often that parting frames of pandas took longer than all that is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

BEFORE, AFTER = 0, 1  # numbers of phases; others follow
TREATED, CONTROL = 0, 1
PHASES, ARMS = ("before", "after"), ("treated", "control")
PLAIN = ("person", "subject_key", "team", "value", "listed", "unit_value_eur")


class Measured:
    """Columns of one length.

    Parameters
    ----------
    columns : mapping of str to numpy.ndarray
    """

    def __init__(self, columns: Mapping[str, np.ndarray]) -> None:
        self._columns = dict(columns)

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Measured:
        """Return rows of `kpilib.methods.measurements`; ``training``, phase and arm are numbers."""
        columns = {name: rows[name].to_numpy(dtype=float) for name in PLAIN if name in rows}
        columns |= {name: rows[name].to_numpy() for name in ("period_end", "by_lot")}
        columns["training"] = rows["training_id"].cat.codes.to_numpy().astype(np.int64)
        for name, first in (("phase", PHASES), ("arm", ARMS)):
            if name in rows:
                columns[name] = _numbered(rows[name].cat, first)
        return cls(columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def where(self, kept: np.ndarray) -> Measured:
        """Return the rows that are marked, or those at some places."""
        return Measured({name: each[kept] for name, each in self._columns.items()})

    def assign(self, **columns: np.ndarray) -> Measured:
        """Return all columns, and some more."""
        return Measured(self._columns | columns)

    def frame(self, index: str | None = None) -> pd.DataFrame:
        """Return a frame; one of its columns may become the index."""
        rest = {name: each for name, each in self._columns.items() if name != index}
        return pd.DataFrame(rest, index=None if index is None else self[index])

    @property
    def known(self) -> np.ndarray:
        """Whether something was measured."""
        return ~np.isnan(self["value"])

    @property
    def content(self) -> bytes:
        """What tells these rows from others."""
        return b"".join(np.ascontiguousarray(each).tobytes() for each in self._columns.values())

    @property
    def only_after(self) -> bool:
        """Whether people were assigned by lot and nobody was measured before."""
        return bool(self["by_lot"].all()) and not ((self["phase"] == BEFORE) & self.known).any()

    def pairs(self) -> Measured:
        """Return one row a person with the means before and after; who lacks one is left out."""
        known = self.where(self.known)
        person, place = np.unique(known["person"], return_inverse=True)
        means = {}
        for number, name in enumerate(PHASES):
            own = known["phase"] == number
            means[name] = mean_of_each(place[own], known["value"][own], len(person))
        lowest = {name: np.full(len(person), np.nan) for name in ("team", "subject_key")}
        for name, found in lowest.items():
            np.fmin.at(found, place, known[name])
        change = means["after"] - means["before"]
        pairs = Measured({"person": person, **lowest, **means, "change": change})
        return pairs.where(~np.isnan(change))

    def arms(self) -> dict[str, Measured]:
        """Return the people of each arm with what they changed by.

        Where a lot decided who is trained, both arms were alike before: measured only after,
        everybody counts from one level.
        """
        rows = self._from_one_level() if self.only_after else self
        return {name: rows.where(rows["arm"] == arm).pairs() for arm, name in enumerate(ARMS)}

    def _from_one_level(self) -> Measured:
        after = self.where(self["phase"] == AFTER)
        once = after.where(np.unique(after["person"], return_index=True)[1])
        zero = once.assign(
            phase=np.full(len(once), BEFORE, dtype=once["phase"].dtype), value=np.zeros(len(once))
        )
        return Measured(
            {name: np.concatenate([each, zero[name]]) for name, each in self._columns.items()}
        )


def _numbered(codes: pd.Series.cat, first: Sequence[str]) -> np.ndarray:
    """Number categories: those named from 0 on, then the others, last what is missing."""
    names = [*first, *(name for name in codes.categories if name not in first)]
    numbers = np.array([*map(names.index, codes.categories), len(names)], dtype=np.int64)
    return numbers[codes.codes.to_numpy()]  # what is missing has the code -1: the last


def mean_of_each(place: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Return the mean of each of `count` places; not a number where there is none."""
    sums, cases = (np.bincount(place, each, minlength=count) for each in (values, None))
    return np.divide(sums, cases, where=cases > 0, out=np.full(count, np.nan))
