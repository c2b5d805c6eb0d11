"""One unit that weighs more than all others together: a figure that is really one post's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kpilib.definitions import Kpi, Ratio
from kpilib.engine.chance import rows_of_group, unit_sums, units_of
from kpilib.engine.outcome import Outcome
from kpilib.engine.question import Question
from kpilib.period import Period
from kpilib.tables.derive import base_of

DOMINATING = 0.5  # share of a sum above which one unit dominates it
FEWEST_UNITS = 3  # of two, one always holds half


def dominated(
    question: Question, kpi: Kpi, by: str | None, period: Period, group: str, outcome: Outcome
) -> Outcome:
    """Return a figure flagged ``dominated`` where one unit holds more than half of one of its sums.

    ``details`` then hold ``largest_share``, and ``without_largest``: the figure of all other
    units. A figure about employees never does: the difference would tell of one of them.
    """
    unit = kpi.weighed_by
    if not unit or kpi.people is not None or outcome.value is None or not question.intervals:
        return outcome
    base = base_of(next(iter(kpi.measures.values())).table)
    if unit not in question.tables.columns(base) or question.tables.summed(base):
        return outcome
    weighed = replace(kpi, id=f"{kpi.id} by {unit}", value=replace(kpi.value, unit_of_chance=unit))
    parts = _named_units(question, weighed, by, period, group)
    if len(parts[0]) < FEWEST_UNITS:
        return outcome
    shares = [_shares(part) for part in parts]
    if max(float(each.max()) for each in shares) <= DOMINATING:
        return outcome
    largest = int(np.argmax(np.max(shares, axis=0)))
    known = {
        "largest_share": max(float(each[largest]) for each in shares),
        "without_largest": _without(kpi, outcome, [part[largest] for part in parts]),
    }
    return replace(outcome, details={**outcome.details, **known}).flagged("dominated")


def _named_units(
    question: Question, kpi: Kpi, by: str | None, period: Period, group: str
) -> list[np.ndarray]:
    """Return what each named unit of a group adds above and below the line; who adds is in it."""
    named = unit_sums(question, kpi, by, period)["named"].to_numpy(dtype=bool)
    parts = [part for part in units_of(question, kpi, by, period, group) if part is not None]
    chosen = named[rows_of_group(question, kpi, by, period, group)]
    kept = chosen & np.any(np.column_stack(parts) != 0, axis=1)
    return [part[kept] for part in parts]


def _shares(part: np.ndarray) -> np.ndarray:
    whole = float(part.sum())
    return part / whole if whole > 0 else np.zeros(len(part))


def _without(kpi: Kpi, outcome: Outcome, own: list[float]) -> float | None:
    """Return the figure of all units but one."""
    if not isinstance(kpi.value, Ratio):
        return outcome.value - own[0]
    up, down = outcome.numerator - own[0], outcome.denominator - own[1]
    return up / down if down > 0 else None
