"""False group names: charts of alike groups of which one is said to stand out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kpilib.engine.columns import Figures
from kpilib.engine.outstanding import adjusted, of_proportions, of_sums

SEED, CHARTS = 11, 2000
COUNTS = (4, 10, 40, 100, 400)

Chances = tuple[np.ndarray, np.ndarray]


def clicks(groups: int, draw: np.random.Generator, best: float) -> Chances:
    """Return p-values and cases of campaigns of which 4 % click; in the first, so much more."""
    cases = np.maximum(draw.lognormal(4.2, 0.8, groups).astype(int), 5)
    level = np.full(groups, 0.04)
    if best > 1:
        cases[0], level[0] = 500, 0.04 * best
    found = Figures([*range(groups)])
    found.numerator, found.denominator = draw.binomial(cases, level).astype(float), cases
    return of_proportions(found), cases


def amounts(groups: int, draw: np.random.Generator, best: float) -> Chances:
    """Return the same of what customers spend: lognormal, in one order or several."""
    units = np.maximum(draw.lognormal(4.0, 0.8, groups).astype(int), 10)
    if best > 1:
        units[0] = 500
    group = np.repeat(np.arange(groups), units)
    orders = 1 + draw.poisson(0.5, len(group))
    spent = orders * draw.lognormal(0, 1.2, len(group)) * np.where(group == 0, best, 1.0)
    away = spent - spent.sum() / orders.sum() * orders
    powers = [np.bincount(group, away**power, groups) for power in (1, 2, 3)]
    bought = np.bincount(group, orders, groups).astype(float)
    return of_sums(units.astype(float), bought, *powers), bought


def named(make: Callable[..., Chances], groups: int, charts: int, best: float = 1.0) -> float:
    """Return the percent of charts that name any group; the first one, if it is another."""
    draw, found = np.random.default_rng(SEED), 0
    for _ in range(charts):
        stands, _ = adjusted(*make(groups, draw, best))
        found += stands[0] if best > 1 else stands.any()
    return round(100 * found / charts, 1)


def groups() -> pd.DataFrame:
    """False group names: alike groups of which a chart says that one stands out.

    Percent of 2,000 charts that name any group though all are alike, at most 6 by aim; and of 200
    charts that name the one of 500 cases whose readers click 2.5 times as often, or whose
    customers spend twice as much. Groups have 5 to 700 cases.
    """
    return pd.DataFrame(
        {
            "groups": many,
            "clicks, all alike": named(clicks, many, CHARTS),
            "amounts, all alike": named(amounts, many, CHARTS),
            "2.5 times the clicks found": named(clicks, many, CHARTS // 10, 2.5),
            "twice the amount found": named(amounts, many, CHARTS // 10, 2.0),
        }
        for many in COUNTS
    )


SECTIONS = [groups]
