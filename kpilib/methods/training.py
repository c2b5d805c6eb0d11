"""From a training's measurements to its effect: gain, raw change, difference in differences.

A training belongs to a period in which one of its measurements *after* ends; everything measured
up to the end of that period counts, so a monthly report shows the return to date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from kpilib.intervals import student
from kpilib.methods.call import Call
from kpilib.methods.effects import FEWEST_TO_CONCLUDE, difference_in_means
from kpilib.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Outcome, unknown
from kpilib.period import Period

KNOWLEDGE = "knowledge_score"
NO_PAIR = "Nobody was measured both before and after."
NO_CONTROL = "There is no control group with measurements before and after: no effect isolated."
SEVERAL = "Several trainings with different targets do not add up: ask by='training_id'."
Answer = dict[tuple[Period, str], Outcome]


def paired_gain(call: Call) -> Answer:
    """Return the mean gain of people tested before and after, in points out of 100."""
    wanted = call.kpi.value.options["kpi_id"]
    return _each(call, _gain, lambda rows: rows["kpi_id"] == wanted)


def raw_change(call: Call) -> Answer:
    """Return the mean change of trained people: what happened, not what the training did."""
    return _each(call, _raw, business)


def difference_in_differences(call: Call) -> Answer:
    """Return the change of the trained minus the change of the control group."""
    return _each(call, effect_of, business)


def business(rows: pd.DataFrame) -> pd.Series:
    return rows["kpi_id"] != KNOWLEDGE


def _each(call: Call, measure, wanted) -> Answer:
    rows = measurements(call)
    rows = rows[wanted(rows)]
    answer = {}
    for period in call.periods:
        known = known_by(rows, period)
        for group, part in known.groupby("group"):
            if part["kpi_id"].nunique() > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, SEVERAL)
            else:
                answer[period, group] = measure(part)
    return answer


def measurements(call: Call) -> pd.DataFrame:
    names = call.kpi.value.needs["kpi_measurements"]
    rows = call.rows("kpi_measurements", names)
    rows["period_end"] = pd.to_datetime(rows["period_end"]).dt.date
    if "training_participants" not in call.kpi.value.needs:
        return rows
    plain = replace(call, by=None)
    arms = plain.rows("training_participants", "training_id person_key arm")
    arms = arms.drop(columns="group").drop_duplicates(["training_id", "person_key"])
    return rows.merge(
        arms,
        left_on=["training_id", "subject_key"],
        right_on=["training_id", "person_key"],
        how="inner",
        validate="many_to_one",
    )


def known_by(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the rows up to the period's end of trainings measured after in the period."""
    ended = _days(rows["period_end"])
    after = (rows["phase"] == "after") & (ended >= period.start) & (ended <= period.end_day)
    concerned = rows["training_id"].isin(rows.loc[after, "training_id"])
    return rows[concerned & (ended <= period.end_day)]


def _days(values: pd.Series) -> pd.Series:
    return values.fillna(date.max)


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person with the means before and after; people lacking one are dropped."""
    known = rows.dropna(subset=["value"])
    wide = known.pivot_table(
        index=["training_id", "subject_key"], columns="phase", values="value", aggfunc="mean"
    ).reindex(columns=["before", "after"])
    return wide.dropna().assign(change=lambda table: table["after"] - table["before"])


def _gain(rows: pd.DataFrame) -> Outcome:
    scale = pd.to_numeric(rows["max_value"], errors="coerce")
    rows = rows.assign(value=np.where(scale > 0, 100 * rows["value"] / scale, rows["value"]))
    pairs = _pairs(rows)
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    room = 100 - pairs["before"]
    each = (pairs["change"] / room.where(room > 0)).dropna()
    details = {
        "before": float(pairs["before"].mean()),
        "after": float(pairs["after"].mean()),
        "normalised_gain": over(pairs["change"].mean(), room.mean()),
        "mean_individual_gain": float(each.mean()) if len(each) else None,
    }
    return _mean(pairs["change"], details)


def _raw(rows: pd.DataFrame) -> Outcome:
    pairs = _pairs(rows[rows["arm"] == "treated"])
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    details = {"before": float(pairs["before"].mean()), "after": float(pairs["after"].mean())}
    return _mean(pairs["change"], details)


def _mean(changes: pd.Series, details: dict) -> Outcome:
    values = np.sort(changes.to_numpy(dtype=float))
    return Outcome(
        value=float(values.mean()),
        numerator=float(values.sum()),
        denominator=float(len(values)),
        n=float(len(values)),
        interval=student(values),
        interval_method="student",
        details=details,
    )


def effect_of(rows: pd.DataFrame) -> Outcome:
    arms = {arm: _pairs(rows[rows["arm"] == arm]) for arm in ("treated", "control")}
    people = sum(len(pairs) for pairs in arms.values())
    if arms["treated"].empty:
        return unknown(NO_DATA, NO_PAIR)
    details = {"treated_people": float(len(arms["treated"]))}
    for arm, pairs in arms.items():
        for moment in ("before", "after", "change"):
            details[f"{arm}_{moment}"] = float(pairs[moment].mean()) if len(pairs) else None
    if arms["control"].empty:
        return unknown(TOO_FEW, NO_CONTROL, n=float(people), details=details)
    changes = [np.sort(arms[arm]["change"].to_numpy(dtype=float)) for arm in arms]
    effect = difference_in_means(*changes)
    outcome = Outcome(
        value=effect.value,
        n=float(people),
        interval=effect.interval,
        interval_method="welch",
        details={
            **details,
            "control_people": float(len(arms["control"])),
            "standard_error": effect.standard_error,
            "p_value": effect.p_value,
            "permutation_p": effect.permutation_p,
        },
    )
    few = min(len(pairs) for pairs in arms.values()) < FEWEST_TO_CONCLUDE
    return outcome.flagged("low_n") if few else outcome


def over(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if denominator else None
