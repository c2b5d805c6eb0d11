"""From the measures of a cell to its value: the one place where a rate is divided."""

from __future__ import annotations

import math
from dataclasses import replace

from kpilib.definitions import Balance, Change, Kpi, Ratio, Rest, Share, Total
from kpilib.engine.chance import dominated, interval_of, spread
from kpilib.engine.clock import CLOCK, order, slots, weekdays_in
from kpilib.engine.intervals import wilson
from kpilib.engine.known import SILENT, covered, silence, unheard
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, Outcome, unknown
from kpilib.engine.question import Question, Spot
from kpilib.engine.slices import EVERYONE, Cells
from kpilib.measure import Measure
from kpilib.period import Period

RECOUNT = "Distinct people cannot be added up; the interval gives the bounds they lie between."
ONE_BY_ONE = "The rows come summed up, and this figure needs them one by one."
SEVERAL_SCALES = "Answers on several scales are never pooled: ask for one survey at a time."
NOTHING_BELOW = "There is nothing to divide by."
# Details that a figure is never shown without a word about, by how their names begin.
FLAGGING = {"excluded_": "excluded_rows", "corrected_": "approximate"}
# The part of all cases that a figure is worked out of: below, it stands for too little of them.
SEEN, LEAST_SEEN = "trackable_share", 0.3


def combined(
    question: Question, kpi: Kpi, by: str | None, cells: dict[Measure, Cells]
) -> dict[tuple[Period, str], Outcome]:
    """Return the outcome of a KPI for each period and group, from the cells of its measures."""
    roles = {
        role: cells[m]
        for role, m in kpi.measures.items()
        if m in cells and not (cells[m].lost and role in kpi.optional)
    }
    groups = [EVERYONE] if by is None else _groups(kpi, roles)
    answer = {}
    for period in question.every_period:
        silent = silence(question, kpi, period, roles)
        if silent is not None:
            answer |= {(period, EVERYONE): silent} if by is None else {}
            continue
        nothing = None  # what a group without a row in the period is, the same for each of them
        for group in _on_the_clock(question, by, period, roles) if by in CLOCK else groups:
            at = Spot(question, kpi, by, period, group)
            absent = by is not None and not _present(roles, (period, group))
            if absent and kpi.passing:
                continue
            if absent and by not in CLOCK and group not in question.fed_until:
                nothing = nothing or _figure(at, roles)
                answer[period, group] = nothing
            else:
                answer[period, group] = _figure(at, roles)
    return answer


def _groups(kpi: Kpi, roles: dict[str, Cells]) -> list[str]:
    """Return the groups in which something counts; where nothing ever did there is none."""
    parts = [part for role, part in roles.items() if not kpi.measures[role].whole]
    return sorted({group for part in parts for (_, group), value in part.values.items() if value})


def _figure(at: Spot, roles: dict[str, Cells]) -> Outcome:
    """Return what a KPI is in one spot, or why it is not known."""
    kpi, key = at.kpi, (at.period, at.group)
    required = [part for role, part in roles.items() if role not in kpi.optional]
    if any(part.lost for part in required):
        return unknown(NOT_ADDITIVE, ONE_BY_ONE)
    known = {role: _known(at, role, part) for role, part in roles.items()}
    bounds = [part.bounds.get(key) for part in required]
    open_bounds = [pair for pair in bounds if pair and pair[0] < pair[1]]
    if open_bounds:
        return covered(at, known.get("coverage"), _between(kpi, open_bounds[0]))
    if isinstance(kpi.value, Share):
        known["whole"] = roles["measure"].whole(at.period)
    outcome = _combine(at, known)
    days = _days(at, at.question.lasted(at.period, at.group, outcome.details))
    if days is not None:
        outcome = replace(outcome, details={**outcome.details, "days": days})
    return _counted(kpi, outcome, roles, key)


def _days(at: Spot, lasted: Period) -> float | None:
    """Return the days that a figure stands on, where they are not just those of the period."""
    question, by = at.question, at.by
    to_come = question.to_come(lasted)
    of_week = weekdays_in(by, at.group, lasted) if by in CLOCK else None
    if of_week is None:
        return lasted.days - to_come if to_come else None
    last_day = Period(question.as_of, question.as_of)
    last = weekdays_in(by, at.group, last_day) if to_come else 0
    return of_week - last * to_come


def _on_the_clock(
    question: Question, by: str, period: Period, roles: dict[str, Cells]
) -> list[str]:
    """Return the hours or days of the week that there are in a period, as far as it is known."""
    zone = question.tables.zone
    _, ends = question.elapsed(period).bounds(zone)
    known = min(ends, question.tables.until or ends)
    found = {group for part in roles.values() for own, group in part.values if own == period}
    return sorted(found.union(slots(by, zone, period, known)), key=order)


def _present(roles: dict[str, Cells], key: tuple[Period, str]) -> bool:
    """Whether a group has a row in a period, counted or not."""
    return any(
        key in known for part in roles.values() for known in (part.values, part.atoms, part.bounds)
    )


def _known(at: Spot, role: str, cells: Cells) -> float | None:
    """Return what a measure is in a place; None when it cannot be known."""
    measure, period = at.kpi.measures[role], at.period
    key = (period, EVERYONE if measure.whole else at.group)
    if measure.of_sums and key in cells.atoms and key not in cells.values:
        return None  # rows that come summed up, and not one of them says it
    if role.startswith("beside.") and unheard(at.question, measure, period, cells):
        return None
    value = cells.values[key] if key in cells.values else _absent(measure, cells, period)
    return None if value == math.inf else value  # half of what is waited for has not come


