"""Objectives first: what a plan leaves uncovered, and what it measures without a reason.

Every leaf of the tree must reach a KPI, every action a leaf, every KPI that is shown an objective
(catalogue, methods M01, M04 and M16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kpilib.objectives.ten_tests import relevant
from kpilib.objectives.written import KeyResult, Objective, Plan, headline_of
from kpilib.topics.catalogue import catalogue

REASON_WORDS = {
    "affiliation": "income from affiliates",
    "sales": "sales or subscriptions",
    "funding": "raising funds",
}
VISITS = ("sessions", "unique_visitors", "social_sessions", "organic_sessions", "page_views")


@dataclass(frozen=True)
class Reason:
    """One answer to "why more visits?", and the KPI that then counts."""

    id: str
    kpi: str


MORE_VISITS = (
    Reason("affiliation", "affiliate_revenue"),
    Reason("sales", "units_sold"),
    Reason("funding", "unique_visitors"),
)


def reasons_for(objective: Objective) -> tuple[Reason, ...]:
    """Return the usual answers to why an objective is pursued; none where we know of none."""
    headline = headline_of(objective)
    visits = objective.type == "visits" or (headline is not None and headline.kpi in VISITS)
    return MORE_VISITS if visits else ()


MOST_HEADLINES = 7
# What we do ourselves, as often as we like: an output, not what comes of it.
OUTPUTS = ("pr_outputs",)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something a plan leaves open.

    Parameters
    ----------
    level : str
        ``error`` (the plan does not hold together), ``warning`` or ``question``.
    reason : str
        A code: a key of the words in `kpilib.display.lint_words`.
    about : str
        Id of the objective, key result, action or KPI.
    slots : mapping
        What fills its words.
    """

    level: Literal["error", "warning", "question"]
    reason: str
    about: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def coverage(plan: Plan, kpis: Iterable[str] = ()) -> list[Gap]:
    """Return what a plan leaves open, errors first.

    Parameters
    ----------
    plan : Plan
    kpis : iterable of str
        Ids of KPIs that a report shows as figures to steer by: each must have an objective.
    """
    found = [
        *(_orphan(kpi) for kpi in orphans(plan, kpis)),
        *_of_objectives(plan),
        *_too_many(plan),
    ]
    return sorted(found, key=lambda gap: ("error", "warning", "question").index(gap.level))


def spoken_for(plan: Plan) -> frozenset[str]:
    """Return the ids of the KPIs that some key result names."""
    return frozenset(each.kpi for one in plan.objectives for each in one.key_results if each.kpi)


def orphans(plan: Plan, kpis: Iterable[str]) -> list[str]:
    """Return those of some KPIs that no objective names, in their order."""
    known = spoken_for(plan)
    return [kpi for kpi in dict.fromkeys(kpis) if kpi not in known]


def leaves(plan: Plan) -> list[Objective]:
    """Return the objectives that have none below them, by priority."""
    parents = {each.parent for each in plan.objectives}
    found = [each for each in plan.objectives if each.id not in parents]
    return sorted(found, key=lambda each: each.priority)


def headlines(plan: Plan) -> list[KeyResult]:
    """Return the key result that speaks for each leaf, by priority of the objectives."""
    found = (headline_of(each) for each in leaves(plan))
    return [each for each in found if each is not None]


def _orphan(kpi: str) -> Gap:
    known = catalogue().get(kpi)
    slots = {"kpi": known.label if known else kpi}
    return Gap(level="error", reason="kpi_without_objective", about=kpi, slots=slots)


def _of_objectives(plan: Plan) -> Iterator[Gap]:
    ends = {each.id for each in leaves(plan)}
    for objective in plan.objectives:
        said = {"statement": objective.statement}
        if objective.id in ends:
            yield from _of_leaf(objective, said)
        else:
            for action in objective.actions:
                yield Gap(level="warning", reason="action_above", about=action.id, slots=said)
        for written in objective.key_results:
            if written.kpi in OUTPUTS:
                slots = {"kpi": catalogue()[written.kpi].label}
                yield Gap(level="warning", reason="output", about=written.id, slots=slots)
        if relevant(objective).passed is False:
            chain = reasons_for(objective)
            reason = "why_visits" if chain else "why"
            yield Gap(level="question", reason=reason, about=objective.id, slots=said)


def _of_leaf(objective: Objective, said: Mapping[str, Any]) -> Iterator[Gap]:
    written = objective.key_results
    if not any(each.kpi for each in written):
        reason = "only_milestones" if written else "objective_without_kpi"
        level = "warning" if written else "error"
        yield Gap(level=level, reason=reason, about=objective.id, slots=said)
    marked = [each.id for each in written if each.role == "headline"]
    if len(marked) > 1:
        slots = said | {"ids": ", ".join(marked)}
        yield Gap(level="error", reason="two_headlines", about=objective.id, slots=slots)


def _too_many(plan: Plan) -> Iterator[Gap]:
    count = len(headlines(plan))
    if count > MOST_HEADLINES:
        slots = {"count": count, "most": MOST_HEADLINES}
        yield Gap(level="warning", reason="too_many_headlines", about="objectives", slots=slots)
