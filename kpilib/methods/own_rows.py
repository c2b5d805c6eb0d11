"""Frames that an analyst brings herself: held against what a function needs before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of, meant


def require_frame(rows: Any, wanted: str) -> None:
    """Refuse what is no frame; `wanted` is an example of what is asked for."""
    if not isinstance(rows, pd.DataFrame):
        raise error_of(
            ParameterError,
            "Found {kind} where a pandas frame is wanted. Give one: {wanted}.",
            kind=type(rows).__name__,
            wanted=wanted,
        )


def require_columns(rows: Any, names: Sequence[Any], wanted: str = "pandas.DataFrame") -> None:
    """Refuse a frame of the analyst's that lacks a column she named, or has two of that name."""
    require_frame(rows, wanted)
    columns = [*map(str, rows)]
    for name in names:
        if isinstance(name, list | dict | set) or name not in rows:
            raise error_of(
                ParameterError,
                "There is no column {name!r}. There is: {rows}.{near}",
                name=name,
                rows=listed(columns),
                near=meant(str(name), columns),
            )
        if columns.count(str(name)) > 1:
            raise error_of(
                ParameterError, "There are two columns {name!r}. Leave one out.", name=name
            )


def require_numbers(rows: pd.DataFrame, names: Sequence[Any]) -> None:
    """Refuse a column that holds what is no finite number, without telling what it holds."""
    for name in names:
        told = rows[name].notna().to_numpy(bool)
        numbers = pd.to_numeric(rows[name], errors="coerce").to_numpy(float, na_value=np.nan)
        wrong = np.flatnonzero(told & ~np.isfinite(numbers))
        if len(wrong):
            raise error_of(
                ParameterError,
                "Column {name!r} holds what is no number in {count} row(s), first in row {row} of"
                " the frame. Make it one, or leave it empty where it is not known.",
                name=name,
                row=int(wrong[0]) + 1,
                count=len(wrong),
            )
