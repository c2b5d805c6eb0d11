"""One pass over each table: every measure, for all periods asked, by one breakdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

import narwhals as nw
import pandas as pd

from kpilib.conform import edge
from kpilib.contract import UNKNOWN
from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.errors import ContractError, listed, nearest
from kpilib.kpi import EVENT_KINDS, INTERVAL_KINDS, Fields, Measure
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
    """

    values: dict[tuple[Period, str], float] = field(default_factory=dict)
    rows: dict[Period, int] = field(default_factory=lambda: defaultdict(int))
    atoms: dict[tuple[Period, str], int] = field(default_factory=dict)
    bounds: dict[tuple[Period, str], tuple[float, float]] = field(default_factory=dict)


def gather(
    tables: Tables, measures: Iterable[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    """Aggregate measures, one query per table, date column and set of disjoint periods.

    Parameters
    ----------
    tables : Tables
    measures : iterable of Measure
    periods : list of Period
    by : str or None
        Column to break down by; looked up in a linked table when the measure's has none.

    Returns
    -------
    dict of Measure to Cells

    Raises
    ------
    ContractError
        Columns that are missing or cannot be broken down by, all of them.
    """
    queries: dict[tuple, list[Measure]] = defaultdict(list)
    for measure in dict.fromkeys(measures):
        family = (
            "event"
            if measure.kind in EVENT_KINDS
            else "interval" if measure.kind in INTERVAL_KINDS else "stock"
        )
        queries[family, measure.table, measure.time if family == "event" else ""].append(measure)
    found: dict[Measure, Cells] = {}
    faults: list[str] = []
    for (family, table, _), asked in queries.items():
        try:
            found |= FAMILIES[family](tables, table, asked, periods, by)
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    return found


def broken_down(
    tables: Tables, table: str, columns: set[str], by: str | None, span: tuple[date, date]
) -> nw.LazyFrame:
    """Return a table with the breakdown in a column ``group``, never null."""
    if by is None:
        return tables.frame(table, columns, span).with_columns(group=nw.lit(EVERYONE))
    contract = CONTRACTS[table]
    own = contract.column(by)
    if own is not None and (own.name in contract.columns):
        frame, name = tables.frame(table, {*columns, own.name}, span), own.name
    else:
        link = next(
            (key for key, target in contract.links.items() if CONTRACTS[target].column(by)), None
        )
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
        one = tables.frame(target, {link, looked_up}).unique(subset=[link])
        frame = tables.frame(table, {*columns, link}, span).join(
            one.select(link, nw.col(looked_up).alias("group")), on=link, how="left"
        )
        name = "group"
    text = nw.col(name).cast(nw.String)
    blank = text.is_null() | (text == "")
    return frame.with_columns(
        group=nw.when(blank).then(nw.lit(UNKNOWN)).otherwise(text)
    )


def _layers(periods: list[Period]) -> list[list[Period]]:
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
    cells = {edges.index(first) + 1: period for (first, _), period in zip(pairs, layer, strict=True)}
    inside = frame.filter((time >= edges[0]) & (time < edges[-1]))
    return inside.with_columns(cell=passed), cells


def _events(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    if tables.summed(table):
        measures_read = {measure: _of_sums(measure) for measure in measures}
    else:
        measures_read = {measure: measure for measure in measures}
    columns = set().union(*(measure.columns for measure in measures_read.values()))
    span = min(p.start for p in periods), max(p.end_day for p in periods)
    frame = broken_down(tables, table, columns, by, span)
    found = {measure: Cells() for measure in measures}
    for layer in _layers(periods):
        inside, cells = dated(frame, measures[0].time, layer, tables)
        asked, prepared = [nw.len().alias("rows")], {}
        for index, measure in enumerate(measures_read.values()):
            more, columns_made = _aggregation(measure, index)
            asked += more
            prepared |= columns_made
        grouped = inside.with_columns(**prepared).group_by("cell", "group").agg(*asked)
        table_of_cells = grouped.collect("pandas").to_native()
        for row in table_of_cells.to_dict("records"):
            period = cells.get(int(row["cell"]))
            if period is None:  # a gap between two periods
                continue
            for index, (measure, read) in enumerate(measures_read.items()):
                own = found[measure]
                own.rows[period] += int(row["rows"])
                value = _value(read, index, row)
                if value is not None:
                    own.values[period, row["group"]] = value
                if read.kind == "sum":
                    own.atoms[period, row["group"]] = int(row["rows"] - row[f"null{index}"])
                if value is not None and measure.kind == "distinct" != read.kind:
                    own.bounds[period, row["group"]] = float(row[f"largest{index}"]), value
    return found


def _of_sums(measure: Measure) -> Measure:
    """Return the measure that reads the same from rows that come summed up.

    Counting rows becomes adding their counts. Distinct values cannot be added: their sum and the
    largest part are the bounds between which they lie.
    """
    summed = CONTRACTS[measure.table].summed
    name = "" if measure.kind == "count" else " ".join(measure.keys)
    if measure.kind == "sum" or name not in summed:
        return measure
    return replace(measure, kind="sum", keys=(), value=lambda t: getattr(t, summed[name]))


def _aggregation(measure: Measure, index: int) -> tuple[list[Any], dict[str, Any]]:
    fields = Fields(CONTRACTS[measure.table])
    counted = measure.where(fields) if measure.where else None
    if measure.kind == "count":
        one = nw.lit(1) if counted is None else nw.when(counted).then(nw.lit(1)).otherwise(nw.lit(0))
        made = {f"made{index}": one}
        return [nw.col(f"made{index}").sum().alias(f"value{index}")], made
    if measure.kind == "sum":
        value = measure.value(fields)
        made = {f"made{index}": value if counted is None else nw.when(counted).then(value)}
        column = nw.col(f"made{index}")
        made[f"out{index}"] = (
            nw.lit(0)
            if counted is None
            else nw.when(counted).then(nw.lit(0)).otherwise(nw.lit(1))
        )
        return [
            column.sum().alias(f"value{index}"),
            column.max().alias(f"largest{index}"),
            column.null_count().alias(f"null{index}"),
            nw.col(f"out{index}").sum().alias(f"outside{index}"),
        ], made
    keys = [nw.col(name) for name in measure.keys]
    key = keys[0] if len(keys) == 1 else nw.concat_str(*keys, separator="\x1f")
    made = {f"made{index}": key if counted is None else nw.when(counted).then(key)}
    column = nw.col(f"made{index}")
    return [
        column.n_unique().alias(f"value{index}"),
        column.null_count().alias(f"null{index}"),
    ], made


def _value(measure: Measure, index: int, row: dict[str, Any]) -> float | None:
    value = float(row[f"value{index}"])
    if measure.kind == "distinct":
        return value - (row[f"null{index}"] > 0)  # null is not a person
    if measure.kind == "sum":
        counted = row["rows"] - row[f"outside{index}"]
        if counted and row[f"null{index}"] == row["rows"]:
            return None  # rows there are, and not one value: unknown, not 0
    return value


def _intervals(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    span = min(p.start for p in periods), max(p.end_day for p in periods)
    frame = broken_down(tables, table, columns, by, span)
    contract = CONTRACTS[table]
    made, asked = {}, [nw.len().alias("rows")]
    for i, measure in enumerate(measures):
        fields = Fields(contract)
        counted = measure.where(fields) if measure.where else nw.lit(True)
        for j, period in enumerate(periods):
            name = f"m{i}_{j}"
            if measure.kind == "average":
                overlap = _overlap_days(contract, period)
                days = nw.when(counted & (overlap > 0)).then(overlap)
                made[name] = days.otherwise(nw.lit(0))
                asked.append(nw.col(name).sum().alias(name))
            else:
                belongs = _belongs(measure.kind, contract, period) & counted
                made[name] = nw.when(belongs).then(nw.col(measure.keys[0]))
                asked.append(nw.col(name).n_unique().alias(name))
                asked.append(nw.col(name).null_count().alias(f"{name}_null"))
    result = frame.with_columns(**made).group_by("group").agg(*asked)
    found = {measure: Cells() for measure in measures}
    for row in result.collect("pandas").to_native().to_dict("records"):
        for i, measure in enumerate(measures):
            for j, period in enumerate(periods):
                value = float(row[f"m{i}_{j}"])
                if measure.kind == "average":
                    value /= period.days
                else:
                    value -= row[f"m{i}_{j}_null"] > 0
                found[measure].values[period, row["group"]] = value
                found[measure].rows[period] += int(row["rows"])
    return found


def _since(name: str, day: date) -> Any:
    """The column is on or before a day (an empty first day is the beginning of time)."""
    return nw.col(name).is_null() | (nw.col(name) <= day)


def _until(name: str, day: date) -> Any:
    """The column is on or after a day (an empty last day is still to come)."""
    return nw.col(name).is_null() | (nw.col(name) >= day)


def _on(contract: Any, day: Any) -> Any:
    """The state of a person that was valid on a day."""
    if not contract.state:
        return nw.lit(True)
    first, last = (nw.col(name) for name in contract.state)
    return (first.is_null() | (first <= day)) & (last.is_null() | (last >= day))


def _belongs(kind: str, contract: Any, period: Period) -> Any:
    """Catalogue rule Z3: a last day inside the period is an exit and not in the closing."""
    start, end = contract.span
    eve = period.start - timedelta(days=1)
    first, last = nw.col(start), nw.col(end)
    opening = (first < period.start) & _until(end, period.start) & _on(contract, eve)
    if kind == "opening":
        return opening
    if kind == "stayed":
        return opening & (last.is_null() | (last > period.end_day))
    if kind == "closing":
        return (
            (first <= period.end_day)
            & (last.is_null() | (last > period.end_day))
            & _on(contract, period.end_day)
        )
    if kind == "entries":
        return (first >= period.start) & (first <= period.end_day) & _on(contract, first)
    if kind == "exits":
        return (last >= period.start) & (last <= period.end_day) & _on(contract, last)
    present = (first <= period.end_day) & _until(end, period.start)
    if contract.state:
        valid_from, valid_to = contract.state
        present = present & _since(valid_from, period.end_day) & _until(valid_to, period.start)
    return present


def _overlap_days(contract: Any, period: Period) -> Any:
    """Days of the period on which a row belongs, last day in post included."""
    starts = [contract.span[0], *contract.state[:1]]
    ends = [contract.span[1], *contract.state[1:]]
    first = nw.max_horizontal(nw.lit(period.start), *(nw.col(name) for name in starts))
    last = nw.min_horizontal(nw.lit(period.end_day), *(nw.col(name) for name in ends))
    moment = nw.Datetime("us")  # subtracting days gives other types on other engines
    return (last.cast(moment) - first.cast(moment)).dt.total_minutes() // (24 * 60) + 1


def _stocks(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    contract = CONTRACTS[table]
    span = min(p.start for p in periods), max(p.end_day for p in periods)
    frame = broken_down(tables, table, columns, by, span)
    day = contract.time
    frame = frame.filter(nw.col(day) <= span[1])
    found = {}
    for measure in measures:
        fields = Fields(contract)
        kept = frame.filter(measure.where(fields)) if measure.where else frame
        values = kept.select(
            nw.col(day).alias("day"), "group", *measure.per, measure.value(fields).alias("value")
        )
        data = values.collect("pandas").to_native().dropna(subset=["value"])
        data["day"] = pd.to_datetime(data["day"]).dt.date
        found[measure] = _stock(measure, data.sort_values("day"), periods)
    return found


def _stock(measure: Measure, data: pd.DataFrame, periods: list[Period]) -> Cells:
    cells = Cells()
    for period in periods:
        inside = data[(data["day"] >= period.start) & (data["day"] <= period.end_day)]
        before = data[data["day"] < period.start]
        part = before if measure.kind == "before" else inside
        cells.rows[period] = len(part)
        if part.empty:
            continue
        if measure.kind == "mean":
            daily = part.groupby(["group", "day"])["value"].sum()
            values = daily.groupby("group").mean()
        else:
            last = part.groupby(["group", *measure.per], dropna=False)["value"].last()
            values = last.groupby("group").sum()
        cells.values |= {(period, group): float(value) for group, value in values.items()}
    return cells


FAMILIES = {"event": _events, "interval": _intervals, "stock": _stocks}
