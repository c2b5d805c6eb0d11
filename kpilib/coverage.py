"""Which days of a daily feed are there; those that lack are named, never made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from kpilib.clock import local_days
from kpilib.definitions import Kpi
from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.measure import Fields, Measure, distinct
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.question import Question
from kpilib.slices import broken_down

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
    feed = feed_of(question.tables, kpi)
    expected = question.elapsed(period)
    if feed is None or (present is not None and present >= expected.days):
        return outcome
    own = by if by in CONTRACTS[feed.table].feed else None
    days = days_of(question.tables, feed, own)
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


def feed_of(tables: Tables, kpi: Kpi) -> Measure | None:
    """Return the measure whose rows tell which days are there; None where rows are events."""
    if kpi.pauses:
        return None
    if "coverage" in kpi.measures:
        return kpi.measures["coverage"]
    for measure in kpi.value.measures().values():
        if CONTRACTS[measure.table].daily and tables.summed(measure.table):
            return distinct(measure.table, measure.time)
    return None


def days_of(tables: Tables, feed: Measure, by: str | None) -> dict[str, set[date]]:
    """Return the local days on which the feed has a row, by group."""
    key = ("days", feed.table, feed.time, feed.where, by)
    if key not in tables.cache:
        tables.cache[key] = _read(tables, feed, by)
    return tables.cache[key]


def _read(tables: Tables, feed: Measure, by: str | None) -> dict[str, set[date]]:
    today = tables.as_of or date.min
    frame = broken_down(tables, feed.table, set(feed.columns), by, (today, today))
    if feed.where is not None:
        frame = frame.filter(feed.where(Fields(CONTRACTS[feed.table])))
    rows = local_days(tables, feed.table, frame.select("group", feed.time), feed.time)
    found: dict[str, set[date]] = {}
    for group, own in rows.groupby("group")["shown_day"]:
        found[group] = {date.fromordinal(int(number)) for number in own}
    return found


def _each_day(period: Period) -> list[date]:
    return [period.start + number * A_DAY for number in range(period.days)]
