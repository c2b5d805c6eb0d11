"""Run by itself, never imported: reads a workbook from its input, writes its sheets as JSON lines.

A damaged workbook can make python-calamine ask for all the memory there is, which ends the
process at once. So it works in a process of its own, with limits, and imports nothing of kpilib.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 4 << 30
SECONDS = 120  # of processor: a damaged workbook can go round in circles


def main() -> None:
    """Write one line a sheet, one a row, and a last one that says nothing is missing."""
    _limit()
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    seen, hidden = [], []
    for each in book.sheets_metadata:
        if each.typ == SheetTypeEnum.WorkSheet:
            (seen if each.visible == SheetVisibleEnum.Visible else hidden).append(each.name)
    _write({"hidden": hidden})
    for name in seen:
        sheet = book.get_sheet_by_name(name)
        first = sheet.start[1] if sheet.start else 0
        width = sheet.end[1] - first + 1 if sheet.end else 0
        merged = sheet.merged_cell_ranges or []
        _write({"sheet": name, "first": first, "width": width, "merged": merged})
        for row in sheet.iter_rows():
            _write(row)
    _write({"end": True})
    sys.stdout.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, allowed = resource.getrlimit(what)
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (most, allowed))


def _write(line: Any) -> None:
    sys.stdout.write(json.dumps(line, default=_text) + "\n")


def _text(value: Any) -> dict[str, str | float]:
    if isinstance(value, datetime):
        whole = (value + timedelta(microseconds=500)).replace(microsecond=0)
        value = whole if abs(whole - value) < timedelta(milliseconds=1) else value
    if isinstance(value, (date, time)):
        return {"text": value.isoformat()}
    if isinstance(value, timedelta):
        return {"text": f"{value.total_seconds():g}"}
    return {"text": str(value)}


if __name__ == "__main__":
    main()
