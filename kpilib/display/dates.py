"""Days, months and periods, written in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, format_skeleton

from kpilib.language import Say, speaker
from kpilib.period import FISCAL, Period

SEPARATORS = {"en": "; ", "fr": "\u00a0; "}
LOCALES = {"en": "en_GB", "fr": "fr"}  # British English: "1 October 2026", as the company writes
A_DAY = timedelta(days=1)


class Dates:
    """Writes dates for one reader.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"fr"``.
    """

    def __init__(self, lang: str = "en") -> None:
        self.lang = lang
        self.say: Say = speaker(lang)
        self.locale = Locale.parse(LOCALES[lang])

    def pair(self, label: object, text: object) -> str:
        """Write ``label: text`` with the language's own space before the colon."""
        return self.say("{label}: {text}", label=label, text=text)

    def listed(self, texts: Iterable[str]) -> str:
        """Write texts one after the other, as one sentence."""
        return SEPARATORS[self.lang].join(texts)

    def day(self, day: date) -> str:
        """Write a day in full: ``12 October 2026``."""
        return self._first(day, format_date(day, "long", locale=self.locale))

    def day_near(self, day: date, other: date) -> str:
        """Write a day, without its year where that is the year of another: ``12 October``."""
        if day.year != other.year:
            return self.day(day)
        return self._first(day, format_skeleton("MMMMd", day, locale=self.locale))

    def _first(self, day: date, text: str) -> str:
        return text.replace("1 ", "1er ", 1) if self.lang == "fr" and day.day == 1 else text

    def day_short(self, day: date) -> str:
        """Write a day without its year: ``12 Oct``."""
        return self._first(day, format_skeleton("MMMd", day, locale=self.locale))

    def days(self, days: Iterable[date]) -> str:
        """Write days that may follow each other: ``3 to 7 October 2026; 12 October 2026``."""
        runs: list[list[date]] = []
        for day in sorted(days):
            if not (runs and day == runs[-1][-1] + A_DAY):
                runs.append([])
            runs[-1].append(day)
        return self.listed(
            self.day(run[0]) if len(run) == 1 else self.month(Period(run[0], run[-1]))
            for run in runs
        )

    def month(self, period: Period | str) -> str:
        """Write a period in full: ``October 2026``, ``Q4 2026``, or its two days."""
        period = as_period(period)
        if period.kind == "month":
            return format_skeleton("yMMMM", period.start, locale=self.locale)
        if period.kind == "quarter":
            quarter = (period.start.month + 2) // 3
            return self.say("Q{quarter} {year}", quarter=quarter, year=period.start.year)
        if period.kind == "year":
            return str(period.start.year)
        if period.kind == "week":
            year, week, _ = period.start.isocalendar()
            return self.say("week {week} of {year}", week=week, year=year)
        if period.kind in FISCAL:
            year, _, quarter = period.name.removeprefix("FY").partition("-Q")
            if quarter:
                return self.say("Q{quarter} of fiscal year {year}", quarter=quarter, year=year)
            return self.say("fiscal year {year}", year=year)
        return self.say(
            "{first} to {last}", first=self.day(period.start), last=self.day(period.end_day)
        )

    def month_short(self, period: Period | str) -> str:
        """Write the month of a period for an axis, without the year: ``Oct``."""
        return self.locale.months["stand-alone"]["abbreviated"][as_period(period).start.month]

    def period_short(self, period: Period | str) -> str:
        """Write a period for an axis, without its year: ``Oct``, ``Q4``, ``W44``; or a year."""
        period = as_period(period)
        if period.kind == "month":
            return self.month_short(period)
        name = period.name.rpartition("-")[2]
        if period.kind in ("quarter", "fiscal_quarter"):
            return self.say("Q{quarter}", quarter=name.removeprefix("Q"))
        if period.kind == "week":
            return self.say("W{week}", week=name.removeprefix("W"))
        return period.name.partition("..")[0] if ".." in period.name else name

    def weekday(self, number: int) -> str:
        """Write a day of the week, 0 being Monday, for an axis."""
        return self.locale.days["stand-alone"]["abbreviated"][number]


def as_period(period: Period | str) -> Period:
    """Return a period from its name, that of a range (``first..last``) included."""
    if isinstance(period, Period):
        return period
    first, split, last = period.partition("..")
    return Period.parse((first, last) if split else period)
