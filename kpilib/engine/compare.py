"""A figure beside that of another period: whether the change may be noise, and what is usual."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtrit

from kpilib.definitions import Kpi, Total
from kpilib.engine.intervals import Interval, Z, count_chance, difference
from kpilib.engine.outcome import OK, Outcome
from kpilib.engine.question import COMPARISONS
from kpilib.period import Period

SIGNIFICANT = 0.05
YEAR = 12
LEAST = 12  # moves in the past without which nobody knows what is usual
FEWEST = 3  # without which it is not even guessed
SPREADS = 2.5  # robust standard deviations that a move is usually within
TO_DEVIATION = 1.4826, 1.2533  # of a normal law, from its median and its mean absolute deviation


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
    period, other : Period
        Those of the figure and of its base; counts compare per day when the lengths differ.

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


@dataclass(frozen=True)
class Usual:
    """Where the moves of each series lie, and how far from there is still usual.

    Parameters
    ----------
    known : numpy.ndarray of int
        How many moves of the past are known.
    centre, limit : numpy.ndarray
        One a series.
    """

    known: np.ndarray
    centre: np.ndarray
    limit: np.ndarray

    def passed(self, moves: np.ndarray) -> np.ndarray:
        """Tell which of these moves, one a series, are further than usual."""
        return np.abs(moves - self.centre) > self.limit + 1e-12


def usual(past: np.ndarray) -> Usual:
    """Return what is usual of series, given the moves of each in the past (nan: not known).

    The spread is robust: what happened once does not make everything usual. It is widened for
    what few moves leave in doubt about it and about the centre.
    """
    known = np.sum(~np.isnan(past), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a series of which no move is known
        centre = np.nanmedian(past, axis=1)
        away = np.abs(past - centre[:, None])
        median, mean = np.nanmedian(away, axis=1), np.nanmean(away, axis=1)
        spread = np.where(median > 0, TO_DEVIATION[0] * median, TO_DEVIATION[1] * mean)
        few = np.maximum(known, 1)
        doubt = few / (few - 0.8) * np.sqrt(1 + np.pi / (2 * few))
    return Usual(known, centre, SPREADS * spread * doubt)


def unusual(moves: np.ndarray, season: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Tell which series have just moved further than they usually do.

    Parameters
    ----------
    moves : numpy.ndarray
        One row a series, the latest move first, then those before it; nan where not known.
    season : int
        After how many moves the same season comes back; 0 where moves have none in them. It is
        taken out where that leaves less to move, and enough moves; a move that is the season's,
        as a year ago, is never unusual.

    Returns
    -------
    (numpy.ndarray of bool, numpy.ndarray of bool)
        Which moves are unusual, and of which it can be told.

    References
    ----------
    Rousseeuw and Croux (1993), the median absolute deviation and its correction of few values.
    """
    plain = usual(moves[:, 1:])
    further = plain.passed(moves[:, 0])
    if 0 < season < moves.shape[1]:
        a_year_ago = moves[:, season]
        further &= ~(np.abs(moves[:, 0] - a_year_ago) <= plain.limit)
        left = moves[:, :-season] - moves[:, season:]
        calm = usual(left[:, 1:])
        taken = ~np.isnan(left[:, 0]) & (calm.known >= LEAST - 1) & (calm.limit < plain.limit)
        further = np.where(taken, calm.passed(left[:, 0]), further)
    return further, (plain.known >= LEAST) & ~np.isnan(moves[:, 0])


def usual_move(figures: Sequence[float | None]) -> float | None:
    """Return how far a figure moves in a month without anything having happened.

    The same limit, around the centre of the moves, so that steady growth is none. The season is
    taken out where that leaves less to move: moves are then set against those a year before. Of 3
    to 11 moves, the standard deviation as many times as Student's t asks for the same certainty.

    Parameters
    ----------
    figures : sequence of float or None
        One a month without gaps, the oldest first.

    Returns
    -------
    float or None
        None with fewer than 3 moves: it is not known.
    """
    moves = np.diff([math.nan if each is None else float(each) for each in figures])
    known = moves[~np.isnan(moves)]
    if len(known) < FEWEST:
        return None
    if len(known) < LEAST:
        return float(stdtrit(len(known) - 1, ndtr(SPREADS)) * np.std(known, ddof=1))
    plain = usual(moves[None])
    # Two moves of the same month of two years differ by what is left of both.
    calm = usual((moves[YEAR:] - moves[:-YEAR])[None] / math.sqrt(2))
    taken = calm.known[0] >= LEAST and calm.limit[0] < plain.limit[0]
    return float((calm if taken else plain).limit[0])
