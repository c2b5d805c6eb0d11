"""Confidence intervals, 95 %, what could be noise, and what a measure's errors hide."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy import stats

Z = 1.959963984540054
RESAMPLES, SEED, MOST_UNITS = 2000, 20_260_101, 2000
LEAST_SKILL = 1.2  # sensitivity + specificity; 1 is guessing

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

    A total depends on how many units come, too: each is drawn a Poisson number of times, so that
    two months of visitors who all see three pages are not told apart by one visitor more.

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
        draw = np.random.default_rng(SEED)
        if down is None:
            values = draw.poisson(1.0, (RESAMPLES, units)) @ up
        else:
            drawn = draw.multinomial(units, np.full(units, 1 / units), size=RESAMPLES)
            values, below = drawn @ up, drawn @ down
            values = values[below != 0] / below[below != 0]
        low, high = np.percentile(values, [2.5, 97.5])
        return (float(low), float(high)), "bootstrap"
    if down is None:
        value, error = float(up.sum()), sqrt(float(up @ up))
    else:
        value = float(up.sum() / down.sum())
        residual = up - value * down
        error = sqrt(units / (units - 1) * float(residual @ residual)) / float(down.sum())
    return (value - Z * error, value + Z * error), "linearised"


def corrected_share(observed: float, sensitivity: float, specificity: float) -> float | None:
    """Return the true share behind one that was observed by something that makes mistakes.

    Of 100 texts a classifier that finds 90 % of the negative ones and takes 20 % of the others for
    negative calls 40 negative where 29 are.

    Parameters
    ----------
    observed : float
        Share of cases that were found positive (negative texts, say), 0 to 1.
    sensitivity, specificity : float
        Share of true cases that are found, and of other cases that are not taken for one, both
        measured on a gold sample.

    Returns
    -------
    float or None
        Between 0 and 1. None unless both add up to more than 1.2: at 1 the classifier guesses,
        and little above it the correction multiplies noise.

    References
    ----------
    Rogan and Gladen (1978).
    """
    if sensitivity + specificity <= LEAST_SKILL + 1e-12:
        return None
    share = (observed + specificity - 1) / (sensitivity + specificity - 1)
    return min(1.0, max(0.0, share))


def gini(values: np.ndarray) -> float | None:
    """Return how unequally a total is shared, from 0 to 1 (population formula).

    None when there is nothing to share.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    whole = float(ordered.sum())
    if not len(ordered) or whole <= 0:
        return None
    ranks = np.arange(1, len(ordered) + 1)
    count = len(ordered)
    return float(2 * (ranks * ordered).sum() / (count * whole) - (count + 1) / count)


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
    low = stats.beta.ppf(0.025, count, base + 1) if count else 0.0
    high = stats.beta.ppf(0.975, count + 1, base)
    odds = days / base_days
    interval = float(low / (1 - low) / odds), float(high / (1 - high) / odds)
    return count / base / odds, interval, count_chance(count, base, days, base_days)


def count_chance(count: float, base: float, days: float = 1, base_days: float = 1) -> float:
    """Return the two-sided p-value of two counts having one rate a day; also of a base of 0."""
    whole, share = round(count) + round(base), days / (days + base_days)
    if whole == 0 or min(count, base) < 0:
        return 1.0
    return float(stats.binomtest(round(count), whole, share).pvalue)
