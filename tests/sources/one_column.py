"""One column of an export, read as an import reads it; and single texts by the same expressions."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from kpilib.sources.block import Block
from kpilib.sources.body import Body
from kpilib.sources.column import Column
from kpilib.sources.context import Context
from kpilib.sources.preset import Preset, TablePreset
from kpilib.tables import cells, moments
from kpilib.tables.moments import Order

PRESET = Preset(id="x", name="X", status="verified", tables=())


def read_column(header, texts, lines, origin, *, serials=None, told=None, **written):
    """Return the values of a column and what is said of it: its question, or its faults."""
    rows = iter([(line, (text,)) for line, text in zip(lines, texts, strict=True)])
    context = Context(
        zone=ZoneInfo("Europe/Paris"),
        currency="EUR",
        secret=lambda: b"key",
        told=told or {},
        block=Block(origin=origin, header=(header,), line=1, rows=rows, serials=serials),
        table=TablePreset(id="t", signature=(header,), fields={"f": {"names": header, **written}}),
    )
    places, left_out = {"f": 0}, context.left_out
    body = Body(block=context.block, table=context.table, places=places, left_out=left_out).read()
    column = Column("f", header, context, PRESET)
    suspicious = column.decide(body.texts, origin)
    values, faults = column.read(body.texts, origin)
    said = [column.question] if column.question else []
    return values.to_list(), said + suspicious + faults


def number(text, decimal="."):
    """Return the number of a text, its unit, and why there is none."""
    value, unit, nothing = cells.numbers(pl.Series([text]), decimal).row(0)
    if value is not None:
        return value, unit or "", ""
    if not nothing:
        raise ValueError("not a number")
    bound = text.strip()[:1] in ("<", ">")
    return None, "", "bound" if bound else "empty"


def seconds(text, decimal="."):
    """Return the seconds of a text."""
    value, _, nothing = cells.seconds(pl.Series([text]), decimal).row(0)
    if value is None and not nothing:
        raise ValueError("not a duration")
    return value


def decimal_sign(texts):
    """Return the sign that parts decimals in a column."""
    return cells.decimal_sign(pl.Series(texts, dtype=pl.String))


def formats_of(texts):
    """Return how the days of a column are written."""
    return Order(pl.Series(texts, dtype=pl.String)).formats()


def day(text, formats, serials=None):
    """Return the day of a text."""
    found = moments.day(pl.Series([text]), formats, serials).item()
    if found is None and text.strip():
        raise ValueError("not a date")
    return found


def instant(text, formats, zone, serials=None):
    """Return the instant of a text."""
    found = moments.instant(pl.Series([text]), formats, zone, serials).item()
    if found is None and text.strip():
        raise ValueError("not a date")
    return found
