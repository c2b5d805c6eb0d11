"""The spells during which each person belonged, joined from the rows that tell of them."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from kpilib.derive import CONTRACTS
from kpilib.instants import day_number
from kpilib.measure import Fields, Measure
from kpilib.slices import EVERYONE

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
    fields = Fields(contract)
    kept = frame.filter(~nw.col(person).is_null(), ~nw.col(start).is_null())
    kept = kept.filter(one.where(fields)) if one.where else kept
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
    bounds = (contract.span, contract.state or contract.span)  # two of each: Spark's least asks so
    begins, ends = zip(*bounds, strict=True)
    rows = kept.with_columns(
        first=nw.max_horizontal(*(day_number(nw.col(name)) for name in begins)),
        last=nw.min_horizontal(*(day_number(nw.col(name)).fill_null(NEVER) for name in ends)),
        gone=gone,
        **events,
    ).with_columns(until=nw.min_horizontal(nw.col("last") + 1, nw.col("gone")))
    rows = rows.filter(nw.col("last") >= nw.col("first"))
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


def _turn(kind: str) -> Any:
    """Whether a row begins, or ends, what a person has: a move between groups does neither."""
    if kind == "entries":
        return nw.col("first") == nw.col("came")
    return nw.col("last") + 1 >= nw.col("gone")


def _numbered(rows: nw.LazyFrame, one: list[str], events: list[str]) -> nw.LazyFrame:
    """Number in ``run`` the rows that go on from one another."""
    others = [name for name in ("group", "until", *events) if name not in one]
    order = ["first", "last", *others]  # complete, so that no two windows see another order

    def along(column: Any) -> Any:
        return column.over(*one, order_by=order)

    goes_on = nw.col("first") <= nw.col("reached") + 1
    return (
        rows.with_columns(furthest=along(nw.col("last").cum_max()))
        .with_columns(reached=along(nw.col("furthest").shift(1)))
        .with_columns(begins=nw.when(goes_on).then(nw.lit(0)).otherwise(nw.lit(1)))
        .with_columns(run=along(nw.col("begins").cum_sum()))
        .drop("furthest", "reached", "begins")
    )


def _one_if(condition: Any) -> Any:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))
