"""Draws the columns of small tables from one seed, with missing values in them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST, LAST = date(2025, 1, 1), date(2025, 2, 28)


class Maker:
    """Draws columns from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, values: list, count: int, missing: float = 0.0) -> list:
        chosen = [values[i] for i in self.rng.integers(0, len(values), count)]
        return [None if self.rng.random() < missing else value for value in chosen]

    def number(self, low: int, high: int, count: int, missing: float = 0.0) -> pd.array:
        drawn = self.rng.integers(low, high, count)
        return pd.array(
            [pd.NA if self.rng.random() < missing else int(value) for value in drawn], dtype="Int64"
        )

    def quarters(self, high: int, count: int, missing: float = 0.0) -> pd.array:
        drawn = self.rng.integers(0, 4 * high, count) / 4
        return pd.array(
            [pd.NA if self.rng.random() < missing else value for value in drawn], dtype="Float64"
        )

    def sign(self, count: int) -> pd.array:
        """One row in ten is nothing, one in ten negative."""
        drawn = self.rng.random(count)
        return pd.array([0.0 if d < 0.1 else -1.0 if d < 0.2 else 1.0 for d in drawn], "Float64")

    def truth(self, share: float, count: int, missing: float = 0.0) -> pd.array:
        return pd.array(
            [pd.NA if self.rng.random() < missing else bool(self.rng.random() < share)
             for _ in range(count)], dtype="boolean"
        )  # fmt: skip

    def instant(self, count: int, missing: float = 0.0, first: date = FIRST) -> pd.Series:
        seconds = self.rng.integers(0, ((LAST - first).days + 1) * 86_400, count)
        start = pd.Timestamp(first, tz="UTC").as_unit("us")
        res = pd.Series(start + pd.to_timedelta(seconds, unit="s").as_unit("us"))
        return res.mask(self.rng.random(count) < missing)

    def day(self, count: int, missing: float = 0.0, first: date = FIRST, last: date = LAST) -> list:
        offsets = self.rng.integers(0, (last - first).days + 1, count)
        days = [first + timedelta(days=int(offset)) for offset in offsets]
        return [None if self.rng.random() < missing else day for day in days]


def keys(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:04d}" for number in range(count)]
