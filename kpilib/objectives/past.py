"""What a company's own past says of a target: whether it can be reached, and which to propose.

A proposal is to be discussed, then pasted. Its baseline is the last complete month; its target is
what the company itself made in a year when it did well: of the changes from a month to the same
month a year later, one in four was better. So it is neither a wish nor an average, and no season is
taken for progress. Without enough months there is none: the question stays in the file, and reading
it asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import mean, quantiles, stdev
from typing import TYPE_CHECKING

from kpilib.definitions import COUNTED
from kpilib.errors import KpilibError
from kpilib.objectives.goal import Goal
from kpilib.objectives.goal_rows import Figures, figures_of, rows_where_possible
from kpilib.objectives.quantity import months_between, units_of
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

FEWEST = 6  # months known before a mean and its spread say anything
LONGEST = 26  # months looked back, as many as a standing has
SPREAD = 3  # standard deviations around the mean: beyond, the past has seen nothing like it
ROUNDING = 1e-12
OWN_UNIT = ("rate", "points", "pt", "score", "stars", "rank", "ratio", "target")  # not in per cent

YEAR = 12  # months of a proposal, and of the spans it is compared with: both ends of one season
REVIEWED_AFTER = (3, 6, 9)
LOOKED_BACK = 37
FEWEST_SPANS = 12
DIGITS = 3  # significant ones of a target: more would feign a precision
EXACT = 6  # of a baseline


@dataclass(frozen=True)
class Quantity:
    """A figure in the unit of its KPI."""

    value: float
    unit: str


@dataclass(frozen=True)
class Change:
    """A change: of a rate or a score in its own unit, of anything else as part of the start."""

    value: float
    unit: str
    relative: bool


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
    def seen(self) -> bool | None:
        """Whether it stays inside the bound, or the past once gave as much; None if unknown."""
        found = [] if self.within is None else [self.within]
        if self.asked is not None and self.best is not None:
            sign = 1 if self.upward else -1
            found.append(sign * self.asked.value <= sign * self.best.value + ROUNDING)
        return any(found) if found else None


def past_of(goal: Goal, months: Figures) -> Past:
    """Return what the months before a goal's first day say of it."""
    length = max(1, round(months_between(goal.start, goal.end)))
    before = [value for period, value in months if period.end_day < goal.start][-LONGEST:]
    known = [value for value in before if value is not None]
    upward = goal.upward
    level = goal.target / length if goal.mode == "count" else goal.target
    bound = within = None
    if len(known) >= FEWEST:
        far = mean(known) + (1 if upward else -1) * SPREAD * stdev(known)
        far = max(far, 0.0) if min(known) >= 0 else far  # a count does not fall below 0
        share = catalogue()[goal.kpi].interval == "wilson"
        far = min(far, 1.0) if share else far
        bound = Quantity(far, goal.unit)
        within = level <= far if upward else level >= far
    asked, best = _changes(goal, before, length)
    return Past(length, upward, asked, best, bound, within)


def _changes(
    goal: Goal, before: Sequence[float | None], length: int
) -> tuple[Change | None, Change | None]:
    """Return the change asked for, and the best there ever was."""
    if goal.mode in ("count", "maintain") or goal.target == goal.baseline:
        return None, None
    relative = goal.unit not in OWN_UNIT and goal.baseline > 0
    pairs = [each for each in _apart(before, length) if each[0] > 0 or not relative]
    asked, *steps = _steps([(goal.baseline, goal.target), *pairs], relative)
    best = max if goal.upward else min
    return (
        Change(asked, goal.unit, relative),
        Change(best(steps), goal.unit, relative) if steps else None,
    )


def _apart(values: Sequence[float | None], months: int) -> list[tuple[float, float]]:
    """Return each known figure with the one so many months later, where that is known too."""
    pairs = zip(values, values[months:], strict=False)
    return [(first, last) for first, last in pairs if first is not None and last is not None]


def _steps(pairs: Iterable[tuple[float, float]], relative: bool) -> list[float]:
    return [last / first - 1 if relative else last - first for first, last in pairs]


def within_benchmark(goal: Goal) -> bool | None:
    """Whether a target lies within the range of its KPI's benchmark; None where it has none."""
    bounds = range_of(goal)
    if bounds is None:
        return None
    low, high = bounds
    return goal.target <= high if goal.upward else goal.target >= low


