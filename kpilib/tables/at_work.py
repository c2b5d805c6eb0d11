"""People at work: the dates of their training, their working days, and the hours of absence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import narwhals as nw
import polars as pl

from kpilib.tables.contract import Table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.visits import held_activities

SICK = ("sickness", "work_accident", "commuting_accident", "occupational_disease", "unjustified")
EXCUSED, ON_LEAVE = ("maternity", "authorised"), ("paid_leave",)
# An hour is lost once: to the first of these that claims it. Who falls ill on leave is ill, and
# the hour that was to be leave is due again (as the law has it in France since September 2025).
CLAIMS = {"sick": SICK, "excused": EXCUSED, "on_leave": ON_LEAVE}
SCOPES = {
    "anact": ("sick",),
    "bilan_social": ("sick", "excused"),
    "seed": ("sick", "excused", "on_leave"),
}
FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2999, 12, 31)
ONE_DAY = ["employee_id", "date"]


def employee_days(
    frames: Mapping[str, nw.LazyFrame], span: tuple[date, date], known: date | None
) -> nw.LazyFrame:
    """Return one row per contract of an employee and scheduled day, with hours due and absent.

    Parameters
    ----------
    frames : mapping of str to narwhals.LazyFrame
        ``employees`` (with ``weekly_hours``, seven numbers from Monday), ``absences`` and
        ``work_calendar``.
    span : pair of datetime.date
        First and last day asked about.
    known : datetime.date or None
        Last day the data covers: hours given for a spell without an end are those up to there.

    Returns
    -------
    narwhals.LazyFrame
        The employee's columns plus ``date``, ``scheduled_hours`` (public holidays are not
        scheduled), ``present_hours`` (scheduled minus paid leave: the denominator) and the hours
        absent in each scope of `SCOPES`. A weekend, a holiday or a day off adds nothing. Whoever
        has two contracts on one day is absent from both, in proportion to their hours.
    """
    calendar = _polars(frames["work_calendar"])
    holidays = calendar.filter("is_public_holiday")["date"].unique().to_list()
    posts = _posts(_polars(frames["employees"]))
    days = _due(_each_day(posts, "post_start", "post_end", span), holidays)
    laid = _laid(_polars(frames["absences"]), posts, holidays, (span, known))
    claimed = laid.group_by(ONE_DAY).agg(
        pl.col("hours").filter(pl.col("kind").is_in(kinds)).sum().alias(name)
        for name, kinds in CLAIMS.items()
    )
    full = days.join(claimed, on=ONE_DAY, how="left").with_columns(
        pl.col(name).fill_null(0.0) for name in CLAIMS
    )
    return nw.from_native(_parted(full).lazy())


def _parted(full: pl.DataFrame) -> pl.DataFrame:
    """Part the hours claimed of a day over its contracts, never more than are scheduled."""
    left = day_hours = pl.col("scheduled_hours").sum().over(ONE_DAY)
    for name in CLAIMS:
        full = full.with_columns(pl.min_horizontal(name, left).alias(name))
        left = left - pl.col(name)
    part = pl.col("scheduled_hours") / day_hours
    full = full.with_columns(
        (pl.sum_horizontal(claims) * part).alias(f"{scope}_hours")
        for scope, claims in SCOPES.items()
    )
    present = pl.col("scheduled_hours") - pl.col("on_leave") * part
    return full.with_columns(present_hours=present).drop(*CLAIMS)


def _polars(frame: nw.LazyFrame) -> pl.DataFrame:
    return frame.collect("polars").to_native()


def _posts(employees: pl.DataFrame) -> pl.DataFrame:
    """Give each state of an employee its first and last day in post."""
    return employees.with_columns(
        post_start=pl.max_horizontal("hired_at", pl.col("valid_from").fill_null(FAR_PAST)),
        post_end=pl.min_horizontal(
            pl.col("left_at").fill_null(FAR_FUTURE), pl.col("valid_to").fill_null(FAR_FUTURE)
        ),
    )


def _each_day(frame: pl.DataFrame, start: str, end: str, span: tuple) -> pl.DataFrame:
    """Return one row per day between two columns of days, both included, inside a span."""
    first, last = pl.max_horizontal(start, pl.lit(span[0])), pl.min_horizontal(end, pl.lit(span[1]))
    inside = frame.with_columns(first.alias(start), last.alias(end))
    inside = inside.filter(pl.col(start) <= pl.col(end))
    return inside.with_columns(date=pl.date_ranges(start, end)).drop(start, end).explode("date")


def _due(days: pl.DataFrame, holidays: list[date]) -> pl.DataFrame:
    """Keep the days on which hours are due, with how many."""
    weekday = pl.col("weekly_hours").list.get(pl.col("date").dt.weekday() - 1)
    hours = pl.when(pl.col("date").is_in(holidays)).then(0.0).otherwise(weekday).fill_null(0.0)
    return days.with_columns(scheduled_hours=hours).filter(pl.col("scheduled_hours") > 0)


def _laid(
    spells: pl.DataFrame, posts: pl.DataFrame, holidays: list[date], known: tuple
) -> pl.DataFrame:
    """Lay each spell over its scheduled days and keep those asked about.

    Hours given for a spell are spread over all days that were due in it, those outside of the
    question included: only then is it cut, so that parts add up to the whole. A spell that is
    still open has lasted as far as the data goes; what is absent whole days, as far as is asked.
    """
    (first, last), as_of = known
    lasted = (
        as_of or spells.select(pl.max_horizontal(pl.col("start_date", "end_date").max())).item()
    )
    reached = pl.max_horizontal("start_date", pl.lit(lasted, dtype=pl.Date))
    still_open = pl.when(pl.col("hours").is_null()).then(pl.lit(last)).otherwise(reached)
    spells = spells.with_row_index("spell").with_columns(pl.col("end_date").fill_null(still_open))
    asked = spells.filter((pl.col("start_date") <= last) & (pl.col("end_date") >= first))
    whole = _each_day(asked.filter(pl.col("hours").is_null()), "start_date", "end_date", known[0])
    given = asked.filter(pl.col("hours").is_not_null())
    given = _each_day(given, "start_date", "end_date", (FAR_PAST, FAR_FUTURE))
    in_post = pl.col("date").is_between("post_start", "post_end")
    days = pl.concat([whole, given]).join(
        posts.select("employee_id", "post_start", "post_end", "weekly_hours"), on="employee_id"
    )
    laid = _due(days.filter(in_post), holidays)
    due = pl.col("scheduled_hours")
    spread = pl.col("hours") * due / due.sum().over("spell")
    return laid.with_columns(hours=pl.coalesce(spread, due)).filter(
        pl.col("date").is_between(first, last)
    )


def _in_post(
    rows: pl.DataFrame, employees: nw.LazyFrame, person: str, day: pl.Expr
) -> nw.LazyFrame:
    """Give what somebody does the contract and the team of that day; two contracts are two rows.

    What is done by others than employees in post is left out.
    """
    posts = _posts(_polars(employees)).rename({"employee_id": person})
    posts = posts if "team" in posts.columns else posts.with_columns(team=pl.lit(None, pl.String))
    posts = posts.select(person, "team", "contract_kind", "post_start", "post_end")
    inside = rows.join(posts, on=person).filter(day.is_between("post_start", "post_end"))
    return nw.from_native(inside.drop("post_start", "post_end").lazy())


def _absence_spells(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Date each spell by its first day, with the contract and team of that day."""
    spells = _polars(frames["absences"])
    return _in_post(spells, frames["employees"], "employee_id", pl.col("start_date"))


