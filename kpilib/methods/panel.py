"""Effects of trainings that begin at several times: units as their own controls.

Without other people, who is not trained yet is the control group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from kpilib.engine.outcome import Outcome
from kpilib.errors import ParameterError, listed
from kpilib.methods.measured import AFTER, BEFORE, TREATED, Measured
from kpilib.methods.own_rows import require_columns, require_numbers
from kpilib.saying import error_of

AXES = ("person", "period_end", "draw")
FEWEST_UNITS = 10  # below, no interval: as in `kpilib.methods.effects`, nothing keeps its promise
RANK = 1e-9


def fixed_effects(
    rows: pd.DataFrame,
    outcome: str,
    treatments: str | Sequence[str],
    unit: str,
    time: str,
    cluster: str | None = None,
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
    cluster : str, optional
        Column of what units share (a team, a manager); without it each unit stands alone.

    Returns
    -------
    pandas.DataFrame
        One row a treatment: ``treatment, value, standard_error, ci_low, ci_high, p_value, n,
        units, flags``. Errors are clustered by unit or `cluster`. ``flags`` has ``approximate``
        where units began at several times, and ``low_n`` below ten of those, which give no
        interval.

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
    names = list(treatments) if isinstance(treatments, list | tuple) else [treatments]
    if not names or outcome in names:
        raise error_of(
            ParameterError,
            "treatments is {names!r}. Name columns that say who was treated, other than the outcome"
            " {outcome!r}.",
            names=names,
            outcome=outcome,
        )
    known = _panel(rows, outcome, names, unit, time, cluster or unit)
    found = fitted(known, outcome, names, (unit, time, cluster or unit))
    if found is None:
        raise error_of(
            ParameterError,
            "{names}: beside what is always so of a {unit} and of a {time}, they do not"
            " vary, or one follows from the others. Leave one out, or take more periods.",
            names=listed(names),
            unit=unit,
            time=time,
        )
    flags = _flags(known, names, unit, time) + (["low_n"] if found.draws < FEWEST_UNITS else [])
    told = pd.DataFrame([found.mean_of(row) for row in np.eye(len(names))])
    told.insert(0, "treatment", names)
    return told.assign(
        n=len(known), units=known[unit].nunique(), flags=[list(flags) for _ in names]
    )


@dataclass(frozen=True)
class Fitted:
    """What treatments change, with the covariance of these figures.

    Parameters
    ----------
    values : numpy.ndarray
        One a treatment.
    covariance : numpy.ndarray
        Of treatments x treatments, clustered.
    draws : int
        Units or clusters of them that chance deals.
    """

    values: np.ndarray
    covariance: np.ndarray
    draws: int

    def mean_of(self, weights: np.ndarray) -> dict[str, float]:
        """Return a weighted sum of what treatments change, with its interval from ten draws on."""
        value = float(weights @ self.values)
        error = float(np.sqrt(max(weights @ self.covariance @ weights, 0.0)))
        known = self.draws >= FEWEST_UNITS
        half = float(stdtrit(self.draws - 1, 0.975)) * error if known else np.nan
        chance = 2 * stdtr(self.draws - 1, -abs(value) / error) if known and error else np.nan
        return {
            "value": value,
            "standard_error": error,
            "ci_low": value - half,
            "ci_high": value + half,
            "p_value": float(chance),
        }


def fitted(
    known: pd.DataFrame, outcome: str, names: Sequence[str], axes: tuple[str, str, str]
) -> Fitted | None:
    """Take out of complete rows what is always so of a unit and what is so of all in a period.

    Parameters
    ----------
    known : pandas.DataFrame
        One row a unit and period, without gaps in the columns named.
    outcome : str
    names : sequence of str
        Columns of treatments.
    axes : three str
        Columns of the unit, of the period and of what units share.

    Returns
    -------
    Fitted or None
        None where a treatment never varies beside that.
    """
    units, periods, alike = (pd.factorize(known[name])[0] for name in axes)
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
        return None
    inverse = np.linalg.inv(left.T @ left)
    values = inverse @ left.T @ target
    covariance = _clustered(left, _residuals(target, common) - left @ values, alike, inverse)
    return Fitted(values, covariance, int(alike.max()) + 1)


def _panel(
    rows: pd.DataFrame, outcome: str, names: Sequence[str], unit: str, time: str, cluster: str
) -> pd.DataFrame:
    """Return the rows that are complete, of units of which there are several."""
    asked = [outcome, *names, unit, time, cluster]
    require_columns(rows, asked)
    require_numbers(rows, [outcome, *names])
    wanted = list(dict.fromkeys(asked))
    known = rows[wanted].dropna()
    known = known[known.groupby(unit)[outcome].transform("size") > 1]
    twice = int(known.duplicated([unit, time]).sum())
    if twice:
        raise error_of(
            ParameterError,
            "{twice} row(s) are a second one of their {unit} and {time}. Sum or average"
            " them first: one row a unit and period.",
            twice=twice,
            unit=unit,
            time=time,
        )
    if known.empty:
        raise error_of(
            ParameterError,
            "No {unit} has two complete rows: nothing is compared with itself.",
            unit=unit,
        )
    return known


def _residuals(values: np.ndarray, common: np.ndarray) -> np.ndarray:
    return values - common @ np.linalg.lstsq(common, values, rcond=None)[0]


def _clustered(
    left: np.ndarray, error: np.ndarray, units: np.ndarray, inverse: np.ndarray
) -> np.ndarray:
    """Return a covariance that lets the rows of one draw hang together, for few of them (CR1)."""
    count = units.max() + 1
    scores = np.column_stack([np.bincount(units, column * error) for column in left.T])
    return inverse @ (scores.T @ scores) @ inverse * count / max(count - 1, 1)


def _flags(known: pd.DataFrame, names: Sequence[str], unit: str, time: str) -> list[str]:
    begun = known[known[names[0]] != 0].groupby(unit)[time].min()
    return ["approximate"] if begun.nunique() > 1 else []


def staggered(rows: Measured) -> Outcome | None:
    """Return the effect of a course of which sessions began at several times, without other people.

    Each person is compared with their own time before, each period with those who still wait
    (two-way fixed effects). Who was trained early is never a control of who is trained late: each
    session has an effect of its own in each period, and the value is their mean over people, in the
    periods in which somebody waits. `kl.fixed_effects` with one effect for all would be wrong where
    it grows or fades.

    Parameters
    ----------
    rows : Measured
        Of one or several trainings.

    Returns
    -------
    Outcome or None
        None where all began at one time, or where no period has both people trained and people
        who wait.

    References
    ----------
    Goodman-Bacon (2021), on the bias; Wooldridge (2021), on effects by session and period.
    """
    known = _comparable(rows)
    cells = known.loc[known["trained"], "cell"].value_counts(sort=False)
    if cells.empty:
        return None
    named = known.assign(**{cell: known["cell"].eq(cell).astype(float) for cell in cells.index})
    found = fitted(named, "value", list(cells.index), AXES)
    if found is None:
        return None
    return _of_sessions(known, found, (cells / cells.sum()).to_numpy())


def _of_sessions(known: pd.DataFrame, found: Fitted, weights: np.ndarray) -> Outcome:
    """Return the mean of the effects of each session and period, and how sure it is."""
    told = found.mean_of(weights)
    people, sure = float(known["subject_key"].nunique()), found.draws >= FEWEST_UNITS
    outcome = Outcome(
        value=told["value"],
        n=people,
        people=people,
        interval=(told["ci_low"], told["ci_high"]) if sure else None,
        interval_method="by team" if sure else "",
        details={
            "starts": float(known["training"].nunique()),
            "standard_error": told["standard_error"],
            "p_value": told["p_value"] if sure and told["standard_error"] else None,
            "warning_staggered": float(known["training"].nunique()),
        },
    )
    return outcome.flagged("approximate", *([] if sure else ["low_n"]))


def _comparable(rows: Measured) -> pd.DataFrame:
    """Return what can be compared: people known before, in periods in which somebody waits.

    ``cell`` is the session and period of who is ``trained``; people of one team are one ``draw``,
    someone without is a draw of their own.
    """
    wanted = (rows["arm"] == TREATED) & rows.known & np.isin(rows["phase"], (BEFORE, AFTER))
    known = rows.where(wanted)
    early = known["phase"] == BEFORE
    waiting, before = (known[name][early] for name in ("period_end", "person"))
    there = np.isin(known["period_end"], waiting) & np.isin(known["person"], before)
    known, early = known.where(there).frame(), early[there]
    cell = known["training"].astype(str) + " " + known["period_end"].astype(str)
    return known.assign(
        trained=~early,
        cell=cell.where(~early, ""),
        draw=known["team"].where(known["team"].notna(), -1.0 - known["subject_key"]),
    )
