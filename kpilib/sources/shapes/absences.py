"""Shapes of absences: spells with half days, and rows of single days joined into spells.

A whole day is left without hours: then the employee's own schedule counts, day by day. Half a day
is half the length of a day, which the analyst says once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import LINE, Block
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.preset import TablePreset
from kpilib.sources.saying import say
from kpilib.tables import cells

WAYS = {
    "worked": ("ouvre", "worked", "workday", "working"),
    "weekdays": ("ouvrable",),
    "calendar": ("calend",),
}
COUNTED_WORDS = {
    "worked": "number(s) of days that the dates do not have, counted as worked days: say which days"
    " are counted, or correct the dates.",
    "weekdays": "number(s) of days that the dates do not have, counted as weekdays days: say which"
    " days are counted, or correct the dates.",
    "calendar": "number(s) of days that the dates do not have, counted as calendar days: say which"
    " days are counted, or correct the dates.",
}
ONE_DAY = timedelta(days=1)
SCHEMA = {
    "absence_id": pl.String,
    "employee_id": pl.String,
    "start_date": pl.Date,
    "end_date": pl.Date,
    "kind": pl.String,
    "hours": pl.Float64,
}
AWAY = "the employee is at work elsewhere: no absence"
Row = dict[str, Any]


class Told:
    """What the analyst said of days: which are counted, and how many hours one has.

    Parameters
    ----------
    block : Block
    table : TablePreset
    context : Context
    fields : tuple of str
        Fields whose columns may be told about.
    """

    def __init__(
        self, block: Block, table: TablePreset, context: Context, fields: tuple[str, ...]
    ) -> None:
        here = {name: table.header(name, block.header) for name in fields if name in table.fields}
        self.headers = {name: header for name, header in here.items() if header}
        said = [part for name in self.headers.values() for part in context.answer(name).split("|")]
        named = key(self.headers.get("days", ""))
        self.way = next(
            (way for way, signs in WAYS.items() if any(sign in named for sign in signs)), ""
        ) or next(
            (
                way
                for way, signs in WAYS.items()
                for text in said
                if any(sign in key(text) for sign in signs)
            ),
            "",
        )
        self.day_hours: float | None = table.options.get("day_hours")
        for text in said:
            value = cells.numbers(pl.Series([text]), "," if "," in text else ".")["value"].item()
            self.day_hours = value if value and 0 < value <= 24 else self.day_hours

    def question_of_days(self) -> str:
        """Return the question which days a number counts."""
        name = self.headers["days"]
        return say(
            "column {name}: which days are counted? Say it: --read '{name}=ouvrés'"
            " (worked days), --read '{name}=ouvrables' (Monday to Saturday) or --read"
            " '{name}=calendaires'.",
            name=name,
        )

    def question_of_hours(self) -> str:
        """Return the question how long a day is."""
        name = next(iter(self.headers.values()))
        return say(
            "column {name}: half days, and how long a day is was not said. Say it in"
            " hours: --read '{name}=7'",
            name=name,
        ) + (
            say(" (with the days: '{name}=ouvrés|7').", name=name)
            if "days" in self.headers
            else "."
        )


def check_count(
    count: float, first: date, last: date, missing: float, told: Told, faults: Counter[str]
) -> None:
    """Compare a number of days with the dates; worked days may be fewer, for part-time staff."""
    length = (last - first).days + 1
    most = length - missing
    if told.way == "weekdays":
        most -= sum((first + timedelta(days=day)).isoweekday() == 7 for day in range(length))
    short = told.way == "calendar" and count <= most - 1
    if told.way and (count > most or short):
        faults[say(COUNTED_WORDS[told.way])] += 1


def absence_spells(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn rows with first and last day into spells.

    Raises
    ------
    ContractError
        What a number of days counts, or how long a day is, was not said; numbers of days that
        contradict the dates; corrections of rows that are not in the file.
    """
    told = Told(block, table, context, ("days", "start_half", "end_half"))
    faults: Counter[str] = Counter()
    rows = _approved(frame, block, context)
    rows = _corrected(rows, ("start_date", "end_date", "start_half", "end_half"), faults, context)
    if any(row.get("days") is not None for row in rows) and not told.way:
        faults[told.question_of_days()] += 0
    spells = [part for row in rows for part in _parts(row, told, faults)]
    return _made(spells, block, faults)


