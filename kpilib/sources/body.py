"""The rows of a table: totals, messages and rows of another length parted from the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import sqrt
from operator import itemgetter

import polars as pl
from tqdm import tqdm

from kpilib.saying import fault_at
from kpilib.sources.block import LINE, Block, Broken, Cells, LeftOut, Number, Row
from kpilib.sources.column import PLAIN, WHY, Column
from kpilib.sources.keys import key, place_of
from kpilib.sources.preset import TablePreset, Total
from kpilib.tables import TABLES
from kpilib.tables.duplicates import PATTERN

AT_ONCE = 20_000  # rows that become columns together
A_WHILE = 1.0  # seconds before a terminal shows how many are read
MOST_FAULTS = 10  # that are said
SUMMED = ("int", "number", "money")
TOTAL = "totals row"
MESSAGE = "message of the tool"
ROUNDED = 0.02  # how far a written number may be from the true one, a row
NAMED = ("name", "campaign", "label")  # what a shape names its rows by, where it has no id
Test = Callable[[Cells], bool]


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


@dataclass(kw_only=True)
class Body:
    """The rows of a table, and what was found beside them.

    Parameters
    ----------
    block : Block
    table : TablePreset
    places : dict of str to int
        Field to the number of its column.
    texts : polars.DataFrame
        See `kpilib.sources.column.Column.decide`.
    rows, odd : int
        Rows read; rows of another length than the header.
    left_out : LeftOut
        Filled with the rows that are totals or messages.
    totals : list of tuple of str
        Cells of the rows that are totals.
    called : list of (int, str)
        Line and field of the rows that are totals by what they are called, not by the preset.
    compared : dict of str to (float, float)
        Additive field to what the totals row says and what the rows add up to.
    """

    block: Block
    table: TablePreset
    places: dict[str, int]
    left_out: LeftOut
    texts: pl.DataFrame = field(default_factory=pl.DataFrame)
    called: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0
    totals: list[Cells] = field(default_factory=list)
    odd: int = 0
    first_odd: list[tuple[int, int]] = field(default_factory=list)
    compared: dict[str, tuple[float, float]] = field(default_factory=dict)

    def _read_behind(self, totals: Sequence[Test], notices: Sequence[Test]) -> None:
        """Read totals and notices behind an empty line, where the table has ended."""
        for line, cells in self.block.behind():
            if any(test(cells) for test in totals):
                self._total(line, cells)
            elif any(test(cells) for test in notices):
                self.left_out.leave(MESSAGE, line)
            elif any(cells):
                break
            else:
                continue
            self.rows += 1
            self.block.known.add(line)

    def read(self) -> Body:
        """Read the rows to their end; a terminal shows how far it is, when that takes long."""
        totals = [self._test(each) for each in self.table.totals]
        notices = [self._test(each) for each in self.table.notices]
        frames = [self._frame([], [])]
        rows = iter(self.block.rows)
        with tqdm(
            desc=self.block.origin, unit=" rows", leave=False, disable=None, delay=A_WHILE
        ) as bar:
            read = -1
            while read < self.rows:
                read = self.rows
                frames.append(self._one_by_one(islice(rows, AT_ONCE), totals, notices))
                bar.update(self.rows - read)
                if self.rows - read == AT_ONCE and not totals and not notices:
                    for many in self._many():
                        frames.append(many)
                        bar.update(len(many))
        self._read_behind(totals, notices)
        self.texts = pl.concat(frames, how="diagonal", rechunk=False)
        marks = [name for name in self.texts.columns if name.endswith(PLAIN)]
        self.texts = self._without_called(self.texts.with_columns(pl.col(marks).fill_null(False)))
        self.texts = self._without_headers(self.texts)
        return self

    def _without_headers(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Take out the rows that name the columns again, as where files were put together."""
        names = {name: self.block.header[place].strip() for name, place in self.places.items()}
        if len(names) < 2 or not all(names.values()):
            return texts
        again = pl.all_horizontal(
            pl.col(name).str.strip_chars() == text for name, text in names.items()
        )
        return self.left_out.keep(texts, ~again, "names of the columns again")

    def _one_by_one(
        self, rows: Iterable[Row], totals: Sequence[Test], notices: Sequence[Test]
    ) -> pl.DataFrame:
        """Return the rows that are neither totals nor messages, nor of another length."""
        width = len(self.block.header)
        needed = _picker(list(self.places.values()))  # a long text that nothing uses is not held
        lines: list[int] = []
        kept: list[Cells] = []
        for line, cells in rows:
            self.rows += 1
            if totals and any(test(cells) for test in totals):
                self._total(line, cells)
            elif notices and any(test(cells) for test in notices):
                self.left_out.leave(MESSAGE, line)
            elif len(cells) != width and (len(cells) < width or any(cells[width:])):
                self.odd += 1
                if self.odd <= MOST_FAULTS:
                    self.first_odd.append((line, len(cells)))
            else:
                lines.append(line)
                kept.append(needed(cells))
        return self._frame(lines, kept)

    def _many(self) -> Iterator[pl.DataFrame]:
        """Yield the rows that come many at once."""
        cells = {name: pl.nth(1 + place) for name, place in self.places.items()}
        while (rows := self.block.many()) is not None:
            self.rows += len(rows)
            yield rows.select(LINE, **cells)

    def _total(self, line: int, cells: Cells) -> None:
        self.totals.append(cells)
        self.left_out.leave(TOTAL, line)

    def _frame(self, lines: list[int], kept: list[Cells]) -> pl.DataFrame:
        """Return rows as columns; cells of a workbook know more than their text."""
        columns = list(zip(*kept, strict=True)) if kept else [()] * len(self.places)
        series = [pl.Series(LINE, lines, dtype=pl.UInt32)]
        for name, cells in zip(self.places, columns, strict=True):
            series.append(pl.Series(name, cells, dtype=pl.String))
            kinds = set(map(type, cells))
            if Broken in kinds or Number in kinds:
                why = [cell.why if isinstance(cell, Broken) else None for cell in cells]
                plain = [
                    isinstance(cell, Number) or (isinstance(cell, Broken) and cell.as_number)
                    for cell in cells
                ]
                series.append(pl.Series(name + WHY, why, dtype=pl.String))
                series.append(pl.Series(name + PLAIN, plain, dtype=pl.Boolean))
        return pl.DataFrame(series)

    def _without_called(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Take out the rows that are called a total; keep them with the totals."""
        marks = [name for name in naming(self.table) if name in self.places]
        if not marks or not len(texts):
            return texts
        field_ = pl.coalesce(
            pl.when(pl.col(name).str.contains(PATTERN)).then(pl.lit(name))
            for name in reversed(marks)
        )
        marked = texts.with_columns(field_.alias(" called"))
        for row in marked.filter(pl.col(" called").is_not_null()).iter_rows(named=True):
            whole = [""] * len(self.block.header)
            for name, place in self.places.items():
                whole[place] = row[name]
            self._total(row[LINE], tuple(whole))
            self.called.append((row[LINE], row[" called"]))
        return marked.filter(pl.col(" called").is_null()).drop(" called")

    def _test(self, total: Total) -> Test:
        """Return a function that knows the rows of one kind."""
        fits = re.compile(total.pattern, re.I).fullmatch
        if total.column == "*":
            return lambda cells: any(fits(cell.strip()) for cell in cells)
        place = self.places.get(total.column)
        if place is None:  # a header that no field uses
            place = place_of([total.column], [key(name) for name in self.block.header], ())
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
        found = len(self.texts) + self.odd
        return (max(said), found) if said else None

    def faults(self) -> list[str]:
        """Return a sentence for each of the first rows of another length, and for rows missing."""
        block = self.block
        sentences = [
            fault_at(
                f"{block.origin}:{line}",
                "{found} cell(s) in this row, {count} in the header. A text holds the separator"
                " without quotes, or the file was cut: export it again.",
                found=found,
                count=len(block.header),
            )
            for line, found in self.first_odd
        ]
        if self.counted and self.counted[0] != self.counted[1]:
            said, found = self.counted
            sentences.append(
                fault_at(
                    block.origin,
                    "the file says that it has {said} rows, and {found} are there. It was cut, or"
                    " changed by hand: export it again.",
                    said=said,
                    found=found,
                )
            )
        return sentences

    def untrue(self, sums: Mapping[str, float], columns: Mapping[str, Column]) -> list[str]:
        """Compare the totals rows with the sums of the rows; say what does not add up.

        Only what adds up is compared: the reach of a total is not the sum of the reach of its
        rows. The largest totals row counts, because it is about all rows; the others are parts of
        it. A row that is called a total and can be compared with nothing is a fault as well: to
        drop it unseen would hide what it says, and rows that lack.
        """
        faults = []
        for name, summed in sums.items():
            place, column = self.places[name], columns[name]
            said = [cells[place] for cells in self.totals if place < len(cells)]
            whole = None if column.question else column.values_of(said).max()
            if whole is None:
                continue
            self.compared[name] = whole, summed
            written = column.written.type
            allowed = 0.5 if written == "int" else ROUNDED + ROUNDED * sqrt(len(self.texts))
            if abs(whole - summed) > allowed:
                faults.append(
                    fault_at(
                        self.block.origin,
                        "column {column.header}: the rows add up to {summed}, the totals row says"
                        " {whole}. Rows are missing, or come twice: export all of them again.",
                        column=column,
                        summed=summed,
                        whole=whole,
                    )
                )
        return faults + (self._unchecked() if not self.compared else [])

    def _unchecked(self) -> list[str]:
        fields = self.table.fields
        amounts = [name for name in self.places if name in fields and fields[name].type in SUMMED]
        return [
            fault_at(
                f"{self.block.origin}:{line}",
                "column {column}: this row reads as a total, and would be counted as one row"
                " more. Take it out; or name in the preset what it adds up, so that it is"
                " compared: additive: [{amounts}].",
                column=self.block.header[self.places[name]],
                amounts=", ".join(amounts) or "COLUMN",
            )
            for line, name in self.called
        ]


def _picker(places: Sequence[int]) -> Callable[[Cells], Cells]:
    """Return a function that takes the cells at some places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)
