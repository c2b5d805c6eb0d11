"""When in the week something happens: events counted by day and hour of the company's time zone."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from kpilib.derive import CONTRACTS
from kpilib.display.numbers import Formatter
from kpilib.errors import ParameterError
from kpilib.instants import edge
from kpilib.kpi import Kpi, Total
from kpilib.measure import Fields
from kpilib.period import Period
from kpilib.read import in_pandas

HOURS_A_ROW = 2
HOURS, DAYS = 24, 7


def by_hour(
    company: Any, kpi: Kpi, period: Period, formatter: Formatter
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """Count the events of a KPI by hour and day of the week.

    Events are counted by hour in UTC where the data lies; only those few hundred counts are moved
    to the local clock, daylight saving included.

    Parameters
    ----------
    company : Company
    kpi : Kpi
        A count of rows dated by an instant.
    period : Period
    formatter : Formatter

    Returns
    -------
    cells : pandas.DataFrame or None
        Spans of two hours by days of the week; None without an event.
    rows : pandas.DataFrame
        The same in evaluate's columns, for the result file.

    Raises
    ------
    ParameterError
        The KPI does not count events.
    """
    measure = kpi.value.measure if isinstance(kpi.value, Total) else None
    if measure is None or measure.kind != "count":
        raise ParameterError(
            f"{kpi.id} does not count events, so it has no hours. Use by='channel' or another "
            "column."
        )
    counted = _counts(company, measure, period)
    rows = _rows(kpi, period, counted)
    if counted.empty:
        return None, rows
    grid = counted.assign(span=counted["hour"] // HOURS_A_ROW).pivot_table(
        index="span", columns="weekday", values="events", aggfunc="sum", fill_value=0
    )
    grid = grid.reindex(index=range(HOURS // HOURS_A_ROW), columns=range(DAYS), fill_value=0)
    starts = [HOURS_A_ROW * span for span in grid.index]
    grid.index = [f"{hour:02d}–{hour + HOURS_A_ROW:02d}" for hour in starts]
    grid.columns = [formatter.weekday(day) for day in range(DAYS)]
    return grid, rows


def _counts(company: Any, measure: Any, period: Period) -> pd.DataFrame:
    empty = pd.DataFrame(columns=["weekday", "hour", "events"], dtype=int)
    if company.tables.missing(measure.table):
        return empty
    span = (period.start, period.end_day)
    frame = company.tables.frame(measure.table, {*measure.columns, measure.time}, span)
    dtype = frame.collect_schema()[measure.time]
    if dtype == nw.Date:
        raise ParameterError(f"{measure.table} is dated by days, so it has no hours.")
    first, last = (edge(instant, dtype) for instant in period.bounds(company.tables.zone))
    time = nw.col(measure.time)
    inside = frame.filter((time >= first) & (time < last))
    if measure.where is not None:
        inside = inside.filter(measure.where(Fields(CONTRACTS[measure.table])))
    hours = inside.select(time.dt.truncate("1h").alias("hour")).group_by("hour")
    found = in_pandas(hours.agg(events=nw.len()))
    if found.empty:
        return empty
    local = pd.to_datetime(found["hour"], utc=True).dt.tz_convert(company.tables.zone.key)
    return (
        pd.DataFrame(
            {"weekday": local.dt.day_of_week, "hour": local.dt.hour, "events": found["events"]}
        )
        .groupby(["weekday", "hour"], as_index=False)["events"]
        .sum()
    )


def _rows(kpi: Kpi, period: Period, counted: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kpi": kpi.id,
            "period": period.name,
            "period_start": pd.Timestamp(period.start),
            "period_end": pd.Timestamp(period.end_day),
            "weekday": counted["weekday"] + 1,
            "hour": counted["hour"],
            "value": counted["events"].astype(float),
            "unit": kpi.unit,
            "status": "ok",
        }
    )
