"""Rows that add up others: compared with the sums of the rows, so that a cut export is noticed."""

from __future__ import annotations

from math import sqrt

import polars as pl

from kpilib.sources.block import Cells
from kpilib.sources.cells import Reader
from kpilib.sources.preset import TablePreset
from kpilib.tables import TABLES

ROUNDED = 0.02  # how far a written number may be from the true one, a row

NAMED = ("name", "campaign", "label")  # what a shape names its rows by, where it has no id


def naming(table: TablePreset) -> list[str]:
    """Return the fields in which a row may be called a total: those that say what it is about."""
    texts = [name for name, each in table.fields.items() if not each.values]
    if not table.shape:
        columns = TABLES[table.target].columns if table.target else {}
        key = TABLES[table.target].key if table.target else ()
        return [name for name in texts if name in key and columns[name].type == "key"]
    parts = (*NAMED, *(table.once.fields if table.once else ()))
    types = {name: table.fields[name].type for name in texts}
    return [
        name for name in texts if types[name] == "id" or (types[name] == "text" and name in parts)
    ]


class Sums:
    """The sums of the additive fields of a table, while its batches go by.

    Only what adds up is compared: the reach of a total is not the sum of the reach of its rows.
    The largest totals row counts, because it is about all rows; the others are parts of it.

    Parameters
    ----------
    table : TablePreset
    places : dict of str to int
    readers : dict of str to Reader
    totals : list of tuple of str
        The totals rows.
    """

    def __init__(
        self,
        table: TablePreset,
        places: dict[str, int],
        readers: dict[str, Reader],
        totals: list[Cells],
    ) -> None:
        names = [name for name in table.additive if name in places]
        self.places, self.readers, self.totals = places, readers, totals
        self.summed: dict[str, float] = dict.fromkeys(names, 0.0)
        self.rows = 0
        self.compared: dict[str, tuple[float, float]] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Add the rows of a batch."""
        self.rows += len(frame)
        for name in self.summed:
            self.summed[name] += frame[name].sum() or 0

    def faults(self, origin: str, used: dict[str, str]) -> list[str]:
        """Compare, and return a sentence for each field that does not add up."""
        found = []
        for name, summed in self.summed.items():
            said = [self._said(name, cells) for cells in self.totals]
            known = [value for value in said if value is not None]
            if not known:
                continue
            whole = max(known)
            self.compared[name] = whole, summed
            written = self.readers[name].written.type
            allowed = 0.5 if written == "int" else ROUNDED + ROUNDED * sqrt(self.rows)
            if abs(whole - summed) > allowed:
                found.append(
                    f"{origin}: column {used[name]}: the rows add up to {summed:,.10g}, the totals"
                    f" row says {whole:,.10g}. Rows are missing, or come twice: export all of them"
                    " again."
                )
        return found

    def _said(self, name: str, cells: Cells) -> float | None:
        place = self.places[name]
        try:
            return self.readers[name].one(cells[place]) if place < len(cells) else None
        # A text where a total would stand, or a column about which a question is asked already.
        except (ValueError, OverflowError, KeyError):
            return None
