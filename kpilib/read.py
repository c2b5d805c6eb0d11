"""Reads what an analyst has, a file, a frame or a relation, as one lazy frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from kpilib.errors import ContractError, listed

SUFFIXES = (".parquet", ".csv")


def native(given: Any, origin: str) -> Any:
    """Return a narwhals lazy frame over anything that holds a table.

    Parameters
    ----------
    given : path, pandas or Polars frame, Arrow table, DuckDB relation
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
    except TypeError:
        raise ContractError(
            [
                f"{origin}: {type(given).__name__} is not a table. Give a path (.parquet, .csv), a "
                "pandas or Polars frame, an Arrow table or a DuckDB relation."
            ]
        ) from None
    if isinstance(frame, nw.LazyFrame):
        return frame
    if frame.implementation.is_polars():
        return frame.lazy()
    if frame.implementation.is_pandas():
        return nw.from_native(_from_pandas(frame.to_native(), origin).lazy())
    return frame.lazy("polars")


def _scan(path: Path, origin: str) -> pl.LazyFrame:
    try:
        if path.suffix == ".parquet":
            frame = pl.scan_parquet(path)
            frame.collect_schema()
            return frame
        if path.suffix == ".csv":
            # Text first: the contract, not a guess on the first rows, says what a column is.
            frame = pl.scan_csv(path, infer_schema=False, encoding="utf8")
            names = frame.collect_schema().names()
            renamed = [name for name in names if "_duplicated_" in name]
            if renamed:
                raise ContractError([f"{origin}: a column name appears twice. Rename one of them."])
            return frame
    except FileNotFoundError:
        raise ContractError([f"{origin}: there is no such file."]) from None
    except pl.exceptions.PolarsError as error:
        raise ContractError(
            [f"{origin}: not a readable {path.suffix[1:]} file ({type(error).__name__})."]
        ) from None
    raise ContractError([f"{origin}: tables are files ending in {listed(SUFFIXES)}."])


def _from_pandas(frame: Any, origin: str) -> pl.DataFrame:
    """Take a pandas frame column by column: a column of mixed objects becomes text."""
    from pandas.api.types import infer_dtype

    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ContractError([f"{origin}: a column name appears twice. Rename one of them."])
    taken = {}
    for name in frame.columns:
        values = frame[name]
        kind = infer_dtype(values, skipna=True) if values.dtype == object else ""
        if kind.startswith("mixed") or kind in ("time", "period", "complex"):
            lists = all(_missing(value) or hasattr(value, "__len__") for value in values)
            if not lists or any(isinstance(value, str) for value in values):
                values = [None if _missing(value) else str(value) for value in values]
            else:
                values = [None if _missing(value) else list(value) for value in values]
            taken[str(name)] = pl.Series(values)
        else:
            taken[str(name)] = pl.from_pandas(values, nan_to_null=True)
    return pl.DataFrame(taken)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)
