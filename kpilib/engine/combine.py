"""From the measures of a KPI to its figures: the one place where a rate is divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kpilib.definitions import Balance, Change, Definition, Kpi, Ratio, Rest, Share, Total
from kpilib.engine.chance import dominated, give_intervals, spread
from kpilib.engine.clock import CLOCK, order, slots, weekdays_in
from kpilib.engine.columns import Figures
from kpilib.engine.coverage import cover
from kpilib.engine.intervals import wilsons
from kpilib.engine.known import SILENT, silence, unheard
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, Answer, Key
from kpilib.engine.question import OneKpi
from kpilib.engine.slices import EVERYONE, Cells
from kpilib.measure import Measure
from kpilib.period import Period
from kpilib.tables.contract import UNKNOWN

RECOUNT = "Distinct people cannot be added up; the interval gives the bounds they lie between."
ONE_BY_ONE = "The rows come summed up, and this figure needs them one by one."
SEVERAL_SCALES = "Answers on several scales are never pooled: ask for one survey at a time."
NOTHING_BELOW = "There is no case to count."
# Details that a figure is never shown without a word about, by how their names begin.
FLAGGING = {"excluded_": "excluded_rows", "corrected_": "approximate"}
# The part of all cases that a figure is worked out of: below, it stands for too little of them.
SEEN, LEAST_SEEN = "trackable_share", 0.3

Columns = Mapping[str, np.ndarray]  # the measures of a KPI by role; nan where nothing is known


def combined(one: OneKpi, cells: Mapping[Measure, Cells]) -> Figures:
    """Return what a KPI is for each period and group, from the cells of its measures."""
    question, kpi, by = one
    roles = {
        role: cells[m]
        for role, m in kpi.measures.items()
        if m in cells and not (cells[m].lost and role in kpi.optional)
    }
    groups = [EVERYONE] if by is None else _groups(kpi, roles)
    unheard_of: Answer = {}
    places: list[Key] = []
    for period in question.every_period:
        silent = silence(one, period, roles)
        if silent is None:
            there = _on_the_clock(one, period, roles) if by in CLOCK else groups
            places += [(period, group) for group in there]
        elif by is None:
            unheard_of[period, EVERYONE] = silent
    if kpi.passing and by is not None:
        places = [place for place in places if _present(roles, place)]
    return Figures.joined([Figures.of(unheard_of), _worked_out(one, roles, places)])


def _groups(kpi: Kpi, roles: Mapping[str, Cells]) -> list[str]:
    """Return the groups in which something counts; where nothing ever did there is none.

    What only stands beside a figure, such as who was asked by a wave about several trainings, is of
    no unknown group: nothing of the figure is lost without it.
    """
    found = {
        (group, role != "population" and not role.startswith("beside."))
        for role, part in roles.items()
        if not kpi.measures[role].whole
        for (_, group), value in (*part.values.items(), *part.blank.items())
        if value
    }
    return sorted({group for group, counts in found if counts or group != UNKNOWN})


def _on_the_clock(one: OneKpi, period: Period, roles: Mapping[str, Cells]) -> list[str]:
    """Return the hours or days of the week that there are in a period, as far as it is known."""
    question, zone = one.question, one.question.tables.zone
    _, ends = question.elapsed(period).bounds(zone)
    known = min(ends, question.tables.until or ends)
    found = {group for part in roles.values() for own, group in part.values if own == period}
    return sorted(found.union(slots(one.by, zone, period, known)), key=order)


def _present(roles: Mapping[str, Cells], place: Key) -> bool:
    """Whether a group has a row in a period, counted or not."""
    return any(
        place in known
        for part in roles.values()
        for known in (part.values, part.atoms, part.bounds)
    )


def _worked_out(one: OneKpi, roles: Mapping[str, Cells], places: list[Key]) -> Figures:
    """Return what a KPI is in each place, or why it is not known."""
    required = [part for role, part in roles.items() if role not in one.kpi.optional]
    if any(part.lost for part in required):
        found = Figures(places)
        found.unknown(np.ones(len(places), dtype=bool), NOT_ADDITIVE, ONE_BY_ONE)
        return found
    bounds = _bounds(required, places)
    counted = _figures(one, roles, [place for place in places if place not in bounds])
    found = Figures.joined([counted, _between(one, roles, bounds)])
    number = {place: at for at, place in enumerate(found.places)}
    return found.at([number[place] for place in places])


def _bounds(required: Sequence[Cells], places: Sequence[Key]) -> dict[Key, tuple[float, float]]:
    """Return where distinct values came summed up, between which two numbers they lie."""
    found = (
        (at, part.bounds[at]) for part in reversed(required) for at in places if at in part.bounds
    )
    return {at: (low, high) for at, (low, high) in found if low < high}


def _between(
    one: OneKpi, roles: Mapping[str, Cells], bounds: Mapping[Key, tuple[float, float]]
) -> Figures:
    """Return distinct counts from rows already summed up: only their bounds are known."""
    found, places = Figures([*bounds]), [*bounds]
    everywhere = np.ones(len(places), dtype=bool)
    found.unknown(everywhere, NOT_ADDITIVE, RECOUNT)
    if isinstance(one.kpi.value, Total) and places:
        found.bound(everywhere, np.array([*bounds.values()], dtype=float).T, "bounds")
    present = _column(one, "coverage", roles["coverage"], places) if "coverage" in roles else None
    cover(one, found, present, everywhere)
    return found


def _figures(one: OneKpi, roles: Mapping[str, Cells], places: list[Key]) -> Figures:
    """Turn the measures of each place into a value with its interval."""
    kpi, found = one.kpi, Figures(places)
    known = {role: _column(one, role, part, places) for role, part in roles.items()}
    if isinstance(kpi.value, Share):
        sums = {period: roles["measure"].whole(period) for period in {at[0] for at in places}}
        known["whole"] = np.array([sums[period] for period, _ in places], dtype=float)
    _value(found, kpi.value, known)
    _by_person(found, known)
    _tell_beside(found, one, known)
    _flag_blank(found, kpi, roles)
    _flag_what_is_told(found)
    cover(one, found, known.get("coverage"), found.known)
    found.people = _people(found, known)
    spread(one, found)
    give_intervals(one, found, known)
    dominated(one, found)
    _tell_days(found, one)
    _count_values(found, kpi, roles)
    return found


def _column(one: OneKpi, role: str, cells: Cells, places: Sequence[Key]) -> np.ndarray:
    """Return what a measure is in each place; nan where it cannot be known."""
    measure, periods = one.kpi.measures[role], {period for period, _ in places}
    absent = {period: _absent(measure, cells, period) for period in periods}
    deaf = {
        period
        for period in periods
        if role.startswith("beside.") and unheard(one.question, measure, period, cells)
    }
    column = np.full(len(places), np.nan)
    for number, (period, group) in enumerate(places):
        key = (period, EVERYONE if measure.whole else group)
        # Rows there are, single or summed up, and not one of them says it: that is not 0.
        there = key in cells.blank or (measure.of_sums and key in cells.atoms)
        unsaid = there and key not in cells.values
        if not unsaid and period not in deaf:
            column[number] = cells.values.get(key, absent[period])
    column[column == np.inf] = np.nan  # half of what is waited for has not come
    return column


def _absent(measure: Measure, cells: Cells, period: Period) -> float:
    """A group that did not count: 0 events or people; unknown for a stock or a sum of nothing."""
    if measure.kind in ("last", "before", "mean", "median"):
        return np.nan
    if measure.kind == "sum" and cells.rows.get(period) and period not in cells.counted:
        return np.nan
    return 0.0


def _value(found: Figures, how: Definition, known: Columns) -> None:
    if isinstance(how, Total):
        _total(found, known)
    elif isinstance(how, Ratio):
        _divide(found, known["numerator"], known["denominator"])
    elif isinstance(how, Share):
        _divide(found, known["measure"], known["whole"])
    elif isinstance(how, Change):
        _change(found, known)
    elif isinstance(how, Balance):
        parts = ("favourable", "unfavourable", "answers")
        up, down, answers = (np.nan_to_num(known[role]) for role in parts)
        _divide(found, up - down, answers)
        found.value *= 100
        for name, part in zip(
            (*parts[:2], "neutral"), (up, down, answers - up - down), strict=True
        ):
            found.tell(name, part)
    else:
        raise TypeError(type(how).__name__)  # a definition this room does not know
    if "scales" in known:
        found.forget(known["scales"] > 1, NOT_ADDITIVE, SEVERAL_SCALES)


def _quotient(up: np.ndarray, down: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(down == 0, np.nan, up / down)


def _divide(found: Figures, up: np.ndarray, down: np.ndarray) -> None:
    silent = np.isnan(up) | np.isnan(down)
    found.value, found.numerator, found.denominator = _quotient(up, down), up, down
    found.n = np.where(silent, np.nan, down)
    found.unknown(silent, NO_DATA, SILENT)
    found.unknown(~silent & (down == 0), NO_DENOMINATOR, NOTHING_BELOW)


def _total(found: Figures, known: Columns) -> None:
    value = known["measure"]
    silent = np.isnan(value)
    if "coverage" in known:  # a daily feed without a single day
        silent = silent | (known["coverage"] == 0)
    more, less = (np.nan_to_num(known.get(role, 0.0)) for role in ("plus", "minus"))
    for role, name in (("plus", "added"), ("minus", "excluded_taken_off")):
        if role in known:
            found.tell(name, known[role], ~silent & ~np.isnan(known[role]))
    value = value + (more - less)
    found.value, found.n = np.where(silent, np.nan, value), np.where(silent, np.nan, value)
    found.unknown(silent, NO_DATA, SILENT)


def _change(found: Figures, known: Columns) -> None:
    up, down = known["closing"], known["opening"]
    change = up - down
    there = ~np.isnan(change)
    found.value, found.numerator = change, change.copy()
    found.denominator, found.n = (np.where(there, down, np.nan) for _ in range(2))
    found.tell("closing", up, there)
    found.tell("rate", _quotient(change, down), there)
    if "flows" in known:
        explained = there & ~np.isnan(known["flows"])
        found.tell("flows", known["flows"], explained)
        found.tell("corrected_gap", change - known["flows"], explained)
    found.unknown(~there, NO_DATA, SILENT)


def _by_person(found: Figures, known: Columns) -> None:
    """Give a survey's figures their persons: three answers of one are not three cases."""
    nobody = np.zeros(len(found.places))
    persons = sum(np.nan_to_num(known.get(role, nobody)) for role in ("persons", "nameless"))
    several = found.known & (persons > 0) & (persons != found.denominator)
    found.n[several] = persons[several]
    found.tell("answers", found.denominator, several)


