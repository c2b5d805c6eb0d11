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

6. The best month of many had luck. Of what no month exceeded, two thirds of that probability are
   believed, and nothing above two thirds; more where the past is a line that rises, with `t` its
   slope over its standard error::

       believed = probability * (2/3 + 1/3 * t2 / (t2 + 9)), at most 2/3 + 1/3 * t2 / (t2 + 900)

There is none for a milestone, nor with fewer than 12 known months or fewer than two moves that do
not overlap: a history of 26 months reaches 12 ahead.

What it assumes
---------------
That the months to come are of the kind of those behind, with the actions there were. It knows
nothing of the action that begins today; where it starts low, the action is what must change it.

How well it is calibrated
-------------------------
``python -m tests.objectives.calibration`` makes up 24 000 companies of twelve kinds with 14 to 26
months of history, and looks 1, 2, 3, 6 and 9 months ahead. Of 110 000 probabilities, all kinds
together::

    said          0-20 %   20-40 %   40-60 %   60-80 %   80-100 %
    on average       7 %      30 %      50 %      70 %       93 %
    came true        9 %      30 %      49 %      70 %       91 %

    Brier score 0.136; 0.250 for saying one half each time

By horizon no class of ten is off by more than 3 points. By kind, by up to 9 points for a figure
that wanders, up to 5 for all others, quarters that peak at their end among them.

Where the target is the best month ever, of each kind alike, of 101 000 probabilities::

    said          0-20 %   20-40 %   40-60 %   60-80 %   80-100 %
    on average       5 %      29 %      49 %      69 %       83 %
    came true        6 %      29 %      48 %      66 %       84 %
    of them         84 %       9 %       4 %       3 %      0.2 %

on average 11 % said, 12 % came. More than one half is said where a figure wanders or climbs.

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
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kpilib.methods.attainment import CLOSE
from kpilib.objectives.goal import Goal
from kpilib.objectives.usual_moves import YEAR, Figures, best_moves, likelihood, of_a_record
from kpilib.period import Period

FEWEST_MONTHS = 12
LEAST, MOST = 0.01, 0.99  # nobody knows the future better than that

REASON_WORDS = {
    "over": "the target's date has come",
    "missing": "a figure that it starts from is missing",
    "short_history": "the history is too short for a target so far ahead",
    "not_started": "it has not started yet",
    "milestone": "a milestone has no figure to go by",
}


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The probability of reaching a target by its date, and what explains it in one sentence.

    "In your own past the figure moved this much in `months` months `enough` times out of `moves`."

    Parameters
    ----------
    probability : float
        Between `LEAST` and `MOST`, which are to be read as "at most" and "at least".
    months : int
        Months still to come.
    moves : int
        How many moves of that many months the past holds; they overlap.
    enough : int
        How many of these, from where the figure is now, would have been enough.
    method : str
        What the moves are measured from: `month`, `average`, `between` the two, or `quarter` (the
        same months of the quarters before); `year_` before it: each less a year before.
    wanted : float
        The figure asked for in the last month; of a count, what is still missing to the total.
    """

    probability: float
    months: int
    moves: int
    enough: int
    method: str
    wanted: float


def chance(
    goal: Goal, past: Sequence[tuple[Period, float | None]], month: Period
) -> tuple[Chance | None, str]:
    """Return the probability of reaching a target by its date; or None and why.

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
    Chance or None
    str
        Empty, or a key of `REASON_WORDS`.
    """
    ahead = _index(goal.end) - _index(month.start)
    if not goal.kpi or (goal.mode == "binary" and goal.key_result.target is None):
        return None, "milestone"
    if ahead <= 0:
        return None, "over"
    figures = _by_month(past, month)
    if np.isnan(figures[-1]):
        return None, "missing"
    wanted, total = goal.target, goal.adds_months
    if total:
        first = _first(goal)
        if first > month.end_day:
            return None, "not_started"
        counted = figures[-(_index(month.start) - _index(first) + 1) :]
        if np.isnan(counted).any() or _index(first) < _index(past[0][0].start):
            return None, "missing"
        wanted = _whole(goal, len(counted) + ahead) - float(counted.sum())
    found = None
    if np.isfinite(figures).sum() >= FEWEST_MONTHS:
        found = best_moves(figures, wanted, ahead, goal.unit, _direction(goal), total=total)
    if found is None:
        return None, "short_history"
    sums = goal.mode == "count" or goal.fills_up
    reached = sums and wanted <= 0 and _direction(goal) > 0  # a total does not fall again
    enough = int((reached | (found.sizes >= found.needed - CLOSE)).sum())
    probability = MOST if reached else likelihood(found, ahead)
    if not total:
        probability = of_a_record(probability, figures, wanted, goal.unit, _direction(goal))
    return (
        Chance(
            probability=min(MOST, max(LEAST, probability)),
            months=ahead,
            moves=len(found.sizes),
            enough=enough,
            method=found.method,
            wanted=wanted,
        ),
        "",
    )


def _first(goal: Goal) -> date:
    """Return from when on a goal counts: its start, or that of the window that it ends in."""
    span = goal.span(goal.end)
    return span.start if span is not None else goal.start


def _whole(goal: Goal, months: int) -> float:
    """Return what so many months must add up to; months of a rate weigh the same."""
    if goal.mode == "count":
        return goal.target - goal.baseline
    return goal.target * (goal.share(goal.end) if goal.fills_up else months)


def _direction(goal: Goal) -> float:
    if goal.target != goal.baseline:
        return math.copysign(1.0, goal.target - goal.baseline)
    return -1.0 if goal.better == "lower" else 1.0


def _by_month(past: Sequence[tuple[Period, float | None]], month: Period) -> Figures:
    """Return one figure a month without gaps, the last one that of the present month."""
    known = {_index(each.start): value for each, value in past}
    now = _index(month.start)
    every = range(min([*known, now]), now + 1)
    return np.array([known.get(each) for each in every], dtype=float)  # NaN where there is none


def _index(day: date) -> int:
    return day.year * YEAR + day.month
