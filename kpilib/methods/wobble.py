"""How far a full count moves from month to month without anything having happened."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtrit

YEAR = 12
USUAL = 2.5  # robust standard deviations within which a figure moves from month to month
FEWEST_USUAL, FEWEST_ROBUST = 3, 12  # moves by which that is known, and known robustly
ROBUST = 1.4826  # median absolute deviation to standard deviation


def usual_move(figures: Sequence[float | None]) -> float | None:
    """Return how far a figure moves in a month without anything having happened.

    2.5 robust standard deviations of its past moves around their median, so that steady growth is
    no wobble. From 25 figures on, each move is set against the same one a year before, which takes
    the season out. Of 3 to 11 moves, the standard deviation as many times as Student's t asks for
    the same certainty.

    Parameters
    ----------
    figures : sequence of float or None
        One a month without gaps, the oldest first.

    Returns
    -------
    float or None
        None with fewer than 3 moves: it is not known.
    """
    moves = np.diff(np.array(_numbers(figures)))
    known = moves[~np.isnan(moves)]
    yearly = moves[YEAR:] - moves[:-YEAR]
    yearly = yearly[~np.isnan(yearly)] / math.sqrt(2)
    if len(yearly) >= FEWEST_ROBUST:
        return USUAL * _robust(yearly)
    if len(known) >= FEWEST_ROBUST:
        return USUAL * _robust(known)
    if len(known) < FEWEST_USUAL:
        return None
    certain = ndtr(USUAL)
    return float(stdtrit(len(known) - 1, certain) * np.std(known, ddof=1))


def _robust(moves: np.ndarray) -> float:
    """Return the standard deviation of moves as their median distance from their median tells."""
    return ROBUST * float(np.median(np.abs(moves - np.median(moves))))


def _numbers(figures: Sequence[float | None]) -> list[float]:
    return [math.nan if each is None else float(each) for each in figures]
