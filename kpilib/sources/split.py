"""A text file into the tables that are stacked in it: titles and comments above, rows below.

Nothing is skipped by a guess at a comment sign: a ``#`` inside a page title stays where it is.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import polars as pl

from kpilib.errors import ContractError, NoRows
from kpilib.saying import refusal
from kpilib.sources.block import ADDRESS, VALUE, Block, Cells, Row, filled, trimmed, values
from kpilib.sources.decode import DELIMITERS, Content, delimiter_of, opening
from kpilib.sources.no_table import MOST_NOTICES, instead, no_names
from kpilib.sources.text_rows import TextRows

NONE = "\x1f"  # separates nothing: a file of one column
COMMENT = re.compile(r"#(\s|-|$)")
AHEAD = 25  # rows looked at to tell a header from what stands above it
MOST_COLUMNS = 2_000


def blocks_of(content: Content, encoding: str) -> Iterator[Block]:
    """Yield the tables of a text file, one after the other.

    Rows are read while they are asked for; asking for the next table passes over those left.

    Raises
    ------
    ContractError
        A quote is never closed, or a cell is too long.
    """
    delimiter = delimiter_of(opening(content, encoding))
    rows = TextRows(content, encoding, delimiter or NONE)
    unread: list[ContractError | NoRows] = []
    for block in tables_in(rows, content.name, unread, delimiter):
        block.encoding, block.delimiter = encoding, delimiter
        yield block
    if unread:
        raise unread[0]


def _names(header: Cells, origin: str) -> Cells:
    """Return the names of columns, unless there are so many that they are values."""
    if len(header) > MOST_COLUMNS:
        raise refusal(
            origin,
            "{count} columns, and a table has {most} at most. Names are"
            " values here: export one row each instead of one column each.",
            count=len(header),
            most=MOST_COLUMNS,
        )
    return tuple(name.strip() for name in header)


def _said_above(above: list[Row], delimiter: str) -> dict[str, Any]:
    """Return the lines above a table, of which the last is its title."""
    lines = tuple(delimiter.join(trimmed(each)).strip() for _, each in above)
    title = lines[-1] if lines and not COMMENT.match(lines[-1]) else ""
    return {"title": title, "preamble": lines}


def tables_in(
    given: Iterable[Row],
    origin: str,
    unread: list[ContractError | NoRows],
    delimiter: str = " ",
    padded: bool = False,
) -> Iterator[Block]:
    """Yield the tables that are stacked in rows of text, numbered by line.

    Parameters
    ----------
    given : iterable of (int, tuple of str)
        Those of a text file may also come many at once.
    origin : str
    unread : list of ContractError or NoRows
        Filled where there is no table: why, as far as it is known.
    delimiter : str
        Joins the cells of the lines above; empty for a file of one column.
    padded : bool
        All rows are as long as the widest of a sheet, whatever table they are of.
    """
    rows = _Ahead(given)
    if sign := _packed(rows):
        rows, delimiter = _Ahead(_unpacked(rows, sign)), sign
    above: list[Row] = []
    block: Block | None = None
    while (row := rows.take()) is not None:
        line, cells = row
        if not filled(cells):
            continue
        if fault := instead([*above, row], rows.ahead(MOST_NOTICES + 1), origin):
            unread.append(fault)
            return
        if not _is_header(cells, rows, 2 if delimiter else 1):
            above.append(row)
            continue
        names = trimmed(cells, _width(rows)) if padded else cells
        body = _Body(rows, len(names), padded)
        block = Block(
            origin=origin,
            header=_names(names, f"{origin}:{line}"),
            line=line,
            rows=iter(body),
            many=body.many,
            behind=partial(rows.ahead, AHEAD),
            **_said_above(above, delimiter or " "),
        )
        if sign:
            block.note("whole lines stood in one cell: parted at each {sign!r}", sign=sign)
        above = []
        left = block.rows
        yield block
        deque(left, maxlen=0)  # what was not asked for
    if block is not None:
        block.below += [line for line, _ in above if line not in block.known]
    elif fault := no_names(above, origin):
        unread.append(fault)


def _packed(rows: _Ahead) -> str:
    """Return the sign in lines that stand whole in one cell, as a file opened wrongly leaves them.

    Empty where cells are what they should be.
    """
    seen = [cells for _, cells in rows.ahead(AHEAD) if filled(cells)]
    whole = seen[1:] if seen[2:] and filled(seen[0]) > 1 else seen  # quotes around rows alone
    if len(seen) < 2 or any(filled(cells) > 1 or not cells[0].strip() for cells in whole):
        return ""
    looks = []
    for sign in DELIMITERS:
        parted = [_parted(cells[0], sign) for cells in whole]
        if whole is not seen and len(parted[0]) != len(seen[0]):
            continue
        length, regular = Counter(map(len, parted)).most_common(1)[0]
        spaced = any(cell[:1] == " " for cells in parted for cell in cells[1:])
        same = len(parted[-1]) == length > 1 and regular > 1
        looks.append((regular * length if same and not spaced else 0, sign))
    most, sign = max(looks, default=(0, ""))
    return sign if most else ""


def _parted(text: str, sign: str) -> Cells:
    try:
        return tuple(next(csv.reader([text], delimiter=sign, strict=True), ()))
    except csv.Error:
        return (text,)


def _unpacked(rows: _Ahead, sign: str) -> Iterator[Row]:
    for line, cells in rows:
        yield line, _parted(cells[0], sign) if filled(cells) == 1 else cells


class _Ahead:
    """Rows that can be looked at before they are taken."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._text = rows if isinstance(rows, TextRows) else None
        self._rows, self._seen = iter(rows), deque[Row]()

    def ahead(self, count: int) -> list[Row]:
        while len(self._seen) < count:
            row = next(self._rows, None)
            if row is None:
                break
            self._seen.append(row)
        return list(islice(self._seen, count))

    def take(self) -> Row | None:
        return self._seen.popleft() if self._seen else next(self._rows, None)

    def many(self, width: int) -> pl.DataFrame | None:
        return None if self._text is None or self._seen else self._text.many(width)

    def put_back(self, row: Row) -> None:
        self._seen.appendleft(row)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.take, None)


