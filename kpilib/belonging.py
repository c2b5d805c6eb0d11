"""Intervals of belonging: opening, entries, exits and closing of employees, members, subscribers.

Closing = opening + entries - exits, and a closing is the next opening (catalogue, rule Z3).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import narwhals as nw

from kpilib.contract import Table
from kpilib.derive import CONTRACTS
from kpilib.engine import Tables
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.slices import Cells, broken_down, days_asked


def intervals_of_belonging(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    frame = broken_down(tables, table, columns, by, days_asked(periods))
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


def people_of(tables: Tables, measure: Measure, period: Period) -> set[str]:
    """Return who is counted by a measure of people, instead of how many."""
    frame = broken_down(tables, measure.table, set(measure.columns), None, days_asked([period]))
    contract, key = CONTRACTS[measure.table], measure.keys[0]
    belongs = _belongs(measure.kind, contract, period)
    if measure.where:
        belongs = belongs & measure.where(Fields(contract))
    return set(in_pandas(frame.filter(belongs).select(key))[key])


def _since(name: str, day: date) -> Any:
    """The column is on or before a day (an empty first day is the beginning of time)."""
    return nw.col(name).is_null() | (nw.col(name) <= day)


def _until(name: str, day: date) -> Any:
    """The column is on or after a day (an empty last day is still to come)."""
    return nw.col(name).is_null() | (nw.col(name) >= day)


def _on(contract: Table, day: Any) -> Any:
    """The state of a person that was valid on a day."""
    if not contract.state:
        return nw.lit(True)
    first, last = (nw.col(name) for name in contract.state)
    return (first.is_null() | (first <= day)) & (last.is_null() | (last >= day))


def _belongs(kind: str, contract: Table, period: Period) -> Any:
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


def _overlap_days(contract: Table, period: Period) -> Any:
    """Days of the period on which a row belongs, last day in post included."""
    starts = [contract.span[0], *contract.state[:1]]
    ends = [contract.span[1], *contract.state[1:]]
    first = nw.max_horizontal(nw.lit(period.start), *(nw.col(name) for name in starts))
    last = nw.min_horizontal(nw.lit(period.end_day), *(nw.col(name) for name in ends))
    moment = nw.Datetime("us")  # subtracting days gives other types on other engines
    return (last.cast(moment) - first.cast(moment)).dt.total_minutes() // (24 * 60) + 1
