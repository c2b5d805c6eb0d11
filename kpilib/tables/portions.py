"""Which periods of a large table are read together, so that a month at a time is in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from kpilib.period import Period
from kpilib.tables.blocks import Block, blocks
from kpilib.tables.derive import base_of, row_by_row
from kpilib.tables.store import Tables

NOON = time(12)
ROWS_AT_ONCE = 2_000_000
TWICE_READ = 1.25  # reading by portions may open so many times the rows, no more


def portions(tables: Tables, table: str, column: str, layer: list[Period]) -> list[list[Period]]:
    """Split periods that follow one another, where each part of a file can be read alone.

    Distinct values and medians keep what they have seen of every period they are asked for;
    of one month after the other they need a fraction of the memory. It pays where a file lies
    in the order of time: any other would be read as often as there are portions.

    Parameters
    ----------
    tables : Tables
    table : str
    column : str
        The one that dates a row.
    layer : list of Period
        Periods that do not overlap, the first one first.

    Returns
    -------
    list of list of Period
    """
    file = _blocks(tables, base_of(table), column) if len(layer) > 1 and row_by_row(table) else []
    if sum(block.rows for block in file) <= ROWS_AT_ONCE:
        return [layer]
    bounds = {period: period.bounds(tables.zone) for period in layer}
    inside = {period: _rows(file, *bounds[period]) for period in layer}
    whole = _rows(file, bounds[layer[0]][0], bounds[layer[-1]][1])
    if sum(inside.values()) > TWICE_READ * whole:
        return [layer]
    found, room = [[layer[0]]], ROWS_AT_ONCE - inside[layer[0]]
    for period in layer[1:]:
        room -= inside[period]
        if room < 0:
            found.append([])
            room = ROWS_AT_ONCE - inside[period]
        found[-1].append(period)
    return found


def _blocks(tables: Tables, name: str, column: str) -> list[Block]:
    """Return the blocks of a table's file; none where duplicates are sought in all of it."""
    key = ("blocks", name, column)
    if key not in tables.cache:
        told = blocks(tables.given.get(name), column)
        tables.cache[key] = told if told and not tables.extent(name).duplicates else []
    return tables.cache[key]


def _rows(file: list[Block], start: datetime, end: datetime) -> int:
    """Return the rows of the blocks that hold a part of a time."""
    return sum(block.rows for block in file if _at(block.first) < end and _at(block.last) >= start)


def _at(moment: date | datetime) -> datetime:
    """Return an instant for a day: near enough to plan with."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, NOON, UTC)
