"""How far a table goes, and what a Parquet file tells of that without its rows being read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet


@dataclass(frozen=True)
class Extent:
    """How far a table goes: rows, exact duplicates dropped, first and last local day."""

    rows: int
    duplicates: int
    first: date | None
    last: date | None


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
        Nothing when it is not a Parquet file, or when it does not tell.
    """
    if not isinstance(given, (str, Path)) or Path(given).suffix != ".parquet":
        return []
    with parquet.ParquetFile(given) as file:
        schema, facts = file.schema_arrow, file.metadata
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
