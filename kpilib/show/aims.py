"""What a plan asks of a figure, period by period, as a frame that a chart draws."""

from __future__ import annotations

import pandas as pd

from kpilib.objectives.goal import Goal
from kpilib.period import Period
from kpilib.show.over_time import RUNNING

KINDS = {"maintain": "level", "binary": "level", "count": RUNNING}


def asked(goal: Goal, period: Period, past: int) -> pd.DataFrame:
    """Return what a key result asks for, up to its end.

    Parameters
    ----------
    goal : Goal
    period : Period
        The last one that a page is about.
    past : int
        How many periods up to that one; of months, those to come stand behind them.

    Returns
    -------
    pandas.DataFrame
        ``period_start, period_end, value, kind, since, target, due``: one row a period. ``value``
        is what is asked for by its end. ``kind`` is ``level``, ``path``, or ``running_total``,
        which counts from ``since`` on. ``target`` and ``due`` are the last of them: what, and by
        which day.
    """
    inside = [
        each
        for each in _periods(goal, period, past)
        if goal.start <= each.end_day and each.start <= goal.end
    ]
    days = [min(each.end_day, goal.end) for each in inside]
    kind = RUNNING if goal.fills_up else KINDS.get(goal.mode, "path")
    return pd.DataFrame(
        {
            "period_start": pd.to_datetime([each.start for each in inside]),
            "period_end": pd.to_datetime([each.end_day for each in inside]),
            "value": [goal.whole(goal.expected(day)) for day in days],
            "kind": kind,
            "since": pd.to_datetime([_since(goal, day) for day in days]),
            "target": goal.whole(goal.target),
            "due": pd.Timestamp(goal.end),
        }
    )


def _periods(goal: Goal, period: Period, past: int) -> list[Period]:
    if period.kind != "month":
        return period.trailing(past)
    last = Period.month_of(max(goal.end, period.end_day))
    ahead = 12 * (last.start.year - period.start.year) + last.start.month - period.start.month
    return last.trailing(past + ahead)


def _since(goal: Goal, day):
    """Return the first day that a running total counts; None of a level and of a path."""
    if goal.mode == "count":
        return goal.start
    span = goal.span(day) if goal.fills_up else None
    return None if span is None else span.start