def _below(rows: _Ahead) -> Iterator[Cells]:
    """Yield the next rows, up to an empty line or a comment."""
    for _, cells in rows.ahead(AHEAD):
        if not filled(cells) or _comment(cells):
            return
        yield cells


def _is_header(cells: Cells, rows: _Ahead, least: int) -> bool:
    """Whether a row holds names, and is as long as most of the rows below it."""
    count = filled(cells)
    most = 1 if count == 2 else (count - 1) // 2  # a pair may be a name and its value
    if count < least or values(cells) > most or any(map(ADDRESS.fullmatch, cells)):
        return False
    below = list(_below(rows))
    if _comment(cells) and (count < 3 or not below):
        return False
    if not below:
        return least > 1 and not values(cells)
    lengths = Counter(map(len, below))
    usual = lengths.most_common(1)[0][0]
    reach = Counter(len(trimmed(each)) for each in below).most_common(1)[0][0]
    if len(cells) not in (usual, usual - 1) and lengths[len(cells)] < lengths[usual]:
        return False
    if _of_groups(cells, below):
        return False
    return 3 * len(trimmed(cells)) > 2 * reach or _upper(cells, next(_below(rows)))


def _of_groups(cells: Cells, below: list[Cells]) -> bool:
    """Whether a row with gaps stands above the names of columns, which have none."""
    names, *under = below
    return (
        filled(cells) < len(trimmed(cells))
        and filled(names) == len(names) >= len(cells)
        and not values(names)
        and any(map(values, under))
    )


def _upper(cells: Cells, under: Cells) -> bool:
    """Whether a row is the upper one of two headers: each has names where the other has none."""
    first = next((place for place, cell in enumerate(under) if cell.strip()), 0)
    return (
        first > 2
        and all(cell.strip() for cell in cells[:first])
        and 2 * values(under) <= filled(under)
        and len(trimmed(under)) >= len(trimmed(cells))
    )


def _width(rows: _Ahead) -> int:
    return max((len(trimmed(each)) for each in _below(rows)), default=0)


class _Body:
    """The rows of a table, up to a comment, or to an empty line that no row of it follows."""

    def __init__(self, rows: _Ahead, width: int, padded: bool) -> None:
        self._rows, self._width, self._padded = rows, width, padded
        self._last: Cells = ()

    def __iter__(self) -> Iterator[Row]:
        rows, width = self._rows, self._width
        for row in rows:
            cells = row[1]
            if self._padded and len(cells) > width and not any(cells[width:]):
                row = row[0], (cells := cells[:width])
            # Most rows end here: a text in front, more than one cell.
            if (len(cells) > 1 and cells[0] and cells[0][0] not in "# ") or filled(cells):
                if (_comment(cells) and len(cells) != width) or _next_title(cells, rows, width):
                    rows.put_back(row)
                    return
                self._last = cells
                yield row
            elif not _goes_on(rows, self._last, width):
                return

    def many(self) -> pl.DataFrame | None:
        """Return the next rows where they come many at once: see `Block.many`."""
        found = self._rows.many(self._width)
        if found is not None:
            self._last = found.row(-1)[1:]
        return found


def _next_title(cells: Cells, rows: _Ahead, width: int) -> bool:
    """Whether a row is the title of the next table, without an empty line above it.

    A text alone in its row, then names, then rows with values; where those of this table stand.
    """
    if width < 2 or any(cells[1:2]):  # as nearly all rows
        return False
    if filled(cells) != 1 or not cells[0].strip() or values(cells):
        return False
    ahead = [each for _, each in rows.ahead(2)]
    if len(ahead) < 2 or len(cells) == width == len(ahead[0]) != filled(ahead[0]):
        return False
    names, under = ahead
    return (
        filled(names) > 1
        and filled(names) == len(trimmed(names))
        and not values(names)
        and values(under) > 0
        and len(trimmed(under)) <= len(trimmed(names))
    )


def _goes_on(rows: _Ahead, last: Cells, width: int) -> bool:
    """Whether the row behind empty lines has its values where the table has them."""
    while (row := rows.take()) is not None:
        if not filled(row[1]):
            continue
        rows.put_back(row)
        places = [
            place for place, cell in enumerate(row[1][:width]) if VALUE.fullmatch(cell.strip())
        ]
        if len(trimmed(row[1])) > width or len(row[1]) < width or not places:
            return False
        return not last or any(
            place < len(last) and VALUE.fullmatch(last[place].strip()) for place in places
        )
    return False


def _comment(cells: Cells) -> bool:
    """Whether a row begins like a comment; ``#`` alone may be the name of a column."""
    if not cells or not COMMENT.match(cells[0]):  # as nearly all rows
        return False
    return cells[0].strip() != "#" or len(cells) == 1 or filled(cells) == 1
