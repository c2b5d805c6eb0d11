"""Where every key result stands at the end of a month, and the tree of objectives above them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

from kpilib.engine.compare import usual_move
from kpilib.engine.outcome import NO_DATA, OK
from kpilib.errors import ContractError, PeriodError
from kpilib.methods.attainment import AMBER_FROM, FAILURES, GREEN_FROM, Reached, weighted
from kpilib.objectives.diary import CheckIn, checkins
from kpilib.objectives.goal import Goal, goals, reviews
from kpilib.objectives.goal_rows import Figures, figures_of, monthly_rows, rows_where_possible
from kpilib.objectives.plan import read_plan
from kpilib.objectives.probability import chance
from kpilib.objectives.verdict import (
    PAIRS,
    Evidence,
    Verdict,
    actions_of,
    reached_by,
    verdict,
    worsened,
)
from kpilib.objectives.written import Action, Objective, Plan
from kpilib.period import Period
from kpilib.saying import error_of

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

Row = Mapping[str, Any]
TWIN, MONTHLY = " twin", " monthly"  # no id of a goal has a space
MILESTONE_WORDS = {"silent": "Nobody has said yet whether it is done."}
SHOWN_AFTER = 3  # months after its end in which a key result is still shown, with its last verdict


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One goal at the end of a month, or at its own end before that, and how it came there.

    Parameters
    ----------
    written : Goal
        With the target of today.
    at : Period
        The month at whose end it is looked at.
    months : sequence of Period
        Those that are known, the oldest first, up to `at` or the one in which the goal ended.
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
    cadence : str
        How often it is to be reviewed.
    """

    written: Goal
    at: Period
    months: Sequence[Period]
    rows: Sequence[Row]
    twins: Sequence[Row] | None = None
    monthly: Sequence[Row] | None = None
    said: Sequence[CheckIn] = ()
    as_of: date | None = None
    cadence: str = "monthly"

    def upto(self, month: Period) -> Standing:
        """Return where it stood at the end of a month, with the figures as known now."""
        last = min(month.start, Period.month_of(self.written.end).start)
        count = sum(each.start <= last for each in self.months)
        parts = (self.months, self.rows, self.twins, self.monthly)
        months, rows, twins, monthly = (part and part[:count] for part in parts)
        return replace(self, at=month, months=months, rows=rows, twins=twins, monthly=monthly)

    @property
    def month(self) -> Period:
        """The month of the figure."""
        return self.months[-1]

    @property
    def day(self) -> date:
        """The day that the figure is of: the last of the month, of the data or of the goal."""
        days = (self.month.end_day, self.written.end, self.as_of)
        return min(each for each in days if each is not None)

    @property
    def over(self) -> bool:
        """Whether the key result has come to its end."""
        return self.day >= self.written.end

    @cached_property
    def goal(self) -> Goal:
        """The goal with the target in force on that day."""
        return self.written.on(self.day)

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
    def past(self) -> Figures:
        """What each month brought."""
        return figures_of(self.months, self.monthly or self.rows)

    @property
    def course(self) -> Figures:
        """The months since its start, as the path asks for them: of a count, all till then."""
        figures = figures_of(self.months, self.rows)
        return tuple(each for each in figures if each[0].end_day >= self.goal.start)

    @property
    def expected(self) -> float | None:
        """What the path asks for by that day, in the KPI's unit; None where there is no path."""
        return None if self.goal.mode == "binary" else self.goal.expected(self.day)

    @cached_property
    def verdict(self) -> Verdict:
        """How it is judged."""
        return verdict(self.goal, self.row, self.day, self.evidence)

    @cached_property
    def reached(self) -> Reached | None:
        """How far it has come; None when its figure is not known."""
        return reached_by(self.goal, self.row, self.day, self.evidence)

    @cached_property
    def before(self) -> Verdict | None:
        """The verdict of the month before; None when the key result had not started."""
        previous = self.at.previous()
        if self.months[0].start > previous.start or self.goal.start > previous.end_day:
            return None
        return self.upto(previous).verdict

    @cached_property
    def chance(self) -> float | None:
        """How probable it is that the target is reached by its date; None where nothing tells."""
        return chance(self.goal, self.past, self.month)

    @cached_property
    def evidence(self) -> Evidence:
        """What its verdict takes into account beside the figure of the month."""
        return Evidence(
            earlier=self._earlier(),
            usual=self._usual(),
            probability=self.chance,
            worsened=self._worsened(),
        )

    def _earlier(self) -> tuple[float, ...]:
        """Return the figures of the months since its start but the last, of a level to be held."""
        if self.goal.mode != "maintain":
            return ()
        known = ((month, value) for month, value in self.course if value is not None)
        return tuple(value for month, value in known if month != self.month)

    def _usual(self) -> float | None:
        """Return how far the figure usually moves in a month; of a sum, in all of its months."""
        move, span = usual_move([value for _, value in self.past]), self.goal.span(self.day)
        months = 1
        if self.goal.mode == "count":
            months = len(self.course)
        elif span is not None and self.goal.fills_up:
            months = self.month.start.month - span.start.month + 1
        return None if move is None else move * sqrt(max(1, months))

    def _worsened(self) -> str:
        """Return the paired KPI if it worsened since the month that the baseline was read from."""
        since = _baseline_month(self.goal)
        starts = [each.start for each in self.months[:-1]]
        if not self.twins or since.start not in starts:
            return ""
        base, paired = self.twins[starts.index(since.start)], PAIRS[self.goal.kpi]
        return paired if worsened(paired, base, self.twins[-1]) else ""

    @property
    def checkins(self) -> tuple[CheckIn, ...]:
        """What was said of it, newest first."""
        return tuple(reversed(self.said))

    @property
    def overdue(self) -> tuple[date, ...]:
        """The reviews that were due and not held."""
        return self._reviews[0]

    @property
    def next_review(self) -> date | None:
        """When it is to be reviewed next; None when nothing is left to be reviewed."""
        return self._reviews[1]

    @cached_property
    def _reviews(self) -> tuple[tuple[date, ...], date | None]:
        today = min(self.at.end_day, self.as_of or self.at.end_day)
        held = [each.date for each in self.said]
        return reviews(self.written, self.cadence, held, today)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is done for it."""
        return actions_of(self.goal)


def _baseline_month(goal: Goal) -> Period:
    """Return the month that a baseline was read from: as written, or the one before the start."""
    try:
        written = Period.parse(goal.key_result.baseline_period)
    except PeriodError:
        written = None
    if written is None or written.kind != "month":
        return Period.month_of(goal.start).previous()
    return written


@dataclass(frozen=True, kw_only=True)
class ObjectiveStanding:
    """One objective with where its key results stand, and the objectives below it.

    Parameters
    ----------
    objective : Objective
    standings : tuple of Standing
        Of its own key results.
    children : tuple of ObjectiveStanding
    """

    objective: Objective
    standings: tuple[Standing, ...]
    children: tuple[ObjectiveStanding, ...] = ()

    @cached_property
    def scores(self) -> list[float | None]:
        """The score of each key result, from 0 to 1; None where it cannot be judged."""
        return [
            each.reached.score if each.reached and each.verdict.assessed else None
            for each in self.standings
        ]

    @property
    def score(self) -> float | None:
        """Weighted mean of the scores of those that can be judged; None without any."""
        return weighted(self.scores, [each.goal.weight for each in self.standings])

    @property
    def without_data(self) -> int:
        """How many of them cannot be judged, and are in no score."""
        return self.scores.count(None)

    @property
    def red(self) -> bool:
        """Whether its score is red."""
        return self.score is not None and self.score < AMBER_FROM

    @property
    def red_below(self) -> tuple[ObjectiveStanding, ...]:
        """The objectives below it that are red, which its own score does not say."""
        return tuple(each for _, each in flat(self.children) if each.red)

    @property
    def red_results(self) -> tuple[Standing, ...]:
        """The key results that are red under a green score: their mean does not say it.

        One that has hardly begun, and is where it should be by now, is not.
        """
        if self.score is None or self.score < GREEN_FROM:
            return ()
        scores = zip(self.standings, self.scores, strict=True)
        return tuple(
            each
            for each, score in scores
            if score is not None and score < AMBER_FROM and each.verdict.level in FAILURES
        )


def month_judged(period: Period, as_of: date | None) -> Period:
    """Return the month whose end the key results of a period are judged at.

    Of a year or a week under way, the last one that the data reach: of one to come, nothing would
    be known of any.
    """
    under_way = as_of is not None and period.start <= as_of < period.end_day
    return Period.month_of(as_of if under_way else period.end_day)


def standings(
    company: Asking,
    month: Period,
    plan: Plan | None = None,
    past: int = 26,
    kpis: Collection[str] | None = None,
) -> tuple[Standing, ...]:
    """Return where the key results of a company stand at the end of a month.

    Those that run in the month; with their last verdict those that ended in the three months
    before it, and those that ended earlier for an objective that still runs: its score is theirs
    too.

    Parameters
    ----------
    company : Asking
    month : Period
    plan : Plan, optional
        By default the company's own.
    past : int
        How many months are looked at.
    kpis : collection of str, optional
        Only the key results of these KPIs.

    Returns
    -------
    tuple of Standing
        In the order of the plan.
    """
    if month.kind != "month":
        raise error_of(
            PeriodError,
            "A standing is of one month; {name!r} is not. Write '2026-10'.",
            name=month.name,
        )
    currency = company.settings.currency
    every = read_plan(company.folder, currency)  # check-ins are on any key result of it
    plan = every if plan is None else plan
    shown = _shown(goals(plan, currency), month, past)
    chosen = [goal for goal in shown if kpis is None or goal.kpi in kpis]
    if not chosen:
        return ()
    past = max(past, SHOWN_AFTER + 2)
    # Verdicts are given on this month and the one before, and on the last of those that ended.
    judged = 2 + max(_months_since(goal.end, month) for goal in shown)
    rows = _rows(company, chosen, month, past, month.trailing(judged))
    said = [
        each for each in checkins(company.folder, every, currency) if each.date <= month.end_day
    ]
    alike = {"at": month, "as_of": company.as_of, "cadence": plan.cadence}
    alike["months"] = month.trailing(past)
    return tuple(_standing(goal, rows, said, alike).upto(month) for goal in chosen)


def _standing(
    goal: Goal, rows: Mapping[str, list[Row]], said: Iterable[CheckIn], alike: Mapping[str, Any]
) -> Standing:
    return Standing(
        written=goal,
        rows=rows[goal.id],
        twins=rows.get(goal.id + TWIN),
        monthly=rows.get(goal.id + MONTHLY),
        said=[each for each in said if each.key_result == goal.id],
        **alike,
    )


def _shown(every: Sequence[Goal], month: Period, past: int) -> list[Goal]:
    first, oldest = (month.trailing(count)[0].start for count in (SHOWN_AFTER + 1, past))
    started = [goal for goal in every if goal.start <= month.end_day and goal.end >= oldest]
    running = {goal.objective.id for goal in started if goal.end >= month.start}
    return [goal for goal in started if goal.end >= first or goal.objective.id in running]


def _rows(
    company: Asking, chosen: Sequence[Goal], month: Period, past: int, judged: Sequence[Period]
) -> dict[str, list[Row]]:
    """Return the figures of goals and of what is read beside them, from one pass where it can be.

    A paired KPI may lack its columns: then it is left out, and takes no other figure along.
    """
    singles = [
        *chosen,
        *(each.monthly(id=each.id + MONTHLY) for each in chosen if each.adds_months),
    ]
    twins = [
        each.monthly(id=each.id + TWIN, kpi=PAIRS[each.kpi]) for each in chosen if each.kpi in PAIRS
    ]
    try:
        return monthly_rows(company, [*singles, *twins], month, past, judged)
    except ContractError:
        beside = rows_where_possible(company, twins, month, past, judged)
        return beside | monthly_rows(company, singles, month, past, judged)


def _months_since(day: date, month: Period) -> int:
    return max(0, 12 * (month.start.year - day.year) + month.start.month - day.month)


def tree(plan: Plan, standings: Sequence[Standing]) -> tuple[ObjectiveStanding, ...]:
    """Return the objectives as a tree, those of the highest priority first.

    Objectives without a key result in the month are there too. One whose parent is not in the
    plan stands at the top.
    """
    known = {each.id for each in plan.objectives}
    order = sorted(plan.objectives, key=lambda each: each.priority)

    def below(parent: str | None) -> tuple[ObjectiveStanding, ...]:
        return tuple(
            ObjectiveStanding(
                objective=each,
                standings=tuple(one for one in standings if one.goal.objective.id == each.id),
                children=below(each.id),
            )
            for each in order
            if (each.parent if each.parent in known else None) == parent
        )

    return below(None)


def flat(
    roots: Sequence[ObjectiveStanding], depth: int = 0
) -> Iterator[tuple[int, ObjectiveStanding]]:
    """Yield the objectives of a tree with their depth, each before those below it."""
    for each in roots:
        yield depth, each
        yield from flat(each.children, depth + 1)
