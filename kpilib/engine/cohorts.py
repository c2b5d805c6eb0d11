"""Groups followed through time: who stayed, who was lost, and how long something lasts.

People who joined later have been followed for less long. What is not observed yet is not a
failure: it is censored, and no figure here is a mean over people of unequal age.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpilib.engine.intervals import Z


def expected_life(rate: float) -> float | None:
    """Return after how many periods a customer is lost on average; None when nobody is."""
    return 1.0 / rate if rate > 0 else None


def survival(durations: Sequence[float], observed: Sequence[bool]) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of how long something lasts, with what still goes on.

    Parameters
    ----------
    durations : sequence of float
        How long each case has lasted: until it ended, or until it was last seen going on.
    observed : sequence of bool
        Whether its end was seen.

    Returns
    -------
    pandas.DataFrame
        One row per duration at which a case ended: ``time, at_risk, ended, going_on``, the last
        being the share that lasts longer.

    References
    ----------
    Kaplan and Meier (1958).
    """
    times, ends = np.asarray(durations, dtype=float), np.asarray(observed, dtype=bool)
    times, ends = times[~np.isnan(times)], ends[~np.isnan(times)]
    time, place, cases = np.unique(times, return_inverse=True, return_counts=True)
    at_risk = len(times) - np.cumsum(cases) + cases
    ended = np.bincount(place, ends, minlength=len(time)).astype(int)
    kept = ended > 0
    time, at_risk, ended = time[kept], at_risk[kept], ended[kept]
    going_on = np.cumprod(1.0 - ended / at_risk)
    return pd.DataFrame({"time": time, "at_risk": at_risk, "ended": ended, "going_on": going_on})


def median_survival(durations: Sequence[float], observed: Sequence[bool]) -> float | None:
    """Return the duration by which half of the cases have ended, from a Kaplan-Meier curve.

    Parameters
    ----------
    durations, observed
        As for `survival`.

    Returns
    -------
    float or None
        None while fewer than half have ended: the median is not known yet.
    """
    time, _, _, left = survival(durations, observed).to_numpy().T
    return _passes_half(time, left)


def median_interval(
    durations: Sequence[float], observed: Sequence[bool]
) -> tuple[float, float] | None:
    """Return the 95 % interval of a median duration.

    The durations at which the log-log band of the Kaplan-Meier curve passes one half; None where
    the band does not pass it, as while few cases have ended.

    References
    ----------
    Brookmeyer and Crowley (1982); the variance is Greenwood's.
    """
    time, at_risk, ended, left = survival(durations, observed).to_numpy().T
    median = _passes_half(time, left)
    if median is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # no band where all or none are left
        greenwood = np.cumsum(ended / (at_risk * (at_risk - ended)))
        apart = Z * np.sqrt(greenwood) / np.log(left)
        low, high = (
            _passes_half(time, np.exp(-np.exp(np.log(-np.log(left)) + way)))
            for way in (-apart, apart)
        )
    return None if low is None or high is None else (min(low, median, high), max(low, median, high))


def _passes_half(time: np.ndarray, left: np.ndarray) -> float | None:
    """Return the first duration at which half or fewer are left; None where more always are."""
    below = time[left <= 0.5 + 1e-12]
    return float(below[0]) if len(below) else None


def triangle(cases: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return the share of each cohort to whom it had happened, by age: a triangle.

    Parameters
    ----------
    cases : pandas.DataFrame
        One row a case: ``cohort``, the number of the month in which it began; ``months`` until it
        happened, or as far as seen; ``returned``, whether it did.
    last : int
        Number of the last month seen to its end.

    Returns
    -------
    pandas.DataFrame
        One row per cohort, one column per age in months; missing where the cohort is not that old
        yet. Columns hold cohorts of unequal number and are never averaged: see `survival`.
    """
    sizes = cases.groupby("cohort").size()
    ages = range(last - int(sizes.index.min()) + 1) if len(sizes) else range(0)
    rows = {}
    for cohort, size in sizes.items():
        happened = cases.loc[(cases["cohort"] == cohort) & cases["returned"], "months"]
        rows[cohort] = [
            float((happened <= age).sum()) / size if cohort + age <= last else None for age in ages
        ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(ages), dtype=float)
