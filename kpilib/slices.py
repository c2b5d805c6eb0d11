"""Rows cut into periods and groups: what every aggregation starts from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from operator import add

import narwhals as nw

from kpilib.conform import edge
from kpilib.contract import UNKNOWN
from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.errors import ContractError, listed, nearest
from kpilib.period import Period

EVERYONE = ""  # the group of an evaluation without breakdown


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
    bounds : dict of (Period, group) to pair of float
        For distinct values of rows that come summed up: between which two numbers they lie.
    lost : bool
        The measure needs rows one by one, and they come summed up.
    """

    values: dict[tuple[Period, str], float] = field(default_factory=dict)
    rows: dict[Period, int] = field(default_factory=lambda: defaultdict(int))
    atoms: dict[tuple[Period, str], int] = field(default_factory=dict)
    bounds: dict[tuple[Period, str], tuple[float, float]] = field(default_factory=dict)
    lost: bool = False

    def in_group(self, group: str) -> Cells:
        """Return the same values under one group."""
        values = {(period, group): value for (period, _), value in self.values.items()}
        return replace(self, values=values)


def broken_down(
    tables: Tables, table: str, columns: set[str], by: str | None, span: tuple[date, date]
) -> nw.LazyFrame:
    """Return a table with the breakdown in a column ``group``, never null."""
    tables.one_currency(table, columns)
    if by is None:
        return tables.frame(table, columns, span).with_columns(group=nw.lit(EVERYONE))
    contract = CONTRACTS[table]
    own = contract.column(by)
    if own is not None:
        frame, name = tables.frame(table, {*columns, own.name}, span), own.name
    else:
        link = _link(table, by)
        if link is None:
            choices = [*contract.aliases, *contract.columns]
            raise ContractError(
                [
                    f"Table {table} cannot be broken down by {by!r}. Its columns are: "
                    f"{listed(contract.columns)}.{nearest(by, choices)}"
                ]
            )
        target = contract.links[link]
        looked_up = CONTRACTS[target].column(by).name
        # One row a key, so that looking up never multiplies what is counted.
        one = tables.frame(target, {link, looked_up}).unique()
        _refuse_several(one, target, link, looked_up)
        frame = tables.frame(table, {*columns, link}, span).join(
            one.select(link, nw.col(looked_up).alias("group")), on=link, how="left"
        )
        name = "group"
    text = nw.col(name).cast(nw.String)
    blank = text.is_null() | (text == "")
    return frame.with_columns(group=nw.when(blank).then(nw.lit(UNKNOWN)).otherwise(text))


def _refuse_several(pairs: nw.LazyFrame, target: str, link: str, looked_up: str) -> None:
    """Refuse to choose when one key would fall in several groups."""
    if CONTRACTS[target].key == (link,):  # the key names one row, which was seen to already
        return
    groups = pairs.group_by(link).agg(groups=nw.len()).filter(nw.col("groups") > 1)
    several = int(groups.select(keys=nw.len()).collect("pandas")["keys"][0])
    if several:
        raise ContractError(
            [
                f"Table {target} has several {looked_up} for {several} {link}: which one a row "
                "belongs to cannot be told."
            ]
        )


def divisible(table: str, by: str) -> bool:
    """Whether a table, or one it is linked with, has the column of a breakdown."""
    return CONTRACTS[table].column(by) is not None or _link(table, by) is not None


def _link(table: str, by: str) -> str | None:
    """Return the column by which the table that has the breakdown can be looked up."""
    links = CONTRACTS[table].links.items()
    return next((key for key, target in links if CONTRACTS[target].column(by)), None)


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


def dated(
    frame: nw.LazyFrame, column: str, layer: list[Period], tables: Tables
) -> tuple[nw.LazyFrame, dict[int, Period]]:
    """Number each row's period in a column ``cell`` by comparing with the periods' edges."""
    dtype = frame.collect_schema()[column]
    if dtype == nw.Date:
        pairs = [(period.start, period.end_day + timedelta(days=1)) for period in layer]
    else:
        pairs = [
            tuple(edge(instant, dtype) for instant in period.bounds(tables.zone))
            for period in layer
        ]
    edges = sorted({instant for pair in pairs for instant in pair})
    time = nw.col(column)
    passed = reduce(add, ((time >= instant).cast(nw.Int32) for instant in edges))
    numbers = [edges.index(first) + 1 for first, _ in pairs]
    inside = frame.filter((time >= edges[0]) & (time < edges[-1]))
    return inside.with_columns(cell=passed), dict(zip(numbers, layer, strict=True))


def of_period(frame: nw.LazyFrame, column: str, period: Period, tables: Tables) -> nw.LazyFrame:
    """Keep the rows of one period, by the column that dates them."""
    inside, _ = dated(frame, column, [period], tables)
    return inside.filter(nw.col("cell") == 1)


def days_asked(periods: list[Period]) -> tuple[date, date]:
    """Return the first and the last day of some periods."""
    return min(period.start for period in periods), max(period.end_day for period in periods)
