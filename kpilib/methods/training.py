"""The chain from a training's measurements to its return: raw change, effect, benefit, ROI.

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
from kpilib.outcome import NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, TOO_FEW, Outcome, unknown
from kpilib.period import Period

KNOWLEDGE = "knowledge_score"
MOST_MONTHS = 12
NO_PAIR = "Nobody was measured both before and after."
NO_CONTROL = "There is no control group with measurements before and after: no effect isolated."
SEVERAL = "Several trainings with different targets do not add up: ask by='training_id'."
NO_VALUE = "The value of one unit is not known, so the effect has no price."
NO_COST = "No cost is booked for the training."
Answer = dict[tuple[Period, str], Outcome]


def paired_gain(call: Call) -> Answer:
    """Return the mean gain of people tested before and after, in points out of 100."""
    wanted = call.kpi.value.options["kpi_id"]
    return _each(call, _gain, lambda rows: rows["kpi_id"] == wanted)


def raw_change(call: Call) -> Answer:
    """Return the mean change of trained people: what happened, not what the training did."""
    return _each(call, _raw, _business)


def difference_in_differences(call: Call) -> Answer:
    """Return the change of the trained minus the change of the control group."""
    return _each(call, _effect, _business)


def benefit(call: Call) -> Answer:
    """Return the isolated effect in euros, over the months measured."""
    return _money(call, lambda gained, _: gained)


def return_on_investment(call: Call) -> Answer:
    """Return (benefit - cost) / cost."""
    return _money(call, _roi)


def benefit_cost_ratio(call: Call) -> Answer:
    """Return benefit / cost."""
    return _money(call, _ratio)


def _business(rows: pd.DataFrame) -> pd.Series:
    return rows["kpi_id"] != KNOWLEDGE


def _each(call: Call, measure, wanted) -> Answer:
    rows = _measurements(call)
    rows = rows[wanted(rows)]
    answer = {}
    for period in call.periods:
        known = _known(rows, period)
        for group, part in known.groupby("group"):
            if part["kpi_id"].nunique() > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, SEVERAL)
            else:
                answer[period, group] = measure(part)
    return answer


def _measurements(call: Call) -> pd.DataFrame:
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


def _known(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
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
        "normalised_gain": _over(pairs["change"].mean(), room.mean()),
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


def _effect(rows: pd.DataFrame) -> Outcome:
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


def _money(call: Call, combine) -> Answer:
    by_training = replace(call, by="training_id")
    rows = _measurements(by_training)
    rows = rows[_business(rows)]
    spent = _spent(by_training)
    answer: Answer = {}
    for period in call.periods:
        known = _known(rows, period)
        each = {
            name: (_priced(call, period, name, part), float(spent.get(name, 0.0)))
            for name, part in known.groupby("training_id")
        }
        groups = {name: [name] for name in each} if call.by == "training_id" else {"": list(each)}
        for group, names in groups.items():
            if names:
                answer[period, group] = _pool([each[name] for name in names], combine)
    return answer


def _priced(call: Call, period: Period, training: str, rows: pd.DataFrame) -> Outcome:
    """Price a training once for the three figures that are made of it."""
    key = ("priced", period, training)
    if key not in call.tables.cache:
        call.tables.cache[key] = _worth(rows)
    return call.tables.cache[key]


def _spent(call: Call) -> pd.Series:
    if "costs" not in call.kpi.value.needs:
        return pd.Series(dtype=float)
    costs = call.rows("costs", call.kpi.value.needs["costs"])
    return costs[costs["scope_kind"] == "training"].groupby("scope_id")["amount_ht"].sum()


def _worth(rows: pd.DataFrame) -> Outcome:
    """Price one training's effect: per person and month, over the months measured after."""
    effect = _effect(rows)
    if effect.value is None:
        return effect
    treated = rows[rows["arm"] == "treated"]
    prices = treated["unit_value_eur"].dropna().unique()
    if len(prices) != 1:
        return unknown(TOO_FEW, NO_VALUE, n=effect.n)
    months = min(treated.loc[treated["phase"] == "after", "period_end"].nunique(), MOST_MONTHS)
    factor = effect.details["treated_people"] * months * float(prices[0])
    bounds = effect.interval and tuple(sorted(bound * factor for bound in effect.interval))
    details = {
        "effect": effect.value,
        "people": effect.details["treated_people"],
        "months": float(months),
        "unit_value": float(prices[0]),
        "raw_benefit": effect.details["treated_change"] * factor,
    }
    return replace(effect, value=effect.value * factor, interval=bounds, details=details)


def _pool(parts: list[tuple[Outcome, float]], combine) -> Outcome:
    """Add benefits, add costs, combine once; a return is never a mean of returns."""
    priced = [(worth, cost) for worth, cost in parts if worth.value is not None]
    if not priced:
        worth, cost = parts[0]
        return replace(worth, denominator=cost)
    gained = sum(worth.value for worth, _ in priced)
    cost = sum(cost for _, cost in priced)
    halves = [
        (worth.value - worth.interval[0], worth.interval[1] - worth.value)
        for worth, _ in priced
        if worth.interval
    ]
    interval = None
    if len(halves) == len(priced):
        low, high = (float(np.sqrt(sum(half[side] ** 2 for half in halves))) for side in (0, 1))
        interval = (gained - low, gained + high)
    details = priced[0][0].details if len(parts) == 1 else {"trainings": float(len(priced))}
    details = {**details, "benefit": gained, "cost": cost}
    outcome = Outcome(
        value=combine(gained, cost),
        numerator=gained,
        denominator=cost,
        n=sum(worth.n or 0 for worth, _ in priced),
        interval=interval and tuple(combine(bound, cost) for bound in interval),
        interval_method="from the effect",
        details=details,
    )
    if outcome.value is None:
        return replace(
            outcome, status=NO_DENOMINATOR, reason=NO_COST, interval=None, interval_method=""
        )
    flags = {flag for worth, _ in priced for flag in worth.flags}
    if len(priced) < len(parts):
        flags.add("excluded_rows")
    return outcome.flagged(*flags)


def _roi(gained: float, cost: float) -> float | None:
    return _over(gained - cost, cost)


def _ratio(gained: float, cost: float) -> float | None:
    return _over(gained, cost)


def _over(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if denominator else None