def absence_days(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn rows of days and half days into spells: whole days that follow one another are one.

    Raises
    ------
    ContractError
        How long a day is was not said; corrections of rows that are not in the file.
    """
    told = Told(block, table, context, ("half", "days"))
    faults: Counter[str] = Counter()
    rows = [
        row | {"start_date": row["day"], "end_date": row["day"]}
        for row in _approved(frame, block, context)
    ]
    rows = _corrected(rows, ("day", "half"), faults, context, days=True)
    rows.sort(key=lambda row: (row["employee_id"] or "", row["kind"] or "", row["start_date"]))
    whole, spells = [], []
    for _, several in groupby(rows, lambda row: (row["employee_id"], row["kind"], row["day"])):
        of_day = list(several)
        day = _day(of_day, told, faults)
        (whole if day["hours"] is None else spells).append(day)
    return _made(spells + _joined(whole), block, faults)


def _approved(frame: pl.DataFrame, block: Block, context: Context) -> list[Row]:
    """Return the rows that count; say what is left out."""
    if "approved" not in frame.columns:
        block.note("no column says which absences are approved: all of them are taken")
    rows = []
    for row in frame.to_dicts():
        if row.pop("approved", "yes") != "yes":
            context.left_out.leave("not approved", row[LINE])
        elif row["kind"] == "present":
            context.left_out.leave(AWAY, row[LINE])
        else:
            rows.append(row)
    return rows


def _corrected(
    rows: list[Row],
    same: tuple[str, ...],
    faults: Counter[str],
    context: Context,
    days: bool = False,
) -> list[Row]:
    """Set negative rows off against the rows that they correct, and drop exact duplicates.

    What is set off to nothing stays with no hours, so that it replaces what an earlier import
    took for an absence.
    """
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        mark = tuple(row.get(name) for name in ("employee_id", "kind", *same))
        groups.setdefault(mark, []).append(row)
    kept: list[Row] = []
    for several in groups.values():
        if len(several) > 1 and not any(_amount(row) < 0 for row in several):
            first: dict[tuple[Any, ...], Row] = {}
            for row in several:
                first.setdefault(_values(row), row)
            single = list(first.values())
            if not (days and "half" not in single[0] and _amount(several[0]) == 0.5):
                kept_lines = {row[LINE] for row in single}
                context.left_out.leave(
                    "the same row twice",
                    *(row[LINE] for row in several if row[LINE] not in kept_lines),
                )
                several = single
        if len(several) == 1 and _amount(several[0]) >= 0:
            kept += several
        elif any(_amount(row) < 0 for row in several):
            kept += _set_off(several, faults)
        elif days or all(row.get("hours") is not None for row in several):
            kept.append(several[0] | _sums(several))
        else:
            faults[say("absence(s) come in several rows of the same days with other numbers.")] += 1
    return kept


def _values(row: Row) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != LINE)


def _amount(row: Row) -> float:
    return next((row[name] for name in ("hours", "days") if row.get(name) is not None), 1)


def _sums(rows: list[Row]) -> Row:
    found = {}
    for name in ("hours", "days"):
        known = [row[name] for row in rows if row.get(name) is not None]
        if known:
            found[name] = round(sum(known), 6)
    return found


def _set_off(rows: list[Row], faults: Counter[str]) -> list[Row]:
    summed = _sums(rows)
    left = next((summed[name] for name in ("hours", "days") if name in summed), 0)
    if left < 0:
        faults[
            say(
                "negative row(s) without the absence that they correct: export both in one"
                " file, with the period of the absence."
            )
        ] += 1
        return []
    return [rows[0] | summed | ({"hours": 0.0} if left == 0 else {"is_partial": True})]


def _parts(row: Row, told: Told, faults: Counter[str]) -> list[Row]:
    """Part a spell into whole days, without hours, and half days at its ends."""
    first, last = row["start_date"], row["end_date"]
    late, early = row.get("start_half") == "pm", row.get("end_half") == "am" and last is not None
    own = row.get("absence_id") or _name(row, row.get("start_half") if late else "")
    count = row.get("days")
    if row.get("hours") is not None:
        return [_part(row, own, first, last, row["hours"])]
    if first is None:
        faults[say("absence(s) without a first day.")] += 1
        return []
    if last is not None and (last < first or (first == last and late and early)):
        faults[say("absence(s) end before they begin.")] += 1
        return []
    if count is not None and last and not row.get("is_partial"):
        check_count(count, first, last, (late + early) / 2, told, faults)
    half = (told.day_hours or 0) / 2
    fraction = count is not None and (count != int(count) or row.get("is_partial", False))
    if (late or early or fraction) and not told.day_hours:
        faults[told.question_of_hours()] += 0
        return []
    if not late and not early:
        if not fraction:
            return [_part(row, own, first, last, None)]
        if told.way != "worked" and first != last:
            faults[say("absence(s) with half days, and it is not said at which end.")] += 1
        return [_part(row, own, first, last, count * half * 2)]
    if first == last:
        return [_part(row, own, first, last, half)]
    parts = [_part(row, own, first, first, half)] if late else []
    inner = first + ONE_DAY if late else first, last - ONE_DAY if early else last
    if last is None or inner[0] <= inner[1]:
        parts.append(_part(row, own + ("b" if late else ""), *inner, None))
    return parts + ([_part(row, own + "c", last, last, half)] if early else [])


def _day(rows: list[Row], told: Told, faults: Counter[str]) -> Row:
    """Return one employee's day: whole, without hours, or the hours of its parts."""
    day = rows[0]["day"]
    hours = [row["hours"] for row in rows if row.get("hours") is not None]
    name = _name(rows[0], "")
    if hours:
        return _part(rows[0], name, day, day, sum(hours))
    share = min(1.0, sum(_share(row) for row in rows))
    if share == 1:
        return _part(rows[0], name, day, day, None)
    if told.day_hours is None and share:
        faults[told.question_of_hours()] += 0
    return _part(rows[0], name, day, day, share * (told.day_hours or 0))


def _share(row: Row) -> float:
    if row.get("half") in ("am", "pm"):
        return 0.5
    return row["days"] if row.get("days") is not None else 1.0


def _joined(days: list[Row]) -> list[Row]:
    """Join whole days of one employee and kind that follow one another."""
    spells: list[Row] = []
    for day in days:
        last = spells[-1] if spells else None
        if (
            last is not None
            and (last["employee_id"], last["kind"]) == (day["employee_id"], day["kind"])
            and last["end_date"] + ONE_DAY == day["start_date"]
        ):
            last["end_date"] = day["end_date"]
        else:
            spells.append(day)
    return spells


def _name(row: Row, half: str | None) -> str:
    """Return the same name for the same absence in any export, even when it is prolonged."""
    whose = f"{row['employee_id']}|{row['kind']}|{row['start_date']}|{half or ''}"
    return hashlib.sha256(whose.encode()).hexdigest()[:20]


def _part(row: Row, name: str, first: date | None, last: date | None, hours: Any) -> Row:
    return {
        "absence_id": name,
        "employee_id": row["employee_id"],
        "start_date": first,
        "end_date": last,
        "kind": row["kind"],
        "hours": hours,
    }


def _made(spells: list[Row], block: Block, faults: Counter[str]) -> pl.DataFrame:
    twice = len(spells) - len({row["absence_id"] for row in spells})
    if twice:
        faults[say("absence(s) of one person and kind begin on the same day as another.")] += twice
    if faults:
        raise ContractError(
            f"{block.origin}: {f'{count} ' if count else ''}{fault}"
            for fault, count in faults.items()
        )
    return pl.DataFrame(spells, schema=SCHEMA, orient="row")
