"""What participants and managers say that a training brought, made cautious."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.engine.compare import TO_DEVIATION
from kpilib.engine.outcome import NO_DATA, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.period import Period

TABLE = "effect_estimates"
FAR = 3.5  # robust standard deviations above the middle: Iglewicz and Hoaglin (1993)
NOBODY = "Nobody estimated what the training brought."


def estimated_gain(call: Call) -> dict[tuple[Period, str], Outcome]:
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
