"""Confidence intervals, 95 %, what could be noise, and what a measure's errors hide."""

from __future__ import annotations

from functools import lru_cache
from math import atanh, sqrt, tanh

import numpy as np
from scipy import special

# Of scipy.special: scipy.stats takes a second to import, and its laws a hundred times as long.
Z = 1.959963984540054
RESAMPLES, SEED, MOST_UNITS = 2000, 20_260_101, 2000
FEW_UNITS = 20  # below, an interval from resampled units may hold the truth less often than said
ALIKE = 1e-12  # what rounding leaves of units that are all alike

Interval = tuple[float, float]
Intervals = tuple[np.ndarray, np.ndarray]  # lower and upper ends, nan where there is none


def wilson(
    successes: float,
    trials: float,
    z: float = Z,
    population: float | None = None,
) -> Interval | None:
    """Return the Wilson score interval of one proportion; see `wilsons`.

    Returns
    -------
    pair of float or None
        None when there is no trial, or when the counts are not those of a proportion.
    """
    return _one(wilsons(*_columns(successes, trials), z, *_columns(population)))


def wilsons(
    successes: np.ndarray,
    trials: np.ndarray,
    z: float = Z,
    population: np.ndarray | None = None,
    people: np.ndarray | None = None,
) -> Intervals:
    """Return the Wilson score intervals of proportions, without continuity correction.

    Parameters
    ----------
    successes, trials : numpy.ndarray
        Counts; ``0 <= successes <= trials``.
    z : float
    population : numpy.ndarray, optional
        Of how many people those who were tried are a part: trials are worth more the nearer they
        come to all, so that their error is that of a finite population.
    people : numpy.ndarray, optional
        How many were tried, where trials are not one each.

    Returns
    -------
    pair of numpy.ndarray
        Lower and upper ends; nan without a trial, or when counts are not those of a proportion.

    References
    ----------
    Wilson (1927); Newcombe (1998), method 3.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / trials
        # Where everybody was asked and answered, trials are worth any number of them.
        worth = trials / finite(trials if people is None else people, population) ** 2
        spread = z * z / worth
        centre = (share + spread / 2) / (1 + spread)
        half = z * np.sqrt(share * (1 - share) / worth + spread / (4 * worth)) / (1 + spread)
    # At the ends of the scale the formula gives the end itself, but for rounding.
    low = np.where(share == 0, 0.0, np.maximum(0.0, centre - half))
    high = np.where(share == 1, 1.0, np.minimum(1.0, centre + half))
    return _where((trials > 0) & (successes >= 0) & (successes <= trials), low, high)


def poisson(count: float) -> Interval | None:
    """Return Garwood's exact interval of a count of independent events; none of less than 0."""
    return _one(poissons(*_columns(count)))


def poissons(counts: np.ndarray) -> Intervals:
    """Return Garwood's exact intervals of counts; nan of those below 0."""
    with np.errstate(invalid="ignore"):
        low = np.where(counts == 0, 0.0, special.gammaincinv(counts, 0.025))
        high = special.gammaincinv(counts + 1, 0.975)
    return _where(counts >= 0, low, high)


def _columns(*numbers: float | None) -> list[np.ndarray]:
    return [np.array([np.nan if each is None else each], dtype=float) for each in numbers]


def _one(bounds: Intervals) -> Interval | None:
    low, high = (float(end[0]) for end in bounds)
    return None if low != low else (low, high)


def _where(there: np.ndarray, low: np.ndarray, high: np.ndarray) -> Intervals:
    return np.where(there, low, np.nan), np.where(there, high, np.nan)


def clumped(adds: np.ndarray) -> Interval | None:
    """Return the interval of a total that comes in clumps: a Poisson number of units of any size.

    Where each adds one it is Garwood's; where each adds three, three times that.

    Parameters
    ----------
    adds : numpy.ndarray
        What each unit (visitor, customer, post) adds, 0 or more.

    Returns
    -------
    pair of float or None
        None when a unit takes away.

    References
    ----------
    Fay and Feuer (1997), the gamma interval of a weighted sum of Poisson counts.
    """
    adds = adds[adds != 0]
    if (adds < 0).any():
        return None
    if not len(adds):
        return poisson(0)
    whole, squares, most = adds.sum(), float(adds @ adds), adds.max()
    above, over = whole + most, squares + most**2
    low = special.gammaincinv(whole**2 / squares, 0.025) * squares / whole
    return float(low), float(special.gammaincinv(above**2 / over, 0.975) * over / above)


