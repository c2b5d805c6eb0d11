"""What the figures stand on, said before any figure is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.answers.check import DOUBT_WORDS, doubts
from kpilib.company import Company
from kpilib.definitions import Kpi
from kpilib.display.numbers import Formatter, reader
from kpilib.display.status import missing_days
from kpilib.health.finding import FINDING_WORDS, Finding
from kpilib.health.look import covered, look
from kpilib.health.origin import Origin, origins
from kpilib.period import Period
from kpilib.show.pages import fill
from kpilib.tables import TABLES
from kpilib.tables.derive import sources

SHOWN = 3  # doubts before the figures; the others stand behind the disclosure


def in_order(found: Sequence[Finding], formatter: Formatter) -> tuple[list[str], list[str]]:
    """Say the most striking doubts, to be read first, and those that can wait until asked for."""
    striking = [each for each in found if each.striking]
    first = [_said(each, formatter) for each in striking[:SHOWN]]
    more = len(striking) - SHOWN
    if more > 0:
        first.append(formatter.say("{count} more doubts stand below.", count=formatter.count(more)))
    others = [*striking[SHOWN:], *(each for each in found if not each.striking)]
    return first, [_said(each, formatter) for each in others]


def sources_of(company: Company) -> dict[str, list[Origin]]:
    """Return the exports each table was imported from; nothing when none was imported."""
    found: dict[str, list[Origin]] = {}
    for each in origins(company.folder):
        found.setdefault(each.table, []).append(each)
    return found


def source_words(found: Sequence[Origin], formatter: Formatter) -> str:
    """Say where a table comes from: the tool, the day, and how sure its reading is."""
    said = []
    for each in found:
        parts = [each.name, formatter.day(each.imported)]
        if each.status == "unverified":
            parts.append(formatter.say("unverified"))
        said.append(", ".join(parts))
    return "; ".join(said)


def days_words(company: Company, table: str, month: Period, formatter: Formatter) -> str:
    """Say on how many days of the month a daily table has something."""
    days = covered(company.tables, table, month)
    if days is None:
        return ""
    return formatter.say(
        "{days} of {all}", days=formatter.count(days[0]), all=formatter.count(days[1])
    )


def _said(found: Finding, formatter: Formatter) -> str:
    slots = {name: _slot(value, formatter) for name, value in found.slots.items()}
    return formatter.say(FINDING_WORDS[found.kind], **slots)


def _slot(value: Any, formatter: Formatter) -> str:
    if isinstance(value, Period):
        return formatter.month(value)
    if isinstance(value, date):
        return formatter.day(value)
    if isinstance(value, (list, tuple)):
        return formatter.days(value)
    return formatter.count(round(value)) if isinstance(value, (int, float)) else str(value)


def told_sources(
    company: Company, kpis: Sequence[Kpi], month: Period, rows: pd.DataFrame | None = None
) -> str:
    """Show the tables that some KPIs need: rows, days covered, what is late or missing.

    Parameters
    ----------
    company : Company
    kpis : sequence of Kpi
    month : Period
        The month of the page.
    rows : pandas.DataFrame, optional
        The figures of the month, which know the days that their feeds lack.
    """
    formatter = reader()
    needed = _tables(kpis)
    facts = {row["table"]: row for row in company.facts().to_dict("records")}
    found = [
        each
        for each in look(company, month, needed)
        if each.kind != "gap" or rows is None or not TABLES[each.table].feed  # see _lacking
    ]
    first, others = in_order(found, formatter)
    warnings = [
        *_warning(facts, needed, formatter),
        *_lacking(rows, kpis, formatter),
        *_suspect(company, kpis, month, formatter),
        *first,
    ]
    return fill(
        "sources.html.j2",
        company=company,
        about=_about(company, month, formatter),
        warnings=warnings,
        rows=_read(company, facts, needed, month),
        doubts=others,
    )


def _read(company: Company, facts: dict, needed: Sequence[str], month: Period) -> pd.DataFrame:
    """Return one row a table that is needed, as texts; a column that would be empty is left out."""
    formatter, origins = reader(), sources_of(company)
    say = formatter.say
    lines = []
    for each in needed:
        fact = facts.get(each)
        lines.append(
            {
                say("Table"): each,
                say("Rows"): formatter.count(fact["rows"]) if fact else "",
                say("Repeated rows left out"): _repeated(fact, formatter),
                say("From"): _day(fact["first_date"], formatter) if fact else "",
                say("To"): _day(fact["last_date"], formatter) if fact else "",
                say("Days of the month"): days_words(company, each, month, formatter)
                if fact
                else "",
                say("State"): _state(fact, say),
                say("Imported from"): source_words(origins.get(each, ()), formatter),
            }
        )
    frame = pd.DataFrame(lines)
    return frame.loc[:, [(frame[column] != "").any() for column in frame]]


def _tables(kpis: Sequence[Kpi]) -> list[str]:
    found: dict[str, None] = {}
    for kpi in kpis:
        for each in kpi.tables:
            found |= dict.fromkeys(sources(each, set()))
    return list(found)


def _repeated(fact: dict | None, formatter: Formatter) -> str:
    return formatter.count(fact["duplicates"]) if fact and fact["duplicates"] else ""


def _day(day: object, formatter: Formatter) -> str:
    return formatter.day(day) if hasattr(day, "year") and not pd.isna(day) else ""


def _state(fact: dict | None, say) -> str:
    if fact is None:
        return say("not provided")
    return say("late") if fact["late"] else say("up to date")


def _about(company: Company, month: Period, formatter: Formatter) -> str:
    say, as_of = formatter.say, company.as_of
    if as_of is None:
        return say(
            "{company}, {month}.", company=company.settings.name, month=formatter.month(month)
        )
    slots = {
        "company": company.settings.name,
        "month": formatter.month(month),
        "day": formatter.day(as_of),
    }
    if company.tables.last_whole_day < month.end_day:
        days = max((as_of - month.start).days + 1, 0)
        return say(
            "{company}, {month}. The data goes to {day}: the month is not complete ({days} of"
            " {all} days).",
            **slots,
            days=days,
            all=month.days,
        )
    return say("{company}, {month}. The data goes to {day}: the month is complete.", **slots)


def _warning(facts: dict, needed: Sequence[str], formatter: Formatter) -> list[str]:
    say, sentences = formatter.say, []
    absent = [each for each in needed if each not in facts]
    late = [each for each in needed if each in facts and facts[each]["late"]]
    if absent:
        sentences.append(
            say("Not provided: {tables}. The KPIs that need them say so.", tables=", ".join(absent))
        )
    if late:
        sentences.append(say("Late: {tables}.", tables=", ".join(late)))
    return sentences


def _lacking(rows: pd.DataFrame | None, kpis: Sequence[Kpi], formatter: Formatter) -> list[str]:
    """Name the days of the month that are missing, with the figures that lack them."""
    labels = {kpi.id: formatter.say(kpi.label) for kpi in kpis}
    found: dict[tuple, dict[str, None]] = {}
    for row in rows.to_dict("records") if rows is not None else ():
        days = tuple(missing_days(row))
        if days:
            found.setdefault(days, {})[labels.get(row["kpi"], row["kpi"])] = None
    sentences = [
        formatter.say(
            "Days without data, {days}: {kpis}.", days=formatter.days(days), kpis=", ".join(names)
        )
        for days, names in found.items()
    ]
    return sentences


def _suspect(
    company: Company, kpis: Sequence[Kpi], month: Period, formatter: Formatter
) -> list[str]:
    """Say what is suspect in the month's figures of the page."""
    shown = {kpi.id for kpi in kpis}
    if not shown & set(DOUBT_WORDS):
        return []
    sentences = []
    for doubt in doubts(company, [month]):
        if doubt.kpi in shown:
            slots = doubt.slots
            words = {
                "month": formatter.month(month),
                "channel": formatter.group("channel", slots.get("channel")),
                "share": formatter.value(slots.get("share"), "rate"),
                "sessions": formatter.count(slots.get("sessions", 0)),
                "events": formatter.count(slots.get("events", 0)),
            }
            sentences.append(formatter.say(DOUBT_WORDS[doubt.kpi], **words))
    return sentences
