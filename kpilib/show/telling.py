"""How a frame is told to a reader, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpilib.display.numbers import reader

TEXT = "text"  # a cell as it stands
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
        A unit, the words of each code, or what writes a row's cell; by default a text.
    spare : bool
        Whether a column that the frame lacks, or that would be empty, is left out; the others
        stand in the frame's own order.
    """

    marks: frozenset[str]
    title: str | Callable[[pd.DataFrame], str]
    names: Mapping[str, str | float]
    cells: Mapping[str, Cell]
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
        if callable(how):
            return how(row)
        if pd.isna(row[name]) or row[name] == "":
            return "" if self.spare else "–"
        if isinstance(how, Mapping):
            return write.say(how[row[name]])
        return str(row[name]) if how == TEXT else write.value(row[name], how)


def filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns of texts that are empty."""
    return frame.loc[:, [(frame[column] != "").any() for column in frame]]
