"""How long the effect of an action takes to show: before that there is no verdict.

Search engines answer in months and ads in weeks (source articles); training changes behaviour
after two or three months, results after three to twelve.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from kpilib.catalogue import catalogue
from kpilib.definitions import Kpi
from kpilib.steering.goal import Goal
from kpilib.steering.objectives import Action, ActionKind


@dataclass(frozen=True)
class Horizon:
    """Days after its start from which an action can be judged, and by which it should be."""

    earliest: int
    latest: int


HORIZONS: dict[str, Horizon] = {
    "seo": Horizon(90, 180),
    "sea": Horizon(14, 28),
    "campaign": Horizon(14, 28),
    "email": Horizon(7, 30),
    "social": Horizon(30, 90),
    "training": Horizon(60, 365),
    "improvement": Horizon(30, 180),
    "event": Horizon(1, 30),
}
assert set(HORIZONS) == set(get_args(ActionKind))

# What moves a KPI where the objective does not say: by KPI, then by topic.
BY_KPI = {
    "organic_sessions": "seo",
    "avg_search_position": "seo",
    "ad_ctr": "sea",
    "ad_conversion_rate": "sea",
    "cost_per_lead": "sea",
    "event_attendance": "event",
    "event_registrations": "event",
}
BY_TOPIC = {"emailing": "email", "social": "social", "community": "social", "training": "training"}


def usual_kind(kpi: Kpi) -> str:
    """Return the kind of action that usually moves a KPI."""
    return BY_KPI.get(kpi.id) or BY_TOPIC.get(kpi.topic, "improvement")


def actions_of(goal: Goal) -> tuple[Action, ...]:
    """Return what is done for a key result: the actions it names, or all of its objective's."""
    every, named = goal.objective.actions, goal.key_result.actions
    return tuple(each for each in every if each.id in named) if named else every


def judged_from(goal: Goal) -> date | None:
    """Return the first day on which the actions of a key result can have shown their effect.

    The latest of the days on which its actions can be judged; an action that begins when those
    before it can already be judged does not take the verdict back. Without actions, the kind that
    usually moves the KPI counts, from the first day of the key result.

    Returns
    -------
    datetime.date or None
        None for a milestone and for a level to be held: there is no effect to wait for.
    """
    if goal.mode in ("binary", "maintain"):
        return None
    awaited = _awaited(goal)
    return max(awaited)[0] if awaited else None


def slowest(goal: Goal) -> str:
    """Return the kind of action that a key result has to wait for; empty if for none."""
    awaited = _awaited(goal)
    return max(awaited)[1] if awaited else ""


def _awaited(goal: Goal) -> list[tuple[date, str]]:
    """Return the actions to wait for: the first day on which each can be judged, and its kind."""
    found: list[tuple[date, str]] = []
    if goal.mode in ("binary", "maintain"):
        return found
    for action in sorted(actions_of(goal), key=lambda each: each.start):
        if not found or action.start < max(found)[0]:
            found.append((_earliest(action.start, action.kind), action.kind))
    kpi = catalogue().get(goal.kpi)
    if not found and kpi is not None:
        kind = usual_kind(kpi)
        found.append((_earliest(goal.start, kind), kind))
    return found


def _earliest(start: date, kind: str) -> date:
    return start + timedelta(days=HORIZONS[kind].earliest)
