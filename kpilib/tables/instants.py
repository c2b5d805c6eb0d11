"""Instants and days, so that every engine counts alike between them.

Polars writes an instant with its zone, which is UTC; databases write it without one, in UTC too.
None of them may subtract: where a session has a zone of its own, an hour of it would be lost or
counted twice on the day when clocks change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw


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
    return instant.astimezone(zone).date()


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
