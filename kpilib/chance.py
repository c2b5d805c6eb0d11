"""Which interval a KPI's figure has, from the measures it is made of."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from kpilib.derive import CONTRACTS, base_of
from kpilib.intervals import net_score, poisson, resampled, wilson
from kpilib.kpi import Kpi
from kpilib.measure import Fields, Measure
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.question import Question
from kpilib.slices import broken_down, of_period


def interval_of(
    question: Question,
    kpi: Kpi,
    by: str | None,
    period: Period,
    group: str,
    known: dict[str, float | None],
    outcome: Outcome,
) -> tuple[tuple[float, float], str] | None:
    """Return the interval of a figure and the name of its method; None when it has none."""
    name = kpi.interval
    if name == "bootstrap":
        if not question.intervals or not _has_units(question, kpi):
            return None
        return _bootstrap(question, kpi, by, period, group, known)
    found = None
    if name == "wilson":
        found = wilson(outcome.numerator, outcome.denominator)
    elif name == "poisson":
        found = poisson(outcome.value)
    elif name == "poisson_rate":
        bounds = poisson(outcome.numerator)
        found = bounds and tuple(bound / outcome.denominator for bound in bounds)
    elif name == "poisson_inverse":
        low, high = poisson(outcome.denominator)
        found = (outcome.numerator / high, outcome.numerator / low) if low > 0 else None
    elif name == "net_score":
        found = net_score(
            known["favourable"], known["unfavourable"], known["answers"], known.get("population")
        )
        if found is not None:  # the adjusted centre may drift off the value of a near census
            found = (min(found[0], outcome.value), max(found[1], outcome.value))
    return None if found is None else (found, name)


def _has_units(question: Question, kpi: Kpi) -> bool:
    """Whether the rows say which visitor, post or employee they are of; if not, no interval."""
    table = next(iter(kpi.measures.values())).table
    base = base_of(table)
    known = kpi.value.unit_of_chance in question.tables.columns(base)
    return known and not question.tables.summed(base)


def _bootstrap(
    question: Question,
    kpi: Kpi,
    by: str | None,
    period: Period,
    group: str,
    known: dict[str, float | None],
) -> tuple[tuple[float, float], str] | None:
    sums = unit_sums(question, kpi, by, period)
    chosen = sums["group"] == group
    up = sums.loc[chosen, "up"].to_numpy(dtype=float)
    down = sums.loc[chosen, "down"].to_numpy(dtype=float) if "down" in sums else None
    found = resampled(up, down)
    if found is None:
        return None
    (low, high), name = found
    added = known.get("plus") or 0.0
    return (low + added, high + added), name


def unit_sums(question: Question, kpi: Kpi, by: str | None, period: Period) -> Any:
    """Return one row per unit of chance (visitor, post, employee) and group: ``up``, ``down``."""
    cache = question.tables.cache
    key = (kpi.id, by, period)
    if key not in cache:
        cache[key] = _unit_sums(question, kpi, by, period)
    return cache[key]


def _unit_sums(question: Question, kpi: Kpi, by: str | None, period: Period) -> Any:
    unit = kpi.value.unit_of_chance
    up = getattr(kpi.value, "numerator", None) or kpi.value.measure
    down: Measure | None = getattr(kpi.value, "denominator", None)
    table = up.table
    columns = {unit, *up.columns, *(down.columns if down else ())}
    frame = broken_down(question.tables, table, columns, by, (period.start, period.end_day))
    made = {"up": _contribution(up, table)}
    if down is not None:
        made["down"] = _contribution(down, table)
    sums = (
        of_period(frame, up.time, period, question.tables)
        .with_columns(**made)
        .group_by("group", unit)
        .agg(*(nw.col(name).sum() for name in made))
    )
    frame = sums.collect("pandas").to_native()
    if "down" in made:
        frame = frame[np.abs(frame["up"]) + np.abs(frame["down"]) > 0]
    return frame


def _contribution(measure: Measure, table: str) -> Any:
    fields = Fields(CONTRACTS[table])
    counted = measure.where(fields) if measure.where else None
    value = nw.lit(1) if measure.kind == "count" else measure.amount(fields)
    return value if counted is None else nw.when(counted).then(value).otherwise(nw.lit(0))
