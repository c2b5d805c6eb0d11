"""What is news: a change beyond chance, and further than its own series usually moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.columns import Figures
from kpilib.engine.compare import LEAST, adds_up, exposure, unusual
from kpilib.engine.outcome import OK
from kpilib.engine.question import COMPARISONS, OneKpi, Question
from kpilib.period import Period
from kpilib.tables.derive import sources

PAST = {"previous": 25, "year_before": 13}  # moves of the past that are looked at
IN_POINTS = ("rate", "points")  # units whose figures move by points, not by a part of themselves
# Estimates that share measurements, judgements on other figures, and rankings.
WITHOUT = ("R9", "R10", "R11")
DAYS_A_WEEK = 7

Pairs = list[tuple[Period, Period]]
# A KPI, its figures of the periods asked, and the columns of its rows.
Part = tuple[OneKpi, Figures, dict[str, np.ndarray]]


def history(question: Question, parts: Sequence[Part]) -> Question | None:
    """Return what else is to be asked to tell what is news; None where nothing can be.

    Parameters
    ----------
    question : Question
    parts : sequence of Part
        The answer: what chance explains needs no history.
    """
    kpis, periods = [], set()
    for part in parts:
        one, _, laid = part
        asked = {
            each
            for name, here, looked_at in _looked_at(part)
            if any(laid[f"news_{name}"][here]) and _tellable(one.kpi, looked_at)
            for pair in looked_at
            for each in pair
        }
        kpis += [one.kpi] if asked else []
        periods |= asked
    if not kpis:
        return None
    ordered = sorted(periods, key=lambda each: (each.start, each.end_day))
    return replace(question, kpis=kpis, periods=ordered, compare=(), against={}, intervals=False)


def _looked_at(part: Part) -> Iterator[tuple[str, np.ndarray, Pairs]]:
    """Yield of each comparison and period its name, its rows, and the periods to look back at."""
    (question, kpi, _), shown, _ = part
    names = compared(question)
    first = _first_day(question, kpi) if names else None
    for name, period in product(names, dict.fromkeys(question.periods)):
        here = np.flatnonzero(shown.inside([period]))
        yield name, here, pairs(question, period, name, first)


def _tellable(kpi: Kpi, looked_at: Pairs) -> bool:
    return kpi.roll_up not in WITHOUT and len(looked_at) > LEAST


def compared(question: Question) -> list[str]:
    """Return the comparisons of a question that may be news."""
    return [name for name in question.compare if name in COMPARISONS]


def looked_back(question: Question) -> set[Period]:
    """Return all periods by which it is known what is news of the periods asked."""
    return {
        each
        for period, name in product(question.periods, compared(question))
        for pair in pairs(question, period, name, date.min)
        for each in pair
    }


def pairs(question: Question, period: Period, name: str, first: date | None) -> Pairs:
    """Return a period with the one it is compared with, then those before it with theirs.

    As far back as there is data, and of a period under way, as much of each as has elapsed of it.
    """
    cache, fed = question.tables.cache, tuple(sorted(question.fed_until.items()))
    key = "pairs", period, name, first, question.as_of, fed
    if key not in cache:  # many figures begin and end on the same days
        cache[key] = _pairs(question, period, name, first)
    return cache[key]


def _pairs(question: Question, period: Period, name: str, first: date | None) -> Pairs:
    found: Pairs = []
    later = period
    while first is not None and len(found) <= PAST[name]:
        other = later.previous() if name == COMPARISONS[0] else later.year_before()
        if other.end_day < first:
            break
        found.append((question.cut(later, period), question.cut(other, period)))
        later = later.previous()
    return found


def judge(part: Part, past: Figures | None) -> None:
    """Say of each change whether it is news.

    Only changes further than usual are; where fewer than twelve earlier moves are known, that is
    missing.

    Parameters
    ----------
    part : Part
        Its columns ``news_...`` say which changes chance does not explain, as far as that is
        known, and are missing where nothing can be said.
    past : Figures or None
        The answer to `history`: figures that are not shown, and those that were not ripe, do not
        count.
    """
    one, shown, laid = part
    paces = None if past is None else _paces(one.kpi, past)
    for name, here, looked_at in _looked_at(part):
        news = laid[f"news_{name}"]
        if not _tellable(one.kpi, looked_at):
            news[here] = None
            continue
        open_ = here[[each is not None for each in news[here]]]
        if any(news[open_]):
            groups = [group for _, group in shown.places[open_]]
            later, earlier = (
                paces.reindex(index=groups, columns=[*side]).to_numpy()
                for side in zip(*looked_at, strict=True)
            )
            season = _season([each for each, _ in looked_at]) if name == COMPARISONS[0] else 0
            further, told = unusual(later - earlier, season)
            said = news[open_].astype(bool) & further
            news[open_] = np.where(told, said.astype(object), None)


def _season(periods: Sequence[Period]) -> int:
    """Return after how many periods the same season comes back; 0 where none is known."""
    if periods[0].days == 1:
        return DAYS_A_WEEK
    a_year_ago = periods[0].year_before()
    return periods.index(a_year_ago) if a_year_ago in periods else 0


def _paces(kpi: Kpi, past: Figures) -> pd.DataFrame:
    """Return the figures of a KPI as moves need them: a row a group, and a column a period.

    That is the figure itself in points, and its logarithm where it is always above nothing; of a
    total, per day. A group begins when it first has something.
    """
    ripe = (past.status == OK) & ~past.flagged("immature")
    pace = np.where(ripe, past.value, np.nan)
    if adds_up(kpi):
        own = zip(past.details, past.places, strict=True)
        pace = pace / [exposure(details, period) for details, (period, _) in own]
    figures = pd.Series(pace, pd.MultiIndex.from_tuples([*past.places])).unstack(0)
    figures = figures.where(np.maximum.accumulate(np.nan_to_num(figures) != 0, axis=1))
    if kpi.unit not in IN_POINTS:
        above = ~(figures <= 0).any(axis=1)
        figures.loc[above] = np.log(figures.loc[above])
    return figures


def _first_day(question: Question, kpi: Kpi) -> date | None:
    """Return the first day of which any table of a KPI tells."""
    tables = {each for table in kpi.tables for each in sources(table, set())}
    days = [question.tables.extent(each).first for each in tables if each in question.tables]
    return min((day for day in days if day is not None), default=None)
