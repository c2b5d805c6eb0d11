"""The quality of contents, judged by raters on a rubric, and whether the raters agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from kpilib.engine.combine import SEVERAL_SCALES
from kpilib.engine.intervals import Interval
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.survey import answers_in

COLUMNS = (
    "survey_id wave respondent_key item_id value scale_min scale_max answered_at survey_kind"
    " subject_id"
)
RUBRIC = "content_quality"
MARKED = ["subject_id", "item_id"]  # what one mark is about: a content, on a criterion
LEAST_RATED_TWICE, LEAST_AGREEMENT = 0.20, 0.60
NO_RATING = "No content was rated in the period."
ONE_RATER = "Fewer than 20 % of the ratings were made by two raters: nobody knows if they agree."
ALL_ALIKE = "Those who rated the same contents always gave one mark: their agreement is unknown."
DISAGREEMENT = "The raters do not agree enough (weighted kappa below 0.6)."


def content_rubric(call: Call) -> Answer:
    """Return the mean over contents of each content's mean mark, all raters and criteria pooled.

    It is published when two raters marked at least 20 % of what was marked (one content on one
    criterion) and agree: quadratic weighted kappa of 0.6 or more over the whole period. The
    interval draws contents again. ``details`` hold the agreement, the share marked twice and the
    number of contents.
    """
    answer, every = {}, answers_in(call, "survey_answers", COLUMNS)
    every = every[every["survey_kind"] == RUBRIC].dropna(subset=["value", "subject_id"])
    for cell, period in enumerate(call.periods):
        rows = every[every["cell"] == cell]
        scales = rows[["scale_min", "scale_max"]].drop_duplicates()
        agreement = kappa_of_raters(rows)
        twice = share_rated_twice(rows)
        for group, part in rows.groupby("group"):
            contents = part.groupby("subject_id")["value"].mean()
            details = {
                "kappa": agreement,
                "rated_twice": twice,
                "contents": float(len(contents)),
                "ratings": float(len(part)),
            }
            if len(scales) > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, SEVERAL_SCALES, details=details)
                continue
            scale = tuple(scales.iloc[0].astype(float))
            answer[period, group] = _mean(call, contents, details, scale)
        if rows.empty and call.by is None:
            answer[period, ""] = unknown(NO_DATA, NO_RATING)
    return answer


def _mean(
    call: Call, contents: pd.Series, details: dict[str, float | None], scale: Interval
) -> Outcome:
    known = {"n": float(len(contents)), "details": details}
    if details["rated_twice"] < LEAST_RATED_TWICE:
        return unknown(TOO_FEW, ONE_RATER, **known)
    if details["kappa"] is None:
        return unknown(TOO_FEW, ALL_ALIKE, **known)
    if details["kappa"] < LEAST_AGREEMENT:
        return unknown(TOO_FEW, DISAGREEMENT, **known)
    means = contents.to_numpy(dtype=float)
    outcome = Outcome(
        value=float(means.mean()),
        numerator=float(means.sum()),
        denominator=float(len(means)),
        **known,
    )
    return outcome.drawn(means, np.ones(len(means)), scale) if call.intervals else outcome


def share_rated_twice(rows: pd.DataFrame) -> float:
    """Return the share of marked things (one content on one criterion) with two raters or more."""
    raters = _marked(rows).groupby(MARKED)["respondent_key"].nunique()
    return float((raters >= 2).mean()) if len(raters) else 0.0


def kappa_of_raters(rows: pd.DataFrame) -> float | None:
    """Return how far raters agree: the mean over pairs of raters, by what they marked together.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``subject_id, item_id, respondent_key, value``: one mark a row.

    References
    ----------
    Light (1971), for more than two raters.
    """
    rows = _marked(rows[rows["respondent_key"].notna()])
    if rows.empty:
        return None
    marks = rows.groupby([*MARKED, "respondent_key"])["value"].mean().unstack("respondent_key")
    found = []
    for first, second in combinations(sorted(marks.columns), 2):
        both = marks[[first, second]].dropna()
        kappa = weighted_kappa(both[first].to_numpy(), both[second].to_numpy())
        if kappa is not None:
            found.append((kappa, len(both)))
    if not found:
        return None
    kappas, weights = zip(*found, strict=True)
    return float(np.average(kappas, weights=weights))


def weighted_kappa(first: np.ndarray, second: np.ndarray) -> float | None:
    """Return Cohen's kappa with quadratic weights of two raters of the same things.

    Parameters
    ----------
    first, second : numpy.ndarray
        Their marks, in the same order.

    Returns
    -------
    float or None
        1 when they always agree, 0 when no more than by chance; None when neither ever changes
        the mark, or nothing was rated: where nothing varies, agreement says nothing.

    References
    ----------
    Cohen (1968); quadratic weights: Fleiss and Cohen (1973).
    """
    if len(first) == 0 or (np.ptp(first) == 0 and np.ptp(second) == 0):
        return None
    observed = float(np.mean((first - second) ** 2))
    by_chance = float(np.var(first) + np.var(second) + (np.mean(first) - np.mean(second)) ** 2)
    return 1.0 - observed / by_chance


def _marked(rows: pd.DataFrame) -> pd.DataFrame:
    """A rubric without criteria has one."""
    return rows.assign(item_id=rows["item_id"].fillna(""))
