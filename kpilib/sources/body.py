"""The rows of a table: totals, messages and rows of another length parted from the rest."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import polars as pl

from kpilib.sources.block import Block, Cells
from kpilib.sources.keys import key
from kpilib.sources.preset import TablePreset, Total
from kpilib.total_rows import PATTERN, is_total

BATCH = 50_000  # rows
LINE = " line"  # no field is called so
MOST_ODD = 10
SUMMED = ("int", "number", "money")
Test = Callable[[Cells], bool]


@dataclass(frozen=True)
class Texts:
    """The rows of a workbook: its cells know more than their text (see `kpilib.sources.block`).

    Parameters
    ----------
    lines : list of int
    cells : dict of str to tuple of str
    """

    lines: list[int]
    cells: dict[str, Cells]

    def __len__(self) -> int:
        return len(self.lines)


def _picker(places: Sequence[int]) -> Callable[[Cells], Cells]:
    """Return a function that takes the cells at some places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)


def _frame(lines: list[int], cells: dict[str, Cells]) -> pl.DataFrame:
    columns = (pl.Series(name, texts, dtype=pl.String) for name, texts in cells.items())
    return pl.DataFrame([pl.Series(LINE, lines, dtype=pl.UInt32), *columns])


@dataclass(kw_only=True)
class Body:
    """What is found while the rows of a table are read, once.

    Parameters
    ----------
    block : Block
    table : TablePreset
    places : dict of str to int
        Field to the number of its column.
    size : int
        Rows of a batch.
    rows, odd : int
        Rows read; rows of another length than the header.
    naming : list of str
        Fields in which a row may be called a total: see `kpilib.sources.totals`.
    totals, messages : int
        Rows dropped.
    called : list of (int, str)
        Line and field of the rows that are totals by what they are called, not by the preset.
    """

    block: Block
    table: TablePreset
    places: dict[str, int]
    size: int = BATCH
    naming: list[str] = field(default_factory=list)
    called: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0
    totals: list[Cells] = field(default_factory=list)
    messages: int = 0
    odd: int = 0
    first_odd: list[tuple[int, int]] = field(default_factory=list)

    @property
    def of_workbook(self) -> bool:
        """Whether the rows come from a workbook, which is held in memory as a whole anyway."""
        return bool(self.block.sheet) or self.block.serials is not None

    def batches(self) -> Iterator[pl.DataFrame | Texts]:
        """Yield the texts of the fields, and the line of each row; at least one frame."""
        totals = [self._test(each) for each in self.table.totals]
        notices = [self._test(each) for each in self.table.notices]
        width = len(self.block.header)
        size = sys.maxsize if self.of_workbook else self.size
        needed = _picker(list(self.places.values()))  # a long text that nothing uses is not held
        lines: list[int] = []
        kept: list[Cells] = []
        yielded = False
        for line, cells in self._rows():
            self.rows += 1
            if totals and any(test(cells) for test in totals):
                self.totals.append(cells)
            elif notices and any(test(cells) for test in notices):
                self.messages += 1
            elif len(cells) != width and (len(cells) < width or any(cells[width:])):
                self._note(line, len(cells))
            else:
                lines.append(line)
                kept.append(needed(cells))
                if len(kept) == size:
                    yield self._batch(lines, kept)
                    lines, kept, yielded = [], [], True
        for line, cells in self.block.behind():  # behind an empty line, where the table has ended
            if any(test(cells) for test in totals):
                self.totals.append(cells)
            elif any(test(cells) for test in notices):
                self.messages += 1
            elif any(cells):
                break
            else:
                continue
            self.rows += 1
            self.block.known.add(line)
        if kept or not yielded:
            yield self._batch(lines, kept)

    def _rows(self) -> Iterator[tuple[int, Cells]]:
        rows = iter(self.block.rows)
        if self.table.second_header:
            self.block.second = next(rows, (0, ()))[1]
        yield from rows

    def _note(self, line: int, found: int) -> None:
        self.odd += 1
        if len(self.first_odd) < MOST_ODD:
            self.first_odd.append((line, found))

    def _batch(self, lines: list[int], kept: list[Cells]) -> pl.DataFrame | Texts:
        columns = list(zip(*kept, strict=True)) if kept else [()] * len(self.places)
        cells = dict(zip(self.places, columns, strict=True))
        frame = None if self.of_workbook else _frame(lines, cells)
        found = self._called(frame, cells)
        if found:
            self._drop(found, lines, cells)
            lines = [line for row, line in enumerate(lines) if row not in found]
            for name, texts in cells.items():
                cells[name] = tuple(text for row, text in enumerate(texts) if row not in found)
            frame = None if self.of_workbook else _frame(lines, cells)
        return Texts(lines, cells) if frame is None else frame

    def _called(self, frame: pl.DataFrame | None, cells: dict[str, Cells]) -> dict[int, str]:
        """Return the rows that are called a total, and the field that calls them so."""
        found: dict[int, str] = {}
        for name in (name for name in self.naming if name in cells):
            if frame is None:
                rows = [row for row, text in enumerate(cells[name]) if is_total(text)]
            else:
                rows = frame[name].str.contains(PATTERN).arg_true().to_list()
            found |= dict.fromkeys(rows, name)
        return found

    def _drop(self, found: dict[int, str], lines: list[int], cells: dict[str, Cells]) -> None:
        for row, name in sorted(found.items()):
            whole = [""] * len(self.block.header)
            for other, place in self.places.items():
                whole[place] = cells[other][row]
            self.totals.append(tuple(whole))
            self.called.append((lines[row], name))

    def unchecked(self) -> list[str]:
        """Return a sentence for each row that is called a total and can be compared with nothing.

        To drop it unseen would hide what it says, and rows that lack.
        """
        sentences = [
            f"{self.block.origin}:{line}: column {self.block.header[self.places[name]]}: this row"
            " reads as a total, and would be counted as one row more. Take it out; or name in the"
            f" preset what it adds up, so that it is compared: additive: [{self._amounts()}]."
            for line, name in self.called[:MOST_ODD]
        ]
        more = len(self.called) - len(sentences)
        return sentences + (
            [f"{self.block.origin}: {more:,} more such row(s)."] if more > 0 else []
        )

    def _amounts(self) -> str:
        fields = self.table.fields
        found = [name for name in self.places if name in fields and fields[name].type in SUMMED]
        return ", ".join(found) or "COLUMN"

    def _test(self, total: Total) -> Test:
        """Return a function that knows the rows of one kind."""
        fits = re.compile(total.pattern, re.I).fullmatch
        if total.column == "*":
            return lambda cells: any(fits(cell.strip()) for cell in cells)
        place = self.places.get(total.column)
        if place is None:  # a header that no field uses
            headers = [key(name) for name in self.block.header]
            wanted = key(total.column)
            place = headers.index(wanted) if wanted in headers else None
        if place is None:
            return lambda cells: False
        return lambda cells: place < len(cells) and fits(cells[place].strip()) is not None

    @property
    def counted(self) -> tuple[int, int] | None:
        """How many rows the file says it has, and how many it has; None when it does not say."""
        said = [
            int(re.sub(r"\D", "", match["rows"]))
            for total in self.table.totals
            if "(?P<rows>" in total.pattern
            for cells in self.totals
            for cell in cells
            if (match := re.fullmatch(total.pattern, cell.strip(), re.I))
        ]
        found = self.rows - len(self.totals) - self.messages
        return (max(said), found) if said else None

    def faults(self) -> list[str]:
        """Return a sentence for each of the first rows of another length, and for rows missing."""
        block, more = self.block, self.odd - len(self.first_odd)
        sentences = [
            f"{block.origin}:{line}: {found} cell(s) in this row, {len(block.header)} in the"
            " header. A text holds the separator without quotes, or the file was cut: export it"
            " again."
            for line, found in self.first_odd
        ]
        if more > 0:
            sentences.append(f"{block.origin}: {more:,} more row(s) of another length.")
        if self.counted and self.counted[0] != self.counted[1]:
            said, found = self.counted
            sentences.append(
                f"{block.origin}: the file says that it has {said:,} rows, and {found:,} are there."
                " It was cut, or changed by hand: export it again."
            )
        return sentences
