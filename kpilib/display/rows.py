"""Rows of `evaluate` as charts and sentences read them: hidden figures hidden, months in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from kpilib.period import Period

FIGURES = ("value", "numerator", "denominator", "n", "ci_low", "ci_high")
COMPARED = tuple(
    f"{kind}{base}"
    for base in ("previous", "year_before")
    for kind in ("", "delta_", "change_", "change_per_day_", "within_noise_", "news_")
)
COLUMNS = (
    "kpi",
    "period",
    "period_start",
    "period_end",
    *FIGURES,
    "ci_method",
    "unit",
    "status",
    "reason",
    "flags",
    "details",
    "stands_out",
    *COMPARED,
)
LEADING = COLUMNS[:4]  # what a figure is of; its groups follow
FOR_READERS = ("label", "better", "opening", "entries", "exits")  # what charts need, in no file
UNKNOWN = "(unknown)"
MONTHS_A_YEAR = 12


def in_order(names: Iterable[str]) -> list[str]:
    """Return the columns of a file of figures: what they are of, the groups, the figure, the topic.

    Parameters
    ----------
    names : iterable of str
        The columns that there are, groups among them.
    """
    groups = sorted(set(names) - {*COLUMNS, "topic"})
    return [*LEADING, *groups, *COLUMNS[len(LEADING) :], "topic"]


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without any figure of a suppressed group, whoever left it there."""
    rows = rows.copy()
    hidden = rows["status"].eq("suppressed")
    if hidden.any():
        for column in (*FIGURES, *COMPARED):
            if column in rows:
                rows[column] = rows[column].astype(object).where(~hidden, None)
        if "details" in rows:
            rows["details"] = [
                {} if hide else kept for hide, kept in zip(hidden, rows["details"], strict=True)
            ]
    for column in FIGURES:
        if column in rows:
            rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
    return rows


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries."""
    return shown(rows).to_dict("records")


def breakdown(rows: pd.DataFrame) -> str:
    """Return the column that holds the groups: the one that is not evaluate's own."""
    own = (*COLUMNS, *FOR_READERS, "topic")
    others = [column for column in rows.columns if column not in own]
    return str(others[0]) if others else ""


def month_number(period: str | Period | date) -> int:
    """Count months from year 0, so that twelve apart is a year apart."""
    if isinstance(period, str):
        period = Period.parse(period)
    day = period.start if isinstance(period, Period) else period
    return day.year * MONTHS_A_YEAR + day.month - 1


def month_of(number: int) -> Period:
    """Return the month with this number."""
    return Period.parse(f"{number // MONTHS_A_YEAR:04d}-{number % MONTHS_A_YEAR + 1:02d}")


def by_month(rows: pd.DataFrame) -> dict[int, dict[str, Any]]:
    """Return the rows of one KPI and one group by the number of their month."""
    return {month_number(row["period"]): row for row in records(rows)}


def groups(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each group with its rows, in the order met, the unknown one last."""
    named = rows[column].map(lambda group: UNKNOWN if pd.isna(group) else str(group))
    for group in sorted(named.unique(), key=lambda group: group == UNKNOWN):
        yield group, rows[named == group]
