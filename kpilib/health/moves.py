"""Days and months that lie far outside what the company itself had before.

The rule, for each table that something feeds on most days, and for each column that adds up:

- A day is compared with the same weekday of the eight weeks before (six of them at least). What is
  usual is their median; how far it varies, the largest of 1.4826 times their median distance from
  it, what chance does to a count (its square root) and 10 % of it. A day is named when it is more
  than eight times that far away, and at least half as low or three times as high. Public holidays
  of work_calendar are let be.
  A series of which more than two days were such in the half-year before jumps by nature (posts,
  survey waves): its days are not named.
- A month's days are added up and compared, a day, with the twelve whole months before (six at
  least) in the same way, with 15 % and six times, half as low or twice as high; not when two of
  those twelve were such themselves.

Medians, because a peak of last month must not hide the one of this month.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

import narwhals as nw

from kpilib.answers.worked_out import worked_out
from kpilib.engine.clock import with_local_day
from kpilib.period import Period
from kpilib.tables import TABLES
from kpilib.tables.plausible import within
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

A_DAY = timedelta(days=1)
MAD = 1.4826  # by which a median distance becomes a standard deviation, of a normal distribution
MOST_DAYS = 3  # of one series in a month: more are a month that is different
HALF_A_YEAR, MOST_BEFORE = 182, 2  # days; far ones among them
LEAST_USUAL = 10.0  # a day; below it, chance alone makes days double


@dataclass(frozen=True)
class Band:
    """How far from usual is suspicious."""

    times: float
    part: float
    low: float
    high: float


DAILY = Band(times=8, part=0.10, low=1 / 2, high=3)
MONTHLY = Band(times=6, part=0.15, low=1 / 2, high=2)


@dataclass(frozen=True, kw_only=True)
class Move:
    """A day or a month far outside the company's own past.

    Parameters
    ----------
    table, feed, column : str
        `feed` says which of those that feed the table (a platform); `column` is ``rows`` for their
        number.
    period : Period
        The month, or one day of it.
    value, usual : float
        Of a month, both for one day.
    """

    table: str
    feed: str
    column: str
    period: Period
    value: float
    usual: float


def moves(tables: Tables, names: Iterable[str], month: Period) -> list[Move]:
    """Return the suspicious days of a month, and the month itself if it is.

    Parameters
    ----------
    tables : Tables
    names : iterable of str
        Canonical tables.
    month : Period

    Returns
    -------
    list of Move
    """
    found: list[Move] = []
    free = public_holidays(tables)
    for name in names:
        for (feed, column), series in by_day(tables, name).items():
            about = {"table": name, "feed": feed, "column": column}
            whole = _month(series, month, tables.last_whole_day)
            days = _days(series, month.start, month.end_day, free)
            first = month.start - timedelta(days=HALF_A_YEAR)
            if days and len(_days(series, first, month.start - A_DAY, free)) > MOST_BEFORE:
                days = []
            if whole is not None:
                found.append(Move(**about, period=month, value=whole[0], usual=whole[1]))
            elif len(days) <= MOST_DAYS:
                found += [
                    Move(**about, period=Period(day, day), value=series[day], usual=usual)
                    for day, usual in days
                ]
    return _told_once(found)


def _days(series: Series, first: date, last: date, free: set[date]) -> list[tuple[date, float]]:
    """Return the days that are far from the same weekday before, with what is usual."""
    odd = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        if day not in series or day in free:  # a day that lacks is named as such
            continue
        weeks = [day - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
        before = [series[each] for each in weeks if each in series and each not in free]
        if len(before) >= FEWEST_WEEKS and _far(series[day], before, DAILY):
            odd.append((day, median(before)))
    return odd


def _month(series: Series, month: Period, as_of: date | None) -> tuple[float, float] | None:
    """Return what a month had a day, and what is usual, when that is far away."""
    if as_of is None or as_of < month.end_day:
        return None
    totals: dict[tuple[int, int], list[float]] = {}
    for day, value in series.items():
        totals.setdefault((day.year, day.month), []).append(value)
    paces = []
    for each in month.trailing(MONTHS + 1):
        days = totals.get((each.start.year, each.start.month), [])
        paces.append(sum(days) / len(days) if 2 * len(days) >= each.days else None)
    *before, now = paces
    known = [pace for pace in before if pace is not None]
    if now is None or len(known) < FEWEST_MONTHS or not _far(now, known, MONTHLY):
        return None
    jumps = sum(
        _far(pace, [*known[:at], *known[at + 1 :]], MONTHLY) for at, pace in enumerate(known)
    )
    return None if jumps >= MOST_BEFORE else (now, median(known))


def _far(value: float, before: Sequence[float], band: Band) -> bool:
    usual = median(before)
    if usual < LEAST_USUAL and value < LEAST_USUAL:
        return False
    spread = MAD * median(abs(each - usual) for each in before)
    spread = max(spread, sqrt(max(usual, 1.0)), band.part * usual)
    far = abs(value - usual) > band.times * spread
    return far and not band.low * usual < value < band.high * usual


def _told_once(found: Sequence[Move]) -> list[Move]:
    """Keep one column of each feed and period: impressions and clicks rise together."""
    kept: dict[tuple, Move] = {}
    for move in found:
        key = (move.table, move.feed, move.period)
        if key not in kept or _times(move) > _times(kept[key]):
            kept[key] = move
    return list(kept.values())


def _times(move: Move) -> float:
    low, high = sorted((max(move.value, 0.0), move.usual))
    return (high + 1) / (low + 1) + (move.column == ROWS) * 1e-9


def public_holidays(tables: Tables) -> set[date]:
    """Return the public holidays of the company's calendar."""
    if not tables.holds("work_calendar", {"date", "is_public_holiday"}):
        return set()
    key = ("holidays",)
    if key not in tables.cache:
        frame = tables.frame("work_calendar", {"date", "is_public_holiday"})
        rows = in_pandas(frame.filter(nw.col("is_public_holiday")).select("date").unique())
        tables.cache[key] = {each.date() for each in rows["date"]}
    return tables.cache[key]


