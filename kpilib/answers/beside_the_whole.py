"""What a part of a company may show of people, beside the whole and the other parts.

Their reports are read together: what one hides, the others' sums and differences must not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kpilib.engine.aggregate import gather
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import NO_DATA, Key
from kpilib.engine.privacy import describe, hide, shown_parts
from kpilib.engine.question import OneKpi, Question
from kpilib.engine.slices import divided_here
from kpilib.period import Period
from kpilib.tables.derive import sources
from kpilib.tables.part import parts
from kpilib.tables.store import Tables

Counts = dict[Key, float]  # people by period and group
Work = Callable[[Question, str | None], Mapping[int, Figures]]  # of every KPI, by its identity


def beside_the_whole(one: OneKpi, found: Figures, work: Work) -> None:
    """Hide of a part what would tell of too few beside what is published of the others.

    All stands where the question is of all of a company. Else a total stands where no sum of
    parts, of the whole or of a breakdown's groups leaves fewer than the minimum; groups stand
    where those of all parts reach it; a period does where the months that it is made of do.

    Parameters
    ----------
    one : OneKpi
        About people.
    found : Figures
    work : callable
        Works a question out by a breakdown.
    """
    question, kpi, by = one
    if question.tables.whole is None:
        return
    longer = [each for each in question.every_period if each.kind != "month"]
    months = dict.fromkeys(month for each in longer for month in each.months())
    periods = list(dict.fromkeys([*question.every_period, *months]))
    asked = replace(
        question, kpis=[kpi], periods=periods, compare=(), intervals=False, printed=False
    )
    few = dict(_few(OneKpi(asked, kpi, by), work))
    few |= {each: True for each in longer if any(few.get(month) for month in each.months())}
    hide(found, found.inside(few) & (found.status != NO_DATA))


def _few(one: OneKpi, work: Work) -> Iterator[tuple[Period, bool]]:
    """Yield the periods of which the part says nothing, and whether anybody of it is there."""
    question, kpi, by = one
    whole, (column, own) = question.tables.whole, question.tables.part
    names = {source for table in kpi.tables for source in sources(table, set())} & {*whole.given}
    every = parts(whole, column, names)

    def people(tables: Tables, cut: str | None) -> Counts:
        found = work(replace(question, tables=tables), cut)[id(kpi)]
        describe(kpi, found, question.minimum)
        return dict(zip(found.places, np.nan_to_num(found.people).tolist(), strict=True))

    tables = [[people(each, None) for each in every.values()]]
    for cut in question.breakdowns:  # by which the company's own report says how many they are
        if cut != column and all(divided_here(e, kpi.people.table, cut) for e in every.values()):
            found = (gather(e, [kpi.people], question.periods, cut) for e in every.values())
            tables.append([each[kpi.people].values for each in found])
    cells = [people(each, by) for each in every.values()] if by else []
    for period in question.periods:
        laid, inside = [_laid(each, period) for each in tables], _laid(cells, period)
        there = [at for at, name in enumerate(every) if name in own and laid[0][at].any()]
        small = ((inside > 0) & (inside < question.minimum)).any()
        if small or not shown_parts(laid, question.minimum).issuperset(there):
            yield period, bool(there)


def _laid(table: Sequence[Counts], period: Period) -> np.ndarray:
    """Return the people of a period: a row a part, a column a group."""
    groups = sorted({group for counts in table for day, group in counts if day == period})
    rows = [[counts.get((period, group), 0.0) for group in groups] for counts in table]
    return np.array(rows, dtype=float).reshape(len(table), len(groups))
