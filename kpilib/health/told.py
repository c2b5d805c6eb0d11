"""The state of a company's data, told line by line: what `kpilib check` says beside faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpilib.answers.asking import Asking
from kpilib.errors import PeriodError, listed
from kpilib.health.costs import costs, unread
from kpilib.health.look import covered, look
from kpilib.health.origin import origins
from kpilib.health.variants import labels
from kpilib.period import Period
from kpilib.tables import TABLES

NEXT = (
    "There is no table yet. Next: download the exports that exports/README.md lists, as they are,"
    " then: kpilib import FILES --data {folder}"
)


def told(company: Asking) -> Iterator[str]:
    """Yield what is doubtful, where each table goes to, and what it is good for.

    Parameters
    ----------
    company : Asking
        Its tables have no fault.
    """
    if set(company.tables.given) <= {"work_calendar"}:  # which a new company has
        yield NEXT.format(folder=company.folder or "DIR")
        return
    month = _month(company)
    for finding in look(company, month) if month else ():
        yield f"To be looked at: {finding}"
    for spellings in labels(company.tables):
        yield f"To be looked at: {spellings}"
    yield from _extents(company, month)
    yield from costs(company.tables)
    useless = unread(company.tables)
    if useless:
        yield (
            f"No fault found, and no KPI can be worked out of {listed(useless)}: add the columns"
            " named above."
        )
    else:
        yield "All well: no fault found."


def _month(company: Asking) -> Period | None:
    try:
        return Period.parse(company.last_month())
    except PeriodError:
        return None


def _extents(company: Asking, month: Period | None) -> Iterator[str]:
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
        yield f"{name}: {'; '.join(parts)}."


def _before(last: date | None, month: Period) -> bool:
    return last is not None and last < month.start
