"""Effects without a control group: beyond the trained people's own line, or as they estimate it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from kpilib.engine.compare import TO_DEVIATION
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.measured import mean_of_each
from kpilib.methods.measurements import NO_PAIR, OWN_COURSE, business, by_group, pairs_of

TABLE = "effect_estimates"
FAR = 3.5  # robust standard deviations above the middle: Iglewicz and Hoaglin (1993)
NOBODY = "Nobody estimated what the training brought."
FEWEST_BEFORE = 6
A_YEAR = 12  # periods before from which a season can be told from a course
SHORTEST_MONTH = 27  # days from one end to the next: from there on, periods are counted in months
TOO_SHORT = "Fewer than six periods were measured before: no line can be drawn through them."


def beyond_the_line(call: Call) -> Answer:
    """Return the mean of what was measured after less the line through the time before."""
    actions = _actions(call)
    return by_group(call, lambda rows: _beyond(rows, actions), business)


def _actions(call: Call) -> pd.DataFrame | None:
    """Return what else was begun and when, where that is known."""
    wanted = call.kpi.value.wants["actions"]
    if "actions" not in call.tables or set(wanted.split()) - call.tables.columns("actions"):
        return None
    return replace(call, by=None).rows("actions", wanted)


def _beyond(rows: pd.DataFrame, actions: pd.DataFrame | None) -> Outcome:
    if rows["training_id"].nunique() > 1:
        return unknown(NOT_ADDITIVE, OWN_COURSE)
    rows = rows[rows["arm"] == "treated"]
    pairs = pairs_of(rows)
    people = float(len(pairs))
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    rows = rows[rows["value"].notna() & rows["person"].isin(pairs.index)]
    rows = rows.assign(time=_times(rows["period_end"]))
    early, late = (_course(rows, pairs, phase) for phase in ("before", "after"))
    details = {"before_periods": float(len(early)), "after_periods": float(len(late))}
    if len(early) < FEWEST_BEFORE:
        return unknown(TOO_FEW, TOO_SHORT, n=people, people=people, details=details)
    value, error, slope = drawn_on(early, late)
    freedom = len(early) - 2
    half = float(stdtrit(freedom, 0.975)) * error
    after = float(late["value"].mean())
    details |= {"slope": slope, "after": after, "expected": after - value, "standard_error": error}
    if len(early) < A_YEAR:
        details["warning_season"] = float(len(early))
    others = _begun(rows, actions)
    if others:
        details["warning_other_actions"] = others
    return Outcome(
        value=value,
        n=people,
        people=people,
        interval=(value - half, value + half),
        interval_method="trend line",
        details=details,
    )


def _course(rows: pd.DataFrame, pairs: pd.DataFrame, phase: str) -> pd.DataFrame:
    """Return the mean of each period of a phase, with its time, over people measured in both.

    Each person counts by the distance from their own level, so that who is missing once does not
    move the line.
    """
    own = rows[rows["phase"] == phase]
    time, place = np.unique(own["time"].to_numpy(), return_inverse=True)
    levels = pairs[phase].reindex(own["person"]).to_numpy()
    away = mean_of_each(place, own["value"].to_numpy() - levels, len(time))
    return pd.DataFrame({"time": time, "value": pairs[phase].mean() + away})


def _times(ended: pd.Series) -> pd.Series:
    """Return when periods end: in months where they are months or longer, otherwise in days."""
    apart = pd.Series(ended.unique()).sort_values().diff().dt.days.min()
    if apart < SHORTEST_MONTH:
        return (ended - ended.min()).dt.days.astype(float)
    return (12 * ended.dt.year + ended.dt.month).astype(float)


def drawn_on(early: pd.DataFrame, late: pd.DataFrame) -> tuple[float, float, float]:
    """Return by how much late values lie above the line through early ones, and how sure that is.

    Returns
    -------
    float
        Mean of (late - line).
    float
        Its standard error: chance in the line, and chance in the periods that are predicted.
    float
        The slope of the line.
    """
    time, value = early["time"].to_numpy(), early["value"].to_numpy()
    middle, squares = time.mean(), ((time - time.mean()) ** 2).sum()
    slope = float(((time - middle) * (value - value.mean())).sum() / squares)
    left = value - value.mean() - slope * (time - middle)
    spread = float((left**2).sum() / (len(early) - 2))
    far = late["time"].mean() - middle
    error = np.sqrt(spread * (1 / len(late) + 1 / len(early) + far**2 / squares))
    gained = late["value"].mean() - value.mean() - slope * far
    return float(gained), float(error), slope


def _begun(rows: pd.DataFrame, actions: pd.DataFrame | None) -> float:
    """Count what else began between the last period before and the last one after."""
    if actions is None:
        return 0.0
    day = pd.to_datetime(actions["started_at"])
    first = rows.loc[rows["phase"] == "before", "period_end"].max()
    inside = (day > first) & (day <= rows["period_end"].max())
    own = actions["training_id"].isin(rows["training_id"].unique())
    return float((inside & ~own).sum())


def estimated_gain(call: Call) -> Answer:
    """Return the sum of gain x share due to the training x confidence, over people."""
    answer = {}
    for period in call.periods:
        rows = call.rows_of(TABLE, call.kpi.value.needs[TABLE], period)
        for group, own in rows.groupby("group"):
            answer[period, group] = _cautious(own)
    return answer


def _cautious(rows: pd.DataFrame) -> Outcome:
    """Add up claims: no answer is none, the lower of two about one person counts, extremes go."""
    amounts = rows[["gain_eur", "share", "confidence"]].astype(float)
    rows = rows.assign(claim=amounts.prod(axis=1, skipna=False), whole=amounts["gain_eur"])
    claims = rows.groupby(["training_id", "person_key"])[["claim", "whole"]].min()
    given = claims.dropna(subset="claim")
    if given.empty:
        return unknown(NO_DATA, NOBODY, denominator=float(len(claims)))
    far = given.groupby("training_id")["claim"].transform(_extreme).astype(bool)
    kept = given[~far]
    gained = float(kept["claim"].sum())
    return Outcome(
        value=gained,
        n=float(len(given)),
        people=float(given.index.get_level_values("person_key").nunique()),
        details={
            "asked_people": float(len(claims)),
            "dropped_as_extreme": float(far.sum()),
            "claimed": float(kept["whole"].sum()),
        },
    )


def _extreme(claims: pd.Series) -> np.ndarray:
    """Tell which claims lie far above the middle one; cautious ones are never too low."""
    away = claims - claims.median()
    of_median, of_mean = TO_DEVIATION
    spread = of_median * away.abs().median() or of_mean * away.abs().mean()
    return (away > FAR * spread).to_numpy()
