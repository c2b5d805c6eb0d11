"""Daily stocks, such as followers: a period's last value, the one before it, or its mean."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.slices import Cells, broken_down, days_asked


def stocks(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    contract = CONTRACTS[table]
    span = days_asked(periods)
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
        data = in_pandas(values).dropna(subset=["value"])
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
