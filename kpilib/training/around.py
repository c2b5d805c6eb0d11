"""How both groups of a training went, from half a year before it to half a year after."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.training.rows import BY, known_trainings, target_of

AROUND = 6  # months before a training begins, and after, in which both groups are looked at


def training_course(company: Any, period: Any, training: str | None = None) -> pd.DataFrame:
    """Return how trained and control went in the six months before a training and after it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
    training : str, optional
        By default the one with most people.

    Returns
    -------
    pandas.DataFrame
        As `Company.course`, to be drawn with ``kl.plot.lines``; ``date, text``, when it began, for
        its notes.

    Examples
    --------
    >>> rows = kl.training_course(data, "2026-10")
    >>> ax = kl.plot.lines(rows, notes=rows[["date", "text"]].head(1))
    """
    rows = company.course(period, training)
    known = known_trainings(company, "title", "started_at").set_index(BY)
    own = known.reindex(rows[BY].head(1))
    if own.dropna(how="all").empty or rows["value"].isna().all():
        return rows.assign(date=pd.NaT, text="")  # why there is no course, at its own period
    began = pd.Timestamp(own["started_at"].iloc[0])
    away = rows["period_start"].dt.to_period("M").astype("int64") - began.to_period("M").ordinal
    around = away.abs() <= AROUND
    return rows[around if around.any() else [True] * len(rows)].assign(  # measured late alone
        label=f"{own['title'].iloc[0]}, {target_of(rows['kpi'].iloc[0])[0]}",
        date=began,
        text=reader().say("The training begins."),
    )
