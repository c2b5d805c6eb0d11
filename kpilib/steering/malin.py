"""M.A.L.I.N: is an objective measurable, attainable, limited, identifiable and negotiable?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from kpilib.catalogue import catalogue
from kpilib.steering.attainable import History, attainable
from kpilib.steering.criteria import Check, Quantity
from kpilib.steering.goal import Goal
from kpilib.steering.horizon import HORIZONS, judged_from, slowest
from kpilib.steering.vague import vague_word
from kpilib.steering.words import Words

if TYPE_CHECKING:
    from kpilib.company import Company

TWO_OWNERS = re.compile(r"\s(?:and|et|&)\s|[,;/+]")  # between the names of two owners


def malin(goal: Goal, months: History = (), company: Company | None = None) -> tuple[Check, ...]:
    """Put the five tests to a key result.

    Parameters
    ----------
    goal : Goal
    months : sequence of (Period, float or None)
        Months of its KPI, for *attainable*.
    company : Company, optional
        Whose data must be able to give the figure.
    """
    return (
        measurable(goal, company),
        attainable(goal, months),
        limited(goal),
        identifiable(goal),
        negotiable(goal),
    )


def measurable(goal: Goal, company: Company | None = None) -> Check:
    """Say whether there is a KPI of the catalogue, a number, and the data it is worked out from."""
    if goal.mode == "binary" and not goal.kpi:
        named = bool(goal.key_result.label or goal.key_result.object)
        reason = "milestone" if named else "milestone_unnamed"
        return Check(letter="M", passed=named, reason=reason)
    kpi = catalogue().get(goal.kpi)
    if kpi is None:
        return Check(letter="M", passed=False, reason="unknown_kpi", slots={"id": goal.kpi})
    slots = {"kpi": kpi.label, "target": Quantity(goal.target, goal.unit)}
    lost = lacking(goal.kpi, company) if company is not None else []
    if lost:
        return Check(
            letter="M", passed=False, reason="no_source", slots=slots | {"lost": ", ".join(lost)}
        )
    return Check(letter="M", passed=True, reason="measurable", slots=slots)


def lacking(kpi: str, company: Company) -> list[str]:
    """Return the tables, and the columns, that a KPI needs and the company does not have."""
    found = []
    for table, columns in catalogue()[kpi].needs.items():
        found += company.tables.missing(table) or company.tables.lacking(table, columns)
    return list(dict.fromkeys(found))


def limited(goal: Goal) -> Check:
    """Say whether the days until its end are enough for what is done to show.

    A level to be held and a milestone have nothing to wait for.
    """
    first = judged_from(goal)
    if first is None:
        return Check(letter="L", passed=True, reason="dated", slots=_days(goal))
    kind = slowest(goal)
    needed = HORIZONS[kind].earliest
    begins = first - timedelta(needed)
    days = (goal.end - begins).days + 1
    slots = _days(goal) | {"kind": kind, "days": max(days, 0), "needed": needed}
    passed = days >= needed
    return Check(
        letter="L", passed=passed, reason="limited" if passed else "too_short", slots=slots
    )


def _days(goal: Goal) -> dict[str, object]:
    return {"start": goal.start, "end": goal.end}


def identifiable(goal: Goal) -> Check:
    """Say whether one person answers for one object; a KPI names its object by itself."""
    owner = goal.owner
    if not owner:
        return Check(letter="I", passed=False, reason="no_owner")
    if TWO_OWNERS.search(owner.en or owner.fr):
        return Check(letter="I", passed=False, reason="several_owners", slots={"owner": owner})
    if not goal.kpi and not (goal.key_result.object or goal.key_result.label):
        word = _vague(goal.objective.statement)
        reason = "vague" if word else "no_object"
        return Check(letter="I", passed=False, reason=reason, slots={"word": word})
    return Check(letter="I", passed=True, reason="identifiable", slots={"owner": owner})


def _vague(statement: Words) -> str:
    return vague_word(statement.en) or vague_word(statement.fr)


def negotiable(goal: Goal) -> Check:
    """Say whether a date is set on which the target itself may be changed.

    The cadence of the whole file is for looking at figures, so it does not count: only a review
    of the key result's own, on or before its last day, does.
    """
    dates = [day for day in goal.key_result.reviews if goal.start <= day <= goal.end]
    changed = len(goal.was)
    if not dates:
        late = bool(goal.key_result.reviews)
        reason = "review_outside" if late else "no_review"
        return Check(letter="N", passed=False, reason=reason, slots=_days(goal))
    reason = "revised" if changed else "negotiable"
    return Check(
        letter="N", passed=True, reason=reason, slots={"review": min(dates), "count": changed}
    )
