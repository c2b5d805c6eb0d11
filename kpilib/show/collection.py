"""The plan of collection: what is measured of a training, when, of whom, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.period import Period
from kpilib.show.trainings import BY

KNOWLEDGE, TARGET = "knowledge_score", "target"
REACTION, APPLICATION = "training_reaction", "training_application"
STEPS = (  # what, when, who, the day that it is due after, and by how many days
    (KNOWLEDGE, "before", "treated", "started_at", 0),
    (TARGET, "before", "treated", "started_at", 0),
    (TARGET, "before", "control", "started_at", 0),
    (REACTION, "after", "treated", "ended_at", 7),
    (KNOWLEDGE, "after", "treated", "ended_at", 7),
    (APPLICATION, "months after", "treated", "ended_at", 90),
    (TARGET, "year after", "treated", "ended_at", 365),
    (TARGET, "year after", "control", "ended_at", 365),
)
PHASES = {"before": "before", "after": "after", "year after": "after"}
COMPLETE = 0.8  # of those listed: as many answers as a survey is taken to stand for all
WHAT_WORDS = {
    KNOWLEDGE: "Test of knowledge",
    TARGET: "Figure to move",
    REACTION: "Satisfaction",
    APPLICATION: "Skills at work",
}
WHEN_WORDS = {
    "before": "Before the course",
    "after": "In the week after",
    "months after": "60 to 90 days after",
    "year after": "Over the year after",
}
WHO_WORDS = {"treated": "Trained", "control": "Control group"}
STATE_WORDS = {
    "complete": "Complete",
    "partly": "In part",
    "under way": "Under way",
    "to come": "To come",
    "missing": "Missing",
    "no_baseline": "Too late: no baseline",
    "nobody": "Nobody chosen",
}
TITLE_WORDS = {
    "name": "Training",
    "what": "What",
    "when": "When",
    "who": "Who",
    "due": "Due on",
    "share": "Measured",
    "state": "State",
}


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
        One row a training and step: ``training_id, name, what, when, who, due``, the ``share`` of
        people measured, and ``state``: ``complete, partly, under way, to come, missing,
        no_baseline``, or ``nobody`` where no control group was chosen.
    """
    plan = _plan(company, period)
    if plan.empty:
        return pd.DataFrame(columns=[BY, *TITLE_WORDS])
    steps = plan.merge(
        pd.DataFrame(STEPS, columns=["what", "when", "who", "from", "days"]), "cross"
    )
    anchor = steps["started_at"].where(steps["from"].eq("started_at"), steps["ended_at"])
    steps["due"] = anchor + pd.to_timedelta(steps["days"], unit="D")
    steps["phase"] = steps["when"].map(PHASES)
    steps = steps.merge(_listed(company), "left", [BY, "who"])
    steps = steps.merge(_measured(company, period.end_day), "left", [BY, "what", "phase", "who"])
    asked = _asked(company)
    steps = steps.merge(asked, "left", [BY, "what"], suffixes=("", "_asked"))
    surveyed = steps["what"].isin([REACTION, APPLICATION])
    people = steps["people_asked"].where(surveyed, steps["people"]).fillna(0.0)
    found = steps["found_asked"].where(surveyed, steps["found"]).fillna(0.0)
    steps["share"] = (found / people.where(people > 0)).clip(upper=1.0)
    late = steps["due"] < pd.Timestamp(period.end_day)
    steps["state"] = [
        _state(*each)
        for each in zip(steps["share"], steps["when"], steps["who"], people, late, strict=True)
    ]
    steps["due"] = steps["due"].dt.date
    return steps[[BY, *TITLE_WORDS]].sort_values([BY, "due"], kind="stable", ignore_index=True)


def _state(share: float, when: str, who: str, people: float, late: bool) -> str:
    if who == "control" and not people:
        return "nobody"
    if share > 0 and not late:
        return "under way"
    if share > 0:
        return "complete" if share >= COMPLETE else "partly"
    return "to come" if not late else "no_baseline" if when == "before" else "missing"


def _plan(company: Any, period: Period) -> pd.DataFrame:
    held = company.tables.columns("trainings") if "trainings" in company.tables else set()
    wanted = [BY, "title", "started_at", "ended_at", "target_kpi_id"]
    if set(wanted) - {"title"} - set(held):
        return pd.DataFrame()
    plan = company.table("trainings", columns=[name for name in wanted if name in held])
    plan = plan.assign(**{day: pd.to_datetime(plan[day]) for day in ("started_at", "ended_at")})
    recent = plan["started_at"] >= pd.Timestamp(period.ending("12m").start)
    names = plan["title"] if "title" in plan else plan[BY]
    return plan.assign(name=names.fillna(plan[BY]))[recent & plan["target_kpi_id"].notna()]


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


def _measured(company: Any, until: date) -> pd.DataFrame:
    """Count the people who have a value, by training, what, phase and arm."""
    rows = _rows(company, "kpi_measurements", f"{BY} subject_key kpi_id phase value period_end")
    rows = rows[rows["value"].notna() & (pd.to_datetime(rows["period_end"]) <= pd.Timestamp(until))]
    arms = _rows(company, "training_participants", f"{BY} person_key arm")
    rows = rows.merge(arms, left_on=[BY, "subject_key"], right_on=[BY, "person_key"])
    rows = rows.assign(what=rows["kpi_id"].where(rows["kpi_id"].eq(KNOWLEDGE), TARGET))
    keys = [BY, "what", "phase", "arm"]
    found = rows.groupby(keys)["subject_key"].nunique().rename("found").reset_index()
    return found.rename(columns={"arm": "who"})


def _asked(company: Any) -> pd.DataFrame:
    """Count those invited to the surveys of trainings, and those who answered."""
    waves = _rows(company, "survey_waves", "survey_id wave survey_kind invited_n")
    waves = waves[waves["survey_kind"].isin([REACTION, APPLICATION])]
    given = _rows(company, "survey_responses", "survey_id wave respondent_key value")
    given = given[given["value"].notna()].groupby(["survey_id", "wave"])["respondent_key"].nunique()
    waves = waves.merge(given.rename("found").reset_index(), "left", ["survey_id", "wave"])
    sums = waves.groupby(["survey_id", "survey_kind"])[["invited_n", "found"]].sum().reset_index()
    return sums.set_axis([BY, "what", "people", "found"], axis=1)


def is_collection(frame: pd.DataFrame) -> bool:
    """Whether a frame is a plan of collection."""
    return {BY, "what", "when", "due", "state"} <= set(frame)


def collection_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a plan of collection as texts for a reader."""
    write, records = reader(), frame.to_dict("records")
    words = {"what": WHAT_WORDS, "when": WHEN_WORDS, "who": WHO_WORDS, "state": STATE_WORDS}
    told = {name: [write.say(said[row[name]]) for row in records] for name, said in words.items()}
    told["name"] = [row["name"] for row in records]
    told["due"] = [write.day(row["due"]) for row in records]
    told["share"] = [
        "" if pd.isna(row["share"]) else write.value(row["share"], "rate") for row in records
    ]
    return pd.DataFrame({write.say(title): told[name] for name, title in TITLE_WORDS.items()})


def collection_title() -> str:
    """Say what the closed plan of collection holds."""
    return reader().say("What is measured, what is missing")
