"""How far the data of a page can be trusted: doubts before the figures, provenance behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kpilib.company import Company
from kpilib.display.numbers import Formatter
from kpilib.health.finding import FINDING_WORDS, Finding
from kpilib.health.look import covered
from kpilib.health.origin import Origin, origins
from kpilib.period import Period

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
