"""Every key result of a plan put to the ten tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpilib.steering.attainable import histories
from kpilib.steering.criteria import Check
from kpilib.steering.goal import Goal, goals
from kpilib.steering.malin import malin
from kpilib.steering.objectives import Objective, Plan
from kpilib.steering.sentence import lint_sentence
from kpilib.steering.smart import relevant, smart

if TYPE_CHECKING:
    from kpilib.company import Company


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


def lint(plan: Plan, company: Company | None = None) -> list[Lint]:
    """Put every key result of a plan to the ten tests.

    Parameters
    ----------
    plan : Plan
        One in which no fault was found.
    company : Company, optional
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
    said = lint_sentence(objective.statement.en or objective.statement.fr)
    five = said.malin
    dated = objective.end is not None
    five = tuple(
        Check(letter="L", passed=True, reason="ends", slots={"end": objective.end})
        if each.letter == "L" and dated
        else each
        for each in five
    )
    both = tuple(
        relevant(objective) if each.letter == "R" else each for each in smart(objective, five)
    )
    return Lint(objective=objective, goal=None, malin=five, smart=both)
