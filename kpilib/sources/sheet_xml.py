"""What python-calamine does not tell of an .xlsx: errors, formulas without value, hidden rows."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import BinaryIO
from xml.etree import ElementTree

from kpilib.errors import ContractError
from kpilib.sources.block import Broken

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
NO_VALUE = (
    "cell {0} holds a formula whose value was not stored: open the file in Excel, save it and"
    " import it again"
)
ERROR = "cell {0} holds an error instead of a value: mend its formula in Excel, or empty it"


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
            raise ContractError([f"{name}: too large for a workbook. Save it as CSV UTF-8."])
        try:
            book = _tree(archive, "xl/workbook.xml")
            targets = {
                each.get("Id"): each.get("Target", "")
                for each in _tree(archive, "xl/_rels/workbook.xml.rels")
            }
        except (KeyError, ElementTree.ParseError, ValueError, LookupError):
            raise ContractError(
                [f"{name}: not a workbook of a kind that can be read. Save it as .xlsx."]
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
        raise ContractError(
            [f"{origin}: {last:,} rows of {wide:,} columns is too large. Save it as CSV UTF-8."]
        )
    if b't="e"' in text or b"t='e'" in text:
        for cell in CELL.finditer(text):
            kind = TYPE.search(cell[0])
            if kind and kind[1] == b"e":
                _mark(sheet, cell[1], cell[2], "#N/A", ERROR)
    if re.search(rb"<(\w+:)?f\b", text):
        for formula in FORMULA.finditer(text):
            kind, place = TYPE.search(formula[1]), ADDRESS.search(formula[1])
            empty_text = kind and kind[1] == b"str" and b"v>" in formula[0]
            if place and not empty_text:
                _mark(sheet, place[1], place[2], "=", NO_VALUE)
    return sheet


def _mark(sheet: Sheet, column: bytes, row: bytes, text: str, why: str) -> None:
    address = (column + row).decode().upper()
    sheet.broken[int(row) - 1, _column(column)] = Broken(text, why.format(address))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
