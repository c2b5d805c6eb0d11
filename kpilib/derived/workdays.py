"""The days employees were scheduled to work, and the hours they were absent from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import narwhals as nw
import polars as pl

SICK = ("sickness", "work_accident", "commuting_accident", "occupational_disease", "unjustified")
SCOPES = {
    "anact": SICK,
    "bilan_social": (*SICK, "maternity", "authorised"),
    "seed": (*SICK, "maternity", "authorised", "paid_leave"),
}
FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2999, 12, 31)


def employee_days(frames: Mapping[str, nw.LazyFrame], span: tuple[date, date]) -> nw.LazyFrame:
    """Return one row per employee and scheduled day, with hours due and hours absent.

    Parameters
    ----------
    frames : mapping of str to narwhals.LazyFrame
        ``employees`` (with ``weekly_hours``, seven numbers from Monday), ``absences`` and
        ``work_calendar``.
    span : pair of datetime.date
        First and last day asked about.

    Returns
    -------
    narwhals.LazyFrame
        The employee's columns plus ``date``, ``scheduled_hours`` (public holidays are not
        scheduled), ``present_hours`` (scheduled minus paid leave: the denominator) and the hours
        absent in each scope of `SCOPES`. A weekend, a holiday or a day off adds nothing.
    """
    days = _scheduled(_polars(frames["employees"]), _polars(frames["work_calendar"]), span)
    absent = _absent(_polars(frames["absences"]), days, span)
    scoped = [
        pl.when(pl.col("kind").is_in(kinds)).then("hours").otherwise(0.0).sum().alias(name)
        for name, kinds in (
            *((f"{scope}_hours", kinds) for scope, kinds in SCOPES.items()),
            ("paid_leave_hours", ("paid_leave",)),
        )
    ]
    names = [f"{scope}_hours" for scope in SCOPES]
    by_day = absent.group_by("employee_id", "date").agg(scoped)
    full = days.join(by_day, on=["employee_id", "date"], how="left").with_columns(
        pl.col(name).fill_null(0.0).clip(upper_bound=pl.col("scheduled_hours"))
        for name in (*names, "paid_leave_hours")
    )
    present = pl.col("scheduled_hours") - pl.col("paid_leave_hours")
    return nw.from_native(full.with_columns(present_hours=present).lazy())


def _polars(frame: nw.LazyFrame) -> pl.DataFrame:
    return frame.collect("polars").to_native()


def _scheduled(employees: pl.DataFrame, calendar: pl.DataFrame, span: tuple) -> pl.DataFrame:
    first, last = span
    holidays = calendar.filter("is_public_holiday")["date"].unique()
    start = pl.max_horizontal(pl.lit(first), "hired_at", pl.col("valid_from").fill_null(FAR_PAST))
    end = pl.min_horizontal(
        pl.lit(last),
        pl.col("left_at").fill_null(FAR_FUTURE),
        pl.col("valid_to").fill_null(FAR_FUTURE),
    )
    return (
        employees.with_columns(start=start, end=end)
        .filter(pl.col("start") <= pl.col("end"))
        .with_columns(date=pl.date_ranges("start", "end"))
        .drop("start", "end")
        .explode("date")
        .with_columns(
            scheduled_hours=pl.when(pl.col("date").is_in(holidays.to_list()))
            .then(0.0)
            .otherwise(pl.col("weekly_hours").list.get(pl.col("date").dt.weekday() - 1))
            .fill_null(0.0)
        )
        .filter(pl.col("scheduled_hours") > 0)
    )


def _absent(spells: pl.DataFrame, days: pl.DataFrame, span: tuple) -> pl.DataFrame:
    """Lay each spell over the scheduled days; hours given for a spell are spread over them.

    A spell still open lasts to the end of what is asked about.
    """
    spells = spells.with_row_index("spell").with_columns(pl.col("end_date").fill_null(span[1]))
    laid = (
        spells.filter(pl.col("start_date") <= pl.col("end_date"))
        .with_columns(date=pl.date_ranges("start_date", "end_date"))
        .explode("date")
        .join(
            days.select("employee_id", "date", "scheduled_hours"),
            on=["employee_id", "date"],
            how="inner",
        )
    )
    share = pl.col("scheduled_hours") / pl.col("scheduled_hours").sum().over("spell")
    return laid.with_columns(
        hours=pl.when(pl.col("hours").is_null())
        .then("scheduled_hours")
        .otherwise(pl.col("hours") * share)
    )
