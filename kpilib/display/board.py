"""The scoreboard: where every objective stands, what needs a decision, and who does what next."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import cached_property
from itertools import count
from typing import Any

import pandas as pd

from kpilib.catalogue import catalogue
from kpilib.display import css
from kpilib.display.begin import begin
from kpilib.display.block import Block, name, paragraph, text
from kpilib.display.diary import events, note_list, review_list
from kpilib.display.figures import Figures
from kpilib.display.follow_up import follow_up
from kpilib.display.freshness import freshness
from kpilib.display.key_result import aim_words, figure_of, in_order
from kpilib.display.objective_tree import objective_tree, reds_below
from kpilib.display.page import Page
from kpilib.display.standing_words import goal_words, next_words, verdict_words
from kpilib.display.ten_tests import ten_tests
from kpilib.display.verdicts import change_list, verdict_list
from kpilib.errors import ParameterError, UnknownName, listed, nearest
from kpilib.steering.announced import announced
from kpilib.steering.coverage import coverage
from kpilib.steering.lint import lint
from kpilib.steering.objectives import Plan
from kpilib.steering.plan import read_plan
from kpilib.steering.standing import ObjectiveStanding, Standing, flat, standings, tree

TOPIC, CATALOGUE_TOPIC = "scoreboard", "okr"
MONTHS_OF_NOTES = 3
# A page stays light: so many key results are told in full, so many have a chart of their own.
MOST_TOLD, MOST_DRAWN = 36, 18
NAMING = ("kr_id", "objective_id")  # columns that name what may be hidden


class Announced(Figures):
    """Figures without those of objectives that are not announced.

    Parameters
    ----------
    secret : set of str
        Ids of objectives and key results.
    """

    def __init__(self, secret: Set[str]) -> None:
        super().__init__(TOPIC)
        self.secret = secret

    def add(self, rows: pd.DataFrame) -> None:
        """Keep rows, but for those that may not be published."""
        for column in set(NAMING) & set(rows.columns):
            # A group of a key result has the key result's id before its own.
            ids = rows[column].astype("string").str.partition(".")[0]
            rows = rows[~ids.isin(self.secret).fillna(False).astype(bool)]
        super().add(rows)


class Board(Page):
    """The objectives of one company in one month, for one reader.

    Objectives that are pursued without being announced are nowhere on it, unless asked for in a
    notebook: `tree` with ``hidden=True``.

    Parameters
    ----------
    month : str
        ``YYYY-MM``; the last complete month in the data when empty.
    data : str, path, mapping or Company
    lang : str
    out : str
        Folder of the result files; nothing is written when empty.
    """

    def __init__(self, *, month: str = "", data: Any, lang: str = "en", out: str = "") -> None:
        super().__init__(CATALOGUE_TOPIC, month=month, data=data, lang=lang, out=out)
        self.topic = TOPIC
        self.figures = Announced(self._secret)
        self._numbers = count(1)
        self._begun = False

    # What is pursued -----------------------------------------------------------------------

    @cached_property
    def whole_plan(self) -> Plan:
        """What objectives.yaml says."""
        return read_plan(self.company.folder, self.company.settings.currency)

    @cached_property
    def plan(self) -> Plan:
        """What may be published of it."""
        return announced(self.whole_plan)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Where every key result of the plan stands at the end of the month."""
        return standings(self.company, self.month, self.plan)

    @cached_property
    def roots(self) -> tuple[ObjectiveStanding, ...]:
        """The objectives as a tree."""
        return tree(self.plan, self.standings)

    @cached_property
    def _secret(self) -> frozenset[str]:
        """Ids that may not be published."""
        shown = {each.id for each in self.plan.objectives}
        hidden = [each for each in self.whole_plan.objectives if each.id not in shown]
        results = [part.id for each in hidden for part in each.key_results]
        return frozenset([*(each.id for each in hidden), *results])

    # The page, cell by cell ----------------------------------------------------------------

    def freshness(self) -> Block:
        """Show what the figures behind the key results stand on."""
        known = catalogue()
        kpis = {each.goal.kpi: known[each.goal.kpi] for each in self.standings if each.goal.kpi}
        return freshness(self.company, list(kpis.values()), self.month, self.formatter)

    def verdicts(self) -> Block:
        """Show how many verdicts of each kind there are, then what needs a decision first."""
        return self._shown(
            lambda: (
                verdict_list(self.standings, self.formatter)
                + reds_below(self.roots, self.formatter)
            )
        )

    def changed(self) -> Block:
        """Show which verdicts changed since the month before, and what moved most."""
        return self._shown(lambda: change_list(self.standings, self.formatter))

    def tree(self, hidden: bool = False) -> Block:
        """Show the objectives as a tree, each with its score and its key results.

        Parameters
        ----------
        hidden : bool
            Show those that are not announced too: in a notebook, never on a published page.
        """
        if not hidden:
            return self._shown(lambda: objective_tree(self.roots, self.formatter))
        if self.out is not None:
            raise ParameterError(
                "Hidden objectives are not announced, so no published page shows them. Call "
                "tree(hidden=True) in a notebook, with `out` left empty."
            )
        every = tree(self.whole_plan, standings(self.company, self.month, self.whole_plan))
        return self._shown(lambda: objective_tree(every, self.formatter))

    def details(self) -> Block:
        """Show each key result in full, those that need a decision open.

        Of very many, those that need a decision least are left out, and some have no chart.
        """
        ordered = in_order(self.standings)
        told, drawn = ordered[:MOST_TOLD], ordered[:MOST_DRAWN]

        def body() -> str:
            objectives = flat(self.roots)
            parts = [self._objective(each, told, drawn) for each in objectives]
            left = len(ordered) - len(told)
            if left:
                note = self.say("Key results not shown in full: {count}.", count=left)
                parts.append(f'<p class="kl-quiet">{text(note)}</p>')
            return "".join(parts)

        return self._shown(body)

    def objective(self, name: str) -> Block:
        """Show the key results of one objective in full.

        Parameters
        ----------
        name : str
            Its id in objectives.yaml.
        """
        found = {each.objective.id: each for each in flat(self.roots)}
        if name not in found:
            raise UnknownName(
                f"Unknown objective {name!r}. objectives.yaml has: {listed(found)}."
                f"{nearest(name, found)}"
            )
        one = found[name]
        return self._shown(lambda: self._objective(one, one.standings, one.standings))

    def reviews(self) -> Block:
        """Show the reviews that were not held, and those to come."""
        today = self.month.end_day
        return self._shown(lambda: review_list(in_order(self.standings), today, self.formatter))

    def diary(self, months: int = MONTHS_OF_NOTES) -> Block:
        """Show what was done and what happened in the last months.

        Parameters
        ----------
        months : int
        """
        first = self.month.trailing(months)[0].start
        return self._shown(
            lambda: note_list(self.notes, self.standings, first, self.month.end_day, self.formatter)
        )

    def lint(self) -> Block:
        """Show how well the objectives are set: the ten tests, and what is left open."""

        def body() -> str:
            found = lint(self.plan, self.company)
            return ten_tests(found, coverage(self.plan), self.plan, self.formatter)

        return self._shown(body)

    # What a page leaves --------------------------------------------------------------------

    def _lines(self) -> list[dict[str, str]]:
        """Return one line a key result for the month's index, the worst first."""
        write = self.formatter
        return [
            {
                "kpi": each.goal.kpi,
                "label": goal_words(each.goal, write),
                "value": figure_of(each, write),
                "text": next_words(each, write),
                "level": each.verdict.level,
                "verdict": verdict_words(each.verdict, write),
                "objective": each.goal.objective.statement.in_language(write.lang),
                "aim": aim_words(each, write),
            }
            for each in in_order(self.standings)
        ]

    # How it is put together ----------------------------------------------------------------

    def _objective(
        self,
        standing: ObjectiveStanding,
        told: Sequence[Standing],
        drawn: Sequence[Standing],
    ) -> str:
        """Return the key results of one objective in full; nothing where there are none."""
        parts = [
            follow_up(
                each, self.formatter, notes=events(each, self.notes, self.formatter),
                key=f"path{next(self._numbers)}", drawn=_among(each, drawn),
            )
            for each in in_order(standing.standings)
            if _among(each, told)
        ]  # fmt: skip
        statement = standing.objective.statement.in_language(self.formatter.lang)
        title = f'<p class="kl-title">{name(statement)}</p>' if parts else ""
        return title + "".join(parts)

    def _shown(self, body: Callable[[], str]) -> Block:
        """Return a block of the page; how to begin, where there are no objectives yet."""
        if not self.plan.objectives:
            first, self._begun = not self._begun, True
            return begin(self.say) if first else paragraph()
        made = body()
        self.charts += made.count('role="img"')
        sheet = css.sheet(css.CARDS + css.TABLE, css.CHART, css.GAUGE, css.BOARD)
        return Block(f'{sheet}<div class="kl kl-wide kl-board">{made}</div>')


def _among(standing: Standing, others: Sequence[Standing]) -> bool:
    return any(standing is each for each in others)


def scoreboard(*, month: str = "", data: Any, lang: str = "en", out: str = "") -> Board:
    """Open the scoreboard of a month; see `Board` for the parameters."""
    return Board(month=month, data=data, lang=lang, out=out)
