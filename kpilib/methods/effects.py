"""Isolating an effect: change of the trained against change of a control group.

Pure functions on arrays; `kpilib.methods.training` feeds them from the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy import stats

MOST_FOR_PERMUTATION = 12
FEWEST_TO_CONCLUDE = 4


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A difference between two groups of people.

    Parameters
    ----------
    value : float
    interval : pair of float or None
        Welch's 95 % interval; None below two people in an arm.
    standard_error, p_value, degrees : float or None
    permutation_p : float or None
        Exact two-sided permutation test, for at most twelve people in all.
    """

    value: float
    interval: tuple[float, float] | None = None
    standard_error: float | None = None
    p_value: float | None = None
    degrees: float | None = None
    permutation_p: float | None = None


def difference_in_means(treated: np.ndarray, control: np.ndarray) -> Effect:
    """Compare two groups of people by the mean of one figure each.

    Fed with each person's change, this is the difference in differences; fed with outcomes of
    people assigned by lot, it is the effect of an experiment.

    Parameters
    ----------
    treated, control : numpy.ndarray
        One figure per person, at least one in each arm.

    Returns
    -------
    Effect
    """
    value = float(np.mean(treated) - np.mean(control))
    if min(len(treated), len(control)) < 2:
        return Effect(value=value, permutation_p=permutation(treated, control))
    parts = [np.var(arm, ddof=1) / len(arm) for arm in (treated, control)]
    error = sqrt(sum(parts))
    if error == 0:
        return Effect(
            value=value,
            interval=(value, value),
            standard_error=0.0,
            permutation_p=permutation(treated, control),
        )
    degrees = sum(parts) ** 2 / sum(
        part**2 / (len(arm) - 1) for part, arm in zip(parts, (treated, control), strict=True)
    )
    half = float(stats.t.ppf(0.975, degrees)) * error
    return Effect(
        value=value,
        interval=(value - half, value + half),
        standard_error=error,
        p_value=float(2 * stats.t.sf(abs(value) / error, degrees)),
        degrees=float(degrees),
        permutation_p=permutation(treated, control),
    )


def permutation(treated: np.ndarray, control: np.ndarray) -> float | None:
    """Return the exact two-sided p-value over every way of dealing people into the arms."""
    everyone = np.concatenate([treated, control])
    people, arm = len(everyone), len(treated)
    if people > MOST_FOR_PERMUTATION:
        return None
    observed = abs(float(np.mean(treated) - np.mean(control)))
    total, extreme, deals = float(everyone.sum()), 0, 0
    for chosen in combinations(range(people), arm):
        inside = float(everyone[list(chosen)].sum())
        change = inside / arm - (total - inside) / (people - arm)
        extreme += abs(change) >= observed - 1e-12
        deals += 1
    return extreme / deals
