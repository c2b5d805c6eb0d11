"""Whether a target can be reached: by the company's own past, by a benchmark, or as justified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

from kpilib.engine.catalogue import catalogue
from kpilib.engine.outcome import OK
from kpilib.objectives.criteria import Change, Check, Quantity, check
from kpilib.objectives.frames import rows_where_possible
from kpilib.objectives.goal import Goal, months_between
from kpilib.period import Period

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

History = Sequence[tuple[Period, float | None]]
FEWEST = 6  # months known before a mean and its spread say anything
LONGEST = 26  # months looked back, as many as a standing has
SPREAD = 3  # standard deviations around the mean: beyond, the past has seen nothing like it
ROUNDING = 1e-12
OWN_UNIT = ("rate", "points", "pt", "score", "stars", "rank", "ratio", "target")  # not in per cent
# What it comes to, by whether a target is within the benchmark, and within what was done before.
OUTCOMES = {
    (True, True): "within_past",
    (None, True): "within_past",
    (False, True): "within_past_beyond_benchmark",
    (True, None): "within_benchmark",
    (True, False): "within_benchmark_beyond_past",
    (None, None): "no_history",
    (False, None): "beyond_benchmark",
    (None, False): "beyond_past",
    (False, False): "beyond_both",
}


@dataclass(frozen=True)
class Past:
    """What months before a goal say of it.

    Parameters
    ----------
    months : int
        How many the goal has.
    upward : bool
        Whether it asks for more.
    asked, best : Change or None
        What it asks for, and the most that as many months ever gave.
    bound : Quantity or None
        Mean of the past months plus (or minus, where lower is better) three standard deviations.
    within : bool or None
        Whether the target stays inside the bound.
    """

    months: int
    upward: bool
    asked: Change | None
    best: Change | None
    bound: Quantity | None
    within: bool | None

    @property
    def done_before(self) -> bool | None:
        """Whether the past once gave as much; None when that cannot be known."""
        if self.asked is None or self.best is None:
            return None
        sign = 1 if self.upward else -1
        return sign * self.asked.value <= sign * self.best.value + ROUNDING


def attainable(goal: Goal, months: History = ()) -> Check:
    """Say whether a target can be reached.

    It can when it stays inside the range of the KPI's benchmark, inside mean +- 3 standard
    deviations of the company's own past months, or when as many months once gave as much; or when
    a text justifies it (catalogue, method M02).

    Parameters
    ----------
    goal : Goal
    months : sequence of (Period, float or None)
        Months of the same KPI and group, oldest first; those that end after its start are ignored.
    """
    if goal.mode == "binary":
        return check("milestone_attainable")
    past = past_of(goal, months)
    known = [each for each in (past.within, past.done_before) if each is not None]
    reason = OUTCOMES[_within_benchmark(goal), any(known) if known else None]
    found = check(reason, target=Quantity(goal.target, goal.unit), **_evidence(goal, past))
    why = goal.key_result.justification
    return check("justified", why=why) if why and found.passed is not True else found


def _evidence(goal: Goal, past: Past) -> dict[str, Any]:
    """Return the figures that the judgement rests on, those that there are."""
    found: dict[str, Any] = {"months": past.months}
    if past.best is not None:
        found |= {"asked": past.asked, "best": past.best}
    if past.bound is not None:
        found["bound"] = past.bound
    if (bounds := _range(goal)) is not None:
        low, high = (Quantity(each, goal.unit) for each in bounds)
        found |= {"low": low, "high": high, "year": str(catalogue()[goal.kpi].benchmark.year)}
    return found


def past_of(goal: Goal, months: History) -> Past:
    """Return what the months before a goal's first day say of it."""
    length = max(1, round(months_between(goal.start, goal.end)))
    before = [value for period, value in months if period.end_day < goal.start][-LONGEST:]
    known = [value for value in before if value is not None]
    upward = _upward(goal)
    level = goal.target / length if goal.mode == "count" else goal.target
    bound = within = None
    if len(known) >= FEWEST:
        far = mean(known) + (1 if upward else -1) * SPREAD * stdev(known)
        far = max(far, 0.0) if min(known) >= 0 else far  # a count does not fall below 0
        share = catalogue()[goal.kpi].interval == "wilson"
        far = min(far, 1.0) if share else far
        bound = Quantity(far, goal.unit)
        within = level <= far if upward else level >= far
    asked, best = _changes(goal, before, length, upward)
    return Past(length, upward, asked, best, bound, within)


def _changes(
    goal: Goal, before: Sequence[float | None], length: int, upward: bool
) -> tuple[Change | None, Change | None]:
    """Return the change asked for, and the best there ever was."""
    if goal.mode in ("count", "maintain") or goal.target == goal.baseline:
        return None, None
    relative = goal.unit not in OWN_UNIT and goal.baseline > 0
    steps = [
        _change(first, last, relative)
        for first, last in apart(before, length)
        if first > 0 or not relative
    ]
    asked = Change(_change(goal.baseline, goal.target, relative), goal.unit, relative)
    if not steps:
        return asked, None
    return asked, Change(max(steps) if upward else min(steps), goal.unit, relative)


def apart(values: Sequence[float | None], months: int) -> list[tuple[float, float]]:
    """Return each known figure with the one so many months later, where that is known too."""
    pairs = zip(values, values[months:], strict=False)
    return [(first, last) for first, last in pairs if first is not None and last is not None]


def _change(first: float, last: float, relative: bool) -> float:
    return last / first - 1 if relative else last - first


def _upward(goal: Goal) -> bool:
    if goal.target == goal.baseline:
        return goal.better != "lower"
    return goal.target > goal.baseline


def _within_benchmark(goal: Goal) -> bool | None:
    bounds = _range(goal)
    if bounds is None:
        return None
    low, high = bounds
    return goal.target <= high if _upward(goal) else goal.target >= low


def _range(goal: Goal) -> tuple[float, float] | None:
    kpi = catalogue().get(goal.kpi)
    found = kpi.benchmark if kpi else None
    if found is None or found.low is None or found.high is None:
        return None
    return found.low, found.high


def histories(goals: Iterable[Goal], company: Asking) -> dict[str, History]:
    """Return the months before each goal, from one pass a breakdown.

    Parameters
    ----------
    goals : iterable of Goal
    company : Asking

    Returns
    -------
    dict of str to list of (Period, float or None)
        By goal id; a goal whose KPI the data cannot give has none.
    """
    every = [replace(each, mode="from_to") for each in goals if each.kpi]
    if company.as_of is None or not every:
        return {}
    last = Period.parse(company.last_month())
    latest = _before(max(each.start for each in every))
    months = last.trailing(LONGEST)
    return {
        name: [
            (month, row["value"] if row["status"] == OK else None)
            for month, row in zip(months, rows, strict=True)
            if month.start <= latest.start
        ]
        for name, rows in rows_where_possible(company, every, last, LONGEST).items()
    }


def _before(day: date) -> Period:
    return Period.month_of(day.replace(day=1) - timedelta(1))
