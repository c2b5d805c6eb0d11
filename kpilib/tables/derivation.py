"""How a table is worked out of other tables, so that a KPI always reads one flat table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from kpilib.assumptions import Assumptions
from kpilib.tables import TABLES
from kpilib.tables.contract import Table, table

Frames = Mapping[str, nw.LazyFrame]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a derivation may need to know beside its tables.

    Parameters
    ----------
    span : pair of datetime.date or None
        First and last day asked about.
    until : datetime.datetime or None
        The instant, in UTC, up to which the data is known.
    assumptions : Assumptions
    zone : ZoneInfo
        Where a day begins.
    """

    span: tuple[date, date] | None = None
    until: datetime | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)
    zone: ZoneInfo = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """How a table is worked out; nothing is computed before the engine collects.

    Parameters
    ----------
    contract : Table
    base : str
        The table whose rows and columns it extends.
    needs : dict of str to str
        Source table to the columns it must have (separated by spaces).
    either : dict of str to str
        Further sources of which one is enough.
    wants : dict of str to str
        Columns of `needs` that are read when they are there.
    known : str
        Columns of the base in whose place nothing may be assumed: who is not said to act in the
        community is not known to be idle there.
    records : str
        Sources that record what happened to rows of the base: before the first such record nobody
        knows of any row whether it did.
    refined_by : dict of str to str
        Further sources that are read when they are there; without them, figures are approximate.
    makes : str
        The columns it works out, where it keeps every row of its base as it is and tells them
        from that row alone: such a table is read with its base, in one pass.
    build : callable
        From the source frames and a `Setting` to the derived frame.
    """

    contract: Table
    base: str
    needs: dict[str, str]
    build: Callable[[Frames, Setting], nw.LazyFrame]
    either: dict[str, str] = field(default_factory=dict)
    wants: dict[str, str] = field(default_factory=dict)
    known: str = ""
    records: str = ""
    refined_by: dict[str, str] = field(default_factory=dict)
    makes: str = ""


def extended(name: str, base: str, columns: str, **changes: object) -> Table:
    """Return the contract of `base` with further columns; its rows have no key of their own."""
    own = table(name, TABLES[base].grain, columns) if columns else None
    every = {**TABLES[base].columns, **(own.columns if own else {})}
    return replace(TABLES[base], **{"name": name, "columns": every, "key": (), **changes})


def order(frame: nw.LazyFrame, first: str) -> list[str]:
    """Order by one column, ties by all others: the order of rows in a file must not matter."""
    return [first, *sorted(set(frame.collect_schema().names()) - {first})]


def runs(
    rows: nw.LazyFrame, who: list[str], interval: tuple[str, str], goes_on: Any, ties: Sequence[str]
) -> nw.LazyFrame:
    """Number in ``run`` the intervals of one person that go on from one another.

    Parameters
    ----------
    rows : narwhals.LazyFrame
    who : list of str
        Columns that tell whose an interval is.
    interval : pair of str
        Its first and its last day.
    goes_on : narwhals.Expr
        Whether an interval goes on from those before it, which ``reached`` that day.
    ties : sequence of str
        What else orders rows: complete, so that no two windows see another order.
    """

    def along(column: Any) -> Any:
        return column.over(*who, order_by=[*interval, *ties])

    return (
        rows.with_columns(furthest=along(nw.col(interval[1]).cum_max()))
        .with_columns(reached=along(nw.col("furthest").shift(1)))
        .with_columns(begins=nw.when(goes_on).then(nw.lit(0)).otherwise(nw.lit(1)))
        .with_columns(run=along(nw.col("begins").cum_sum()))
        .drop("furthest", "reached", "begins")
    )
