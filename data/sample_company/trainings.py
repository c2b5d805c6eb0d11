"""Trainings given, who took part, what tests and the work say before and after, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .business_calendar import FIRST_DAY, HOLIDAYS, MONTHS, last_day, workday_on_or_after
from .campaigns import cost
from .draws import mark
from .story import Stories, Story


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
    target_kpi_id: str | None = None
    is_gamified: bool = False
    version: str = "v1"
    test_before: float = 9.6
    test_after: float = 14.3
    reaction: float = 4.32
    completes: float = 0.95
    applies: float = 0.55  # of those who answer, two to three months after


@dataclass(frozen=True)
class Study:
    """How the target figure of a training moves, month by month, in both arms.

    `first` is the first month before the training, then the months before, during and after are
    counted. The story says what the training adds and what happens to everybody between the two
    windows. `unit_value_eur` is the margin of one unit, not its price.
    """

    training: Training
    story: str
    first: str
    months: dict[str, int]
    level: float
    spread: float
    noise: float
    unit_value_eur: float
    source: str


STUDIES = (
    Study(
        Training("tr_2503_fidelisation", "Fidéliser ses clients", "sales", "presentiel",
                 date(2025, 3, 11), date(2025, 3, 25), 14.0, 12, "renewed_contracts",
                 test_after=14.0),
        "small_training", "2024-09", {"before": 6, "during": 2, "after": 6},
        7.5, 1.4, 1.5, 190.0, "crm"),
    Study(
        Training("tr_2602_prospection", "Prospection commerciale B2B", "sales", "blended",
                 date(2026, 2, 3), date(2026, 2, 26), 21.0, 20, "signed_contracts",
                 test_after=15.2, applies=0.8),
        "good_training", "2025-06", {"before": 8, "during": 1, "after": 8},
        6.2, 1.2, 1.25, 420.0, "crm"),
    Study(
        Training("tr_2603_ia_dossiers", "IA générative pour traiter les dossiers", "digital",
                 "presentiel", date(2026, 3, 17), date(2026, 4, 9), 14.0, 18, "files_processed",
                 test_before=8.8, test_after=15.6, reaction=4.72, completes=1.0, applies=0.25),
        "empty_training", "2025-09", {"before": 6, "during": 2, "after": 6},
        41.0, 4.0, 2.3, 55.0, "case_software"),
)  # fmt: skip
STUDIED = tuple(study.training for study in STUDIES)
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
SESSIONS_IN_MONTH = (2, 2, 3, 2, 1, 2, 1, 0, 2, 3, 3, 2)


def draw_trainings(rng: np.random.Generator, role_plays: Story) -> list[Training]:
    """Return the trainings of the period in the order of their first day."""
    out = list(STUDIED)
    for month in MONTHS:
        for number in range(1, SESSIONS_IN_MONTH[month.month - 1] + 1):
            title, topic, method, hours, span, gamified = CATALOGUE[
                (len(out) - len(STUDIED)) % len(CATALOGUE)
            ]
            earliest = month + timedelta(days=int(rng.integers(0, max(1, 26 - span))))
            start = workday_on_or_after(earliest)
            end = start + timedelta(days=span)
            while end.weekday() >= 5 or end in HOLIDAYS or end.month != start.month:
                end -= timedelta(days=1)
            participants = int(rng.integers(9, 16))
            improved = title == role_plays.whom and role_plays.on(start)
            usual = None if improved else float(np.round(rng.normal(14.1, 0.5), 1))
            out.append(
                Training(
                    f"tr_{month:%y%m}_{number}",
                    title,
                    topic,
                    method,
                    start,
                    max(start, end),
                    hours,
                    participants,
                    is_gamified=gamified,
                    version="v2" if improved else "v1",
                    test_after=role_plays.by["test_after"] if improved else usual,
                    reaction=float(np.round(rng.normal(4.28, 0.1), 2)),
                    completes=COMPLETES[method],
                )
            )
    return sorted(out, key=lambda training: (training.started_at, training.training_id))


def trainings_table(trainings: list[Training]) -> list[dict]:
    """Return the rows of `trainings`."""
    names = (
        "training_id title topic method started_at ended_at duration_h version target_kpi_id "
        "is_gamified"
    ).split()
    return [{name: getattr(training, name) for name in names} for training in trainings]


def draw_participants(rng: np.random.Generator, trainings: list[Training]) -> list[dict]:
    """Return who was planned in each training; a study has as many people in its control group."""
    rows = []
    keys = iter(rng.permutation(9000) + 1000)
    for number, training in enumerate(trainings):
        is_study = training in STUDIED
        letters = "abcdefghij" if training.participants >= 18 else "abcd"  # teams of a client
        for arm in ("treated", "control") if is_study else ("treated",):
            for rank in range(training.participants):
                team = f"_{letters[rank % len(letters)]}" if is_study else ""
                person = {
                    "training_id": training.training_id,
                    "person_key": f"c{next(keys)}",
                    "arm": arm,
                    "team": f"client_{number:02d}{team}",
                    "hours_planned": 0.0 if arm == "control" else training.duration_h,
                    "hours_attended": 0.0,
                }
                rows.append(person if arm == "control" else person | _took_part(rng, training))
    return rows


def _took_part(rng: np.random.Generator, training: Training) -> dict:
    """Return what became of a person who was enrolled; outside studies a few never come."""
    if training not in STUDIED and rng.random() < 0.03:
        return {"objective_met": False, "objective_exceeded": False}
    return came(rng, training)


def came(rng: np.random.Generator, training: Training) -> dict:
    """Return what became of a person who came."""
    completes = bool(rng.random() < training.completes)
    share = rng.beta(18, 1.2) if completes else rng.uniform(0.2, 0.65)
    met = completes and bool(rng.random() < 0.80)
    return {
        "hours_attended": max(0.5, round(training.duration_h * share * 2) / 2),
        "completed_at": training.ended_at if completes else None,
        "objective_met": met,
        "objective_exceeded": met and bool(rng.random() < 0.24),
    }


def quizzes(rng: np.random.Generator, trainings: list[Training], participants: list[dict]) -> None:
    """Say how many quizzes each trained person was given, one in two hours, and answered."""
    by_id = {training.training_id: training for training in trainings}
    for person in participants:
        if person["arm"] == "control":
            continue
        training = by_id[person["training_id"]]
        given = max(1, int(training.duration_h // 2))
        there = person["hours_attended"] / training.duration_h
        usual = 0.85 if training.is_gamified else 0.68
        person["quizzes_assigned"] = given
        person["quizzes_answered"] = int(rng.binomial(given, min(1.0, usual * there)))


def measured(person: dict, kpi: str, phase: str, value: float, **other) -> dict:
    """Return a row of `kpi_measurements`."""
    same = {"subject_key": person["person_key"], "team": person["team"]}
    named = {"training_id": person["training_id"], "kpi_id": kpi, "phase": phase, "value": value}
    return same | named | other


def knowledge_tests(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> Iterator[dict]:
    """Give the marks of 20 before and after; those who miss the second test are no pair."""
    by_id = {training.training_id: training for training in trainings}
    for person in participants:
        training = by_id[person["training_id"]]
        if person["hours_attended"] == 0:
            continue
        level = rng.normal(0, 2.1)
        tests = [("before", training.started_at, training.test_before + level)]
        if (person["completed_at"] or rng.random() < 0.3) and rng.random() >= 0.07:
            tests.append(("after", training.ended_at, training.test_after + 0.55 * level))
        for phase, day, mean in tests:
            points = float(np.clip(np.rint(2 * (mean + rng.normal(0, 1.2))) / 2, 0, 20))
            yield measured(
                person,
                "knowledge_score",
                phase,
                points,
                source="quiz",
                period_start=day,
                period_end=day,
                max_value=20.0,
            )


def work_figures(
    rng: np.random.Generator, participants: list[dict], stories: Stories
) -> Iterator[dict]:
    """Give a figure a person and month of each study; the months swing alike in both arms."""
    progress = {"before": 0.0, "during": 0.5, "after": 1.0}
    for study in STUDIES:
        phases = [phase for phase, count in study.months.items() for _ in range(count)]
        months = np.datetime64(study.first, "M") + np.arange(len(phases))
        swings = rng.normal(0, study.noise * 0.25, len(phases))
        story = stories[study.story]
        effect = story.by["trained"] if story.told else 0.0
        for person in participants:
            if person["training_id"] != study.training.training_id:
                continue
            level = rng.normal(study.level, study.spread)
            gain = story.by["everybody"] + rng.normal(0, study.noise * 0.2)
            gain += effect if person["arm"] == "treated" else 0.0
            for phase, month, swing in zip(phases, months, swings, strict=True):
                mean = level + swing + progress[phase] * gain
                value = mark(rng, mean, study.noise, (0, np.inf))
                yield measured(
                    person,
                    study.training.target_kpi_id,
                    phase,
                    value,
                    source=study.source,
                    period_start=month.astype("datetime64[D]"),
                    period_end=last_day(month),
                    unit_value_eur=study.unit_value_eur,
                )


NO_PAID_TIME = "tr_2511_2"  # its cost lacks the paid time of those who took part


def training_costs(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> Iterator[dict]:
    """Give the fully loaded cost of each training, one row a kind of cost."""
    for training in trainings:
        key, is_study = training.training_id, training in STUDIED
        hours = [
            row["hours_attended"]
            for row in participants
            if row["training_id"] == key and row["arm"] == "treated"
        ]
        on_site = training.method in ("presentiel", "blended")
        amounts = {
            "analysis": 2200 if is_study else 300,
            "design": 230 * training.duration_h if is_study else 640,
            "delivery": (430 if on_site else 240) * training.duration_h,
            "material": 38 * len(hours),
            "venue": 62 * training.duration_h * on_site,
            "travel": (70 * len(hours) + 150) * on_site,
            "participant_time": 31 * sum(hours) * (key != NO_PAID_TIME),
            "evaluation": 2300 if is_study else 190,
            "overhead": 1150 if is_study else 260,
        }
        bought = max(training.started_at - timedelta(days=10), FIRST_DAY)
        for kind, amount in amounts.items():
            if amount:
                early = kind in ("analysis", "design", "material")
                paid = round(float(amount * rng.uniform(0.94, 1.06)), 2)
                yield cost("training", key, kind, paid, bought if early else training.ended_at)
