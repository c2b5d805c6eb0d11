"""Everything doubtful in some tables: in a month, the most striking first, and in their labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from statistics import median

import narwhals as nw

from kpilib.answers.asking import Asking
from kpilib.engine.coverage import lost_period
from kpilib.errors import ContractError
from kpilib.health.finding import Finding
from kpilib.health.moves import Move, by_day, moves
from kpilib.health.origin import findings as of_origin
from kpilib.period import Period
from kpilib.saying import fault_at
from kpilib.sources.spellings import columns_of, folded
from kpilib.tables import TABLES
from kpilib.tables.plausible import doubtful_days
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

WITHOUT_ZONE = r"^\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*$"  # a time, no offset
RECENT, MOST = 56, 0.9  # days before the month, and the part of them that a daily feed has
LEAST_A_DAY = 5  # rows: below it, a day without any is nothing strange


def look(company: Asking, month: Period, names: Iterable[str] | None = None) -> list[Finding]:
    """Return what is doubtful in a company's tables for the figures of a month.

    Parameters
    ----------
    company : Asking
    month : Period
    names : iterable of str, optional
        Canonical tables; by default all that are there.

    Returns
    -------
    list of Finding
        None about a table that has faults: those are said elsewhere.
    """
    tables = company.tables
    wanted = [each for each in (tables.given if names is None else names) if each in tables.given]
    found = [each for each in of_origin(company.folder, month) if each.table in wanted]
    for name in wanted:
        try:
            found += [_finding(move) for move in moves(tables, [name], month)]
            found += _gaps(tables, name, month)
            gone = lost_period(tables, name)
            found += _without_zone(tables, name)
            repeated = tables.extent(name).duplicates
        except ContractError:
            continue
        if gone:
            slots = {"series": name, "first": gone.start, "last": gone.end_day}
            found.append(Finding(table=name, kind="lost", slots=slots))
        if repeated:
            slots = {"series": name, "count": repeated}
            found.append(Finding(table=name, kind="repeated", slots=slots))
    return sorted(found, key=lambda each: not each.striking)


def covered(tables: Tables, name: str, month: Period) -> tuple[int, int] | None:
    """Return on how many days of a month a daily table has rows, and of how many it could."""
    if not TABLES[name].daily or tables.as_of is None:
        return None
    expected = _expected(tables, month)
    there = set().union(*by_day(tables, name).values()) if by_day(tables, name) else set()
    return (len(there & set(expected)), len(expected)) if expected and there else None


def _expected(tables: Tables, month: Period) -> list[date]:
    last = min(month.end_day, tables.as_of) if tables.as_of else month.end_day
    return [month.start + timedelta(days=n) for n in range((last - month.start).days + 1)]


def _finding(move: Move) -> Finding:
    of = f"{move.table} ({move.feed})" if move.feed else move.table
    slots = {
        "series": of if move.column == "rows" else f"{of}, {move.column}",
        "value": move.value,
        "usual": move.usual,
    }
    if move.period.kind == "month":
        return Finding(table=move.table, kind="month", slots=slots | {"month": move.period})
    return Finding(table=move.table, kind="day", slots=slots | {"day": move.period.start})


def _gaps(tables: Tables, name: str, month: Period) -> Iterator[Finding]:
    """Yield the days of a month on which somebody who feeds a table daily sent nothing."""
    if not TABLES[name].daily:
        return
    expected, told = _expected(tables, month), set()
    window = [month.start - timedelta(days=number) for number in range(1, RECENT + 1)]
    for (feed, _), series in by_day(tables, name).items():
        if feed in told:
            continue
        told.add(feed)
        first, last = min(series), max(series)
        days = [day for day in window if first <= day]
        usual = [series[day] for day in days if day in series]
        steady = len(usual) >= MOST * len(days) > 0  # an ad platform that rests is none
        if not steady or (not TABLES[name].feed and median(usual) < LEAST_A_DAY):
            continue
        lacking = [day for day in expected if day not in series and first < day < last]
        if lacking:
            of = f"{name} ({feed})" if feed else name
            yield Finding(table=name, kind="gap", slots={"series": of, "days": lacking})


def _without_zone(tables: Tables, name: str) -> Iterator[Finding]:
    """Name the columns of instants that do not say where their clock stood."""
    frame = tables._open(name)
    instants = {
        each: dtype
        for each, dtype in frame.collect_schema().items()
        if each in TABLES[name].columns and TABLES[name].columns[each].type == "ts"
    }
    naive = [
        each
        for each, dtype in instants.items()
        if isinstance(dtype, nw.Datetime) and not dtype.time_zone
    ]
    texts = [each for each, dtype in instants.items() if dtype == nw.String]
    if texts:
        bare = {each: nw.col(each).str.contains(WITHOUT_ZONE).sum() for each in texts}
        counts = in_pandas(frame.select(**bare)).iloc[0]
        naive += [each for each in texts if counts[each] > 0]
    if naive:
        slots = {"series": f"{name}: {', '.join(sorted(naive))}"}
        yield Finding(table=name, kind="no_zone", slots=slots)


def days_of(tables: Tables) -> Iterator[str]:
    """Yield a sentence for each column with days that no row can be about.

    Parameters
    ----------
    tables : Tables
        Without faults.
    """
    for name in tables.given:
        names = tables.columns(name)
        frame = tables.typed(name, names)  # also what is later than `as_of`
        every = partial(tables.every_row, name, names)
        yield from doubtful_days(frame, TABLES[name], tables.origin(name), tables.zone, every)


def labels(tables: Tables) -> Iterator[str]:
    """Yield a sentence for each column whose labels differ only as nobody means them to.

    Parameters
    ----------
    tables : Tables
        Without faults.
    """
    for name in tables.given:
        for column in columns_of(TABLES[name]):
            if column not in tables.columns(name):
                continue
            written = in_pandas(tables.frame(name, {column}).unique())[column].dropna()
            meant = len({folded(label) for label in written})
            if meant < len(written):
                yield fault_at(
                    tables.origin(name),
                    "column {column}: {count} labels are {meant} once capitals, spaces and the way"
                    " accents are stored are left aside, and each is a group of its own. Write them"
                    " alike.",
                    column=column,
                    count=len(written),
                    meant=meant,
                )
