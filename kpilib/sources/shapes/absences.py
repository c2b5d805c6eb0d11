"""Shapes of absences: spells with half days, and rows of single days joined into spells.

A whole day is left without hours: then the employee's own schedule counts, day by day. Half a day
is half the length of a day, which the analyst says once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import polars as pl

from kpilib.errors import ContractError
from kpilib.saying import say
from kpilib.sources.block import LINE, completed, known_sum
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key
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
COLUMNS = ("absence_id", "employee_id", "start_date", "end_date", "kind", "hours")
WHOSE = ("employee_id", "kind")
DATES = ("start_date", "end_date", "start_half", "end_half")
DAY = ("day", "half")
AMOUNT = pl.coalesce("hours", "days", 1.0)
# What a row may say beside the employee, the kind and its days.
GIVEN = {
    **dict.fromkeys(("absence_id", "start_half", "end_half", "half"), pl.String()),
    **dict.fromkeys(("hours", "days"), pl.Float64()),
}


class Told:
    """What the analyst said of days: which are counted, and how many hours one has.

    Parameters
    ----------
    context : Context
    fields : tuple of str
        Fields whose columns may be told about.
    """

    def __init__(self, context: Context, fields: tuple[str, ...]) -> None:
        here = {name: context.header(name) for name in fields if name in context.table.fields}
        self.headers = {name: header for name, header in here.items() if header}
        said = [part for name in self.headers.values() for part in context.answer(name).split("|")]
        ways = (
            way
            for texts in ([self.headers.get("days", "")], said)
            for way, signs in WAYS.items()
            if any(sign in key(text) for sign in signs for text in texts)
        )
        self.way = next(ways, "")
        self.day_hours: float | None = context.table.options.get("day_hours")
        for text in said:
            value = cells.numbers(pl.Series([text]), "," if "," in text else ".")["value"].item()
            self.day_hours = value if value and 0 < value <= 24 else self.day_hours

    def question_of_days(self) -> str:
        """Return the question which days a number counts."""
        name = self.headers["days"]
        return say(
            "column {name}: which days are counted? Say it: --read '{name}=ouvrés' (worked days),"
            " --read '{name}=ouvrables' (Monday to Saturday) or --read '{name}=calendaires'.",
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


class Faults:
    """What is wrong with rows, each with how many they are; a question has no number."""

    def __init__(self, origin: str) -> None:
        self.origin, self.found = origin, list[str]()

    def count(self, rows: pl.DataFrame, wrong: pl.Expr, text: str) -> pl.DataFrame:
        """Count the rows that are wrong, and return the others."""
        wrong = wrong.fill_null(False)
        if number := rows.select(wrong.sum()).item():
            first = rows.filter(wrong)[LINE].min() if LINE in rows.columns else None
            where = self.origin if first is None else f"{self.origin}:{first}"
            self.found.append(f"{where}: {number} {say(text)}")
        return rows.filter(~wrong)

    def ask(self, rows: pl.DataFrame, open_: pl.Expr, question: Callable[[], str]) -> pl.DataFrame:
        """Ask what some rows leave open, and return the others."""
        open_ = open_.fill_null(False)
        if rows.select(open_.any()).item():
            self.found.append(f"{self.origin}: {question()}")
        return rows.filter(~open_)


def absence_spells(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn rows with first and last day into spells.

    Raises
    ------
    ContractError
        What a number of days counts, or how long a day is, was not said; numbers of days that
        contradict the dates; corrections of rows that are not in the file.
    """
    told = Told(context, ("days", "start_half", "end_half"))
    faults = Faults(context.block.origin)
    rows = _once(_approved(frame, context), DATES, context)
    counted = pl.col("hours").count() == pl.len()
    rows = _corrected(rows, DATES, counted, faults)
    if not told.way:
        faults.ask(rows, pl.col("days").is_not_null(), told.question_of_days)
    return _made(_parts(rows, told, faults), faults)


