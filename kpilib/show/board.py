"""The scoreboard: where every objective stands, as frames; what needs a decision comes first."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property
from typing import Any

import pandas as pd
from IPython.display import HTML

from kpilib.display.figures import Figures
from kpilib.engine.outcome import NO_DATA
from kpilib.errors import UnknownName, listed
from kpilib.objectives.diary import Decision
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.standing import Standing, month_judged, standings, tree
from kpilib.objectives.ten_tests import lint
from kpilib.period import Period
from kpilib.saying import error_of, meant
from kpilib.show.beforehand import PAST
from kpilib.show.cards import board_lead, by_level, cards, headline, title
from kpilib.show.lead import Top
from kpilib.show.on_path import BEFORE
from kpilib.show.pages import fill
from kpilib.show.report import Report
from kpilib.show.sources import told_sources
from kpilib.show.standing_words import goal_words, state
from kpilib.show.tables import table
from kpilib.show.verdicts import (
    ON_SCREEN,
    asked,
    changed_rows,
    diary_rows,
    events,
    objective_rows,
    review_rows,
    tested_rows,
    verdict_rows,
)
from kpilib.topics.catalogue import catalogue

SCOREBOARD, CATALOGUE_TOPIC = "scoreboard", "okr"
NAMING = ("kr_id", "objective_id")  # columns that name what may be hidden
MONTHS_OF_NOTES = 3


class Board(Report):
    """The objectives of one company at the end of a period, for one reader.

    Objectives that are pursued without being announced are nowhere on it.
    """

    def __init__(self, period: Any, data: Any, lang: str, out: str) -> None:
        super().__init__(CATALOGUE_TOPIC, period, data, lang, out, ())
        self.topic = SCOREBOARD
        self.company.tables = self.company.tables.readable()  # one that is not costs its own KPIs
        self._kept = Figures(SCOREBOARD)
        self.month = month_judged(self.period, self.company.as_of)

    # Frames ---------------------------------------------------------------------------------

    def verdicts(self) -> pd.DataFrame:
        """Return one row a key result, those that need a decision first.

        Returns
        -------
        pandas.DataFrame
            What it is (``key_result, label, objective, kpi, group``), what was reached (``value,
            unit, expected`` by now, ``target, due, attainment``: the share of the way), the
            judgement (``level, verdict, needs_decision, before``: a month ago), what the owner
            says (``confidence, said_on, comment, decision``) and does (``owner, next_action,
            next_review``).

        Examples
        --------
        >>> report.verdicts().query("needs_decision")[["label", "verdict", "owner"]]
        """
        return verdict_rows(self._standings)

    def changed(self) -> pd.DataFrame:
        """Return the verdicts that changed since the month before, the worse first, and moves.

        Examples
        --------
        >>> report.changed()[["label", "before", "verdict"]]
        """
        return changed_rows(self._standings)

    def objectives(self) -> pd.DataFrame:
        """Return one row an objective with its score, each before those that serve it."""
        return objective_rows(tree(self._plan, self._standings))

    def reviews(self) -> pd.DataFrame:
        """Return the reviews that were not held, and the next ones."""
        return review_rows(self._standings)

    def diary(self, months: int = MONTHS_OF_NOTES) -> pd.DataFrame:
        """Return what was done and what happened in the last months, newest first."""
        first = self.month.trailing(months)[0].start
        return diary_rows(self._notes, self._standings, first, self.month.end_day)

    def tests(self) -> pd.DataFrame:
        """Return how well each key result is set: ten tests, and what is to be put right."""
        return tested_rows(lint(self._plan, self.company))

    def course(self, key_result: str) -> pd.DataFrame:
        """Return the months of a key result, to be drawn with `kl.plot.path`.

        Parameters
        ----------
        key_result : str
            As in the column of `verdicts`; where that is empty, one row says so.

        Returns
        -------
        pandas.DataFrame
            As ``data.evaluate``; of a running total, what came from its first day on.

        Raises
        ------
        UnknownName
            There is no such key result in the period; the nearest is suggested.

        Examples
        --------
        >>> kl.plot.path(report.course("kr_conversion"))
        """
        if not key_result:
            return pd.DataFrame([self._nothing()])
        standing = self._standing(key_result)
        months = standing.month.trailing(len(standing.rows))
        goal, first = standing.goal, standing.goal.start
        if goal.mode != "count":
            first = Period.month_of(first).trailing(BEFORE + 1)[0].start
        rows = pd.DataFrame(
            dict(row) | {"period": month.name, "label": goal_words(goal, self.formatter)}
            for month, row in zip(months, standing.rows, strict=True)
            if month.end_day >= first
        )
        return rows.assign(kpi=goal.kpi or goal.id, unit=goal.unit)

    def target(self, kpi: str) -> pd.DataFrame | None:
        """Return what the plan asks of a key result or of a KPI; see `Report.target`."""
        goal = self._goal(kpi)
        return super().target(kpi) if goal is None else asked(goal, self.month, PAST)

    def notes(self, kpi: str) -> pd.DataFrame:
        """Return the actions and events noted for a key result, or for a KPI."""
        if self._goal(kpi) is not None:
            return events(self._standing(kpi), self._notes)
        return super().notes(kpi)

    # Pages ----------------------------------------------------------------------------------

    def lead(self) -> HTML:
        """Show what needs a decision, how many targets are where, and what was decided."""
        return HTML(board_lead(self.verdicts(), self.changed(), self.told))

    def board(self, verdicts: pd.DataFrame) -> HTML:
        """Show key results: those that need a decision open, the others closed, by verdict."""
        return HTML(cards(verdicts))

    def follow_up(self, *frames: pd.DataFrame) -> HTML:
        """Show frames closed, each below what it holds: reviews, diary, tests."""
        parts = [(title(each), table(each), tuple(each) in ON_SCREEN) for each in frames]
        return HTML(fill("follow_up.html.j2", parts=parts))

    def sources(self) -> HTML:
        """Show what the figures behind the key results stand on."""
        known = catalogue()
        kpis = {each.goal.kpi: known[each.goal.kpi] for each in self._standings if each.goal.kpi}
        return HTML(told_sources(self.company, list(kpis.values()), self.period))

    # What they stand on ---------------------------------------------------------------------

    @property
    def finding(self) -> str:
        """The title of the page."""
        return headline(self.verdicts())

    @cached_property
    def told(self) -> Top:
        """What was decided about any key result."""
        names = dict.fromkeys(each.goal.kpi for each in self._standings if each.goal.kpi)
        return Top(
            period=self.month,
            kpis=self.company.definitions(names),
            rows=self.rows,
            past=self.rows,
            standings=self._standings,
            decided=self._decisions,
        )

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        """Where every key result of the plan stands at the end of the period's last month."""
        return standings(self.company, self.month, self._plan)

    @cached_property
    def _by_id(self) -> dict[str, Goal]:
        found = goals(self._plan, self.company.settings.currency)
        return {each.id: each.on(self.month.end_day) for each in found}

    def _goal(self, key_result: Any) -> Goal | None:
        """Return the key result of an id; None where it is the id of a KPI, or a list of them."""
        return self._by_id.get(key_result) if isinstance(key_result, str) else None

    @cached_property
    def _secret(self) -> Set[str]:
        """Ids that may not be published."""
        shown = {each.id for each in self._plan.objectives}
        hidden = [each for each in self._whole.objectives if each.id not in shown]
        results = [part.id for each in hidden for part in each.key_results]
        return {*(each.id for each in hidden), *results}

    def _keep(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep and return figures, but for those of objectives that are not announced."""
        for column in set(NAMING) & set(rows.columns):
            # A group of a key result has the key result's id before its own.
            ids = rows[column].astype("string").str.partition(".")[0]
            rows = rows[~ids.isin(self._secret).fillna(False).astype(bool)]
        return super()._keep(rows)

    def _standing(self, key_result: str) -> Standing:
        found = {each.goal.id: each for each in self._standings}
        if key_result not in [*found]:
            raise error_of(
                UnknownName,
                "Unknown key result {key_result!r}. In {name} there are: {found}.{near}",
                key_result=key_result,
                name=self.month.name,
                found=listed(found),
                near=meant(key_result, found),
            )
        return found[key_result]

    def _nothing(self) -> dict[str, Any]:
        """Return the row of a chart without a key result."""
        say = self.formatter.say
        return {
            "kpi": "key_results",
            "label": say("Key results"),
            "period": self.month.name,
            "period_start": pd.Timestamp(self.month.start),
            "period_end": pd.Timestamp(self.month.end_day),
            "value": None,
            "unit": "count",
            "status": NO_DATA,
            "reason": say("No key result under way is left to draw."),
        }

    def _concerns(self, decision: Decision) -> bool:
        return True

    def _first(self) -> dict[str, Any]:
        """Return how many targets are where, for the month's index, what needs a decision first."""
        counts = [
            {"level": level, "label": state(level), "count": len(part)}
            for level, part in by_level(self.verdicts())
        ]
        return {"states": counts} if counts else {}
