"""Shapes of HR reports: employees into states; see `absences` for the days they are away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import LINE, completed
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.tables import cells

FULL = {"temps plein", "temps complet", "plein temps", "full time", "full-time"}
PART = {"temps partiel", "part time", "part-time"}
ONE_DAY = timedelta(days=1)
LEAVERS_OUT = (
    "no column of leave dates: whoever left is probably not in this file, and turnover and"
    " retention will look perfect. Export it with those who left"
)
NO_LEAVER = (
    "nobody in this file has left: many tools leave out leavers unless asked, and then turnover is"
    " 0. Export it with those who left"
)
COLUMNS = (
    "employee_id",
    "valid_from",
    "valid_to",
    "hired_at",
    "left_at",
    "leave_reason",
    "contract_kind",
    "fte",
    "weekly_hours",
    "team",
    "manager_id",
)
# What a report of employees may lack.
OPTIONAL = {
    **dict.fromkeys(("valid_from", "left_at"), pl.Date()),
    **dict.fromkeys(("leave_reason", "contract_kind", "team", "manager"), pl.String()),
}


def _clashes(rows: pl.DataFrame, context: Context) -> Iterator[str]:
    starts = rows.group_by("employee_id").agg(pl.len() > pl.col("start").n_unique())
    if clashes := starts["len"].sum():
        yield context.fault(
            "{count} employee(s) have two rows that begin on the same day. Export one row"
            " per employee, or add the date of effect of each change.",
            count=clashes,
        )


def employee_states(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn one row per employee, contract or change into the states of the contract.

    The first state of an employee has no first day, so that it keeps its key when a later export
    knows of more. Contracts that follow one another without a gap are one employment.

    Raises
    ------
    ContractError
        Two states of an employee begin on one day, or a working time is not a share.
    """
    faults: list[str] = []
    first = pl.struct(pl.exclude(LINE)).is_first_distinct()
    rows = context.left_out.keep(frame, first, "the same row twice")
    _said(rows, context)
    rows = completed(rows, OPTIONAL)
    if "share" in rows.columns:
        rows = rows.with_columns(_share(rows["share"], context, faults))
    if "weekly" in rows.columns:
        rows = rows.with_columns(_even(rows["weekly"], context))
    rows = rows.with_columns(_single(rows[name], context) for name in ("team", "manager"))
    rows = rows.with_columns(
        manager_id=context.pseudonyms(rows["manager"]),
        start=pl.coalesce("valid_from", "hired_at"),
    )
    faults += _clashes(rows, context)
    if faults:
        raise ContractError(faults)
    if "share" in rows.columns:
        unknown = sum(key(each or "") in PART for each in rows["share"])
        if unknown:
            context.note("{count} part-time employee(s) without a share: left empty", count=unknown)
    always = {"employee_id", "valid_from", "valid_to", "hired_at", "left_at"}
    beside = {"share": "fte", "weekly": "weekly_hours", "manager": "manager_id"}
    given = always | {beside.get(name, name) for name in frame.columns}
    return _states(rows).select(name for name in COLUMNS if name in given)


