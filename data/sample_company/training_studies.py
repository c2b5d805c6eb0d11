"""Three trainings with a control group: each person's work, month by month, and the costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .business_calendar import FIRST_DAY
from .trainings import measurement


@dataclass(frozen=True)
class Study:
    """How the target figure of a training moves.

    `common` is what happens to everybody between the two windows (a new tool, a better market),
    `effect` what
    only the training adds. `unit_value_eur` is the margin of one unit, not its price.
    """

    training_id: str
    kpi_id: str
    before: tuple[str, ...]
    during: tuple[str, ...]
    after: tuple[str, ...]
    level: float
    spread: float
    noise: float
    common: float
    effect: float
    unit_value_eur: float
    source: str


def _months(first: str, count: int) -> tuple[str, ...]:
    start = np.datetime64(first, "M")
    return tuple(str(start + step) for step in range(count))


STUDIES = (
    Study(
        "tr_2503_fidelisation",
        "renewed_contracts",
        _months("2024-09", 6),
        _months("2025-03", 2),
        _months("2025-05", 6),
        7.5,
        1.4,
        1.5,
        0.35,
        0.45,
        190.0,
        "crm",
    ),
    Study(
        "tr_2602_prospection",
        "signed_contracts",
        _months("2025-06", 8),
        _months("2026-02", 1),
        _months("2026-03", 8),
        6.2,
        1.2,
        1.25,
        0.45,
        1.25,
        420.0,
        "crm",
    ),
    Study(
        "tr_2603_ia_dossiers",
        "files_processed",
        _months("2025-09", 6),
        _months("2026-03", 2),
        _months("2026-05", 6),
        41.0,
        4.0,
        2.3,
        6.1,
        0.3,
        55.0,
        "case_software",
    ),
)


def _last_day(month: str) -> date:
    return ((np.datetime64(month, "M") + 1).astype("datetime64[D]") - 1).item()


def work_figures(rng: np.random.Generator, participants: list[dict]) -> list[dict]:
    """Return one row a person and month; the months swing alike in both arms."""
    rows = []
    for study in STUDIES:
        people = [row for row in participants if row["training_id"] == study.training_id]
        months = [("before", name) for name in study.before] + [
            ("during", name) for name in study.during
        ]
        months += [("after", name) for name in study.after]
        swing = {name: rng.normal(0, study.noise * 0.25) for _, name in months}
        for person in people:
            level, own_change = (
                rng.normal(study.level, study.spread),
                rng.normal(0, study.noise * 0.2),
            )
            for phase, name in months:
                progress = {"before": 0.0, "during": 0.5, "after": 1.0}[phase]
                gain = (
                    study.common
                    + own_change
                    + (study.effect if person["arm"] == "treated" else 0.0)
                )
                mean = level + swing[name] + progress * gain
                value = float(max(np.rint(mean + rng.normal(0, study.noise)), 0))
                start = np.datetime64(name, "D").item()
                rows.append(
                    measurement(
                        person,
                        study.kpi_id,
                        start,
                        _last_day(name),
                        phase,
                        value,
                        study.source,
                        study.unit_value_eur,
                    )
                )
    return rows


def training_costs(
    rng: np.random.Generator, trainings: list, participants: list[dict]
) -> list[dict]:
    """Return the fully loaded cost of each training, one row a kind of cost.

    One session lacks the paid time of its participants: its cost is not fully loaded.
    """
    rows = []
    for training in trainings:
        people = [
            row
            for row in participants
            if row["training_id"] == training.training_id and row["arm"] == "treated"
        ]
        hours = sum(row["hours_attended"] for row in people)
        on_site = training.method in ("presentiel", "blended")
        is_study = training.target_kpi_id is not None
        amounts = {
            "analysis": 2200 if is_study else 300,
            "design": 230 * training.duration_h if is_study else 640,
            "delivery": (430 if on_site else 240) * training.duration_h,
            "material": 38 * len(people),
            "venue": 62 * training.duration_h * on_site,
            "travel": (70 * len(people) + 150) * on_site,
            "participant_time": 31 * hours,
            "evaluation": 2300 if is_study else 190,
            "overhead": 1150 if is_study else 260,
        }
        if training.training_id == "tr_2511_2":
            amounts["participant_time"] = 0
        for kind, amount in amounts.items():
            if amount:
                early = kind in ("analysis", "design", "material")
                bought = max(training.started_at - timedelta(days=10), FIRST_DAY)
                day = bought if early else training.ended_at
                rows.append(
                    {
                        "scope_kind": "training",
                        "scope_id": training.training_id,
                        "cost_kind": kind,
                        "amount_ht": round(float(amount * rng.uniform(0.94, 1.06)), 2),
                        "incurred_at": day,
                    }
                )
    return rows
