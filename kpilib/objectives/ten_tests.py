"""The ten tests of an objective: five of M.A.L.I.N, five of SMART, and the sentence it is said in.

M.A.L.I.N asks whether it is measurable, attainable, limited, identifiable and negotiable; four of
SMART are the same tests, and *relevant* is added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kpilib.engine.catalogue import catalogue
from kpilib.objectives.attainable import History, attainable, histories
from kpilib.objectives.criteria import Check, Quantity, check, side_by_side
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.sentence import lint_sentence, vague_word
from kpilib.objectives.verdict import HORIZONS, judged_from, slowest
from kpilib.objectives.written import Objective, Plan

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

TWO_OWNERS = re.compile(r"\s(?:and|et|&)\s|[,;/+]")  # between the names of two owners


def malin(goal: Goal, months: History = (), company: Asking | None = None) -> tuple[Check, ...]:
    """Put the five tests to a key result.

    Parameters
    ----------
    goal : Goal
    months : sequence of (Period, float or None)
        Months of its KPI, for *attainable*.
    company : Asking, optional
        Whose data must be able to give the figure.
    """
    return (
        measurable(goal, company),
        attainable(goal, months),
        limited(goal),
        identifiable(goal),
        negotiable(goal),
    )


def measurable(goal: Goal, company: Asking | None = None) -> Check:
    """Say whether there is a KPI of the catalogue, a number, and the data it is worked out from."""
    if goal.mode == "binary" and not goal.kpi:
        named = goal.key_result.label or goal.key_result.object
        return check("milestone" if named else "milestone_unnamed")
    kpi = catalogue().get(goal.kpi)
    if kpi is None:
        return check("unknown_kpi", id=goal.kpi)
    slots = {"kpi": kpi.label, "target": Quantity(goal.target, goal.unit)}
    if lost := lacking(goal.kpi, company) if company is not None else []:
        return check("no_source", **slots, lost=", ".join(lost))
    return check("measurable", **slots)


def lacking(kpi: str, company: Asking) -> list[str]:
    """Return the tables, and the columns, that a KPI needs and the company does not have."""
    found = []
    for table, columns in catalogue()[kpi].needs.items():
        found += company.tables.missing(table) or company.tables.lacking(table, columns)
    return list(dict.fromkeys(found))


def limited(goal: Goal) -> Check:
    """Say whether the days until its end are enough for what is done to show.

    A level to be held and a milestone have nothing to wait for.
    """
    slots = {"start": goal.start, "end": goal.end}
    first = judged_from(goal)
    if first is None:
        return check("dated", **slots)
    kind = slowest(goal)
    needed = HORIZONS[kind].earliest
    days = (goal.end - (first - timedelta(needed))).days + 1
    reason = "limited" if days >= needed else "too_short"
    return check(reason, **slots, kind=kind, days=max(days, 0), needed=needed)


def identifiable(goal: Goal) -> Check:
    """Say whether one person answers for one object; a KPI names its object by itself."""
    owner = goal.owner
    if not owner:
        return check("no_owner")
    if TWO_OWNERS.search(owner.en or owner.fr):
        return check("several_owners", owner=owner)
    if not goal.kpi and not (goal.key_result.object or goal.key_result.label):
        statement = goal.objective.statement
        word = vague_word(statement.en) or vague_word(statement.fr)
        return check("vague" if word else "no_object", word=word)
    return check("identifiable", owner=owner)


def negotiable(goal: Goal) -> Check:
    """Say whether a date is set on which the target itself may be changed.

    The cadence of the whole file is for looking at figures, so it does not count: only a review
    of the key result's own, on or before its last day, does.
    """
    reviews = goal.key_result.reviews
    dates = [day for day in reviews if goal.start <= day <= goal.end]
    if not dates:
        reason = "review_outside" if reviews else "no_review"
        return check(reason, start=goal.start, end=goal.end)
    reason = "revised" if goal.was else "negotiable"
    return check(reason, review=min(dates), count=len(goal.was))


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
        return check("serves", parent=objective.parent)
    return check("has_why", why=objective.why) if objective.why else check("no_why")


@dataclass(frozen=True, kw_only=True)
class Lint:
    """What the ten tests found of one key result, or of an objective that has none.

    Parameters
    ----------
    objective : Objective
    goal : Goal or None
        None for an objective without key results and without objectives below it.
    malin, smart : tuple of Check
        Five each, in the order of the letters.
    """

    objective: Objective
    goal: Goal | None
    malin: tuple[Check, ...]
    smart: tuple[Check, ...]

    @property
    def id(self) -> str:
        """The goal's, or the objective's."""
        return self.goal.id if self.goal else self.objective.id

    @property
    def failed(self) -> tuple[Check, ...]:
        """The tests that failed, each once: those of M.A.L.I.N, then R."""
        alone = [each for each in self.smart if each.letter == "R"]
        return tuple(each for each in (*self.malin, *alone) if each.passed is False)

    @property
    def letters(self) -> str:
        """The letters of `failed`, such as ``"LN"``."""
        return "".join(each.letter for each in self.failed)


def lint(plan: Plan, company: Asking | None = None) -> list[Lint]:
    """Put every key result of a plan to the ten tests.

    Parameters
    ----------
    plan : Plan
        One in which no fault was found.
    company : Asking, optional
        Its past is what *attainable* looks at, its tables what *measurable* does.
    """
    every = goals(plan, company.settings.currency if company is not None else "EUR")
    past = histories(every, company) if company is not None else {}
    parents = {objective.parent for objective in plan.objectives}
    found = []
    for objective in plan.objectives:
        own = [goal for goal in every if goal.objective.id == objective.id]
        for goal in own:
            five = malin(goal, past.get(goal.id, ()), company)
            both = smart(objective, five)
            found.append(Lint(objective=objective, goal=goal, malin=five, smart=both))
        if not own and objective.id not in parents:
            found.append(_of_statement(objective))
    return found


def _of_statement(objective: Objective) -> Lint:
    """An objective that no figure measures is judged by its sentence."""
    five = lint_sentence(objective.statement.en or objective.statement.fr).malin
    if objective.end is not None:
        ends = check("ends", end=objective.end)
        five = tuple(ends if each.letter == "L" else each for each in five)
    return Lint(objective=objective, goal=None, malin=five, smart=smart(objective, five))
