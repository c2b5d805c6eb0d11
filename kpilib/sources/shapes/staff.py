"""Shapes of HR reports: employees into states; see `absences` for the days they are away."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import LINE
from kpilib.sources.column import pseudonym
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.saying import say
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
SCHEMA = {
    "employee_id": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "hired_at": pl.Date,
    "left_at": pl.Date,
    "leave_reason": pl.String,
    "contract_kind": pl.String,
    "fte": pl.Float64,
    "weekly_hours": pl.List(pl.Float64),
    "team": pl.String,
    "manager_id": pl.String,
}
Row = dict[str, Any]


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
    rows = _once(frame, context)
    _said(rows, frame, context)
    _working_time(rows, frame, context, faults)
    for row in rows:
        for name in ("team", "manager"):
            row[name] = _single(row.get(name), name, context)
        row["manager_id"] = pseudonym(row["manager"], context.secret) if row["manager"] else None
    rows.sort(key=lambda row: (row["employee_id"] or "", _start(row) or date.min))
    clashes, states = 0, []
    for _, mine in groupby(rows, lambda row: row["employee_id"]):
        several = list(mine)
        clashes += len({_start(row) for row in several}) < len(several)
        states += _states(several)
    if clashes:
        faults.append(
            context.fault(
                "{count} employee(s) have two rows that begin on the same day. Export one row"
                " per employee, or add the date of effect of each change.",
                count=clashes,
            )
        )
    if faults:
        raise ContractError(faults)
    if "share" in frame.columns:
        _note_unknown_shares(rows, context)
    given = {"employee_id", "valid_from", "valid_to", "hired_at", "left_at"}
    beside = {"share": "fte", "weekly": "weekly_hours", "manager": "manager_id"}
    given |= {beside.get(name, name) for name in frame.columns}
    made = pl.DataFrame(states, schema=SCHEMA, orient="row")
    return made.select(name for name in SCHEMA if name in given)


def _once(frame: pl.DataFrame, context: Context) -> list[Row]:
    first = pl.struct(pl.exclude(LINE)).is_first_distinct()
    return context.left_out.keep(frame, first, "the same row twice").drop(LINE).to_dicts()


def _start(row: Row) -> date | None:
    return row.get("valid_from") or row["hired_at"]


def _states(rows: list[Row]) -> list[Row]:
    """Return the states of one employee, whose rows are in order."""
    states: list[Row] = []
    first = 0  # of this employment
    for place, row in enumerate(rows):
        if place and not _goes_on(rows[place - 1], row):
            first = place
        row["valid_from"] = None if not place else _start(row)
        row["valid_to"] = None
        if place > first:
            rows[place - 1]["valid_to"] = row["valid_from"] - ONE_DAY
        states.append(row)
        for earlier in rows[first:place]:  # the employment begins and ends once
            earlier["left_at"] = row.get("left_at")
            earlier["leave_reason"] = row.get("leave_reason")
        row["hired_at"] = rows[first]["hired_at"]
    return states


def _goes_on(before: Row, row: Row) -> bool:
    """Whether a row is of the same employment: a change of it, or a contract without a gap."""
    left = before.get("left_at")
    if left is None or before["hired_at"] == row["hired_at"]:
        return True
    return row["hired_at"] is not None and row["hired_at"] <= left + ONE_DAY


def _said(rows: list[Row], frame: pl.DataFrame, context: Context) -> None:
    if "left_at" not in frame.columns:
        context.note(LEAVERS_OUT)
    elif not any(row["left_at"] for row in rows):
        context.note(NO_LEAVER)
    unexplained = sum(
        row.get("contract_kind") == "CDD"
        and row.get("left_at") is not None
        and row.get("leave_reason") is None
        for row in rows
    )
    if unexplained:
        context.note(
            "{count} fixed-term employee(s) leave without a reason and count in"
            " turnover: if their contract ends as planned, say so in a column of reasons",
            count=unexplained,
        )


def _working_time(
    rows: list[Row], frame: pl.DataFrame, context: Context, faults: list[str]
) -> None:
    """Read shares of full time, and spread weekly hours over the days of work."""
    if "share" in frame.columns:
        read = _shares([row["share"] or "" for row in rows])
        # Bare numbers are percents when a full time is written 100: 80 is no share, nor is 35.
        hundred = max((value or 0 for value, percent in read if not percent), default=0) == 100
        wrong = 0
        for row, (value, percent) in zip(rows, read, strict=True):
            row["fte"] = value / 100 if value is not None and (percent or hundred) else value
            if value is not None and (not 0 <= row["fte"] <= 1 or 0 < row["fte"] < 0.02):
                wrong += 1
        if wrong:
            name = context.header("share")
            faults.append(
                context.fault(
                    "column {name}: {count} value(s) that are not a share of full time: write 0.8"
                    " or 80 %; hours have a column of their own.",
                    name=name,
                    count=wrong,
                )
            )
    if "weekly" in frame.columns:
        days = context.table.options.get("work_days", [1, 2, 3, 4, 5])
        context.note(
            "weekly hours are taken as even from Monday to Friday: absences of part-time"
            " staff are exact only where that is so"
        )
        for row in rows:
            daily = row["weekly"]
            row["weekly_hours"] = daily and [
                daily / len(days) if day in days else 0.0 for day in range(1, 8)
            ]


def _shares(texts: list[str]) -> list[tuple[float | None, bool]]:
    """Return shares of full time and whether they are in percent; None where it is not known."""
    given = pl.Series(texts, dtype=pl.String)
    comma, point = (cells.numbers(given, sign) for sign in (",", "."))
    value = pl.when(given.str.contains(",")).then(comma["value"]).otherwise(point["value"])
    unit = pl.col("unit").fill_null("")
    usable = pl.col("value").is_not_null() & unit.is_in(["", "%"])
    read = point.with_columns(value=value).select(
        value=pl.when(usable).then("value").when(~pl.col("nothing")).then(-1.0),
        percent=usable & (unit == "%"),
    )
    known = {**dict.fromkeys(FULL, (100.0, True)), **dict.fromkeys(PART, (None, False))}
    return [known.get(key(each), row) for each, row in zip(texts, read.iter_rows(), strict=True)]


def _note_unknown_shares(rows: list[Row], context: Context) -> None:
    unknown = sum(key(row["share"] or "") in PART for row in rows)
    if unknown:
        context.note("{count} part-time employee(s) without a share: left empty", count=unknown)


def _single(text: str | None, name: str, context: Context) -> str | None:
    """Return a cell's value; nothing when it holds several, because none of them is the one."""
    values = [part.strip() for part in (text or "").splitlines() if part.strip()]
    if len(set(values)) <= 1:
        return values[0] if values else None
    note = say("cells with more than one {name}: left empty, (unknown) on the pages", name=name)
    if note not in context.block.notes:
        context.block.notes.append(note)
    return None
