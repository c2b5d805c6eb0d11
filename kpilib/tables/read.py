"""Reads what an analyst has, a file, a frame or a relation, as one lazy frame; how far it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv, parquet

from kpilib.errors import ContractError, listed
from kpilib.files import digest_of
from kpilib.saying import fault_at, meant, refusal, say
from kpilib.tables import TABLES
from kpilib.tables.contract import Column
from kpilib.tables.instants import local_day

SUFFIXES = (".parquet", ".csv")
FEW = 100_000  # rows


def native(given: Any, origin: str) -> Any:
    """Return a narwhals lazy frame over anything that holds a table.

    Parameters
    ----------
    given : path, pandas or Polars frame, Arrow table, DuckDB relation, Spark frame
        Data stays where it is until a figure is asked.
    origin : str
        What to call it in an error.

    Raises
    ------
    ContractError
        It is none of these, or the file cannot be read.
    """
    if isinstance(given, (str, Path)):
        return nw.from_native(_scan(Path(given), origin))
    try:
        frame = nw.from_native(given)
    except nw.exceptions.DuplicateError:
        names = getattr(given, "column_names", None) or list(given.columns)  # of Arrow, of others
        raise _twice(origin, names) from None
    except TypeError:
        raise refusal(
            origin,
            "{name} is not a table. Give a path (.parquet, .csv), a pandas or Polars"
            " frame, an Arrow table, a DuckDB relation or a Spark frame.",
            name=type(given).__name__,
        ) from None
    if isinstance(frame, nw.LazyFrame):
        spark = frame.implementation.is_spark_like()
        if spark and len(set(given.columns)) < len(given.columns):  # Spark itself allows it
            raise _twice(origin, given.columns)
        return frame
    if frame.implementation.is_polars():
        return frame.lazy()
    if frame.implementation.is_pandas():
        return nw.from_native(_from_pandas(frame.to_native()).lazy())
    return frame.lazy("polars")


def _twice(origin: str, names: Sequence[str]) -> ContractError:
    """Say which column a table has twice."""
    name = next(name for name, times in Counter(names).items() if times > 1)
    return refusal(origin, "column {name!r} appears twice. Rename one of them.", name=name)


def in_pandas(frame: nw.LazyFrame) -> pd.DataFrame:
    """Bring rows into pandas the same way from every engine: by way of Arrow."""
    import pandas as pd  # it is large, and not all that reads tables needs it

    rows = _in_arrow(frame)
    # Of a few texts pandas takes one, or some, several times faster where Python holds them.
    with pd.option_context("mode.string_storage", "python" if len(rows) <= FEW else "pyarrow"):
        return rows.to_pandas(date_as_object=False)


def records(frame: nw.LazyFrame) -> list[dict[str, Any]]:
    """Bring a few rows of sums, as `settled` leaves them."""
    rows = _in_arrow(frame)
    for place, column in enumerate(rows.schema):
        if pa.types.is_floating(column.type):
            sums = settled(rows.column(place).to_numpy())
            rows = rows.set_column(place, column.name, pa.array(sums))
    return rows.to_pylist()


def _in_arrow(frame: nw.LazyFrame) -> pa.Table:
    rows = frame.collect("pyarrow").to_native()
    for place, column in enumerate(rows.schema):
        if pa.types.is_decimal(column.type):  # a database's sums of integers
            floats = rows.column(place).cast(pa.float64())
            rows = rows.set_column(place, column.name, floats)
    return rows


def settled(sums: np.ndarray) -> np.ndarray:
    """Return sums to twelve digits: an engine adds in no fixed order, which the last ones show.

    Examples
    --------
    >>> settled(np.array([0.1 + 0.2, 0.3])).tolist()
    [0.3, 0.3]
    """
    counts = np.isfinite(sums) & (sums != 0)
    digits = 11 - np.floor(np.log10(np.abs(sums), where=counts, out=np.zeros(sums.shape)))
    scale = 10.0 ** np.abs(digits)
    return np.where(digits < 0, np.round(sums / scale) * scale, np.round(sums * scale) / scale)


def row_count(frame: nw.LazyFrame) -> int:
    """Return how many rows a frame has, of every engine."""
    return int(records(frame.select(rows=nw.len()))[0]["rows"])


def first_row(frame: nw.LazyFrame, rule: nw.Expr) -> int | None:
    """Return the number of the first row that a rule finds, as a file of texts counts them.

    Row 1 is the header. None where no row is found, or rows have no order, as in a database.
    """
    if not frame.implementation.is_polars():
        return None
    rows = frame.select(found=rule).to_native().with_row_index("row", offset=2)
    found = rows.filter("found").select("row").first().collect()
    return found["row"].item() if len(found) else None


def first_said(row: int | None) -> str:
    """Name the first row within a sentence; nothing where rows have no order."""
    return say(", the first in row {row:d}", row=row) if row else ""


def _scan(path: Path, origin: str) -> pl.LazyFrame:
    try:
        if path.suffix == ".parquet":
            frame = pl.scan_parquet(path, glob=False)
            frame.collect_schema()
            return frame
        if path.suffix == ".csv":
            # Text first: the contract, not a guess on the first rows, says what a column is.
            frame = pl.scan_csv(path, glob=False, infer_schema=False, encoding="utf8")
            names = frame.collect_schema().names()
            if any("_duplicated_" in name for name in names):  # as Polars renames the second
                raise _twice(origin, [name.split("_duplicated_")[0] for name in names])
            _whole(path, names, origin)
            return frame
    except FileNotFoundError:
        raise refusal(origin, "there is no such file.") from None
    except pl.exceptions.PolarsError as error:
        why = type(error).__name__ if path.stat().st_size else say("it is empty")
        raise refusal(
            origin, "not a readable {suffix} file ({why}).", suffix=path.suffix[1:], why=why
        ) from None
    raise refusal(origin, "tables are files ending in {suffixes}.", suffixes=listed(SUFFIXES))


def _whole(path: Path, names: list[str], origin: str) -> None:
    """Refuse a file with rows of another length than its header, or with bytes that are no UTF-8.

    A row cut short or with an unquoted comma would be read, silently, as something else.
    """
    odd: list[int] = []

    def note(row: csv.InvalidRow) -> str:
        odd.append(row.number)
        return "skip"

    try:
        reader = csv.open_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False),  # with threads, rows have no number
            parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
        for _ in reader:
            pass
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):  # a header and nothing else
            return
        kind = "the text is not UTF-8" if "UTF8" in str(error) else "ArrowInvalid"
        raise refusal(origin, "not a readable csv file ({kind}).", kind=kind) from None
    if odd:
        raise refusal(
            origin,
            "{count} row(s) do not have the {columns} fields of the header; the first is"
            " row {first}. A text with a comma stands in quotes.",
            count=len(odd),
            columns=len(names),
            first=str(min(odd)),
        )


def _from_pandas(frame: Any) -> pl.DataFrame:
    """Take a pandas frame column by column: a column of mixed objects becomes text.

    An index that has a name (``set_index("order_id")``) is a column too.
    """
    from pandas import IntervalDtype, PeriodDtype, SparseDtype, isna
    from pandas.api.types import infer_dtype

    def none(value: Any) -> bool:  # a list is none of these
        return not hasattr(value, "__len__") and bool(isna(value))

    beside = [name for name in frame.index.names if name not in (None, *frame.columns)]
    frame, taken = frame.reset_index(level=beside) if beside else frame, {}
    for name in frame.columns:
        values = frame[name]
        if isinstance(values.dtype, SparseDtype):
            values = values.sparse.to_dense()
        kind = infer_dtype(values, skipna=True) if values.dtype == object else ""
        if isinstance(values.dtype, (PeriodDtype, IntervalDtype)) or values.dtype.kind == "c":
            values, kind = values.astype(object), "period"  # nothing that Polars knows
        if kind.startswith("mixed") or kind in ("time", "period", "complex"):
            lists = all(none(value) or hasattr(value, "__len__") for value in values)
            if not lists or any(isinstance(value, str) for value in values):
                values = [None if none(value) else str(value) for value in values]
            else:
                values = [None if none(value) else list(value) for value in values]
            taken[str(name)] = pl.Series(values)
        else:
            taken[str(name)] = pl.from_pandas(values, nan_to_null=True)
    return pl.DataFrame(taken)


def files(folder: Path) -> dict[str, Path]:
    """Return the tables of a folder by name: ``<table>.parquet`` or ``<table>.csv``.

    Raises
    ------
    ContractError
        A table is there twice, or a file is not named after a table.
    """
    found: dict[str, Path] = {}
    faults = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES or path.name.startswith("."):
            continue
        if path.stem not in TABLES:
            faults.append(
                fault_at(
                    path.name,
                    "no table is called {name!r}.{near} Rename the file after its table, or move it"
                    " elsewhere.",
                    name=path.stem,
                    near=meant(path.stem, TABLES),
                )
            )
        elif path.stem in found:
            faults.append(
                fault_at(
                    path.name,
                    "table {name} is also in {other}. Keep one.",
                    name=path.stem,
                    other=found[path.stem].name,
                )
            )
        else:
            found[path.stem] = path
    if faults:
        raise ContractError(faults)
    return found


def digest(given: Any) -> str:
    """Return the SHA-256 of a file; an empty text for data that is not a file."""
    return digest_of(Path(given)) if isinstance(given, (str, Path)) else ""


@dataclass(frozen=True)
class Extent:
    """How far a table goes: rows, exact duplicates dropped, first and last local day."""

    rows: int
    duplicates: int
    first: date | None
    last: date | None


def extent(given: Any, time: Column, zone: ZoneInfo) -> Extent | None:
    """Return how far a file says that it goes, by a column; None where only its rows would tell."""
    file = blocks(given, time.name)
    if not file or (time.type == "date" and isinstance(file[0].first, datetime)):
        return None  # of a day, an instant may mean another one
    edges = min(block.first for block in file), max(block.last for block in file)
    rows = sum(block.rows for block in file)
    return Extent(rows, 0, *(local_day(edge, zone) for edge in edges))


def measured(frame: nw.LazyFrame, time: str, duplicates: int, zone: ZoneInfo) -> Extent:
    """Return how far rows go, by a column of days or instants under its contract."""
    edges = frame.select(rows=nw.len(), first=nw.col(time).min(), last=nw.col(time).max())
    rows, *days = edges.collect("pyarrow").row(0)
    return Extent(int(rows), duplicates, *(local_day(day, zone) for day in days))


class Block(NamedTuple):
    """Some rows that lie together, and the first and last value of the column that dates them."""

    first: date | datetime
    last: date | datetime
    rows: int


def blocks(given: Any, time: str) -> list[Block]:
    """Return the blocks of a file in their order.

    Parameters
    ----------
    given : path or table
    time : str
        A column of days or instants; one without a zone is in UTC.

    Returns
    -------
    list of Block
        Nothing when it is not a Parquet file that can be read, or when it does not tell.
    """
    if not isinstance(given, (str, Path)) or Path(given).suffix != ".parquet":
        return []
    try:
        with parquet.ParquetFile(given) as file:
            schema, facts = file.schema_arrow, file.metadata
    except (OSError, pa.ArrowException):  # what reads it says why
        return []
    if time not in schema.names or not pa.types.is_temporal(schema.field(time).type):
        return []
    place = [facts.schema.column(i).path for i in range(facts.num_columns)].index(time)
    groups = [facts.row_group(number) for number in range(facts.num_row_groups)]
    told = [group.column(place).statistics for group in groups]
    if not all(each is not None and each.has_min_max for each in told):
        return []
    return [
        Block(_aware(each.min), _aware(each.max), group.num_rows)
        for group, each in zip(groups, told, strict=True)
    ]


def _aware(value: date | datetime) -> date | datetime:
    naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if naive else value


if TYPE_CHECKING:
    import pandas as pd
