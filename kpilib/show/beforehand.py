"""What the pages of a period ask first: a run works it out once, before any of them begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from kpilib.answers.worked_out import worked_out
from kpilib.company import Company
from kpilib.definitions import Kpi, Method
from kpilib.objectives.goal_rows import TOPIC
from kpilib.objectives.plan import read_plan
from kpilib.objectives.standing import Standing, standings
from kpilib.objectives.written import announced
from kpilib.opening import opened
from kpilib.period import Period
from kpilib.show.lead import shown_first
from kpilib.show.sentences import BASES
from kpilib.topics.catalogue import TOPICS, of_topic

PAST = 13


def for_pages(data: Any) -> Company:
    """Return a company as pages ask it.

    Parameters
    ----------
    data : Company, or what `kpilib.open` takes
    """
    company = copy(opened(data))
    company.forgiving = True  # a page is made for the figures that there are
    company.printed = True  # and read side by side: no person is worked out of two
    return company


def figures(
    company: Company, kpis: Sequence[str | Kpi], period: Period, **more: Any
) -> pd.DataFrame:
    """Return figures of a period, beside the period before and the year before."""
    return company.evaluate(kpis, period, compare=list(BASES), **more)


def judged(
    company: Company, kpis: Sequence[str | Kpi], period: Period, rows: pd.DataFrame
) -> pd.DataFrame:
    """Return a series whose last row says whether its change on the year before could be chance.

    A title then says of it what the page says. A KPI by groups has no row of its own.
    """
    told = figures(company, kpis, period).drop_duplicates("kpi", keep=False).set_index("kpi")
    noise, last = "within_noise_year_before", rows["period"].eq(period.name)
    return rows.assign(**{noise: rows["kpi"].map(told[noise]).where(last)})


def past(company: Company, first: Sequence[Kpi], period: Period) -> pd.DataFrame:
    """Return the last thirteen periods of the figures that stand first on a page."""
    return company.series(first, period, PAST)


def followed(
    company: Company, kpis: Sequence[Kpi], period: Period, plan: Any = None
) -> tuple[Standing, ...]:
    """Return where the announced key results about some KPIs stand at a month's end."""
    if period.kind != "month":
        return ()
    plan = announced(read_plan(company.folder, company.settings.currency)) if plan is None else plan
    return standings(company, period, plan, kpis={each.id for each in kpis})


def work_out(
    folder: Path, period: str, topics: Sequence[str], methods: Collection[bool], shared: Path
) -> None:
    """Work out what the pages of some topics will ask, and leave it where they look first.

    Parameters
    ----------
    folder : Path
        The company's.
    period : str
    topics : sequence of str
    methods : collection of bool
        Whether the KPIs of methods (true), or all others (false).
    shared : Path
        Where the pages of a run tell each other what they worked out.
    """
    pages = [of_topic(topic) for topic in topics if topic in TOPICS and topic != TOPIC]

    def mine(some: Iterable[Sequence[Kpi]]) -> list[Kpi]:
        kpis = chain.from_iterable(some)
        return [each for each in kpis if isinstance(each.value, Method) in methods]

    every, first = mine(pages), mine(map(shown_first, pages))
    if not every:
        return
    company = for_pages(str(folder))
    worked_out(company.tables).share(shared, f"beforehand{sum(methods)}{topics[0]}")
    known = company.period(period)
    figures(company, every, known)
    if first:
        past(company, first, known)
    followed(company, every, known)
