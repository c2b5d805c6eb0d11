"""Rows that come twice: exact duplicates are dropped and counted, contradictions are refused."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from kpilib.contract import Table
from kpilib.errors import ContractError
from kpilib.read import in_pandas


def without_duplicates(
    frame: nw.LazyFrame, contract: Table, origin: str
) -> tuple[nw.LazyFrame, int]:
    """Keep one of the rows that are the same in everything.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    contract : Table
        Its key names a row; without one nothing can be said.
    origin : str
        File or table named in errors.

    Returns
    -------
    tuple of narwhals.LazyFrame and int
        The rows that stay, and how many were dropped.

    Raises
    ------
    ContractError
        Rows share a key and differ in something else.
    """
    key = _key(contract, frame.collect_schema().names())
    if not key or (frame.implementation.is_polars() and _surely_unique(frame.to_native(), key)):
        return frame, 0
    rows, keys = _counts(frame, key)
    if rows == keys:
        return frame, 0
    hashable = [name for name, dtype in frame.collect_schema().items() if not dtype.is_nested()]
    once = frame.unique(subset=hashable)
    rows_left, keys = _counts(once, key)
    if rows_left > keys:
        # Several contracts of one person are told apart by a column that may be left out.
        spare = [column for column in contract.key if column not in key]
        remedy = f" If both are right, add {' and '.join(spare)}: it is part of the key."
        raise ContractError(
            [
                f"{origin}: {rows_left - keys} row(s) repeat a key ({', '.join(key)}) with other "
                f"values. A key names one row: keep the right one.{remedy if spare else ''}"
            ]
        )
    return once, rows - rows_left


def _key(contract: Table, names: list[str]) -> list[str]:
    """Return the key columns that are there; none when one that is required is not."""
    present = [column for column in contract.key if column in names]
    needed = [
        column
        for column in contract.key
        if contract.columns[column].absent is None and column not in names
    ]
    return [] if needed else present


def _surely_unique(frame: pl.LazyFrame, key: list[str]) -> bool:
    """Whether all keys differ, told from eight bytes a row instead of the keys themselves.

    Keys whose hashes differ differ; where two hashes are the same, the keys have to be compared.
    """
    value = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    hashes = frame.select(value.hash()).collect(engine="streaming").to_series()
    numbers = hashes.to_numpy(writable=True)
    numbers.sort()
    return not (numbers[1:] == numbers[:-1]).any()


def _counts(frame: nw.LazyFrame, key: list[str]) -> tuple[int, int]:
    """Return the number of rows and of different keys, from one query."""
    of_each = frame.group_by(*key).agg(rows_of_key=nw.len())
    counts = in_pandas(of_each.select(rows=nw.col("rows_of_key").sum(), keys=nw.len()))
    rows, keys = counts.fillna(0).iloc[0]
    return int(rows), int(keys)
