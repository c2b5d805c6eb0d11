"""Days that no row is about: those that stand for "no day", and slips of the year.

Such a row is kept, and in no period that anybody asks for: who reads is told where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from kpilib.saying import fault_at
from kpilib.tables import TABLES
from kpilib.tables.contract import Table
from kpilib.tables.instants import edge, local_day, plausible_days
from kpilib.tables.read import in_pandas

# A last day that is far ahead says that there is none: so do many tools, and so it is read.
ENDS = {each.span[1] for each in TABLES.values() if each.span} | {
    each.state[1] for each in TABLES.values() if each.state
}
PLANNED = ("work_calendar",)  # holidays of years to come: `kpilib init` writes them itself


def implausible(origin: str, column: str, count: int, row: str) -> str:
    """Say that rows of a column are about days that nobody means.

    Parameters
    ----------
    origin, column : str
    count : int
    row : str
        Number of the first one; empty where rows have no order.
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


def doubtful_days(frame: nw.LazyFrame, contract: Table, origin: str) -> Iterator[str]:
    """Yield a sentence for each column of a table that holds such days.

    Parameters
    ----------
    frame : narwhals.LazyFrame
        Columns under their contract.
    contract : Table
    origin : str
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
        row = ""
        if frame.implementation.is_polars():
            rows = frame.with_columns(odd=odd[name]).to_native().with_row_index("row", offset=2)
            row = str(rows.filter("odd").select("row").first().collect().item())
        yield implausible(origin, name, int(counts[name]), row)


def last_day(frame: nw.LazyFrame, time: str, zone: ZoneInfo) -> date | None:
    """Return the last local day of the rows whose day can be meant."""
    kept = frame.filter(within(time, frame.collect_schema()[time]))
    return local_day(kept.select(nw.col(time).max()).collect("pyarrow").item(), zone)


def within(name: str, dtype: Any) -> nw.Expr:
    """Tell of each row whether its day can be meant; of one without a day it cannot be told."""
    first, last = plausible_days()
    if dtype == nw.Date:
        return (nw.col(name) >= first) & (nw.col(name) <= last)
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last))
    return (nw.col(name) >= edge(begin, dtype)) & (nw.col(name) <= edge(end, dtype))
