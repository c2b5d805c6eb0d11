"""How promising is a prospect? Points from a grid with a version, and how the scores spread.

A grid is a contract between marketing and sales. Changing one number of it makes other scores:
give it another version and note the day, as figures before and after it no longer compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kpilib.engine.known import LOW_N
from kpilib.engine.outcome import NO_DATA, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call, last_day
from kpilib.period import Period

WON_WITHIN_DAYS = 90  # from the lead to the purchase; who buys later counts as not won
NO_SCORE = "No lead of this period has a score."
TENTHS, LEAST_A_TENTH = 10, 10


class Grid(BaseModel):
    """A scoring grid; `kpilib.yaml_file.read_yaml` reads one from a file.

    Parameters
    ----------
    version : str
        Changes with every change of the grid.
    threshold : float
        Points from which a lead is qualified.
    points : dict of str to float
        What each fact is worth; less than 0 for one that speaks against the lead.
    half_life_days : dict of str to float
        After how many days a fact is worth half; for ever where nothing is said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(min_length=1)
    threshold: float
    points: dict[str, float] = Field(min_length=1)
    half_life_days: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fades_what_it_scores(self) -> Grid:
        for fact, days in self.half_life_days.items():
            if fact not in self.points:
                raise ValueError(f"half_life_days names {fact!r}, which has no points")
            if days <= 0:
                raise ValueError(f"half_life_days of {fact!r} is not above 0")
        return self


@dataclass(frozen=True)
class Score:
    """The score of one lead, explained.

    Parameters
    ----------
    total : float
    is_qualified : bool
        Whether it reaches the threshold.
    points : dict of str to float
        What each fact brought; they add up to the total.
    unscored : tuple of str
        Facts that the grid does not know.
    version : str
        Of the grid.
    """

    total: float
    is_qualified: bool
    points: dict[str, float]
    unscored: tuple[str, ...]
    version: str


def score(grid: Grid, facts: Iterable[str] | Mapping[str, float]) -> Score:
    """Score a lead by what is known of it.

    Parameters
    ----------
    grid : Grid
    facts : iterable of str, or mapping of str to float
        Facts, or each with the days since it was last true. However often it happened, a fact
        counts once.

    Returns
    -------
    Score
    """
    ages = facts if isinstance(facts, Mapping) else dict.fromkeys(facts, 0.0)
    points = {
        fact: worth * _left(grid.half_life_days.get(fact), ages[fact])
        for fact, worth in grid.points.items()
        if fact in ages
    }
    total = sum(points.values())
    return Score(
        total=total,
        is_qualified=total >= grid.threshold,
        points=points,
        unscored=tuple(fact for fact in ages if fact not in grid.points),
        version=grid.version,
    )


def _left(half_life: float | None, age: float) -> float:
    return 1.0 if half_life is None else 0.5 ** (max(age, 0.0) / half_life)


def score_distribution(call: Call) -> Answer:
    """Return the median score of the leads of a period; how scores spread stands beside it.

    The leads of the twelve months that end with the period, those at least 90 days old, say
    whether the grid is right: the share won should rise with the score.
    """
    columns = "created_at fit_score engagement_score"
    wins_known = "won_at" in call.tables.columns("leads")
    answer: Answer = {}
    for period in call.periods:
        leads = _scored(call.rows_of("leads", columns, period))
        year = None
        if wins_known:
            year = _matured(call, f"{columns} won_at", period)
        groups = {EVERYONE} if call.by is None else set(leads["group"])
        for group in groups:
            known = None if year is None else year[year["group"] == group]
            answer[period, group] = _spread(leads[leads["group"] == group], known)
    return answer


def _scored(leads: pd.DataFrame) -> pd.DataFrame:
    return leads.assign(score=leads["fit_score"] + leads["engagement_score"])


def _matured(call: Call, columns: str, period: Period) -> pd.DataFrame:
    leads = _scored(call.rows_of("leads", columns, period.ending("12m")))
    window = pd.Timedelta(days=WON_WITHIN_DAYS)
    created, won = (pd.to_datetime(leads[name], utc=True) for name in ("created_at", "won_at"))
    end = Period(period.start, last_day(call.tables, period))
    _, ends = end.bounds(call.tables.zone)
    until = min(ends, call.tables.until or ends)
    old = leads["score"].notna() & (created + window <= until)
    return leads.assign(won=(won <= created + window).astype(bool))[old]


def _spread(leads: pd.DataFrame, matured: pd.DataFrame | None) -> Outcome:
    scores = leads["score"].dropna().to_numpy(dtype=float)
    if not len(scores):
        return unknown(NO_DATA, NO_SCORE)
    quantiles = np.percentile(scores, [10, 25, 50, 75, 90])
    names = ("decile_1", "quartile_1", "median", "quartile_3", "decile_9")
    details = dict(zip(names, map(float, quantiles), strict=True))
    value = details.pop("median")
    left_out = len(leads) - len(scores)
    details |= {"mean": float(scores.mean()), "excluded_without_score": float(left_out)}
    if matured is not None and len(matured) >= TENTHS * LEAST_A_TENTH:
        rates = won_by_tenth(matured["score"], matured["won"])["win_rate"]
        details |= {
            "win_rate_lowest_tenth": float(rates.iloc[0]),
            "win_rate_highest_tenth": float(rates.iloc[-1]),
            "tenths_that_win_less": float((rates.diff() < 0).sum()),
        }
    outcome = Outcome(value=value, n=float(len(scores)), details=details)
    care = {"low_n": len(scores) < LOW_N, "excluded_rows": left_out}
    return outcome.flagged(*(flag for flag, raised in care.items() if raised))


def won_by_tenth(scores: pd.Series, won: pd.Series) -> pd.DataFrame:
    """Return the share of leads won in each tenth of the scores, the lowest first.

    Leads with one score stay together, so a tenth may be missing. Where the share does not rise,
    the grid promises what it does not keep.

    Parameters
    ----------
    scores : pandas.Series of float
    won : pandas.Series of bool

    Returns
    -------
    pandas.DataFrame
        Indexed by tenth: ``leads, won, win_rate``.
    """
    tenth = np.ceil(scores.rank(method="average", pct=True) * TENTHS).astype(int)
    found = won.groupby(tenth).agg(leads="size", won="sum").rename_axis("tenth")
    return found.assign(win_rate=found["won"] / found["leads"])
