"""Every table a measure may read: the canonical ones and those that are worked out of them."""

from __future__ import annotations

from typing import NamedTuple

from kpilib.tables import TABLES, acts, at_work, buyers, visits, voice
from kpilib.tables.contract import Column, Table
from kpilib.tables.derivation import Derivation

_ROOMS = (visits, acts, voice, buyers, at_work)
DERIVED: dict[str, Derivation] = {
    each.contract.name: each for room in _ROOMS for each in room.DERIVATIONS
}
CONTRACTS: dict[str, Table] = {
    **TABLES,
    **{name: each.contract for name, each in DERIVED.items()},
}


def base_of(name: str) -> str:
    """Return the canonical table whose rows a (derived) table extends."""
    return DERIVED[name].base if name in DERIVED else name


class Cut(NamedTuple):
    """What a table is broken down by: a column of its own, or of one that a key of it leads to."""

    table: str
    column: Column
    key: str


def cut(table: str, by: str) -> Cut | None:
    """Return the column by which a table is broken down; an empty key where it is its own."""
    for key, name in (("", table), *CONTRACTS[table].links.items()):
        column = CONTRACTS[name].column(by)
        if column is not None:
            return Cut(name, column, key)
    return None


def sources(name: str, columns: set[str]) -> dict[str, set[str]]:
    """Return which columns of which canonical tables a (derived) table's columns come from."""
    if name not in DERIVED:
        return {name: set(columns)}
    derivation = DERIVED[name]
    listed = derivation.needs | derivation.either
    needed = {source: set(names.split()) for source, names in listed.items()}
    if derivation.base in derivation.needs:
        own = {column for column in columns if column in TABLES[derivation.base].columns}
        needed[derivation.base] |= own
    return needed


def alternatives(name: str) -> set[str]:
    """Return the canonical tables of which one is enough; empty when every source is needed."""
    return set(DERIVED[name].either) if name in DERIVED else set()


def records(name: str) -> list[str]:
    """Return the canonical tables that tell what happened to the rows of a derived one."""
    return DERIVED[name].records.split() if name in DERIVED else []


def refinements(name: str) -> dict[str, set[str]]:
    """Return which columns of which tables make a derived table exact, when they are there."""
    refined_by = DERIVED[name].refined_by if name in DERIVED else {}
    return {source: set(columns.split()) for source, columns in refined_by.items()}


def row_by_row(name: str) -> bool:
    """Whether each row of a table stands for itself, so that some can be read without others."""
    return name in TABLES or bool(DERIVED[name].makes)


def makers(name: str, columns: set[str]) -> list[Derivation]:
    """Return what adds columns to a canonical table, row by row, among the columns asked for."""
    own = TABLES[name].columns
    return [
        each
        for each in DERIVED.values()
        if each.base == name and columns & {made for made in each.makes.split() if made not in own}
    ]


def host(name: str, columns: set[str], by: str | None) -> str:
    """Return the table to read instead of a derived one: its base, if that has or is given all."""
    if name in TABLES or not DERIVED[name].makes:
        return name
    base = DERIVED[name].base
    group = CONTRACTS[name].column(by) if by else None
    if group is not None and group.name not in TABLES[base].columns:
        return name
    changed = set(DERIVED[name].makes.split()) & TABLES[base].columns.keys()
    return name if changed & {*columns, *([group.name] if group else ())} else base