def range_of(goal: Goal) -> tuple[float, float] | None:
    """Return the lowest and highest figure of the benchmark of a goal's KPI, where it has both."""
    kpi = catalogue().get(goal.kpi)
    found = kpi.benchmark if kpi else None
    if found is None or found.low is None or found.high is None:
        return None
    return found.low, found.high


def histories(goals: Iterable[Goal], company: Asking) -> dict[str, Figures]:
    """Return the last months of the figure of each goal, from one pass a breakdown.

    Parameters
    ----------
    goals : iterable of Goal
    company : Asking

    Returns
    -------
    dict of str to sequence of (Period, float or None)
        By goal id; a goal whose KPI the data cannot give has none.
    """
    every = [replace(each, mode="from_to") for each in goals if each.kpi]
    if company.as_of is None or not every:
        return {}
    last = Period.parse(company.last_month())
    months, rows = last.trailing(LONGEST), rows_where_possible(company, every, last, LONGEST)
    return {name: figures_of(months, each) for name, each in rows.items()}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Where an objective starts and where it may end, in the unit it is written in.

    Parameters
    ----------
    unit : str
    baseline, target : float or None
        None where the data does not tell.
    month : Period
        The month of the baseline.
    spans : int
        Years, one beginning each month, that the target comes from.
    """

    unit: str
    baseline: float | None
    target: float | None
    month: Period
    spans: int = 0

    @property
    def start(self) -> date:
        """First day of the objective: the day after the month of the baseline."""
        return self.month.later(1).start

    @property
    def reviews(self) -> list[date]:
        """The days on which the target may be changed: the end of each quarter of it."""
        return [self.month.later(count).end_day for count in REVIEWED_AFTER]

    @property
    def end(self) -> date:
        """Last day of the objective."""
        return self.month.later(YEAR).end_day


def propose(kpi: str, company: Asking | None = None) -> Proposal:
    """Return a first proposal for a KPI.

    Parameters
    ----------
    kpi : str
    company : Asking, optional
        Without it there are neither baseline nor target, and it begins next month.
    """
    currency = company.settings.currency if company is not None else "EUR"
    unit, factor = next(iter(units_of(catalogue()[kpi].unit, currency).items()))
    month, values = _months(kpi, company)
    if not values or values[-1] is None:
        return Proposal(unit=unit, baseline=None, target=None, month=month)
    target, spans = _target(kpi, values)
    return Proposal(
        unit=unit,
        baseline=_rounded(values[-1] / factor, unit, EXACT),
        target=None if target is None else _rounded(target / factor, unit, DIGITS),
        month=month,
        spans=spans,
    )


def _months(kpi: str, company: Asking | None) -> tuple[Period, list[float | None]]:
    if company is None or company.as_of is None:
        return Period.month_of(date.today()), []
    month = Period.parse(company.last_month())
    if catalogue()[kpi].by:
        return month, []  # measured group by group: which one is the first question
    try:
        values = company.series(kpi, month, LOOKED_BACK)["value"].tolist()
    except KpilibError:  # data that is not there
        return month, []
    return month, [None if value is None or value != value else value for value in values]


def _target(kpi: str, values: list[float | None]) -> tuple[float | None, int]:
    better = catalogue()[kpi].better
    known = _apart(values, YEAR)
    now = values[-1]
    if better == "neutral" or now is None or len(known) < FEWEST_SPANS:
        return None, 0
    relative = catalogue()[kpi].roll_up in ("R1", "R4") and all(a > 0 for a, _ in known)
    steps = _steps(known, relative)
    quarter = quantiles(steps, n=4, method="inclusive")[0 if better == "lower" else 2]
    if (quarter <= 0) if better == "higher" else (quarter >= 0):
        return None, 0
    target = now * (1 + quarter) if relative else now + quarter
    share = catalogue()[kpi].interval == "wilson"
    return (None, 0) if share and not 0 < target <= 1 else (target, len(steps))


def _rounded(value: float, unit: str, digits: int) -> float:
    """Round to significant digits; what is counted to whole ones at least."""
    rounded = float(f"{value:.{digits}g}")
    return float(round(rounded)) if unit in COUNTED else rounded