def tell_beside(found: Figures, one: OneKpi, cells: Mapping[Measure, Cells]) -> None:
    """Tell what is declared to be read with figures that a method worked out."""
    known = {
        role: _column(one, role, cells[measure], found.places)
        for role, measure in one.kpi.measures.items()
        if role.startswith("beside.") and measure in cells and not cells[measure].lost
    }
    _tell_beside(found, one, known)


def _tell_beside(found: Figures, one: OneKpi, known: Columns) -> None:
    """Tell what is read with the figures, and its bounds where they are asked."""
    for name, part in one.kpi.beside.items():
        own = {
            role.rpartition(".")[2]: column
            for role, column in known.items()
            if role.startswith(f"beside.{name}.")
        }
        people = own.pop("persons", None)
        enough = np.ones(len(found.places), dtype=bool)
        if people is not None:
            enough = ~(people < one.question.minimum)
        if isinstance(part, Measure) and own:
            found.tell(name, own[""])
        elif isinstance(part, Rest) and len(own) == 2:
            found.tell(name, own["whole"] - own["part"], enough)
        elif isinstance(part, Ratio) and len(own) == 2:
            share = _quotient(own["numerator"], own["denominator"])
            found.tell(name, part.per * share, enough)
            if part.beside_interval == "wilson":
                bounds = wilsons(own["numerator"], own["denominator"])
                there = enough & ~np.isnan(bounds[0]) & ~np.isnan(share)
                for end, column in zip(("low", "high"), bounds, strict=True):
                    found.tell(f"{name}_{end}", column, there)


