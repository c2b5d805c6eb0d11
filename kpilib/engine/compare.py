"""A figure beside that of another period: whether the change may be noise, and what is usual."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtrit

from kpilib.definitions import Kpi, Total
from kpilib.engine.columns import Figures
from kpilib.engine.intervals import Intervals, Z, count_chance, difference
from kpilib.engine.outcome import OK
from kpilib.engine.question import COMPARISONS
from kpilib.period import Period

Spans = tuple[Sequence[Period], Sequence[Period]]  # the periods of two sides, place by place

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
    kpi: Kpi, name: str, sides: tuple[Figures, Figures], spans: Spans
) -> dict[str, np.ndarray]:
    """Return the columns of one comparison.

    Parameters
    ----------
    kpi : Kpi
    name : str
        ``previous`` or ``year_before``.
    sides : pair of Figures
        Figures, and those they are compared with, place by place.
    spans : pair of lists of Period
        Their periods; counts compare per day when the lengths differ.

    Returns
    -------
    dict of str to numpy.ndarray
        The base value, the difference (in points for a rate: 0.03 is 3 points), the relative
        change (missing from a base of 0 or below), for a total the same per day, as months are
        unequal, whether the change is within noise (missing without an interval), and whether it
        may be news as far as chance tells; `kpilib.answers.news` knows what is usual.
    """
    found, base = sides
    told = (found.status == OK) & (base.status == OK)
    told &= found.subjects == base.subjects  # else what would move is what it is about
    shown = np.where(base.status == OK, base.value, np.nan)
    change = np.where(told, found.value - base.value, np.nan)
    relative = change / np.where(shown > 0, shown, np.nan)
    details = found.details, base.details
    days = np.array([[*map(exposure, *each)] for each in zip(details, spans, strict=True)])
    daily = np.full(len(change), np.nan)
    if adds_up(kpi):
        daily = (1 + relative) * days[1] / days[0] - 1
    testable = told & _testable(kpi, sides, spans)
    noise, known = _noise(kpi, sides, days)
    news = (change != 0) & ~(noise & known)
    judged = _or_none(noise, testable & known), _or_none(news, testable)
    # A comparison with a period of one's own has no place for the last.
    return dict(zip(columns(name), (shown, change, relative, daily, *judged), strict=False))


def _or_none(held: np.ndarray, where: np.ndarray) -> np.ndarray:
    return np.where(where, held.astype(object), None)


def adds_up(kpi: Kpi) -> bool:
    """Whether a figure grows with the days it is counted over, so that it compares per day."""
    return kpi.roll_up == "R1" and isinstance(kpi.value, Total)


def exposure(details: Mapping[str, Any], period: Period) -> float:
    """Return the days a figure stands on: those of the period (its Mondays) that the feed has."""
    return (details.get("days") or period.days) * (details.get("coverage") or 1.0)


def _testable(kpi: Kpi, sides: tuple[Figures, Figures], spans: Spans) -> np.ndarray:
    """Tell where chance has a simple answer.

    It has none while either figure fills up, for estimates that share measurements, and where
    the windows that both look back over share days.
    """
    if kpi.roll_up == "R9":
        return np.zeros(len(spans[0]), dtype=bool)
    windows = {measure.window for measure in kpi.value.measures().values() if measure.window}
    pairs = list(zip(*spans, strict=True))
    apart = {
        pair: all(max(pair).ending(window).start > min(pair).end_day for window in windows)
        for pair in dict.fromkeys(pairs)
    }
    filling = sides[0].flagged("immature") | sides[1].flagged("immature")
    return ~filling & np.array([apart[pair] for pair in pairs], dtype=bool)


def _noise(
    kpi: Kpi, sides: tuple[Figures, Figures], days: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the test that the kind of figure asks for; return what it says, and where it can.

    Counts of independent events: exact, one count being binomial given the sum of both. All else
    has an interval, and the difference has the one that follows from the two (Newcombe's for
    rates, square-and-add for means, scores and totals that come in clumps).
    """
    found, base = sides
    ends, base_ends = (found.low, found.high), (base.low, base.high)
    known = ~np.isnan(found.low) & ~np.isnan(base.low)
    spread = np.ones_like(days)
    if adds_up(kpi):
        ends, base_ends, spread = _clumped_alike(found, base), _clumped_alike(base, found), days
    low, high = difference(
        found.value / spread[0],
        (ends[0] / spread[0], ends[1] / spread[0]),
        base.value / spread[1],
        (base_ends[0] / spread[1], base_ends[1] / spread[1]),
    )
    noise = (low <= 0) & (high >= 0)
    counts = (found.method == "poisson") & (base.method == "poisson")
    for at in np.flatnonzero(counts & known):
        pair = found.value[at], base.value[at], *days[:, at]
        noise[at] = count_chance(*pair) >= SIGNIFICANT
    return noise, known


def _clumped_alike(found: Figures, other: Figures) -> Intervals:
    """Return the intervals of totals; of one of none, that which it has in clumps as the other."""
    none = (found.value == 0) & (other.value > 0)
    clump = ((other.high - other.low) / (2 * Z)) ** 2 / np.where(none, other.value, 1.0)
    low = np.where(none, 0.0, found.low)
    return low, np.where(none, np.maximum(clump, 1.0) * found.high, found.high)


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
