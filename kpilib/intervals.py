"""Confidence intervals, 95 %, and whether a change could be noise. Imports only errors."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy import stats

Z = 1.959963984540054
RESAMPLES, SEED, MOST_UNITS = 2000, 20_260_101, 2000

Interval = tuple[float, float]


def wilson(successes: float, trials: float, z: float = Z) -> Interval | None:
    """Return the Wilson score interval of a proportion, without continuity correction.

    Parameters
    ----------
    successes, trials : float
        Counts; ``0 <= successes <= trials``.

    Returns
    -------
    pair of float or None
        None when there is no trial, or when the counts are not those of a proportion.

    References
    ----------
    Wilson (1927); Newcombe (1998), method 3.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # At the ends of the scale the formula gives the end itself, but for rounding.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, 1.0 if successes == trials else min(1.0, centre + half)


def poisson(count: float) -> Interval | None:
    """Return Garwood's exact interval of a count of independent events."""
    if count < 0:
        return None
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low), float(stats.chi2.ppf(0.975, 2 * count + 2) / 2)


def net_score(
    favourable: float, unfavourable: float, answers: float, population: float | None = None
) -> Interval | None:
    """Return the adjusted Wald interval of a net score in points (NPS, eNPS, net sentiment).

    Three quarters of an answer are added to each end and 1.5 in the middle, which keeps the
    interval honest at +100. `population` applies the finite population correction.

    References
    ----------
    Rocks (2016); Lewis and Sauro (2021).
    """
    if answers <= 0:
        return None
    total, up, down = answers + 3, favourable + 0.75, unfavourable + 0.75
    score = (up - down) / total
    error = sqrt(((up + down) / total - score**2) / total) * finite(answers, population)
    low, high = 100 * (score - Z * error), 100 * (score + Z * error)
    return max(-100.0, low), min(100.0, high)


def finite(sample: float, population: float | None) -> float:
    """Return the finite population correction of a standard error; 1 when N is unknown."""
    if population is None or population != population or population < sample or population <= 1:
        return 1.0
    return sqrt((population - sample) / (population - 1))


def student(values: np.ndarray, population: float | None = None) -> Interval | None:
    """Return Student's interval of a mean; None below two values."""
    if len(values) < 2:
        return None
    error = float(np.std(values, ddof=1)) / sqrt(len(values)) * finite(len(values), population)
    half = float(stats.t.ppf(0.975, len(values) - 1)) * error
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def resampled(
    numerators: np.ndarray, denominators: np.ndarray | None = None
) -> tuple[Interval, str] | None:
    """Return the interval of a ratio (or of a total) when whole units are drawn again.

    Parameters
    ----------
    numerators, denominators : numpy.ndarray
        One sum per unit (visitor, post, campaign). Without denominators, of the total.

    Returns
    -------
    (interval, method) or None
        ``bootstrap``: percentiles of 2,000 resamples with a fixed seed, for up to 2,000 units.
        ``linearised``: the same variance by the delta method beyond, where both agree.
        None below two units.
    """
    order = np.lexsort((numerators, denominators if denominators is not None else numerators))
    up = np.asarray(numerators, dtype=float)[order]  # sorted: row order must not matter
    down = None if denominators is None else np.asarray(denominators, dtype=float)[order]
    units = len(up)
    if units < 2 or (down is not None and down.sum() == 0):
        return None
    if units <= MOST_UNITS:
        drawn = np.random.default_rng(SEED).multinomial(
            units, np.full(units, 1 / units), size=RESAMPLES
        )
        values = drawn @ up
        if down is not None:
            below = drawn @ down
            values = values[below != 0] / below[below != 0]
        low, high = np.percentile(values, [2.5, 97.5])
        return (float(low), float(high)), "bootstrap"
    if down is None:
        value, error = float(up.sum()), sqrt(units) * float(np.std(up, ddof=1))
    else:
        value = float(up.sum() / down.sum())
        residual = up - value * down
        error = sqrt(units / (units - 1) * float(residual @ residual)) / float(down.sum())
    return (value - Z * error, value + Z * error), "linearised"


def difference(value: float, interval: Interval, base: float, base_interval: Interval) -> Interval:
    """Return the interval of ``value - base`` from the two intervals.

    For two Wilson intervals this is Newcombe's hybrid score (method 10); the same square-and-add
    serves means and net scores (Zou and Donner 2008).
    """
    change = value - base
    low = sqrt((value - interval[0]) ** 2 + (base_interval[1] - base) ** 2)
    high = sqrt((interval[1] - value) ** 2 + (base - base_interval[0]) ** 2)
    return change - low, change + high


def count_ratio(
    count: float, base: float, days: float = 1, base_days: float = 1
) -> tuple[float, Interval, float] | None:
    """Compare two counts: rate ratio, its exact interval, and a two-sided p-value.

    Conditional on their sum, one count is binomial; `days` are the exposures, so that months of
    unequal length compare per day.

    Returns
    -------
    (ratio, interval, p) or None
        None when the base is 0.
    """
    if base <= 0 or count < 0:
        return None
    whole, share = count + base, days / (days + base_days)
    low = stats.beta.ppf(0.025, count, base + 1) if count else 0.0
    high = stats.beta.ppf(0.975, count + 1, base)
    odds = days / base_days
    interval = float(low / (1 - low) / odds), float(high / (1 - high) / odds)
    test = stats.binomtest(round(count), round(whole), share)
    return count / base / odds, interval, float(test.pvalue)
