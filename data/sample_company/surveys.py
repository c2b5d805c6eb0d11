"""Surveys: staff every quarter, customers all year, participants after each training."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .answers import Answers, at_hour
from .business_calendar import DAYS, moments, workday_on_or_after
from .people import LEAVING_TEAM, State, staff_on

STAFF_WAVES = tuple(
    date(year, month, 6)
    for year in (2024, 2025, 2026)
    for month in (1, 4, 7, 10)
    if (2024, 10) <= (year, month) <= (2026, 10)
)
LOW_RESPONSE = date(2025, 7, 6)  # sent in the first week of the holidays: under half answer
ITEMS = (  # item, dimension, reversed
    ("q1", "satisfaction", False),
    ("q2", "motivation", False),
    ("q3", "environment", False),
    ("q4", "manager", False),
    ("q5", "belonging", False),
    ("q6", "work_life_balance", False),
    ("q7", "mission", False),
    ("q8", "belonging", True),
)
MOOD = {
    "direction": 4.15,
    "commercial": 3.7,
    "marketing": 3.85,
    "pedagogie": 3.8,
    "formateurs": 3.9,
    "relation_apprenants": 3.7,
    "administration": 3.65,
}
# the leaving team, wave by wave from January 2026: what it loses on the scale of 5, and on the
# scale of 10
UNREST = {
    date(2026, 1, 6): (0.15, 0.3),
    date(2026, 4, 6): (0.55, 1.2),
    date(2026, 7, 6): (0.8, 1.9),
    date(2026, 10, 6): (0.95, 2.4),
}


def staff_surveys(rng: np.random.Generator, states: list[State], answers: Answers) -> None:
    """Add the quarterly surveys of the staff: engagement (1 to 5), recommendation (0 to 10)."""
    respondent = iter(rng.permutation(900_000) + 100_000)
    for start in STAFF_WAVES:
        opened = workday_on_or_after(start)
        wave, loss = f"{start:%Y-%m}", UNREST.get(start, (0.0, 0.0))
        answering = 0.42 if start == LOW_RESPONSE else 0.79
        for team, size in staff_on(states, opened).items():
            count = int(np.clip(np.round(size * answering + rng.normal(0, 0.5)), 1, size))
            if team == LEAVING_TEAM and start >= date(2026, 1, 6):
                count = max(count, 6)
            drop, cold = loss if team == LEAVING_TEAM else (0.0, 0.0)
            for survey_id in ("engagement", "enps"):
                answers.wave(
                    survey_id,
                    wave,
                    survey_id,
                    "employees",
                    team,
                    size,
                    size,
                    at_hour(opened, 9),
                    at_hour(opened + timedelta(days=12), 18),
                )
            for _ in range(count):
                person = rng.normal(0, 0.42)
                when = moments(rng, np.array([np.datetime64(opened) + int(rng.integers(1, 12))]))[0]
                key = f"q{next(respondent)}"
                for item, dimension, is_reversed in ITEMS:
                    mood = (
                        MOOD[team]
                        + person
                        - drop * (1.25 if dimension in ("manager", "belonging") else 0.95)
                    )
                    value = float(np.clip(np.rint(rng.normal(mood, 0.72)), 1, 5))
                    value = None if rng.random() < 0.012 else (6 - value if is_reversed else value)
                    answers.answer(
                        "engagement",
                        wave,
                        key,
                        team,
                        item,
                        dimension,
                        (1, 5),
                        value,
                        when,
                        is_reversed,
                    )
                score = float(np.clip(np.rint(rng.normal(7.75 + 1.1 * person - cold, 1.5)), 0, 10))
                answers.answer(
                    "enps",
                    wave,
                    f"q{next(respondent)}",
                    team,
                    "enps",
                    "recommendation",
                    (0, 10),
                    score,
                    when,
                )


def satisfaction_surveys(rng: np.random.Generator, orders: dict, answers: Answers) -> None:
    """Add the satisfaction asked after orders (1 to 5), a wave a month."""
    month = orders["ordered_at"].astype("datetime64[M]")
    for first in np.unique(month):
        asked = np.flatnonzero((month == first) & (orders["status"] == "paid"))
        asked = asked[
            (DAYS[-1] - orders["ordered_at"][asked].astype("datetime64[D]")).astype(int) > 3
        ]
        wave, last = str(first), min((first + 1).astype("datetime64[D]") - 1, DAYS[-1])
        answers.wave(
            "csat",
            wave,
            "csat",
            "customers",
            "all",
            len(asked),
            len(asked),
            first.astype("datetime64[s]"),
            last.astype("datetime64[s]") + 18 * 3600,
        )
        for order in asked[rng.random(len(asked)) < 0.34]:
            value = float(rng.choice((5, 4, 3, 2, 1), p=(0.45, 0.38, 0.09, 0.05, 0.03)))
            when = min(
                orders["ordered_at"][order] + int(rng.integers(4_000, 250_000)),
                answers.waves[-1]["closed_at"],
            )
            answers.answer(
                "csat",
                wave,
                orders["customer_id"][order],
                "all",
                "csat",
                "satisfaction",
                (1, 5),
                value,
                when,
            )
