"""The figures of goals, month by month: fetched here alone, one pass a breakdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilib.engine.beginning import recorded_from
from kpilib.engine.known import SILENT
from kpilib.engine.outcome import FLAGS, MISSING, NO_DATA, OK
from kpilib.errors import KpilibError
from kpilib.methods.progress import REASON_WORDS
from kpilib.objectives.goal import Goal
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

Row = dict[str, Any]
Figures = Sequence[tuple[Period, float | None]]  # month by month, oldest first
TOPIC = "okr"
NOT_STARTED = REASON_WORDS["not_started"]
UNMEASURED_WORDS = {"unmeasured": "No KPI measures this key result."}
RECORDED = "recorded_from"  # in details: the first day of which anything is known
RESAMPLED = ("bootstrap", "method")  # intervals that a series leaves out


def monthly_rows(
    company: Asking,
    goals: Sequence[Goal],
    month: str | Period,
    months: int,
    sure: Collection[Period] = (),
) -> dict[str, list[Row]]:
    """Return the figures of goals, month by month.

    Parameters
    ----------
    company : Asking
    goals : sequence of Goal
    month : str or Period
        The last of so many `months`.
    months : int
    sure : collection of Period
        Those that have intervals, also where these take resampling.

    Returns
    -------
    dict of str to list of dict
        By id of the goal: a row of `Asking.evaluate` a month, oldest first, of its own group;
        ``no_data`` where that is absent or no KPI measures it. A goal of mode ``count`` has what
        came since its first day; one of a quarter or a year, the figure of that time so far.
    """
    periods = Period.parse(month).trailing(months)
    alike: dict[tuple, list[Goal]] = defaultdict(list)
    found: dict[str, list[Row]] = {}
    for goal in goals:
        known = catalogue().get(goal.kpi)
        if known is None or known.topic == TOPIC:
            why = UNMEASURED_WORDS["unmeasured"]
            found[goal.id] = [_absent(goal, each, why) for each in periods]
        else:
            days = (goal.window, goal.start, goal.end) if goal.adds_months else ()
            alike[breakdown(goal), *days].append(goal)
    for (by, *_), group in alike.items():
        found |= _of_alike(company, group, by, periods, sure)
    return found


def _of_alike(
    company: Asking,
    group: Sequence[Goal],
    by: str | None,
    periods: Sequence[Period],
    sure: Collection[Period],
) -> dict[str, list[Row]]:
    """Return the figures of goals that are cut alike and counted over the same days."""
    spans = {each: _so_far(group[0], each) for each in periods}
    asked, judged = (
        [span for span in dict.fromkeys(map(spans.get, some)) if span]
        for some in (periods, [each for each in periods if each in sure])
    )
    rows = _answers(company, group, asked, by, judged) if asked else {}
    return {
        goal.id: [
            _known_part(company, goal, span, _of(rows, goal, span, by))
            if span
            else _absent(goal, each, NOT_STARTED)
            for each, span in spans.items()
        ]
        for goal in group
    }


def _known_part(company: Asking, goal: Goal, span: Period, row: Row) -> Row:
    """Return a row that says where its records begin, where they are of a part of its days."""
    if row["status"] != OK:
        return row
    first = recorded_from(company.tables, catalogue()[goal.kpi], span)
    if first is None:
        return row
    flags = [flag for flag in FLAGS if flag in {*row["flags"], "partial"}]
    return row | {"flags": flags, "details": {**row["details"], RECORDED: first}}


def rows_where_possible(
    company: Asking,
    goals: Sequence[Goal],
    month: str | Period,
    months: int,
    sure: Collection[Period] = (),
) -> dict[str, list[Row]]:
    """Return `monthly_rows`; a goal that cannot be worked out is left out, alone."""
    try:
        return monthly_rows(company, goals, month, months, sure)
    except KpilibError:
        each = [[goal] for goal in goals] if len(goals) > 1 else []
        found = (rows_where_possible(company, one, month, months, sure) for one in each)
        return {name: rows for one in found for name, rows in one.items()}


def breakdown(goal: Goal) -> str | None:
    """Return the breakdown to ask for; a group of a KPI that is always by one needs none."""
    return goal.by or (catalogue()[goal.kpi].by if goal.group else None)


def _so_far(goal: Goal, month: Period) -> Period | None:
    """Return the days that a goal's figure is of at a month's end; None before the first."""
    if not goal.adds_months:
        return month
    last = min(month.end_day, goal.end) if goal.end >= month.start else month.end_day
    if goal.mode == "count":
        last = min(last, goal.end)
    span = goal.span(month.start)
    first = span.start if span is not None else goal.start
    return Period(first, last) if last >= first else None


def _answers(
    company: Asking,
    group: Sequence[Goal],
    periods: list[Period],
    by: str | None,
    sure: list[Period],
) -> dict[tuple[str, Period], list[Row]]:
    """Return the rows of every KPI and period; some with intervals that resample."""
    kpis = list(dict.fromkeys(goal.kpi for goal in group))
    slow = [name for name in kpis if catalogue()[name].interval in RESAMPLED]
    rows = _kept(company, kpis, periods, by, intervals=False)
    if slow and sure:
        rows |= _kept(company, slow, sure, by, intervals=True)
    return rows


def _kept(
    company: Asking, kpis: list[str], periods: list[Period], by: str | None, intervals: bool
) -> dict[tuple[str, Period], list[Row]]:
    """Return rows that were fetched before, and fetch the others: a page asks many times."""
    known = company.tables.cache.setdefault(("rows of goals", by, intervals, company.printed), {})
    lacking = [kpi for kpi in kpis if any((kpi, period) not in known for period in periods)]
    if lacking:
        forgiving = copy(company)
        forgiving.forgiving = True  # one key result without its columns takes no other along
        fresh: dict[tuple[str, Period], list[Row]] = {
            (kpi, period): [] for kpi in lacking for period in periods
        }
        names = {period.name: period for period in periods}
        for row in forgiving.over(lacking, periods, by=by, intervals=intervals).to_dict("records"):
            fresh[row["kpi"], names[row["period"]]].append(row)
        known |= fresh
    return {(kpi, period): known[kpi, period] for kpi in kpis for period in periods}


def _of(
    rows: Mapping[tuple[str, Period], list[Row]], goal: Goal, period: Period, by: str | None
) -> Row:
    """Return the row of a goal's group; why the whole KPI is unknown when it is."""
    every = rows.get((goal.kpi, period), [])
    key = by or catalogue()[goal.kpi].by
    if key is None:
        return every[0] if every else _absent(goal, period, SILENT)
    own = next((row for row in every if row[key] == goal.group), None)
    if own is not None:
        return own
    whole = [row for row in every if row["status"] in (NO_DATA, *MISSING) and pd.isna(row[key])]
    return whole[0] | {key: goal.group} if whole else _absent(goal, period, SILENT)


def _absent(goal: Goal, period: Period, reason: str) -> Row:
    return {
        "kpi": goal.kpi,
        "period": period.name,
        "period_start": pd.Timestamp(period.start),
        "period_end": pd.Timestamp(period.end_day),
        **({goal.by: goal.group} if goal.by else {}),
        **dict.fromkeys(("value", "numerator", "denominator", "n", "ci_low", "ci_high")),
        "ci_method": "",
        "unit": goal.unit,
        "status": NO_DATA,
        "reason": reason,
        "flags": [],
        "details": {},
    }


def figures_of(months: Sequence[Period], rows: Sequence[Mapping[str, Any]]) -> Figures:
    """Return the figure of each month; None where it is not known, or a part of it alone is."""
    return tuple(
        (month, row["value"] if row["status"] == OK and recorded(row) is None else None)
        for month, row in zip(months, rows, strict=True)
    )


def recorded(row: Mapping[str, Any]) -> date | None:
    """Return since when anything is known of a figure; None where all of it is."""
    return row["details"].get(RECORDED)
