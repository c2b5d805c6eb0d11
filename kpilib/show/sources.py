"""What the figures stand on, said before any figure is shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kpilib.answers.check import DOUBT_WORDS, doubts
from kpilib.company import Company
from kpilib.definitions import Kpi
from kpilib.display.numbers import Formatter, reader
from kpilib.display.status import missing_days
from kpilib.health.look import look
from kpilib.period import Period
from kpilib.show.doubts import days_words, in_order, source_words, sources_of
from kpilib.show.pages import fill
from kpilib.tables import TABLES
from kpilib.tables.derive import sources


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
