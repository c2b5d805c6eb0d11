"""Until when data is known: a whole day, or an instant of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from kpilib.errors import PeriodError
from kpilib.period import EARLIEST, LATEST
from kpilib.saying import error_of

WRITTEN = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


def moment(given: Any, zone: ZoneInfo) -> date | datetime:
    """Read until when data is known.

    Parameters
    ----------
    given : str, datetime.date, datetime.datetime, pandas.Timestamp or numpy.datetime64
        ``"2026-10-31"`` is the whole day, and so is its midnight, however that is written;
        ``"2026-10-31T14:00"`` is an instant of the company's clock, or of another one when it
        says which (``Z``, ``+02:00``).
    zone : ZoneInfo
        The company's.

    Returns
    -------
    datetime.date or datetime.datetime
        A day, or an instant in UTC.

    Raises
    ------
    PeriodError
        It is written otherwise, or there is no such day.
    """
    found = given.item() if type(given).__module__ == "numpy" else given
    if isinstance(found, str) and WRITTEN.fullmatch(found):
        found = _read(found)
    # The missing Timestamp of pandas calls itself an instant, and has no year.
    known = isinstance(found, date) and found.year == found.year
    if not known or not EARLIEST <= found.year <= LATEST:
        raise _no_moment(given)
    if not isinstance(found, datetime):
        return found
    own = datetime(*found.timetuple()[:6], found.microsecond, found.tzinfo, fold=found.fold)
    local = own.replace(tzinfo=zone) if own.tzinfo is None else own.astimezone(zone)
    return local.date() if local.time() == time() else local.astimezone(UTC)


def _no_moment(given: Any) -> Exception:
    return error_of(
        PeriodError,
        "as_of is no day and no instant: {given!r}. Write days as YYYY-MM-DD and"
        " instants as YYYY-MM-DDTHH:MM, between {earliest} and {latest}.",
        given=given,
        earliest=str(EARLIEST),
        latest=str(LATEST),
    )


def _read(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:  # no such day, or no such hour
        return None
