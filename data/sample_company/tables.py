"""The columns of every table of the sample, those of the data model, and the writing of the files.

Times are local (Europe/Paris) while the company is drawn and become UTC here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from kpilib.tables import TABLES

from .business_calendar import ZONE

Tables = dict[str, pl.DataFrame]
TIMESTAMP = pl.Datetime("us", "UTC")
KINDS = {
    "key": pl.String, "text": pl.String, "list": pl.String, "enum": pl.String,
    "ts": TIMESTAMP, "date": pl.Date, "int": pl.Int32, "float": pl.Float64, "EUR": pl.Float64,
    "bool": pl.Boolean, "hours": pl.List(pl.Float64),
}  # fmt: skip
# columns of the data model that the company has no use for
LEFT_OUT = {
    "sessions": "is_aggregate sessions engaged_sessions unique_visitors",
    "acquisition_daily": "currency",
    "email_sends": "is_aggregate sends",
    "social_daily": "profile_visits engagements",
    "trainings": "is_tutored",
    "participations": "is_compulsory",
}
# counts that grow large
LARGE = {
    "acquisition_daily": "impressions clicks conversions",
    "social_posts": "impressions reach",
    "social_daily": "followers impressions reach",
}
# keys that are numbers: their letter, and their digits
KEYS = {
    "sessions": "s5", "web_events": "e6", "leads": "l5", "email_sends": "x6", "memberships": "m5",
    "social_posts": "b4", "interactions": "i5", "texts": "t4", "customers": "k4", "orders": "o5",
    "support_tickets": "h4", "survey_responses": "r5", "absences": "w4", "work_items": "j4",
    "applications": "y4", "participations": "g5", "costs": "d4",
}  # fmt: skip


def schema(table: str) -> dict[str, pl.DataType]:
    """Return the columns of a table, in the order of the data model, and their Polars types."""
    left_out, large = (names.get(table, "").split() for names in (LEFT_OUT, LARGE))
    return {
        name: pl.Int64 if name in large else KINDS[column.type]
        for name, column in TABLES[table].columns.items()
        if name not in left_out
    }


def labels(table: str, numbers: Iterable[int]) -> pl.Series:
    """Return the keys of rows by their numbers, from 1 on, as the table writes them."""
    letter, digits = KEYS[table]
    name = next(iter(TABLES[table].columns))
    return letter + pl.Series(name, numbers).cast(pl.String).str.zfill(int(digits))


def numbered(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows, those without a key at the end with the numbers of their places as keys."""
    key = rows.columns[0]
    if not rows[key].null_count():
        return rows
    rows = rows.sort(key, nulls_last=True, maintain_order=True)
    return rows.with_columns(pl.coalesce(key, labels(table, range(1, rows.height + 1))))


def local_to_utc(values: pl.Series) -> pl.Series:
    """Return local times as UTC; the hour that spring skips is read as the hour after it."""
    options = {"ambiguous": "earliest", "non_existent": "null"}
    utc = values.dt.replace_time_zone(ZONE, **options)
    later = (values + timedelta(hours=1)).dt.replace_time_zone(ZONE, **options)
    return utc.fill_null(later).dt.convert_time_zone("UTC")


def frame(table: str, columns, first: int = 1) -> pl.DataFrame:
    """Return a table as a frame with the columns and types of the data model.

    `columns` holds an array, or one value for all rows, by column; or it gives rows; or it is a
    frame already.
    Columns that are not given hold nulls, keys that are not given count from `first` on; a column
    that the data model does not know is an error.
    """
    if isinstance(columns, pl.DataFrame):
        return columns
    if not isinstance(columns, dict):
        rows = list(columns)
        names = set().union(*rows)
        columns = {name: [row.get(name) for row in rows] for name in names}
    kinds = schema(table)
    unknown = set(columns) - set(kinds)
    if unknown:
        raise KeyError(f"{table}: columns {sorted(unknown)} are not in the data model")
    size = max(len(values) for values in columns.values() if np.ndim(values))
    key = next(iter(kinds))
    if key not in columns and table in KEYS:
        columns = columns | {key: labels(table, range(first, first + size))}
    return pl.DataFrame(
        [_typed(name, kind, columns.get(name), size) for name, kind in kinds.items()]
    )


def _typed(name: str, kind: pl.DataType, given, size: int) -> pl.Series:
    if np.ndim(given) == 0:
        return pl.Series(name, [given], dtype=kind).new_from_index(0, size)
    if kind == TIMESTAMP:
        return local_to_utc(pl.Series(name, np.asarray(given, dtype="datetime64[us]")))
    if kind == pl.Date:
        return pl.Series(name, np.asarray(given, dtype="datetime64[D]"))
    if isinstance(given, np.ndarray) and given.dtype == object:
        given = given.tolist()
    return pl.Series(name, given, nan_to_null=True).cast(kind)


def write_tables(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write each table to `folder/<table>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(
            folder / f"{name}.parquet", compression="zstd", compression_level=15, statistics=True
        )
