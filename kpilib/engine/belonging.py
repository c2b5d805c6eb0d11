"""Intervals of belonging: opening, entries, exits and closing of employees, members, subscribers.

People are counted, not rows. Closing = opening + entries - exits, for the whole and in each group,
and a closing is the next opening (catalogue, rule Z3). Who moves leaves one group for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.slices import EVERYONE, Cells, broken_down, days_asked
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.tables.contract import Table
from kpilib.tables.derivation import runs
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.instants import day_number
from kpilib.tables.read import in_pandas, row_count, settled
from kpilib.tables.store import Tables

NEVER = 4_000_000  # a day number after the last day of the calendar
BEFORE_1970 = date(1970, 1, 1).toordinal()


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
    (start, end), fields, kept = contract.span, Fields(contract), _kept(frame, one)
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
    return _joined(rows, measures, by, list(events))


def _joined(
    rows: nw.LazyFrame, measures: list[Measure], by: str | None, events: list[str]
) -> nw.LazyFrame:
    """Return the spells of rows: those that overlap or follow on the next day are one."""
    person = measures[0].keys[0]
    keys = ["group", person]
    rows = rows.with_columns(until=nw.min_horizontal(nw.col("last") + 1, nw.col("gone")))
    rows = rows.select("group", person, "first", "last", "until", *events).unique()
    rows = _numbered(rows, [person], events).with_columns(
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
    if by is None:
        rows = rows.with_columns(group=nw.lit(EVERYONE))
    else:
        rows = _numbered(rows.drop("run"), keys, events)
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
        for measure, period, of_groups in counts(tables, frame, several, periods, by):
            found[measure].values |= {(period, group): own for group, own in of_groups.items()}
    return found


def people_of(tables: Tables, measure: Measure, periods: list[Period]) -> dict[Period, set[str]]:
    """Return who is counted by a measure of people, instead of how many."""
    frame = broken_down(tables, measure.table, set(measure.columns), None, days_asked(periods))
    known = Known.of(spells(frame, [measure], None), measure, tables.zone)
    return {
        period: set(known.people[known.person[known.belong(measure.kind, period)]])
        for period in periods
    }


@dataclass(frozen=True)
class Known:
    """Spells as columns, one place a spell.

    Parameters
    ----------
    columns : dict of str to numpy.ndarray
        ``first``, ``last`` and ``until``, events, and when people did something; instants in UTC.
    days : frozenset of str
        The columns that hold days, and not instants.
    person, group : numpy.ndarray of int
        Whose each spell is and where, as places in `people` and `groups`.
    people, groups : numpy.ndarray
    zone : ZoneInfo
    """

    columns: dict[str, np.ndarray]
    days: frozenset[str]
    person: np.ndarray
    group: np.ndarray
    people: np.ndarray
    groups: np.ndarray
    zone: ZoneInfo

    @classmethod
    def of(cls, found: nw.LazyFrame, measure: Measure, zone: ZoneInfo) -> Known:
        """Bring the spells of the people of a measure."""
        rows, schema = in_pandas(found), found.collect_schema()
        person, people = pd.factorize(rows.pop(measure.keys[0]))
        group, groups = pd.factorize(rows.pop("group"), sort=True)
        zoned = rows.select_dtypes("datetimetz")
        rows = rows.assign(**{name: zoned[name].dt.tz_convert(None) for name in zoned})
        columns = {name: rows[name].to_numpy() for name in rows}
        days = frozenset(name for name, dtype in schema.items() if dtype == nw.Date)
        return cls(columns, days, person, group, np.asarray(people), np.asarray(groups), zone)

    def belong(self, kind: str, period: Period) -> np.ndarray:
        """Whether each spell counts: a last day inside the period is an exit, not in the closing.

        Nothing is before or after an end that never comes.
        """
        opens, closes = self._edges("first", period)
        first, last, until = (self.columns[name] for name in ("first", "last", "until"))
        if kind == "earlier":
            return first < opens
        if kind == "opening":
            return (first < opens) & ~(until < opens)
        if kind == "closing":
            return (first < closes) & ~(until < closes)
        if kind == "entries":
            return (first >= opens) & (first < closes)
        if kind == "exits":
            return (until >= opens) & (until < closes)
        return (first < closes) & ~(last < opens)

    def within(self, column: str, period: Period) -> np.ndarray:
        """Whether what the people did lies in a period, by the column that dates it."""
        opens, closes = self._edges(column, period)
        return (self.columns[column] >= opens) & (self.columns[column] < closes)

    def inside(self, period: Period) -> np.ndarray:
        """Days of the period on which each person belongs, last day in post included."""
        first, last = (_day_numbers(self.columns[name]) for name in ("first", "last"))
        return _days_inside(first, last, period)

    def of_groups(self, values: np.ndarray) -> dict[str, float]:
        """Add up what spells count for, in each group."""
        sums = np.bincount(self.group, values, minlength=len(self.groups))
        return dict(zip(self.groups, sums.tolist(), strict=True))

    @cached_property
    def _place(self) -> np.ndarray:
        """A number for each person in each group."""
        return self.person * len(self.groups) + self.group

    def people_in_groups(self, counted: np.ndarray) -> dict[str, float]:
        """Count the people of some spells in each group, each of them once."""
        there = np.unique(self._place[counted]) % len(self.groups)
        counts = np.bincount(there, minlength=len(self.groups)).astype(float)
        return dict(zip(self.groups, counts.tolist(), strict=True))

    def of_people(self, counted: np.ndarray) -> np.ndarray:
        """Return by person whether any of their spells is one of some."""
        return np.bincount(self.person, counted, minlength=len(self.people)) > 0

    def _edges(self, column: str, period: Period) -> tuple:
        """Return the first moment of a period and the first after it, as a column writes them."""
        if self.columns[column].dtype.kind != "M":
            return period.start.toordinal(), period.end_day.toordinal() + 1
        if column in self.days:
            return np.datetime64(period.start), np.datetime64(period.end_day) + 1
        return tuple(np.datetime64(each.replace(tzinfo=None)) for each in period.bounds(self.zone))


def _counts(
    tables: Tables,
    frame: nw.LazyFrame,
    measures: list[Measure],
    periods: list[Period],
    by: str | None,
) -> Iterator[tuple[Measure, Period, dict[str, float]]]:
    """Count in each group what measures ask that speak of the same people."""
    known = whole = Known.of(spells(frame, measures, by), measures[0], tables.zone)
    if by is not None and any(measure.kind in PEOPLE for measure in measures):
        whole = Known.of(spells(frame, measures, None), measures[0], tables.zone)
    same = pd.Index(whole.people).get_indexer(known.people)
    for i, measure in enumerate(measures):
        kind, also = PEOPLE.get(measure.kind, (measure.kind, {}))
        event = known.columns[f"event{i}"] == 1 if measure.event else True
        for period in periods:
            if kind == "average":
                days = known.of_groups(known.inside(period))
                yield measure, period, {group: own / period.days for group, own in days.items()}
                continue
            counted = known.belong(kind, period) & event
            if measure.at:
                counted &= known.within(measure.at, period)
            for other, holds in also.items():  # in whatever group
                there = whole.of_people(whole.belong(other, period))
                counted &= there[same][known.person] == holds
            count = known.of_groups if measure.kind in TURNS else known.people_in_groups
            yield measure, period, count(counted)


def _weighed(
    _tables: Tables,
    frame: nw.LazyFrame,
    measures: list[Measure],
    periods: list[Period],
    _by: str | None,
) -> Iterator[tuple[Measure, Period, dict[str, float]]]:
    """Average what people weigh (their full-time equivalents): each of two contracts its own."""
    contract = CONTRACTS[measures[0].table]
    weight = measures[0].value(Fields(contract))
    rows = _states(_kept(frame, measures[0]), contract).with_columns(weight=weight)
    rows = in_pandas(rows.select("group", "first", "last", "weight"))
    first, last, weights = (rows[name].to_numpy(float) for name in ("first", "last", "weight"))
    group, groups = pd.factorize(rows["group"], sort=True)
    for period in periods:
        days = np.nan_to_num(_days_inside(first, last, period) * weights)
        sums = settled(np.bincount(group, days, minlength=len(groups))) / period.days
        yield measures[0], period, dict(zip(groups, sums.tolist(), strict=True))


def _day_numbers(moments: np.ndarray) -> np.ndarray:
    """Number the days of spells, those of instants in UTC."""
    if moments.dtype.kind != "M":
        return moments
    days = moments.astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64) + BEFORE_1970)


def _days_inside(first: np.ndarray, last: np.ndarray, period: Period) -> np.ndarray:
    begins, ends = period.start.toordinal(), period.end_day.toordinal()
    return np.maximum(np.fmin(last, ends) - np.maximum(first, begins) + 1, 0)
