"""The sheets of a workbook as tables of text, by way of python-calamine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from posixpath import join, normpath
from typing import Any, BinaryIO
from xml.etree import ElementTree

from kpilib.errors import ContractError
from kpilib.saying import refusal, say
from kpilib.sources.block import Block, Broken, Cells, Number, Row
from kpilib.sources.decode import Content, undamaged
from kpilib.sources.split import tables_in

PROCESS = Path(__file__).with_name("sheet_process.py")
DAY_ZERO = {False: date(1899, 12, 30), True: date(1904, 1, 1)}  # of serial numbers
EXACT = 2**53  # whole numbers beyond this one are not what was typed
LOST = (
    "a number of more than 15 digits, whose last ones are lost: export it again with this column"
    " as text, or as CSV"
)
DATE_MODE = re.compile(rb"\x22\x00\x02\x00([\x00\x01])\x00")  # record of an .xls
LARGEST_PART = 2 << 30
MOST_CELLS = 30_000_000
CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*>")
FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
HIDDEN = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"']")
BROKEN_WORDS = {
    "=": "cell {cell} holds a formula whose value was not stored: open the file in Excel, save it"
    " and import it again",
    "#N/A": "cell {cell} holds an error instead of a value: mend its formula in Excel, or empty it",
}


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
    return refusal(
        content.name,
        "not a workbook that can be read. It is damaged, locked by a password, or of"
        " another kind: open it and save it as .xlsx.",
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
    notes = [say("hidden sheet left out: {name}", name=each) for each in hidden]
    if sheet.hidden_rows:
        notes.append(
            say(
                "[{name}]: {count} hidden row(s) are read like the others",
                name=name,
                count=sheet.hidden_rows,
            )
        )
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
    return Broken(str(int(value)), say(LOST), as_number=True)


@dataclass
class Sheet:
    """What stands in the text of one sheet.

    Parameters
    ----------
    broken : dict of (int, int) to Broken
        By row and column, from 0.
    hidden_rows : int
    """

    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    hidden_rows: int = 0


def sheets_of(file: BinaryIO, name: str) -> tuple[dict[str, Sheet], bool]:
    """Return the sheets by name, and whether days are counted from 1904.

    Raises
    ------
    ContractError
        A sheet is too large to be opened, or not what it should be.
    """
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_PART:
            raise refusal(name, "too large for a workbook. Save it as CSV UTF-8.")
        try:
            book = _tree(archive, "xl/workbook.xml")
            targets = {
                each.get("Id"): each.get("Target", "")
                for each in _tree(archive, "xl/_rels/workbook.xml.rels")
            }
        except (KeyError, ElementTree.ParseError, ValueError, LookupError):
            raise refusal(
                name, "not a workbook of a kind that can be read. Save it as .xlsx."
            ) from None
        start = next((each for each in book.iter() if each.tag.endswith("}workbookPr")), None)
        found = {}
        for each in book.iter():
            if each.tag.endswith("}sheet"):
                link = next((v for k, v in each.attrib.items() if k.endswith("}id")), "")
                part = normpath(join("/xl", targets.get(link, ""))).lstrip("/")
                if part in archive.namelist() and "worksheets" in part:
                    title = each.get("name", "")
                    found[title] = _sheet(archive.read(part), f"{name} [{title}]")
    since_1904 = start is not None and start.get("date1904") in ("1", "true")
    return found, since_1904


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    text = archive.read(part)
    if b"<!" in text.replace(b"<!--", b""):
        raise ValueError("declares entities, which no workbook does")
    return ElementTree.fromstring(text)


def _sheet(text: bytes, origin: str) -> Sheet:
    sheet = Sheet(hidden_rows=sum(1 for _ in HIDDEN.finditer(text)))
    columns: set[bytes] = set()
    last = 0
    for cell in CELL.finditer(text):
        columns.add(cell[1])
        last = max(last, int(cell[2]))
    wide = max((_column(each) + 1 for each in columns), default=0)
    if last * wide > MOST_CELLS:
        raise refusal(
            origin,
            "{last} rows of {wide} columns is too large. Save it as CSV UTF-8.",
            last=last,
            wide=wide,
        )
    if b't="e"' in text or b"t='e'" in text:
        for cell in CELL.finditer(text):
            kind = TYPE.search(cell[0])
            if kind and kind[1] == b"e":
                _mark(sheet, cell[1], cell[2], "#N/A")
    if re.search(rb"<(\w+:)?f\b", text):
        for formula in FORMULA.finditer(text):
            kind, place = TYPE.search(formula[1]), ADDRESS.search(formula[1])
            empty_text = kind and kind[1] == b"str" and b"v>" in formula[0]
            if place and not empty_text:
                _mark(sheet, place[1], place[2], "=")
    return sheet


def _mark(sheet: Sheet, column: bytes, row: bytes, text: str) -> None:
    address = (column + row).decode().upper()
    why = say(BROKEN_WORDS[text], cell=address)
    sheet.broken[int(row) - 1, _column(column)] = Broken(text, why)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
