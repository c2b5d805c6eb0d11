"""Trainings given, who took part, what the tests before and after say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .answers import Answers, at_hour
from .business_calendar import FIRST_DAY, HOLIDAYS, LAST_DAY, workday_on_or_after


@dataclass(frozen=True)
class Training:
    """One session of a training, with its mean test marks (of 20) and reaction marks (of 5)."""

    training_id: str
    title: str
    topic: str
    method: str
    started_at: date
    ended_at: date
    duration_h: float
    participants: int
    version: str = "v1"
    target_kpi_id: str | None = None
    is_gamified: bool = False
    test_before: float = 9.6
    test_after: float = 14.3
    reaction: float = 4.32
    completes: float = 0.95


CATALOGUE = (  # title, topic, method, hours, days from first to last, gamified
    ("Manager de proximité", "management", "presentiel", 14.0, 8, False),
    ("Prospecter et convaincre", "sales", "blended", 14.0, 15, False),
    ("Excel avancé", "office_tools", "en_ligne", 10.5, 21, False),
    ("Marketing de contenu", "marketing", "blended", 14.0, 14, False),
    ("Conduire un entretien annuel", "human_resources", "presentiel", 7.0, 1, False),
    ("Gestes du quotidien : sécurité", "safety", "micro_learning", 3.5, 21, True),
    ("IA générative : premiers pas", "digital", "en_ligne", 7.0, 14, False),
    ("Anglais professionnel", "languages", "adaptive", 21.0, 26, True),
)
COMPLETES = {
    "presentiel": 0.965,
    "blended": 0.92,
    "en_ligne": 0.80,
    "micro_learning": 0.87,
    "adaptive": 0.83,
}
SESSIONS_IN_MONTH = {1: 2, 2: 2, 3: 3, 4: 2, 5: 1, 6: 2, 7: 1, 8: 0, 9: 2, 10: 3, 11: 3, 12: 2}
BETTER_VERSION_FROM = date(
    2026, 1, 1
)  # "Manager de proximité" gets role plays and a follow-up call

STUDIES = (
    Training(
        "tr_2503_fidelisation",
        "Fidéliser ses clients",
        "sales",
        "presentiel",
        date(2025, 3, 11),
        date(2025, 3, 25),
        14.0,
        12,
        target_kpi_id="renewed_contracts",
        test_after=14.0,
    ),
    Training(
        "tr_2602_prospection",
        "Prospection commerciale B2B",
        "sales",
        "blended",
        date(2026, 2, 3),
        date(2026, 2, 26),
        21.0,
        20,
        target_kpi_id="signed_contracts",
        test_after=15.2,
    ),
    # To find: loved by those who took part, better marks at the test, and no effect on the work.
    Training(
        "tr_2603_ia_dossiers",
        "IA générative pour traiter les dossiers",
        "digital",
        "presentiel",
        date(2026, 3, 17),
        date(2026, 4, 9),
        14.0,
        18,
        target_kpi_id="files_processed",
        test_before=8.8,
        test_after=15.6,
        reaction=4.72,
        completes=1.0,
    ),
)


def draw_trainings(rng: np.random.Generator) -> list[Training]:
    """Return the trainings of the period in the order of their first day."""
    out = list(STUDIES)
    month = FIRST_DAY
    turn = 0
    while month <= LAST_DAY:
        for number in range(1, SESSIONS_IN_MONTH[month.month] + 1):
            title, topic, method, hours, span, gamified = CATALOGUE[turn % len(CATALOGUE)]
            turn += 1
            start = workday_on_or_after(
                month + timedelta(days=int(rng.integers(0, max(1, 26 - span))))
            )
            end = start + timedelta(days=span)
            while end.weekday() >= 5 or end in HOLIDAYS or end.month != start.month:
                end -= timedelta(days=1)
            improved = title == "Manager de proximité" and start >= BETTER_VERSION_FROM
            out.append(
                Training(
                    f"tr_{month:%y%m}_{number}",
                    title,
                    topic,
                    method,
                    start,
                    max(start, end),
                    hours,
                    int(rng.integers(9, 16)),
                    "v2" if improved else "v1",
                    is_gamified=gamified,
                    test_after=15.0 if improved else float(np.round(rng.normal(14.1, 0.5), 1)),
                    reaction=float(np.round(rng.normal(4.28, 0.1), 2)),
                    completes=COMPLETES[method],
                )
            )
        month = (month + timedelta(days=31)).replace(day=1)
    return sorted(out, key=lambda training: (training.started_at, training.training_id))


def trainings_table(trainings: list[Training]) -> dict[str, list]:
    """Return the columns of `trainings`."""
    names = (
        "training_id",
        "title",
        "topic",
        "method",
        "started_at",
        "ended_at",
        "duration_h",
        "version",
        "target_kpi_id",
        "is_gamified",
    )
    return {name: [getattr(training, name) for training in trainings] for name in names}


def draw_participants(rng: np.random.Generator, trainings: list[Training]) -> list[dict]:
    """Return who was planned in each training; a study has as many people in its control group."""
    rows = []
    keys = iter(rng.permutation(9000) + 1000)
    for number, training in enumerate(trainings):
        is_study = training in STUDIES
        letters = "abcdefghij" if training.participants >= 18 else "abcd"  # teams of a client
        for arm in ("treated", "control") if is_study else ("treated",):
            for rank in range(training.participants):
                team = f"client_{number:02d}" + (
                    f"_{letters[rank % len(letters)]}" if is_study else ""
                )
                rows.append(_participant(rng, training, arm, f"c{next(keys)}", team))
    return rows


def _participant(rng, training: Training, arm: str, person: str, team: str) -> dict:
    row = {
        "training_id": training.training_id,
        "person_key": person,
        "arm": arm,
        "team": team,
        "hours_planned": 0.0,
        "hours_attended": 0.0,
        "completed_at": None,
        "objective_met": None,
        "objective_exceeded": None,
    }
    if arm == "control":
        return row
    planned = training.duration_h
    row["hours_planned"] = planned
    if training not in STUDIES and rng.random() < 0.03:  # enrolled, never came
        return row | {"objective_met": False, "objective_exceeded": False}
    completes = bool(rng.random() < training.completes)
    share = rng.beta(18, 1.2) if completes else rng.uniform(0.2, 0.65)
    met = completes and bool(rng.random() < 0.80)
    return row | {
        "hours_attended": max(0.5, round(planned * share * 2) / 2),
        "completed_at": training.ended_at if completes else None,
        "objective_met": met,
        "objective_exceeded": met and bool(rng.random() < 0.24),
    }


def knowledge_tests(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> list[dict]:
    """Return the marks of 20 before and after; those who miss the second test are no pair."""
    by_id = {training.training_id: training for training in trainings}
    rows = []
    for person in participants:
        training = by_id[person["training_id"]]
        if person["arm"] == "control" or person["hours_attended"] == 0:
            continue
        level = rng.normal(0, 2.1)
        tests = [("before", training.started_at, training.test_before + level)]
        if person["completed_at"] or rng.random() < 0.3:
            missed = rng.random() < 0.07
            after = training.test_after + 0.55 * level
            tests += [] if missed else [("after", training.ended_at, after)]
        for phase, day, mean in tests:
            mark = float(np.clip(np.rint(2 * (mean + rng.normal(0, 1.2))) / 2, 0, 20))
            rows.append(
                measurement(person, "knowledge_score", day, day, phase, mark, source="quiz")
                | {"max_value": 20.0}
            )
    return rows


def measurement(
    person: dict,
    kpi_id: str,
    start: date,
    end: date,
    phase: str,
    value: float,
    source: str,
    unit_value_eur: float | None = None,
) -> dict:
    """Return one row of `kpi_measurements`."""
    return {
        "subject_key": person["person_key"],
        "team": person["team"],
        "training_id": person["training_id"],
        "kpi_id": kpi_id,
        "period_start": start,
        "period_end": end,
        "phase": phase,
        "value": value,
        "max_value": None,
        "unit_value_eur": unit_value_eur,
        "source": source,
    }


def reaction_survey(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict], answers: Answers
):
    """Add the reaction sheets of the last day: overall, content, usefulness, from 1 to 5."""
    respondent = iter(rng.permutation(90_000) + 10_000)
    for training in trainings:
        present = [
            row
            for row in participants
            if row["training_id"] == training.training_id and row["hours_attended"] > 0
        ]
        answers.wave(
            training.training_id,
            "end",
            "training_reaction",
            "participants",
            training.training_id,
            len(present),
            training.participants,
            at_hour(training.ended_at, 16),
            min(at_hour(training.ended_at + timedelta(days=7), 18), at_hour(LAST_DAY, 22)),
        )
        for _ in present:
            if rng.random() > 0.84:
                continue
            key, person = f"z{next(respondent)}", rng.normal(0, 0.4)
            when = at_hour(training.ended_at, 16) + int(rng.integers(300, 6000))
            for item, shift in (("overall", 0.0), ("content", 0.02), ("usefulness", -0.08)):
                value = float(
                    np.clip(np.rint(training.reaction + shift + person + rng.normal(0, 0.55)), 1, 5)
                )
                answers.answer(
                    training.training_id,
                    "end",
                    key,
                    training.training_id,
                    item,
                    "reaction",
                    (1, 5),
                    value,
                    when,
                    subject=training.training_id,
                )
