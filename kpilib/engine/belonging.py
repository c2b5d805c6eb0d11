"""Intervals of belonging: opening, entries, exits and closing of employees, members, subscribers.

People are counted, not rows. Closing = opening + entries - exits, for the whole and in each group,
and a closing is the next opening (catalogue, rule Z3). Who moves leaves one group for another."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import and_
from typing import Any

import narwhals as nw

from kpilib.engine.slices import EVERYONE, Cells, broken_down, days_asked, within
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.tables.contract import Table
from kpilib.tables.derivation import runs
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.instants import day_number, edge
from kpilib.tables.read import in_pandas, records, row_count
from kpilib.tables.store import Tables

NEVER = 4_000_000  # a day number after the last day of the calendar


def spells(frame: nw.LazyFrame, measures: list[Measure], by: str | None) -> nw.LazyFrame:
    """Return one row per person, group and spell of belonging.

    Rows of one person that overlap, or follow on the next day, are one spell: with two contracts
    at once nobody is two people, and a contract that another one follows is not left.

    Parameters
    ----------
    frame : narwhals.LazyFrame
        A table with intervals, with the breakdown in ``group``.
    measures : list of Measure
        Of the same people: they have key, rows that count and date of what people did in common.
    by : str or None
        None joins across groups.

    Returns
    -------
    narwhals.LazyFrame
        ``group``, the person's key, and numbers of days (or instants, where the table has them):
        ``first`` and ``last`` day there, and ``until``, the day from which on the person is not
        there at the close. Who leaves is not there on the evening of the last day (catalogue,
        rule Z3); who only moves to another group, or goes on by another contract, is.
        ``event0``, ``event1`` and so on tell what the events of the measures say.
    """
    contract, one = CONTRACTS[measures[0].table], measures[0]
    person, (start, end) = one.keys[0], contract.span
    fields, kept = Fields(contract), _kept(frame, one)
    events = {
        f"event{i}": _one_if(measure.event(fields))
        for i, measure in enumerate(measures)
        if measure.event
    }
    first, last = nw.col(start), nw.col(end)
    if frame.collect_schema()[start] != nw.Date:  # spells already: orders that make a customer
        return kept.with_columns(first=first, last=last, until=last, **events)
    gone = day_number(last).fill_null(NEVER)
    if one.at:  # one row for each thing that a person did: its spell is joined already
        return kept.with_columns(first=day_number(first), last=gone, until=gone, **events)
    rows = _states(kept, contract).with_columns(gone=gone, **events)
    rows = rows.with_columns(until=nw.min_horizontal(nw.col("last") + 1, nw.col("gone")))
    rows = rows.select("group", person, "first", "last", "until", *events).unique()
    rows = _numbered(rows, [person], list(events)).with_columns(
        came=nw.col("first").min().over(person, "run"),
        gone=nw.col("until").max().over(person, "run"),
    )
    rows = rows.with_columns(
        until=nw.min_horizontal(nw.col("last") + 1, nw.col("gone")),
        **{
            f"event{i}": nw.col(f"event{i}") * _one_if(_turn(measure.kind))
            for i, measure in enumerate(measures)
            if measure.event
        },
    )
    keys = ["group", person]
    if by is None:
        rows = rows.with_columns(group=nw.lit(EVERYONE))
    else:
        rows = _numbered(rows.drop("run"), keys, list(events))
    return rows.group_by(*keys, "run").agg(
        nw.col("first").min(),
        nw.col("last").max(),
        nw.col("until").max(),
        *(nw.col(name).max() for name in events),
    )


def _kept(frame: nw.LazyFrame, measure: Measure) -> nw.LazyFrame:
    """Keep the rows of people who count, of whom it is known since when."""
    contract = CONTRACTS[measure.table]
    kept = frame.filter(~nw.col(measure.keys[0]).is_null(), ~nw.col(contract.span[0]).is_null())
    return kept.filter(measure.where(Fields(contract))) if measure.where else kept


def _states(kept: nw.LazyFrame, contract: Table) -> nw.LazyFrame:
    """Number the first and the last day of each state; one that ends before it begins is none."""
    bounds = (contract.span, contract.state or contract.span)  # two of each: Spark's least asks so
    begins, ends = zip(*bounds, strict=True)
    rows = kept.with_columns(
        first=nw.max_horizontal(*(day_number(nw.col(name)) for name in begins)),
        last=nw.min_horizontal(*(day_number(nw.col(name)).fill_null(NEVER) for name in ends)),
    )
    return rows.filter(nw.col("last") >= nw.col("first"))


def _turn(kind: str) -> Any:
    """Whether a row begins, or ends, what a person has: a move between groups does neither."""
    if kind == "entries":
        return nw.col("first") == nw.col("came")
    return nw.col("last") + 1 >= nw.col("gone")


def _numbered(rows: nw.LazyFrame, one: list[str], events: list[str]) -> nw.LazyFrame:
    """Number in ``run`` the rows that go on from one another."""
    others = [name for name in ("group", "until", *events) if name not in one]
    return runs(rows, one, ("first", "last"), nw.col("first") <= nw.col("reached") + 1, others)


def _one_if(condition: Any) -> Any:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


# Kinds that follow people and not spells: whoever left and came back has stayed.
PEOPLE = {
    "stayed": ("opening", {"closing": 1}),
    "lost": ("opening", {"closing": 0}),
    "gained": ("entries", {"earlier": 0}),
    "regained": ("entries", {"earlier": 1, "opening": 0}),
    "passed": ("entries", {"earlier": 0, "closing": 0}),
}
TURNS = ("entries", "exits")  # who came twice came twice


def intervals_of_belonging(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    frame = broken_down(tables, table, columns, by, days_asked(periods))
    rows = row_count(frame)
    found = {
        measure: Cells(rows=defaultdict(int, dict.fromkeys(periods, rows))) for measure in measures
    }
    populations: dict[tuple, list[Measure]] = defaultdict(list)
    for measure in measures:
        populations[measure.keys, measure.where, measure.at, measure.value].append(measure)
    for several in populations.values():
        counts = _weighed if several[0].value else _counts
        for row in counts(tables, frame, several, periods, by):
            for i, measure in enumerate(several):
                for j, period in enumerate(periods):
                    found[measure].values[period, row["group"]] = float(row[f"m{i}_{j}"])
    return found


def people_of(tables: Tables, measure: Measure, period: Period) -> set[str]:
    """Return who is counted by a measure of people, instead of how many."""
    frame = broken_down(tables, measure.table, set(measure.columns), None, days_asked([period]))
    known, key = spells(frame, [measure], None), measure.keys[0]
    there = known.filter(_belongs(measure.kind, known, period, tables))
    return set(in_pandas(there.select(key))[key])


def _counts(
    tables: Tables,
    frame: nw.LazyFrame,
    measures: list[Measure],
    periods: list[Period],
    by: str | None,
) -> list[dict[str, Any]]:
    """Count in each group what measures ask that speak of the same people."""
    person, known = measures[0].keys[0], spells(frame, measures, by)
    if any(measure.kind in PEOPLE for measure in measures):
        known = known.join(_anywhere(tables, frame, measures, periods), on=person, how="left")
    made, nulls, days = {}, {}, {}
    for i, measure in enumerate(measures):
        for j, period in enumerate(periods):
            name = f"m{i}_{j}"
            if measure.kind == "average":
                made[name], days[name] = _days_inside(known, period), period.days
                continue
            conditions = _conditions(measure, i, j, (known, period, tables))
            belongs = reduce(and_, conditions)
            if measure.kind in TURNS:
                made[name] = nw.when(belongs).then(nw.lit(1)).otherwise(nw.lit(0))
            else:
                made[name] = nw.when(belongs).then(nw.col(person))
                nulls[name] = nw.col(name).null_count().alias(f"{name}_null")
    asked = [nw.col(name).n_unique() if name in nulls else nw.col(name).sum() for name in made]
    result = known.with_columns(**made).group_by("group").agg(*asked, *nulls.values())
    counts = records(result)
    for row in counts:
        for name in nulls:  # null is not a person
            row[name] -= row[f"{name}_null"] > 0
        for name, length in days.items():  # once all are added up: no engine's order shows
            row[name] /= length
    return counts


def _weighed(
    _tables: Tables,
    frame: nw.LazyFrame,
    measures: list[Measure],
    periods: list[Period],
    _by: str | None,
) -> list[dict[str, Any]]:
    """Average what people weigh (their full-time equivalents): each of two contracts its own."""
    contract = CONTRACTS[measures[0].table]
    rows = _states(_kept(frame, measures[0]), contract)
    weight = measures[0].value(Fields(contract))
    made = {f"m0_{j}": _days_inside(rows, period) * weight for j, period in enumerate(periods)}
    sums = rows.with_columns(**made).group_by("group").agg(*(nw.col(name).sum() for name in made))
    found = records(sums)
    for row in found:
        row |= {f"m0_{j}": row[f"m0_{j}"] / period.days for j, period in enumerate(periods)}
    return found


def _conditions(measure: Measure, i: int, j: int, asked: tuple) -> list[Any]:
    """Return what a spell must fulfil to count for a measure, in the period of that number."""
    known, period, tables = asked
    kind, also = PEOPLE.get(measure.kind, (measure.kind, {}))
    conditions = [_belongs(kind, known, period, tables)]
    conditions += [nw.col(f"{other}_{j}") == holds for other, holds in also.items()]
    if measure.event:
        conditions.append(nw.col(f"event{i}") == 1)
    if measure.at:
        conditions.append(within(known, measure.at, period, tables))
    return conditions


def _anywhere(
    tables: Tables, frame: nw.LazyFrame, measures: list[Measure], periods: list[Period]
) -> nw.LazyFrame:
    """Tell of each person, in whatever group, where a period finds them: there, or before it."""
    known, person = spells(frame, measures, None), measures[0].keys[0]
    others = sorted({other for _, also in PEOPLE.values() for other in also})
    told = {
        f"{other}_{j}": nw.when(_belongs(other, known, period, tables))
        .then(nw.lit(1))
        .otherwise(nw.lit(0))
        for other in others
        for j, period in enumerate(periods)
    }
    return known.with_columns(**told).group_by(person).agg(*(nw.col(name).max() for name in told))


def _belongs(kind: str, known: nw.LazyFrame, period: Period, tables: Tables) -> Any:
    """Whether a spell counts: a last day inside the period is an exit and not in the closing."""
    opens, closes = _edges(known, period, tables)
    first, until = nw.col("first"), nw.col("until")
    if kind == "earlier":
        return first < opens
    if kind == "opening":
        return (first < opens) & (until.is_null() | (until >= opens))
    if kind == "closing":
        return (first < closes) & (until.is_null() | (until >= closes))
    if kind == "entries":
        return (first >= opens) & (first < closes)
    if kind == "exits":
        return (until >= opens) & (until < closes)
    last = nw.col("last")
    return (first < closes) & (last.is_null() | (last >= opens))


def _edges(known: nw.LazyFrame, period: Period, tables: Tables) -> tuple:
    """Return the first moment of a period and the first after it, as spells write moments."""
    dtype = known.collect_schema()["first"]
    if dtype.is_numeric():
        return period.start.toordinal(), period.end_day.toordinal() + 1
    return tuple(edge(instant, dtype) for instant in period.bounds(tables.zone))


def _days_inside(known: nw.LazyFrame, period: Period) -> Any:
    """Days of the period on which a person belongs, last day in post included."""
    days = known.collect_schema()["first"].is_numeric()
    first, last = (nw.col(name) if days else day_number(nw.col(name)) for name in ("first", "last"))
    begins, ends = period.start.toordinal(), period.end_day.toordinal()
    inside = nw.min_horizontal(last, nw.lit(ends)) - nw.max_horizontal(first, nw.lit(begins)) + 1
    return nw.when(inside > 0).then(inside).otherwise(nw.lit(0))
