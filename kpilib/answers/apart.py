"""What of a part of a company may be shown beside the whole and the other parts.

Their reports are read together: what one hides, the others' sums and differences must not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from kpilib.answers.worked_out import Outcomes
from kpilib.definitions import Kpi
from kpilib.engine.aggregate import gather
from kpilib.engine.outcome import NO_DATA
from kpilib.engine.privacy import described, hide, shown_parts
from kpilib.engine.question import Question
from kpilib.engine.slices import divided_here
from kpilib.period import Period
from kpilib.tables.derive import sources
from kpilib.tables.part import parts

Counts = dict[tuple[Period, str], float]  # people by period and group


def apart(
    question: Question,
    kpi: Kpi,
    by: str | None,
    answer: Outcomes,
    work: Callable[[Question, str | None], Outcomes],
) -> Outcomes:
    """Hide of a part what would tell of too few beside what is published of the others.

    Parameters
    ----------
    question : Question
    kpi : Kpi
        One about people.
    by : str or None
    answer : dict of (Period, group) to Outcome
    work : callable
        Works the KPI out for a question and a breakdown.

    Returns
    -------
    dict of (Period, group) to Outcome
        As it is where the question is of all of a company. Else a total stands where no sum of
        parts, of the whole or of a breakdown's groups leaves fewer than the minimum; groups stand
        where those of all parts reach it; a period does where the months that it is made of do.
    """
    whole = question.tables.whole
    if whole is None:
        return answer
    column, own = question.tables.part
    names = {source for table in kpi.tables for source in sources(table, set()) if source in whole}
    every = parts(whole, column, names)
    longer = [each for each in question.every_period if each.kind != "month"]
    months = [month for each in longer for month in each.months()]
    periods = list(dict.fromkeys([*question.every_period, *months]))
    asked = replace(
        question, kpis=[kpi], periods=periods, compare=(), intervals=False, printed=False
    )
    tables = [[_people(asked, kpi, None, each, work) for each in every.values()]]
    tables += _cuts(asked, kpi, column, [*every.values()])
    cells = [_people(asked, kpi, by, each, work) for each in every.values()] if by else []
    few = {each for each in periods if not _shown(tables, cells, each, [*every], own, asked)}
    described_in = {
        period
        for group, counts in zip(every, tables[0], strict=True)
        for (period, _), size in counts.items()
        if group in own and size
    }
    few |= {each for each in longer if any(m in few & described_in for m in each.months())}
    return {
        at: hide(each) if at[0] in few and each.status != NO_DATA else each
        for at, each in answer.items()
    }


def _people(
    question: Question, kpi: Kpi, by: str | None, tables: object, work: Callable[..., Outcomes]
) -> Counts:
    found = work(replace(question, tables=tables), by)
    told = {at: described(kpi, each, question.minimum) for at, each in found.items()}
    return {at: each.people or 0.0 for at, each in told.items()}


def _cuts(question: Question, kpi: Kpi, column: str, every: list) -> Iterator[list[Counts]]:
    """Yield the people of each part by each column that cuts the figure in the company's report."""
    for cut in question.breakdowns:
        if cut != column and all(divided_here(each, kpi.people.table, cut) for each in every):
            yield [
                gather(each, [kpi.people], question.periods, cut)[kpi.people].values
                for each in every
            ]


def _shown(
    tables: list[list[Counts]],
    cells: list[Counts],
    period: Period,
    names: list[str],
    own: frozenset[str],
    question: Question,
) -> bool:
    people = [_in(table, period) for table in tables]
    shown = shown_parts(people, question.minimum)
    sizes = people[0].sum(axis=1)
    inside = _in(cells, period)
    whole = ((inside == 0) | (inside >= question.minimum)).all()
    return whole and all(
        at in shown or not sizes[at] for at, name in enumerate(names) if name in own
    )


def _in(table: list[Counts], period: Period) -> np.ndarray:
    """Return the people of a period: a row a part, a column a group."""
    groups = sorted({group for counts in table for day, group in counts if day == period})
    rows = [[counts.get((period, group), 0.0) for group in groups] for counts in table]
    return np.array(rows, dtype=float).reshape(len(table), len(groups))