def net_scores(
    favourable: np.ndarray,
    unfavourable: np.ndarray,
    answers: np.ndarray,
    population: np.ndarray | None = None,
) -> Intervals:
    """Return the adjusted Wald intervals of net scores in points (NPS, eNPS, net sentiment).

    Three quarters of an answer are added to each end and 1.5 in the middle, which keeps the
    interval honest at +100. `population` applies the finite population correction.

    References
    ----------
    Rocks (2016); Lewis and Sauro (2021).
    """
    total, up, down = answers + 3, favourable + 0.75, unfavourable + 0.75
    score = (up - down) / total
    error = np.sqrt(((up + down) / total - score**2) / total) * finite(answers, population)
    low, high = 100 * (score - Z * error), 100 * (score + Z * error)
    return _where(answers > 0, np.maximum(-100.0, low), np.minimum(100.0, high))


def finite(sample: float | np.ndarray, population: float | np.ndarray | None) -> float | np.ndarray:
    """Return the finite population correction of a standard error; 1 when N is unknown.

    And where all of N are in the sample: nothing is left to chance of who was asked, and the
    interval says what it says of every full count, whether chance alone could give another figure.
    """
    if population is None:
        return 1.0
    population = np.asarray(population, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.sqrt((population - sample) / (population - 1))
        return np.where(population > np.maximum(sample, 1), part, 1.0)[()]


def student(
    values: np.ndarray, population: float | None = None, persons: np.ndarray | None = None
) -> Interval | None:
    """Return Student's interval of a mean; None below two values, or two persons.

    `persons` says whose value each is: what one person says twice is one draw.
    """
    mean = float(np.mean(values)) if len(values) else 0.0
    away = np.sort(np.asarray(values, dtype=float)) - mean
    if persons is not None:
        away = of_persons(persons, np.asarray(values, dtype=float) - mean)
    half = _half(away, len(values))
    if half is None:
        return None
    half *= finite(len(values), population)
    return mean - half, mean + half


def student_of_sums(sums: np.ndarray, answers: np.ndarray) -> Interval | None:
    """Return Student's interval of a mean from what each unit (person) adds up to, as `student`.

    Parameters
    ----------
    sums, answers : numpy.ndarray
        Per unit: the sum of its values, and how many they are.

    Returns
    -------
    pair of float or None
        None below two units.
    """
    whole = float(np.sum(answers))
    if whole <= 0:
        return None
    mean = float(np.sum(np.sort(sums))) / whole
    half = _half(np.sort(sums - mean * answers), whole)
    return None if half is None else (mean - half, mean + half)


def _half(away: np.ndarray, answers: float) -> float | None:
    """Return half the width of Student's interval of a mean of answers, by units' distances."""
    units = len(away)
    if units < 2:
        return None
    error = sqrt(units / (units - 1) * float(away @ away)) / answers
    return float(special.stdtrit(units - 1, 0.975)) * error


def chance_above(limit: float, value: float, interval: Interval) -> float:
    """Return the probability that an estimate is at least so much, by its own 95 % interval.

    What lies on each side of it is taken for one half of a normal law, as wide as the interval is
    there: an interval that ends at the limit leaves 2.5 % beyond it.

    Examples
    --------
    >>> round(chance_above(0.0, 1.0, (0.0, 2.0)), 3)
    0.975
    """
    away = value - limit
    reach = value - interval[0] if away > 0 else interval[1] - value
    if reach <= 0:
        return float(away >= 0)
    return float(special.ndtr(Z * away / reach))


def of_persons(persons: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return what each person's values add up to; sorted, as row order must not matter."""
    _, place = np.unique(np.asarray(persons, dtype=str), return_inverse=True)
    return np.sort(np.bincount(place, weights=values))


def effective(scores: np.ndarray, answers: np.ndarray, variance: float) -> float:
    """Return how many independent answers those of some persons are worth.

    Three answers of one person are three when they have nothing to do with one another, and one
    when they are always alike.

    Parameters
    ----------
    scores, answers : numpy.ndarray
        Per person: what the answers add up to, and how many they are.
    variance : float
        Of one answer, whoever gives it.

    Returns
    -------
    float
        Never more than the answers; the persons themselves where nothing varies.

    References
    ----------
    Kish (1965) for the design effect; Korn and Graubard (1998) for what few persons take off.
    """
    persons, whole = len(answers), float(np.sum(answers))
    if persons == whole:
        return whole
    if persons < 2 or variance <= 0:
        return float(persons)
    away = np.sort(scores - float(np.sum(scores)) / whole * answers)
    error = persons / (persons - 1) * float(away @ away) / whole**2
    few = (Z / float(special.stdtrit(persons - 1, 0.975))) ** 2
    return min(whole, few * variance / error) if error > 0 else whole


def _ends(rest: np.ndarray, down: np.ndarray | None, whole: float) -> tuple[float, float]:
    """Return the ends of an interval, in standard errors from the value.

    What a few large units bring is seldom in the sample, so percentiles of resamples hold the
    truth 69 to 89 times in 100 below 30 units. Here each of 2,000 resamples with a fixed seed is
    measured by its own spread (bootstrap-t), its quantiles are widened for the few units that there
    are, and the tail towards which the data stretch is taken at up to half the level. Beyond 2,000
    units the same correction comes as a series, which agrees with it there.

    References
    ----------
    Efron and Tibshirani (1993), chapter 12; Hesterberg (2015) for the widened quantiles; Hall
    (1992), chapter 2, for the series.
    """
    units, squares = len(rest), float(rest @ rest)
    lean = float((rest**3).sum()) / squares**1.5
    below, above = _levels(lean - 1 / sqrt(units), None) if down is None else _levels(lean, units)
    if units <= MOST_UNITS:
        away, drawn = _studentised(rest, down)
        low, high = -np.quantile(drawn, 1 - below), -np.quantile(drawn, above)
        # One that holds most of what is below the line bends the ratio: not within its percentiles.
        ends = np.quantile(away, [0.025, 0.975]) * whole / sqrt(squares)
        low, high = min(low, ends[0]), max(high, ends[1])
    else:
        low, high = special.ndtri(below), special.ndtri(1 - above)
        low, high = (end + lean * (2 * end * end + 1) / 6 for end in (low, high))
    if units < FEW_UNITS:
        half = sqrt(units / (units - 1)) * float(special.stdtrit(units - 1, 0.975))
        low, high = min(low, -half), max(high, half)
    return low, high


def resampled(
    numerators: np.ndarray, denominators: np.ndarray | None = None
) -> tuple[Interval, str] | None:
    """Return the interval of a ratio (or of a total) when whole units are drawn again.

    It is the bootstrap-t of `_ends`, never narrower than the percentiles nor, below 20 units, than
    Student's interval; ``tests/benchmarks/honesty_coverage`` measures it.
    A total depends on how many units come, too: each is drawn a Poisson number of times, so that
    two months of visitors who all see three pages are not told apart by one visitor more.

    Parameters
    ----------
    numerators, denominators : numpy.ndarray
        One sum per unit (visitor, post, campaign). Without denominators, of the total.

    Returns
    -------
    (interval, method) or None
        ``bootstrap`` up to 2,000 units, ``linearised`` beyond. The value is always inside. None
        below two units; when nothing counted, which does not prove that nothing can; and when
        fewer than 20 units are all alike.
    """
    order = np.lexsort((numerators, denominators if denominators is not None else numerators))
    up = np.asarray(numerators, dtype=float)[order]  # sorted: row order must not matter
    down = None if denominators is None else np.asarray(denominators, dtype=float)[order]
    units, whole = len(up), 1.0 if down is None else float(down.sum())
    if units < 2 or whole == 0 or not up.any():
        return None
    value = float(up.sum()) / whole
    rest = up if down is None else up - value * down
    method = "bootstrap" if units <= MOST_UNITS else "linearised"
    if np.abs(rest).max() <= ALIKE * np.abs(up).max():
        return None if units < FEW_UNITS else ((value, value), method)
    low, high = _ends(rest, down, abs(whole))
    error = sqrt(float(rest @ rest)) / abs(whole)
    low, high = value + min(float(low), 0.0) * error, value + max(float(high), 0.0) * error
    positive = up.min() >= 0 and (down is None or down.min() >= 0)
    return (max(low, 0.0) if positive else low, high), method


def _levels(lean: float, units: int | None) -> tuple[float, float]:
    """Return the tails to leave out below and above, wider for a ratio of few units.

    `lean` is how skewed a sum of these units is, -1 to 1: far from 0, a single one decides it.
    """
    long = 0.025 / (1 + min(1.0, 3 * abs(lean)))
    tails = (0.025, long) if lean > 0 else (long, 0.025)
    if units is None:
        return tails
    spread = sqrt(units / (units - 1))
    below, above = (special.ndtr(spread * special.stdtrit(units - 1, tail)) for tail in tails)
    return float(below), float(above)


def _studentised(rest: np.ndarray, down: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each resample is from the value, and so in its own standard errors.

    One that drew nearly the same unit over and over has next to none: it is given the share of
    a single unit.
    """
    units, squares = len(rest), rest * rest
    drawn = _draws(units, down is None).astype(float)
    if down is None:
        away, variance = (drawn @ np.column_stack([rest, squares])).T
        away = away - rest.sum()
        least = squares.sum()
    else:
        sums = drawn @ np.column_stack([down, rest, squares, rest * down, down * down])
        below, away, first, second, third = sums[sums[:, 0] != 0].T
        away = away / below
        variance = (first - 2 * away * second + away * away * third) / below**2
        least = squares.sum() / down.sum() ** 2
    return away, away / np.sqrt(np.maximum(variance, least / units))


@lru_cache(maxsize=8)
def _draws(units: int, any_number: bool) -> np.ndarray:
    """Return how often each unit is in each resample: the same at each call, so kept small."""
    draw = np.random.default_rng(SEED)
    if any_number:
        return draw.poisson(1.0, (RESAMPLES, units)).astype(np.uint8)
    return draw.multinomial(units, np.full(units, 1 / units), size=RESAMPLES).astype(np.uint8)


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


def difference(
    value: np.ndarray, ends: Intervals, base: np.ndarray, base_ends: Intervals
) -> Intervals:
    """Return the intervals of ``value - base`` from the two intervals.

    For two Wilson intervals this is Newcombe's hybrid score (method 10); the same square-and-add
    serves means and net scores (Zou and Donner 2008).
    """
    change = value - base
    low = np.sqrt((value - ends[0]) ** 2 + (base_ends[1] - base) ** 2)
    high = np.sqrt((ends[1] - value) ** 2 + (base - base_ends[0]) ** 2)
    return change - low, change + high


def correlated(correlation: float, variance: float) -> Interval | None:
    """Return Fisher's interval of a correlation from the variance of its arc tangent.

    None of 1 or -1, and of what is no number.
    """
    if not abs(correlation) <= 1 - 1e-12:
        return None
    middle, half = atanh(correlation), Z * sqrt(variance)
    return tanh(middle - half), tanh(middle + half)


def count_chance(count: float, base: float, days: float = 1, base_days: float = 1) -> float:
    """Return the two-sided p-value of two counts having one rate a day; also of a base of 0.

    Conditional on their sum, one count is binomial; `days` are the exposures, so that months of
    unequal length compare per day.
    """
    whole, share = round(count) + round(base), days / (days + base_days)
    if whole == 0 or min(count, base) < 0:
        return 1.0
    from scipy import stats

    return float(stats.binomtest(round(count), whole, share).pvalue)
