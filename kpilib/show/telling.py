"""How a frame is told to a reader, column by column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.display.words import COLUMN_WORDS
from kpilib.errors import PeriodError
from kpilib.show.sentences import BASES, group_name

TEXT, DAY, PERIOD = "text", "day", "period"  # a cell as it stands, or a day or a period in words
OWN_UNIT = "unit"  # a number in the unit that its row has in that column
LEVELS = ("value", *BASES, "ci_low", "ci_high")
DIFFERENCES = tuple(f"delta_{base}" for base in BASES)
Cell = str | Mapping[str, str] | Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Told:
    """How a frame is told to a reader, column by column; on a page it stands closed.

    Parameters
    ----------
    marks : set of str
        Columns by which such a frame is known.
    title : str or callable
        What the closed table is called, or what says it of the frame; nothing where it stands open.
    names : mapping of str to str or float
        Title of each column; of a number, the change that it is.
    cells : mapping of str to str, mapping or callable
        A unit, the words of each code, or what writes a row's cell; by default a text. Where there
        is nothing stands a dash.
    always : set of str
        Columns whose cell is written also where there is nothing: that says something too.
    spare : bool
        Whether a column that the frame lacks, or that would be empty, is left out; the others
        stand in the frame's own order.
    """

    marks: frozenset[str]
    title: str | Callable[[pd.DataFrame], str]
    names: Mapping[str, str | float]
    cells: Mapping[str, Cell]
    always: frozenset[str] = frozenset()
    spare: bool = False

    def belongs(self, frame: pd.DataFrame) -> bool:
        """Whether a frame is such a one."""
        return self.marks <= set(frame)

    def named(self, frame: pd.DataFrame) -> str:
        """Return the title of the closed table."""
        if callable(self.title):
            return "" if frame.empty else self.title(frame)  # what it counts is not there
        return reader().say(self.title) if self.title else ""

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame as texts for a reader, a dash where there is nothing."""
        write = reader()
        rows = frame.reset_index(drop=frame.index.name is None).to_dict("records")
        names = [name for name in frame if name in self.names] if self.spare else self.names
        titles = {name: self.names[name] for name in names}
        told = pd.DataFrame(
            {
                write.say(title) if isinstance(title, str) else write.relative(title): [
                    self._cell(row, name) for row in rows
                ]
                for name, title in titles.items()
            },
            index=None if frame.index.name else frame.index,
        )
        return filled(told) if self.spare else told

    def _cell(self, row: dict[str, Any], name: str) -> str:
        how, write = self.cells.get(name, TEXT), reader()
        if name not in self.always and _is_nothing(row.get(name, TEXT)):
            return "" if self.spare else "–"
        if callable(how):
            return how(row)
        if isinstance(how, Mapping):
            return write.say(how[row[name]])
        if how in (TEXT, DAY):
            return str(row[name]) if how == TEXT else write.day(row[name])
        return write.value(row[name], row["unit"] if how == OWN_UNIT else how)


def with_interval(said: str, row: Mapping[str, Any], unit: str) -> str:
    """Return a figure with its interval behind it, where that is known."""
    interval = reader().interval(row["ci_low"], row["ci_high"], unit)
    return f"{said} ({interval})" if interval else said


def filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns of texts that are empty."""
    return frame.loc[:, [(frame[column] != "").any() for column in frame]]


def undeclared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of somebody's own as texts: its columns, its index where that has names.

    Codes of what figures are broken down by have their labels there too, as columns of a frame
    that was turned (``pivot``) as well, and periods their words.
    """
    numbers = frame.index.name is None and pd.api.types.is_integer_dtype(frame.index.dtype)
    beside = [] if numbers else list(frame.index.names)  # numbers without a name tell nothing
    rows = frame.reset_index(drop=numbers, names=[name or "" for name in frame.index.names])
    named = [*beside, *frame]
    titles = [*(name or "" for name in beside)]  # as they are: by its columns a page knows persons
    titles += [_heading(each, frame.columns.names) for each in frame]
    units = rows["unit"].tolist() if [*rows].count("unit") == 1 else None
    told = [
        pd.Series(_cells(column, name, units), rows.index, object)
        for name, (_, column) in zip(named, rows.items(), strict=True)
    ]
    return pd.concat(told, axis=1, keys=titles) if told else rows


def _heading(column: Any, levels: Sequence[Any]) -> Any:
    """Name a column; one of several levels by all that have a name."""
    if not isinstance(column, tuple):
        return _named(levels[0], column) or column
    parts = (_named(level, each) or each for level, each in zip(levels, column, strict=True))
    return " · ".join(filter(None, map(str, parts)))


def _named(column: Any, code: Any) -> str:
    """Return the label of a code, or a period in words; nothing for what is neither."""
    if not isinstance(code, str) or not isinstance(column, str) or not code:
        return ""
    if column == PERIOD:
        try:
            return reader().month(code)
        except PeriodError:
            return ""
    return group_name(column, code) if column in COLUMN_WORDS else ""


def _cells(column: pd.Series, name: Any, units: Sequence[Any] | None) -> list[str]:
    """Write a column, its fractions alike: with three figures of the smallest, as far as needed.

    Where one of its instants is within a day, all have their time. What `evaluate` gives in the
    unit of its row is written in that unit, where the frame still has it.
    """
    numeric = pd.api.types.is_numeric_dtype(column)
    if units and numeric and name in (*LEVELS, *DIFFERENCES):
        how = reader().value if name in LEVELS else reader().difference
        return [how(*cell) if known(cell[0]) else "" for cell in zip(column, units, strict=True)]
    found = [float(each) for each in column if _is_fraction(each)]
    smallest = min((abs(each) for each in found if each), default=1.0)
    digits = max(0, 2 - math.floor(math.log10(smallest)))
    texts = iter(reader().ticks([round(each, digits) for each in found], "ratio"))
    instants = [each for each in column if isinstance(each, datetime) and not pd.isna(each)]
    timed = any(each.time() != time.min for each in instants)
    return [
        next(texts) if _is_fraction(each) else _named(name, each) or _cell(each, timed)
        for each in column
    ]


def _is_nothing(cell: object) -> bool:
    return pd.api.types.is_scalar(cell) and (pd.isna(cell) or cell == "")


def _is_fraction(cell: object) -> bool:
    return isinstance(cell, (float, np.floating, Decimal)) and math.isfinite(cell)


def _cell(cell: object, timed: bool) -> str:
    write = reader()
    if isinstance(cell, datetime) and not pd.isna(cell):
        precise = "seconds" if cell.second else "minutes"
        at = f", {cell.time().isoformat(precise)}" if timed else ""
        return f"{write.day(cell.date())}{at}"
    if isinstance(cell, date) and not pd.isna(cell):
        return write.day(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dict):
        return ", ".join(f"{name}: {each}" for name, each in cell.items())
    if isinstance(cell, (list, tuple, set)):
        return ", ".join(map(str, cell))
    if isinstance(cell, (bool, np.bool_)):
        return write.say("yes") if cell else write.say("no")
    if known(cell):
        return write.value(cell, "count")
    return "" if _is_nothing(cell) else str(cell)
