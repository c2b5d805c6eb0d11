"""What a condition of Polars says about days, so that a database need not send the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"Nanoseconds": 1e-9, "Microseconds": 1e-6, "Milliseconds": 1e-3}
LOWER, UPPER = ("Gt", "GtEq"), ("Lt", "LtEq")


@dataclass(frozen=True)
class Bound:
    """A column of days or instants is not before (or not after) a value."""

    column: str
    lower: bool
    value: date | datetime

    @property
    def widened(self) -> date | datetime:
        """The value, a day further out."""
        return self.value - DAY if self.lower else self.value + DAY


def bounds_of(condition: pl.Expr) -> list[Bound]:
    """Return the bounds that every row fulfilling a condition lies within.

    What is not understood gives no bound: more rows are then read, never fewer.
    """
    try:
        return _bounds(json.loads(condition.meta.serialize(format="json")))
    except (ValueError, TypeError, KeyError, pl.exceptions.PolarsError):
        return []


def _bounds(node: Any) -> list[Bound]:
    part = node.get("BinaryExpr") if isinstance(node, dict) else None
    if not part:
        return []
    if part["op"] == "And":
        return _bounds(part["left"]) + _bounds(part["right"])
    column, value = part["left"].get("Column"), _value(part["right"])
    if column is None or value is None or part["op"] not in (*LOWER, *UPPER):
        return []
    return [Bound(column, part["op"] in LOWER, value)]


def _value(node: Any) -> date | datetime | None:
    scalar = node.get("Literal", {}).get("Scalar", {})
    if "Date" in scalar:
        return EPOCH.date() + scalar["Date"] * DAY
    if "Datetime" in scalar:
        count, unit, _ = scalar["Datetime"]
        return EPOCH + timedelta(seconds=count * UNITS[unit])
    return None
