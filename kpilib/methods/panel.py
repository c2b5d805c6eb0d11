"""Effects of trainings that begin at several times: units as their own controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from kpilib.errors import ParameterError, listed, nearest

FEWEST_UNITS = 10  # below, no interval: as in `kpilib.methods.effects`, nothing keeps its promise
RANK = 1e-9


def fixed_effects(
    rows: pd.DataFrame, outcome: str, treatments: str | Sequence[str], unit: str, time: str
) -> pd.DataFrame:
    """Return what treatments change, each unit compared with itself and each period with all.

    The two-way fixed effects estimator: what is always so of a unit, and what is so of everybody
    in a period, are taken out. With two periods it is that of first differences.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a unit (person, team, firm) and period; a row that lacks something is left out.
    outcome : str
        Column of the figure.
    treatments : str or list of str
        Columns that say whether, or how much, a unit was treated in a period; of a later effect,
        the column of the period before.
    unit, time : str
        Columns of the unit and of the period.

    Returns
    -------
    pandas.DataFrame
        One row a treatment: ``treatment, value, standard_error, ci_low, ci_high, p_value, n,
        units, flags``. Errors are clustered by unit. ``flags`` has ``approximate`` where units
        began at several times, and ``low_n`` below ten units, which give no interval.

    Raises
    ------
    ParameterError
        A column is not there, a unit stands twice in a period, or a treatment never varies beside
        what is always so.

    Notes
    -----
    Where treatment begins at several times, units that were treated early serve as controls of
    those treated late. If an effect grows, fades or differs between them, the figure is no average
    of the effects: some count negatively, and it can even have the other sign (Goodman-Bacon
    2021). Compare with those who are treated last, or by cohort, before it is believed.

    Examples
    --------
    >>> kl.fixed_effects(rows, "contracts", "trained", unit="person", time="month")
    """
    names = [treatments] if isinstance(treatments, str) else list(treatments)
    known = _panel(rows, outcome, names, unit, time)
    units, periods = (pd.factorize(known[name])[0] for name in (unit, time))
    dummies = np.eye(periods.max(initial=0) + 1)[periods][:, 1:]
    given = np.column_stack([known[[outcome, *names]].to_numpy(dtype=float), dummies])
    sizes = np.bincount(units)
    means = np.column_stack([np.bincount(units, column) / sizes for column in given.T])
    away = given - means[units]
    target, regressors = away[:, 0], away[:, 1:]
    # What the periods do not explain of each treatment (Frisch, Waugh and Lovell).
    common = regressors[:, len(names) :]
    left = _residuals(regressors[:, : len(names)], common)
    if np.linalg.matrix_rank(left, tol=RANK * max(1.0, abs(left).max(initial=0))) < len(names):
        raise ParameterError(
            f"{listed(names)}: beside what is always so of a {unit} and of a {time}, they do not "
            "vary, or one follows from the others. Leave one out, or take more periods."
        )
    inverse = np.linalg.inv(left.T @ left)
    values = inverse @ left.T @ target
    errors = _clustered(left, _residuals(target, common) - left @ values, units, inverse)
    return _table(names, values, errors, units, _flags(known, names, unit, time))


def require_columns(rows: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse a frame of the analyst's that lacks a column she named."""
    for name in names:
        if name not in rows:
            raise ParameterError(
                f"There is no column {name!r}. There is: {listed(rows)}.{nearest(name, rows)}"
            )


def _panel(
    rows: pd.DataFrame, outcome: str, names: Sequence[str], unit: str, time: str
) -> pd.DataFrame:
    """Return the rows that are complete, of units of which there are several."""
    wanted = [outcome, *names, unit, time]
    require_columns(rows, wanted)
    known = rows[wanted].dropna()
    known = known[known.groupby(unit)[outcome].transform("size") > 1]
    twice = int(known.duplicated([unit, time]).sum())
    if twice:
        raise ParameterError(
            f"{twice} row(s) are a second one of their {unit} and {time}. Sum or average them "
            "first: one row a unit and period."
        )
    if known.empty:
        raise ParameterError(f"No {unit} has two complete rows: nothing is compared with itself.")
    return known


def _residuals(values: np.ndarray, common: np.ndarray) -> np.ndarray:
    return values - common @ np.linalg.lstsq(common, values, rcond=None)[0]


def _clustered(
    left: np.ndarray, error: np.ndarray, units: np.ndarray, inverse: np.ndarray
) -> np.ndarray:
    """Return standard errors that let the rows of one unit hang together, for few units (CR1)."""
    count = units.max() + 1
    scores = np.column_stack([np.bincount(units, column * error) for column in left.T])
    variance = inverse @ (scores.T @ scores) @ inverse * count / max(count - 1, 1)
    return np.sqrt(np.diag(variance))


def _flags(known: pd.DataFrame, names: Sequence[str], unit: str, time: str) -> list[str]:
    flags = ["low_n"] if known[unit].nunique() < FEWEST_UNITS else []
    begun = known[known[names[0]] != 0].groupby(unit)[time].min()
    return [*flags, "approximate"] if begun.nunique() > 1 else flags


def _table(
    names: Sequence[str],
    values: np.ndarray,
    errors: np.ndarray,
    units: np.ndarray,
    flags: list[str],
) -> pd.DataFrame:
    count = int(units.max()) + 1
    known = count >= FEWEST_UNITS
    half = float(stdtrit(count - 1, 0.975)) * errors if known else np.full(len(names), np.nan)
    chance = 2 * stdtr(count - 1, -np.abs(values) / np.where(errors > 0, errors, np.nan))
    return pd.DataFrame(
        {
            "treatment": names,
            "value": values,
            "standard_error": errors,
            "ci_low": values - half,
            "ci_high": values + half,
            "p_value": chance if known else np.nan,
            "n": len(units),
            "units": count,
            "flags": [list(flags) for _ in names],
        }
    )