WHOLE = ""  # what is counted when no feed is named
ROWS = "rows"
# What a feed tells apart, beside who feeds it: of several ways to cut the same days, the whole.
ONLY = {"social_daily": ("dimension", "total")}
# Small numbers, which may be below 0.
LEFT_OUT = {"social_daily": ("new_followers", "lost_followers", "profile_contacts")}

Series = dict[date, float]


def by_day(tables: Tables, name: str) -> dict[tuple[str, str], Series]:
    """Return what a table adds up to on each local day.

    Parameters
    ----------
    tables : Tables
    name : str
        A canonical table that is there.

    Returns
    -------
    dict of (str, str) to dict of date to float
        By who feeds the table (empty when nobody is named) and column; ``rows`` counts rows, or
        adds up what stands for them where they come summed up. Empty when nothing dates the rows,
        or when they are intervals or plans rather than events.
    """
    key = ("by day", name)
    if key not in tables.cache:
        told = f"{key} until {tables.until}"  # several pages stand on one table
        tables.cache[key] = worked_out(tables).once(told, lambda: _read(tables, name))
    return tables.cache[key]


def _read(tables: Tables, name: str) -> dict[tuple[str, str], Series]:
    contract, present = TABLES[name], tables.columns(name)
    if contract.time not in present or contract.planned or contract.span:
        return {}
    time, feed = contract.time, [each for each in contract.feed[:1] if each in present]
    counted = contract.summed.get("") if tables.summed(name) else None
    amounts = _amounts(name, present) if feed else []
    only = ONLY.get(name) if ONLY.get(name, ("",))[0] in present else None
    columns = {time, *feed, *amounts, *([counted] if counted else ()), *(only[:1] if only else ())}
    frame = tables.frame(name, columns)
    if only:
        frame = frame.filter(nw.col(only[0]) == only[1])
    rows = nw.len() if counted is None else nw.col(counted).sum()
    extent = tables.extent(name)
    if extent.first is None:
        return {}
    frame = frame.filter(within(time, frame.collect_schema()[time]))
    frame = with_local_day(frame, time, tables.zone, (extent.first, extent.last))
    sums = {f"sum {each}": nw.col(each).sum() for each in amounts}
    found = in_pandas(frame.group_by("shown_day", *feed).agg(counted_rows=rows, **sums))
    found["day"] = [date.fromordinal(int(number)) for number in found["shown_day"]]
    found["feed"] = found[feed[0]].fillna("").astype(str) if feed else WHOLE
    measured = {"counted_rows": ROWS, **{f"sum {each}": each for each in amounts}}
    days = found.groupby(["feed", "day"], sort=True)[list(measured)].sum(min_count=1)
    return {
        (str(who), label): {day: float(value) for day, value in part[column].dropna().items()}
        for who, part in ((who, days.xs(who)) for who in days.index.unique("feed"))
        for column, label in measured.items()
        if len(part[column].dropna())
    }


def _amounts(name: str, present: set[str]) -> list[str]:
    contract = TABLES[name].columns
    return sorted(
        each
        for each in present
        if contract[each].type in ("int", "EUR") and each not in LEFT_OUT.get(name, ())
    )


WEEKS, FEWEST_WEEKS = 8, 6
MONTHS, FEWEST_MONTHS = 12, 6