def absence_days(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn rows of days and half days into spells: whole days that follow one another are one.

    Raises
    ------
    ContractError
        How long a day is was not said; corrections of rows that are not in the file.
    """
    told = Told(context, ("half", "days"))
    faults = Faults(context.block.origin)
    rows = _approved(frame, context)
    # Where no column says which half it is, two halves of a day look alike.
    rows = _once(rows, DAY, context, halves="half" not in frame.columns)
    rows = _corrected(rows, DAY, pl.lit(True), faults)
    half = pl.when(pl.col("half").is_in(["am", "pm"])).then(0.5)
    days = rows.group_by(*WHOSE, "day", maintain_order=True).agg(
        hours=known_sum("hours"),
        share=pl.coalesce(half, "days", 1.0).sum(),
    )
    part = pl.col("hours").is_null() & (pl.col("share") < 1)
    if told.day_hours is None:
        faults.ask(days, part & (pl.col("share") != 0), told.question_of_hours)
    hours = pl.when(part).then(pl.col("share") * (told.day_hours or 0)).otherwise("hours")
    days = days.select(*WHOSE, hours=hours, start_date="day", end_date="day")
    whole = pl.col("hours").is_null()
    ordered = days.filter(whole).sort(*WHOSE, "start_date")
    apart = (pl.col("start_date").diff() != ONE_DAY).fill_null(True).cum_sum().over(WHOSE)
    spells = ordered.group_by(*WHOSE, apart.alias("run"), maintain_order=True).agg(
        pl.col("hours", "start_date").first(), pl.col("end_date").last()
    )
    found = pl.concat([days.filter(~whole), spells.drop("run")])
    return _made(found.with_columns(_names(found, pl.repeat("", len(found), eager=True))), faults)


def _approved(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return the rows that count, with all that a row may say; say what is left out."""
    if "approved" in frame.columns:
        frame = context.left_out.keep(frame, pl.col("approved") == "yes", "not approved")
    else:
        context.note("no column says which absences are approved: all of them are taken")
    frame = context.left_out.keep(
        frame,
        pl.col("kind").ne_missing("present"),
        "the employee is at work elsewhere: no absence",
    )
    return completed(frame, GIVEN)


def _once(
    rows: pl.DataFrame, days: tuple[str, ...], context: Context, halves: bool = False
) -> pl.DataFrame:
    """Drop exact duplicates, unless one of them is negative, or they may be two halves of a day."""
    mark = [*WHOSE, *days]
    again = ~pl.struct(pl.exclude(LINE)).is_first_distinct()
    again &= ~(AMOUNT < 0).any().over(mark)
    if halves:
        again &= AMOUNT.first().over(mark) != 0.5
    return context.left_out.keep(rows, ~again, "the same row twice")


def _corrected(
    rows: pl.DataFrame, days: tuple[str, ...], added: pl.Expr, faults: Faults
) -> pl.DataFrame:
    """Set negative rows off against the rows that they correct; add up rows that can be `added`.

    What is set off to nothing stays with no hours, so that it replaces what an earlier import
    took for an absence.
    """
    summed = {
        name: pl.when(pl.len() == 1).then(pl.col(name).first()).otherwise(known_sum(name).round(6))
        for name in ("hours", "days")
    }
    found = rows.group_by(*WHOSE, *days, maintain_order=True).agg(
        pl.exclude(*WHOSE, *days, *summed).first(),
        negative=(AMOUNT < 0).any(),
        added=(pl.len() == 1) | added,
        **summed,
    )
    left, negative = pl.coalesce("hours", "days", 0.0), pl.col("negative")
    found = faults.count(
        found,
        negative & (left < 0),
        "negative row(s) without the absence that they correct: export both in one file, with the"
        " period of the absence.",
    )
    found = faults.count(
        found,
        ~negative & ~pl.col("added"),
        "absence(s) come in several rows of the same days with other numbers.",
    )
    return found.with_columns(
        hours=pl.when(negative & (left == 0)).then(0.0).otherwise("hours"),
        is_partial=negative & (left > 0),
    )


def _parts(rows: pl.DataFrame, told: Told, faults: Faults) -> pl.DataFrame:
    """Part spells into whole days, without hours, and half days at their ends."""
    late = pl.col("start_half").eq_missing("pm")
    rows = rows.with_columns(
        _names(rows, rows.select(pl.when(late).then("start_half"))["start_half"])
    )
    given, rows = rows.filter(pl.col("hours").is_not_null()), rows.filter(pl.col("hours").is_null())
    first, last = pl.col("start_date"), pl.col("end_date")
    early = pl.col("end_half").eq_missing("am") & last.is_not_null()
    rows = faults.count(rows, first.is_null(), "absence(s) without a first day.")
    turned = (last < first) | ((first == last) & late & early)
    rows = faults.count(rows, turned, "absence(s) end before they begin.")
    if told.way:
        halves = (late.cast(pl.Int8) + early.cast(pl.Int8)) / 2
        wrong = _miscounted(told.way, halves) & ~pl.col("is_partial")
        faults.count(rows, wrong, COUNTED_WORDS[told.way])
    broken = pl.col("days").is_not_null() & ((pl.col("days") % 1 != 0) | pl.col("is_partial"))
    if not told.day_hours:
        rows = faults.ask(rows, late | early | broken, told.question_of_hours)
    whole, one_day = ~late & ~early, first.eq_missing(last)
    if told.way != "worked":
        faults.count(
            rows,
            whole & broken & ~one_day,
            "absence(s) with half days, and it is not said at which end.",
        )
    hours = told.day_hours or 0.0
    single, rows = rows.filter(whole | one_day), rows.filter(~whole & ~one_day)
    single = single.with_columns(
        hours=pl.when(~whole).then(hours / 2).when(broken).then(pl.col("days") * hours)
    )
    return pl.concat([given, single, *_pieces(rows, late, early, hours / 2)])


def _pieces(rows: pl.DataFrame, late: pl.Expr, early: pl.Expr, half: float) -> list[pl.DataFrame]:
    """Return the half days at the beginnings of spells, the whole days, those at the ends."""
    first, last = pl.col("start_date"), pl.col("end_date")
    inner = rows.with_columns(
        absence_id=pl.col("absence_id") + pl.when(late).then(pl.lit("b")).otherwise(pl.lit("")),
        start_date=pl.when(late).then(first + ONE_DAY).otherwise(first),
        end_date=pl.when(early).then(last - ONE_DAY).otherwise(last),
    ).filter(last.is_null() | (first <= last))
    begun = rows.filter(late).with_columns(end_date=first, hours=pl.lit(half))
    ended = rows.filter(early).with_columns(
        absence_id=pl.col("absence_id") + "c", start_date=last, hours=pl.lit(half)
    )
    return [begun, inner, ended]


def _miscounted(way: str, missing: pl.Expr) -> pl.Expr:
    """Whether a number of days is not that of the dates; worked days may be fewer, part-time."""
    first, last = (pl.col(name).cast(pl.Int32) for name in ("start_date", "end_date"))
    most = last - first + 1 - missing
    if way == "weekdays":  # without Sundays; the first one was 1970-01-04
        most -= (last + 4) // 7 - (first + 3) // 7
    short = pl.col("days") <= most - 1 if way == "calendar" else pl.lit(False)
    return (pl.col("days") > most) | short


def _names(rows: pl.DataFrame, half: pl.Series) -> pl.Series:
    """Return the same name for the same absence in any export, even when it is prolonged."""
    given = rows["absence_id"] if "absence_id" in rows.columns else [None] * len(rows)
    marks = rows.select(*WHOSE, "start_date", half.fill_null("").alias("half")).iter_rows()
    hashed = (digest("|".join(map(str, mark)), 20) for mark in marks)
    names = [own or name for own, name in zip(given, hashed, strict=True)]
    return pl.Series("absence_id", names, dtype=pl.String)


def _made(spells: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    faults.count(
        spells,
        ~pl.col("absence_id").is_first_distinct(),
        "absence(s) of one person and kind begin on the same day as another.",
    )
    if faults.found:
        raise ContractError(faults.found)
    return spells.select(COLUMNS)
