"""A key result in numbers: baseline, target and path in the KPI's own unit, fixed when written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, floor

from kpilib.engine.catalogue import catalogue
from kpilib.errors import PeriodError
from kpilib.methods.attainment import (
    STANDARD,
    STRETCH,
    Thresholds,
    attainment,
    elapsed,
    expected,
)
from kpilib.objectives.quantity import factor, read, units_of
from kpilib.objectives.written import KeyResult, Objective, Plan, Segment, Words
from kpilib.period import Period

PERCENT = ("relative", "per_period_compound")  # targets are per cent of the baseline
HELD = ("maintain", "binary")  # a level, without a way to it
WINDOWS = ("quarter", "year")  # what a target may be of, where it is not of a month
NO_TARGET = "missing. Which figure is to be reached? Write it with its unit."
NO_BASELINE = (
    "missing. From which figure does it start? Write the figure of the last complete month, and "
    "that month in baseline_period."
)
NO_PER_CENT = (
    "per cent need a baseline above 0, and a target that is above 0 too. Write the level with "
    "mode: from_to, or the difference with mode: absolute (points of a rate)."
)
MEAN_MONTH = 365.25 / 12


@dataclass(frozen=True, kw_only=True)
class Goal:
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
    mode: str
    unit: str
    better: str
    baseline: float
    target: float
    start: date
    end: date
    headline: bool
    weight: float
    thresholds: Thresholds
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
        if self.unit not in ("count", "people"):
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


def headline_of(objective: Objective) -> KeyResult | None:
    """Return the key result that speaks for an objective: the one marked so, or the first."""
    marked = [each for each in objective.key_results if each.role == "headline"]
    return next(iter(marked or objective.key_results), None)


def days_of(objective: Objective, written: KeyResult) -> tuple[date | None, date | None]:
    """Return first and last day of a key result: its own, or the objective's."""
    return written.start or objective.start, written.end or objective.end


def own_unit(written: KeyResult) -> str:
    """Return the unit of the KPI of a key result; ``done`` for a milestone."""
    found = catalogue().get(written.kpi)
    return found.unit if found else "done"


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


def resolved(
    written: KeyResult,
    segment: Segment | None,
    currency: str,
    start: date,
    end: date,
    was: float | str | None = None,
) -> tuple[float, float]:
    """Return baseline and target in the KPI's own unit.

    Parameters
    ----------
    written : KeyResult
    segment : Segment or None
        The group whose target it is.
    currency : str
    start, end : datetime.date
    was : float or str, optional
        An earlier target to be read instead.

    Raises
    ------
    ValueError
        Something is missing or ambiguous, said as the question that settles it.
    """
    given = was if was is not None else segment.target if segment else written.target
    if written.mode == "binary" and not written.kpi:
        return 0.0, 1.0
    if given is None:
        raise ValueError(NO_TARGET)
    if written.mode in HELD:
        level = in_own_unit(written, given, currency)
        return level, level
    if written.mode == "count":
        return 0.0, in_own_unit(written, given, currency)
    low = segment.baseline if segment and segment.baseline is not None else written.baseline
    if low is None:
        raise ValueError(NO_BASELINE)
    baseline = in_own_unit(written, low, currency)
    if written.mode in PERCENT:
        growth = 1 + per_cent(given, written) / 100
        if baseline <= 0 or growth <= 0:
            raise ValueError(NO_PER_CENT)
        steps = months_between(start, end) if written.mode == "per_period_compound" else 1
        return baseline, baseline * growth**steps
    if written.mode == "points":
        return baseline, baseline + points(given, written)
    target = in_own_unit(written, given, currency)
    return baseline, baseline + target if written.mode == "absolute" else target


def in_own_unit(written: KeyResult, given: float | str, currency: str) -> float:
    """Return a number in the KPI's own unit."""
    number, word = read(given)
    unit = "" if written.mode in (*PERCENT, "points") else written.unit
    if own_unit(written) == "done":
        return number
    if written.mode in (*PERCENT, "points") and not word:
        # A baseline beside "+15 %": of a rate it is in per cent too, else in the KPI's unit.
        word = next(iter(units_of(own_unit(written), currency)))
    return number * factor(word or unit, own_unit(written), currency)


def per_cent(given: float | str, written: KeyResult) -> float:
    """Return a target that is meant in per cent of the baseline."""
    number, word = read(given)
    if (word or written.unit) != "%":
        raise ValueError(f'mode {written.mode} is in per cent of the baseline: write unit: "%".')
    return number


def points(given: float | str, written: KeyResult) -> float:
    """Return a target that is meant in points, in the KPI's own unit."""
    number, word = read(given)
    word = word or written.unit
    if own_unit(written) == "rate" and word == "pt":
        return number / 100
    if own_unit(written) != "rate" and word in ("pt", own_unit(written)):
        return number
    raise ValueError("mode points is in percentage points: write unit: pt.")


def months_between(start: date, end: date) -> float:
    """Return how many months lie between two days, both included; whole ones as whole numbers."""
    after = end + timedelta(1)
    if after.day == start.day:
        return float((after.year - start.year) * 12 + after.month - start.month)
    return ((after - start).days) / MEAN_MONTH
