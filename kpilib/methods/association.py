"""Whether more of the training goes with more of the result: never a cause."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd

from kpilib.engine.intervals import correlated
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.effects import MOST_FOR_PERMUTATION
from kpilib.methods.measurements import NO_PAIR, business, by_group, pairs_of

FEWEST = 10
SHUFFLES = 9_999
FEW = "Fewer than ten people: a correlation of so few is not printed."
ALIKE = "All attended alike or all changed alike: there is nothing to correlate."


def hours_and_change(call: Call) -> Answer:
    """Return the correlation of hours attended and change of the target, over trained people."""
    return by_group(call, _correlated, business)


def _correlated(rows: pd.DataFrame) -> Outcome:
    treated = rows[rows["arm"] == "treated"]
    pairs = pairs_of(treated)
    hours = treated.groupby("person")["hours_attended"].first()
    pairs = pairs.assign(hours=hours.reindex(pairs.index).astype(float)).dropna(subset="hours")
    people = float(len(pairs))
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    if len(pairs) < FEWEST:
        return unknown(TOO_FEW, FEW, n=people, people=people)
    given, changed = (np.asarray(pairs[name], dtype=float) for name in ("hours", "change"))
    if np.ptp(given) == 0 or np.ptp(changed) == 0:
        return unknown(NO_DENOMINATOR, ALIKE, n=people, people=people)
    pearson = float(np.clip(np.corrcoef(given, changed)[0, 1], -1, 1))
    from scipy import stats

    details = {"spearman": float(stats.spearmanr(given, changed).statistic)}
    if len(pairs) <= MOST_FOR_PERMUTATION:
        details["permutation_p"] = shuffled(given, changed, pearson)
    return Outcome(
        value=pearson,
        n=people,
        people=people,
        interval=correlated(pearson, 1 / (people - 3)),
        interval_method="fisher",
        details=details,
    )


def shuffled(given: np.ndarray, changed: np.ndarray, correlation: float) -> float:
    """Return how often a deal of the changes is as far from 0: the same deals each time."""
    changed = np.sort(changed)
    order = np.random.default_rng(0).permuted(
        np.tile(np.arange(len(changed)), (SHUFFLES, 1)), axis=1
    )
    away = np.sort(given) - given.mean()
    dealt = (changed - changed.mean())[order] @ away
    far = abs(correlation) * sqrt((away**2).sum() * ((changed - changed.mean()) ** 2).sum())
    return float((1 + (np.abs(dealt) >= far - 1e-12).sum()) / (1 + SHUFFLES))
