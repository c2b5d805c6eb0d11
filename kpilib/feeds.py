"""Where a feed ends before the data does: nothing after that day is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from kpilib.coverage import days_of, feed_of
from kpilib.definitions import Kpi, Method
from kpilib.derive import CONTRACTS, base_of, sources
from kpilib.engine import Tables
from kpilib.measure import Measure, distinct
from kpilib.period import Period
from kpilib.question import Question
from kpilib.slices import EVERYONE, divided_here

USUAL = 0.9  # of the gaps between two days with rows: a longer silence is an end


def fed_until(question: Question, kpi: Kpi, by: str | None) -> dict[str, date]:
    """Return the last day of the feeds of a KPI that end before the data does, by group.

    Parameters
    ----------
    question : Question
    kpi : Kpi
    by : str or None
        Where it is a column that names who feeds a table, each of those ends on a day of its own.

    Returns
    -------
    dict of str to datetime.date
        The whole under an empty name; nothing of feeds that go as far as the data.
    """
    cache, key = question.tables.cache, ("fed until", id(kpi), by, question.as_of)
    if key not in cache:
        cache[key] = kpi, _fed_until(question, kpi, by)  # the KPI too, or its id were reused
    return cache[key][1]


def _fed_until(question: Question, kpi: Kpi, by: str | None) -> dict[str, date]:
    found: dict[str, date] = {}
    for feed in _feeds(question, kpi):
        last = question.tables.extent(base_of(feed.table)).last
        own = by if _names_feeds(question.tables, kpi, feed.table, by) else None
        if last is None or (last >= question.as_of and own is None and feed.where is None):
            continue
        for group, days in days_of(question.tables, feed, own).items():
            end = _end(question, days)
            if end is not None:
                found[group] = min(end, found.get(group, end))
    for name in _overdue(question, kpi):
        last = question.tables.extent(name).last
        found[EVERYONE] = min(last, found.get(EVERYONE, last))
    return found


def _names_feeds(tables: Tables, kpi: Kpi, table: str, by: str | None) -> bool:
    """Whether a column names who feeds a table; a platform on which ads pause goes on feeding."""
    return by in CONTRACTS[table].feed and not kpi.pauses and divided_here(tables, table, by)


def late(question: Question, kpi: Kpi, by: str | None, period: Period, group: str) -> bool:
    """Whether the feed of a figure, or one of those that it adds up, ends in a period."""
    part = question.elapsed(period)
    if question.fed(period, group) != part:
        return True
    columns = {each: table for table in kpi.tables for each in CONTRACTS[base_of(table)].feed}
    if by in columns:
        return False
    ends = (end for each in columns for end in fed_until(question, kpi, each).values())
    return any(period.start <= end < part.end_day for end in ends)


def _feeds(question: Question, kpi: Kpi) -> Iterator[Measure]:
    """Yield what tells the days of each daily table that a KPI reads."""
    tables = question.tables
    if question.as_of is None or isinstance(kpi.value, Method):
        return
    told = feed_of(tables, kpi)
    if told is not None and tables.holds(told.table, set(told.columns)):
        yield told
    for name in dict.fromkeys(base_of(table) for table in kpi.tables):
        if CONTRACTS[name].daily and name in tables and (told is None or told.table != name):
            yield distinct(name, CONTRACTS[name].time)


def _end(question: Question, days: set[date]) -> date | None:
    """Return the last day, where it is not the last of the data and none was to be expected."""
    known = sorted(day for day in days if day <= question.as_of)
    gaps = [(after - day).days for day, after in zip(known, known[1:], strict=False)]
    if not gaps or min(gaps) > 1:  # sums of weeks or months, or hardly any day
        return None
    silent = (question.as_of - known[-1]).days
    return known[-1] if silent and silent >= np.quantile(gaps, USUAL) else None


def _overdue(question: Question, kpi: Kpi) -> Iterator[str]:
    """Yield the tables that end earlier than company.yaml allows."""
    names = {name for table in kpi.tables for name in sources(table, set())}
    for name in names & question.freshness.keys() & question.tables.given.keys():
        last = question.tables.extent(name).last
        allowed = timedelta(days=question.freshness[name])
        if last is not None and question.as_of is not None and last + allowed < question.as_of:
            yield name
