"""What may be told of people at all: no small group, and nothing that a difference would tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kpilib.answers.beside_the_whole import Work, beside_the_whole
from kpilib.engine.aggregate import gather
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import Key
from kpilib.engine.printed import followed, in_print, solvable
from kpilib.engine.privacy import LEAVING, describe, protect
from kpilib.engine.question import OneKpi
from kpilib.engine.slices import divisible
from kpilib.measure import Measure
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, sources


def telling_of_nobody(about: Sequence[OneKpi], found: Mapping[int, Figures], work: Work) -> None:
    """Take out of figures what tells of too few people, and round them where they are printed.

    Parameters
    ----------
    about : sequence of OneKpi
        Those of one question and breakdown that are about people.
    found : mapping of int to Figures
        The figures of each, by the identity of its KPI.
    work : callable
        Works a question out by a breakdown.
    """
    inside = _people_inside(about)
    solved = _solvable([one for one in about if one.question.printed and followed(one.kpi)], work)
    for one in about:
        question, kpi, _ = one
        own = found[id(kpi)]
        describe(kpi, own, question.minimum)
        protect(own, inside[kpi.people], question.minimum, of_events=kpi.protects == LEAVING)
        beside_the_whole(one, own, work)
        if question.printed and kpi.protects:
            in_print(kpi, own, solved.get(id(kpi), set()))


def _solvable(about: Sequence[OneKpi], work: Work) -> dict[int, set[Key]]:
    """Return the months of KPIs that would tell of who came or left since the one before."""
    keys = {
        id(one.kpi): ("solvable", one.kpi.id, one.kpi.value, one.by, one.question.minimum)
        for one in about
    }
    together = defaultdict(list)  # what is read of the same months, in one pass
    for one in about:
        if keys[id(one.kpi)] not in one.question.tables.cache:
            together[_months(one)].append(one)
    for months, ones in together.items():
        exact = replace(
            ones[0].question,
            kpis=[one.kpi for one in ones],
            periods=list(months),
            compare=(),
            printed=False,
            intervals=False,
        )
        found = work(exact, ones[0].by) if months else {id(one.kpi): Figures([]) for one in ones}
        telling_of_nobody([OneKpi(exact, one.kpi, one.by) for one in ones], found, work)
        for question, kpi, _ in ones:
            question.tables.cache[keys[id(kpi)]] = solvable(kpi, found[id(kpi)], question.minimum)
    return {id(one.kpi): one.question.tables.cache[keys[id(one.kpi)]] for one in about}


def _months(one: OneKpi) -> tuple[Period, ...]:
    """Return the months from the first record that a KPI is made of."""
    tables = one.question.tables
    begun = [
        tables.extent(name).first
        for table in one.kpi.tables
        for name in sources(table, set())
        if name in tables and not CONTRACTS[name].planned and not CONTRACTS[name].state
    ]
    first, last = min((day for day in begun if day), default=None), one.question.as_of
    if not first or not last or first > last:
        return ()
    return tuple(Period(first.replace(day=1), Period.month_of(last).end_day).months())


def _people_inside(about: Sequence[OneKpi]) -> dict[Measure, Mapping[Key, float]]:
    """Return the people of each month and quarter that the longer periods are made of."""
    found: dict[Measure, Mapping[Key, float]] = {one.kpi.people: {} for one in about}
    periods = about[0].question.every_period if about else ()
    inside = list(dict.fromkeys(part for each in periods for part in each.parts()))
    if not inside:
        return found
    tables, by = about[0].question.tables, about[0].by
    cuts = {each: by if by and divisible(tables, each.table, by) else None for each in found}
    keys = {each: ("people inside", each, cut, *inside) for each, cut in cuts.items()}
    for cut in set(cuts.values()):
        lacking = [each for each in found if cuts[each] == cut and keys[each] not in tables.cache]
        for measure, cells in gather(tables, lacking, inside, cut).items():
            tables.cache[keys[measure]] = cells.values
    return {each: tables.cache[key] for each, key in keys.items()}
