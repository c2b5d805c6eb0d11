"""Which group differs from all the others beyond chance, however many there are; and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import special
from scipy.special import xlogy

from kpilib.definitions import Balance, Ratio
from kpilib.engine.chance import MOST_NAMELESS, has_units, nameless, units
from kpilib.engine.columns import Figures
from kpilib.engine.compare import SIGNIFICANT
from kpilib.engine.intervals import RESAMPLES, SEED
from kpilib.engine.outcome import OK, Key
from kpilib.engine.question import OneKpi

FEWEST_BEFORE = 6  # periods without which nobody knows how it was before
LEAST_CASES = 30  # a group with fewer is never said to stand out
LEAST_UNITS = 10  # visitors or posts behind the cases, below which their mean says little
STRAIGHT = 1.6e-5  # skewness below which Pearson's third law is the normal one


def standing_out(one: OneKpi, found: Figures) -> np.ndarray:
    """Tell of each group of a period whether it stands out; None of one that is not tested.

    A group is compared with the rest, of which it is no part, by the test that the kind of figure
    asks for; Holm's adjustment keeps the chance to name any of groups that are all alike below
    5 %, however many they are. Only groups that are shown take part, so that nothing is told of
    those that are hidden.
    """
    question, kpi, by = one
    told, shown = np.full(len(found.places), None), np.flatnonzero(found.status == OK)
    of_all = any(each.whole for each in kpi.value.measures().values())  # no groups of people
    if by is None or of_all or not question.intervals or len(shown) < 2:
        return told
    own = found.at(shown)
    # Answers of persons who give several are no independent cases, nor are visits of one visitor.
    apart = (own.n == own.denominator).all()
    if kpi.interval in OF_COUNTS and apart:
        chances = OF_COUNTS[kpi.interval](own)
    elif isinstance(kpi.value, (Ratio, Balance)) and kpi.value.unit_of_chance:
        chances = _of_units(one, own.places)
    else:  # a total has no level that all groups would share
        return told
    stands, tested = adjusted(chances, np.nan_to_num(own.n))
    told[shown[tested]] = stands[tested]
    return told


def adjusted(chances: np.ndarray, cases: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Tell which groups stand out, given the p-value of each and its cases; and which are tested.

    What has too few cases, or no p-value, is not tested and does not count among the groups. An
    exact test needs no least number: without `cases` none is asked for.
    """
    tested = ~np.isnan(chances)
    if cases is not None:
        tested &= cases >= LEAST_CASES
    found = np.zeros(len(chances), dtype=bool)
    found[tested] = holm(chances[tested]) < SIGNIFICANT
    return found, tested


