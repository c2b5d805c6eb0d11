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
from kpilib.instants import day_number, edge
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.slices import Cells, broken_down, days_asked, within

# Kinds that follow people and not intervals: whoever left and came back has stayed.
PEOPLE = {
    "stayed": ("opening", {"closing": 1}),
    "lost": ("opening", {"closing": 0}),
    "gained": ("entries", {"earlier": 0}),
    "regained": ("entries", {"earlier": 1, "opening": 0}),
    "passed": ("entries", {"earlier": 0, "closing": 0}),
}


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
                edges = _edges(frame, contract, period, tables)
                kind, also = PEOPLE.get(measure.kind, (measure.kind, {}))
                belongs = _belongs(kind, contract, period, edges) & counted
                for other, holds in also.items():
                    there = _belongs(other, contract, period, edges) & counted
                    ones = nw.when(there).then(nw.lit(1)).otherwise(nw.lit(0))
                    belongs = belongs & (ones.max().over(measure.keys[0]) == holds)
                if measure.at:
                    belongs = belongs & within(frame, measure.at, period, tables)
                made[name] = nw.when(belongs).then(nw.col(measure.keys[0]))
                asked.append(nw.col(name).n_unique().alias(name))
                asked.append(nw.col(name).null_count().alias(f"{name}_null"))
    result = frame.with_columns(**made).group_by("group").agg(*asked)
    found = {measure: Cells() for measure in measures}
    for row in in_pandas(result).to_dict("records"):
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
    belongs = _belongs(measure.kind, contract, period, _edges(frame, contract, period, tables))
    if measure.where:
        belongs = belongs & measure.where(Fields(contract))
    return set(in_pandas(frame.filter(belongs).select(key))[key])


def _edges(frame: nw.LazyFrame, contract: Table, period: Period, tables: Tables) -> tuple:
    """Return the first moment of a period and the first after it, as the table writes moments."""
    dtype = frame.collect_schema()[contract.span[0]]
    if dtype == nw.Date:
        return period.start, period.end_day + timedelta(days=1)
    return tuple(edge(instant, dtype) for instant in period.bounds(tables.zone))


def _since(name: str, day: date) -> Any:
    """The column is on or before a day (an empty first day is the beginning of time)."""
    return nw.col(name).is_null() | (nw.col(name) <= day)


def _until(name: str, moment: Any) -> Any:
    """The column is on or after a moment (an empty last day is still to come)."""
    return nw.col(name).is_null() | (nw.col(name) >= moment)


def _on(contract: Table, day: Any) -> Any:
    """The state of a person that was valid on a day."""
    if not contract.state:
        return nw.lit(True)
    first, last = (nw.col(name) for name in contract.state)
    return (first.is_null() | (first <= day)) & (last.is_null() | (last >= day))


def _belongs(kind: str, contract: Table, period: Period, edges: tuple) -> Any:
    """Catalogue rule Z3: a last day inside the period is an exit and not in the closing."""
    (start, end), (opens, closes) = contract.span, edges
    first, last = nw.col(start), nw.col(end)
    if kind == "earlier":
        return first < opens
    if kind == "opening":
        eve = period.start - timedelta(days=1)
        return (first < opens) & _until(end, opens) & _on(contract, eve)
    if kind == "closing":
        return (first < closes) & _until(end, closes) & _on(contract, period.end_day)
    if kind == "entries":
        return (first >= opens) & (first < closes) & _on(contract, first)
    if kind == "exits":
        return (last >= opens) & (last < closes) & _on(contract, last)
    present = (first < closes) & _until(end, opens)
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
    return day_number(last) - day_number(first) + 1
