"""What may be told of people at all: no small group, and nothing that a difference would tell."""

from __future__ import annotations

from dataclasses import replace

from kpilib.answers.beside_the_whole import Work, beside_the_whole
from kpilib.engine.aggregate import gather
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import Key
from kpilib.engine.printed import followed, in_print, solvable
from kpilib.engine.privacy import LEAVING, describe, protect
from kpilib.engine.question import OneKpi
from kpilib.engine.slices import divisible
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, sources


def telling_of_nobody(one: OneKpi, found: Figures, work: Work) -> None:
    """Take out of figures what tells of too few people, and round them where they are printed."""
    question, kpi, _ = one
    describe(kpi, found, question.minimum)
    protect(found, _people_inside(one), question.minimum, of_events=kpi.protects == LEAVING)
    beside_the_whole(one, found, work)
    if question.printed and kpi.protects:
        in_print(kpi, found, _solvable(one, work) if followed(kpi) else set())


def _solvable(one: OneKpi, work: Work) -> set[Key]:
    """Return the months of a KPI that would tell of who came or left since the one before."""
    question, kpi, by = one
    tables = question.tables
    key = ("solvable", kpi.id, kpi.value, by, question.minimum)
    if key not in tables.cache:
        begun = [
            tables.extent(name).first
            for table in kpi.tables
            for name in sources(table, set())
            if name in tables and not CONTRACTS[name].planned and not CONTRACTS[name].state
        ]
        first, last = min((day for day in begun if day), default=None), question.as_of
        months = []
        if first and last and first <= last:
            months = Period(first.replace(day=1), Period.month_of(last).end_day).months()
        exact = replace(
            question, kpis=[kpi], periods=months, compare=(), printed=False, intervals=False
        )
        found = work(exact, by) if months else Figures([])
        telling_of_nobody(OneKpi(exact, kpi, by), found, work)
        tables.cache[key] = solvable(kpi, found, question.minimum)
    return tables.cache[key]


def _people_inside(one: OneKpi) -> dict[Key, float]:
    """Return the people of each month and quarter that the longer periods are made of."""
    question, people, by = one.question, one.kpi.people, one.by
    inside = dict.fromkeys(part for period in question.every_period for part in period.parts())
    by = by if by and divisible(question.tables, people.table, by) else None
    cache, key = question.tables.cache, ("people inside", people, by, *inside)
    if inside and key not in cache:  # several figures are of the same people
        cache[key] = gather(question.tables, [people], list(inside), by)[people].values
    return cache[key] if inside else {}
