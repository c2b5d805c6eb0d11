"""A figure beside the same figure of another period, and whether the change may be noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kpilib.definitions import Kpi, Total
from kpilib.engine.intervals import Interval, Z, count_chance, difference
from kpilib.engine.outcome import OK, Outcome
from kpilib.engine.question import COMPARISONS
from kpilib.period import Period

SIGNIFICANT = 0.05


def columns(name: str) -> tuple[str, ...]:
    """Return the columns that a comparison adds; with a period of one's own, nothing is news."""
    asked = ("", "delta_", "change_", "change_per_day_", "within_noise_")
    return tuple(prefix + name for prefix in (*asked, *(("news_",) if name in COMPARISONS else ())))


def compared(
    kpi: Kpi, name: str, outcome: Outcome, base: Outcome, period: Period, other: Period
) -> dict[str, object]:
    """Return the columns of one comparison.

    Parameters
    ----------
    kpi : Kpi
    name : str
        ``previous`` or ``year_before``.
    outcome, base : Outcome
        The figure and the one it is compared with.
    period, other : Period
        Their periods; counts compare per day when the lengths differ.

    Returns
    -------
    dict
        The base value, the difference (in points for a rate: 0.03 is 3 points), the relative
        change (missing from a base of 0 or below), for a total the same per day, as months are
        unequal, whether the change is within noise (missing without an interval), and whether it
        may be news as far as chance tells; `kpilib.answers.news` knows what is usual.
    """
    names = columns(name)
    nothing = [None] * (len(names) - 1)
    if outcome.status != OK or base.status != OK:
        shown = base.value if base.status == OK else None
        return dict(zip(names, (shown, *nothing), strict=True))
    if outcome.subjects != base.subjects:  # what would move is what it is about
        return dict(zip(names, (base.value, *nothing), strict=True))
    change = outcome.value - base.value
    relative = change / base.value if base.value > 0 else None
    days, base_days = exposure(outcome.details, period), exposure(base.details, other)
    daily = None
    if relative is not None and adds_up(kpi):
        daily = (1 + relative) * base_days / days - 1
    testable = _testable(kpi, outcome, base, period, other)
    noise = _noise(kpi, outcome, base, days, base_days) if testable else None
    news = change != 0 and not noise if testable else None
    # A comparison with a period of one's own has no place for the last.
    return dict(zip(names, (base.value, change, relative, daily, noise, news), strict=False))


def adds_up(kpi: Kpi) -> bool:
    """Whether a figure grows with the days it is counted over, so that it compares per day."""
    return kpi.roll_up == "R1" and isinstance(kpi.value, Total)


def exposure(details: Mapping[str, Any], period: Period) -> float:
    """Return the days a figure stands on: those of the period (its Mondays) that the feed has."""
    return (details.get("days") or period.days) * (details.get("coverage") or 1.0)


def _testable(kpi: Kpi, outcome: Outcome, base: Outcome, period: Period, other: Period) -> bool:
    """Whether chance has a simple answer.

    It has none while either figure fills up, for estimates that share measurements, and where
    the windows that both look back over share days.
    """
    if "immature" in outcome.flags or "immature" in base.flags or kpi.roll_up == "R9":
        return False
    first, last = sorted((other, period))
    windows = (measure.window for measure in kpi.value.measures().values() if measure.window)
    return all(last.ending(window).start > first.end_day for window in windows)


def _noise(kpi: Kpi, outcome: Outcome, base: Outcome, days: float, base_days: float) -> bool | None:
    """Apply the test that the kind of figure asks for.

    Counts of independent events: exact, one count being binomial given the sum of both. All else
    has an interval, and the difference has the one that follows from the two (Newcombe's for
    rates, square-and-add for means, scores and totals that come in clumps).
    """
    if outcome.interval is None or base.interval is None:
        return None
    if outcome.interval_method == base.interval_method == "poisson":
        return count_chance(outcome.value, base.value, days, base_days) >= SIGNIFICANT
    if not adds_up(kpi):
        days = base_days = 1.0
    elif 0 in (outcome.value, base.value):
        outcome, base = _clumped_alike(outcome, base), _clumped_alike(base, outcome)
    low, high = difference(
        outcome.value / days,
        _per_day(outcome.interval, days),
        base.value / base_days,
        _per_day(base.interval, base_days),
    )
    return low <= 0 <= high


def _clumped_alike(outcome: Outcome, other: Outcome) -> Outcome:
    """Return a total of none with the interval it has if it comes in clumps as the other does."""
    if outcome.value != 0 or other.value <= 0:
        return outcome
    low, high = other.interval
    clump = ((high - low) / (2 * Z)) ** 2 / other.value
    return replace(outcome, interval=(0.0, max(clump, 1.0) * outcome.interval[1]))


def _per_day(interval: Interval, days: float) -> Interval:
    return interval[0] / days, interval[1] / days