def _flag_blank(found: Figures, kpi: Kpi, roles: Mapping[str, Cells]) -> None:
    """Flag a sum that counts rows with nothing to be added: they are left out, and not 0."""
    beside = (*kpi.optional, *(role for role in roles if role.startswith("beside.")))
    read = [part for role, part in roles.items() if part.blank and role not in beside]
    blank = [any(part.blank.get(at) for part in read) for at in found.places]
    found.flag(FLAGGING["excluded_"], np.array(blank, dtype=bool))


def _flag_what_is_told(found: Figures) -> None:
    """Flag figures of which something was left out, or that too few of all cases stand behind."""
    for prefix, flag in FLAGGING.items():
        told = [
            any(value for name, value in own.items() if name.startswith(prefix))
            for own in found.details
        ]
        found.flag(flag, np.array(told, dtype=bool))
    unseen = [part is not None and part < LEAST_SEEN for part in found.told(SEEN)]
    found.flag("approximate", np.array(unseen, dtype=bool))


def _people(found: Figures, known: Columns) -> np.ndarray:
    """Return how many people each figure describes."""
    people, opening = known.get("people", found.people), known.get("beside.opening.")
    if opening is None:
        return people
    # Those who were there before stand beside: the smaller group decides.
    smaller = np.fmin(np.where(people > 0, people, opening), opening)
    return np.where(opening > 0, smaller, people)


def _tell_days(found: Figures, one: OneKpi) -> None:
    """Tell the days that each figure stands on, where they are not just those of the period."""
    for own, place in zip(found.details, found.places, strict=True):
        days = _days(one, place, own)
        if days is not None:
            own["days"] = days


def _days(one: OneKpi, place: Key, details: Mapping[str, object]) -> float | None:
    question, by = one.question, one.by
    lasted = question.lasted(*place, details)
    to_come = question.to_come(lasted)
    of_week = weekdays_in(by, place[1], lasted) if by in CLOCK else None
    if of_week is None:
        return lasted.days - to_come if to_come else None
    last_day = Period(question.as_of, question.as_of)
    last = weekdays_in(by, place[1], last_day) if to_come else 0
    return of_week - last * to_come


def _count_values(found: Figures, kpi: Kpi, roles: Mapping[str, Cells]) -> None:
    """Give the total of a sum its number of values: 1,000 euros are not 1,000 cases."""
    measure = kpi.measures.get("measure")
    if not isinstance(kpi.value, Total) or measure.kind != "sum":
        return
    summed = found.known
    if kpi.unit == "count" and kpi.interval != "none":  # what is added up are cases themselves
        summed = summed & ~(found.value >= 0)
    atoms = [roles["measure"].atoms.get(place, 0) for place in found.places]
    found.n = np.where(summed, np.array(atoms, dtype=float), found.n)
