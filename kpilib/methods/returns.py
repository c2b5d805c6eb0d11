"""What an isolated effect is worth, and whether the training paid: benefit, ratio, return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.errors import ContractError
from kpilib.methods.call import Call
from kpilib.methods.training import Answer, business, effect_of, known_by, measurements, over
from kpilib.outcome import NO_DENOMINATOR, TOO_FEW, Outcome, unknown
from kpilib.period import Period

NO_VALUE = "The value of one unit is not known, so the effect has no price."
NO_COST = "No cost is booked for the training."


def benefit(call: Call) -> Answer:
    """Return the isolated effect in euros, over the months measured."""
    return _money(call, lambda gained, _: gained)


def return_on_investment(call: Call) -> Answer:
    """Return (benefit - cost) / cost."""
    return _money(call, _roi)


def benefit_cost_ratio(call: Call) -> Answer:
    """Return benefit / cost."""
    return _money(call, _ratio)


def _money(call: Call, combine) -> Answer:
    by_training = replace(call, by="training_id")
    rows = measurements(by_training)
    rows = rows[business(rows)]
    spent = _spent(by_training)
    member = _groups(call)
    answer: Answer = {}
    for period in call.periods:
        known = known_by(rows, period)
        each = {
            name: (_priced(call, period, name, part), spent(name))
            for name, part in known.groupby("training_id")
        }
        for group in sorted({member[name] for name in each}):
            parts = [each[name] for name in each if member[name] == group]
            answer[period, group] = _pool(parts, combine)
    return answer


def _groups(call: Call) -> dict[str, str]:
    """Return the group of each training; a return is of whole trainings."""
    rows = measurements(call)[["training_id", "group"]].drop_duplicates()
    if rows["training_id"].duplicated().any():
        raise ContractError(
            [
                f"{call.kpi.id} is of whole trainings, and by={call.by!r} cuts through one. Break "
                "down by training_id or by a column of the trainings."
            ]
        )
    return dict(zip(rows["training_id"], rows["group"], strict=True))


def _priced(call: Call, period: Period, training: str, rows: pd.DataFrame) -> Outcome:
    """Price a training once for the three figures that are made of it."""
    key = ("priced", period, training)
    if key not in call.tables.cache:
        call.tables.cache[key] = _worth(rows)
    return call.tables.cache[key]


def _spent(call: Call) -> Callable[[str], float | None]:
    """Return what tells the whole cost of a training; None for a figure that has no cost in it."""
    if "costs" not in call.kpi.value.needs:
        return lambda training: None
    costs = call.rows("costs", call.kpi.value.needs["costs"])
    costs = costs[costs["scope_kind"] == "training"].groupby("scope_id")["amount_ht"].sum()
    return lambda training: float(costs.get(training, 0.0))


def _worth(rows: pd.DataFrame) -> Outcome:
    """Price one training's effect: per person and month, over the first year's months after."""
    rows = _first_year(rows)
    effect = effect_of(rows)
    if effect.value is None:
        return effect
    treated = rows[rows["arm"] == "treated"]
    prices = treated["unit_value_eur"].dropna().unique()
    if len(prices) != 1:
        return unknown(TOO_FEW, NO_VALUE, n=effect.n)
    months = treated.loc[treated["phase"] == "after", "period_end"].nunique()
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


def _first_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was measured a year and more after the first measurement after."""
    after, ended = rows["phase"] == "after", pd.to_datetime(rows["period_end"])
    return rows[~after | (ended < ended[after].min() + pd.DateOffset(years=1))]


def _pool(parts: list[tuple[Outcome, float | None]], combine) -> Outcome:
    """Add benefits, add costs, combine once; a return is never a mean of returns."""
    priced = [(worth, cost) for worth, cost in parts if worth.value is not None]
    if not priced:
        worth, cost = parts[0]
        return replace(worth, denominator=cost)
    gained = sum(worth.value for worth, _ in priced)
    spent = [cost for _, cost in priced if cost is not None]
    cost = sum(spent) if spent else None
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
    details = {**details, "benefit": gained} | ({} if cost is None else {"cost": cost})
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
    return over(gained - cost, cost)


def _ratio(gained: float, cost: float) -> float | None:
    return over(gained, cost)
