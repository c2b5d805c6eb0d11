"""A key result in numbers, in the unit of its KPI and fixed when written; when it is reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, floor

from kpilib.definitions import COUNTED
from kpilib.errors import PeriodError
from kpilib.methods.attainment import (
    HELD,
    STANDARD,
    STRETCH,
    Aim,
    attainment,
    elapsed,
    expected,
)
from kpilib.objectives.quantity import in_own_unit, own_unit, resolved
from kpilib.objectives.written import (
    KeyResult,
    Objective,
    Plan,
    Words,
    days_of,
    headline_of,
)
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue

# Days after a review is due in which it still counts as held: figures take a while to come.
GRACE = {"weekly": 3, "monthly": 10, "quarterly": 15}
WINDOWS = ("quarter", "year")  # what a target may be of, where it is not of a month


@dataclass(frozen=True, kw_only=True)
class Goal(Aim):
    """One key result, or one group of it, in the KPI's own unit (a rate is a fraction).

    Parameters
    ----------
    id : str
        The key result's; with ``.group`` behind it where groups have targets of their own.
    baseline, target : float
        From where to where; equal to each other where a level is to be held.
    path : tuple of (datetime.date, float)
        What is to be reached by some days; between them the path is straight.
    was : tuple of (datetime.date, float)
        Targets before revisions, each with the first day on which it no longer held.
    window : str
        ``quarter`` or ``year`` where baseline and target are figures of one, and not of a month:
        then the figure is that of the window so far.
    fills_up : bool
        That figure grows with the days of the window, and baseline and target are of all of them.
    """

    id: str
    objective: Objective
    key_result: KeyResult
    kpi: str
    by: str | None
    group: str | None
    unit: str
    start: date
    end: date
    headline: bool
    weight: float
    path: tuple[tuple[date, float], ...] = ()
    was: tuple[tuple[date, float], ...] = ()
    window: str = ""
    fills_up: bool = False

    @property
    def owner(self) -> Words:
        """Who answers for it."""
        return self.key_result.owner or self.objective.owner

    @property
    def adds_months(self) -> bool:
        """Whether its figure is of all days since its start, or of a window so far."""
        return self.mode == "count" or bool(self.window)

    @property
    def upward(self) -> bool:
        """Whether it asks for more; of a level, whether more is better."""
        if self.target == self.baseline:
            return self.better != "lower"
        return self.target > self.baseline

    def on(self, day: date) -> Goal:
        """Return the goal as it was on a day, with the target in force then."""
        target = next((target for until, target in self.was if day < until), self.target)
        return replace(self, target=target, was=tuple(each for each in self.was if each[0] <= day))

    def monthly(self, **changes: object) -> Goal:
        """Return the same goal on single months."""
        return replace(self, mode="from_to", window="", fills_up=False, **changes)

    def span(self, day: date) -> Period | None:
        """Return the quarter or year of a day that the target is of; None when it is of months."""
        if not self.window:
            return None
        first = 1 if self.window == "year" else 3 * ((day.month - 1) // 3) + 1
        name = f"{day.year}" if self.window == "year" else f"{day.year}-Q{first // 3 + 1}"
        return Period.parse(name)

    def share(self, day: date) -> float:
        """Return which part of a whole figure can have come by a day; 1 where nothing fills up."""
        span = self.span(day)
        return elapsed(span.start, span.end_day, day) if span and self.fills_up else 1.0

    def whole(self, value: float) -> float:
        """Return what has to be reached: of things that are counted, no part of one."""
        if self.unit not in COUNTED:
            return value
        value = round(value, 6)
        return float(floor(value) if self.target < self.baseline else ceil(value))

    def expected(self, day: date) -> float:
        """Return what the path asks for by a day; of what fills up, its part by then."""
        span = self.span(day)
        if span is None or not self.fills_up:
            return self._path(day)
        return self._path(min(span.end_day, self.end)) * self.share(day)

    def _path(self, day: date) -> float:
        compound = self.mode == "per_period_compound"
        before, low = self.start - timedelta(1), self.baseline
        for after, high in (*self.path, (self.end, self.target)):
            if day <= after:
                first = before + timedelta(1)
                return expected(low, high, first, after, day, compound=compound)
            before, low = after, high
        return self.target

    def attained(self, value: float, day: date | None = None) -> float | None:
        """Return how much of the way to the target a value is; None where a level is held.

        Of what fills up, the value by a day counts as the whole that it makes at that pace.
        """
        share = self.share(day) if day is not None else 1.0
        return attainment(self.baseline, self.target, value / share)

    def owed(self, day: date) -> float | None:
        """Return how much of the way to the target the path asks for by a day."""
        return self.attained(self.expected(day), day)


def goals(plan: Plan, currency: str) -> list[Goal]:
    """Return every key result of a plan in which no fault was found, segments one by one."""
    return [
        goal
        for objective in plan.objectives
        for written in objective.key_results
        for goal in _goals(objective, written, currency)
    ]


def _goals(objective: Objective, written: KeyResult, currency: str) -> Iterator[Goal]:
    kpi = catalogue().get(written.kpi)
    start, end = days_of(objective, written)
    assert start is not None and end is not None  # held by the reading of the file
    window = _window(written)
    thresholds = {"standard": STANDARD, "stretch": STRETCH}.get(str(written.thresholds))
    for segment in written.segments or (None,):
        baseline, target = resolved(written, segment, currency, start, end)
        yield Goal(
            id=f"{written.id}.{segment.group}" if segment else written.id,
            objective=objective,
            key_result=written,
            kpi=written.kpi,
            by=written.by,
            group=segment.group if segment else written.group,
            mode=written.mode,
            unit=own_unit(written),
            better=kpi.better if kpi else "higher",
            baseline=baseline,
            target=target,
            start=start,
            end=end,
            headline=written is headline_of(objective),
            weight=written.weight / (len(written.segments) or 1),
            thresholds=thresholds or written.thresholds,
            path=tuple(
                (Period.parse(month).end_day, in_own_unit(written, value, currency))
                for month, value in sorted(written.path.items())
            ),
            was=tuple(
                (each.date, resolved(written, segment, currency, start, end, each.was)[1])
                for each in sorted(written.revisions, key=lambda each: each.date)
            ),
            window=window,
            fills_up=bool(window) and kpi is not None and kpi.fills_up,
        )


def _window(written: KeyResult) -> str:
    """Return what baseline and target are figures of, where that is longer than a month."""
    if written.mode in (*HELD, "count"):
        return ""
    try:
        kind = Period.parse(written.baseline_period).kind
    except PeriodError:
        return ""
    return kind if kind in WINDOWS else ""


def due(goal: Goal, cadence: str) -> list[date]:
    """Return the days on which a key result is to be reviewed, the last one at its end.

    The last day of each month or quarter, from its first whole month on, or every seventh day from
    its start; its own review dates come on top.

    Parameters
    ----------
    goal : Goal
    cadence : str
        ``weekly``, ``monthly`` or ``quarterly``.
    """
    days = {day for day in goal.key_result.reviews if goal.start <= day <= goal.end}
    return sorted({*days, *_regular(goal, cadence), goal.end})


def reviews(
    goal: Goal, cadence: str, held: Iterable[date], day: date
) -> tuple[tuple[date, ...], date | None]:
    """Return the reviews that were not held, and the next one.

    A review is held by a check-in after the review before it, up to some days (`GRACE`) after it
    is due; one check-in holds one review. It is overdue from the day after it is due.

    Parameters
    ----------
    goal : Goal
    cadence : str
    held : iterable of datetime.date
        The days of the check-ins.
    day : datetime.date
        Today.

    Returns
    -------
    tuple of (tuple of datetime.date, datetime.date or None)
        None when nothing is left to be reviewed.
    """
    days = due(goal, cadence)
    open_days = _not_held(days, sorted(each for each in held if each <= day), GRACE[cadence])
    overdue = tuple(each for each in open_days if each < day)
    return overdue, next((each for each in open_days if each >= day), None)


def _not_held(days: Sequence[date], held: list[date], grace: int) -> list[date]:
    missed, before = [], date.min
    for each in days:
        late = each + timedelta(days=grace)
        found = next((one for one in held if before < one <= late), None)
        if found is None:
            missed.append(each)
        else:
            held.remove(found)
        before = each
    return missed


def _regular(goal: Goal, cadence: str) -> list[date]:
    if cadence == "weekly":
        weeks = range(((goal.end - goal.start).days + 1) // 7)
        return [goal.start + timedelta(days=7 * week + 6) for week in weeks]
    ends = [month.end_day for month in Period(goal.start, goal.end).months()]
    return [end for end in ends if end.month % 3 == 0] if cadence == "quarterly" else ends
