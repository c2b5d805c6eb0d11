"""What the figures of a page stand on: tables, rows, days, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.answers.by_hand import facts
from kpilib.answers.check import DOUBT_WORDS, doubts
from kpilib.company import Company
from kpilib.definitions import Kpi
from kpilib.display.numbers import reader
from kpilib.display.status import missing_days
from kpilib.health.finding import FINDING_WORDS, Finding
from kpilib.health.look import covered, look
from kpilib.health.origin import Origin, origins
from kpilib.period import Period
from kpilib.show.pages import fill
from kpilib.show.telling import filled
from kpilib.tables import TABLES
from kpilib.tables.derive import sources

SHOWN = 3  # doubts said first; the others stand below the table
ABOUT_WORDS = {
    "unknown": "{company}, {month}.",
    "open": "{company}, {month}. The data goes to {day}: the month is not complete ({days} of"
    " {all} days).",
    "complete": "{company}, {month}. The data goes to {day}: the month is complete.",
}


def told_sources(
    company: Company, kpis: Sequence[Kpi], month: Period, rows: pd.DataFrame | None = None
) -> str:
    """Show the tables that some KPIs need: rows, days covered, what is late or, by `rows`, missing.

    Parameters
    ----------
    company : Company
    kpis : sequence of Kpi
    month : Period
    rows : pandas.DataFrame, optional
    """
    needed = list(
        dict.fromkeys(
            each for kpi in kpis for table in kpi.tables for each in sources(table, set())
        )
    )
    told = facts(company.tables, company.settings.freshness, company.as_of, needed)
    there = told.set_index("table", drop=False).to_dict("index")
    found = [
        each
        for each in look(company, month, needed)
        if each.kind != "gap" or rows is None or not TABLES[each.table].feed  # see _lacking
    ]
    striking = [each for each in found if each.striking]
    others = [*striking[SHOWN:], *(each for each in found if not each.striking)]
    warnings = [
        *_absent(there, needed),
        *_lacking(rows, kpis),
        *_suspect(company, {kpi.id for kpi in kpis}, month),
        *_first(striking),
    ]
    return fill(
        "sources.html.j2",
        company=company,
        about=_about(company, month),
        warnings=warnings,
        rows=_read(company, there, needed, month),
        doubts=list(map(_said, others)),
    )


def _read(company: Company, there: dict, needed: Sequence[str], month: Period) -> pd.DataFrame:
    """Return one row a table that is needed, as texts; a column that would be empty is left out."""
    write, every = reader(), origins(company.folder)
    say, lines = write.say, []
    for each in needed:
        fact = there.get(each, {})
        repeated, days = fact.get("duplicates"), fact and covered(company.tables, each, month)
        state = say("late") if fact.get("late") else say("up to date")
        line = {
            say("Table"): each,
            say("Rows"): write.count(fact["rows"]) if fact else "",
            say("Repeated rows left out"): write.count(repeated) if repeated else "",
            say("From"): _day(fact.get("first_date")),
            say("To"): _day(fact.get("last_date")),
            say("Days of the month"): _of(*days) if days else "",
            say("State"): state if fact else say("not provided"),
            say("Imported from"): "; ".join(_origin(one) for one in every if one.table == each),
        }
        lines.append(line)
    return filled(pd.DataFrame(lines))


def _origin(origin: Origin) -> str:
    """Say where a table comes from: the tool, the day, and how sure its reading is."""
    unsure = [reader().say("unverified")] if origin.status == "unverified" else []
    return ", ".join([origin.name, reader().day(origin.imported), *unsure])


def _of(days: int, every: int) -> str:
    write = reader()
    return write.say("{days} of {all}", days=write.count(days), all=write.count(every))


def _day(day: object) -> str:
    return reader().day(day) if hasattr(day, "year") and not pd.isna(day) else ""


def _about(company: Company, month: Period) -> str:
    """Say whose data it is, and how far it goes."""
    write, as_of = reader(), company.as_of
    slots = {"company": company.settings.name, "month": write.month(month), "all": month.days}
    if as_of is None:
        return write.say(ABOUT_WORDS["unknown"], **slots)
    slots |= {"day": write.day(as_of), "days": max((as_of - month.start).days + 1, 0)}
    complete = company.tables.last_whole_day >= month.end_day
    return write.say(ABOUT_WORDS["complete" if complete else "open"], **slots)


# What is doubtful -------------------------------------------------------------------------------


def _absent(there: dict, needed: Sequence[str]) -> Iterator[str]:
    """Name the tables that are not there, and those that are late."""
    say = reader().say
    absent = ", ".join(each for each in needed if each not in there)
    late = ", ".join(each for each in needed if each in there and there[each]["late"])
    if absent:
        yield say("Not provided: {tables}. The KPIs that need them say so.", tables=absent)
    if late:
        yield say("Late: {tables}.", tables=late)


def _lacking(rows: pd.DataFrame | None, kpis: Sequence[Kpi]) -> Iterator[str]:
    """Name the days of the month that are missing, with the figures that lack them."""
    write = reader()
    labels = {kpi.id: write.say(kpi.label) for kpi in kpis}
    found: dict[tuple[date, ...], dict[str, None]] = {}
    for row in rows.to_dict("records") if rows is not None else ():
        found.setdefault(tuple(missing_days(row)), {})[labels.get(row["kpi"], row["kpi"])] = None
    for days, names in found.items():
        if days:
            slots = {"days": write.days(days), "kpis": ", ".join(names)}
            yield write.say("Days without data, {days}: {kpis}.", **slots)


def _suspect(company: Company, shown: set[str], month: Period) -> Iterator[str]:
    """Say what is suspect in the month's figures of the page."""
    write = reader()
    for doubt in doubts(company, [month]) if shown & set(DOUBT_WORDS) else ():
        if doubt.kpi in shown:
            slots = doubt.slots
            words = {
                "month": write.month(month),
                "channel": write.group("channel", slots.get("channel")),
                "share": write.value(slots.get("share"), "rate"),
                "sessions": write.count(slots.get("sessions", 0)),
                "events": write.count(slots.get("events", 0)),
            }
            yield write.say(DOUBT_WORDS[doubt.kpi], **words)


def _first(striking: Sequence[Finding]) -> Iterator[str]:
    """Say the most striking doubts, and how many stand below."""
    yield from map(_said, striking[:SHOWN])
    more = len(striking) - SHOWN
    if more > 0:
        yield reader().say("{count} more doubts stand below.", count=reader().count(more))


def _said(found: Finding) -> str:
    """Say a doubt, its slots written for the reader."""
    slots = {name: _slot(value) for name, value in found.slots.items()}
    return reader().say(FINDING_WORDS[found.kind], **slots)


def _slot(value: Any) -> str:
    write = reader()
    if isinstance(value, Period):
        return write.month(value)
    if isinstance(value, date):
        return write.day(value)
    if isinstance(value, (list, tuple)):
        return write.days(value)
    return write.count(round(value)) if isinstance(value, (int, float)) else str(value)
