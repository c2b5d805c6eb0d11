"""The rows of a text file: parted into cells one by one, or many at once where they are plain."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import TextIO

import polars as pl

from kpilib.errors import ContractError
from kpilib.saying import refusal
from kpilib.sources.block import LINE, Row
from kpilib.sources.decode import SAID, Content, opening, text_of

LONGEST_CELL = 1 << 20
END = "\x1a"
PIECE = 1 << 21  # signs that are looked at together
# What keeps a spreadsheet from reading a cell as a number or a formula: ="0015", '+33 1 23.
GUARDED = re.compile(r"=\"([^\"]*)\"|'([=+@-].*|[0-9][0-9.,]*)", re.S)
GUARDS = re.compile(r"(?:^|[,;\t|\"])(?:=\"|'[=+@0-9-])", re.M)
# What `csv` says, and what we do.
UNREAD_WORDS = {
    "field limit": "a cell of more than {most} signs: a quote is not closed, or this is not a"
    " table. Export it again.",
    "unexpected end": "a quote that opens in this row is never closed: the download was cut short,"
    " or a text holds a single quote. Export it again.",
    "": "a quote closes before the end of a cell in this row: a text holds quotes that are not"
    " doubled. Export it again.",
}


class TextRows:
    """The rows of a text file, in order, each once.

    Parameters
    ----------
    content : Content
    encoding, delimiter : str
    """

    def __init__(self, content: Content, encoding: str, delimiter: str) -> None:
        self._content, self._encoding, self._delimiter = content, encoding, delimiter
        self._file: TextIO | None = None
        self._back = deque[str]()  # lines that were looked at and are no plain ones
        self._before = 0  # lines that `csv` has not seen
        self._line = 1  # of the next row
        self._guarded = False
        self._text = ""  # the last line that `csv` has seen

    def __iter__(self) -> Iterator[Row]:
        csv.field_size_limit(LONGEST_CELL)
        with text_of(self._content, self._encoding) as self._file:
            start = opening(self._content, self._encoding)
            if SAID.fullmatch(start.split("\n")[0].rstrip("\r")):
                self._file.readline()
                self._before = 1
            reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
            self._line = self._before + 1
            width, cells = 0, None
            while True:
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    one = reader.line_num + self._before == self._line
                    cells = self._unquoted(error, width if one else 0)
                except UnicodeDecodeError:
                    raise self._changed() from None
                if cells is None:
                    return
                line, self._line = self._line, reader.line_num + self._before + 1
                width = len(cells)
                yield line, tuple(map(_bare, cells) if self._guarded else cells)
                self._line = reader.line_num + self._before + 1

    def _unquoted(self, error: csv.Error, width: int) -> list[str]:
        """Return the cells of a line with stray quotes, where quotes part nothing.

        A ledger has a tab or a bar between its columns and quotes nothing: a label that begins with
        a quote is a label. Its cells are as many as those of the row above, or it stays a fault.

        Raises
        ------
        ContractError
            The row cannot be read, whatever its quotes mean.
        """
        cells = self._text.rstrip("\r\n").split(self._delimiter)
        if self._delimiter in "\t|" and len(cells) == width:
            return cells
        text = next(text for sign, text in UNREAD_WORDS.items() if sign in str(error))
        where = f"{self._content.name}:{self._line}"
        raise refusal(where, text, most=LONGEST_CELL) from None

    def _lines(self) -> Iterator[str]:
        for line in self._file:
            yield self._seen(line)
            while self._back:
                yield self._seen(self._back.popleft())

    def _seen(self, line: str) -> str:
        """Look whether a line guards a cell: the first one may stand anywhere in a file.

        The sign with which programs of DOS ended a file, as accounting still does, is none of it.
        """
        self._text = line = line.rstrip(END)
        if not self._guarded and ("'" in line or '="' in line):
            self._guarded = GUARDS.search(line) is not None
        return line

    def many(self, width: int) -> pl.DataFrame | None:
        """Return the next rows, when all of them are plain ones of a table under way.

        That is: nothing is quoted, so that each line is a row; each has a cell for each column;
        and in none the first cell is empty or could begin a comment, or the second is empty, as
        where a table ends.

        Parameters
        ----------
        width : int
            How many columns the table has.

        Returns
        -------
        polars.DataFrame or None
            `LINE`, then the cells; None where the next row has to be read by itself.
        """
        if self._back or self._guarded or width < 2 or self._file.closed:
            return None
        try:
            text = self._file.read(PIECE) + self._file.readline()
        except UnicodeDecodeError:
            raise self._changed() from None
        lines = self._plain(text, width)
        if lines is None:
            self._back.extend(io.StringIO(text, newline=""))
            return None
        number = pl.int_range(self._line, self._line + len(lines), dtype=pl.UInt32, eager=True)
        self._before += len(lines)
        self._line += len(lines)
        cells = lines.str.split_exact(self._delimiter, width - 1).struct.unnest()
        return cells.insert_column(0, number.alias(LINE))

    def _plain(self, text: str, width: int) -> pl.Series | None:
        if not text or '"' in text or text[0] == "'" or text[-1] == END:
            return None
        if f"{self._delimiter}'" in text or "\n'" in text:  # may be guarded
            return None
        text = text.replace("\r\n", "\n").removesuffix("\n")
        if "\r" in text:
            return None
        lines, sign = pl.Series(text.split("\n")), rf"\x{ord(self._delimiter):02x}"
        fits = lines.str.count_matches(self._delimiter, literal=True) == width - 1
        fits &= lines.str.contains(rf"^[^# {sign}][^{sign}]*{sign}[^{sign}]")
        fits &= lines.str.len_bytes() <= LONGEST_CELL
        return lines if fits.all() else None

    def _changed(self) -> ContractError:
        return refusal(
            f"{self._content.name}:{self._line}", "the file changed while it was read. Try again."
        )


def _bare(cell: str) -> str:
    """Return a cell without what guards it against a spreadsheet."""
    guarded = GUARDED.fullmatch(cell) if cell[:1] in "='" else None
    return cell if guarded is None else guarded[1] or guarded[2] or ""
