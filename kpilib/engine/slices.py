"""Rows cut into periods and groups: what every aggregation starts from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, reduce
from operator import add
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from kpilib.engine.clock import CLOCK, HOUR, WEEK, WEEKDAY, on_the_clock
from kpilib.errors import ContractError, ParameterError, listed
from kpilib.period import Period
from kpilib.saying import error_of, meant
from kpilib.tables.allowed import only_allowed
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.derive import CONTRACTS, base_of, cut, row_by_row
from kpilib.tables.instants import edge
from kpilib.tables.read import Block, blocks, row_count
from kpilib.tables.store import Tables

EVERYONE = ""  # the group of an evaluation without breakdown
BESIDE = "\x1f"  # between the columns of a breakdown by several, and between their groups
NOON = time(12)
ROWS_AT_ONCE = 2_000_000
TWICE_READ = 1.25  # reading by portions may open so many times the rows, no more


@dataclass
class Cells:
    """The values of one measure.

    Parameters
    ----------
    values : dict of (Period, group) to float
        Missing when no row of the group counted.
    rows : dict of Period to int
        Rows of the table in the period, whatever the group: 0 means the table is silent.
    atoms : dict of (Period, group) to int
        For a sum: how many values were added.
    blank : dict of (Period, group) to int
        For a sum: how many rows that count hold no value to add.
    bounds : dict of (Period, group) to pair of float
        For distinct values of rows that come summed up: between which two numbers they lie.
    lost : bool
        The measure needs rows one by one, and they come summed up.
    """

    values: dict[tuple[Period, str], float] = field(default_factory=dict)
    rows: dict[Period, int] = field(default_factory=lambda: defaultdict(int))
    atoms: dict[tuple[Period, str], int] = field(default_factory=dict)
    blank: dict[tuple[Period, str], int] = field(default_factory=dict)
    bounds: dict[tuple[Period, str], tuple[float, float]] = field(default_factory=dict)
    lost: bool = False

    @cached_property
    def counted(self) -> set[Period]:
        """The periods in which something counted, in whatever group; asked once all is read."""
        return {period for period, _ in self.values}

    def whole(self, period: Period) -> float:
        """Return the groups of a period added up."""
        return float(sum(value for (own, _), value in self.values.items() if own == period))

    def under(self, spans: Mapping[Period, Period]) -> Cells:
        """Return what was read of other spans under the periods they were read for."""
        groups = {group for _, group in self.values}
        keys = {(p, g): (span, g) for p, span in spans.items() for g in groups}

        def moved(known: dict) -> dict:
            return {key: known[at] for key, at in keys.items() if at in known}

        return Cells(
            values=moved(self.values),
            rows=defaultdict(int, {p: self.rows[span] for p, span in spans.items()}),
            atoms=moved(self.atoms),
            blank=moved(self.blank),
            bounds=moved(self.bounds),
            lost=self.lost,
        )

    def in_group(self, group: str) -> Cells:
        """Return the same values under one group."""
        values = {(period, group): value for (period, _), value in self.values.items()}
        return replace(self, values=values)


def several(columns: Sequence[str]) -> str | None:
    """Return one breakdown by several columns; hour and weekday are one of the clock's own."""
    if set(columns) == {HOUR, WEEKDAY}:
        return WEEK
    return BESIDE.join(columns) or None


