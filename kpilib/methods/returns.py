"""What an isolated effect is worth, and whether and when it paid: benefit, ratio, return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kpilib.engine.intervals import chance_above
from kpilib.engine.outcome import NO_DENOMINATOR, OK, TOO_FEW, Outcome, unknown
from kpilib.errors import ContractError
from kpilib.methods.call import Call
from kpilib.methods.event_study import effects_by_period
from kpilib.methods.measured import AFTER, TREATED, Measured
from kpilib.methods.measurements import (
    Answer,
    all_known,
    business,
    known_by,
    known_effect,
    measurements,
    over,
)
from kpilib.methods.parallel import DOUBTS
from kpilib.methods.spending import Spending
from kpilib.period import Period
from kpilib.saying import error_of

A_YEAR = 12.0
BREAK_EVEN = "break_even_probability"
NOT_YET = "The benefit measured so far has not covered the cost."
Path = tuple[np.ndarray, np.ndarray]
NO_VALUE = "The value of one unit is not known, so the effect has no price."
NO_COST = "No cost is booked for the training."
Combine = Callable[[float, float | None], float | None]


@dataclass(frozen=True)
class Part:
    """A training in a return: what it brought, None where that was not evaluated; what it cost.

    Parameters
    ----------
    name : str
    worth : Outcome
        Without value when the effect was not isolated, or has no price.
    cost : float or None
        None when none is booked, or the figure has no cost in it.
    loaded : bool
        Whether the cost is complete.
    """

    name: str
    worth: Outcome
    cost: float | None
    loaded: bool = True

    @property
    def evaluated(self) -> bool:
        """Whether it is known what the training brought."""
        return self.worth.value is not None

    @property
    def doubted(self) -> bool:
        """Whether the effect it is made of proves nothing: groups were or may have been apart."""
        return bool(DOUBTS & set(self.worth.flags))


def benefit(call: Call) -> Answer:
    """Return the isolated effect in euros, over the months in which each person was measured."""
    return _money(call, lambda gained, _: gained)


def return_on_investment(call: Call) -> Answer:
    """Return (benefit - cost) / cost."""
    return _money(call, return_of)


def benefit_cost_ratio(call: Call) -> Answer:
    """Return benefit / cost."""
    return _money(call, over)


def _money(call: Call, combine: Combine) -> Answer:
    whole = replace(call, by="training_id")
    rows = all_known(whole, business)
    spending = Spending.of(call) if "costs" in call.kpi.value.needs else None
    member = groups_of(call)
    answer: Answer = {}
    for period in call.periods:
        known = known_by(whole, business, period)
        begun = set(rows.loc[rows["period_end"] <= pd.Timestamp(period.end_day), "training_id"])
        groups: dict[str, list[Part]] = {}
        for name, part in known.groupby("training_id"):
            worth = priced(call, period, name, part)
            cost, loaded = spending.whole(name) if spending else (None, True)
            groups.setdefault(member[name], []).append(Part(name, worth, cost, loaded))
        for group, parts in sorted(groups.items()):
            if spending is None:
                answer[period, group] = _summed(parts)
                continue
            never, aside = spending.unmeasured(period, group, begun)
            parts += [Part(name, unknown(TOO_FEW, ""), cost) for name, cost in never.items()]
            answer[period, group] = _pool(parts, combine, aside)
    return answer


def groups_of(call: Call) -> dict[str, str]:
    """Return the group of each training; a return is of whole trainings."""
    rows = measurements(call)[["training_id", "group"]].drop_duplicates()
    if rows["training_id"].duplicated().any():
        raise error_of(
            ContractError,
            "{kpi} is of whole trainings, and by={by!r} cuts through one. Break"
            " down by training_id or by a column of the trainings.",
            kpi=call.kpi.id,
            by=call.by,
        )
    return dict(zip(rows["training_id"], rows["group"], strict=True))


def priced(call: Call, period: Period, training: str, rows: pd.DataFrame) -> Outcome:
    """Price a training once for the three figures that are made of it."""
    key = ("priced", period, training)
    if key not in call.tables.cache:
        call.tables.cache[key] = _worth(call, Measured.of(rows))
    return call.tables.cache[key]


def _worth(call: Call, rows: Measured) -> Outcome:
    """Price one training's effect over the periods of the first year in which each was measured.

    Ten people of whom nine were measured for one month and one for twelve are 21 months of a
    person, not 120: who is not measured has not been seen to gain.
    """
    rows = first_year(rows)
    effect = known_effect(call, rows)
    if effect.value is None:
        return effect
    treated = rows.where(rows["arm"] == TREATED)
    prices = np.unique(treated["unit_value_eur"][~np.isnan(treated["unit_value_eur"])])
    if len(prices) != 1:
        return unknown(TOO_FEW, NO_VALUE, n=effect.n, people=effect.people)
    factor = effect.details["treated_measured"] * float(prices[0])
    bounds = effect.interval and tuple(sorted(bound * factor for bound in effect.interval))
    details = {
        "effect": effect.value,
        "people": effect.details["treated_people"],
        "control_people": effect.details["control_people"],
        "months": float(len(np.unique(treated["period_end"][treated["phase"] == AFTER]))),
        "person_months": effect.details["treated_measured"],
        "person_months_due": effect.details["treated_due"],
        "unit_value": float(prices[0]),
        "raw_benefit": effect.details["treated_change"] * factor,
        **{name: each for name, each in effect.details.items() if name.startswith("warning_")},
    }
    return replace(effect, value=effect.value * factor, interval=bounds, details=details)


def first_year(rows: Measured) -> Measured:
    """Leave out what was measured a year and more after the first measurement after."""
    after, ended = rows["phase"] == AFTER, rows["period_end"]
    if not after.any():
        return rows
    until = pd.Timestamp(ended[after].min()) + pd.DateOffset(years=1)
    return rows.where(~after | (ended < until.to_datetime64()))


def _summed(parts: list[Part]) -> Outcome:
    """Add benefits: what was not evaluated adds nothing, and that is said."""
    found = [part for part in parts if part.evaluated]
    subjects = frozenset((part.name, part.evaluated) for part in parts)
    if not found:
        return replace(parts[0].worth, subjects=subjects)
    gained, told = sum(part.worth.value for part in found), _told(parts, found)
    bounds, method = _between(parts, found)
    if "unproven_benefit" in told:
        told["of_proven"] = gained - told["unproven_benefit"]
    figures = {"value": gained, "details": told | {"benefit": gained}}
    return _of_all(parts, found, interval=bounds, interval_method=method, **figures)


def _pool(parts: list[Part], combine: Combine, aside: float) -> Outcome:
    """Add benefits, add costs, combine once; a return is never a mean of returns.

    A training that was not evaluated brings nothing and keeps its cost. The interval then reaches
    from there to what the evaluated trainings returned by themselves. What doubted effects brought
    is counted, and the interval reaches to where it is nothing (`_between`). A training whose cost
    is not known can be in neither sum.

    Parameters
    ----------
    parts : list of Part
    combine : callable
        Of the benefit and the cost.
    aside : float
        Cost of trainings that were given no target and are not judged here.
    """
    found = [part for part in parts if part.evaluated and part.cost]
    cost = sum(part.cost for part in parts if part.cost)
    if not found:
        return _without_cost(parts, cost)
    gained, spent = sum(part.worth.value for part in found), sum(part.cost for part in found)
    bounds, method = _between(parts, found)
    if bounds and spent < cost:
        ends = [combine(bound, each) for bound in bounds for each in (spent, cost)]
        interval, method = (min(ends), max(ends)), "bounds"
    else:
        interval = bounds and tuple(combine(bound, cost) for bound in bounds)
    details = {**_told(parts, found), "benefit": gained, "cost": cost}
    details[BREAK_EVEN] = _covers(cost, gained, bounds, found) if method != "bounds" else None
    if "unproven_benefit" in details:
        details["of_proven"] = combine(gained - details["unproven_benefit"], cost)
    if spent < cost + aside:
        details |= {
            "evaluated_cost": spent,
            "evaluated_share": spent / (cost + aside),
            "return_of_evaluated": combine(gained, spent) if spent < cost else None,
        }
    figures = {"value": combine(gained, cost), "denominator": cost, "details": details}
    return _of_all(parts, found, interval=interval, interval_method=method, **figures)


def _without_cost(parts: list[Part], cost: float) -> Outcome:
    """Say why there is no return where no training has both a benefit and a cost."""
    priced = [part for part in parts if part.evaluated]
    worth = replace(
        priced[0].worth if priced else parts[0].worth,
        value=None,
        denominator=cost,
        flags=(),
        interval=None,
        interval_method="",
        subjects=frozenset((part.name, part.evaluated) for part in parts),
        details=_told(parts, priced),
    )
    if not priced:
        return worth
    gained = sum(part.worth.value for part in priced)
    return replace(worth, status=NO_DENOMINATOR, reason=NO_COST, numerator=gained)


def _covers(
    cost: float, gained: float, bounds: tuple[float, float] | None, found: Sequence[Part]
) -> float | None:
    """Return how probable it is that the benefit reaches the cost: of what is proven alone."""
    if bounds is None or any(part.doubted for part in found):
        return None
    return chance_above(cost, gained, bounds)


def _between(
    parts: Sequence[Part], found: Sequence[Part]
) -> tuple[tuple[float, float] | None, str]:
    """Return between which benefits the sum of several trainings lies, and how that is known.

    Where part of it is unproven, from the sum without that part to the sum with it, each with its
    own chance. One training alone has the interval of its effect; its flag says the rest.
    """
    bounds = _interval(found)
    sure = [part for part in found if not part.doubted]
    without = _interval(sure)
    if len(parts) == 1 or len(sure) == len(found) or without is None:
        return bounds, "from the effect"
    unproven = sum(part.worth.value for part in found if part.doubted)
    whole = bounds or tuple(end + unproven for end in without)
    return (min(whole[0], without[0]), max(whole[1], without[1])), "bounds"


def _interval(found: Sequence[Part]) -> tuple[float, float] | None:
    """Return the interval of a sum of benefits, of trainings that know nothing of each other."""
    if not all(part.worth.interval for part in found):
        return None
    gained = sum(part.worth.value for part in found)
    low, high = (
        float(np.sqrt(sum((part.worth.interval[side] - part.worth.value) ** 2 for part in found)))
        for side in (0, 1)
    )
    return gained - low, gained + high


def _told(parts: Sequence[Part], found: Sequence[Part]) -> dict[str, float | None]:
    """Return what is read beside: of one training its own details, of several how many they are."""
    if len(parts) == 1:
        return dict(parts[0].worth.details)
    warnings = [
        name for part in found for name in part.worth.details if name.startswith("warning_")
    ]
    told = {"trainings": float(len(parts)), "evaluated_trainings": float(len(found))}
    doubted = [part.worth.value for part in found if part.doubted]
    if doubted:
        told["unproven_benefit"] = sum(doubted)
    if len(found) == 1:  # what all of them brought is what it did
        told |= {name: found[0].worth.details[name] for name in ("people", "control_people")}
    return told | {name: float(warnings.count(name)) for name in warnings}


def _of_all(parts: Sequence[Part], found: Sequence[Part], **figures: Any) -> Outcome:
    """Return a figure of trainings with whom it is of, and with what care it is to be read."""
    flags = {flag for part in found for flag in part.worth.flags}
    if len(found) < len(parts):
        flags.add("excluded_rows")
    if not all(part.loaded for part in parts):
        flags.add("not_fully_loaded")
    outcome = Outcome(
        numerator=sum(part.worth.value for part in found),
        n=sum(part.worth.n or 0 for part in found),
        subjects=frozenset((part.name, part.evaluated) for part in parts),
        people=sum(part.worth.people or 0 for part in found),
        **{"interval_method": "from the effect"} | figures,
    )
    if outcome.status == OK and outcome.interval is None:
        outcome = replace(outcome, interval_method="")
    return outcome.flagged(*flags)


def return_of(gained: float, cost: float) -> float | None:
    return over(gained - cost, cost)


def payback_period(call: Call) -> Answer:
    """Return the months until the summed benefit of trainings reaches their summed cost."""
    whole = replace(call, by="training_id")
    member, spending = groups_of(call), Spending.of(call)
    answer: Answer = {}
    for period in call.periods:
        groups: dict[str, list[tuple[Part, Path]]] = {}
        for name, own in known_by(whole, business, period).groupby("training_id", observed=True):
            part = Part(name, priced(call, period, name, own), *spending.whole(name))
            path = _path(call, Measured.of(own)) if part.evaluated else (np.zeros(0),) * 2
            groups.setdefault(member[name], []).append((part, path))
        for group, found in sorted(groups.items()):
            answer[period, group] = _covered(found)
    return answer


def _path(call: Call, rows: Measured) -> Path:
    """Return when each part of a training's benefit was in, in months after, and how much it was.

    Measured once, the benefit is that of a year and comes in evenly.
    """
    rows = first_year(rows)
    effects = effects_by_period(call, rows, rows.arms())
    after = rows.where((rows["phase"] == AFTER) & (rows["arm"] == TREATED) & rows.known)
    people = [
        len(np.unique(after["person"][after["period_end"] == end.to_datetime64()]))
        for end in effects
    ]
    price = rows["unit_value_eur"][~np.isnan(rows["unit_value_eur"])][0]
    gained = np.array([effect.value for effect in effects.values()]) * np.array(people) * price
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
