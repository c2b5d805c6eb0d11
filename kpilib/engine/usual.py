"""How far a series usually moves from one period to the next, and whether a move is further."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

YEAR = 12
LEAST = 12  # moves in the past without which nobody knows what is usual
FEWEST = 3  # without which it is not even guessed
SPREADS = 2.5  # robust standard deviations that a move is usually within
TO_DEVIATION = 1.4826, 1.2533  # of a normal law, from its median and its mean absolute deviation


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