def _absent(measure: Measure, cells: Cells, period: Period) -> float | None:
    """A group that did not count: 0 events or people; unknown for a stock or a sum of nothing."""
    if measure.kind in ("last", "before", "mean", "median"):
        return None
    if measure.kind == "sum" and cells.rows.get(period) and period not in cells.counted:
        return None
    return 0.0


def _counted(
    kpi: Kpi, outcome: Outcome, roles: dict[str, Cells], key: tuple[Period, str]
) -> Outcome:
    """Give the total of a sum its number of values: 1,000 euros are not 1,000 cases."""
    measure = kpi.measures.get("measure")
    if not isinstance(kpi.value, Total) or measure.kind != "sum" or outcome.value is None:
        return outcome
    cases = kpi.unit == "count" and kpi.interval != "none"  # what is added up are cases themselves
    if cases and outcome.value >= 0:
        return outcome
    return replace(outcome, n=float(roles["measure"].atoms.get(key, 0)))


def _between(kpi: Kpi, bounds: tuple[float, float]) -> Outcome:
    """A distinct count from rows already summed up: only its bounds are known."""
    known = (
        {"interval": bounds, "interval_method": "bounds"} if isinstance(kpi.value, Total) else {}
    )
    return unknown(NOT_ADDITIVE, RECOUNT, **known)


def _combine(at: Spot, known: dict[str, float | None]) -> Outcome:
    """Turn the measures of one spot into a value with its interval."""
    outcome = _by_person(_value(at.kpi, known), known)
    details = dict(outcome.details)
    for name, part in at.kpi.beside.items():
        own = {
            role.rpartition(".")[2]: value
            for role, value in known.items()
            if role.startswith(f"beside.{name}.")
        }
        people = own.pop("persons", None)
        if isinstance(part, Measure) and own:
            details[name] = own[""]
        elif len(own) == 2 and (people is None or people >= at.question.minimum):
            details |= _beside(name, part, own)
    outcome = replace(outcome, details=details)
    for prefix, flag in FLAGGING.items():
        if any(value for name, value in details.items() if name.startswith(prefix)):
            outcome = outcome.flagged(flag)
    seen = details.get(SEEN)
    if seen is not None and seen < LEAST_SEEN:
        outcome = outcome.flagged("approximate")
    if outcome.value is not None:
        outcome = covered(at, known.get("coverage"), outcome)
    people, opening = known.get("people"), known.get("beside.opening.")
    if opening:  # those who were there before stand beside: the smaller group decides
        people = min(people or opening, opening)
    outcome = replace(outcome, people=people)
    if outcome.value is None:
        return outcome
    outcome = replace(outcome, details=outcome.details | spread(at))
    return dominated(at, interval_of(at, known, outcome))


def _by_person(outcome: Outcome, known: dict[str, float | None]) -> Outcome:
    """Give a survey's figure its persons: three answers of one are not three cases."""
    persons = (known.get("persons") or 0.0) + (known.get("nameless") or 0.0)
    if not persons or outcome.value is None:
        return outcome
    if persons == outcome.denominator:
        return outcome
    return replace(outcome, n=persons, details=outcome.details | {"answers": outcome.denominator})


def _beside(name: str, part: Ratio | Rest, own: dict[str, float | None]) -> dict[str, float | None]:
    """Return what is read with another figure, and its bounds where they are asked."""
    if isinstance(part, Rest):
        whole, taken = own["whole"], own["part"]
        return {name: None if whole is None or taken is None else whole - taken}
    up, down = own["numerator"], own["denominator"]
    found = {name: _ratio(up, down).value}
    if part.beside_interval == "wilson" and found[name] is not None:
        bounds = wilson(up, down)
        found |= {} if bounds is None else {f"{name}_low": bounds[0], f"{name}_high": bounds[1]}
    return found


def _value(kpi: Kpi, known: dict[str, float | None]) -> Outcome:
    definition = kpi.value
    if (known.get("scales") or 0) > 1:
        return unknown(NOT_ADDITIVE, SEVERAL_SCALES)
    if isinstance(definition, Total):
        value, more, less = known["measure"], known.get("plus"), known.get("minus")
        if value is None or known.get("coverage") == 0:  # a daily feed without a single day
            return unknown(NO_DATA, SILENT)
        parts = {"added": more, "excluded_taken_off": less}
        value += (more or 0) - (less or 0)
        details = {name: part for name, part in parts.items() if part is not None}
        return Outcome(value=value, n=value, details=details)
    if isinstance(definition, Ratio):
        up, down = known["numerator"], known["denominator"]
        return _ratio(up, down)
    if isinstance(definition, Share):
        return _ratio(known["measure"], known["whole"])
    if isinstance(definition, Change):
        up, down = known["closing"], known["opening"]
        if up is None or down is None:
            return unknown(NO_DATA, SILENT)
        details = {"closing": up, "rate": (up - down) / down if down else None}
        flows = known.get("flows")
        if flows is not None:
            details |= {"flows": flows, "corrected_gap": up - down - flows}
        return Outcome(
            value=up - down, numerator=up - down, denominator=down, n=down, details=details
        )
    if isinstance(definition, Balance):
        up, down, answers = (known[r] or 0.0 for r in ("favourable", "unfavourable", "answers"))
        net = _ratio(up - down, answers)
        value = None if net.value is None else 100 * net.value
        details = {
            "favourable": up,
            "unfavourable": down,
            "neutral": answers - up - down,
        }
        return replace(net, value=value, details=details)
    raise TypeError(type(definition).__name__)  # a definition this room does not know


def _ratio(up: float | None, down: float | None) -> Outcome:
    if up is None or down is None:
        return unknown(NO_DATA, SILENT, numerator=up, denominator=down)
    if down == 0:
        return unknown(NO_DENOMINATOR, NOTHING_BELOW, numerator=up, denominator=down, n=0.0)
    return Outcome(value=up / down, numerator=up, denominator=down, n=down)
