"""Rows of a file that become no row of a table: why, how many, and where the first stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from kpilib.sources.block import LINE

FIRST = 5
SCHEMA = {"reason": pl.String, "count": pl.Int64, "rows": pl.List(pl.Int64)}


class LeftOut:
    """The rows that are left out of one table while it is read."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, list[int]] = {}

    def add(self, reason: str, *lines: int) -> None:
        """Leave out rows by their numbers in the file."""
        self._note(reason, len(lines), lines)

    def _note(self, reason: str, count: int, first: Iterable[int]) -> None:
        if count:
            self._counts[reason] += count
            self._first[reason] = sorted({*self._first.get(reason, ()), *first})[:FIRST]

    def keep(self, rows: pl.DataFrame, wanted: pl.Expr, reason: str) -> pl.DataFrame:
        """Return the rows that are wanted; the others are left out for a reason.

        Parameters
        ----------
        rows : polars.DataFrame
            With the `LINE` of each.
        wanted : polars.Expr
            A boolean; what it does not know is not wanted.
        reason : str
        """
        wanted = wanted.fill_null(False)
        lines = rows.filter(~wanted)[LINE]
        self._note(reason, len(lines), lines.unique().sort().head(FIRST))
        return rows.filter(wanted)

    def frame(self) -> pl.DataFrame:
        """Return a row a reason: `reason`, `count`, and `rows`, the numbers of the first."""
        found = [(why, self._counts[why], self._first[why]) for why in sorted(self._counts)]
        return pl.DataFrame(found, schema=SCHEMA, orient="row")


def numbered(count: int, first: Sequence[int], what: str = "row") -> str:
    """Return where rows stand that may be too many to be listed: ``rows 12, 57, 103``.

    Records of one line (JSON) have one number.
    """
    shown = first[:FIRST]
    more = f" and {count - FIRST:,} more" if len(shown) == FIRST < count else ""
    return f"{what}{'s' if len(shown) > 1 else ''} {', '.join(map(str, shown))}{more}"
