"""How probable it is that a target is reached by its date, from the company's own past.

In one sentence: how often, in its own past, did the figure move in so many months by as much as it
must move now?

The method
----------
1. A move over ``h`` months, the months still to come, is the figure of a month less where it came
   from ``h`` months before: that month's figure, the average of the six months that ended with it,
   or a point a quarter, half or three quarters of the way between; whichever gives moves that
   differ least. An average is the better start where months scatter around a level: what is above
   it falls back, the best month ever first of all. The month itself is, where the figure wanders,
   where it is half as far again from its average as any month before, and where the last two stand
   out on the same side: a new level. From 15 months on, the same months of the two quarters before
   are the start where that gives moves of at most half the mean square: quarters that peak at
   their end are not taken for growth.
2. With two years of history the same is done with each month less the same month a year before, so
   that August is not taken for a fall. This is used where the mean square of the moves is at most
   half that of the plain ones over the same months: a season must be plain to be believed.
3. Counts, money and durations are compared as logarithms while all are above zero, rates as log
   odds while all are strictly between 0 and 1; points, scores and ranks as they are.
4. With ``n`` moves, ``k = (n + h - 1) / h`` fit one after the other without overlap. The move
   needed is set against a Student t distribution with ``k - 1`` degrees of freedom (at least 1)::

       error2 = variance(moves) / k                    square of the standard error of the mean
       centre = mean * mean2 / (mean2 + 3 * error2)
       scale  = sqrt(mean((moves - centre) ** 2) * (1 + 1 / k))
       probability = P(t > (needed - centre) / scale), kept within 1 % and 99 %

   The average move is believed as far as it stands out from its scatter: by three quarters where
   it is three standard errors from nothing, by a quarter where it is one.
5. A total to be reached (mode ``count``, or a target of a quarter or a year): what is missing,
   against what ``h`` months brought together; of a rate, on average. All other modes: the figure
   of the last month, at the target or beyond it.

6. The best month of many had luck, and what scatters does not bring it again; what climbs may, and
   may turn. Of what no month exceeded, two thirds of that probability are believed, and nothing
   above two thirds; more where the past is a line that rises, with `t` its slope over its standard
   error (0 where it falls)::

       believed = probability * (2/3 + 1/3 * t2 / (t2 + 9)), at most 2/3 + 1/3 * t2 / (t2 + 900)

There is none for a milestone, nor with fewer than 12 known months or fewer than two moves that do
not overlap: a history of 26 months reaches 12 ahead.

What it assumes
---------------
That the months to come are of the kind of those behind, with the actions there were. It knows
nothing of the action that begins today; where it starts low, the action is what must change it.

How well it is calibrated
-------------------------
``python -m tests.objectives.calibration`` makes up 24 000 companies and looks how often what was
said came true; the tables stand there. By horizon no class of ten is off by more than 3 points; by
kind, by up to 9 points where a figure wanders, up to 5 for all others, quarters that peak at their
end among them.

Limits
------
- A figure that wanders (a random walk) is taken for one that returns, or its wandering for a
  trend: of what is called 5 %, 13 % come true; of 95 %, 87 %.
- The best month ever of a figure that scatters without climbing comes again less often than said
  (of what is called 28 %, 10 % to 17 %; no more is said of it but in one case of 30), of one that
  climbs more often (of 50 %, 60 %): which of the two it is, two years of months do not always tell.
- A figure of which it is known that it only ever rises is underestimated: of what is called 50 %,
  68 % come true. The method cannot know it; a past that rose by chance looks the same.
- Until there are two years, a season is taken for chance: right on average, and of little use.
- A jump still to come is in no past, and one of the last months may be taken for an exception:
  where the level fell for good two months ago, of what is called 49 %, 35 % come true.
- Moves overlap, so "3 times out of 22" is not 22 independent cases; step 4 allows for that.

Sources: Student t prediction of one more value from the same distribution (Hahn and Meeker,
Statistical Intervals, 1991, ch. 4); naive, mean and seasonal naive forecasts and the evaluation of
forecasts by their own past errors (Hyndman and Athanasopoulos, Forecasting: Principles and
Practice, 3rd ed., ch. 5); reliability and Brier score (Brier 1950, Murphy 1973).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import stdtr

from kpilib.methods.attainment import CLOSE
from kpilib.objectives.goal import Goal
from kpilib.period import Period

FEWEST_MONTHS = 12
LEAST, MOST = 0.01, 0.99  # nobody knows the future better than that
AVERAGED = 6  # months in the average that a move may be measured from
# How far from the average of six months towards the month itself a move may be measured.
STARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
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


def _still_wanted(goal: Goal, figures: np.ndarray, oldest: Period, month: Period) -> float | None:
    """Return what is missing to the total of a goal, where all that counts so far is known."""
    span = goal.span(goal.end)  # it counts from its start, or that of the window it ends in
    first = span.start if span is not None else goal.start
    if first > month.end_day:
        return None
    counted = figures[-(_index(month.start) - _index(first) + 1) :]
    if np.isnan(counted).any() or _index(first) < _index(oldest.start):
        return None
    ahead = _index(goal.end) - _index(month.start)
    return _whole(goal, len(counted) + ahead) - float(counted.sum())


def chance(goal: Goal, past: Sequence[tuple[Period, float | None]], month: Period) -> float | None:
    """Return the probability of reaching a target by its date, where one can be told.

    Parameters
    ----------
    goal : Goal
        With the target in force.
    past : sequence of (Period, float or None)
        Figures of the KPI (or of its group) month by month, the oldest first, in its own unit.
    month : Period
        The present one, the last of `past`.

    Returns
    -------
    float or None
        Between `LEAST` and `MOST`, which are to be read as "at most" and "at least".
        None of a milestone without a figure, before the first day and from the last one on, where a
        figure that it starts from is missing, and of too short a history.
    """
    ahead = _index(goal.end) - _index(month.start)
    milestone = not goal.kpi or (goal.mode == "binary" and goal.key_result.target is None)
    if milestone or ahead <= 0:
        return None
    figures = _by_month(past, month)
    if np.isnan(figures[-1]) or np.isfinite(figures).sum() < FEWEST_MONTHS:
        return None
    total, sign = goal.adds_months, 1.0 if goal.upward else -1.0
    wanted = _still_wanted(goal, figures, past[0][0], month) if total else goal.target
    if wanted is None:
        return None
    found = best_moves(figures, wanted, ahead, goal.unit, sign, total=total)
    if not found:
        return None
    if (goal.mode == "count" or goal.fills_up) and wanted <= 0 and goal.upward:
        return MOST  # a total does not fall again
    probability = likelihood(found, ahead)
    if not total:
        probability = of_a_record(probability, figures, wanted, goal.unit, sign)
    return min(MOST, max(LEAST, probability))


def _whole(goal: Goal, months: int) -> float:
    """Return what so many months must add up to; months of a rate weigh the same."""
    if goal.mode == "count":
        return goal.target - goal.baseline
    return goal.target * (goal.share(goal.end) if goal.fills_up else months)


def _by_month(past: Sequence[tuple[Period, float | None]], month: Period) -> Figures:
    """Return one figure a month without gaps, the last one that of the present month."""
    known = {_index(each.start): value for each, value in past}
    now = _index(month.start)
    every = range(min([*known, now]), now + 1)
    return np.array([known.get(each) for each in every], dtype=float)  # NaN where there is none


def _index(day: date) -> int:
    return day.year * YEAR + day.month


@dataclass(frozen=True, eq=False)
class Moves:
    """Past moves over the same number of months, and the one that is needed now; upwards is good.

    Parameters
    ----------
    months : array of int
        Index of the month that each one starts in.
    sizes : array of float
    needed : float
    share : float
        How far from the average to the month itself they start; 1 is the month.
    """

    months: np.ndarray
    sizes: np.ndarray
    needed: float
    share: float = 1.0


def likelihood(moves: Moves, ahead: int) -> float:
    """Return the probability of a move as large as needed (or larger), `ahead` months long."""
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

    Of several rows of moves, each over `ahead` months, the average of each.
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
        The figure asked for; of a total, what is asked for in all of the months to come together.
    ahead : int
        Months to come.
    unit : str
        Of the KPI.
    sign : float
        1 where more is asked for, -1 where less is.
    total : bool
    """
    scaled = scale_of(figures, unit)
    months = sign * scaled(figures)
    ends = sign * scaled(_coming(figures, ahead)) if total else _later(months, ahead)
    asked = sign * float(scaled(wanted / ahead if total else wanted))
    plain = _quarterly(_best(months, ends, asked, ahead), ends, asked, ahead)
    if plain is None or np.isfinite(figures).sum() < SEASONAL_FROM or ahead > YEAR:
        return plain
    base = ends[-1 - YEAR]
    if np.isnan(base):
        return plain
    before, after = (each - _later(each, -YEAR) for each in (months, ends))
    yearly = _best(before, after, asked - base, ahead)
    return plain if yearly is None else _far_less(yearly, plain, ahead)


