"""What is known of a key result month by month, and what its verdict takes from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from math import sqrt
from typing import Any

from kpilib.engine.compare import usual_move
from kpilib.engine.outcome import NO_DATA, OK
from kpilib.errors import PeriodError
from kpilib.methods.attainment import Reached
from kpilib.objectives.diary import CheckIn
from kpilib.objectives.goal import Goal
from kpilib.objectives.pairs import PAIRS, Twin, twin
from kpilib.objectives.probability import Chance, chance
from kpilib.objectives.verdict import Evidence, Verdict, reached_by, verdict
from kpilib.period import Period

Row = Mapping[str, Any]
Past = tuple[tuple[Period, float | None], ...]
TWIN, MONTHLY = " twin", " monthly"  # no id of a goal has a space
MILESTONE_WORDS = {"silent": "Nobody has said yet whether it is done."}


def twins_of(goals: Sequence[Goal]) -> list[Goal]:
    """Return goals on the paired KPIs, so that their figures are fetched with the others.

    They bear the goal's id with `TWIN` behind it.
    """
    return [
        goal.monthly(id=goal.id + TWIN, kpi=PAIRS[goal.kpi]) for goal in goals if goal.kpi in PAIRS
    ]


def monthly_of(goals: Sequence[Goal]) -> list[Goal]:
    """Return goals on single months, of those that are on longer times (`MONTHLY`)."""
    return [goal.monthly(id=goal.id + MONTHLY) for goal in goals if goal.adds_months]


@dataclass(frozen=True)
class History:
    """One goal, month by month, the oldest first.

    Parameters
    ----------
    goal : Goal
        With today's target.
    months : sequence of Period
    rows : sequence of mapping
        One row of `evaluate` a month, of the goal's group; of a count, of all since its start.
    twins : sequence of mapping or None
        The same of the paired KPI.
    monthly : sequence of mapping or None
        Of a count, what each month brought.
    said : sequence of CheckIn
        Oldest first.
    as_of : datetime.date or None
        Last day of the data.
    """

    goal: Goal
    months: Sequence[Period]
    rows: Sequence[Row]
    twins: Sequence[Row] | None
    monthly: Sequence[Row] | None
    said: Sequence[CheckIn]
    as_of: date | None

    def upto(self, month: Period) -> History:
        """Return what was to be seen at the end of a month, with the figures as known now."""
        count = sum(each.start <= month.start for each in self.months)
        parts = (self.months, self.rows, self.twins, self.monthly)
        months, rows, twins, monthly = (part and part[:count] for part in parts)
        return replace(self, months=months, rows=rows, twins=twins, monthly=monthly)

    def ended(self) -> History:
        """Return what was to be seen at the goal's end, if that lies before the last month."""
        last = Period.month_of(self.goal.end)
        return self.upto(last) if last.start < self.month.start else self

    @property
    def month(self) -> Period:
        """The last month."""
        return self.months[-1]

    @property
    def day(self) -> date:
        """The day that the figure is of: the last of the month, of the data or of the goal."""
        days = (self.month.end_day, self.goal.end, self.as_of)
        return min(each for each in days if each is not None)

    @property
    def then(self) -> Goal:
        """The goal with the target in force on that day."""
        return self.goal.on(self.day)

    @property
    def row(self) -> Row:
        """The row of the month; of a milestone, what the last check-in says of it."""
        row = self.rows[-1]
        if self.goal.kpi:
            return row
        values = [each.value for each in self.said if each.date <= self.day]
        known = [value for value in values if value is not None]
        if not known:
            reason = MILESTONE_WORDS["silent"]
            return {**row, "status": NO_DATA, "value": None, "reason": reason}
        return {**row, "status": OK, "value": known[-1], "reason": "", "flags": []}

    @property
    def past(self) -> Past:
        """What each month brought."""
        return _figures(self.months, self.monthly or self.rows)

    @property
    def course(self) -> Past:
        """The months since its start, as the path asks for them."""
        figures = _figures(self.months, self.rows)
        return tuple(each for each in figures if each[0].end_day >= self.goal.start)

    @property
    def earlier(self) -> tuple[float, ...]:
        """The figures of the months since its start but the last, of a level to be held."""
        if self.goal.mode != "maintain":
            return ()
        known = ((month, value) for month, value in self.course if value is not None)
        return tuple(value for month, value in known if month != self.month)

    @property
    def usual(self) -> float | None:
        """How far the figure usually moves in a month; of a sum, all of its months together."""
        move, span = usual_move([value for _, value in self.past]), self.goal.span(self.day)
        months = 1
        if self.goal.mode == "count":
            months = len(self.course)
        elif span is not None and self.goal.fills_up:
            months = self.month.start.month - span.start.month + 1
        return None if move is None else move * sqrt(max(1, months))

    @cached_property
    def chance(self) -> tuple[Chance | None, str]:
        """How probable it is that the target is reached; or why that is not known."""
        return chance(self.then, self.past, self.month)

    @cached_property
    def evidence(self) -> Evidence:
        """What its verdict takes into account beside the figure of the month."""
        beside, (probability, _) = self.twin, self.chance
        return Evidence(
            earlier=self.earlier,
            usual=self.usual,
            probability=probability and probability.probability,
            worsened=beside.kpi if beside and beside.worsened else "",
        )

    @property
    def twin(self) -> Twin | None:
        """How the paired KPI moved since the month that the baseline was read from."""
        since = baseline_month(self.goal)
        starts = [each.start for each in self.months[:-1]]
        if not self.twins or since.start not in starts:
            return None
        base = self.twins[starts.index(since.start)]
        return twin(PAIRS[self.goal.kpi], base, self.twins[-1], since)

    def verdict(self) -> Verdict:
        """Judge the goal at the end of the last month, or at its own end."""
        return verdict(self.then, self.row, self.day, self.evidence)

    def reached(self) -> Reached | None:
        """Return where it is; None when its figure is not known."""
        return reached_by(self.then, self.row, self.day, self.evidence)


def _figures(months: Sequence[Period], rows: Sequence[Row]) -> Past:
    return tuple(
        (month, row["value"] if row["status"] == OK else None)
        for month, row in zip(months, rows, strict=True)
    )


def baseline_month(goal: Goal) -> Period:
    """Return the month that a baseline was read from: as written, or the one before the start."""
    try:
        written = Period.parse(goal.key_result.baseline_period)
    except PeriodError:
        written = None
    if written is None or written.kind != "month":
        return Period.month_of(goal.start.replace(day=1) - timedelta(days=1))
    return written
