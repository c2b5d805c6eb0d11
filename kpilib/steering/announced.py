"""What may be published of a plan: some objectives are pursued without being announced."""

from __future__ import annotations

from kpilib.steering.objectives import Objective, Plan


def announced(plan: Plan) -> Plan:
    """Return a plan without its hidden objectives.

    What serves a hidden objective and is not hidden itself stays. It then serves the next one
    above that is announced, so that nothing names the hidden one.
    """
    every = {each.id: each for each in plan.objectives}
    kept = tuple(
        each.model_copy(update={"parent": _served(each, every)})
        for each in plan.objectives
        if each.status != "hidden"
    )
    return plan.model_copy(update={"objectives": kept})


def _served(objective: Objective, every: dict[str, Objective]) -> str | None:
    """Return the next objective above that is announced."""
    parent, seen = objective.parent, {objective.id}
    while parent in every and parent not in seen and every[parent].status == "hidden":
        seen.add(parent)
        parent = every[parent].parent
    return parent
