"""Where a goal stands, for tests, from hand-made rows."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.standing import Standing
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


def standing(
    goal: Goal,
    *rows: dict[str, Any],
    month: str = MONTH,
    **more: Any,
) -> Standing:
    """Return where a goal stands by a row a month, the last one of `month`."""
    months = Period.parse(month).trailing(len(rows))
    found = Standing(written=goal, at=months[-1], months=months, rows=rows, **more)
    return found.upto(months[-1])


def altered(standing: Standing, **values: Any) -> Standing:
    """Return a standing of which something is as said, and not as worked out."""
    found = copy(standing)
    vars(found).update(values)
    return found
