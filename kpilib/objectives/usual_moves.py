"""Moves of a figure over some months in its own past, and how probable one as large is.

The arithmetic behind `kpilib.objectives.probability`, which says what it is for, how well it does
and where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import stdtr

from kpilib.methods.attainment import CLOSE

AVERAGED = 6  # months in the average that a move may be measured from
# How far from the average of six months towards the month itself a move may be measured.
STARTS = {0.0: "average", 0.25: "between", 0.5: "between", 0.75: "between", 1.0: "month"}
NEW_LEVEL = 1.5  # times as far from its average as any month before
QUARTERLY_FROM = 15  # months of history from which quarters are compared
DOUBT = 3  # how hard the average move is drawn towards nothing
YEAR, QUARTER = 12, 3
SEASONAL_FROM = 24  # months of history from which years are compared
SEASONAL_BELOW = 0.5  # share of the plain moves' mean square that they must fall below
FEWEST_MOVES = 2  # that do not overlap
SCATTERS = 2 / 3  # how much of luck is believed, see `of_a_record`
ALWAYS_A_LINE = 2  # months
CLIMBS, NEVER_TURNS = 3.0, 30.0  # standard errors of a slope that make half the difference
Figures = np.ndarray  # one a month without gaps, the oldest first; NaN where it is not known
AS_THEY_ARE = ("points", "pt", "score", "stars", "rank", "target", "done")


@dataclass(frozen=True, eq=False)
class Moves:
    """Past moves over the same number of months, and the one that is needed now; upwards is good.

    Parameters
    ----------
    method : str
    months : array of int
        Index of the month that each one starts in.
    sizes : array of float
    needed : float
    share : float
        How far from the average to the month itself they start; 1 is the month.
    """

    method: str
    months: np.ndarray
    sizes: np.ndarray
    needed: float
    share: float = 1.0

    def spread_since(self, month: int, ahead: int) -> np.ndarray:
        """Return the spread of those that start in a month or later."""
        return spread(self.sizes[self.months >= month], ahead)


def likelihood(moves: Moves, ahead: int) -> float:
    """Return the probability of a move as large as needed (or larger).

    Parameters
    ----------
    moves : Moves
    ahead : int
        Months that each takes.
    """
    apart = without_overlap(len(moves.sizes), ahead)
    # Around an average the moves of later months are nearly new ones, though they overlap.
    apart = apart ** ((1 + moves.share) / 2) * len(moves.sizes) ** ((1 - moves.share) / 2)
    middle = centre(moves.sizes, ahead)
    scale = spread(moves.sizes, ahead) * math.sqrt(1 + 1 / apart)
    short = moves.needed - middle
    if scale <= CLOSE:  # it has never moved
        return float(short <= CLOSE)
    return float(stdtr(max(1.0, apart - 1), -short / scale))


def without_overlap(count: int, ahead: int) -> float:
    """Return how many moves would fit into the same months one after the other."""
    return (count + ahead - 1) / ahead


def centre(sizes: np.ndarray, ahead: int) -> np.ndarray:
    """Return the average move, drawn towards nothing the less it stands out from its scatter.

    Parameters
    ----------
    sizes : array of float
        Moves; or several rows of them, each with an average of its own.
    ahead : int
        Months that each takes.
    """
    mean = np.mean(sizes, axis=-1)
    error = np.var(sizes, axis=-1) / without_overlap(np.shape(sizes)[-1], ahead)
    drawn = mean**2 + DOUBT * error
    return np.divide(mean * mean**2, drawn, out=np.zeros_like(mean), where=abs(mean) > CLOSE)


def spread(sizes: np.ndarray, ahead: int) -> np.ndarray:
    """Return the root mean square distance of moves, or of rows of them, from their centre."""
    middle = centre(sizes, ahead)
    return np.sqrt(np.mean((np.asarray(sizes) - middle[..., None]) ** 2, axis=-1))


def best_moves(
    figures: Figures, wanted: float, ahead: int, unit: str, sign: float, total: bool = False
) -> Moves | None:
    """Return the moves that described the past best; None when they are too few.

    Parameters
    ----------
    figures : array of float
        The last one is known.
    wanted : float
        The figure asked for, or what is asked for in all of the months to come together.
    ahead : int
        Months to come.
    unit : str
        Of the KPI.
    sign : float
        1 where more is asked for, -1 where less is.
    total : bool
        `wanted` is in all of the months to come together.
    """
    scaled = scale_of(figures, unit)
    months = sign * scaled(figures)
    ends = sign * scaled(_coming(figures, ahead)) if total else _later(months, ahead)
    asked = sign * float(scaled(wanted / ahead if total else wanted))
    plain = _quarterly(_best(months, ends, asked, ahead, ""), ends, asked, ahead)
    if plain is None or np.isfinite(figures).sum() < SEASONAL_FROM or ahead > YEAR:
        return plain
    base = ends[-1 - YEAR]
    if np.isnan(base):
        return plain
    before, after = (each - _later(each, -YEAR) for each in (months, ends))
    yearly = _best(before, after, asked - base, ahead, "year_")
    return plain if yearly is None else _far_less(yearly, plain, ahead)


def _far_less(moves: Moves, plain: Moves, ahead: int) -> Moves:
    """Return moves where they differ far less than the plain ones over the same months."""
    same = plain.spread_since(moves.months[0], ahead)
    return moves if spread(moves.sizes, ahead) ** 2 < SEASONAL_BELOW * same**2 else plain


def of_a_record(
    probability: float, figures: Figures, wanted: float, unit: str, sign: float
) -> float:
    """Return what to believe of a probability when no month of the past was better than asked.

    The best month of many had luck, and what scatters does not bring it again; what climbs may, and
    may turn. With `t` the slope of the past over its standard error (0 where it falls)::

        believed = probability * (2/3 + 1/3 * t2 / (t2 + 3 ** 2))
        at most                   2/3 + 1/3 * t2 / (t2 + 30 ** 2)

    What some month exceeded is believed whole, and so is a line without any scatter.
    """
    scaled = scale_of(figures, unit)
    at = np.flatnonzero(np.isfinite(figures))
    known = sign * scaled(figures[at])
    if known.max() > sign * float(scaled(wanted)) + CLOSE:
        return probability
    if len(at) <= ALWAYS_A_LINE:
        return probability
    (slope, _), scatter = np.polyfit(at, known, 1, cov=True)
    error = float(np.sqrt(scatter[0, 0]))
    if error <= CLOSE:  # on a line, or never moved: there was no luck
        return probability
    rises = max(0.0, float(slope) / error)
    return min(probability * _without_luck(rises, CLIMBS), _without_luck(rises, NEVER_TURNS))


def _without_luck(rises: float, half: float) -> float:
    return SCATTERS + (1 - SCATTERS) * float(rises**2 / (rises**2 + half**2))


def _quarterly(plain: Moves | None, ends: Figures, asked: float, ahead: int) -> Moves | None:
    """Return the moves from the same months of the quarters before, where those differ far less."""
    if plain is None or len(ends) < QUARTERLY_FROM:
        return plain
    back = QUARTER * -(-ahead // QUARTER)
    starts = _mean(np.column_stack([_later(ends, -back), _later(ends, -back - QUARTER)]))
    found = _moves({1.0: "quarter"}, starts[None], ends, asked, ahead)
    return _far_less(found[0], plain, ahead) if found else plain


def _best(months: Figures, ends: Figures, asked: float, ahead: int, kind: str) -> Moves | None:
    """Return the moves from the month, the average or a point between: those that differ less."""
    averages = _averages(months)
    starts = averages + np.array([*STARTS])[:, None] * (months - averages)
    found = _moves(
        {share: kind + each for share, each in STARTS.items()}, starts, ends, asked, ahead
    )
    if not found or _is_new_level(months, averages):
        return found[-1] if found else None
    return found[np.argmin(spread(np.stack([each.sizes for each in found]), ahead))]


def _is_new_level(months: Figures, averages: Figures) -> bool:
    """Whether the last month is like none before, or the last two are further than all others.

    A single month that stands out falls back most of the time, the best one ever too.
    """
    known = np.isfinite(months)
    months, averages = months[known], averages[known]
    if len(months) < AVERAGED:
        return False
    away = np.abs(months - averages)
    if away[-1] > NEW_LEVEL * away[:-1].max():
        return True
    one, two = months[-2:] - averages[-3]
    return bool(one * two > 0 and min(abs(one), abs(two)) > away[:-2].max())


def _moves(
    methods: Mapping[float, str], starts: np.ndarray, ends: Figures, asked: float, ahead: int
) -> list[Moves]:
    """Return the moves to the ends from each row of starts; none where they are too few."""
    sizes = ends - starts
    known = np.isfinite(sizes[0])  # in each row the same months
    months = np.flatnonzero(known)
    if np.isnan(starts[0, -1]) or without_overlap(len(months), ahead) < FEWEST_MOVES:
        return []
    return [
        Moves(method, months, size, asked - start, share)
        for (share, method), size, start in zip(
            methods.items(), sizes[:, known], starts[:, -1], strict=True
        )
    ]


def _later(figures: Figures, months: int) -> Figures:
    """Return for each month the figure so many months after it (before it, where negative)."""
    gap = np.full(min(abs(months), len(figures)), np.nan)
    return np.r_[figures[months:], gap] if months > 0 else np.r_[gap, figures[:months]]


def _mean(rows: np.ndarray) -> Figures:
    """Return the mean of what is known in each row."""
    known = np.isfinite(rows).sum(axis=1)
    return np.where(known, np.nansum(rows, axis=1) / np.maximum(known, 1), np.nan)


def _averages(months: Figures) -> Figures:
    """Return for each known month the average of the last six, of those that there are."""
    before = np.full(AVERAGED - 1, np.nan)
    averages = _mean(sliding_window_view(np.r_[before, months], AVERAGED))
    return np.where(np.isnan(months), np.nan, averages)


def _coming(figures: Figures, ahead: int) -> Figures:
    """Return for each month what the next ones brought, as a monthly average."""
    return sliding_window_view(np.r_[figures[1:], np.full(ahead, np.nan)], ahead).mean(axis=1)


def scale_of(figures: Figures, unit: str) -> Callable[..., np.ndarray]:
    """Return the scale on which moves from any level can be compared."""
    low, high = np.nanmin(figures), np.nanmax(figures)
    if unit == "rate" and 0 < low and high < 1:
        return _log_odds
    if unit != "rate" and unit not in AS_THEY_ARE and low > 0:
        return _log
    return np.asarray


def _log(figures: Figures | float) -> np.ndarray:
    """Return logarithms; of nothing and less, further away than anything."""
    figures = np.asarray(figures, dtype=float)
    none = np.where(np.isnan(figures), np.nan, -np.inf)
    return np.log(figures, out=none, where=figures > 0)


def _log_odds(rates: Figures | float) -> np.ndarray:
    return _log(rates) - _log(1 - rates)
