"""Refuses to make figures of rows that break the rules of their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from kpilib.errors import ContractError, listed
from kpilib.period import Period
from kpilib.saying import fault_at, say
from kpilib.tables import TABLES
from kpilib.tables.contract import Column
from kpilib.tables.instants import edge
from kpilib.tables.read import first_row, first_said, in_pandas
from kpilib.tables.store import Tables

# A column, which rows break a rule of it, and what their value is.
Rule = tuple[str, Any, str]


def only_allowed(
    tables: Tables,
    name: str,
    columns: set[str],
    days: tuple[date, date] | None = None,
    time: str = "",
) -> None:
    """Refuse a table whose rows break a rule of a column that a figure reads.

    Amounts of two currencies are never added; an order ``Paid``, where the rule of a KPI asks for
    ``paid``, would be left out without a word. Of a large table the rows of the days asked are
    looked at.

    Parameters
    ----------
    tables : Tables
    name : str
    columns : set of str
    days : pair of datetime.date, optional
        The first and the last that are asked about; by default all.
    time : str
        The column that dates a row; by default the table's own.

    Raises
    ------
    ContractError
        Every such column, with the number of rows and, of a small table, the first of them.
    """
    faults = []
    for source, needed in tables.read_for(name, columns).items():
        if source in tables and (read := needed & tables.columns(source)):
            faults += _faults(tables, source, read, days, time)
    if faults:
        raise ContractError(faults)


def _faults(
    tables: Tables, source: str, read: set[str], days: tuple[date, date] | None, time: str
) -> list[str]:
    """Return what is wrong with columns of a canonical table; those that are sound are known."""
    whole = days is None or tables.small(source)
    sound = tables.cache.setdefault(("sound", source, None if whole else days), set())
    rules = list(_rules(tables, source, read - sound))
    found = []
    if rules:
        named = {column for column, _, _ in rules}
        dated = time if time in TABLES[source].columns else TABLES[source].time
        at = {dated} & tables.columns(source) if not whole else set()
        typed = tables.frame(source, at | named)
        typed = _of_days(typed, days, *at, zone=tables.zone) if at else typed
        numbered = whole and source in tables.given
        found = broken(typed, rules, partial(tables.every_row, source, named) if numbered else None)
    if not found:
        sound |= read
    return [fault_at(tables.origin(source), told) for told in found]


def rules_beside(tables: Tables, name: str, columns: set[str]) -> list[Rule]:
    """Return the rules that rows of a large table are held against while they are added up.

    To read millions of rows once more for their sake would cost as much as the figures.
    """
    if name not in TABLES or name not in tables or tables.small(name):
        return []
    return list(_rules(tables, name, columns & tables.columns(name)))


def refuse_broken(tables: Tables, name: str, rules: Sequence[Rule], counts: Sequence[int]) -> None:
    """Refuse a table by how many of its rows break each rule."""
    told = [_told(rule, count) for rule, count in zip(rules, counts, strict=True) if count]
    if told:
        raise ContractError([fault_at(tables.origin(name), each) for each in told])


def counted(rule: Rule) -> nw.Expr:
    """Return 1 in rows that break a rule, and 0 in others."""
    return nw.when(rule[1]).then(nw.lit(1)).otherwise(nw.lit(0))


def _of_days(
    frame: nw.LazyFrame, days: tuple[date, date], time: str, *, zone: ZoneInfo
) -> nw.LazyFrame:
    when, dtype = nw.col(time), frame.collect_schema()[time]
    if dtype == nw.Date:
        return frame.filter(when >= days[0], when <= days[1])
    first, end = (edge(each, dtype) for each in Period(*days).bounds(zone))
    return frame.filter(when >= first, when < end)


def _rules(tables: Tables, name: str, columns: set[str]) -> Iterator[Rule]:
    contract = TABLES[name].columns
    for column in sorted(columns):
        yield from rules_of(contract[column])
    amounts = any(contract[column].type == "EUR" for column in columns)
    if amounts and "currency" in tables.columns(name):
        yield of_currency(tables.currency)


def rules_of(column: Column) -> Iterator[Rule]:
    """Yield the rules of the values of a column."""
    value = nw.col(column.name)
    if column.choices:
        allowed = value.is_null() | value.is_in(column.choices)
        yield column.name, ~allowed, say("is not one of {names}", names=listed(column.choices))
    if column.minimum is not None:
        words = say("is below {least:g}", least=column.minimum)
        yield column.name, value < column.minimum, words
    if column.maximum is not None:
        words = say("is above {most:g}", most=column.maximum)
        yield column.name, value > column.maximum, words


def of_currency(currency: str) -> Rule:
    """Return the rule of amounts: all of them are in the company's currency."""
    words = say(
        "is not {currency}: convert the amounts, two currencies are never added", currency=currency
    )
    return "currency", nw.col("currency") != currency, words


def broken(
    typed: nw.LazyFrame, rules: Sequence[Rule], every: Callable[[], nw.LazyFrame] | None
) -> list[str]:
    """Say which rules are broken, by how many rows, and by which first of `every` row there is."""
    counts = in_pandas(
        typed.select(**{f"rule{number}": counted(rule).sum() for number, rule in enumerate(rules)})
    ).iloc[0]
    return [
        _told(rule, int(counts[f"rule{number}"]), first_row(every(), rule[1]) if every else None)
        for number, rule in enumerate(rules)
        if counts[f"rule{number}"] > 0
    ]


def _told(rule: Rule, count: int, first: int | None = None) -> str:
    column, _, words = rule
    return say(
        "column {column}, {count} row(s){first}: the value {words}.",
        column=column,
        count=count,
        first=first_said(first),
        words=words,
    )
