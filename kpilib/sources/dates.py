"""One parser of days and instants, told the format; day and month are never guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from kpilib.sources.keys import key
from kpilib.sources.number import Ambiguous

ISO = ("iso",)  # what is read when no format is told
LONGEST = 64
YEAR_FIRST = re.compile(
    r"\d{4}(?:-\d\d-\d\d|\d{4})"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
YEAR_SLASHED = re.compile(r"(\d{4})/(\d\d?)/(\d\d?)(?!\d)", re.ASCII)
SLASHED = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.S | re.ASCII)
OFFSET = re.compile(r"\s?(?:UTC|GMT)\s?(?:([+-])(\d{1,2})(?::?(\d\d))?)?$")
TIMES = ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
WORD = re.compile(r"[^\W\d_]+\.?")
SERIAL = re.compile(r"\d{1,7}(\.\d+)?", re.ASCII)


class DayOrder:
    """Learns from the cells of a column, seen in any number of batches, where the day stands."""

    def __init__(self) -> None:
        self._first = self._second = self._short = 0
        self._parts: set[str] = set()
        self.slashed = False

    def see(self, cells: Iterable[str]) -> bool:
        """Look at more cells of the column; return whether one has a day and month to order."""
        found = False
        for cell in cells:
            match = SLASHED.fullmatch(cell) if len(cell) <= LONGEST else None
            if match:
                found = self.slashed = True
                self._parts.add(match[2])
                self._first = max(self._first, int(match[1]))
                self._second = max(self._second, int(match[3]))
                self._short += len(match[4]) == 2
        return found

    @property
    def undecided(self) -> bool:
        """Whether nothing is wrong but that no day is above 12."""
        return self.slashed and max(self._first, self._second) <= 12 and not self._short

    def formats(self) -> tuple[str, ...]:
        """Return the formats of the column, ISO among them.

        Raises
        ------
        Ambiguous
            No day is above 12, so that both orders fit; or both orders are needed; or years have
            two digits.
        """
        if not self.slashed:
            return ISO
        if self._first > 12 and self._second > 12:
            raise Ambiguous("day and month change places in this column.")
        if self._first <= 12 and self._second <= 12:
            raise Ambiguous("no day is above 12: day/month/year, or month/day/year?")
        if self._short:
            raise Ambiguous("years have two digits: of which century is not said.")
        day = "%d{0}%m{0}%Y" if self._first > 12 else "%m{0}%d{0}%Y"
        return ISO + tuple(
            day.format(part) + time for part in sorted(self._parts) for time in TIMES
        )


def formats_of(cells: Iterable[str]) -> tuple[str, ...]:
    """Return in which order day and month stand in a column; see `DayOrder`."""
    column = DayOrder()
    column.see(cells)
    return column.formats()


def day(cell: str, formats: Sequence[str], serials: date | None = None) -> date | None:
    """Return the day that is written; None for an empty cell.

    Parameters
    ----------
    cell : str
    formats : sequence of str
        As `strptime` writes them, ``iso`` for ISO 8601; month names may be English or French.
        Two digits of a year are 1969 to 2068, as with `strptime`.
    serials : date or None
        Day zero of serial numbers, in a workbook, where ISO is read in any case.

    Raises
    ------
    ValueError
        No format fits.
    """
    found = read(cell, tuple(formats), serials)
    return None if found is None else found.date()


def instant(
    cell: str, formats: Sequence[str], zone: ZoneInfo, serials: date | None = None
) -> datetime | None:
    """Return an instant in UTC; None for an empty cell.

    Read as `day` is; `zone` is that of instants without an offset.

    Raises
    ------
    ValueError
        No format fits.
    """
    found = read(cell, tuple(formats), serials)
    if found is None:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise ValueError("not a date of this calendar") from None


@lru_cache(maxsize=8192)
def read(cell: str, formats: tuple[str, ...], serials: date | None = None) -> datetime | None:
    """Return what is written, with or without an offset; None for an empty cell.

    Raises
    ------
    ValueError
        No format fits.
    """
    if len(cell) > LONGEST:
        raise ValueError("not a date")
    text = " ".join(cell.split())
    if not text:
        return None
    if serials is not None:
        if SERIAL.fullmatch(text):
            return _of_serial(float(text), serials)
        formats = formats + ISO
    for written in formats or ISO:
        try:
            return _iso(text) if written == "iso" else _written(text, written)
        except ValueError:
            pass
    raise ValueError("not a date of the format expected")


def _of_serial(number: float, zero: date) -> datetime:
    # 60 is the 29 February 1900 that never was; days before it are one off.
    if number < 1 or (number < 61 and zero.year < 1900) or number >= 2_958_466:
        raise ValueError("not a serial number of a day")
    return datetime(zero.year, zero.month, zero.day) + timedelta(seconds=round(number * 86_400))


def _iso(text: str) -> datetime:
    text = YEAR_SLASHED.sub(
        lambda found: f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}", text, count=1
    )
    if offset := OFFSET.search(text):
        sign, hours, minutes = offset[1] or "+", int(offset[2] or 0), offset[3] or "00"
        text = f"{text[: offset.start()]}{sign}{hours:02d}:{minutes}"
    if not YEAR_FIRST.fullmatch(text):
        return _with_noon(text)
    return datetime.fromisoformat(re.sub(r"\s(?=[+-]|Z)", "", text))


def _with_noon(text: str) -> datetime:
    """Read ``2024-01-15 10:20:30 AM``, with or without an offset."""
    for written in ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p%z"):
        try:
            return datetime.strptime(text, written)
        except ValueError:
            pass
    raise ValueError("not ISO 8601")


def _written(text: str, written: str) -> datetime:
    if "%b" in written or "%B" in written or "%a" in written or "%A" in written:
        text, written = _in_digits(text, written)
    if "%z" in written and (offset := OFFSET.search(text)):
        sign, hours, minutes = offset[1] or "+", int(offset[2] or 0), offset[3] or "00"
        space = " " if " %z" in written else ""
        text = f"{text[: offset.start()]}{space}{sign}{hours:02d}{minutes}"
    return datetime.strptime(text, written)


def _in_digits(text: str, written: str) -> tuple[str, str]:
    """Return a text and its format with digits for months, and without days of the week."""
    text = re.sub(r"\b1(?:er|st)\b", "1", text)
    place = 0
    for directive in re.findall(r"%[aAbB]", written):
        names = _names()[directive in ("%b", "%B")]
        for word in WORD.finditer(text, place):
            found = names.get(key(word[0]).rstrip("."))
            if found is not None:
                text = text[: word.start()] + found + text[word.end() :]
                place = word.start() + len(found)
                break
        else:
            raise ValueError("no such month or day")
    written = re.sub(r"%[aA]\.?", "", re.sub(r"%[bB]\.?", "%m", written))
    return " ".join(text.split()), " ".join(written.split())


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Return the days of the week, each for nothing, and the months by their numbers."""
    from babel.dates import get_day_names, get_month_names

    days, months = {}, {"sept": "09"}
    for lang in ("en", "fr"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for name in get_day_names(width, context, lang).values():
                    days[key(name).rstrip(".")] = ""
                for place, name in get_month_names(width, context, lang).items():
                    months[key(name).rstrip(".")] = f"{place:02d}"
    return days, months
