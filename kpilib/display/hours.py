"""When in the week: the engine's figures by hour and day of the week, as a grid."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.clock import HOUR, WEEKDAY
from kpilib.definitions import Kpi
from kpilib.display.numbers import Formatter
from kpilib.period import Period

HOURS, DAYS = range(24), range(1, 8)


def by_hour(company: Any, kpi: Kpi, period: Period) -> pd.DataFrame:
    """Return the figures of a KPI by hour and day of the week, or why there are none.

    Returns
    -------
    pandas.DataFrame
        Evaluate's columns, with ``hour`` and ``weekday``.
    """
    return company.over(kpi.id, [period], by=[WEEKDAY, HOUR])


def week(rows: pd.DataFrame, formatter: Formatter) -> pd.DataFrame:
    """Return the figures as a grid: hours by days of the week, each figure as it is."""
    grid = rows.pivot(index=HOUR, columns=WEEKDAY, values="value")
    grid = grid.reindex(index=HOURS, columns=DAYS)
    grid.index = [hour_words(hour) for hour in HOURS]
    grid.columns = [formatter.weekday(day - 1) for day in DAYS]
    return grid


def hour_words(hour: int) -> str:
    """Write an hour of the day: from when to when."""
    return f"{hour:02d}–{hour + 1:02d}"


def five_times(rows: pd.DataFrame, formatter: Formatter) -> list[str]:
    """Return the days of the week that come once more than others in a month."""
    often = {row[WEEKDAY] for row in rows.to_dict("records") if row["details"].get("days", 0) > 4}
    return [formatter.weekday(day - 1) for day in sorted(often)]
