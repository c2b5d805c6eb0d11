"""Columns of text into columns of values: at once where it is plain, each text once where not."""

from __future__ import annotations

import polars as pl

from kpilib.sources.body import LINE, Texts
from kpilib.sources.cells import NUMBERS, Reader

DTYPES = {
    **dict.fromkeys(NUMBERS, pl.Float64()),
    "int": pl.Int64(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "bool": pl.Boolean(),
}
WHOLE, PLAIN = r"^[+-]?\d{1,15}$", r"^[+-]?\d{1,15}(\.\d{1,15})?$"
SHORTENED = r"^\d[.,]\d+[eE]\+\d+$"  # an id that Excel has shortened: a fault
DAY = r"^\d{4}-\d{2}-\d{2}$"
INSTANT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}$"
CLOCK = "%Y-%m-%dT%H:%M:%S"


class Typed:
    """One column while its batches go by: what could not be read is counted, never kept.

    Parameters
    ----------
    reader : Reader
        Settled: it knows the signs and formats of the whole column.
    origin : str
    asked : bool
        Whether the column can be read in two ways, so that it is not read at all.
    """

    def __init__(self, reader: Reader, origin: str, asked: bool = False) -> None:
        self.reader, self.origin, self.asked = reader, origin, asked
        written = reader.written
        choice = bool(written.values) or written.type not in DTYPES
        self.dtype = pl.String() if choice else DTYPES[written.type]
        self.faulty: list[str] = []
        self.reasons: dict[str, list[int]] = {}  # reason: first line, number of rows

    @property
    def wrong(self) -> bool:
        """Whether a cell could not be read."""
        return bool(self.faulty or self.reasons)

    def read(self, batch: pl.DataFrame | Texts) -> pl.Series:
        """Return the values of one batch."""
        name = self.reader.name
        if self.asked:
            return pl.Series(name, [None] * len(batch), dtype=self.dtype)
        if isinstance(batch, Texts):
            values = self.reader.all(batch.cells[name], batch.lines, self.origin, self.faulty)
            return pl.Series(name, values, dtype=self.dtype, strict=False)
        texts = batch[name].str.strip_chars()
        quick = self._quick(texts)
        rest = texts if quick is None else texts.filter(quick.is_null() & (texts != ""))
        if not len(rest):
            return pl.Series(name, [], dtype=self.dtype) if quick is None else quick
        slow = self._slow(texts, rest, batch[LINE])
        return (slow if quick is None else quick.fill_null(slow)).alias(name)

    def _slow(self, texts: pl.Series, rest: pl.Series, lines: pl.Series) -> pl.Series:
        """Read each different text once."""
        known, values, failed = [], [], {}
        for text in rest.unique(maintain_order=True):
            try:
                value = self.reader.one(text)
            except (ValueError, OverflowError):
                failed[text] = self._reason(text)
                continue
            known.append(text)
            values.append(value)
        if failed:
            self._note(texts, failed, lines)
        return texts.replace_strict(
            pl.Series(known, dtype=pl.String),
            pl.Series(values, dtype=self.dtype, strict=False),
            default=None,
            return_dtype=self.dtype,
        )

    def _reason(self, text: str) -> str:
        said: list[str] = []
        self.reader.all([text], [0], self.origin, said)
        return said[0].partition(f": column {self.reader.header}: ")[2].removesuffix(".")

    def _note(self, texts: pl.Series, failed: dict[str, str], lines: pl.Series) -> None:
        """Count the rows of texts that cannot be read, under the reason that the reader gives."""
        rows = pl.DataFrame(
            {"line": lines, "reason": texts.replace_strict(failed, default=None)}
        ).drop_nulls()
        found = rows.group_by("reason", maintain_order=True).agg(
            pl.col("line").min(), count=pl.len()
        )
        for reason, line, count in found.iter_rows():
            before = self.reasons.setdefault(reason, [line, 0])
            before[1] += count

    def fault(self) -> list[str]:
        """Return the sentences about the cells that could not be read, one a reason."""
        found = list(self.faulty)
        for reason, (line, count) in self.reasons.items():
            more = f", and in {count - 1:,} more row(s)" if count > 1 else ""
            found.append(f"{self.origin}:{line}: column {self.reader.header}: {reason}{more}.")
        if not self.asked and not self.faulty:
            self.reader.all([], [], self.origin, found)  # what only the whole column shows
        return found

    def _quick(self, texts: pl.Series) -> pl.Series | None:
        """Read at once what can be read in one way only; null for the rest and for empty cells."""
        written, reader = self.reader.written, self.reader
        if written.values or written.pseudonym or written.type == "bool":
            return None
        cells = pl.col("cells")
        if self.dtype == pl.String():
            usable = (cells != "") & ~(cells.str.contains(SHORTENED) & (written.type == "id"))
            value = pl.when(usable).then(cells)
        elif written.type in NUMBERS:
            pattern = WHOLE if written.type == "int" or reader.decimal != "." else PLAIN
            value = pl.when(cells.str.contains(pattern)).then(cells).cast(self.dtype, strict=False)
        elif reader.formats and "iso" not in reader.formats:
            return None
        elif written.type == "date":
            plain = pl.when(cells.str.contains(DAY)).then(cells)
            value = plain.str.to_date("%Y-%m-%d", strict=False)
        else:
            plain = pl.when(cells.str.contains(INSTANT)).then(cells.str.replace(" ", "T"))
            clock = plain.str.to_datetime(CLOCK, strict=False, time_unit="us")
            # An hour that clocks skip or repeat is left to the parser of single cells.
            value = clock.dt.replace_time_zone(
                reader.zone.key, ambiguous="null", non_existent="null"
            ).dt.convert_time_zone("UTC")
        return pl.DataFrame({"cells": texts}).select(value.alias(reader.name))[reader.name]
