"""What is collected of trainings, when and of whom, and how much of it is there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from kpilib.methods.measurements import KNOWLEDGE, SKILL
from kpilib.period import Period
from kpilib.tables.read import in_pandas
from kpilib.training.rows import BY, known_rows, known_trainings, titles

TARGET = "target"
REACTION, APPLICATION = "training_reaction", "training_application"
TAKING_PART = "taking_part"
STEPS = (  # what, when, who, the day that it is due after, and by how many days
    (KNOWLEDGE, "before", "treated", "started_at", 0),
    (TARGET, "before", "treated", "started_at", 0),
    (TARGET, "before", "control", "started_at", 0),
    (TAKING_PART, "during", "treated", "ended_at", 0),
    (REACTION, "after", "treated", "ended_at", 7),
    (KNOWLEDGE, "after", "treated", "ended_at", 7),
    (APPLICATION, "months after", "treated", "ended_at", 90),
    (TARGET, "year after", "treated", "ended_at", 365),
    (TARGET, "year after", "control", "ended_at", 365),
)
KEYS = [BY, "what", "phase", "who"]
PHASES = {"before": "before", "during": "during", "after": "after", "year after": "after"}
AHEAD, BEHIND = 7, 30  # days before a step is due, and after it, in which somebody is reminded
COMPLETE = 0.8  # of those listed: as many answers as a survey is taken to stand for all
OPEN = ("to come", "under way", "partly", "missing")
COLUMNS = (
    *(BY, "name", "what", "when", "who", "source", "due", "remind", "share", "pairable", "state"),
)


def collection(company: Any, period: Period) -> pd.DataFrame:
    """Return what is to be measured of trainings with a figure to move, up to a period's end.

    Parameters
    ----------
    company : Company
    period : Period
        Trainings of the year that ends with it, and those to come.

    Returns
    -------
    pandas.DataFrame
        One row a training and step: ``training_id, name, what, when, who, source, due``;
        ``remind``, the day to write to them: a week before it is due, or the day after the period's
        end where that has gone by; none of what is complete or too late. The ``share`` of people
        measured; ``pairable``, the share of them with a value before and one after, where both are
        asked for; and ``state``: ``complete, partly, under way, to come, missing, no_baseline``,
        or ``nobody`` where no control group was chosen.
    """
    plan = _plan(company, period)
    if plan.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    steps = _steps(plan)
    listed, measured = _listed(company), _people(company, period.end_day)
    steps = steps.merge(listed, "left", [BY, "who"])
    counted = pd.concat([_counted(measured), _taking_part(company)], ignore_index=True)
    steps = steps.merge(counted, "left", KEYS)
    asked = _asked(company)
    steps = steps.merge(asked, "left", [BY, "what"], suffixes=("", "_asked"))
    people, steps["share"] = _shares(steps)
    late = steps["due"] < pd.Timestamp(period.end_day)
    steps["state"] = [
        _state(*each)
        for each in zip(steps["share"], steps["when"], steps["who"], people, late, strict=True)
    ]
    steps["remind"] = _reminders(steps, pd.Timestamp(period.end_day)).dt.date
    steps["due"] = steps["due"].dt.date
    pairs = _pairs(measured, listed).rename(columns={"share": "pairable"})
    steps = steps.merge(pairs.assign(phase="after"), "left", KEYS)
    return steps[list(COLUMNS)].sort_values([BY, "due"], kind="stable", ignore_index=True)


def _steps(plan: pd.DataFrame) -> pd.DataFrame:
    """Return the steps of each training, with the day on which each is due."""
    every = pd.DataFrame(STEPS, columns=["what", "when", "who", "from", "days"])
    steps = plan.merge(every, "cross")
    anchor = steps["started_at"].where(steps["from"].eq("started_at"), steps["ended_at"])
    return steps.assign(
        due=anchor + pd.to_timedelta(steps["days"], unit="D"),
        phase=steps["when"].map(PHASES),
        source=steps["what"],
    )


def _shares(steps: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return of how many people each step is, and of which share it is known: of a survey, of those
    who were asked."""
    surveyed = steps["what"].isin([REACTION, APPLICATION])
    people = steps["people_asked"].where(surveyed, steps["people"]).fillna(0.0)
    found = steps["found_asked"].where(surveyed, steps["found"]).fillna(0.0)
    return people, (found / people.where(people > 0)).clip(upper=1.0)


def _state(share: float, when: str, who: str, people: float, late: bool) -> str:
    if who == "control" and not people:
        return "nobody"
    if share > 0 and not late:
        return "under way"
    if share > 0:
        return "complete" if share >= COMPLETE else "partly"
    return "to come" if not late else "no_baseline" if when == "before" else "missing"


