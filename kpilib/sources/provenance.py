"""imports.csv: which files a company's tables were made of, and which days would count twice.

Names and counts, nothing personal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from kpilib.files import csv_text, harmless, rearmed
from kpilib.saying import fault_at, refusal
from kpilib.sources.keys import key

FILE = "imports.csv"
# Each source tells of all visits there were: those of two sources would count twice.
WHOLE = ("sessions",)
# So does a table of a preset that tells of everything another table of it tells in parts.
ALONE = {("google_ads", "time_series")}
PERIOD, FIRST_DAY = "Period", "first day"  # --read 'Period=first day'


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One table of one file that was imported; all of it text, as it stands in the file.

    Parameters
    ----------
    file, sha256, imported_on : str
        Name without a path, digest of the bytes, instant in UTC.
    preset, version, status : str
        Preset, a digest of it and of what the analyst answered, and how sure it is.
    source, table : str
        Table of the preset, canonical table.
    added, changed, same, removed : str
        Rows of the canonical table, over all files of the import.
    first_day, last_day : str
    spans : str
        ``yes`` when each row is about all these days.
    encoding : str
    key_check : str
        By which the key of the pseudonyms is known again; empty when there are none.
    """

    file: str
    sha256: str
    imported_on: str
    preset: str
    version: str
    status: str
    source: str
    table: str
    added: str = ""
    changed: str = ""
    same: str = ""
    removed: str = "0"  # no import takes rows away; the column stays for those who read the file
    first_day: str
    last_day: str
    spans: str
    encoding: str
    key_check: str


NAMES = tuple(each.name for each in fields(Entry))


def read(folder: Path) -> list[Entry]:
    """Return what was imported so far.

    Raises
    ------
    ContractError
        The file was changed by hand into something else.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [Entry(**{name: rearmed(row[name] or "") for name in NAMES}) for row in rows]
    except (KeyError, csv.Error, UnicodeDecodeError):
        raise refusal(
            FILE,
            "not the list of imports any more: its columns are {names}. Put back a"
            " copy, or move it away to begin a new one.",
            names=", ".join(NAMES),
        ) from None


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write all entries into a file; the names of files must not become formulas."""
    rows = ({name: harmless(cell) for name, cell in asdict(each).items()} for each in entries)
    path.write_text(csv_text(NAMES, rows), encoding="utf-8", newline="")


def across_months(spans: Iterable[tuple[date, date]], answer: str, origin: str) -> list[str]:
    """Return a sentence when rows are sums over the end of a month: no month would be right.

    Parameters
    ----------
    spans : iterable of (date, date)
    answer : str
        What the analyst said of the period: that all of it counts on the first day.
    origin : str
    """
    cut = sorted({each for each in spans if each[0].replace(day=1) != each[1].replace(day=1)})
    if not cut or key(answer) == key(FIRST_DAY):
        return []
    first, last = cut[0]
    return [
        fault_at(
            origin,
            "its rows are sums from {first} to {last}, over the end of a month, so that no"
            " month's figure would be right. Add days to the table (the dimension Date, the"
            " segment Day), or export one month at a time. To count all of it in {first:%Y-%m}:"
            " --read 'Period=first day'.",
            first=first,
            last=last,
        )
    ]


def overlaps(new: Sequence[Entry], before: Iterable[Entry]) -> list[str]:
    """Return a sentence for each two imports that would count the same days twice.

    Rows of single days have a key of their own and replace each other. Rows that are sums over
    several days do not: only the very same period of the same table may come again. Two tables
    that each tell of all visits do not go together either, by day or not.
    """
    faults = []
    seen = list(before)
    for entry in new:
        for other in seen:
            if _clash(entry, other):
                faults.append(
                    fault_at(
                        entry.file,
                        "its rows are sums from {one.first_day} to {one.last_day}; {other.file}"
                        " already brought {other.first_day} to {other.last_day} into {one.table},"
                        " so days would count twice. Export periods that follow each other (whole"
                        " months), or a table by day, always the same one.",
                        one=entry,
                        other=other,
                    )
                )
        seen.append(entry)
    return list(dict.fromkeys(faults))


def _clash(one: Entry, other: Entry) -> bool:
    same = (one.preset, one.source) == (other.preset, other.source)
    alone = ALONE & {(one.preset, one.source), (other.preset, other.source)}
    whole = (one.table in WHOLE or bool(alone)) and not same
    if one.table != other.table or (one.preset != other.preset and not whole):
        return False
    if not (one.spans or other.spans or whole):
        return False
    days = _days(one), _days(other)
    if None in days or (same and days[0] == days[1]):
        return False
    (first, last), (begun, ended) = days
    return first <= ended and begun <= last


def _days(entry: Entry) -> tuple[date, date] | None:
    if not entry.first_day or not entry.last_day:
        return None
    return date.fromisoformat(entry.first_day), date.fromisoformat(entry.last_day)