def groups_wanted(where: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the groups of each column as figures name them, of what an analyst writes.

    Raises
    ------
    ParameterError
        It names no column, or of one no group.
    """
    if not isinstance(where, Mapping):
        raise error_of(
            ParameterError,
            "where is {where!r}. Write a column and its groups: where={{'channel': 'email'}}.",
            where=where,
        )
    found = {}
    for name, given in where.items():
        one = isinstance(given, str) or not isinstance(given, Iterable)
        found[name] = [_called(each) for each in ([given] if one else given)]
        if not found[name]:
            raise error_of(
                ParameterError,
                "where names no group of {name!r}. Name one, or leave the column out.",
                name=name,
            )
    return found


def _called(group: Any) -> str:
    """Return a group as figures name it: 1 is a weekday, and True a yes."""
    if isinstance(group, (bool, np.bool_)):
        return str(group).lower()
    missing = group is None or (isinstance(group, float) and math.isnan(group))
    return UNKNOWN if missing else str(group)


def columns_of(by: str | None) -> tuple[str, ...]:
    """Return the columns that a breakdown fills in the answer."""
    if by == WEEK:
        return WEEKDAY, HOUR
    return tuple(by.split(BESIDE)) if by else ()


def groups_of(by: str | None, group: str) -> dict[str, str | None]:
    """Return the group of each column of a breakdown; none of a figure that has no groups."""
    names = columns_of(by)
    parts = group.split(" " if by == WEEK else BESIDE) if group else [None] * len(names)
    return dict(zip(names, parts, strict=True))


def broken_down(
    tables: Tables,
    table: str,
    columns: set[str],
    by: str | None,
    span: tuple[date, date],
    time: str = "",
) -> nw.LazyFrame:
    """Return a table with the breakdown in a column ``group``, never null.

    Where it is the clock's, `time` is the column that dates a row; by default the table's own.
    Rows that `tables` is restricted to are kept, the others are not. A table whose rows break a
    rule of these columns is refused.
    """
    only_allowed(tables, table, columns, span, time)
    return rows_by(tables, table, columns, by, span, time)


def rows_by(
    tables: Tables,
    table: str,
    columns: set[str],
    by: str | None,
    span: tuple[date, date],
    time: str = "",
) -> nw.LazyFrame:
    """Return a table as `broken_down` does, to be held against the rules while it is added up."""
    names = [by] if by in CLOCK else list(columns_of(by))
    needed = {name: _read_for(tables, table, name, time) for name in [*names, *tables.where]}
    frame = tables.frame(table, columns.union(*needed.values()), span)
    if time and tables.stated and not CONTRACTS[base_of(table)].planned:
        # A meeting to come of a lead of last week, the hours of tomorrow: nothing is known of them.
        frame = frame.filter(tables.known(time, frame.collect_schema()[time]))
    for name, values in tables.where.items():
        frame = _grouped(tables, table, frame, name, span, time)
        frame = frame.filter(nw.col("group").is_in(list(values)))
    if len(names) < 2:
        return (
            _grouped(tables, table, frame, by, span, time)
            if names
            else frame.with_columns(group=nw.lit(EVERYONE))
        )
    for place, name in enumerate(names):
        frame = _grouped(tables, table, frame, name, span, time)
        frame = frame.with_columns(nw.col("group").alias(f"group{place}"))
    parts = [nw.col(f"group{place}") for place in range(len(names))]
    return frame.with_columns(group=nw.concat_str(*parts, separator=BESIDE))


def _read_for(tables: Tables, table: str, by: str, time: str) -> set[str]:
    """Return the columns of a table that a breakdown reads.

    Raises
    ------
    ContractError
        Neither the table nor one it is linked with has the column.
    """
    contract, found = CONTRACTS[table], cut(table, by)
    if by in CLOCK:
        return {time or contract.time}
    if by in tables.own(table):
        return {by}
    lacking = tables.missing(found.table) if found is not None and found.key else ()
    if lacking:
        raise error_of(
            ContractError,
            "Table {table} is broken down by {column} of table {other}, and there is no"
            " such table. Add it, or break down by something else.",
            table=table,
            column=by,
            other=listed(lacking),
        )
    if found is not None:
        return {found.key or found.column.name}
    choices = [*contract.aliases, *contract.columns, *tables.own(table), *CLOCK]
    raise error_of(
        ContractError,
        "Table {table} cannot be broken down by {by!r}. Its columns are: {found}.{near}",
        table=table,
        by=by,
        found=listed([*contract.columns, *tables.own(table)]),
        near=meant(by, choices),
    )


def _grouped(
    tables: Tables,
    table: str,
    frame: nw.LazyFrame,
    by: str,
    span: tuple[date, date],
    time: str,
) -> nw.LazyFrame:
    """Give each row its group of one column, in ``group``."""
    if by in CLOCK:
        return on_the_clock(frame, time or CONTRACTS[table].time, by, tables.zone, span)
    if "group" in frame.collect_schema().names():
        frame = frame.drop("group")
    found = None if by in tables.own(table) else cut(table, by)
    name = by if found is None else found.column.name
    if found is not None and found.key:
        key, looked_up, name = found.key, name, "group"
        # One row a key, so that looking up never multiplies what is counted.
        one = tables.frame(found.table, {key, looked_up}).unique()
        _refuse_several(one, found.table, key, looked_up)
        frame = frame.join(one.select(key, nw.col(looked_up).alias("group")), on=key, how="left")
    text = nw.col(name).cast(nw.String)
    blank = text.is_null() | (text == "")
    return frame.with_columns(group=nw.when(blank).then(nw.lit(UNKNOWN)).otherwise(text))


def _refuse_several(pairs: nw.LazyFrame, target: str, link: str, looked_up: str) -> None:
    """Refuse to choose when one key would fall in several groups."""
    if CONTRACTS[target].key == (link,):  # the key names one row, which was seen to already
        return
    groups = pairs.group_by(link).agg(groups=nw.len())
    several = row_count(groups.filter(nw.col("groups") > 1))
    if several:
        raise error_of(
            ContractError,
            "Table {target} has several {looked_up} for {several} {link}: which"
            " one a row belongs to cannot be told.",
            target=target,
            looked_up=looked_up,
            several=several,
            link=link,
        )


def divisible(tables: Tables, table: str, by: str) -> bool:
    """Whether a table, or one it is linked with, has the columns of a breakdown."""
    return all(
        each in CLOCK or each in tables.own(table) or cut(table, each) is not None
        for each in columns_of(by)
    )


def divided_here(tables: Tables, table: str, by: str) -> bool:
    """Whether the columns that a breakdown of a table takes are really there."""
    return all(_divided_here(tables, table, each) for each in columns_of(by))


def _divided_here(tables: Tables, table: str, by: str) -> bool:
    if by in CLOCK or by in tables.own(table):  # an hour is for the clock to say
        return True
    found = cut(table, by)
    if found is None or not found.key:
        return found is not None and tables.holds(table, {found.column.name})
    held = tables.holds(found.table, {found.key, found.column.name})
    return held and tables.holds(table, {found.key})


def layers(periods: list[Period]) -> list[list[Period]]:
    """Split periods into sets that do not overlap; months alone make one set."""
    layers: list[list[Period]] = []
    for period in sorted(set(periods)):
        for layer in layers:
            if layer[-1].end_day < period.start:
                layer.append(period)
                break
        else:
            layers.append([period])
    return layers


def read_together(
    tables: Tables, table: str, time: str, periods: list[Period]
) -> Iterator[list[Period]]:
    """Yield the periods that are read together: those of a part do not overlap."""
    for layer in layers(periods):
        yield from _portions(tables, table, time, layer)


def _portions(tables: Tables, table: str, column: str, layer: list[Period]) -> list[list[Period]]:
    """Split periods that follow one another, where each part of a file can be read alone.

    Distinct values and medians keep what they have seen of every period they are asked for;
    of one month after the other they need a fraction of the memory. It pays where a file lies
    in the order of time: any other would be read as often as there are portions.

    Parameters
    ----------
    tables : Tables
    table : str
    column : str
        The one that dates a row.
    layer : list of Period
        Periods that do not overlap, the first one first.

    Returns
    -------
    list of list of Period
    """
    file = (
        _blocks_of(tables, base_of(table), column) if len(layer) > 1 and row_by_row(table) else []
    )
    if sum(block.rows for block in file) <= ROWS_AT_ONCE:
        return [layer]
    bounds = {period: period.bounds(tables.zone) for period in layer}
    inside = {period: _rows_inside(file, *bounds[period]) for period in layer}
    whole = _rows_inside(file, bounds[layer[0]][0], bounds[layer[-1]][1])
    if sum(inside.values()) > TWICE_READ * whole:
        return [layer]
    found, room = [[layer[0]]], ROWS_AT_ONCE - inside[layer[0]]
    for period in layer[1:]:
        room -= inside[period]
        if room < 0:
            found.append([])
            room = ROWS_AT_ONCE - inside[period]
        found[-1].append(period)
    return found


def _blocks_of(tables: Tables, name: str, column: str) -> list[Block]:
    """Return the blocks of a table's file; none where duplicates are sought in all of it."""
    key = ("blocks", name, column)
    if key not in tables.cache:
        told = blocks(tables.given.get(name), column)
        tables.cache[key] = told if told and not tables.extent(name).duplicates else []
    return tables.cache[key]


def _rows_inside(file: list[Block], start: datetime, end: datetime) -> int:
    """Return the rows of the blocks that hold a part of a time."""
    return sum(
        block.rows
        for block in file
        if _instant_of(block.first) < end and _instant_of(block.last) >= start
    )


def _instant_of(moment: date | datetime) -> datetime:
    """Return an instant for a day: near enough to plan with."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, NOON, UTC)


def dated(
    frame: nw.LazyFrame, column: str, layer: list[Period], tables: Tables
) -> tuple[nw.LazyFrame, dict[int, Period]]:
    """Number each row's period in a column ``cell`` by comparing with the periods' edges."""
    dtype = frame.collect_schema()[column]
    pairs = [_bounds(dtype, period, tables) for period in layer]
    edges = sorted({bound for pair in pairs for bound in pair})
    numbers = [edges.index(first) + 1 for first, _ in pairs]
    cells = dict(zip(numbers, layer, strict=True))
    time = nw.col(column)
    first, after = (_literal(dtype, bound) for bound in (edges[0], edges[-1]))
    inside = frame.filter((time >= first) & (time < after))
    if frame.implementation.is_polars():
        return nw.from_native(_looked_up(inside.to_native(), column, edges)), cells
    passed = ((time >= _literal(dtype, bound)).cast(nw.Int32) for bound in edges[:-1])
    return inside.with_columns(cell=reduce(add, passed)), cells


def _looked_up(inside: pl.LazyFrame, column: str, edges: Sequence[date | datetime]) -> pl.LazyFrame:
    """Number the rows in one step, where other engines compare with every edge: a tenth of it."""
    dtype = inside.collect_schema()[column]
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        edges = [edge.replace(tzinfo=None) for edge in edges]
    known = pl.lit(pl.Series(edges, dtype=dtype))
    cell = known.search_sorted(pl.col(column), side="right").cast(pl.Int32)
    return inside.with_columns(cell=cell)


def of_period(frame: nw.LazyFrame, column: str, period: Period, tables: Tables) -> nw.LazyFrame:
    """Keep the rows of one period, by the column that dates them."""
    inside, _ = dated(frame, column, [period], tables)
    return inside.filter(nw.col("cell") == 1)


def touching(
    frame: nw.LazyFrame, span: tuple[str, ...], period: Period, tables: Tables
) -> nw.LazyFrame:
    """Keep the intervals that touch a period; one without an end is still open."""
    dtype = frame.collect_schema()[span[0]]
    first, after = (_literal(dtype, bound) for bound in _bounds(dtype, period, tables))
    start, end = (nw.col(name) for name in span)
    return frame.filter((start < after) & (end.is_null() | (end >= first)))


def _bounds(dtype: Any, period: Period, tables: Tables) -> tuple:
    """Return the first moment of a period and the first after it: days for a column of days."""
    if dtype == nw.Date:
        return period.start, period.end_day + timedelta(days=1)
    return period.bounds(tables.zone)


def _literal(dtype: Any, bound: Any) -> Any:
    return bound if dtype == nw.Date else edge(bound, dtype)


def days_asked(periods: list[Period]) -> tuple[date, date]:
    """Return the first and the last day of some periods."""
    return min(period.start for period in periods), max(period.end_day for period in periods)