def _reminders(steps: pd.DataFrame, until: pd.Timestamp) -> pd.Series:
    """Return when to remind of each step: what is thirty days late is asked of nobody any more."""
    next_day = until + pd.Timedelta(days=1)
    days = (steps["due"] - pd.Timedelta(days=AHEAD)).clip(lower=next_day)
    still = steps["due"] + pd.Timedelta(days=BEHIND) >= next_day
    return days.where(steps["state"].isin(OPEN) & still)


def _plan(company: Any, period: Period) -> pd.DataFrame:
    plan = known_trainings(company, "title", "started_at", "ended_at", "target_kpi_id")
    plan = plan.assign(**{day: pd.to_datetime(plan[day]) for day in ("started_at", "ended_at")})
    recent = plan["started_at"] >= pd.Timestamp(period.ending("12m").start)
    asked = recent & plan[["ended_at", "target_kpi_id"]].notna().all(axis=1)
    plan = plan[asked]
    return plan.assign(name=titles(plan, plan[BY]).fillna(plan[BY]))


def _rows(company: Any, table: str, columns: str) -> pd.DataFrame:
    """Return rows of a table that may be missing, as may columns of it."""
    if table not in company.tables or set(columns.split()) - set(company.tables.columns(table)):
        return pd.DataFrame(columns=columns.split())
    return company.table(table, columns=columns.split())


def _listed(company: Any) -> pd.DataFrame:
    people = _rows(company, "training_participants", f"{BY} person_key arm").rename(
        columns={"arm": "who"}
    )
    return people.groupby([BY, "who"])["person_key"].nunique().rename("people").reset_index()


def _counted(measured: pd.DataFrame) -> pd.DataFrame:
    """Count the people who have a value, by training, what, phase and arm."""
    return measured.groupby(KEYS)["subject_key"].nunique().rename("found").reset_index()


def _taking_part(company: Any) -> pd.DataFrame:
    """Count the people of whom it is known how long they were there or what quizzes they took."""
    known_of = ("hours_attended", "quizzes_answered")
    rows = known_rows(company, "training_participants", BY, "person_key", "arm", *known_of)
    there = rows[rows[list(known_of)].notna().any(axis=1)]
    found = there.groupby([BY, "arm"])["person_key"].nunique().rename("found").reset_index()
    return found.rename(columns={"arm": "who"}).assign(what=TAKING_PART, phase="during")


def paired(company: Any, until: date) -> pd.DataFrame:
    """Return the share of the people listed who have a value before and one after.

    Returns
    -------
    pandas.DataFrame
        One row a training, ``what`` was measured and ``who``: ``share``. Of people with one of
        both no change is known: they are in no effect.
    """
    return _pairs(_people(company, until), _listed(company))


def _pairs(measured: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    rows = measured[measured["phase"].isin(["before", "after"])]
    keys = [BY, "what", "who"]
    both = rows.groupby([*keys, "subject_key"])["phase"].nunique().eq(2)
    found = both.groupby(keys).sum().rename("pairs").reset_index()
    found = found.merge(listed, "left", [BY, "who"])
    return found.assign(share=found["pairs"] / found["people"])[[*keys, "share"]]


def _people(company: Any, until: date) -> pd.DataFrame:
    """Return who has a value of what and when, with the arm as ``who``."""
    rows = _rows(company, "kpi_measurements", f"{BY} subject_key kpi_id phase value period_end")
    rows = rows[rows["value"].notna() & rows["kpi_id"].ne(SKILL)]
    rows = rows[pd.to_datetime(rows["period_end"]) <= pd.Timestamp(until)]
    arms = _rows(company, "training_participants", f"{BY} person_key arm")
    rows = rows.merge(arms, left_on=[BY, "subject_key"], right_on=[BY, "person_key"])
    rows = rows.assign(what=rows["kpi_id"].where(rows["kpi_id"].eq(KNOWLEDGE), TARGET))
    return rows.rename(columns={"arm": "who"})


def _asked(company: Any) -> pd.DataFrame:
    """Count those invited to the surveys of trainings, and those who answered, by name or not."""
    waves = _rows(company, "survey_waves", "survey_id wave survey_kind invited_n")
    waves = waves[waves["survey_kind"].isin([REACTION, APPLICATION])]
    one = ["survey_id", "wave", "survey_kind"]  # a wave has a row for each group that it asked
    waves = waves.groupby(one)["invited_n"].sum().reset_index()
    given = _respondents(company).groupby(one[:2])["respondent_key"].nunique()
    waves = waves.merge(given.rename("found").reset_index(), "left", one[:2])
    sums = waves.groupby(["survey_id", "survey_kind"])[["invited_n", "found"]].sum().reset_index()
    return sums.set_axis([BY, "what", "people", "found"], axis=1)


def _respondents(company: Any) -> pd.DataFrame:
    needed = {"survey_id", "wave", "respondent_key"}
    if not company.tables.holds("wave_respondents", needed):
        return pd.DataFrame(columns=sorted(needed))
    return in_pandas(company.tables.frame("wave_respondents", needed))
