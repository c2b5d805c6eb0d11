"""Since when something happens more often than before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import xlogy

from kpilib.engine.compare import SIGNIFICANT
from kpilib.engine.intervals import RESAMPLES, SEED

FEWEST_BEFORE = 6  # periods without which nobody knows how it was before


def risen_since(events: Sequence[float], exposure: Sequence[float]) -> int | None:
    """Return the place of the first period of a higher rate of events, where there is one.

    Parameters
    ----------
    events : sequence of float
        How often it happened in each period, the oldest first.
    exposure : sequence of float
        What it could have happened to: the people there were.

    Returns
    -------
    int or None
        None where the highest likelihood ratio of two Poisson rates against one, over every place
        where the rate may have risen, is one that chance gives in 5 % of draws or more: as many
        events, each in any period by its exposure.

    Examples
    --------
    >>> risen_since([0] * 12 + [2, 1, 2, 1], [10] * 16)
    12
    """
    counts, base = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if len(counts) <= FEWEST_BEFORE or not counts.sum() or (base <= 0).any():
        return None
    found = _ratios(counts[None, :], base)[0]
    drawn = np.random.default_rng(SEED).multinomial(
        int(counts.sum()), base / base.sum(), size=RESAMPLES
    )
    by_chance = _ratios(drawn, base).max(axis=1)
    chance = (1 + (by_chance >= found.max() - 1e-9).sum()) / (1 + RESAMPLES)
    return FEWEST_BEFORE + int(found.argmax()) if chance < SIGNIFICANT else None


def _ratios(counts: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Return the log likelihood ratio of a rise at each place; 0 where the rate fell."""
    before, time = counts.cumsum(axis=1)[:, :-1], base.cumsum()[:-1]
    after, rest = counts.sum(axis=1, keepdims=True) - before, base.sum() - time
    every, whole = before + after, base.sum()
    gained = xlogy(before, before / time) + xlogy(after, after / rest) - xlogy(every, every / whole)
    risen = np.where(after / rest > before / time, gained, 0.0)
    return risen[:, FEWEST_BEFORE - 1 :]
