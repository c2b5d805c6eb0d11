"""Instants of databases, which count by the clock of their session: brought to UTC, exactly.

From 29 to 30 March a session in Paris counts 24 hours, and 23 have passed. Without a zone, DuckDB
and Spark count as everybody does. narwhals has no word for this, so each is told in its own.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw


def without_zone(frame: nw.LazyFrame, days: set[str], zone: ZoneInfo) -> nw.LazyFrame:
    """Return a database's frame with its instants in UTC, under a type that has no zone.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    days : set of str
        Columns that hold days: of an instant, they take the day it falls on in `zone`.
    zone : ZoneInfo

    Returns
    -------
    narwhals.LazyFrame
        The same frame where nothing has a zone, as with Polars, which counts in UTC by itself.
    """
    zoned = [
        name
        for name, dtype in frame.collect_schema().items()
        if isinstance(dtype, nw.Datetime) and dtype.time_zone
    ]
    if not zoned or not (frame.implementation.is_duckdb() or frame.implementation.is_spark_like()):
        return frame
    write = _in_sql if frame.implementation.is_duckdb() else _in_spark
    return nw.from_native(write(frame.to_native(), zoned, days, zone))


def _in_sql(relation: Any, zoned: list[str], days: set[str], zone: ZoneInfo) -> Any:
    plain = []
    for name in zoned:
        quoted = '"' + name.replace('"', '""') + '"'
        day = f"cast(timezone('{zone.key}', {quoted}) as date)"
        utc = f"make_timestamp(epoch_us({quoted}))"
        plain.append(f"{day if name in days else utc} as {quoted}")
    return relation.project(f"* replace ({', '.join(plain)})")


def _in_spark(frame: Any, zoned: list[str], days: set[str], zone: ZoneInfo) -> Any:
    from pyspark.sql import functions as spark

    epoch = spark.lit("1970-01-01").cast("timestamp_ntz")
    plain = {}
    for name in zoned:
        passed = spark.unix_micros(frame[name])
        utc = spark.timestamp_add("MICROSECOND", passed, epoch)
        local = spark.convert_timezone(spark.lit("UTC"), spark.lit(zone.key), utc)
        plain[name] = spark.to_date(local) if name in days else utc
    return frame.withColumns(plain)
