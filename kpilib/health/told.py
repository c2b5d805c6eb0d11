"""The state of a company's data, told line by line: what is there, and what it is good for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from typing import NamedTuple

from kpilib.answers.asking import Asking
from kpilib.definitions import Kpi
from kpilib.errors import PeriodError, listed
from kpilib.health.look import covered, days_of, labels, look
from kpilib.health.origin import origins
from kpilib.period import Period
from kpilib.saying import say
from kpilib.tables import FROM_THE_START, TABLES
from kpilib.tables.derive import sources
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import TOPICS, of_topic


class Line(NamedTuple):
    """One line of what is told, and whether it is to be looked at."""

    text: str
    doubtful: bool = False

    @classmethod
    def doubt(cls, said: object) -> Line:
        """Return the line of something that may be right, or a slip."""
        return cls(say("To be looked at: {said}", said=said), True)


def told(company: Asking) -> Iterator[Line]:
    """Yield what is doubtful, where each table goes to, and what it is good for.

    Parameters
    ----------
    company : Asking
        Its tables have no fault.
    """
    if set(company.tables.given) <= FROM_THE_START:
        yield Line(
            say(
                "There is no table yet. Next: download the exports that exports/README.md lists, as"
                " they are, then: kpilib import FILES --data {folder}",
                folder=company.folder or "DIR",
            )
        )
        return
    month = _month(company)
    yield from map(Line.doubt, look(company, month) if month else ())
    yield from map(Line.doubt, days_of(company.tables))
    yield from map(Line.doubt, labels(company.tables))
    yield from _extents(company, month)
    yield from map(Line, costs(company.tables))
    useless = unread(company.tables)
    if useless:
        said = say(
            "No fault found, and no KPI can be worked out of {tables}: add the columns named"
            " above.",
            tables=listed(useless),
        )
        yield Line(said, True)
    else:
        yield Line(say("All well: no fault found."))


def _month(company: Asking) -> Period | None:
    try:
        return Period.parse(company.last_month())
    except PeriodError:
        return None


def _extents(company: Asking, month: Period | None) -> Iterator[Line]:
    """Yield a line a table: rows, first and last day, days of the month, source, late or not."""
    sources: dict[str, list[str]] = {}
    for each in origins(company.folder):
        told = say("{source} of {day}", source=each.name, day=each.imported)
        sources.setdefault(each.table, []).append(told)
    for fact in company.facts().to_dict("records"):
        name = fact["table"]
        first, last = fact["first_date"], fact["last_date"]
        parts = [say("{count} rows", count=int(fact["rows"]))]
        if first is not None:
            parts.append(say("{first} to {last}", first=first, last=last))
        days = covered(company.tables, name, month) if month else None
        if days:
            there, of = days
            parts.append(
                say("{there} of {days} days of {month}", there=there, days=of, month=month.name)
            )
        parts += sources.get(name, [])
        if fact["late"]:
            usual = company.settings.freshness[name]
            parts.append(say("LATE: more than {days} days behind", days=usual))
        elif month and not TABLES[name].span and _before(last, month):
            parts.append(say("nothing of {month}", month=month.name))
        facts = reduce(lambda one, other: say("{one}; {other}", one=one, other=other), parts)
        yield Line(say("{table}: {facts}.", table=name, facts=facts), fact["late"])


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
        slots = {"topic": topic, "known": len(kpis) - len(without), "count": len(kpis)}
        yield say("{topic}: {known} of {count} KPIs can be worked out.", **slots)
        for each, names in sorted(lost.items(), key=lambda item: (-len(item[1]), item[0])):
            yield say("  without {part}: no {kpis}", part=_part(each), kpis=_some(names))
        for each, names in sorted(vague.items()):
            yield say("  without {part}: approximate {kpis}", part=_part(each), kpis=_some(names))
    if idle:
        yield say("No table yet for: {topics}.", topics=", ".join(idle))


def _part(lost: str) -> str:
    """Say which table or column is not there."""
    kind, _, name = lost.partition(" ")
    if f"{kind} " == TABLE:
        return say("table {name}", name=name)
    return say("column {name}", name=name) if f"{kind} " == COLUMN else lost


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
    return say("{shown} and {count} more", shown=shown, count=more) if more > 1 else shown
