"""Days that no row is about: those that stand for "no day", and slips of the year.

Such a row is kept, and in no period that anybody asks for: who reads is told where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from kpilib.saying import fault_at
from kpilib.tables import TABLES
from kpilib.tables.contract import Table
from kpilib.tables.instants import edge, local_day, plausible_days
from kpilib.tables.read import first_row, in_pandas

# A last day that is far ahead says that there is none: so do many tools, and so it is read.
ENDS = {each.span[1] for each in TABLES.values() if each.span} | {
    each.state[1] for each in TABLES.values() if each.state
}
SILENCE, FEW = timedelta(days=31), 0.01  # before a slip of the year, and of how many of the rows
PLANNED = ("work_calendar",)  # holidays of years to come: `kpilib init` writes them itself


def implausible(origin: str, column: str, count: int, row: int | None) -> str:
    """Say that rows of a column are about days that nobody means.

    Parameters
    ----------
    origin, column : str
    count : int
    row : int or None
        Number of the first one; None where rows have no order.
    """
    first, last = plausible_days()
    where = f"{origin}:{row}" if row else origin
    return fault_at(
        where,
        "column {column}: {count} row(s) have a day before {first} or after {last}, so that no"
        " period counts them. Correct it, or leave it empty where no day is meant.",
        column=column,
        count=count,
        first=first,
        last=last,
    )


def doubtful_days(
    frame: nw.LazyFrame,
    contract: Table,
    origin: str,
    zone: ZoneInfo,
    every: Callable[[], nw.LazyFrame],
) -> Iterator[str]:
    """Yield a sentence for each column of a table that holds such days.

    Parameters
    ----------
    frame : narwhals.LazyFrame
        Columns under their contract.
    contract : Table
    origin : str
    zone : ZoneInfo
        Of whoever reads.
    every : callable
        Gives the same columns with every row of the file, by which rows are numbered.
    """
    schema = frame.collect_schema()
    odd = {
        name: ~within(name, schema[name])
        for name, column in contract.columns.items()
        if column.type in ("date", "ts") and name in schema.names() and name not in ENDS
    }
    if not odd or contract.name in PLANNED:
        return
    ones = {name: nw.when(rule).then(nw.lit(1)).otherwise(nw.lit(0)) for name, rule in odd.items()}
    counts = in_pandas(frame.select(**{name: each.sum() for name, each in ones.items()})).iloc[0]
    for name in (name for name in odd if counts[name] > 0):
        yield implausible(origin, name, int(counts[name]), first_row(every(), odd[name]))
    if contract.time in odd and not contract.planned and not contract.span:
        rule, count, last = astray(frame, contract.time)
        if count:
            row = first_row(every(), rule)
            yield _to_come(origin, contract.time, count, row, local_day(last, zone))


def _to_come(origin: str, column: str, count: int, row: int | None, last: date | None) -> str:
    return fault_at(
        f"{origin}:{row}" if row else origin,
        "column {column}: {count} row(s) have a day that has not come, long after {last}, the last"
        " one before. Correct it.",
        column=column,
        count=count,
        last=last,
    )


def astray(frame: nw.LazyFrame, time: str) -> tuple[nw.Expr, int, Any]:
    """Find the few rows of what happened whose day has not come, far behind all others.

    Returns
    -------
    narwhals.Expr, int and a day or instant
        Which rows they are, how many (0 where there are none), and the last before them.
    """
    dtype = frame.collect_schema()[time]
    day = datetime.now(UTC).date() + timedelta(days=2)
    begin = day if dtype == nw.Date else edge(datetime(*day.timetuple()[:3], tzinfo=UTC), dtype)
    ahead = within(time, dtype) & (nw.col(time) >= begin)
    told = frame.select(
        rows=nw.col(time).count(),
        count=nw.when(ahead).then(nw.lit(1)).otherwise(nw.lit(0)).sum(),
        first=nw.when(ahead).then(nw.col(time)).min(),
        last=nw.when(nw.col(time) < begin).then(nw.col(time)).max(),
    ).collect("pyarrow")
    rows, count, first, last = (told[name][0] for name in told.columns)
    known = first is not None and last is not None and first - last > SILENCE
    return ahead, count if known and count <= FEW * rows else 0, last


def last_day(frame: nw.LazyFrame, time: str, zone: ZoneInfo) -> date | None:
    """Return the last local day of the rows of what happened whose day can be meant."""
    kept = frame.filter(within(time, frame.collect_schema()[time]))
    rule, count, _ = astray(kept, time)
    kept = kept.filter(~rule) if count else kept
    return local_day(kept.select(nw.col(time).max()).collect("pyarrow").item(), zone)


def within(name: str, dtype: Any) -> nw.Expr:
    """Tell of each row whether its day can be meant; of one without a day it cannot be told."""
    first, last = plausible_days()
    if dtype == nw.Date:
        return (nw.col(name) >= first) & (nw.col(name) <= last)
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last))
    return (nw.col(name) >= edge(begin, dtype)) & (nw.col(name) <= edge(end, dtype))