def _staff_activities(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Give what was held by now the contract and team that who took part had on that day."""
    held = _polars(held_activities(frames, setting))
    utc = pl.col("activity_at").cast(pl.Datetime("us", "UTC"))  # a database writes it without
    day = pl.col("activity_at").dt.convert_time_zone(setting.zone.key).dt.date()
    return _in_post(held.with_columns(utc), frames["employees"], "person_key", day)


def _started_participants(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each participant the dates of the training, one training to one row."""
    dates = frames["trainings"].select("training_id", "started_at", "ended_at")
    return frames["training_participants"].join(dates, on="training_id", how="inner")


def _costs_of_trainings(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each cost line of a training the day it began: cost and participants are of one group.

    What is paid early or late belongs to the training, not to the month of the bill.
    """
    lines = frames["costs"].filter(nw.col("scope_kind") == "training")
    lines = lines.with_columns(training_id=nw.col("scope_id"))
    return lines.join(
        frames["trainings"].select("training_id", "started_at"), on="training_id", how="inner"
    )


def _paid_for_participants(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Keep the participants of trainings of which a cost is booked: no bill is not a cost of 0."""
    lines = frames["costs"].filter(
        nw.col("scope_kind") == "training", ~nw.col("amount_ht").is_null()
    )
    booked = lines.select(training_id=nw.col("scope_id")).unique()
    return _started_participants(frames, setting).join(booked, on="training_id", how="inner")


def _employee_days(frames: Frames, setting: Setting) -> nw.LazyFrame:
    return employee_days(frames, setting.span, _last_known(setting))


def _due_items(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Keep what was due by the last day of the data: nothing that is still to come is late."""
    known = _last_known(setting)
    items = frames["work_items"]
    return items if known is None else items.filter(nw.col("due_at") <= known)


def _last_known(setting: Setting) -> date | None:
    return setting.until and (setting.until.astimezone(setting.zone) - timedelta(days=1)).date()


def _by_start(name: str) -> Table:
    """Participants, dated by the start of their training."""
    return extended(
        name,
        "training_participants",
        "started_at date; ended_at date",
        key=("training_id", "person_key"),
        time="started_at",
    )


POSTS = "employee_id hired_at left_at valid_from valid_to contract_kind"
OF_THE_DAY = "team key describes; contract_kind text describes"
STARTED = {
    "training_participants": "training_id person_key",
    "trainings": "training_id started_at ended_at",
}

DERIVATIONS = (
    Derivation(
        contract=extended("absence_spells", "absences", OF_THE_DAY, span=()),
        base="absences",
        needs={"absences": "absence_id employee_id start_date", "employees": POSTS},
        wants={"employees": "team"},
        build=_absence_spells,
    ),
    Derivation(
        contract=extended("staff_activities", "participations", OF_THE_DAY),
        base="participations",
        needs={"participations": "activity_at person_key", "employees": POSTS},
        wants={"employees": "team"},
        build=_staff_activities,
    ),
    Derivation(
        contract=extended("due_items", "work_items", "", key=("item_id",)),
        base="work_items",
        needs={"work_items": "kind due_at"},
        build=_due_items,
    ),
    Derivation(
        contract=_by_start("started_participants"),
        base="training_participants",
        needs=STARTED,
        build=_started_participants,
    ),
    Derivation(
        contract=_by_start("paid_for_participants"),
        base="training_participants",
        needs=STARTED | {"costs": "scope_kind scope_id amount_ht"},
        build=_paid_for_participants,
    ),
    Derivation(
        contract=extended(
            "costs_of_trainings",
            "costs",
            "training_id key; started_at date",
            time="started_at",
            links={"training_id": "trainings"},
            aliases={},
        ),
        base="costs",
        needs={"costs": "scope_kind scope_id", "trainings": "training_id started_at"},
        build=_costs_of_trainings,
    ),
    Derivation(
        contract=extended(
            "employee_days",
            "employees",
            "date date; scheduled_hours float describes; present_hours float describes;"
            " anact_hours float describes; bilan_social_hours float describes;"
            " seed_hours float describes",
            time="date",
            span=(),
            state=(),
        ),
        base="employees",
        needs={
            "employees": f"{POSTS} weekly_hours",
            "absences": "employee_id start_date end_date kind hours",
            "work_calendar": "date is_public_holiday",
        },
        build=_employee_days,
    ),
)
