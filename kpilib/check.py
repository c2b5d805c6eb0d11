"""The check of a company's tables against their contracts: every fault, never a value."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from kpilib.contract import Column, Table
from kpilib.engine import Tables
from kpilib.errors import ContractError, listed
from kpilib.tables import TABLES


def faults(tables: Tables, currency: str) -> list[str]:
    """Return what is wrong with the tables.

    Parameters
    ----------
    tables : Tables
    currency : str
        The company's; amounts in another are refused, never added.

    Returns
    -------
    list of str
        One sentence a fault: file, column, number of rows, first row, rule. Empty when all is
        well.
    """
    found: list[str] = []
    for name in tables.given:
        try:
            found += _table(tables, TABLES[name], currency)
        except ContractError as error:
            found += error.faults
    found += _links(tables)
    return list(dict.fromkeys(found))


def _table(tables: Tables, contract: Table, currency: str) -> list[str]:
    names = tables.columns(contract.name)
    typed = tables.frame(contract.name, names)
    rules = [rule for name in sorted(names) for rule in _rules(contract.columns[name])]
    if "currency" in names:
        other = f"is not {currency}: convert the amounts, two currencies are never added"
        rules.append(("currency", nw.col("currency") != currency, other))
    for first, last in filter(None, (contract.span, contract.state)):
        if {first, last} <= names:
            rules.append((last, nw.col(last) < nw.col(first), f"is before {first}"))
    if contract.time in names and contract.columns[contract.time].type in ("ts", "date"):
        rules.append((contract.time, nw.col(contract.time).is_null(), "is empty: a row needs it"))
    if not rules:
        return []
    broken = {
        f"rule{number}": nw.when(rule).then(nw.lit(1)).otherwise(nw.lit(0)).sum()
        for number, (_, rule, _) in enumerate(rules)
    }
    counts = typed.select(**broken).collect("pandas").to_native().iloc[0]
    origin = tables.origin(contract.name)
    return [
        f"{origin}: column {column}, {int(counts[f'rule{number}'])} row(s)"
        f"{_first(typed, rule)}: the value {words}."
        for number, (column, rule, words) in enumerate(rules)
        if counts[f"rule{number}"] > 0
    ]


def _rules(column: Column) -> list[tuple[str, Any, str]]:
    value, rules = nw.col(column.name), []
    if column.choices:
        allowed = value.is_null() | value.is_in(column.choices)
        rules.append((column.name, ~allowed, f"is not one of {listed(column.choices)}"))
    if column.minimum is not None:
        rules.append((column.name, value < column.minimum, f"is below {column.minimum:g}"))
    if column.maximum is not None:
        rules.append((column.name, value > column.maximum, f"is above {column.maximum:g}"))
    return rules


def _first(frame: nw.LazyFrame, rule: Any) -> str:
    """Name the first row of a fault, where rows have an order."""
    if not frame.implementation.is_polars():
        return ""
    rows = frame.with_columns(broken=rule).to_native().with_row_index("row", offset=2)
    first = rows.filter("broken").select("row").first().collect()
    return f", the first in row {first['row'].item()}" if len(first) else ""


def _links(tables: Tables) -> list[str]:
    """Return references to rows that do not exist."""
    found = []
    for name in tables.given:
        for column, target in TABLES[name].links.items():
            if target not in tables.given:
                continue
            if column not in tables.columns(name) or column not in tables.columns(target):
                continue
            known = tables.frame(target, {column}).unique()
            lost = (
                tables.frame(name, {column})
                .filter(~nw.col(column).is_null())
                .join(known, on=column, how="anti")
                .select(lost=nw.len())
            )
            count = int(lost.collect("pandas")["lost"][0])
            if count:
                found.append(
                    f"{tables.origin(name)}: column {column}, {count} row(s): no such {column} in "
                    f"{tables.origin(target)}. Export both for the same period."
                )
    return found
