"""Where the records of a figure begin: what came before is not known, and is not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from kpilib.definitions import Kpi
from kpilib.engine.clock import recorded_days
from kpilib.measure import INTERVAL_KINDS
from kpilib.period import Period
from kpilib.tables.derive import base_of, records
from kpilib.tables.store import Tables

BEGUN = "records_begin"  # in details: the first day of which a total knows anything
LITTLE = 0.05  # of a period: a total of which no more is unknown says what it says


def recorded_from(tables: Tables, kpi: Kpi, period: Period) -> date | None:
    """Return the first day of the records of a total, where they begin well within a period.

    Parameters
    ----------
    tables : Tables
    kpi : Kpi
    period : Period
        As far as it has elapsed.

    Returns
    -------
    datetime.date or None
        None of figures that do not grow with the days (a part of a month has a rate of its own),
        where no more is unknown than changes nothing, and where the silence before the first row
        is no longer than one that came later: then it is one of theirs.
    """
    if not kpi.fills_up:
        return None
    firsts = {name: tables.extent(name).first for name in kept(tables, kpi)}
    late = {name: day for name, day in firsts.items() if day and day > period.start}
    if not late:
        return None
    name = max(late, key=late.get)
    silent = (late[name] - period.start).days
    within = late[name] <= period.end_day and silent > LITTLE * period.days
    return late[name] if within and silent > _longest_silence(tables, name, period) else None


def kept(tables: Tables, kpi: Kpi) -> Iterator[str]:
    """Yield the tables whose rows tell what happened: who belongs has a first day of its own."""
    for role, measure in kpi.measures.items():
        if role not in kpi.optional and measure.kind not in INTERVAL_KINDS:
            names = (base_of(measure.table), *records(measure.table))
            yield from (name for name in names if name in tables)


def _longest_silence(tables: Tables, name: str, period: Period) -> int:
    """Return the most days from one day with a row to the next, up to the end of a period."""
    known = [day for day in recorded_days(tables, name) if day <= period.end_day]
    return max(((after - day).days for day, after in pairwise(known)), default=period.days)
