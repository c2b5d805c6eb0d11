"""The hour and the day of the week as breakdowns, by the company's clock, in every engine alike.

No engine is asked to move an instant to another zone: not all of them can. Numbers are added, and
what is added are the differences between the clock and UTC, one for each span between two changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import pandas as pd

from kpilib.engine.outcome import NOT_ADDITIVE, Outcome, unknown
from kpilib.measure import EVENT_KINDS, REPEAT_KINDS, Measure
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.instants import A_DAY, day_number, edge, offsets
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

HOUR, WEEKDAY = "hour", "weekday"
WEEK = "weekday_hour"  # both at once, as "3 14": Wednesday at two in the afternoon
CLOCK = (HOUR, WEEKDAY, WEEK)
SUMMED = "The rows come summed up: they have no hour."
SUMMED_OVER_DAYS = "The rows come summed up over several days: they have no day of the week."
DAYS_ONLY = "The rows are dated by days: they have no hour."
NO_EVENT = "It is no count or sum of what happened: it has no hour and no day of the week."
MOST = 0.5  # of the rows
MINUTES_A_DAY, MINUTES_AN_HOUR, HOURS, WEEKDAYS = 1440, 60, 24, 7
A_QUARTER = timedelta(minutes=15)


def order(group: str) -> tuple[int, ...]:
    """Return what groups of the clock are sorted by: 9 comes before 10."""
    return tuple(int(part) for part in group.split())


def on_the_clock(
    frame: nw.LazyFrame, column: str, by: str, zone: ZoneInfo, span: tuple[date, date]
) -> nw.LazyFrame:
    """Give each row, as a text in ``group``, the hour, the day of the week or both.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    column : str
        Instants in UTC; or days, which have a day of the week alone.
    by : str
        One of `CLOCK`.
    zone : ZoneInfo
        The company's.
    span : pair of datetime.date
        First and last local day asked about.
    """
    frame = with_local_day(frame, column, zone, span)
    weekday = _text((nw.col("shown_day") - 1) % WEEKDAYS + 1)  # day 1 was a Monday
    hour = _text(nw.col("shown") // MINUTES_AN_HOUR % HOURS)
    both = nw.concat_str(weekday, hour, separator=" ")
    return frame.with_columns(group={HOUR: hour, WEEKDAY: weekday, WEEK: both}[by])


def with_local_day(
    frame: nw.LazyFrame, column: str, zone: ZoneInfo, span: tuple[date, date]
) -> nw.LazyFrame:
    """Number, in ``shown_day``, the day of the clock, as `datetime.date.fromordinal` reads it."""
    if frame.collect_schema()[column] == nw.Date:
        return frame.with_columns(shown_day=day_number(nw.col(column)))
    # Step by step: an expression of a database repeats what it divides, and grows with each step.
    frame = _with_minutes(frame, column, zone, span)
    return frame.with_columns(shown_day=nw.col("shown") // MINUTES_A_DAY)


def _text(number: Any) -> Any:
    return number.cast(nw.Int64).cast(nw.String)


def _with_minutes(
    frame: nw.LazyFrame, column: str, zone: ZoneInfo, span: tuple[date, date]
) -> nw.LazyFrame:
    """Number, in ``shown``, the minute that the clock shows at an instant."""
    time, dtype = nw.col(column), frame.collect_schema()[column]
    hours = day_number(time) * HOURS + time.dt.hour().cast(nw.Int64)
    shown = hours * MINUTES_AN_HOUR + time.dt.minute().cast(nw.Int64)
    first, *changes = offsets(zone, *span)
    shown = shown + first[1]
    for (_, before), (instant, after) in zip([first, *changes], changes, strict=False):
        shown = shown + (time >= edge(instant, dtype)).cast(nw.Int64) * (after - before)
    return frame.with_columns(shown=shown)


def slots(by: str, zone: ZoneInfo, period: Period, end: datetime | None) -> list[str]:
    """Return the hours or days of the week that there are in a period, until an instant.

    Those of a period in which nothing happened are groups too: nothing is what happened then.
    """
    names: Callable[[Any], str] = {
        HOUR: lambda local: str(local.hour),
        WEEKDAY: lambda local: str(local.isoweekday()),
        WEEK: lambda local: f"{local.isoweekday()} {local.hour}",
    }[by]
    instant, after = period.bounds(zone)
    after = min(after, end or after, instant + (WEEKDAYS + 1) * A_DAY)
    found = set()
    while instant < after:
        found.add(names(instant.astimezone(zone)))
        instant += A_QUARTER
    return sorted(found, key=order)


def weekdays_in(by: str, group: str, period: Period) -> int | None:
    """Return how often the day of the week of a group comes in a period."""
    if by not in (WEEKDAY, WEEK):
        return None
    whole, rest = divmod(period.days, WEEKDAYS)
    return whole + ((order(group)[0] - period.start.isoweekday()) % WEEKDAYS < rest)


def without(tables: Tables, measure: Measure, by: str) -> Outcome | None:
    """Say why a measure cannot be broken down by the clock; None when it can."""
    if measure.kind not in (*EVENT_KINDS, *REPEAT_KINDS):
        return unknown(NOT_ADDITIVE, NO_EVENT)
    if tables.summed(measure.table):
        if by != WEEKDAY:
            return unknown(NOT_ADDITIVE, SUMMED)
        return None if _sums_of_days(tables, measure) else unknown(NOT_ADDITIVE, SUMMED_OVER_DAYS)
    if by != WEEKDAY and _dated_by_days(tables, measure):
        return unknown(NOT_ADDITIVE, DAYS_ONLY)
    return None


def _sums_of_days(tables: Tables, measure: Measure) -> bool:
    """Whether rows that come summed up are of single days: some follow each other."""
    key = ("sums of days", measure.table, measure.time)
    if key not in tables.cache:
        frame = tables.frame(measure.table, {measure.time}).select(measure.time)
        days = local_days(tables, measure.table, frame, measure.time)["day"].dropna().unique()
        tables.cache[key] = any(last - first == A_DAY for first, last in pairwise(sorted(days)))
    return tables.cache[key]


def local_days(tables: Tables, table: str, frame: nw.LazyFrame, column: str) -> pd.DataFrame:
    """Return in ``day`` the days of the clock on which a frame has a row, by its other columns."""
    extent = tables.extent(base_of(table))
    if isinstance(frame.collect_schema()[column], nw.Datetime):  # all of a minute are of one day
        frame = frame.with_columns(nw.col(column).dt.truncate("1m")).unique()
    if extent.first is not None:
        frame = with_local_day(frame, column, tables.zone, (extent.first, extent.last))
    else:
        frame = frame.with_columns(shown_day=nw.lit(None, dtype=nw.Int64))
    others = [name for name in frame.collect_schema().names() if name not in (column, "shown")]
    found = in_pandas(frame.select(*others).unique()).dropna(subset=["shown_day"])
    numbers = found["shown_day"].clip(1, date.max.toordinal())  # the year 9999 ends in UTC
    return found.assign(day=[date.fromordinal(int(number)) for number in numbers])


def recorded_days(tables: Tables, table: str) -> list[date]:
    """Return the days of the clock on which a table has a row, in their order; read once."""
    key = ("recorded days", table)
    if key not in tables.cache:
        time = CONTRACTS[table].time
        rows = tables.frame(table, {time}).select(time)
        tables.cache[key] = sorted(local_days(tables, table, rows, time)["day"])
    return tables.cache[key]


def _dated_by_days(tables: Tables, measure: Measure) -> bool:
    """Whether rows tell the day alone: most of what is written as an instant is a midnight."""
    if CONTRACTS[measure.table].columns[measure.time].type == "date":
        return True
    key = ("dated by days", measure.table, measure.time)
    if key not in tables.cache:
        tables.cache[key] = _at_midnight(tables, measure.table, measure.time) > MOST
    return tables.cache[key]


def _at_midnight(tables: Tables, table: str, column: str) -> float:
    """Return the share of rows at the midnight of the clock, or at that of UTC."""
    frame = tables.frame(table, {column}).select(column).filter(~nw.col(column).is_null())
    time = nw.col(column)
    if frame.collect_schema()[column] == nw.Date:
        return 1.0
    edges = in_pandas(frame.select(first=time.min(), last=time.max())).iloc[0]
    if pd.isna(edges["first"]):
        return 0.0
    span = edges["first"].date(), edges["last"].date()
    hour, minute = (part.cast(nw.Int64) for part in (time.dt.hour(), time.dt.minute()))
    frame = _with_minutes(frame, column, tables.zone, span)
    midnight = nw.col("shown") % MINUTES_A_DAY == 0
    if edges["first"] != edges["last"]:  # a single instant may well be one
        midnight = midnight | (hour + minute == 0)
    midnight = midnight & (time.dt.second() == 0) & (time.dt.microsecond() == 0)
    ones = nw.when(midnight).then(nw.lit(1)).otherwise(nw.lit(0))
    found = frame.with_columns(ones=ones).select(rows=nw.len(), ones=nw.col("ones").sum())
    counts = in_pandas(found).iloc[0]
    return float(counts["ones"]) / float(counts["rows"])
