"""Trainings of the small company that were followed for long, and what is asked of participants."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tests.maker import Maker, keys

TITLES = {"T1": "A", "T2": "B", "T3": "B", "T4": "Course", "T5": "Course"}
BEGAN = {"T4": date(2024, 11, 4), "T5": date(2024, 12, 9)}
BEFORE = [(2024, month) for month in range(4, 11)]
WAVE = "survey_id wave survey_kind group_key invited_n population_n closed_at".split()
ANSWERED = (
    "survey_id wave respondent_key group_key item_id scale_min scale_max is_reversed value"
    " answered_at"
).split()
AFTER = [(2025, 1), (2025, 2)]


def trainings(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Add two sessions of one course with an effect, quizzes, goals, estimates and level 3."""
    more = pd.DataFrame({
        "training_id": list(BEGAN), "method": ["blended", "presentiel"],
        "started_at": BEGAN.values(), "ended_at": BEGAN.values(),
    })  # fmt: skip
    plan = pd.concat([tables["trainings"], more], ignore_index=True)
    people, measures = [], []
    costs = [("training", key, "venue", 400.0, date(2025, 2, 10)) for key in ("T2", "T3")]
    for training, gain in (("T4", 3), ("T5", 6)):
        costs.append(("training", training, "delivery", 100.0, BEGAN[training]))
        for number in range(24):
            key, treated = f"{training}p{number}", number < 12
            hours = float(m.rng.integers(2, 8)) if treated else 0.0
            people.append((training, key, "treated" if treated else "control", hours, None))
            for year, month in (*BEFORE, *AFTER):
                after = year == 2025
                value = m.rng.integers(40, 48) / 4 + (gain if after and treated else 0)
                day = date(year, month, 28)
                measures.append((key, training, "revenue", day.replace(day=1), day,
                                 "after" if after else "before", value, 20.0))  # fmt: skip
    names = "training_id person_key arm hours_attended completed_at".split()
    told = "subject_key training_id kpi_id period_start period_end phase value unit_value_eur"
    lines = "scope_kind scope_id cost_kind amount_ht incurred_at".split()
    cost = pd.DataFrame(costs, columns=lines).assign(cost_id=["kT2", "kT3", "kT4", "kT5"])
    log = pd.DataFrame({
        "action_id": ["better"], "kind": ["improvement"], "training_id": ["T5"],
        "started_at": [date(2024, 12, 1)],
    })  # fmt: skip
    members = pd.concat([tables["training_participants"], pd.DataFrame(people, columns=names)],
                        ignore_index=True)  # fmt: skip
    added = {
        "trainings": plan.assign(title=plan["training_id"].map(TITLES)),
        "training_participants": _followed(m, members),
        "effect_estimates": _estimates(m, members),
    }
    further = {
        "kpi_measurements": pd.DataFrame(measures, columns=told.split()),
        "costs": cost,
        "actions": log,
    }
    joined = {
        name: pd.concat([tables[name], rows], ignore_index=True).astype(
            {each: kind for each, kind in tables[name].dtypes.items() if str(kind) == "Float64"}
        )
        for name, rows in further.items()
    }
    return tables | added | joined | _applied(m, tables)


def _followed(m: Maker, members: pd.DataFrame) -> pd.DataFrame:
    """Give hours planned, quizzes and goals, with holes."""
    count = len(members)
    return members.assign(
        hours_planned=m.pick([7.0, 14.0], count, 0.1),
        quizzes_assigned=m.number(0, 5, count, 0.1),
        quizzes_answered=m.number(0, 3, count, 0.1),
        objective_met=m.truth(0.6, count, 0.1),
        objective_exceeded=m.truth(0.3, count, 0.1),
    )


def _estimates(m: Maker, members: pd.DataFrame) -> pd.DataFrame:
    asked = members[members["training_id"].isin(["T1", "T4"])]
    return pd.DataFrame({
        "training_id": asked["training_id"].to_numpy(),
        "person_key": asked["person_key"].to_numpy(),
        "estimated_by": "participant",
        "answered_at": m.day(len(asked)),
        "gain_eur": m.quarters(4000, len(asked), 0.3),
        "share": m.pick([0.25, 0.5, 0.75], len(asked)),
        "confidence": m.pick([0.5, 0.75], len(asked)),
    })  # fmt: skip


def _applied(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Ask what is done at work: two behaviours, from never (1) to always (5)."""
    waves, answers = [], []
    for number, month in enumerate((1, 2), 1):
        closed = pd.Timestamp(2025, month, 26, 12, tz="UTC")
        waves.append(("apply", str(number), "training_application", "all", 30, 30, closed))
        for person in range(18):
            for item in ("i1", "i2"):
                given = pd.Timestamp(2025, month, int(m.rng.integers(5, 24)), 9, tz="UTC")
                grade = pd.NA if m.rng.random() < 0.1 else float(m.rng.integers(1, 6))
                answers.append(("apply", str(number), f"a{person}", "all", item, 1, 5, False,
                                grade, given))  # fmt: skip
    known = tables["survey_responses"]
    rows = pd.DataFrame(answers, columns=ANSWERED)
    rows.insert(0, "response_id", keys("ra", len(rows)))
    wave = pd.DataFrame(waves, columns=WAVE)
    return {
        "survey_waves": pd.concat([tables["survey_waves"], wave], ignore_index=True),
        "survey_responses": pd.concat([known, rows], ignore_index=True).astype(
            known.dtypes.to_dict()
        ),
    }
