"""How trained and control went, period by period, before a training and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kpilib.answers.evaluate import evaluate
from kpilib.engine.columns import Figures, counted_in
from kpilib.engine.intervals import student
from kpilib.engine.outcome import MISSING_COLUMN, MISSING_TABLE, NO_DATA, OK, SUPPRESSED, TOO_FEW
from kpilib.engine.printed import step, to_step
from kpilib.engine.question import Question
from kpilib.errors import UnknownName
from kpilib.methods.call import Call
from kpilib.methods.measured import Measured
from kpilib.methods.measurements import business, known_by, known_effect
from kpilib.period import Period
from kpilib.saying import no_such
from kpilib.topics.catalogue import catalogue

COLUMNS = [
    *("kpi", "label", "training_id", "period", "period_start", "period_end", "arm", "value", "n"),
    *("ci_low", "ci_high", "unit", "status", "reason", "flags"),
]
COURSE_WORDS = {
    "few": "Too few people of one group were measured every time, or too few were not.",
    "nobody": "Nobody of one group was measured every time.",
}


def _chosen(rows: pd.DataFrame, training: str | None, period: Period) -> str:
    """Return the training asked for, or the one with most people."""
    there = rows.groupby("group")["person"].nunique().sort_values(ascending=False, kind="stable")
    chosen = training or there.index[0]
    if chosen not in there.index:
        raise no_such(
            UnknownName,
            "No training {name!r} was measured afterwards in {period}. There is: {names}.{near}",
            chosen,
            there.index,
            period=period.name,
        )
    return chosen


def course(question: Question, training: str | None = None) -> pd.DataFrame:
    """Return the mean of each arm in each period in which a training was measured.

    The question is of ``training_effect_did``, in one period; see `kpilib.company.Company.course`.

    Raises
    ------
    UnknownName
        That training was not measured after in the period.
    """
    kpi, period = question.kpis[0], question.periods[0]
    whole = evaluate(replace(question, by=None))
    unknown = [MISSING_TABLE, MISSING_COLUMN] + [NO_DATA] * (training is None)
    if whole["status"].isin(unknown).any():  # the engine says why, once
        return whole.reindex(columns=COLUMNS)
    call = Call(
        tables=question.tables,
        kpi=kpi,
        periods=[period],
        by="training_id",
        intervals=True,
        definitions=catalogue(),
        minimum=question.minimum,
    )
    rows = known_by(call, business, period)
    chosen = _chosen(rows, training, period)
    own = rows[rows["group"] == chosen]
    measured, width = Measured.of(own), 0.0
    if question.printed:
        width = float(step(kpi, Figures.of({(period, chosen): known_effect(call, measured)}))[0])
    moved = str(own["kpi_id"].iloc[0])
    head = {"kpi": moved, "label": moved.replace("_", " "), "training_id": chosen, "unit": kpi.unit}
    found = [
        head | {"arm": arm} | row
        for arm, people in measured.arms().items()
        for row in _of_arm(own[own["person"].isin(people["person"])], question.minimum, width)
    ]
    return counted_in(pd.DataFrame(found, columns=COLUMNS), "value", "n", "ci_low", "ci_high")


def _of_arm(rows: pd.DataFrame, minimum: int, width: float) -> list[dict[str, Any]]:
    """Return the mean of those who were measured every time: the same people all along.

    Who came or went between two periods would move the mean, and could be worked out of it.
    """
    marks = rows.assign(month=rows["period_end"].dt.to_period("M"))
    marks = marks.pivot_table("value", "person", "month", aggfunc="mean")
    months, marks = marks.columns, marks.dropna()
    left = rows["person"].nunique() - len(marks)  # in the effect's means, and not in these
    known = len(marks) >= minimum and (not left or left >= minimum)
    reason = "" if known else COURSE_WORDS["few" if len(marks) else "nobody"]
    found = []
    for month in months:
        values = marks[month].to_numpy()
        mean = float(values.mean()) if known else None
        low, high = (student(values) if known and not width else None) or (None, None)
        period = Period.month_of(month.start_time.date())
        found.append(
            {
                "period": period.name,
                "period_start": pd.Timestamp(period.start),
                "period_end": pd.Timestamp(period.end_day),
                "value": to_step(mean, width) if known and width else mean,
                "n": float(len(marks)) if known else None,
                "ci_low": low,
                "ci_high": high,
                "status": OK if known else SUPPRESSED if len(marks) else TOO_FEW,
                "reason": reason,
                "flags": ["rounded"] if known and width else [],
            }
        )
    return found
