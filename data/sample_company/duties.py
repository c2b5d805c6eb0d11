"""What the staff promises and does: projects, objectives, interviews, vacancies."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .business_calendar import FIRST_DAY, LAST_DAY, MONTHS, workday_on_or_after
from .draws import mark
from .staff import JOINERS, LEAVERS, State, present
from .stories import Stories, Story
from .tables import labels

ON_TIME, HELD, REACHED = 0.74, 0.9, 0.66
QUALITY = 3.85
TALKS = (4, 10)  # months in which everybody's interview is due, and colleagues apply
ENDS = (1, 4, 7, 10)  # months in which objectives end
OPEN_DAYS = 60  # in which a vacancy takes applications
INSIDE, OUTSIDE = 0.14, 7.0  # chance that a colleague applies; applications from outside


def work_items(rng: np.random.Generator, states: list[State], stories: Stories) -> list[dict]:
    """Return what was due in each month, by the day first promised."""
    rows: list[dict] = []
    for month in MONTHS:
        there = [state for state in present(states, month) if state.is_usual]
        for state in there:
            rows.append(_project(rng, state, _due(rng, month), stories))
            if month.month in ENDS:
                rows.append(_objective(rng, state, _due(rng, month), stories))
            if month.month in TALKS:
                rows.append(_interview(rng, state, _due(rng, month), stories))
    return rows + _vacancies()


def _due(rng: np.random.Generator, month: date) -> date:
    return min(workday_on_or_after(month.replace(day=int(rng.integers(1, 27)))), LAST_DAY)


def _item(kind: str, owner: State, due: date, done: date | None, **more) -> dict:
    """Return a duty; nothing is done yet that lies after the last day."""
    opened = max(due - timedelta(days=45), FIRST_DAY)
    known = done is not None and done <= LAST_DAY
    return {
        "kind": kind,
        "owner_key": owner.employee_id,
        "team": owner.team,
        "opened_at": opened,
        "due_at": due,
        "done_at": max(done, opened) if known else None,
    } | {name: value if known else None for name, value in more.items()}


def _project(rng: np.random.Generator, owner: State, due: date, stories: Stories) -> dict:
    """A team that is told to be quick is on time, and its work gets worse."""
    hurry = stories["hurry"]
    hurried = owner.team == hurry.whom and bool(hurry.on(due))
    on_time = rng.random() < (hurry.by["on_time"] if hurried else ON_TIME)
    early, late = int(rng.integers(0, 6)), 2 + int(rng.exponential(11))
    done = due + timedelta(days=-early if on_time else late)
    quality = mark(rng, hurry.by["quality"] if hurried else QUALITY, 0.75)
    given_up = rng.random() < 0.05
    return _item("project", owner, due, None if given_up else done, quality_score=quality)


def _objective(rng: np.random.Generator, owner: State, due: date, stories: Stories) -> dict:
    """Objectives of a team that sets them low are all reached."""
    low = stories["low_aims"]
    easy = owner.team == low.whom and bool(low.on(due))
    reached = rng.random() < (low.by["reached"] if easy else REACHED)
    below = rng.random() < 0.25  # a delay, a number of complaints
    away = 1 + float(rng.integers(0, 4)) * (1 if reached else -1) - (0 if reached else 2)
    target = 12.0 * (low.by["of_usual"] if easy else 1.0)
    achieved = target - away if below else target + away
    more = {"target": target, "achieved": achieved, "direction": "lower" if below else "higher"}
    return _item("objective", owner, due, due, **more)


def _interview(rng: np.random.Generator, owner: State, due: date, stories: Stories) -> dict:
    """A team without interviews learns of the unrest when people leave."""
    silence = stories["no_interviews"]
    silent = owner.team == silence.whom and bool(silence.on(due))
    held = rng.random() < (silence.by["held"] if silent else HELD)
    done = due + timedelta(days=int(rng.integers(-3, 9)))
    return _item("interview", owner, due, done if held else None)


def _vacancies() -> list[dict]:
    """Return a vacancy for each who left, and for each who came without one."""
    left = [(day, team) for day, team, reason in LEAVERS if reason != "end_fixed_term"]
    came = [(day - timedelta(days=75), team) for day, team, kind, _ in JOINERS if kind == "CDI"]
    opened = sorted(each for each in {*left, *came} if FIRST_DAY <= each[0])
    return [
        {
            "kind": "vacancy",
            "team": team,
            "opened_at": day,
            "due_at": min(day + timedelta(days=OPEN_DAYS), LAST_DAY),
        }
        for day, team in opened
    ]


def applications(
    rng: np.random.Generator, items: list[dict], states: list[State], away: Story
) -> list[dict]:
    """Return who applied to the vacancies: outsiders to most, colleagues in the months of talks."""
    named = zip(items, labels("work_items", range(1, len(items) + 1)), strict=True)
    vacant = [(item, name) for item, name in named if item["kind"] == "vacancy"]
    rows = []
    for item, name in vacant:
        days = (item["due_at"] - item["opened_at"]).days
        for _ in range(int(rng.poisson(OUTSIDE)) if rng.random() < 0.9 else 0):
            day = item["opened_at"] + timedelta(days=int(rng.integers(0, days + 1)))
            rows.append(_applied(rng, name, day, None))
    for month in (month for month in MONTHS if month.month in TALKS):
        opened = [each for each in vacant if 0 <= (month - each[0]["opened_at"]).days < 200]
        for state in present(states, month) if opened else []:
            tired = state.team == away.whom and bool(away.on(month))
            others = [name for item, name in opened if item["team"] != state.team]
            if others and rng.random() < (away.by["applies"] if tired else INSIDE):
                day = month + timedelta(days=int(rng.integers(0, 28)))
                name = others[int(rng.integers(0, len(others)))]
                rows.append(_applied(rng, name, day, state.employee_id))
    return sorted(rows, key=lambda row: row["applied_at"])


def _applied(rng: np.random.Generator, vacancy: str, day: date, who: str | None) -> dict:
    return {
        "item_id": vacancy,
        "applied_at": day,
        "candidate_kind": "internal" if who else "external",
        "employee_id": who,
        "outcome": "refused" if rng.random() < 0.8 else "withdrawn",
    }
