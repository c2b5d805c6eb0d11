"""What is news: a change beyond chance, and further than its own series usually moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.clock import CLOCK
from kpilib.engine.compare import LEAST, adds_up, exposure, unusual
from kpilib.engine.known import fed_until
from kpilib.engine.outcome import OK
from kpilib.engine.question import COMPARISONS, Question
from kpilib.engine.slices import BESIDE, EVERYONE, columns_of
from kpilib.period import Period
from kpilib.tables.derive import sources

PAST = {"previous": 25, "year_before": 13}  # moves of the past that are looked at
IN_POINTS = ("rate", "points")  # units whose figures move by points, not by a part of themselves
# Estimates that share measurements, judgements on other figures, and rankings.
WITHOUT = ("R9", "R10", "R11")
DAYS_A_WEEK = 7
OF_PAST = ["period", "period_start", "period_end", "value", "status", "flags", "details"]

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
    kpi_of, period_of = (rows[name].to_numpy(dtype=object) for name in ("kpi", "period"))
    open_in: dict[tuple[str, str], set[str]] = {}
    for name in compared(question):
        news = rows[f"news_{name}"].eq(True).to_numpy(dtype=bool)
        for kpi, period in zip(kpi_of[news], period_of[news], strict=True):
            open_in.setdefault((kpi, name), set()).add(period)
    for kpi in question.kpis:
        asked = _asked(question, kpi, open_in) if kpi.roll_up not in WITHOUT else set()
        kpis += [kpi] if asked else []
        periods |= asked
    if not kpis:
        return None
    ordered = sorted(periods, key=lambda each: (each.start, each.end_day))
    return replace(question, kpis=kpis, periods=ordered, compare=(), against={}, intervals=False)


def _asked(
    question: Question, kpi: Kpi, open_in: Mapping[tuple[str, str], set[str]]
) -> set[Period]:
    """Return the periods to look back at for a KPI, of which chance leaves a change open."""
    found: set[Period] = set()
    for name in compared(question):
        for period in question.periods if (kpi.id, name) in open_in else ():
            if period.name in open_in[kpi.id, name]:
                looked_at = pairs(_fed(question, kpi), period, name, _first_day(question, kpi))
                if len(looked_at) > LEAST:
                    found |= {each for pair in looked_at for each in pair}
    return found


def open_groups(question: Question, rows: pd.DataFrame) -> dict[str, set[str]]:
    """Return the groups of which chance says something, by KPI: of the others nothing is news.

    Of hours and weekdays, which a frame writes in another way, all groups are looked back at.
    """
    names = [f"news_{name}" for name in compared(question)]
    said = rows[rows[names].notna().any(axis=1)]
    places, found = said.groupby("kpi").indices, {}
    for kpi in question.kpis:
        by = question.by or kpi.by
        if by is not None and not {*columns_of(by)} & {*CLOCK}:
            found[kpi.id] = set(_groups(said.iloc[places.get(kpi.id, [])], by))
    return found


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
    names, places = compared(question), rows.groupby("kpi").indices
    of_past, periods = past.groupby("kpi").indices, rows["period"].to_numpy()
    news = {name: np.array(rows[f"news_{name}"].astype(object)) for name in names}
    for told in news.values():
        told[pd.isna(told)] = None
    bys = {each for kpi in question.kpis for each in columns_of(question.by or kpi.by)}
    groups, past = rows[sorted(bys)], past[[*OF_PAST, *sorted(bys & {*past})]]
    looked: dict[tuple, Pairs] = {}
    for kpi in question.kpis if names else ():
        by, own = question.by or kpi.by, places.get(kpi.id, np.array([], dtype=int))
        fed, first = _fed(question, kpi), _first_day(question, kpi)
        paces = _paces(kpi, past.iloc[of_past[kpi.id]], by) if kpi.id in of_past else None
        for period, name in product(question.periods, names):
            here = own[periods[own] == period.name]
            key = period, name, first, *sorted(fed.fed_until.items())
            if key not in looked:  # many figures begin and end on the same days
                looked[key] = pairs(fed, period, name, first)
            looked_at = looked[key]
            if kpi.roll_up in WITHOUT or len(looked_at) <= LEAST:
                news[name][here] = None
                continue
            open_ = here[[each is not None for each in news[name][here]]]
            if any(bool(each) for each in news[name][open_]):
                moves = paces.moves(_groups(groups.iloc[open_], by), looked_at)
                season = _season([each for each, _ in looked_at]) if name == COMPARISONS[0] else 0
                further, told = unusual(moves, season)
                said = news[name][open_].astype(bool) & further
                news[name][open_] = np.where(told, said.astype(object), None)
    return rows.assign(
        **{f"news_{name}": pd.Series(told, rows.index, object) for name, told in news.items()}
    )


def _season(periods: Sequence[Period]) -> int:
    """Return after how many periods the same season comes back; 0 where none is known."""
    if periods[0].days == 1:
        return DAYS_A_WEEK
    a_year_ago = periods[0].year_before()
    return periods.index(a_year_ago) if a_year_ago in periods else 0


@dataclass(frozen=True)
class Paces:
    """The figures of one KPI on a scale on which moves are differences.

    Parameters
    ----------
    groups, periods : dict of str to int
        Where each stands.
    figures : numpy.ndarray
        One row a group and one column a period; the last of both, of which nothing is known, is
        where others are looked for.
    """

    groups: dict[str, int]
    periods: dict[str, int]
    figures: np.ndarray

    def moves(self, groups: Sequence[str], compared: Pairs) -> np.ndarray:
        """Return the moves of some groups from the second to the first period of each pair."""
        rows = [self.groups.get(each, -1) for each in groups]
        later, earlier = (
            self.figures[np.ix_(rows, [self.periods.get(each.name, -1) for each in side])]
            for side in zip(*compared, strict=True)
        )
        return later - earlier


def _paces(kpi: Kpi, past: pd.DataFrame, by: str | None) -> Paces:
    """Return the figures of a KPI as moves need them.

    That is the figure itself in points, and its logarithm where it is always above nothing; of a
    total, per day. A group begins when it first has something.
    """
    ripe = [
        OK == status and "immature" not in flags
        for status, flags in zip(past["status"], past["flags"], strict=True)
    ]
    pace = np.where(ripe, past["value"].to_numpy(dtype=float, na_value=np.nan), np.nan)
    if adds_up(kpi):
        spans = map(Period, past["period_start"].dt.date, past["period_end"].dt.date)
        pace = pace / [exposure(*each) for each in zip(past["details"], spans, strict=True)]
    (row, groups), (column, periods) = (
        pd.factorize(np.array(each, dtype=object)) for each in (_groups(past, by), past["period"])
    )
    figures = np.full((len(groups) + 1, len(periods) + 1), np.nan)
    figures[row, column] = pace
    begun = np.maximum.accumulate(np.nan_to_num(figures) != 0, axis=1)
    figures[~begun] = np.nan
    if kpi.unit not in IN_POINTS:
        above = ~(figures <= 0).any(axis=1)
        figures[above] = np.log(figures[above])
    return Paces(
        *({each: at for at, each in enumerate(some)} for some in (groups, periods)), figures
    )


def _groups(rows: pd.DataFrame, by: str | None) -> list[str]:
    named = [EVERYONE] * len(rows)
    for place, name in enumerate(columns_of(by)):
        known = zip(rows[name], rows[name].notna(), strict=True)
        own = [str(each) if there else EVERYONE for each, there in known]
        named = [BESIDE.join(each) for each in zip(named, own, strict=True)] if place else own
    return named


def _fed(question: Question, kpi: Kpi) -> Question:
    """Return a question that knows how far the feed of a KPI goes."""
    return replace(question, fed_until=fed_until(question, kpi, question.by or kpi.by))


def _first_day(question: Question, kpi: Kpi) -> date | None:
    """Return the first day of which any table of a KPI tells."""
    tables = {each for table in kpi.tables for each in sources(table, set())}
    days = [question.tables.extent(each).first for each in tables if each in question.tables]
    return min((day for day in days if day is not None), default=None)
