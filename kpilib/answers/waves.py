"""A survey wave by wave: which change is more than chance, and what goes with a figure by team."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from kpilib.answers.asking import Asking
from kpilib.definitions import Kpi
from kpilib.engine.outcome import OK
from kpilib.engine.outstanding import holm
from kpilib.engine.printed import step_of
from kpilib.errors import ParameterError
from kpilib.methods.call import Call
from kpilib.methods.survey import changes_between
from kpilib.period import Period, how_many
from kpilib.saying import error_of

MONTHS = 37  # looked through for waves: three years, and the same month before them
LEAST_TEAMS = 4
INDEX = "survey_index"


def waves(company: Asking, kpi: Kpi, period: Period, most: int = 5) -> pd.DataFrame:
    """Return the last waves of an index of a survey, each compared with the one before.

    Parameters
    ----------
    company : Asking
    kpi : Kpi
        One of a survey's items, such as ``engagement_survey_score``; others are refused.
    period : Period
    most : int

    Returns
    -------
    pandas.DataFrame
        Rows as ``data.series`` gives them, those with a figure; ``cronbach_alpha``,
        ``favourable_share``, and of the change from the wave before ``change``, ``change_low``,
        ``change_high`` (persons drawn again) and ``is_clear``: whether chance alone is excluded.
    """
    if getattr(kpi.value, "name", "") != INDEX:
        raise error_of(
            ParameterError,
            "{kpi} is no index of a survey's items: waves compares those, such as"
            " engagement_survey_score.",
            kpi=kpi.id,
        )
    how_many("most", most)
    rows = company.series(kpi, period, MONTHS)
    rows = rows[rows["status"].eq(OK)].tail(most).reset_index(drop=True)
    for name in ("cronbach_alpha", "favourable_share"):
        rows[name] = rows["details"].map(lambda told, name=name: told.get(name)).astype(float)
    held = [company.period(name) for name in rows["period"]]
    least = company.settings.privacy.minimum_group
    call = Call(tables=company.tables, kpi=kpi, periods=held, by=None, minimum=least)
    found = [None, *changes_between(call)] if held else []
    width = step_of(kpi, rows) if company.printed and kpi.protects else np.zeros(len(rows))
    return _with_changes(rows, found, width)


def _with_changes(rows: pd.DataFrame, found: list, width: np.ndarray) -> pd.DataFrame:
    """Add by how much each wave is away from the one before, and whether that is clear."""
    bounds = pd.DataFrame(
        [each or (np.nan, np.nan) for each in found], columns=["low", "high"], dtype=float
    )
    clear = (bounds["low"] > 0) | (bounds["high"] < 0)
    return rows.assign(
        change=rows["value"].diff(),
        change_low=_outward(bounds["low"], width, np.floor),
        change_high=_outward(bounds["high"], width, np.ceil),
        is_clear=clear.where(bounds["low"].notna()).astype("boolean"),
    )


def _outward(ends: pd.Series, width: Sequence[float], to: np.ufunc) -> list[float]:
    """Round the end of an interval away from its middle, as the figures are rounded."""
    pairs = zip(ends, width, strict=True)
    return [float(to(end / each) * each) if each else end for end, each in pairs]


def _in_common(of: pd.DataFrame, beside: pd.DataFrame) -> str:
    """Return the column of groups that two frames of figures share."""
    alike = all(
        isinstance(rows, pd.DataFrame) and {"kpi", "period_end", "value"} <= {*rows}
        for rows in (of, beside)
    )
    common = alike and [
        name for name in of if name in beside and _groups(of, name) and _groups(beside, name)
    ]
    if not common or of["kpi"].nunique() != 1:
        raise error_of(
            ParameterError,
            "drivers compares one KPI with others over the same groups:"
            " drivers(report.figures('flow_share', by='team'),"
            " report.figures('turnover_rate', by='team')).",
        )
    return common[0]


def drivers(of: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Return what goes with a figure from team to team: rank correlations, adjusted (Holm).

    Teams are few, and what goes together need not cause: it says where to ask.

    Parameters
    ----------
    of : pandas.DataFrame
        One KPI by one column, as ``report.figures("flow_share", by="team")`` gives it.
    beside : pandas.DataFrame
        Other KPIs by the same column; hidden teams are left out.

    Returns
    -------
    pandas.DataFrame
        One row a KPI, the strongest first: ``kpi, label, teams, correlation, p_value, p_holm``; of
        fewer than four teams there is none.

    Raises
    ------
    ParameterError
        The frames have no common column of groups, or the first is of several KPIs.
    """
    by = _in_common(of, beside)
    first = of.dropna(subset=["value"]).set_index(by)["value"].astype(float)
    found = [_together(first, own, by) for _, own in beside.groupby("kpi", sort=False)]
    table = pd.DataFrame(found)
    known = table["p_value"].notna()
    table["p_holm"] = np.nan
    table.loc[known, "p_holm"] = holm(table.loc[known, "p_value"].to_numpy(float))
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _groups(rows: pd.DataFrame, name: str) -> bool:
    """Whether a column stands where the groups of a frame do: between its period and its value."""
    columns = list(rows)
    return columns.index("period_end") < columns.index(name) < columns.index("value")


def _together(first: pd.Series, own: pd.DataFrame, by: str) -> dict:
    other = own.dropna(subset=["value"]).set_index(by)["value"].astype(float)
    pairs = pd.concat([first, other], axis=1, join="inner", keys=("of", "beside")).dropna()
    row = {"kpi": own["kpi"].iloc[0], "label": own["label"].iloc[0], "teams": len(pairs)}
    enough = len(pairs) >= LEAST_TEAMS and (pairs.nunique() > 1).all()
    if not enough:
        return row | {"correlation": np.nan, "p_value": np.nan}
    found = stats.spearmanr(pairs["of"], pairs["beside"])
    chance = stats.permutation_test(
        (pairs["of"],),
        lambda of: stats.spearmanr(of, pairs["beside"]).statistic,
        permutation_type="pairings",
        n_resamples=5040,
        rng=np.random.default_rng(0),
    ).pvalue
    return row | {"correlation": float(found.statistic), "p_value": float(chance)}
