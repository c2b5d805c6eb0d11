"""Trainings followed for a year after: each belongs to a story and is added to finished tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from .business_calendar import last_day
from .draws import generator, mark
from .story import Stories, Story, Tables
from .surveys import Answers, ask_at_work, ask_participants
from .tables import frame
from .trainings import (
    Training,
    came,
    knowledge_tests,
    measured,
    quizzes,
    training_costs,
    trainings_table,
)

BEFORE, AFTER = 6, 12
TEAMS = "abcdefghij"


@dataclass(frozen=True)
class Followed:
    """A session, the first month before it, months that it lasts, and the figure it was to move."""

    training: Training
    first: str
    during: int
    control: bool
    level: float
    unit_value_eur: float
    assignment: str


def _session(name: str, title: str, method: str, days: tuple[date, date], **other) -> Training:
    return Training(
        name, title, "sales", method, *days, 14.0, 20, "signed_contracts", completes=0.93, **other
    )


CALLS = "Relancer au téléphone"
BETTER = {  # what was changed between its two versions
    "action_id": "relance_v2", "kind": "improvement", "version": "v2",
    "started_at": date(2025, 9, 1), "ended_at": date(2025, 9, 1),
    "description": "Écoute de vrais appels et suivi par un pair pendant un mois.",
    "expected_effect": "Que la moitié des participants relancent chaque devis.",
}  # fmt: skip
FOLLOWED = {
    "late_training": (
        Followed(
            _session("tr_2509_negociation", "Négocier avec les achats", "blended",
                     (date(2025, 9, 9), date(2025, 10, 7)), applies=0.7),
            "2025-03", 2, True, 5.4, 160.0, "matched"),
    ),
    "rising_team": (
        Followed(
            _session("tr_2510_devis", "Rédiger un devis qui convainc", "en_ligne",
                     (date(2025, 10, 6), date(2025, 10, 24)), reaction=4.6, applies=0.4),
            "2025-04", 1, False, 5.0, 160.0, "self"),
    ),
    "paid_training": (
        Followed(
            _session("tr_2504_relance", CALLS, "presentiel",
                     (date(2025, 4, 8), date(2025, 4, 22)), applies=0.5),
            "2024-10", 1, True, 6.0, 160.0, "matched"),
        Followed(
            _session("tr_2510_relance", CALLS, "presentiel",
                     (date(2025, 10, 7), date(2025, 10, 21)), version="v2", applies=0.75),
            "2025-04", 1, True, 6.0, 160.0, "matched"),
    ),
}  # fmt: skip


def follow(tables: Tables, stories: Stories) -> Tables:
    """Add the sessions of each story that is told."""
    for name in FOLLOWED:
        if stories[name].told:
            tables = _with(tables, stories[name])
    return tables


def _with(tables: Tables, story: Story) -> Tables:
    """Add people, tests, months of work, costs, and what is answered."""
    for study in FOLLOWED[story.name]:
        name = study.training.training_id
        people = _people(generator(f"people of {name}"), study)
        quizzes(generator(f"quizzes of {name}"), [study.training], people)
        tests = knowledge_tests(generator(f"tests of {name}"), [study.training], people)
        work = _work(generator(f"work of {name}"), study, people, story)
        costs = training_costs(generator(f"costs of {name}"), [study.training], people)
        answers, one = Answers(), [study.training]
        treated = [person for person in people if person["arm"] == "treated"]
        ask_participants(generator(f"reactions of {name}"), one, treated, answers)
        ask_at_work(generator(f"level 3 of {name}"), one, treated, answers)
        plan = [row | {"assignment": study.assignment} for row in trainings_table(one)]
        added = {
            "trainings": plan,
            "training_participants": people,
            "kpi_measurements": [*tests, *work],
            "costs": list(costs),
            "survey_waves": answers.waves,
            "survey_responses": answers.responses,
        }
        if story.by.get("estimates"):
            drawn = claims(generator(f"claims of {name}"), name, treated, story.by["estimates"])
            added["effect_estimates"] = list(drawn)
        if study.training.version != "v1":
            added["actions"] = [BETTER | {"training_id": name}]
        tables = tables | {
            each: pl.concat([tables[each], frame(each, rows, first=tables[each].height + 1)])
            for each, rows in added.items()
        }
    return tables


def _people(rng: np.random.Generator, study: Followed) -> list[dict]:
    """Return ten teams of two trained people, and as many of comparable ones where there are."""
    training, found = study.training, []
    for arm in ("treated", "control")[: 1 + study.control]:
        for rank in range(training.participants):
            person = {
                "training_id": training.training_id,
                "person_key": f"{training.training_id[3:]}_{arm[0]}{rank:02d}",
                "arm": arm,
                "team": f"{training.training_id[3:]}_{TEAMS[rank % len(TEAMS)]}",
                "hours_planned": training.duration_h if arm == "treated" else 0.0,
                "hours_attended": 0.0,
            }
            found.append(person if arm == "control" else person | came(rng, training))
    return found


def _work(
    rng: np.random.Generator, study: Followed, people: list[dict], story: Story
) -> Iterator[dict]:
    """Give each person's months; the story says what is gained, from which month after, and how
    fast everybody rises anyway."""
    phases = ["before"] * BEFORE + ["during"] * study.during + ["after"] * AFTER
    months = np.datetime64(study.first, "M") + np.arange(len(phases))
    swings = rng.normal(0, 0.2, len(phases))
    gains = story.by["trained"]
    gain = gains[study.training.version] if isinstance(gains, dict) else gains
    starts = BEFORE + study.during + story.by.get("after", 0)
    for person in people:
        level = rng.normal(study.level, 0.9)
        for place, (phase, month, swing) in enumerate(zip(phases, months, swings, strict=True)):
            mean = level + swing + story.by.get("a_month", 0.0) * place
            mean += gain * (person["arm"] == "treated" and place >= starts)
            yield measured(
                person,
                study.training.target_kpi_id,
                phase,
                mark(rng, mean, 1.2, (0, np.inf)),
                source="crm",
                period_start=month.astype("datetime64[D]"),
                period_end=last_day(month),
                unit_value_eur=study.unit_value_eur,
            )


def claims(
    rng: np.random.Generator, training_id: str, people: list[dict], mean: float
) -> Iterator[dict]:
    """Give what participants, and some of their managers, say a year's gain was; some do not."""
    for person in people:
        if person["hours_attended"] == 0:
            continue
        for who, answers in (("participant", 0.75), ("manager", 0.4)):
            known = rng.random() < answers
            yield {
                "training_id": training_id,
                "person_key": person["person_key"],
                "estimated_by": who,
                "answered_at": date(2026, 3, 2) + timedelta(days=int(rng.integers(0, 25))),
                "gain_eur": float(np.round(rng.gamma(3, mean / 3), -2)) if known else None,
                "share": float(rng.choice([0.2, 0.3, 0.5, 0.7])) if known else None,
                "confidence": float(rng.choice([0.4, 0.5, 0.6, 0.8])) if known else None,
            }
