"""Trained and control: whether they were alike before a training, and how both went around it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.engine.columns import counted_in
from kpilib.methods.measured import ARMS
from kpilib.methods.parallel import LEVELS
from kpilib.opening import opened
from kpilib.training.collecting import TARGET, paired
from kpilib.training.rows import BY, described, known_trainings, target_of

AROUND = 6  # months before a training begins, and after, in which both groups are looked at
DID = "training_effect_did"
BEFORE = ("before_difference", "before_trend")  # of the trained against the others
COLUMNS = (
    BY,
    "name",
    "who",
    "people",
    "pairable",
    "before",
    "difference",
    "trend",
    "alike",
    "unit",
)
NUMBERS = ("people", "pairable", "before", "difference", "trend")


def training_arms(company: Company, period: Any) -> pd.DataFrame:
    """Return the groups of each training beside each other, as they were before it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
        Trainings measured in it.

    Returns
    -------
    pandas.DataFrame
        One row a training and group (``who``: ``treated`` or ``control``): ``training_id, name``;
        ``people`` compared; ``pairable``, the share of those listed who were measured before and
        after; ``before``, their mean in ``unit``; of the trained, ``difference`` from the others
        in standard deviations, ``alike`` where it is below a quarter, and ``trend``, by how much
        more they rose from one period before to the next.

    References
    ----------
    What Works Clearinghouse (2022), baseline equivalence: 0.25 standard deviations.

    Examples
    --------
    >>> kl.training_arms(data, "2026-10").query("who == 'treated' and not alike")
    """
    company = opened(company)
    asked = company.period(period)
    rows = described(company.evaluate(DID, asked, by=BY), company)
    rows = rows[rows[BY].notna() & rows["value"].notna()]
    shares = paired(company, asked.end_day)
    shares = shares[shares["what"].eq(TARGET)].set_index([BY, "who"])["share"]
    found = [
        _arm(row, who, shares.get((row[BY], who)))
        for row in rows.to_dict("records")
        for who in ARMS
    ]
    return counted_in(pd.DataFrame(found, columns=list(COLUMNS)), *NUMBERS)


def _arm(row: dict[str, Any], who: str, pairable: float | None) -> dict[str, Any]:
    details, first = row["details"], who == "treated"
    difference, trend = (details.get(name) if first else None for name in BEFORE)
    return {
        BY: row[BY],
        "name": row["name"] if isinstance(row.get("name"), str) else row[BY],
        "who": who,
        "people": details[f"{who}_people"],
        "pairable": pairable,
        "before": None if details.get("assigned_by_lot") else details[f"{who}_before"],
        "difference": difference,
        "trend": trend,
        "alike": abs(difference) < LEVELS if known(difference) else None,
        "unit": row["unit"],
    }


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
    company = opened(company)
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
