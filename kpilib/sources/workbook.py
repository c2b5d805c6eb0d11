"""The sheets of a workbook as tables of text, by way of python-calamine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from kpilib.errors import ContractError
from kpilib.sources.block import Block, Broken, Cells, Number, Row
from kpilib.sources.decode import Content, undamaged
from kpilib.sources.sheet_xml import Sheet, sheets_of
from kpilib.sources.split import tables_in

SUFFIXES = (".xlsx", ".xls", ".xlsm")
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
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    marks, serials = _marks(content)
    try:
        with content.open() as file:
            book = CalamineWorkbook.from_filelike(file)
        seen, hidden = [], []
        for each in book.sheets_metadata:
            if each.typ == SheetTypeEnum.WorkSheet:
                (seen if each.visible == SheetVisibleEnum.Visible else hidden).append(each.name)
        for name in seen:
            rows = _rows(book.get_sheet_by_name(name), marks.get(name, Sheet()))
            for block in tables_in(rows, f"{content.name} [{name}]", padded=True):
                block.title, block.sheet, block.serials = block.title or name, name, serials
                block.notes += _notes(name, hidden, marks.get(name, Sheet()))
                yield block
    except (CalamineError, OSError, ValueError):
        raise _unreadable(content) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's own faults
            raise
        raise _unreadable(content) from None


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


def _rows(sheet: Any, marks: Sheet) -> Iterator[Row]:
    """Yield rows as text; what one cell says for the merged cells below it is repeated."""
    first = sheet.start[1] if sheet.start else 0
    width = sheet.end[1] - first + 1 if sheet.end else 0
    spans = [
        (top, bottom, left - first)
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()
        if bottom > top and left >= first
    ]
    spans.sort(reverse=True)
    under: dict[int, tuple[int, Any]] = {}  # column to the last row, and the value, of a span
    broken = sorted(marks.broken)
    number = -1
    for number, row in enumerate(sheet.iter_rows()):
        while spans and spans[-1][0] <= number:
            top, bottom, column = spans.pop()
            if top == number and column < len(row):
                under[column] = bottom, row[column]
        for column, (bottom, value) in list(under.items()):
            if number > bottom:
                del under[column]
            else:
                row[column] = value
        yield number + 1, _cells(row, number, first, marks)
    for line in sorted({line for line, _ in broken if line > number}):
        yield line + 1, _cells([""] * width, line, first, marks)


def _cells(row: list[Any], line: int, first: int, marks: Sheet) -> Cells:
    texts = [value if type(value) is str else _text(value) for value in row]
    if marks.broken:
        for column in range(first, first + len(texts)):
            if (line, column) in marks.broken:
                texts[column - first] = marks.broken[line, column]
    return tuple(texts)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, datetime):
        whole = (value + timedelta(microseconds=500)).replace(microsecond=0)
        return (whole if abs(whole - value) < timedelta(milliseconds=1) else value).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return number_text(value.total_seconds())
    return str(value)


def number_text(value: float) -> str:
    """Return the digits of a number; beyond 2^53 they are not those of an identifier any more."""
    if isinstance(value, int):
        return str(value)
    if not value.is_integer():
        return Number(value)
    if abs(value) < EXACT:
        return str(int(value))
    return Broken(str(int(value)), LOST, as_number=True)
