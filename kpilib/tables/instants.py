"""Instants and days, so that every engine counts alike between them.

Polars writes an instant with its zone, which is UTC; databases write it without one, in UTC too.
None of them may subtract: where a session has a zone of its own, an hour of it would be lost or
counted twice on the day when clocks change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
BEGIN = date(1950, 1, 1)
AHEAD = 10  # years: what is planned, or agreed, lies nearer


def plausible_days() -> tuple[date, date]:
    """Return the first and the last day that a row can be about."""
    today = datetime.now(UTC).date()
    return BEGIN, date(today.year + AHEAD, today.month, min(today.day, 28))


def edge(instant: datetime, dtype: Any) -> Any:
    """Return a UTC instant as a literal that compares with a column of `dtype`."""
    if isinstance(dtype, nw.Datetime) and dtype.time_zone:
        return instant
    # As text: Spark would read a naive Python datetime in the zone of the machine.
    return nw.lit(instant.replace(tzinfo=None).isoformat(" ")).cast(nw.Datetime("us"))


def local_day(value: date | datetime | None, zone: ZoneInfo) -> date | None:
    """Return the local day of an instant (a naive one is UTC); a day has no time zone."""
    if not isinstance(value, datetime):
        return value
    instant = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        return instant.astimezone(zone).date()
    except OverflowError:  # the last night of the year 9999, which nobody means
        return value.date()


def days_after(instant: Any, days: int) -> Any:
    """Return the instant some days later: in hours, as a database's day may have 23 or 25."""
    return instant.dt.offset_by(f"{24 * days}h")


def day_number(day: Any) -> Any:
    """Number a day, or the day of an instant in UTC: one more is the next day."""
    before = day.dt.year().cast(nw.Int64) - 1
    leap_days = before // 4 - before // 100 + before // 400
    return before * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64)


def seconds_between(first: Any, last: Any) -> Any:
    """Return the seconds from one instant to another."""
    return (_microseconds(last) - _microseconds(first)) / 1_000_000


def _microseconds(instant: Any) -> Any:
    hours = day_number(instant) * 24 + instant.dt.hour().cast(nw.Int64)
    minutes = hours * 60 + instant.dt.minute().cast(nw.Int64)
    seconds = minutes * 60 + instant.dt.second().cast(nw.Int64)
    return seconds * 1_000_000 + instant.dt.microsecond().cast(nw.Int64)


def midnight(
    frame: nw.LazyFrame, day: str, later: int, zone: ZoneInfo, span: tuple[date, date]
) -> Any:
    """Return the instant, in UTC, at which a local day begins, or one that many days later.

    One expression for every engine, as no two of them convert time zones alike: the few changes
    of the clocks in `span` are compared with. To an earlier day the hour makes no difference.
    """
    zoned = frame.implementation.is_polars()  # databases write instants without a zone
    clock = nw.col(day).cast(nw.Datetime("us"))
    clock = (clock.dt.replace_time_zone("UTC") if zoned else clock).dt.offset_by(f"{24 * later}h")
    (_, ahead), *changes = offsets(zone, *span)
    instant = clock.dt.offset_by(f"{-ahead}m")
    for change, minutes in changes:
        # As the clock shows it. A midnight that it skips is still counted from before.
        shown = change + max(ahead, minutes) * A_MINUTE
        changed = clock >= edge(shown, nw.Datetime("us", "UTC" if zoned else None))
        moved = clock.dt.offset_by(f"{-minutes}m")
        instant, ahead = nw.when(changed).then(moved).otherwise(instant), minutes
    return instant


@cache
def offsets(zone: ZoneInfo, first: date, last: date) -> list[tuple[datetime, int]]:
    """Return from which instants on the clock is how many minutes ahead of UTC.

    Of days that nobody means (the year 9999) it stays as it is on the last that somebody may.
    """
    begin, end = plausible_days()
    first, last = (min(max(day, begin), end) for day in (first, last))
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - A_DAY
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + 2 * A_DAY
    found = [(start, _ahead(start, zone))]
    while start < end:
        after = start + A_DAY
        if _ahead(after, zone) != found[-1][1]:
            found.append((_change(start, after, zone), _ahead(after, zone)))
        start = after
    return found


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first minute between two instants at which the clock is as it is at the last."""
    while after - before > A_MINUTE:
        middle = before + (after - before) // (2 * A_MINUTE) * A_MINUTE
        if _ahead(middle, zone) == _ahead(after, zone):
            after = middle
        else:
            before = middle
    return after


def _ahead(instant: datetime, zone: ZoneInfo) -> int:
    return round(instant.astimezone(zone).utcoffset() / A_MINUTE)


# Databases count by the clock of their session: from 29 to 30 March one in Paris counts 24 hours,
# and 23 have passed. narwhals has no word for this, so each is told in its own.


def without_zone(frame: nw.LazyFrame, days: set[str], zone: ZoneInfo) -> nw.LazyFrame:
    """Return a database's frame with its instants in UTC, under a type that has no zone.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    days : set of str
        Columns that hold days: of an instant, they take the day it falls on in `zone`.
    zone : ZoneInfo

    Returns
    -------
    narwhals.LazyFrame
        The same frame where nothing has a zone, as with Polars, which counts in UTC by itself.
    """
    zoned = [
        name
        for name, dtype in frame.collect_schema().items()
        if isinstance(dtype, nw.Datetime) and dtype.time_zone
    ]
    if not zoned or not (frame.implementation.is_duckdb() or frame.implementation.is_spark_like()):
        return frame
    write = _in_sql if frame.implementation.is_duckdb() else _in_spark
    return nw.from_native(write(frame.to_native(), zoned, days, zone))


def _in_sql(relation: Any, zoned: list[str], days: set[str], zone: ZoneInfo) -> Any:
    plain = []
    for name in zoned:
        quoted = '"' + name.replace('"', '""') + '"'
        day = f"cast(timezone('{zone.key}', {quoted}) as date)"
        utc = f"make_timestamp(epoch_us({quoted}))"
        plain.append(f"{day if name in days else utc} as {quoted}")
    return relation.project(f"* replace ({', '.join(plain)})")


def _in_spark(frame: Any, zoned: list[str], days: set[str], zone: ZoneInfo) -> Any:
    from pyspark.sql import functions as spark

    epoch = spark.lit("1970-01-01").cast("timestamp_ntz")
    plain = {}
    for name in zoned:
        passed = spark.unix_micros(frame[name])
        utc = spark.timestamp_add("MICROSECOND", passed, epoch)
        local = spark.convert_timezone(spark.lit("UTC"), spark.lit(zone.key), utc)
        plain[name] = spark.to_date(local) if name in days else utc
    return frame.withColumns(plain)
