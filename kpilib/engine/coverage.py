"""Which days of a period a figure lacks: a feed without a row of a day, a table that was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from kpilib.definitions import Kpi
from kpilib.engine.beginning import kept
from kpilib.engine.clock import local_days, recorded_days
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import Key
from kpilib.engine.question import OneKpi, Question
from kpilib.engine.slices import EVERYONE, broken_down
from kpilib.measure import Fields, Measure, distinct
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.instants import A_DAY
from kpilib.tables.store import Tables

# A silence of a table is a loss where nobody would take it for less: nobody gave the export of May.
A_MONTH = 28  # days that it lasts at least
LONGER = 2  # times as long as any other: where a company closes each summer, it is a habit
NEVER = 1e-6  # the most probable it may be, by how many of the other days have a row


def cover(one: OneKpi, found: Figures, present: np.ndarray | None, where: np.ndarray) -> None:
    """Say of figures which days they lack (catalogue, rule E1).

    One that lacks any is flagged ``partial``, with ``coverage`` (days there over days expected) and
    ``missing_days`` (a list of days) in its details.

    Parameters
    ----------
    one : OneKpi
        A group that feeds the table (a platform, an account) is expected every day. Any other
        group may have had nothing to tell: the days that lack are those of the whole table. A
        total of events lacks the days that their table has surely lost.
    found : Figures
    present : numpy.ndarray or None
        Days on which the group has a row, where that was counted.
    where : numpy.ndarray of bool
        The figures that are asked about.
    """
    tables, partial = one.question.tables, np.zeros(len(found.places), dtype=bool)
    feed = feed_of(tables, one.kpi)
    own = one.by if feed and one.by in CONTRACTS[feed.table].feed else None
    days = days_of(tables, feed, own) if feed else {}
    lost = _lost_to(one) if feed is None else set()
    if not (feed or lost) or not where.any():
        return
    whole = set().union(*days.values())
    lacking: dict[Key, tuple[date, ...]] = {}  # by period, and group where each feeds the table
    for at in np.flatnonzero(where):
        period, group = found.places[at]
        expected = _each_day(one.question.elapsed(period))
        if present is not None and present[at] >= len(expected):
            continue
        key = period, group if own else EVERYONE
        if key not in lacking:
            there = days.get(group, set()) if own else whole
            there = there if feed else {day for day in expected if day not in lost}
            lacking[key] = _lacking_days(one.question, feed, expected, there)
        if lacking[key]:
            partial[at] = True
            missing = [day.isoformat() for day in lacking[key]]
            found.details[at]["coverage"] = 1 - len(missing) / len(expected)
            found.details[at]["missing_days"] = missing
    found.flag("partial", partial)


def _lacking_days(
    question: Question, feed: Measure | None, expected: Sequence[date], there: set[date]
) -> tuple[date, ...]:
    """Return the days of a period that lack; none where all do, and there is no figure."""
    after = {day + A_DAY for day in there if day < date.max}  # 9999-12-31 has no day after it
    if feed and question.tables.summed(feed.table) and not after & there:
        return ()  # sums of weeks or months, not of days
    tonight = question.as_of if feed and question.last_whole_day != question.as_of else None
    lacking = tuple(day for day in expected if day not in there and day != tonight)
    return () if len(lacking) == len(expected) else lacking


def _lost_to(one: OneKpi) -> set[date]:
    """Return the days on which a table was lost that a total is of."""
    tables, kpi = one.question.tables, one.kpi
    names = set(kept(tables, kpi)) if kpi.fills_up and not kpi.pauses else ()
    gone = (lost_period(tables, name) for name in names)
    return {day for each in gone if each for day in _each_day(each)}


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
    return {group: set(own) for group, own in rows.groupby("group")["day"]}


def _each_day(period: Period) -> list[date]:
    return [period.start + number * A_DAY for number in range(period.days)]


def kept_in(tables: Tables, name: str, period: Period) -> bool:
    """Whether a table of events was kept in a period, so that no row of it means none."""
    first = tables.extent(name).first
    begun = first is not None and first <= period.end_day
    return begun and not all_lost(tables, name, period)


def all_lost(tables: Tables, name: str, period: Period) -> bool:
    """Whether a period lies within the days that a table has surely lost: no row is none known."""
    gone = lost_period(tables, name)
    return gone is not None and gone.start <= period.start and period.end_day <= gone.end_day


def lost_period(tables: Tables, name: str) -> Period | None:
    """Return the days of a table of events that nobody gave, as far as its other days tell.

    One month of a hundred orders each has none, and so has no other week: nobody knows what was
    sold in it. Who writes twice a month, or closes each August, was silent.
    """
    key, time = ("lost", name), CONTRACTS[name].time
    if time is None or not tables.holds(name, {time}):
        return None
    if key not in tables.cache:
        tables.cache[key] = _silent_without_cause(recorded_days(tables, name), tables.as_of)
    return tables.cache[key]


def _silent_without_cause(days: list[date], as_of: date | None) -> Period | None:
    """Return the longest silence between days with a row, or after them, where it is a loss."""
    ends = [*days, as_of + A_DAY] if days and as_of and days[-1] < as_of < date.max else days
    silences = sorted(((after - day).days - 1, day) for day, after in pairwise(ends))
    if len(silences) < 2:
        return None
    (usual, _), (longest, last) = silences[-2:]
    known = (ends[-1] - ends[0]).days - longest
    by_chance = (1 - min(1.0, len(days) / known)) ** longest
    surely = A_MONTH <= longest < known and longest > LONGER * usual and by_chance < NEVER
    return Period(last + A_DAY, last + longest * A_DAY) if surely else None
