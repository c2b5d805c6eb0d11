"""What a reader must know of a figure beside its value: partial, immature, few, late."""

from __future__ import annotations

from datetime import timedelta

from kpilib.aggregate import gather
from kpilib.derive import CONTRACTS, base_of, sources
from kpilib.kpi import Kpi
from kpilib.measure import count
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.question import Question

LOW_N = 30


def flagged(question: Question, kpi: Kpi, period: Period, outcome: Outcome) -> Outcome:
    tables, flags = question.tables, []
    names = [name for table in kpi.tables for name in sources(table, set()) if name in tables]
    if question.partial(period) and period.start <= question.as_of:
        flags.append("partial")
    if _immature(question, kpi, period):
        flags.append("immature")
    if kpi.interval != "none" and outcome.n is not None and outcome.n < LOW_N:
        flags.append("low_n")
    for name in dict.fromkeys(names):
        extent = tables.extent(name)
        if extent.duplicates:
            flags.append("excluded_rows")
        last, until = extent.last, min(period.end_day, question.as_of or period.end_day)
        if CONTRACTS[name].daily and last is not None and period.start <= last < until:
            flags.append("late")
    if tables.assumed(kpi.needs):
        flags.append("approximate")
    return outcome.flagged(*flags)


def _immature(question: Question, kpi: Kpi, period: Period) -> bool:
    """Whether the youngest cause (a message sent, a lead created) may still have effects."""
    if question.as_of is None or not (kpi.maturity_days or kpi.matures_at):
        return False
    table = next(iter(kpi.measures.values())).table
    if kpi.matures_at:
        running = count(table, lambda t: getattr(t, kpi.matures_at) > question.as_of)
        cells = gather(question.tables, [running], [period], None)[running]
        return any(cells.values.values())
    last = question.tables.extent(base_of(table)).last
    youngest = min(period.end_day, last or period.end_day)
    return youngest + timedelta(days=kpi.maturity_days) > question.as_of
