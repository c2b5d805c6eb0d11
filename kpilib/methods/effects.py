"""Isolating an effect: change of the trained against change of a control group.

Pure functions on arrays; `kpilib.methods.measurements` feeds them from the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt

import numpy as np
from scipy.special import stdtr, stdtrit

MOST_FOR_PERMUTATION = 12
POWER = 0.8
FEWEST_TO_CONCLUDE = 4
FEWEST_TEAMS = 10  # below, no method that was measured keeps its promise in every design
BY_TEAM = "by team"
LIKENESS = 0.1  # correlation within teams that the degrees of freedom reckon with
MOST_TEAMS = 1000  # beyond, degrees of freedom no longer matter


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

    @property
    def detectable(self) -> float | None:
        """The smallest effect that so many people would have shown in four cases of five."""
        if not self.standard_error or not self.degrees:
            return None
        needed = stdtrit(self.degrees, 0.975) + stdtrit(self.degrees, POWER)
        return float(needed) * self.standard_error


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
    exact = permutation(treated, control)
    if min(len(treated), len(control)) < 2:
        return Effect(value=value, permutation_p=exact)
    parts = [np.var(arm, ddof=1) / len(arm) for arm in (treated, control)]
    variance = sum(parts)
    spread = sum(
        part**2 / (len(arm) - 1) for part, arm in zip(parts, (treated, control), strict=True)
    )
    degrees = variance**2 / spread if variance else 0.0
    return replace(_by_student(value, variance, degrees), permutation_p=exact)


def _by_student(value: float, variance: float, degrees: float) -> Effect:
    """Return an effect with its interval and p-value; where nothing varies, it is what it is."""
    if variance <= 0:
        return Effect(value=value, interval=(value, value), standard_error=0.0)
    error = sqrt(variance)
    half = float(stdtrit(degrees, 0.975)) * error
    return Effect(
        value=value,
        interval=(value - half, value + half),
        standard_error=error,
        p_value=float(2 * stdtr(degrees, -abs(value) / error)),
        degrees=float(degrees),
    )


def hedges_g(treated: np.ndarray, control: np.ndarray) -> float | None:
    """Return the difference of two means in standard deviations, made smaller for few people.

    None where nobody differs within the groups, or where one of them is of one person.

    References
    ----------
    Hedges (1981).
    """
    people = len(treated) + len(control)
    if min(len(treated), len(control)) < 2:
        return None
    squares = sum(float(((arm - arm.mean()) ** 2).sum()) for arm in (treated, control))
    if squares == 0:
        return None
    spread = sqrt(squares / (people - 2))
    return float(treated.mean() - control.mean()) / spread * (1 - 3 / (4 * (people - 2) - 1))


def by_team(arms: Sequence[np.ndarray], teams: Sequence[np.ndarray]) -> Effect:
    """Compare two groups of people, or take the mean of one, where people come in teams.

    People of one team share a manager, a market, a week: each team is one draw, whether it was
    trained whole or in part. The variance is the cluster-robust one with its small-sample
    correction (CR2), the degrees of freedom are Bell and McCaffrey's as Imbens and Kolesár take
    them. With a team to each person the variance is Welch's. There is no interval of fewer than ten
    teams in all, nor of an arm of one.

    Parameters
    ----------
    arms : sequence of numpy.ndarray
        One figure per person: the trained and the others, or one group alone.
    teams : sequence of numpy.ndarray
        The team of each, as numbers from 0 on, the same numbers in both arms.

    References
    ----------
    Bell and McCaffrey (2002); Imbens and Kolesár (2016).
    """
    signs = (1.0, -1.0)[: len(arms)]
    value = float(sum(sign * np.mean(arm) for sign, arm in zip(signs, arms, strict=True)))
    every = np.unique(np.concatenate(teams))
    if len(every) < FEWEST_TEAMS or min(len(set(own)) for own in teams) < 2:
        return Effect(value=value)
    return _by_student(value, *_of_teams(signs, arms, teams))


def _of_teams(
    signs: Sequence[float], arms: Sequence[np.ndarray], teams: Sequence[np.ndarray]
) -> tuple[float, float]:
    """Return the variance of a difference of means over teams, and its degrees of freedom.

    A team's part in it is the sum of its residuals in each arm, over the people of the arm times
    the root of the share that other teams have. The degrees are those that such parts would have
    of people who differ alike, with a correlation of `LIKENESS` within teams: without it, teams
    of very different sizes are trusted too far.
    """
    count = 1 + max(int(own.max()) for own in teams)
    matrices = count <= MOST_TEAMS
    parts = np.zeros(count)
    people, sums = np.zeros((2, count, count)) if matrices else (None, None)
    for sign, arm, own in zip(signs, arms, teams, strict=True):
        size = np.bincount(own, minlength=count)
        weight = sign / (len(arm) * np.sqrt(1 - size / len(arm)))
        parts += weight * np.bincount(own, weights=arm - np.mean(arm), minlength=count)
        if matrices:
            pull = np.diag(weight) - np.outer(size * weight, np.ones(count)) / len(arm)
            people += (pull * size) @ pull.T
            sums += pull * size
    if not matrices:
        return float(parts @ parts), float(count - len(arms))
    alike = (1 - LIKENESS) * people + LIKENESS * sums @ sums.T
    return float(parts @ parts), float(np.trace(alike) ** 2 / (alike**2).sum())


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
