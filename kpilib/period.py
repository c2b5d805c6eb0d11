"""Periods: how they are written, which one comes before, and where their edges lie in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from numbers import Integral
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpilib.errors import ParameterError, PeriodError
from kpilib.saying import error_of, say

ALLOWED = (
    "a month '2026-10', a quarter '2026-Q4', a year '2026', a week '2026-W44', a fiscal year "
    "'FY2026' or its quarter 'FY2026-Q1', or a pair of days ('2026-10-01', '2026-10-12'), both "
    "included"
)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
FISCAL = ("fiscal_year", "fiscal_quarter")
WRITTEN = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?",
        r"(?:FY)?(?P<year>\d{4})-Q(?P<quarter>\d)",
        r"FY(?P<year>\d{4})",
        r"(?P<year>\d{4})-W(?P<week>\d{2})",
    )
)
# What people write of what is written above: "2026/1", "202610", "Q1 2026", "T1 2026", "W44 2026".
LOOSE = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<fiscal>FY)?(?P<year>\d{4})(?P<part>[QTWM]?)(?P<number>\d{0,2})",
        r"(?P<fiscal>)(?P<part>[QTWM]?)(?P<number>\d{1,2})(?:FY)?(?P<year>\d{4})",
    )
)
MOST: dict[str, Callable[[int], int]] = {
    "month": lambda year: 12,
    "quarter": lambda year: 4,
    "week": lambda year: date(year, 12, 28).isocalendar().week,
}
NONE_WORDS = {
    "month": "There is no month {number} in {asked!r}. Months go from 01 to 12.",
    "quarter": "There is no quarter {number} in {asked!r}. Write Q1 to Q4.",
    "week": "There is no week {number} in {asked!r}. Weeks are those of ISO 8601.",
}
EARLIEST, LATEST = 1900, 2100  # published cases are old; a year of the first century is a slip


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days in the company's time zone.

    Parameters
    ----------
    start, end_day : datetime.date
        First and last day, both included.
    kind : str
        ``month``, ``quarter``, ``year``, ``week`` (ISO), ``fiscal_year``, ``fiscal_quarter`` or
        ``range``.
    fiscal : int
        First month of the fiscal year, of the two kinds that need it. A fiscal year bears the
        number of the year in which it ends.
    """

    start: date
    end_day: date
    kind: str = "range"
    fiscal: int = 1

    @classmethod
    def parse(cls, asked: Any, fiscal: int = 1) -> Period:
        """Read a period as an analyst writes it.

        Parameters
        ----------
        asked : str, pair of days, Period, pandas.Period or pandas.Timestamp
            ``"2026-10"``, ``"2026-Q4"``, ``"2026"``, ``"2026-W44"``, ``"FY2026"``, ``"FY2026-Q1"``
            or ``("2026-10-01", "2026-10-12")``; of a Timestamp or a day, that day.
        fiscal : int
            Month in which the company's fiscal year begins.

        Returns
        -------
        Period

        Raises
        ------
        PeriodError
            It is written otherwise, or no such period exists.
        """
        if isinstance(asked, Period):
            return asked
        if isinstance(asked, str):
            return cls._from_text(asked, fiscal)
        if hasattr(asked, "start_time") and hasattr(asked, "end_time"):  # pandas' own
            return cls(asked.start_time.date(), asked.end_time.date())._in_calendar_terms()
        if isinstance(asked, date):
            asked = (asked, asked)
        if isinstance(asked, Sequence) and len(asked) == 2 and not any(map(_is_period, asked)):
            return cls._between(asked)
        if isinstance(asked, Sequence) and any(map(_is_period, asked)):
            raise error_of(
                PeriodError,
                "Several periods at once: {asked!r}. Ask for one, for those before it with"
                " data.series(kpi, period, periods=13), or for any with data.over(kpi, [...]).",
                asked=asked,
            )
        raise _no_period(asked)

    @classmethod
    def _between(cls, asked: Sequence[Any]) -> Period:
        first, last = (_day(part, asked) for part in asked)
        if last < first:
            raise error_of(
                PeriodError,
                "The period {asked!r} ends before it starts. Swap its two days.",
                asked=asked,
            )
        return cls(first, last)

    def _in_calendar_terms(self) -> Period:
        """Return the month, quarter or year that these days are."""
        kinds = {months: kind for kind, months in MONTHS_OF.items() if kind not in FISCAL}
        months = self.whole_months
        if months not in kinds or (self.start.month - 1) % months:
            return self
        return Period(self.start, self.end_day, kinds[months])

    @classmethod
    def _from_text(cls, asked: str, fiscal: int) -> Period:
        match = next((found for each in WRITTEN if (found := each.fullmatch(asked))), None)
        if not match:
            raise _no_period(asked)
        parts = {name: int(part) for name, part in match.groupdict().items() if part}
        year = parts["year"]
        _in_calendar(year, asked)
        for name, last in MOST.items():
            if not 1 <= parts.get(name, 1) <= last(year):
                raise error_of(PeriodError, NONE_WORDS[name], number=match[name], asked=asked)
        if "week" in parts:
            monday = date.fromisocalendar(year, parts["week"], 1)
            return cls(monday, monday + timedelta(days=6), "week")
        if asked.startswith("FY"):
            first = date(year if fiscal == 1 else year - 1, fiscal, 1)
            if "quarter" not in parts:
                return cls._of_months(first.year, first.month, "fiscal_year", fiscal)
            first = _shift(first, 3 * (parts["quarter"] - 1))
            return cls._of_months(first.year, first.month, "fiscal_quarter", fiscal)
        if "month" in parts:
            return cls._of_months(year, parts["month"], "month")
        if "quarter" in parts:
            return cls._of_months(year, 3 * parts["quarter"] - 2, "quarter")
        return cls._of_months(year, 1, "year")

    @classmethod
    def _of_months(cls, year: int, month: int, kind: str, fiscal: int = 1) -> Period:
        start = date(year, month, 1)
        return cls(start, _shift(start, MONTHS_OF[kind]) - timedelta(days=1), kind, fiscal)

    @classmethod
    def month_of(cls, day: date) -> Period:
        """Return the calendar month that holds a day."""
        return cls._of_months(day.year, day.month, "month")

    @classmethod
    def quarter_of(cls, day: date) -> Period:
        """Return the calendar quarter that holds a day."""
        return cls._of_months(day.year, (day.month - 1) // 3 * 3 + 1, "quarter")

    @property
    def name(self) -> str:
        """How the period is written: ``2026-10``, ``2026-W44``, ``FY2026``, ``first..last``..."""
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        if self.kind == "year":
            return f"{self.start.year}"
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind in FISCAL:
            months = (self.start.month - self.fiscal) % 12
            year = _shift(self.start, 11 - months).year  # of its last month
            return f"FY{year}" + (f"-Q{months // 3 + 1}" if self.kind == "fiscal_quarter" else "")
        return f"{self.start}..{self.end_day}"

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.end_day - self.start).days + 1

    @property
    def whole_months(self) -> int:
        """How many calendar months the period is made of; 0 when it cuts one."""
        first, after = self.start, self.end_day + timedelta(days=1)
        if first.day != 1 or after.day != 1:
            return 0
        return 12 * (after.year - first.year) + after.month - first.month

    def previous(self) -> Period:
        """Return the period of the same length that ends the day before: in months, or in days."""
        if self.whole_months:
            return self.later(-self.whole_months)
        kind = self.kind if self.kind == "week" else "range"
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1), kind)

    def year_before(self) -> Period:
        """Return the same period one year earlier.

        Whole months stay whole: February has the days that it had. Of any other pair of days,
        29 February becomes the 28th.
        """
        if self.whole_months:
            return self.later(-12)
        if self.kind == "week":  # the same week of the year before, of which some have 52 only
            year, week, _ = self.start.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week
            monday = date.fromisocalendar(year - 1, min(week, last), 1)
            return Period(monday, monday + timedelta(days=6), "week")
        return Period(_months_later(self.start, -12), _months_later(self.end_day, -12))

    def later(self, months: int) -> Period:
        """Return as many whole months, so many later (or earlier, below 0)."""
        start = _shift(self.start, months)
        end = _shift(start, self.whole_months) - timedelta(days=1)
        return Period(start, end, self.kind, self.fiscal)

    def trailing(self, count: int, rolling: int = 0) -> list[Period]:
        """Return `count` periods of the same kind that end with this one, the oldest first.

        With `rolling`, each is in place of the period the so many months that end with it.

        Raises
        ------
        ParameterError
            `count` is not a whole number of 1 or more, `rolling` none of 0 or more, or they reach
            back before `EARLIEST`.
        """
        periods = [self]
        how_many("rolling", rolling, least=0)
        how_many("periods", count)
        while len(periods) < count:
            if periods[-1].start.year < EARLIEST:
                raise error_of(
                    ParameterError,
                    "{count} periods that end with {name} begin before {earliest}. Ask"
                    " for {found} at most.",
                    count=count,
                    name=self.name,
                    earliest=str(EARLIEST),
                    found=len(periods) - 1,
                )
            periods.append(periods[-1].previous())
        periods.reverse()
        most = 12 * (periods[0].start.year - EARLIEST)
        if rolling > max(most, 0):
            raise error_of(
                ParameterError,
                "rolling is {rolling}: that many months begin before {earliest}. Write"
                " {most} at most.",
                rolling=rolling,
                earliest=str(EARLIEST),
                most=most,
            )
        return [each.ending(f"{rolling}m") for each in periods] if rolling else periods

    def as_far_as(self, other: Period, days: int) -> Period:
        """Return as much of this period as the first `days` days are of another one.

        Whole months that have passed of the other stand for as many whole months of this one.
        """
        passed = other.elapsed(days)
        if passed != other and passed.whole_months and self.whole_months:
            end = _shift(self.start, passed.whole_months) - timedelta(days=1)
            return self.elapsed((end - self.start).days + 1)
        return self.elapsed(days)

    def elapsed(self, days: int) -> Period:
        """Return the first `days` days: what a partial period may be compared with."""
        if days >= self.days:
            return self
        return Period(self.start, self.start + timedelta(days=max(days, 1) - 1))

    def ending(self, window: str) -> Period:
        """Return the days (``30d``) or the months (``12m``) that end with the period."""
        number, unit = int(window[:-1]), window[-1]
        if unit == "d":
            return Period(self.end_day - timedelta(days=number - 1), self.end_day)
        first = _months_later(self.end_day + timedelta(days=1), -number)
        return Period(min(first, self.end_day), self.end_day)

    @classmethod
    def around(cls, day: date, months: int) -> tuple[Period, Period]:
        """Return so many months that end the day before, and as many that begin with the day."""
        before = cls(_months_later(day, -months), day - timedelta(days=1))
        return before, cls(day, _months_later(day, months) - timedelta(days=1))

    def inside(self, other: Period) -> bool:
        """Whether it is a part of another period, and not all of it."""
        within = other.start <= self.start and self.end_day <= other.end_day
        return within and self.days < other.days

    def parts(self) -> list[Period]:
        """Return the calendar months and quarters that are a part of the period."""
        each = (one for month in self.months() for one in (month, Period.quarter_of(month.start)))
        return [part for part in dict.fromkeys(each) if part.inside(self)]

    def months(self) -> list[Period]:
        """Return the whole calendar months inside the period."""
        month, inside = Period.month_of(self.start), []
        while month.end_day <= self.end_day:
            if month.start >= self.start:
                inside.append(month)
            month = Period.month_of(month.end_day + timedelta(days=1))
        return inside

    def bounds(self, timezone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the half-open edges ``[start, end)`` in UTC.

        Comparing timestamps with these two instants cuts local days exactly, daylight saving
        included, without converting a single timestamp.
        """
        edges = (self.start, self.end_day + timedelta(days=1))
        first, last = (datetime.combine(day, time(), timezone).astimezone(UTC) for day in edges)
        return first, last


def how_many(name: str, given: Any, least: int = 1) -> None:
    """Refuse what is no whole number of things to be shown or counted, of so many at least."""
    whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not whole or given < least:
        raise error_of(
            ParameterError,
            "{name} is {given!r}. Write how many, a whole number from {least}.",
            name=name,
            given=given,
            least=least,
        )


def _no_period(asked: Any) -> PeriodError:
    """Say what a period looks like, and which one was probably meant."""
    meant = _meant(str(asked))
    return error_of(
        PeriodError,
        "Not a period: {asked!r}. Nearest: {meant!r}. Write {allowed}."
        if meant
        else "Not a period: {asked!r}. Write {allowed}.",
        asked=asked,
        allowed=say(ALLOWED),
        meant=meant,
    )


def _meant(asked: str) -> str:
    """Return the period that a text says in another way; empty where it says none."""
    letters = re.sub(r"[\W_]", "", asked).upper()
    for each in LOOSE:
        if match := each.fullmatch(letters):
            part = {"T": "Q", "M": ""}.get(match["part"], match["part"])
            number = match["number"].lstrip("0").zfill(1 if part == "Q" else 2)
            ending = f"-{part}{number}" if match["number"] else ""
            written = f"{match['fiscal'] or ''}{match['year']}{ending}"
            with suppress(PeriodError):
                Period.parse(written)
                return written
    return ""


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name, or say how such a name looks."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise error_of(
            ParameterError,
            "Unknown time zone {name!r}. Write an IANA name such as 'Europe/Paris'.",
            name=name,
        ) from None


def _is_period(part: Any) -> bool:
    """Whether a part of a pair is a period and not a day."""
    return isinstance(part, str) and any(each.fullmatch(part) for each in WRITTEN)


def _day(part: str | date, asked: object) -> date:
    day = part.date() if isinstance(part, datetime) else part
    if isinstance(part, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", part, re.ASCII):
        with suppress(ValueError):  # there is no such day
            day = date.fromisoformat(part)
    if not isinstance(day, date):
        raise error_of(
            PeriodError,
            "Not a day: {part!r} in the period {asked!r}. Write days as YYYY-MM-DD.",
            part=part,
            asked=asked,
        )
    _in_calendar(day.year, asked)
    return day


def _in_calendar(year: int, asked: object) -> None:
    if not EARLIEST <= year <= LATEST:
        raise error_of(
            PeriodError,
            "The year of {asked!r} is not between {earliest} and {latest}. Check the year.",
            asked=asked,
            earliest=str(EARLIEST),
            latest=str(LATEST),
        )


def _shift(first_of_month: date, months: int) -> date:
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _months_later(day: date, months: int) -> date:
    """Return the same day of another month; the last one where that month has no such day."""
    first = _shift(day.replace(day=1), months)
    last = _shift(first, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def read_period(asked: str, fiscal: int = 1) -> Period:
    """Read the period of a report: one with a name, which its folder bears."""
    period = Period.parse(asked, fiscal)
    if period.kind == "range":
        raise error_of(
            PeriodError,
            "A report is about a period with a name, not {asked!r}. Write a month 2026-10, a"
            " quarter 2026-Q4, a year 2026, a week 2026-W44, FY2026 or FY2026-Q1.",
            asked=asked,
        )
    return period
