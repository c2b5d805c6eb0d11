"""Counting, adding and telling apart the rows of a table, in one query for all periods."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw

from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.slices import Cells, broken_down, dated, days_asked, layers


def events(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    summed = tables.summed(table)
    measures_read = {
        measure: _of_sums(measure) if summed else measure
        for measure in measures
        if not (summed and measure.single)
    }
    columns = set().union({measures[0].time}, *(m.columns for m in measures_read.values()))
    frame = broken_down(tables, table, columns, by, days_asked(periods))
    found = {measure: Cells(lost=measure not in measures_read) for measure in measures}
    for layer in layers(periods):
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
            for own in found.values():
                own.rows[period] += int(row["rows"])
            for index, (measure, read) in enumerate(measures_read.items()):
                own = found[measure]
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
        one = _only(nw.lit(1), counted)
        made = {f"made{index}": one if counted is None else one.otherwise(nw.lit(0))}
        return [nw.col(f"made{index}").sum().alias(f"value{index}")], made
    if measure.kind == "median":
        made = {f"made{index}": _only(measure.value(fields), counted)}
        return [nw.col(f"made{index}").median().alias(f"value{index}")], made
    if measure.kind == "sum":
        value = measure.amount(fields)
        made = {f"made{index}": _only(value, counted)}
        column = nw.col(f"made{index}")
        made[f"out{index}"] = (
            nw.lit(0) if counted is None else nw.when(counted).then(nw.lit(0)).otherwise(nw.lit(1))
        )
        return [
            column.sum().alias(f"value{index}"),
            column.max().alias(f"largest{index}"),
            column.null_count().alias(f"null{index}"),
            nw.col(f"out{index}").sum().alias(f"outside{index}"),
        ], made
    keys = [nw.col(name) for name in measure.keys]
    key = keys[0] if len(keys) == 1 else nw.concat_str(*keys, separator="\x1f")
    made = {f"made{index}": _only(key, counted)}
    column = nw.col(f"made{index}")
    return [
        column.n_unique().alias(f"value{index}"),
        column.null_count().alias(f"null{index}"),
    ], made


def _only(value: Any, counted: Any) -> Any:
    return value if counted is None else nw.when(counted).then(value)


def _value(measure: Measure, index: int, row: dict[str, Any]) -> float | None:
    value = row[f"value{index}"]
    if value is None or value != value:  # the median of nothing
        return None
    value = float(value)
    if measure.kind == "distinct":
        return value - (row[f"null{index}"] > 0)  # null is not a person
    if measure.kind == "sum":
        counted = row["rows"] - row[f"outside{index}"]
        if counted and row[f"null{index}"] == row["rows"]:
            return None  # rows there are, and not one value: unknown, not 0
    return value
