"""What is news: a change beyond chance, and further than its own series usually moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.compare import adds_up, exposure
from kpilib.engine.known import fed_until
from kpilib.engine.outcome import OK
from kpilib.engine.question import COMPARISONS, Question
from kpilib.engine.slices import BESIDE, EVERYONE, columns_of
from kpilib.engine.usual import LEAST, unusual
from kpilib.period import Period
from kpilib.tables.derive import sources

PAST = {"previous": 25, "year_before": 13}  # moves of the past that are looked at
IN_POINTS = ("rate", "points")  # units whose figures move by points, not by a part of themselves
# Estimates that share measurements, judgements on other figures, and rankings.
WITHOUT = ("R9", "R10", "R11")
DAYS_A_WEEK = 7

Pairs = list[tuple[Period, Period]]


def history(question: Question, rows: pd.DataFrame) -> Question | None:
    """Return what else is to be asked to tell what is news; None where nothing can be.

    Parameters
    ----------
    question : Question
    rows : pandas.DataFrame
        The answer: what chance explains needs no history.
    """
    kpis, periods = [], set()
    for kpi in question.kpis if compared(question) else ():
        asked = _asked(question, kpi, rows) if kpi.roll_up not in WITHOUT else set()
        kpis += [kpi] if asked else []
        periods |= asked
    if not kpis:
        return None
    ordered = sorted(periods, key=lambda each: (each.start, each.end_day))
    return replace(question, kpis=kpis, periods=ordered, compare=(), against={}, intervals=False)


def _asked(question: Question, kpi: Kpi, rows: pd.DataFrame) -> set[Period]:
    """Return the periods to look back at for a KPI, of which chance leaves a change open."""
    question, first = _fed(question, kpi), _first_day(question, kpi)
    own = rows[rows["kpi"].eq(kpi.id)]
    found: set[Period] = set()
    for name in compared(question):
        open_in = set(own.loc[own[f"news_{name}"].eq(True), "period"])
        for period in question.periods:
            looked_at = pairs(question, period, name, first) if period.name in open_in else []
            if len(looked_at) > LEAST:
                found |= {each for pair in looked_at for each in pair}
    return found


def compared(question: Question) -> list[str]:
    """Return the comparisons of a question that may be news."""
    return [name for name in question.compare if name in COMPARISONS]


def pairs(question: Question, period: Period, name: str, first: date | None) -> Pairs:
    """Return a period with the one it is compared with, then those before it with theirs.

    As far back as there is data, and of a period under way, as much of each as has elapsed of it.
    """
    found: Pairs = []
    later = period
    while first is not None and len(found) <= PAST[name]:
        other = later.previous() if name == COMPARISONS[0] else later.year_before()
        if other.end_day < first:
            break
        found.append((question.cut(later, period), question.cut(other, period)))
        later = later.previous()
    return found


def judged(question: Question, rows: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Say of each change whether it is news.

    Parameters
    ----------
    question : Question
    rows : pandas.DataFrame
        The answer; its columns ``news_...`` say which changes chance does not explain, as far as
        that is known, and are missing where nothing can be said.
    past : pandas.DataFrame
        The answer to `history`, empty where there is none: figures that are not shown, and those
        that were not ripe, do not count.

    Returns
    -------
    pandas.DataFrame
        The answer, in which only changes further than usual are news; where fewer than twelve
        earlier moves are known, that is missing.
    """
    for name in compared(question):
        news = rows[f"news_{name}"].astype(object)
        for kpi in question.kpis:
            by, first = question.by or kpi.by, _first_day(question, kpi)
            fed = _fed(question, kpi)
            series = past[past["kpi"].eq(kpi.id)]
            paces = None if series.empty else _paces(kpi, series, by)
            for period in question.periods:
                own = rows["kpi"].eq(kpi.id) & rows["period"].eq(period.name) & news.notna()
                looked_at = pairs(fed, period, name, first)
                if kpi.roll_up in WITHOUT or len(looked_at) <= LEAST:
                    news[own] = None
                elif news[own].eq(True).any():
                    paces_now = paces.reindex(_groups(rows[own], by))
                    further, told = _unusual(paces_now, looked_at, name)
                    said = (news[own].astype(bool) & further).astype(object)
                    news[own] = said.where(told, None)
        rows = rows.assign(**{f"news_{name}": news.where(news.notna(), None)})
    return rows


def _unusual(paces: pd.DataFrame, compared: Pairs, name: str) -> tuple[np.ndarray, np.ndarray]:
    names = [[period.name for period in side] for side in zip(*compared, strict=True)]
    later, earlier = (paces.reindex(columns=side).to_numpy(dtype=float) for side in names)
    season = _season([pair[0] for pair in compared]) if name == COMPARISONS[0] else 0
    return unusual(later - earlier, season)


def _season(periods: Sequence[Period]) -> int:
    """Return after how many periods the same season comes back; 0 where none is known."""
    if periods[0].days == 1:
        return DAYS_A_WEEK
    a_year_ago = periods[0].year_before()
    return periods.index(a_year_ago) if a_year_ago in periods else 0


def _paces(kpi: Kpi, past: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Return one row a group and one column a period, on a scale on which moves are differences.

    That is the figure itself in points, and its logarithm where it is always above nothing; of a
    total, per day. A group begins when it first has something.
    """
    shown = past["status"].eq(OK) & ~past["flags"].map(lambda flags: "immature" in flags)
    days = 1.0
    if adds_up(kpi):
        spans = map(Period, past["period_start"].dt.date, past["period_end"].dt.date)
        days = [exposure(*each) for each in zip(past["details"], spans, strict=True)]
    figures = pd.DataFrame({
        "group": _groups(past, by), "period": past["period"].to_numpy(),
        "pace": (past["value"].where(shown) / days).to_numpy(),
    })  # fmt: skip
    order = list(dict.fromkeys(figures["period"]))
    paces = figures.pivot(index="group", columns="period", values="pace")[order]
    paces = paces.where((paces.fillna(0.0) != 0).cummax(axis="columns"))
    if kpi.unit in IN_POINTS:
        return paces
    above = ~(paces <= 0).any(axis="columns")
    return paces.where(~above, np.log(paces.where(paces > 0)), axis="index")


def _groups(rows: pd.DataFrame, by: str | None) -> pd.Index:
    named = pd.Series(EVERYONE, rows.index)
    for place, name in enumerate(columns_of(by)):
        own = rows[name].astype(object).where(rows[name].notna(), EVERYONE).astype(str)
        named = named + BESIDE + own if place else own
    return pd.Index(named)


def _fed(question: Question, kpi: Kpi) -> Question:
    """Return a question that knows how far the feed of a KPI goes."""
    return replace(question, fed_until=fed_until(question, kpi, question.by or kpi.by))


def _first_day(question: Question, kpi: Kpi) -> date | None:
    """Return the first day of which any table of a KPI tells."""
    tables = {each for table in kpi.tables for each in sources(table, set())}
    days = [question.tables.extent(each).first for each in tables if each in question.tables]
    return min((day for day in days if day is not None), default=None)