def holm(chances: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number, after Holm (1979)."""
    order = np.argsort(chances, kind="stable")
    raised = chances[order] * np.arange(len(chances), 0, -1)
    adjusted = np.empty(len(chances))
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted


def _both_sides(
    law: Any, expected: np.ndarray, found: np.ndarray, *shapes: np.ndarray
) -> np.ndarray:
    """Return the two-sided p-value of counts: twice the tail on the side on which each lies."""
    shapes = [np.broadcast_to(shape, found.shape) for shape in shapes]
    below, chances = found < expected, np.empty(len(found))
    chances[below] = law.cdf(found[below], *(shape[below] for shape in shapes))
    chances[~below] = law.sf(found[~below] - 1, *(shape[~below] for shape in shapes))
    return np.minimum(2 * chances, 1.0)


def of_proportions(found: Figures) -> np.ndarray:
    """Return Fisher's exact p-value of each proportion against that of the rest."""
    from scipy import stats

    up, down = np.round(found.numerator), np.round(found.denominator)
    if not ((up >= 0) & (up <= down)).all():
        return np.full(len(up), np.nan)
    if not down.sum():
        return np.full(len(up), np.nan)
    expected = down * up.sum() / down.sum()
    return _both_sides(stats.hypergeom, expected, up, down.sum(), up.sum(), down)


def of_rates(found: Figures) -> np.ndarray:
    """Return the exact p-value of events per exposure: given their sum, a share of them."""
    return of_events(found.numerator, found.denominator)


def of_costs(found: Figures) -> np.ndarray:
    """Return the same of an exposure (a cost) per event."""
    return of_events(found.denominator, found.numerator)


def of_events(events: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Return the exact p-value of each group's events: given their sum, a share of it.

    Of groups that were not exposed (a channel without cost) nothing can be said."""
    from scipy import stats

    exposed = exposure > 0
    chances = np.full(len(events), np.nan)
    share = exposure[exposed] / exposure[exposed].sum()
    found = np.round(events[exposed])
    chances[exposed] = _both_sides(stats.binom, share * found.sum(), found, found.sum(), share)
    return chances


def of_scores(found: Figures) -> np.ndarray:
    """Return the p-value of net scores: each answer adds one, takes one off, or neither."""
    names = ("favourable", "unfavourable", "neutral")
    parts = np.array([[own[name] for name in names] for own in found.details], dtype=float)
    (up, down, _), cases = parts.T, parts.sum(axis=1)
    level = (up - down).sum() / cases.sum()
    ends = np.array([1.0, -1.0, 0.0]) - level
    powers = [parts @ ends**power for power in (1, 2, 3)]
    return of_sums(cases, cases, *powers)


OF_COUNTS: dict[str, Callable[[Figures], np.ndarray]] = {
    "wilson": of_proportions,
    "poisson_rate": of_rates,
    "poisson_inverse": of_costs,
    "net_score": of_scores,
}


def _of_units(one: OneKpi, places: Sequence[Key]) -> np.ndarray:
    """Return the p-value of ratios whose cases come in units: visitors, posts, orders."""
    unknown = np.full(len(places), np.nan)
    if not has_units(one):
        return unknown
    own = [units(one, place) for place in places]
    if any(nameless(each) > MOST_NAMELESS for each in own):
        return unknown
    level = sum(each.up.sum() for each in own) / sum(each.down.sum() for each in own)
    away = [each.up - level * each.down for each in own]
    powers = [np.array([(each**power).sum() for each in away]) for power in (1, 2, 3)]
    number = np.array([len(each) for each in away], dtype=float)
    chances = of_sums(number, np.array([each.down.sum() for each in own]), *powers)
    return np.where(number < LEAST_UNITS, unknown, chances)


def of_sums(
    number: np.ndarray,
    weight: np.ndarray,
    away: np.ndarray,
    squares: np.ndarray,
    cubes: np.ndarray,
) -> np.ndarray:
    """Return the p-value of each group's distance from the level of all, from sums over its units.

    The larger of two: that of so many units drawn from all of them, by a law with their skewness
    (Pearson's third) on the side to which they lean, as a few heavy units are in the group by
    chance, and by the normal law on the other; and Welch's, which knows that the group may scatter
    in its own way.

    Parameters
    ----------
    number, weight : numpy.ndarray
        Units of each group, and what they weigh below the line.
    away, squares, cubes : numpy.ndarray
        Sums of each unit's distance from what the level of all would give it, of its square and
        of its cube.
    """
    whole, rest = number.sum(), number.sum() - number
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = squares.sum() / whole
        part = number / whole
        spread = np.sqrt(number * variance * (1 - part))
        skew = cubes.sum() / whole / variance**1.5 * (1 - 2 * part)
        skew = skew / np.sqrt(number * (1 - part))
        far = away / spread
        leaning = np.where(np.sign(far) == np.sign(skew), skew, 0.0)
        by_draw = 2 * _beyond(np.abs(far), np.abs(leaning))

        own = (squares - away**2 / number) * number / (number - 1)
        others = squares.sum() - squares - away**2 / rest
        error = np.sqrt(own / weight**2 + others / (weight.sum() - weight) ** 2)
        gap = away / weight + away / (weight.sum() - weight)
        by_scatter = 2 * special.stdtr(number - 1, -np.abs(gap) / error)
    chances = np.minimum(np.maximum(by_draw, by_scatter), 1.0)
    return np.where(variance > 0, chances, 1.0)


def _beyond(distance: np.ndarray, skew: np.ndarray) -> np.ndarray:
    """Return the upper tail of Pearson's third law, of mean 0 and spread 1: a gamma law, moved."""
    leans = skew > STRAIGHT
    steep = 2.0 / np.where(leans, skew, 1.0)
    of_gamma = special.gammaincc(steep**2, steep * (distance + steep))
    return np.where(leans, of_gamma, special.ndtr(-distance))


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