def _far_less(moves: Moves, plain: Moves, ahead: int) -> Moves:
    """Return moves where they differ far less than the plain ones over the same months."""
    same = spread(plain.sizes[plain.months >= moves.months[0]], ahead)
    return moves if spread(moves.sizes, ahead) ** 2 < SEASONAL_BELOW * same**2 else plain


def of_a_record(
    probability: float, figures: Figures, wanted: float, unit: str, sign: float
) -> float:
    """Return what to believe of a probability when no month of the past was better than asked.

    See step 6. What some month exceeded is believed whole, and so is a line without any scatter.
    """
    scaled = scale_of(figures, unit)
    at = np.flatnonzero(np.isfinite(figures))
    known = sign * scaled(figures[at])
    if known.max() > sign * float(scaled(wanted)) + CLOSE or len(at) <= ALWAYS_A_LINE:
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
    found = _moves([1.0], starts[None], ends, asked, ahead)
    return _far_less(found[0], plain, ahead) if found else plain


def _best(months: Figures, ends: Figures, asked: float, ahead: int) -> Moves | None:
    """Return the moves from the month, the average or a point between: those that differ less."""
    averages = _averages(months)
    starts = averages + np.array(STARTS)[:, None] * (months - averages)
    found = _moves(STARTS, starts, ends, asked, ahead)
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
    shares: Sequence[float], starts: np.ndarray, ends: Figures, asked: float, ahead: int
) -> list[Moves]:
    """Return the moves to the ends from each row of starts; none where they are too few."""
    sizes = ends - starts
    known = np.isfinite(sizes[0])  # in each row the same months
    months = np.flatnonzero(known)
    if np.isnan(starts[0, -1]) or without_overlap(len(months), ahead) < FEWEST_MOVES:
        return []
    return [
        Moves(months, size, asked - start, share)
        for share, size, start in zip(shares, sizes[:, known], starts[:, -1], strict=True)
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
