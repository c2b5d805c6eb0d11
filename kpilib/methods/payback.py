"""After how long what a training brought has covered what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.engine.outcome import NO_DENOMINATOR, TOO_FEW, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.event_study import effects_by_period
from kpilib.methods.measurements import Answer, arms_of, business, known_by
from kpilib.methods.returns import NO_COST, Part, first_year, groups_of, priced
from kpilib.methods.spending import Spending

A_YEAR = 12.0
NOT_YET = "The benefit measured so far has not covered the cost."
Path = tuple[np.ndarray, np.ndarray]


def payback_period(call: Call) -> Answer:
    """Return the months until the summed benefit of trainings reaches their summed cost."""
    whole = replace(call, by="training_id")
    member, spending = groups_of(call), Spending.of(call)
    answer: Answer = {}
    for period in call.periods:
        groups: dict[str, list[tuple[Part, Path]]] = {}
        for name, own in known_by(whole, business, period).groupby("training_id", observed=True):
            part = Part(name, priced(call, period, name, own), *spending.whole(name))
            path = _path(call, first_year(own)) if part.evaluated else (np.zeros(0),) * 2
            groups.setdefault(member[name], []).append((part, path))
        for group, found in sorted(groups.items()):
            answer[period, group] = _covered(found)
    return answer


def _path(call: Call, rows: pd.DataFrame) -> Path:
    """Return when each part of a training's benefit was in, in months after, and how much it was.

    Measured once, the benefit is that of a year and comes in evenly.
    """
    effects = effects_by_period(call, rows, arms_of(rows))
    after = rows[(rows["phase"] == "after") & (rows["arm"] == "treated") & rows["value"].notna()]
    people = after.groupby("period_end")["person"].nunique().reindex(list(effects))
    price = rows["unit_value_eur"].dropna().iloc[0]
    gained = np.array([effect.value for effect in effects.values()]) * people.to_numpy() * price
    ends = pd.DatetimeIndex(list(effects))
    if len(ends) == 1:
        return np.array([A_YEAR]), gained
    apart = np.diff(12 * ends.year + ends.month)
    return np.cumsum([apart[0], *apart]).astype(float), gained


def _covered(found: Sequence[tuple[Part, Path]]) -> Outcome:
    """Return when summed benefits reach summed costs; what is not evaluated brings nothing."""
    parts = [part for part, _ in found]
    cost = sum(part.cost for part in parts if part.cost)
    about = {"subjects": frozenset((part.name, part.evaluated) for part in parts)}
    about["people"] = sum(part.worth.people or 0.0 for part in parts)
    about["n"] = about["people"]
    if not any(part.evaluated for part in parts):
        return unknown(parts[0].worth.status, parts[0].worth.reason, denominator=cost, **about)
    if not cost:
        return unknown(NO_DENOMINATOR, NO_COST, denominator=0.0, **about)
    months, gained = (
        np.concatenate(each) for each in zip(*(path for _, path in found), strict=True)
    )
    order = np.argsort(months, kind="stable")
    months, summed = months[order], np.cumsum(gained[order])
    flags = {flag for part in parts for flag in part.worth.flags}
    flags |= set() if all(part.loaded for part in parts) else {"not_fully_loaded"}
    details = {"benefit": float(summed[-1]), "cost": cost, "months": float(months[-1])}
    reached = np.flatnonzero(summed >= cost)
    if not len(reached):
        pace = cost * months[-1] / summed[-1] if summed[-1] > 0 else None
        details["at_this_pace"] = pace and float(pace)
        return unknown(TOO_FEW, NOT_YET, details=details, **about).flagged(*flags)
    place = int(reached[0])
    early, before = (months[place - 1], summed[place - 1]) if place else (0.0, 0.0)
    within = (cost - before) / (summed[place] - before)
    value = float(early + within * (months[place] - early))
    return Outcome(value=value, details=details, **about).flagged(*flags)
