"""Brings the columns that are needed to the types of their contract, or lists every fault."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from kpilib.errors import ContractError, listed
from kpilib.saying import fault_at, meant, say
from kpilib.tables import cells, moments
from kpilib.tables.contract import NUMBERS, Column, Table
from kpilib.tables.instants import without_zone
from kpilib.tables.read import first_row

NAMES = ("key", "text", "enum")
WRITTEN_WORDS = {
    "bool": "true or false",
    "date": "a day as YYYY-MM-DD",
    "ts": "an instant as YYYY-MM-DDTHH:MM:SSZ",
    "hours": "seven numbers, Monday to Sunday, separated by commas",
    "list": "a list of texts, or one text with semicolons between them",
    "number": "a number with a decimal point",
}
DTYPES = {
    **dict.fromkeys(NAMES, nw.String),
    "ts": nw.Datetime("us", "UTC"),
    "date": nw.Date,
    "int": nw.Int64,
    "float": nw.Float64,
    "EUR": nw.Float64,
    "bool": nw.Boolean,
    "hours": nw.List(nw.Float64),
    "list": nw.String,
}


def conform(
    frame: nw.LazyFrame, contract: Table, columns: set[str], zone: ZoneInfo, origin: str
) -> nw.LazyFrame:
    """Return the columns asked for, under the types of the contract.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    contract : Table
    columns : set of str
        Columns that are needed; others are not read.
    zone : ZoneInfo
        Where a day without a time begins.
    origin : str
        File or table named in errors.

    Returns
    -------
    narwhals.LazyFrame
        Exactly `columns`; instants in UTC, a missing optional column filled as declared.

    Raises
    ------
    ContractError
        Every column that is missing or cannot be read as its type, at once; or none is known.
    """
    dates = {name for name in columns if contract.columns[name].type == "date"}
    frame = without_zone(frame, dates, zone)
    schema = frame.collect_schema()
    if not columns:
        raise ContractError([_unlike(contract, schema.names(), origin)])
    faults: list[str] = []
    taken: list[Any] = []
    texts: list[Column] = []
    days: list[str] = []
    polars = frame.implementation.is_polars()
    for name in sorted(columns):
        column, dtype = contract.columns[name], schema.get(name)
        if dtype is None and column.absent is None:
            faults.append(_missing(name, schema.names(), columns, origin))
        elif dtype is None:
            taken.append(_default(column, polars).alias(name))
        elif dtype == nw.String and column.type not in (*NAMES, "list"):
            texts.append(column)
        elif column.type == "ts" and dtype == nw.Date and polars:
            days.append(name)
        elif (expression := _typed(column, dtype, zone, polars)) is None:
            faults.append(_wrong(column, dtype, origin))
        else:
            taken.append(expression.alias(name))
    for name in days:
        frame = _begun(frame, name, zone)
    frame, unreadable = _read_texts(frame, texts, zone, origin)
    if faults := faults + unreadable:
        raise ContractError(faults)
    return frame.select(*taken, *days, *(column.name for column in texts))


def _begun(frame: nw.LazyFrame, name: str, zone: ZoneInfo) -> nw.LazyFrame:
    """Turn a day into the instant at which it begins."""
    begun = moments.in_utc(pl.col(name).cast(pl.Datetime("us")), zone)
    return nw.from_native(frame.to_native().with_columns(**{name: begun}))


def _unlike(contract: Table, found: list[str], origin: str) -> str:
    return fault_at(
        origin,
        "none of its columns is one of the table {table}. Found: {found}. Allowed: {allowed}. Name"
        " the columns so, or give the file as it was exported to kpilib import.",
        table=contract.name,
        found=listed(found),
        allowed=listed(contract.columns),
    )


def _missing(name: str, found: list[str], needed: set[str], origin: str) -> str:
    spare = [known for known in found if known not in needed]
    return fault_at(
        origin,
        "column {name} is missing. Found: {found}.{near} Add or rename the column.",
        name=name,
        found=listed(found),
        near=meant(name, spare),
    )


def _wrong(column: Column, dtype: Any, origin: str) -> str:
    if column.type in NAMES:
        return fault_at(
            origin,
            "column {column.name} holds {dtype}, and a name must be text (007 is not 7). Read it"
            " as text, in pandas with dtype=str.",
            column=column,
            dtype=str(dtype),
        )
    return fault_at(
        origin,
        "column {column.name} holds {dtype}, expected {column.type}: {written}. Convert the"
        " column.",
        column=column,
        dtype=str(dtype),
        written=_written(column),
    )


def _written(column: Column) -> str:
    """Say how programs write what a column holds."""
    return say(WRITTEN_WORDS["number" if column.type in NUMBERS else column.type])


def _typed(column: Column, dtype: Any, zone: ZoneInfo, polars: bool) -> Any:
    """Return the expression that brings a column to its type; None when it cannot be one."""
    value = nw.col(column.name)
    if str(dtype) in ("Unknown", "Null"):  # nothing but missing values
        return nw.lit(None, dtype=_dtype(column, polars))
    if column.type in NAMES:
        names = dtype == nw.String or dtype in (nw.Categorical, nw.Enum) or dtype.is_integer()
        if not names:
            return None
        return value if dtype == nw.String else value.cast(nw.String)
    if column.type in NUMBERS and dtype.is_integer():
        return value.cast(nw.Int64)  # a narrow column would overflow when added up
    if column.type in NUMBERS and dtype.is_numeric():
        value = value.cast(nw.Float64)
        # NaN is a missing value to those who wrote it; in a sum it would swallow all others.
        return nw.when(value.is_finite()).then(value)
    if column.type == "bool":
        if dtype == nw.Boolean:
            return value
        return value != 0 if dtype.is_numeric() else None
    if column.type == "date":
        if dtype == nw.Date:
            return value
        if isinstance(dtype, nw.Datetime) and polars:
            local = value.dt.convert_time_zone(zone.key) if dtype.time_zone else value
            return local.dt.date()
        return value.cast(nw.Date) if isinstance(dtype, nw.Datetime) else None
    if column.type == "ts":
        return _instant(value, dtype, polars)
    if column.type == "hours" and dtype in (nw.List, nw.Array):
        return value.cast(nw.List(nw.Float64))
    if column.type == "list":
        if dtype in (nw.List, nw.Array):
            return value.cast(nw.List(nw.String))
        return value if dtype == nw.String else None
    return None


def _instant(value: Any, dtype: Any, polars: bool) -> Any:
    """Bring an instant to UTC; a naive one is UTC already."""
    if dtype == nw.Date:
        return value  # compared as a day: see slices.dated
    if not isinstance(dtype, nw.Datetime):
        return None
    if not polars or dtype.time_zone == "UTC":  # as it is, so that a file can be read in parts
        return value
    if dtype.time_zone:
        return value.dt.convert_time_zone("UTC")
    return value.dt.replace_time_zone("UTC")


def _read_texts(
    given: nw.LazyFrame, columns: list[Column], zone: ZoneInfo, origin: str
) -> tuple[nw.LazyFrame, list[str]]:
    """Read text columns by their contract and count what cannot be read, with its first row.

    Of Polars only: elsewhere a text that should be something else is a fault of its type.
    """
    if not columns:
        return given, []
    if not given.implementation.is_polars():
        return given, [_wrong(column, nw.String, origin) for column in columns]
    frame = given.to_native()
    cleaned = {column.name: pl.col(column.name).str.strip_chars() for column in columns}
    cleaned = {
        name: pl.when(value != "").then(value).otherwise(None) for name, value in cleaned.items()
    }
    read = {column.name: _parse(column, cleaned[column.name], zone) for column in columns}
    faults = []
    for column in columns:
        if column.lenient:
            continue
        bad = cleaned[column.name].is_not_null() & read[column.name].is_null()
        if count := frame.select(bad.sum()).collect().item():
            faults.append(
                fault_at(
                    origin,
                    "column {column.name} has {count} value(s) that are not {written}; the first is"
                    " in row {first:d}. Correct them, or leave them empty.",
                    column=column,
                    written=_written(column),
                    count=count,
                    first=first_row(nw.from_native(frame.select(bad=bad)), nw.col("bad")),
                )
            )
    return nw.from_native(frame.with_columns(**read)), faults


def _parse(column: Column, value: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Read texts as programs write them: what people write is brought in by an import."""
    if column.type in NUMBERS:
        number = cells.plain_number(value)
        if column.type == "int":  # half a click is a fault, not a click
            return pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))
        return number
    if column.type == "bool":
        return cells.boolean(value)
    if column.type == "date":
        return moments.plain_day(value)
    if column.type == "hours":
        parts = value.str.strip_chars("[]()").str.replace_all(r"[;|]", ",").str.split(",")
        hours = parts.list.eval(cells.plain_number(pl.element().str.strip_chars()))
        return pl.when(hours.list.len() == 7).then(hours)
    return moments.plain_instant(value, zone)


def _dtype(column: Column, polars: bool) -> Any:
    """Return what a column is once conformed: outside Polars an instant in UTC has no zone."""
    return nw.Datetime("us") if column.type == "ts" and not polars else DTYPES[column.type]


def type_of(dtype: Any) -> str:
    """Return the type of a column that no contract declares, by what it holds."""
    if dtype == nw.Boolean:
        return "bool"
    if dtype == nw.Date:
        return "date"
    return "float" if dtype.is_float() else "text"


def _default(column: Column, polars: bool) -> Any:
    if column.assumed is None:
        return nw.lit(None, dtype=_dtype(column, polars))
    return nw.lit(column.assumed, dtype=DTYPES[column.type])