def _states(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the states of each employee in their order, each employment with its ends."""
    rows = rows.sort("employee_id", "start", maintain_order=True)
    rows = rows.with_columns(place=pl.int_range(pl.len()).over("employee_id"))
    left = pl.col("left_at").shift().over("employee_id")
    hired = pl.col("hired_at").shift().over("employee_id")
    # A change of the contract, or another one without a gap.
    on = left.is_null() | hired.eq_missing(pl.col("hired_at"))
    on |= (pl.col("hired_at") <= left + ONE_DAY).fill_null(False)
    begun = (pl.col("place") == 0) | ~on
    rows = rows.with_columns(employment=begun.cum_sum().over("employee_id"))
    whose = ["employee_id", "employment"]
    return rows.with_columns(
        valid_from=pl.when(pl.col("place") > 0).then("start"),
        valid_to=pl.col("start").shift(-1).over(whose) - ONE_DAY,
        hired_at=pl.col("hired_at").first().over(whose),
        left_at=pl.col("left_at").last().over(whose),
        leave_reason=pl.col("leave_reason").last().over(whose),
    )


def _said(rows: pl.DataFrame, context: Context) -> None:
    given, rows = rows.columns, completed(rows, OPTIONAL)
    left = pl.col("left_at").is_not_null()
    if "left_at" not in given:
        context.note(LEAVERS_OUT)
    elif not rows.select(left.any()).item():
        context.note(NO_LEAVER)
    unsaid = rows["contract_kind"].null_count() if "contract_kind" in given else 0
    if unsaid:
        context.note(
            "{count} row(s) without a kind of contract: counted as staff, not as interns",
            count=unsaid,
        )
    fixed = (pl.col("contract_kind") == "CDD") & left & pl.col("leave_reason").is_null()
    unexplained = rows.select(fixed.sum()).item()
    if unexplained:
        context.note(
            "{count} fixed-term employee(s) leave without a reason and count in"
            " turnover: if their contract ends as planned, say so in a column of reasons",
            count=unexplained,
        )


def _share(texts: pl.Series, context: Context, faults: list[str]) -> pl.Series:
    """Return shares of full time; null where it is not known."""
    given = texts.fill_null("")
    comma, point = (cells.numbers(given, sign) for sign in (",", "."))
    value = pl.when(given.str.contains(",")).then(comma["value"]).otherwise(point["value"])
    unit = pl.col("unit").fill_null("")
    usable = pl.col("value").is_not_null() & unit.is_in(["", "%"])
    words = pl.Series([key(each) for each in given], dtype=pl.String)
    full, part = words.is_in(list(FULL)), words.is_in(list(PART))
    read = point.with_columns(value=value).select(
        value=pl.when(full)
        .then(100.0)
        .when(~part & usable)
        .then("value")
        .when(~part & ~pl.col("nothing"))
        .then(-1.0),
        percent=full | (usable & (unit == "%")),
    )
    # Bare numbers are percents when a full time is written 100: 80 is no share, nor is 35.
    hundred = read.filter(~pl.col("percent"))["value"].max() == 100
    known = (  # not as an expression: Polars multiplies by 0.01, which is another number
        value / 100 if value is not None and (percent or hundred) else value
        for value, percent in read.iter_rows()
    )
    fte = pl.Series("fte", known, dtype=pl.Float64)
    if wrong := (~fte.is_between(0, 1) | ((fte > 0) & (fte < 0.02))).sum():
        faults.append(
            context.fault(
                "column {name}: {count} value(s) that are not a share of full time: write 0.8"
                " or 80 %; hours have a column of their own.",
                name=context.header("share"),
                count=wrong,
            )
        )
    return fte


def _even(weekly: pl.Series, context: Context) -> pl.Series:
    """Spread weekly hours over the days of work."""
    days = context.table.options.get("work_days", [1, 2, 3, 4, 5])
    context.note(
        "weekly hours are taken as even from Monday to Friday: absences of part-time"
        " staff are exact only where that is so"
    )
    weeks = (
        None if each is None else [each / len(days) if day in days else 0.0 for day in range(1, 8)]
        for each in weekly
    )
    return pl.Series("weekly_hours", weeks, dtype=pl.List(pl.Float64))


def _single(texts: pl.Series, context: Context) -> pl.Series:
    """Return cells' values; nothing where one holds several, because none of them is the one."""
    found = [{part.strip() for part in (text or "").splitlines()} - {""} for text in texts]
    if any(len(each) > 1 for each in found):
        context.note(
            "cells with more than one {name}: left empty, (unknown) on the pages", name=texts.name
        )
    single = [each.pop() if len(each) == 1 else None for each in found]
    return pl.Series(texts.name, single, dtype=pl.String)
