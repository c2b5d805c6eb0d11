"""Worked examples: a table of at most ten rows, one question, one row of the answer."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import kpilib as kl
from kpilib.company import Company

EXACT = 1e-9
INTERVAL = 1e-6


def rows(columns: str, *values: tuple) -> pd.DataFrame:
    """A table from its column names, separated by spaces, and one tuple a row."""
    return pd.DataFrame(list(values), columns=columns.split())


def times(count: int, columns: str, *values: object) -> pd.DataFrame:
    """The same row `count` times."""
    return pd.DataFrame([values] * count, columns=columns.split())


def stack(*tables: pd.DataFrame) -> pd.DataFrame:
    """Tables one below the other."""
    return pd.concat(tables, ignore_index=True)


def crowd(tables: dict, count: int = 5) -> dict:
    """Everybody `count` times under names of their own: fewer than five people are hidden."""
    named = ("respondent_key", "subject_key", "person_key", "response_id")
    crowded = {}
    for name, table in tables.items():
        keys = [key for key in named if key in table]
        copies = [
            table.assign(**{key: (table[key] + f"-{n}").where(table[key].notna()) for key in keys})
            for n in range(count if keys else 1)
        ]
        crowded[name] = stack(*copies)
    return crowded


def one(
    tables: dict | Company,
    kpi: str,
    period: Any,
    *,
    by: str | None = None,
    group: str | None = None,
    compare: tuple[str, ...] = (),
    **opened: Any,
) -> pd.Series:
    """The one row that answers: of one group when a breakdown is asked."""
    company = tables if isinstance(tables, Company) else kl.open(tables, **opened)
    res = company.evaluate(kpi, period, by=by, compare=compare)
    if group is not None:
        res = res[res[by] == group]
    assert len(res) == 1, res
    return res.iloc[0]


def value(tables: dict | Company, kpi: str, period: Any, **asked: Any) -> float:
    """The figure, which must be known."""
    row = one(tables, kpi, period, **asked)
    assert (row["status"], row["reason"]) == ("ok", "")
    return row["value"]


def groups(tables: dict, kpi: str, period: Any, by: str, **opened: Any) -> dict[str, float]:
    """Group to figure."""
    res = kl.open(tables, **opened).evaluate(kpi, period, by=by)
    return dict(zip(res[by], res["value"], strict=True))


def exactly(expected: float) -> Any:
    """An unrounded figure: relative tolerance 1e-9."""
    return pytest.approx(expected, rel=EXACT, abs=1e-12)


def interval(row: pd.Series) -> tuple[float, float]:
    """The two ends of a row's interval."""
    return row["ci_low"], row["ci_high"]


def near(low: float, high: float, digits: float = INTERVAL) -> Any:
    """An interval within 1e-6, or within half of the last digit that an oracle prints."""
    return pytest.approx((low, high), rel=0, abs=digits)
