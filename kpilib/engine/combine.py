"""From the measures of a cell to its value: the one place where a rate is divided."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from kpilib.definitions import Balance, Change, Kpi, Ratio, Rest, Share, Total
from kpilib.engine.chance import dominated, interval_of, spread
from kpilib.engine.clock import CLOCK, order, slots, weekdays_in
from kpilib.engine.intervals import wilson
from kpilib.engine.known import SILENT, covered, silence, unheard
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, Outcome, unknown
from kpilib.engine.question import Question
from kpilib.engine.slices import EVERYONE, Cells
from kpilib.measure import Measure
from kpilib.period import Period

RECOUNT = "Distinct people cannot be added up; the interval gives the bounds they lie between."
ONE_BY_ONE = "The rows come summed up, and this figure needs them one by one."
SEVERAL_SCALES = "Answers on several scales are never pooled: ask for one survey at a time."
NOTHING_BELOW = "There is nothing to divide by."
# Details that a figure is never shown without a word about, by how their names begin.
FLAGGING = {"excluded_": "excluded_rows", "corrected_": "approximate"}


def combined(
    question: Question, kpi: Kpi, by: str | None, cells: dict[Measure, Cells]
) -> dict[tuple[Period, str], Outcome]:
    roles = {
        role: cells[m]
        for role, m in kpi.measures.items()
        if m in cells and not (cells[m].lost and role in kpi.optional)
    }
    required = [part for role, part in roles.items() if role not in kpi.optional]
    counted = {role: {period for period, _ in part.values} for role, part in roles.items()}
    groups = {
        group
        for role, part in roles.items()
        for (_, group), value in part.values.items()
        if value
        and not kpi.measures[role].whole  # a group in which nothing ever counted is not a group
    }
    if by is None:
        groups = {EVERYONE}
    answer = {}
    for period in question.every_period:
        silent = silence(question, kpi, period, roles)
        own = _on_the_clock(question, by, period, roles) if by in CLOCK else sorted(groups)
        nothing = None  # what a group without a row in the period is, the same for each of them
        for group in own:
            if silent is not None:
                if by is None:
                    answer[period, group] = silent
                continue
            absent = by is not None and not _present(roles, (period, group))
            if kpi.passing and absent:
                continue
            absent = absent and by not in CLOCK and group not in question.fed_until
            if absent and nothing is not None:
                answer[period, group] = nothing
                continue
            known = {
                role: _known(question, kpi, role, part, (period, group), counted[role])
                for role, part in roles.items()
            }
            if any(part.lost for part in required):
                answer[period, group] = unknown(NOT_ADDITIVE, ONE_BY_ONE)
                continue
            bounds = [part.bounds.get((period, group)) for part in required]
            open_bounds = [pair for pair in bounds if pair and pair[0] < pair[1]]
            if open_bounds:
                bounded = _between(kpi, open_bounds[0])
                present = known.get("coverage")
                answer[period, group] = covered(question, kpi, by, period, group, present, bounded)
            else:
                if isinstance(kpi.value, Share):
                    known["whole"] = roles["measure"].whole(period)
                outcome = _combine(question, kpi, by, period, group, known)
                lasted = question.lasted(period, group, outcome.details)
                days = _days(question, by, lasted, group)
                if days is not None:
                    outcome = replace(outcome, details={**outcome.details, "days": days})
                answer[period, group] = _counted(kpi, outcome, roles, (period, group))
                nothing = answer[period, group] if absent else nothing
    return answer


def _days(question: Question, by: str | None, lasted: Period, group: str) -> float | None:
    """Return the days that a figure stands on, where they are not just those of the period."""
    to_come = question.to_come(lasted)
    of_week = weekdays_in(by, group, lasted) if by in CLOCK else None
    if of_week is None:
        return lasted.days - to_come if to_come else None
    last = weekdays_in(by, group, Period(question.as_of, question.as_of)) if to_come else 0
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


def _known(
    question: Question,
    kpi: Kpi,
    role: str,
    cells: Cells,
    key: tuple[Period, str],
    counted: Collection[Period],
) -> float | None:
    """Return what a measure is of a cell; None when it cannot be known.

    `counted` are the periods in which it counted something, in whatever group.
    """
    measure, period = kpi.measures[role], key[0]
    key = (period, EVERYONE) if measure.whole else key
    if measure.of_sums and key in cells.atoms and key not in cells.values:
        return None  # rows that come summed up, and not one of them says it
    if role.startswith("beside.") and unheard(question, measure, period, cells):
        return None
    value = cells.values.get(key, _absent(measure, cells, period, counted))
    return None if value == math.inf else value  # half of what is waited for has not come


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


def _absent(
    measure: Measure, cells: Cells, period: Period, counted: Collection[Period]
) -> float | None:
    """A group that did not count: 0 events or people; unknown for a stock or a sum of nothing."""
    if measure.kind in ("last", "before", "mean", "median"):
        return None
    if measure.kind == "sum" and period in counted:
        return 0.0
    return None if measure.kind == "sum" and cells.rows.get(period) else 0.0


def _combine(
    question: Question,
    kpi: Kpi,
    by: str | None,
    period: Period,
    group: str,
    known: dict[str, float | None],
) -> Outcome:
    """Turn the measures of one cell into a value with its interval."""
    outcome = _by_person(_value(kpi, known), known)
    details = dict(outcome.details)
    for name, part in kpi.beside.items():
        own = {
            role.rpartition(".")[2]: value
            for role, value in known.items()
            if role.startswith(f"beside.{name}.")
        }
        if isinstance(part, Measure) and own:
            details[name] = own[""]
        elif len(own) == 2:
            details |= _beside(name, part, own)
    outcome = replace(outcome, details=details)
    for prefix, flag in FLAGGING.items():
        if any(value for name, value in details.items() if name.startswith(prefix)):
            outcome = outcome.flagged(flag)
    if outcome.value is not None:
        present = known.get("coverage")
        outcome = covered(question, kpi, by, period, group, present, outcome)
    people, opening = known.get("people"), known.get("beside.opening.")
    if opening:  # those who were there before stand beside: the smaller group decides
        people = min(people or opening, opening)
    outcome = replace(outcome, people=people)
    if outcome.value is None:
        return outcome
    more = spread(question, kpi, by, period, group)
    outcome = replace(outcome, details={**outcome.details, **more}) if more else outcome
    outcome = interval_of(question, kpi, by, period, group, known, outcome)
    return dominated(question, kpi, by, period, group, outcome)


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
