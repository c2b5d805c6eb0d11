"""Where tables come from, as imports.csv tells: which export, when, and how far it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kpilib.health.finding import Finding
from kpilib.period import Period
from kpilib.sources.preset import presets_of
from kpilib.sources.provenance import Entry, read
from kpilib.tables import TABLES

A_DAY = timedelta(days=1)
ONE_AFTER_ANOTHER = 62  # days: a source that ended longer ago than this was given up


@dataclass(frozen=True, kw_only=True)
class Origin:
    """One export that a table is made of.

    Parameters
    ----------
    table, preset, name : str
        Canonical table, id of the preset, the tool and export in words.
    status : str
        How sure its reading is: verified, documented, unverified.
    approximate : bool
        The tool estimates.
    imported : datetime.date
        The last time.
    last : datetime.date or None
        Over all its imports.
    """

    table: str
    preset: str
    name: str
    status: str
    approximate: bool
    imported: date
    last: date | None


def origins(folder: Path | None) -> list[Origin]:
    """Return the exports that a company's tables are made of, by table; none without imports.csv.

    Raises
    ------
    ContractError
        imports.csv was changed into something else.
    """
    entries = read(folder) if folder is not None else []
    known = presets_of(folder) if entries else {}
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.table:
            groups.setdefault((entry.table, entry.preset), []).append(entry)
    return [
        Origin(
            table=table,
            preset=preset,
            name=known[preset].name if preset in known else preset,
            status=of[-1].status,
            approximate=preset in known and known[preset].approximate,
            imported=max(_day(each.imported_on) for each in of),
            last=max(filter(None, (_day(each.last_day) for each in of)), default=None),
        )
        for (table, preset), of in sorted(groups.items())
    ]


def findings(folder: Path | None, month: Period) -> list[Finding]:
    """Return what is doubtful in where the tables come from, for the figures of a month."""
    found: list[Finding] = []
    said: set[str] = set()
    for each in origins(folder):
        about = {"source": each.name}
        if each.status == "unverified" and each.preset not in said:
            found.append(Finding(table=each.table, kind="unverified", slots=about))
        if each.approximate and each.preset not in said:
            found.append(Finding(table=each.table, kind="estimated", slots=about))
        said.add(each.preset)
        if each.last is not None and each.last < month.end_day and _dated(each.table):
            dates = {"day": each.imported, "last": each.last}
            near = (month.start - each.last).days <= ONE_AFTER_ANOTHER
            if _old(each):
                found.append(Finding(table=each.table, kind="old_export", slots=about | dates))
            elif near and TABLES[each.table].daily:
                slots = about | dates | {"month": month}
                found.append(Finding(table=each.table, kind="ends_early", slots=slots))
    return found + list(_same_files(folder))


def _dated(table: str) -> bool:
    """Whether the last row of a table says how far an export goes."""
    contract = TABLES[table]
    return contract.time is not None and not contract.planned and not contract.span


def _old(each: Origin) -> bool:
    """Whether an export does not even hold the month before the one it was imported in."""
    before = each.imported.replace(day=1) - A_DAY
    return each.last is not None and each.last < before.replace(day=1)


def _same_files(folder: Path | None) -> Iterator[Finding]:
    """Yield files whose very bytes were imported in an earlier month under any name."""
    first: dict[tuple[str, str, str], date] = {}
    for entry in read(folder) if folder is not None else []:
        key = (entry.sha256, entry.table, entry.source)
        day = _day(entry.imported_on)
        before = first.setdefault(key, day)
        if (before.year, before.month) != (day.year, day.month):
            slots = {"source": entry.file, "day": day, "last": before}
            yield Finding(table=entry.table, kind="same_file", slots=slots)


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
