"""Which days of a daily feed are there; those that lack are named, never made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import narwhals as nw
import pandas as pd

from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.kpi import Kpi
from kpilib.measure import Fields, Measure, distinct
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.question import Question
from kpilib.read import in_pandas
from kpilib.slices import broken_down, days_asked

A_DAY = timedelta(days=1)


def covered(
    question: Question,
    kpi: Kpi,
    by: str | None,
    period: Period,
    group: str,
    present: float | None,
    outcome: Outcome,
) -> Outcome:
    """Say of a figure which days it lacks (catalogue, rule E1).

    Parameters
    ----------
    question : Question
    kpi : Kpi
    by : str or None
    period : Period
    group : str
        A group that feeds the table (a platform, an account) is expected every day. Any other
        group may have had nothing to tell: the days that lack are those of the whole table.
    present : float or None
        Days on which the group has a row, where that was counted.
    outcome : Outcome

    Returns
    -------
    Outcome
        As it is when no day lacks; else flagged ``partial``, with ``coverage`` (days there over
        days expected) and ``missing_days`` (a list of days) in its details.
    """
    feed = _feed(question.tables, kpi)
    expected = question.elapsed(period)
    if feed is None or (present is not None and present >= expected.days):
        return outcome
    own = by if by in CONTRACTS[feed.table].feed else None
    days = _days(question, feed, own)
    there = days.get(group, set()) if own else set().union(*days.values())
    if question.tables.summed(feed.table) and not any(day + A_DAY in there for day in there):
        return outcome  # sums of weeks or months, not of days
    lacking = [day for day in _each_day(expected) if day not in there]
    if question.to_come(period) and question.as_of in lacking:  # its row may come tonight
        lacking.remove(question.as_of)
    if not lacking or len(lacking) == expected.days:
        return outcome
    found = {
        "coverage": 1 - len(lacking) / expected.days,
        "missing_days": [day.isoformat() for day in lacking],
    }
    return replace(outcome, details={**outcome.details, **found}).flagged("partial")


def _feed(tables: Tables, kpi: Kpi) -> Measure | None:
    """Return the measure whose rows tell which days are there; None where rows are events."""
    if kpi.pauses:
        return None
    if "coverage" in kpi.measures:
        return kpi.measures["coverage"]
    for measure in kpi.value.measures().values():
        if CONTRACTS[measure.table].daily and tables.summed(measure.table):
            return distinct(measure.table, measure.time)
    return None


def _days(question: Question, feed: Measure, by: str | None) -> dict[str, set[date]]:
    """Return the local days on which the feed has a row, by group."""
    tables, span = question.tables, days_asked(question.every_period)
    key = ("days", feed.table, feed.time, feed.where, by, span)
    if key not in tables.cache:
        tables.cache[key] = _read(tables, feed, by, span)
    return tables.cache[key]


def _read(
    tables: Tables, feed: Measure, by: str | None, span: tuple[date, date]
) -> dict[str, set[date]]:
    frame = broken_down(tables, feed.table, set(feed.columns), by, span)
    if feed.where is not None:
        frame = frame.filter(feed.where(Fields(CONTRACTS[feed.table])))
    day = frame.collect_schema()[feed.time]
    rows = in_pandas(frame.select("group", nw.col(feed.time).alias("day")).unique())
    days = pd.to_datetime(rows["day"], utc=True)
    if day != nw.Date:
        days = days.dt.tz_convert(tables.zone.key)
    found: dict[str, set[date]] = {}
    for group, own in days.dt.date.groupby(rows["group"]):
        found[group] = set(own)
    return found


def _each_day(period: Period) -> list[date]:
    return [period.start + number * A_DAY for number in range(period.days)]
