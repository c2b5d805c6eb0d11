"""SMART beside M.A.L.I.N: four tests are the same, and *relevant* is added."""

from __future__ import annotations

from kpilib.steering.criteria import Check, side_by_side
from kpilib.steering.objectives import Objective


def smart(objective: Objective, malin: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return the five tests of SMART.

    Parameters
    ----------
    objective : Objective
    malin : tuple of Check
        The five of M.A.L.I.N.
    """
    return side_by_side(malin, relevant(objective))


def relevant(objective: Objective) -> Check:
    """Say whether an objective serves another one, or says why it is pursued.

    The source articles read R as *realistic* or as *pertinent*; realism is *attainable* already.
    """
    if objective.parent:
        return Check(letter="R", passed=True, reason="serves", slots={"parent": objective.parent})
    if objective.why:
        return Check(letter="R", passed=True, reason="has_why", slots={"why": objective.why})
    return Check(letter="R", passed=False, reason="no_why")
