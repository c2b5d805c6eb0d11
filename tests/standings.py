"""Where a goal stands, for tests, from hand-made rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpilib.objectives.diary import CheckIn
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.history import History
from kpilib.objectives.standing import Standing, standing_of
from kpilib.period import Period
from tests.goals import plan

MONTH = "2026-10"
RATE = {
    "id": "kr", "kpi": "visitor_to_lead_rate", "mode": "from_to", "unit": "fraction",
    "baseline": 0.02, "target": 0.04,
}  # fmt: skip


def acted(*actions: tuple[str, str], **written: Any) -> Goal:
    """Return a goal for which things are done: the kind and the first day of each."""
    done = [
        {"id": f"act{place}", "kind": kind, "description": "Something", "start": start}
        for place, (kind, start) in enumerate(actions)
    ]
    return goals(plan(RATE | written, actions=done), "EUR")[0]


def row(value: float | None, low: Any = None, high: Any = None, **more: Any) -> dict[str, Any]:
    """Return what a verdict reads of a row of `evaluate`; without a value it has no data."""
    return {
        "period_start": date(2026, 10, 1), "value": value, "ci_low": low, "ci_high": high,
        "status": "no_data" if value is None else "ok", "flags": [], "details": {},
        "reason": "There is no data for this period." if value is None else "",
    } | more  # fmt: skip


def history(
    goal: Goal,
    *rows: dict[str, Any],
    month: str = MONTH,
    twins: Any = None,
    monthly: Any = None,
    said: tuple[CheckIn, ...] = (),
    as_of: date | None = None,
) -> History:
    """Return what is known of a goal, a row a month, the last one of `month`."""
    months = Period.parse(month).trailing(len(rows))
    return History(goal, months, rows, twins, monthly, said, as_of)


def standing(goal: Goal, *rows: dict[str, Any], cadence: str = "monthly", **more: Any) -> Standing:
    """Return where a goal stands; see `history`."""
    return standing_of(history(goal, *rows, **more), cadence)
