"""What a reader must know of a figure beside its value: partial, immature, few, late."""

from __future__ import annotations

from datetime import date

import narwhals as nw
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.cohorts import cut_short, immature
from kpilib.engine.outcome import Outcome
from kpilib.engine.question import Question
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, sources
from kpilib.tables.instants import days_after
from kpilib.tables.read import in_pandas, native
from kpilib.tables.store import Tables
from kpilib.tables.voice import unread

LOW_N = 30
SNAPSHOT = "snapshot_at"  # when the figures of a row were read, where a table says it


def flagged(question: Question, kpi: Kpi, period: Period, outcome: Outcome) -> Outcome:
    tables, flags = question.tables, []
    names = [name for table in kpi.tables for name in sources(table, set()) if name in tables]
    if question.partial(period) and period.start <= question.as_of:
        flags.append("partial")
    if immature(question, kpi, period) or read_early(tables, kpi, period):
        flags.append("immature")
    if kpi.interval != "none" and outcome.n is not None and outcome.n < LOW_N:
        flags.append("low_n")
    for name in dict.fromkeys(names):
        extent = tables.extent(name)
        if extent.duplicates:
            flags.append("excluded_rows")
        last, until = extent.last, min(period.end_day, question.as_of or period.end_day)
        late = last is not None and period.start <= last < until
        if CONTRACTS[name].daily and late and not by_month(tables, name):
            flags.append("late")
        if last is not None and overdue(question, name, last, until):
            flags.append("late")
    estimated = bool(question.estimated.intersection(names))
    if (
        estimated
        or tables.assumed(kpi.needs)
        or cut_short(question, kpi, period)
        or windowless(tables, kpi)
        or read_in_texts(tables, kpi)
    ):
        flags.append("approximate")
    return outcome.flagged(*flags)


def overdue(question: Question, name: str, last: date, until: date) -> bool:
    """Whether a table ends earlier than company.yaml allows: then no row may not mean none."""
    allowed = question.freshness.get(name)
    return allowed is not None and (until - last).days > allowed


def by_month(tables: Tables, name: str) -> bool:
    """Whether the rows of a table are sums of months, dated on the first day."""
    if not tables.summed(name):
        return False
    key = ("by month", name)
    if key not in tables.cache:
        time = CONTRACTS[name].time
        frame = tables.frame(name, {time}).select(time).unique()
        days = pd.to_datetime(in_pandas(frame)[time], utc=True)
        if frame.collect_schema()[time] != nw.Date:
            days = days.dt.tz_convert(tables.zone.key)
        tables.cache[key] = bool((days.dt.day == 1).all())
    return tables.cache[key]


def windowless(tables: Tables, kpi: Kpi) -> bool:
    """Whether the days that a figure waits for are not told: totals count what came later, too."""
    return bool(kpi.maturity_days) and tables.summed(kpi.tables[0])


def read_in_texts(tables: Tables, kpi: Kpi) -> bool:
    """Whether nobody noted what a figure counts of texts: it was read in them, with mistakes."""
    if "texts" not in tables:
        return False
    key = ("unread", "texts")
    if key not in tables.cache:
        frame = native(tables.given["texts"], tables.origin("texts"))
        tables.cache[key] = set(unread(frame))
    read = tables.cache[key]  # asked of every figure: most read no text at all
    return bool(read) and any(
        read & sources(name, columns).get("texts", set()) for name, columns in kpi.needs.items()
    )


def read_early(tables: Tables, kpi: Kpi, period: Period) -> bool:
    """Whether a row of the period was read off its platform before it had run its course."""
    table = kpi.tables[0]
    if not kpi.maturity_days or table not in tables or SNAPSHOT not in tables.columns(table):
        return False
    key = ("read early", table, kpi.maturity_days)
    if key not in tables.cache:
        time = CONTRACTS[table].time
        rows = tables.frame(table, {time, SNAPSHOT})
        early = rows.filter(nw.col(SNAPSHOT) < days_after(nw.col(time), kpi.maturity_days))
        instants = pd.to_datetime(in_pandas(early.select(time))[time], utc=True)
        tables.cache[key] = set(instants.dt.tz_convert(tables.zone).dt.date)
    return any(period.start <= day <= period.end_day for day in tables.cache[key])
