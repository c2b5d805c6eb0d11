"""The state of a company's data, told line by line: what is there, and what it is good for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kpilib.answers.asking import Asking
from kpilib.definitions import Kpi
from kpilib.errors import PeriodError, listed
from kpilib.health.look import covered, days_of, labels, look
from kpilib.health.origin import origins
from kpilib.period import Period
from kpilib.tables import FROM_THE_START, TABLES
from kpilib.tables.derive import sources
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import TOPICS, of_topic

NEXT = (
    "There is no table yet. Next: download the exports that exports/README.md lists, as they are,"
    " then: kpilib import FILES --data {folder}"
)


class Line(NamedTuple):
    """One line of what is told, and whether it is to be looked at."""

    text: str
    doubtful: bool = False

    @classmethod
    def doubt(cls, said: object) -> Line:
        """Return the line of something that may be right, or a slip."""
        return cls(f"To be looked at: {said}", True)


def told(company: Asking) -> Iterator[Line]:
    """Yield what is doubtful, where each table goes to, and what it is good for.

    Parameters
    ----------
    company : Asking
        Its tables have no fault.
    """
    if set(company.tables.given) <= FROM_THE_START:
        yield Line(NEXT.format(folder=company.folder or "DIR"))
        return
    month = _month(company)
    yield from map(Line.doubt, look(company, month) if month else ())
    yield from map(Line.doubt, days_of(company.tables))
    yield from map(Line.doubt, labels(company.tables))
    yield from _extents(company, month)
    yield from map(Line, costs(company.tables))
    useless = unread(company.tables)
    if useless:
        said = (
            f"No fault found, and no KPI can be worked out of {listed(useless)}: add the columns"
            " named above."
        )
        yield Line(said, True)
    else:
        yield Line("All well: no fault found.")


def _month(company: Asking) -> Period | None:
    try:
        return Period.parse(company.last_month())
    except PeriodError:
        return None


def _extents(company: Asking, month: Period | None) -> Iterator[Line]:
    """Yield a line a table: rows, first and last day, days of the month, source, late or not."""
    sources: dict[str, list[str]] = {}
    for each in origins(company.folder):
        sources.setdefault(each.table, []).append(f"{each.name} of {each.imported}")
    for fact in company.facts().to_dict("records"):
        name = fact["table"]
        parts = [f"{fact['rows']:,} rows"]
        if fact["first_date"] is not None:
            parts.append(f"{fact['first_date']} to {fact['last_date']}")
        days = covered(company.tables, name, month) if month else None
        if days:
            parts.append(f"{days[0]} of {days[1]} days of {month.name}")
        parts += sources.get(name, [])
        if fact["late"]:
            parts.append(f"LATE: more than {company.settings.freshness[name]} days behind")
        elif month and not TABLES[name].span and _before(fact["last_date"], month):
            parts.append(f"nothing of {month.name}")
        yield Line(f"{name}: {'; '.join(parts)}.", fact["late"])


def _before(last: date | None, month: Period) -> bool:
    return last is not None and last < month.start


MOST_NAMED = 4
TABLE, COLUMN = "table ", "column "
PLANNED = "okr"  # worked out of objectives.yaml, whatever the tables


def costs(tables: Tables) -> Iterator[str]:
    """Yield lines about each topic that the tables have something for.

    Parameters
    ----------
    tables : Tables

    Yields
    ------
    str
        How many KPIs can be had; then, indented, what each missing table or column costs, and
        which optional columns that are missing make figures approximate.
    """
    idle = []
    for topic in TOPICS:
        if topic == PLANNED:
            continue
        kpis = [kpi for kpi in of_topic(topic) if kpi.needs]
        lost: dict[str, list[str]] = {}
        vague: dict[str, list[str]] = {}
        for kpi in kpis:
            for each in _missing(tables, kpi):
                lost.setdefault(each, []).append(kpi.id)
            for each in tables.assumed(kpi.needs) if not _missing(tables, kpi) else ():
                vague.setdefault(each, []).append(kpi.id)
        without = {name for names in lost.values() for name in names}
        if len(without) == len(kpis) and not any(each.startswith(COLUMN) for each in lost):
            if kpis:
                idle.append(topic)
            continue
        yield f"{topic}: {len(kpis) - len(without)} of {len(kpis)} KPIs can be worked out."
        for each, names in sorted(lost.items(), key=lambda item: (-len(item[1]), item[0])):
            yield f"  without {each}: no {_some(names)}"
        for each, names in sorted(vague.items()):
            yield f"  without {each}: approximate {_some(names)}"
    if idle:
        yield f"No table yet for: {', '.join(idle)}."


def unread(tables: Tables) -> list[str]:
    """Return the tables that are there for KPIs, and lack a column for each of them."""
    good: dict[str, bool] = {}
    for kpi in (each for topic in TOPICS for each in of_topic(topic)):
        missing = _missing(tables, kpi)
        if not any(each.startswith(TABLE) for each in missing):
            for name in {
                name for table, columns in kpi.needs.items() for name in sources(table, columns)
            }:
                good[name] = good.get(name, False) or not missing
    return [name for name in tables.given if not good.get(name, True)]


def _missing(tables: Tables, kpi: Kpi) -> list[str]:
    absent = dict.fromkeys(name for table in kpi.tables for name in tables.missing(table))
    if absent:
        return [f"{TABLE}{name}" for name in absent]
    lacking = dict.fromkeys(
        column for table, needed in kpi.needs.items() for column in tables.lacking(table, needed)
    )
    return [f"{COLUMN}{name}" for name in lacking]


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[: MOST_NAMED + (more == 1)])
    return f"{shown} and {more} more" if more > 1 else shown
