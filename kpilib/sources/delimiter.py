"""The sign between the cells of a text file, told by the structure it gives."""

from __future__ import annotations

import csv
import io
import re
from itertools import groupby, islice
from typing import NamedTuple

from kpilib.sources.block import Cells

DELIMITERS = (",", ";", "\t", "|")
SAID = re.compile(r'"?sep=(?P<sign>[,;\t|:^~])"?')
SAMPLE = 200  # lines


class _Look(NamedTuple):
    """How a sample looks when a sign parts its cells; the greatest is the sign."""

    close: bool  # about as many regular rows as with the best sign
    unspaced: bool  # a sign followed by a space parts words, not cells
    first: int  # minus the line on which rows begin to be regular: headers are regular too
    regular: int
    length: int


def delimiter_of(text: str) -> str:
    """Return the sign between cells: the one the file names, or that makes rows of equal length.

    Empty for a table of one column.
    """
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE))
    said = SAID.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    if said:
        return said["sign"]
    read = {sign: _parted(lines, sign) for sign in DELIMITERS}
    looks = {sign: _look(rows) for sign, rows in read.items()}
    most = max(look.regular for look in looks.values())
    if not most:  # a header alone, or with a notice below it; or a single column
        names = {sign: max(map(_names, rows), default=0) for sign, rows in read.items()}
        return max(("", *DELIMITERS), key=lambda sign: names.get(sign, 0))
    looks = {sign: each._replace(close=2 * each.regular >= most) for sign, each in looks.items()}
    return max(DELIMITERS, key=lambda sign: looks[sign])


def _names(cells: Cells) -> int:
    """Return how many names a line holds; a sign followed by a space parts words."""
    return 0 if any(cell[:1] == " " for cell in cells[1:]) or len(cells) < 2 else len(cells)


def _parted(lines: list[str], sign: str) -> list[Cells]:
    rows = []
    try:
        for cells in csv.reader(lines, delimiter=sign):
            rows.append(tuple(cells))
    except csv.Error:
        pass
    return rows


def _look(rows: list[Cells]) -> _Look:
    place, first, regular, length, spaced, parts = 0, len(rows), 0, 0, 0, 0
    for size, run in groupby(rows, key=len):
        same = list(run)
        if size > 1 and len(same) > 1:
            first = min(first, place)
            regular, length = regular + len(same), max(length, size)
            behind = [cell for cells in same for cell in cells[1:]]
            parts += len(behind)
            spaced += sum(1 for cell in behind if cell[:1] == " " and cell[1:2].isalnum())
        place += len(same)
    return _Look(False, 2 * spaced <= parts, -first, regular, length)
