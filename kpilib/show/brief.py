"""The brief: objectives, actions, figures, open questions; signed before work starts.

Source: the source article on social media, which refuses to start without objectives.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from textwrap import wrap
from typing import Any

from kpilib.display.card import COLUMNS
from kpilib.display.lint_words import check_words, gap_words
from kpilib.display.numbers import Formatter
from kpilib.objectives.goal import goals
from kpilib.objectives.plan import read_plan
from kpilib.objectives.purpose import coverage
from kpilib.objectives.standing import flat, tree
from kpilib.objectives.ten_tests import lint
from kpilib.objectives.written import Objective, Plan, announced
from kpilib.opening import opened
from kpilib.show.pages import fill
from kpilib.show.standing_words import goal_words, target_words


class Brief:
    """A plan on one page, for those who ask for the work and those who do it.

    Parameters
    ----------
    plan : Plan
        One in which no fault was found; hidden objectives are left out.
    lang, currency : str
    """

    def __init__(self, plan: Plan, lang: str = "en", currency: str = "EUR") -> None:
        self.plan = announced(plan)
        self.formatter = Formatter(lang, currency)
        self.say = self.formatter.say
        self.goals = goals(self.plan, currency)

    def _repr_html_(self) -> str:
        return fill(
            "brief.html.j2",
            self.formatter,
            promise=self._promise(),
            tree=[(level, self._statement(o), list(self._lines(o))) for level, o in self._tree()],
            questions=self.questions,
            signatures=self._signatures(),
        )

    def __repr__(self) -> str:
        found = [self.say("Brief"), *wrap(self._promise(), COLUMNS), ""]
        for level, one in self._tree():
            room = "  " * level
            found.append(f"{room}{self._statement(one)}")
            for line in self._lines(one):
                found += _item(line, room)
        if self.questions:
            found += ["", self.say("Still to be answered")]
            for line in self.questions:
                found += _item(line, "")
        return "\n".join(
            [*found, "", *(self.formatter.pair(line, "." * 30) for line in self._signatures())]
        )

    @cached_property
    def questions(self) -> list[str]:
        """What must be answered before anybody signs."""
        write = self.formatter
        found: dict[str, list[str]] = {}
        for each in lint(self.plan):
            for check in each.malin:
                if each.goal is not None and check.passed is False:
                    named = goal_words(each.goal, write)
                    found.setdefault(check_words(check, write), []).append(named)
        asked = [write.pair(write.listed(named), said) for said, named in found.items()]
        return asked + [gap_words(gap, write) for gap in coverage(self.plan)]

    def _tree(self) -> Iterator[tuple[int, Objective]]:
        """Yield the objectives with their depth, each before those below it, by priority."""
        for depth, each in flat(tree(self.plan, ())):
            yield depth, each.objective

    def _lines(self, one: Objective) -> Iterator[str]:
        write, say, lang = self.formatter, self.say, self.formatter.lang
        if one.why:
            yield write.pair(say("Why"), one.why.in_language(lang))
        if one.owner:
            yield write.pair(say("Owner"), one.owner.in_language(lang))
        for action in one.actions:
            days = say("from {start}", start=write.day(action.start))
            yield write.pair(say("Action"), f"{action.description.in_language(lang)} ({days})")
        for goal in self.goals:
            if goal.objective.id == one.id:
                yield write.pair(goal_words(goal, write), target_words(goal, write))

    def _statement(self, one: Objective) -> str:
        return one.statement.in_language(self.formatter.lang)

    def _promise(self) -> str:
        return self.say(
            "What is wanted, what is done for it, and the figures by which it will be judged."
        )

    def _signatures(self) -> tuple[str, str]:
        return self.say("For those who ask for it, date"), self.say("For those who do it, date")


def _item(line: str, room: str) -> list[str]:
    return wrap(line, COLUMNS, initial_indent=f"{room}  - ", subsequent_indent=f"{room}    ")


def brief(data: Any, lang: str = "en") -> Brief:
    """Return the brief of a company: objectives, actions and figures, to be signed.

    Parameters
    ----------
    data : path or Company
        A company folder with objectives.yaml.
    lang : str

    Raises
    ------
    CompanyError
        Every fault of objectives.yaml.

    Examples
    --------
    >>> kl.brief("data/sample")
    """
    company = opened(data)
    currency = company.settings.currency
    return Brief(read_plan(company.folder, currency), lang, currency)
