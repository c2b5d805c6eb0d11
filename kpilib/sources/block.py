"""One table as it stands in a file, all of it text, and which of its rows are left out and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kpilib.saying import and_more, say

LINE = " line"  # column of the number of each row in the file; no field is called so
FIRST = 5
WHERE_WORDS = {
    "row": ("row {where}", "rows {where}"),
    "line": ("line {where}", "lines {where}"),
}
# Cells that no column is called by: numbers, days, rates, addresses. A year alone may be a name.
ADDRESS = re.compile(r"\s*\S+@\S+\.\S+\s*")
VALUE = re.compile(rf"(?!(19|20)\d\d$)[-+]?[€$£]?\d[\d\s.,:/%€$£TZ+-]*|{ADDRESS.pattern}")
Cells = tuple[str, ...]
Row = tuple[int, Cells]


def filled(cells: Cells) -> int:
    """Return how many cells of a row are not empty."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def trimmed(cells: Cells, width: int = 0) -> Cells:
    """Return a row without the empty cells at its end, beyond `width`."""
    last = len(cells)
    while last > width and not cells[last - 1].strip():
        last -= 1
    return cells[:last]


def values(cells: Cells) -> int:
    """Return how many cells of a row are no names."""
    return sum(1 for cell in cells if VALUE.fullmatch(cell.strip()))


class Broken(str):
    """A cell that does not say what it said in the program it comes from.

    It is a fault where it is used, and nothing where it is not.

    Parameters
    ----------
    text : str
    why : str
        What is wrong with it and what to do, with its address; never its value.
    as_number : bool
        Whether it may still be read as a number, as with digits lost behind the fifteenth.
    """

    why: str
    as_number: bool

    def __new__(cls, text: str, why: str, as_number: bool = False) -> Broken:
        made = super().__new__(cls, text)
        made.why, made.as_number = why, as_number
        return made


class Number(str):
    """A cell that is a number in a workbook, written with a point, whatever the texts around."""


@dataclass
class Block:
    """A header, what stood above it, and rows that are read once, in order.

    Parameters
    ----------
    origin : str
        File, and sheet or title: what to call it in messages.
    header : tuple of str
    line : int
        Line of the header in the file, from 1; 0 where a file has none (Parquet, JSON).
    rows : iterator of (int, tuple of str)
        Line number and cells as they stand, which may be more or fewer than the header's.
    title : str
        Name of the sheet, or the line above the header; may be empty.
    preamble : tuple of str
        Lines above the header.
    encoding, delimiter : str
    second : tuple of str
        A second header row, where the format has one.
    sheet : str
        Name of the sheet, in a workbook.
    serials : date or None
        Day zero of dates that are written as serial numbers, in a workbook that says it.
    notes : list of str
        What the analyst must know: hidden sheets and rows, lines left out. Complete when the
        rows are read.
    many : callable
        Gives the next of the `rows` at once, as a frame of `LINE` and the cells, once some were
        read; None where the next one has to be read by itself.
    behind : callable
        Gives the first rows behind the table, once its own are read; they may be of another.
    known : set of int
        Lines behind the table that its preset knows: totals, messages.
    below : list of int
        Lines behind the table that belong to no table; known when the next one is asked for.
    first : int
        Column at which it begins: not 0 for one that stands beside another.
    nameless : bool
        Whether its header may be a row of values, of a file that has no names.
    """

    origin: str
    header: Cells
    line: int
    rows: Iterator[Row]
    title: str = ""
    preamble: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    second: Cells = ()
    sheet: str = ""
    serials: date | None = None
    notes: list[str] = field(default_factory=list)
    many: Callable[[], pl.DataFrame | None] = lambda: None
    behind: Callable[[], Iterable[Row]] = tuple
    known: set[int] = field(default_factory=set)
    below: list[int] = field(default_factory=list)
    first: int = 0
    nameless: bool = False

    def note(self, text: str, /, **slots: object) -> None:
        """Add to what the analyst must know."""
        self.notes.append(say(text, **slots))


class LeftOut:
    """The rows that are left out of one table while it is read."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, list[int]] = {}

    def leave(self, reason: str, *lines: int) -> None:
        """Leave out rows by their numbers in the file."""
        self._note(say(reason), len(lines), lines)

    def _note(self, reason: str, count: int, first: Iterable[int]) -> None:
        if count:
            self._counts[reason] += count
            self._first[reason] = sorted({*self._first.get(reason, ()), *first})[:FIRST]

    def keep(
        self, rows: pl.DataFrame, wanted: pl.Expr, reason: str, /, **slots: object
    ) -> pl.DataFrame:
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
        self._note(say(reason, **slots), len(lines), lines.unique().sort().head(FIRST))
        return rows.filter(wanted)

    def reasons(self) -> list[tuple[str, int, list[int]]]:
        """Return each reason, how many rows it is of, and the numbers of the first."""
        return [(why, self._counts[why], self._first[why]) for why in sorted(self._counts)]


def numbered(count: int, first: Sequence[int], what: str = "row") -> str:
    """Return where rows stand that may be too many to be listed: ``rows 12, 57, 103``.

    Records of one line (JSON) have one number.
    """
    shown = first[:FIRST]
    where = ", ".join(map(str, shown)) + (and_more(count - FIRST) if len(shown) == FIRST else "")
    return say(WHERE_WORDS[what][len(shown) > 1], where=where)


def known_sum(name: str) -> pl.Expr:
    """Add up what is known of a column; nothing known is not 0."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum())


def completed(rows: pl.DataFrame, fields: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return rows with those of the fields that they lack, empty."""
    lacking = {name: dtype for name, dtype in fields.items() if name not in rows.columns}
    return rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in lacking.items())


def more_rows(count: int) -> str:
    """Say in how many rows something is wrong beside the first of them."""
    return say(", and in {count} more row(s)", count=count - 1) if count > 1 else ""
