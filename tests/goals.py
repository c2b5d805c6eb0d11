"""A goal for tests, from the few things that matter to one."""

from __future__ import annotations

from typing import Any

from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.written import Plan

DAYS = {"start": "2026-01-01", "end": "2026-12-31"}


def plan(*key_results: dict[str, Any], **objective: Any) -> Plan:
    """Return a plan of one objective."""
    given = {"id": "growth", "statement": "Grow", **DAYS, "key_results": key_results}
    return Plan.model_validate({"objectives": [given | objective]})


def goal(**written: Any) -> Goal:
    """Return one goal; by default a share of 2 % that is to be 4 %."""
    given = {
        "id": "kr", "kpi": "visitor_to_lead_rate", "mode": "from_to", "unit": "fraction",
        "baseline": 0.02, "target": 0.04,
    }  # fmt: skip
    return goals(plan(given | written), "EUR")[0]
