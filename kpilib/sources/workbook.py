"""The sheets of a workbook as tables of text, by way of python-calamine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from kpilib.errors import ContractError
from kpilib.sources.block import Block, Broken, Cells, Number, Row
from kpilib.sources.decode import Content, undamaged
from kpilib.sources.sheet_xml import Sheet, sheets_of
from kpilib.sources.split import tables_in

SUFFIXES = (".xlsx", ".xls", ".xlsm")
PROCESS = Path(__file__).with_name("sheet_process.py")
DAY_ZERO = {False: date(1899, 12, 30), True: date(1904, 1, 1)}  # of serial numbers
EXACT = 2**53  # whole numbers beyond this one are not what was typed
LOST = (
    "a number of more than 15 digits, whose last ones are lost: export it again with this column"
    " as text, or as CSV"
)
DATE_MODE = re.compile(rb"\x22\x00\x02\x00([\x00\x01])\x00")  # record of an .xls


def blocks_of_workbook(content: Content) -> Iterator[Block]:
    """Yield the tables of every visible sheet.

    Dates become ISO text, whole numbers digits; cells that cannot be relied on are `Broken`.

    Raises
    ------
    ContractError
        It is not a workbook, or is damaged, too large or locked by a password.
    """
    marks, serials = _marks(content)
    with closing(_lines(content)) as lines:
        unread: list[ContractError] = []
        found = False
        hidden = next(lines)["hidden"]
        said = next(lines)
        while "sheet" in said:
            name, seen = said["sheet"], marks.get(said["sheet"], Sheet())
            after: list[Any] = []
            rows = _rows(lines, said, seen, after)
            for block in tables_in(rows, f"{content.name} [{name}]", unread, padded=True):
                found = True
                block.title, block.sheet, block.serials = block.title or name, name, serials
                block.notes += _notes(name, hidden, seen)
                yield block
            said = after[0]
    if unread and not found:
        raise unread[0]


def _lines(content: Content) -> Iterator[Any]:
    """Yield what a process of its own says of a workbook, up to the line that ends it."""
    said: Any = None
    with tempfile.TemporaryFile() as copy:
        with undamaged(content), content.open() as file:
            shutil.copyfileobj(file, copy)
        copy.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-P", str(PROCESS)],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said = json.loads(line)
                yield said
        except ValueError:
            raise _unreadable(content) from None
        finally:
            process.stdout.close()
            process.kill()
            process.wait()
    if not isinstance(said, dict) or "end" not in said:
        raise _unreadable(content)


def _unreadable(content: Content) -> ContractError:
    return ContractError(
        [
            f"{content.name}: not a workbook that can be read. It is damaged, locked by a"
            " password, or of another kind: open it and save it as .xlsx."
        ]
    )


def _marks(content: Content) -> tuple[dict[str, Sheet], date | None]:
    """Return what stands in the sheets of an .xlsx, and day zero of its serial numbers."""
    with undamaged(content), content.open() as file:
        if content.head(2) == b"PK":
            found, since_1904 = sheets_of(file, content.name)
            return found, DAY_ZERO[since_1904]
        said = set(DATE_MODE.findall(file.read()))
    return {}, DAY_ZERO[said == {b"\x01"}] if len(said) == 1 else None


def _notes(name: str, hidden: list[str], sheet: Sheet) -> list[str]:
    notes = [f"hidden sheet left out: {each}" for each in hidden]
    if sheet.hidden_rows:
        notes.append(f"[{name}]: {sheet.hidden_rows} hidden row(s) are read like the others")
    return notes


def _rows(lines: Iterator[Any], sheet: Any, marks: Sheet, after: list[Any]) -> Iterator[Row]:
    """Yield rows as text; what one cell says for the merged cells below it is repeated.

    The line behind the rows, which opens the next sheet or ends the book, is left in `after`.
    """
    first = sheet["first"]
    spans = [
        (top, bottom, left - first)
        for (top, left), (bottom, _) in sheet["merged"]
        if bottom > top and left >= first
    ]
    spans.sort(reverse=True)
    under: dict[int, tuple[int, Any]] = {}  # column to the last row, and the value, of a span
    number = -1
    for number, row in enumerate(lines):
        if isinstance(row, dict):
            after.append(row)
            number -= 1
            break
        while spans and spans[-1][0] <= number:
            top, bottom, column = spans.pop()
            if top == number and column < len(row):
                under[column] = bottom, row[column]
        for column, (bottom, value) in list(under.items()):
            if number > bottom:
                del under[column]
            elif column < len(row):
                row[column] = value
        yield number + 1, _cells(row, number, first, marks)
    for line in sorted({line for line, _ in marks.broken if line > number}):
        yield line + 1, _cells([""] * sheet["width"], line, first, marks)


def _cells(row: list[Any], line: int, first: int, marks: Sheet) -> Cells:
    texts = [value if type(value) is str else _text(value) for value in row]
    if marks.broken:
        for column in range(first, first + len(texts)):
            if (line, column) in marks.broken:
                texts[column - first] = marks.broken[line, column]
    return tuple(texts)


def _text(value: Any) -> str:
    if isinstance(value, dict):  # a date, a time, a duration
        return value["text"]
    return str(value).lower() if isinstance(value, bool) else number_text(value)


def number_text(value: float) -> str:
    """Return the digits of a number; beyond 2^53 they are not those of an identifier any more."""
    if isinstance(value, int):
        return str(value)
    if not value.is_integer():
        return Number(value)
    if abs(value) < EXACT:
        return str(int(value))
    return Broken(str(int(value)), LOST, as_number=True)
