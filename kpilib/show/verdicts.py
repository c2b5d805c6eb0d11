"""What a plan asks and where its key results stand, as frames. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.methods.attainment import NOT_ASSESSABLE, score, weighted
from kpilib.objectives.goal import Goal
from kpilib.objectives.standing import ObjectiveStanding, Standing, flat
from kpilib.objectives.verdict import IMMATURE, PARTIAL, Verdict
from kpilib.objectives.written import Words, same_in
from kpilib.period import Period
from kpilib.show.over_time import RUNNING
from kpilib.show.standing_words import (
    CHANGE_WORDS,
    ORDER,
    TO_DECIDE,
    chance_words,
    goal_words,
    judged,
    path_value,
    why,
)

KINDS = {"maintain": "level", "binary": "level", "count": RUNNING}
CHANGED = ("key_result", "label", "change", "before", "now", "figure_before", "figure", "unit")
UNRIPE = (PARTIAL, IMMATURE)
MOST_MOVES = 3
NOTABLE = 0.05  # of the way to the target: what counts as a move


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """Return key results, those that need a decision first, the furthest off before."""
    return sorted(
        standings,
        key=lambda each: (
            ORDER.index(each.verdict.level),
            each.reached.measured if each.reached and known(each.reached.measured) else 0.0,
            each.goal.objective.priority,
        ),
    )


def verdict_rows(standings: Sequence[Standing]) -> pd.DataFrame:
    """Return one row a key result, those that need a decision first; `COLUMNS` are its columns."""
    rows = [{name: of(each) for name, of in COLUMNS.items()} for each in in_order(standings)]
    numbers = dict.fromkeys(("value", "expected", "target", "attainment", "confidence"), float)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({**numbers, "needs_decision": bool, "over": bool})


def _value(standing: Standing) -> float | None:
    row = standing.row
    return row["value"] if row.get("status") == "ok" and known(row.get("value")) else None


def _since(standing: Standing) -> pd.Timestamp:
    """Return from when on is counted; of a level nothing."""
    goal, span = standing.goal, standing.goal.span(standing.day)
    counts = goal.mode == "count" or span is not None
    return pd.Timestamp(span.start if span else goal.start) if counts else pd.NaT


def _expected(standing: Standing) -> float | None:
    """Return what should be reached by now; of a milestone there is no part."""
    goal = standing.goal
    if goal.mode == "binary":
        return None
    return goal.target * goal.share(standing.day) if standing.over else path_value(standing)


def _last(standing: Standing, fact: str, missing: Any) -> Any:
    """Return a fact of the last check-in."""
    last = next(iter(standing.checkins), None)
    return missing if last is None else getattr(last, fact)


def _author(standing: Standing) -> str:
    """Return who checked in last, as the plan calls an owner of that name."""
    goal, author = standing.goal, _last(standing, "author", None)
    owners = (goal.owner, goal.objective.owner)
    return "" if author is None else same_in(author, owners, reader().lang)


def _told(words: Words | None) -> str:
    return words.in_language(reader().lang) if words else ""


def _day(day: Any) -> pd.Timestamp:
    return pd.Timestamp(day) if day else pd.NaT


def owed(standing: Standing) -> float:
    """Return the share of the way owed by now: all of a level, none of a milestone not due."""
    goal = standing.goal
    if goal.mode == "maintain" or standing.over:
        return 1.0
    return 0.0 if goal.mode == "binary" else score(goal.owed(standing.day) or 0.0)


def changed_rows(standings: Sequence[Standing]) -> pd.DataFrame:
    """Return the verdicts that changed since the month before, the worse first, then large moves.

    A move is told of key results whose verdict stayed, at most three, none of a figure that is
    not ripe.
    """
    found = [(kind, each) for each in in_order(standings) if (kind := _change(each))]
    kinds = list(CHANGE_WORDS)
    found.sort(key=lambda pair: kinds.index(pair[0]))
    moved = [each for each in _moves(standings) if not _change(each[1])]
    rows = [_changed(kind, each) for kind, each in [*found, *moved[:MOST_MOVES]]]
    return pd.DataFrame(rows, columns=list(CHANGED))


def _changed(kind: str, standing: Standing) -> dict[str, Any]:
    values = [value for _, value in standing.course[-2:]]
    return {
        "key_result": standing.goal.id,
        "label": goal_words(standing.goal, reader()),
        "change": kind,
        "before": standing.before.level if standing.before else None,
        "now": standing.verdict.level,
        "figure_before": values[0] if len(values) > 1 else None,
        "figure": values[-1] if values else None,
        "unit": standing.goal.unit,
    }


def _change(standing: Standing) -> str:
    before: Verdict | None = standing.before
    now = standing.verdict
    if before is None:
        return "new"
    if before.level == now.level:
        return ""
    if NOT_ASSESSABLE in (before.level, now.level):
        return "judged" if before.level == NOT_ASSESSABLE else "withheld"
    return "worse" if now.rank > before.rank else "better"


def _moves(standings: Sequence[Standing]) -> list[tuple[str, Standing]]:
    """Return the key results that came furthest, or fell back most, since the month before."""
    found = []
    for each in standings:
        values = [value for _, value in each.course[-2:]]
        days = [min(month.end_day, each.day) for month, _ in each.course[-2:]]
        if len(values) < 2 or not all(map(known, values)) or each.verdict.reason in UNRIPE:
            continue
        then, now = map(each.goal.attained, values, days)
        if then is not None and now is not None and abs(now - then) >= NOTABLE:
            found.append((now - then, each))
    found.sort(key=lambda move: -abs(move[0]))
    return [("towards" if share > 0 else "away", each) for share, each in found]


def objective_rows(roots: Sequence[ObjectiveStanding]) -> pd.DataFrame:
    """Return one row an objective, each before those that serve it."""
    depth = {id(each): 0 for each in roots}
    for each in flat(roots):
        depth |= {id(child): depth[id(each)] + 1 for child in each.children}
    rows = [
        {name: of(each) for name, of in OBJECTIVES.items()} | {"depth": depth[id(each)]}
        for each in flat(roots)
    ]
    return pd.DataFrame(rows, columns=list(OBJECTIVES))


def _should_be(standing: ObjectiveStanding) -> float | None:
    """Return the score that an objective should have by now."""
    told = [each for each in standing.standings if each.verdict.assessed]
    return weighted([owed(each) for each in told], [each.goal.weight for each in told])


def _red(standing: ObjectiveStanding) -> str:
    """Name what is red below a score that is not."""
    if standing.score is None or standing.red:
        return ""
    write = reader()
    names = [
        *(each.objective.statement.in_language(write.lang) for each in standing.red_below),
        *(goal_words(each.goal, write) for each in standing.red_results),
    ]
    return write.listed(write.say("“{name}”", name=each) for each in names)


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
            "since": pd.to_datetime([_counts_from(goal, day) for day in days]),
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


def _counts_from(goal: Goal, day: date) -> date | None:
    """Return the first day that a running total counts; None of a level and of a path."""
    if goal.mode == "count":
        return goal.start
    span = goal.span(day) if goal.fills_up else None
    return None if span is None else span.start


# One row a key result: what it is, what was reached, the judgement, what the owner says and does.
COLUMNS: dict[str, Callable[[Standing], Any]] = {
    "key_result": lambda each: each.goal.id,
    "label": lambda each: goal_words(each.goal, reader()),
    "objective": lambda each: _told(each.goal.objective.statement),
    "kpi": lambda each: each.goal.kpi,
    "group": lambda each: each.goal.group,
    "value": _value,
    "unit": lambda each: each.goal.unit,
    "expected": _expected,
    "target": lambda each: each.goal.whole(each.goal.target),
    "due": lambda each: pd.Timestamp(each.goal.end),
    "judged_on": lambda each: pd.Timestamp(each.day),
    "since": _since,
    "attainment": lambda each: each.reached.attainment if each.reached else None,
    "owed": owed,
    "level": lambda each: each.verdict.level,
    "verdict": judged,
    "needs_decision": lambda each: each.verdict.level in TO_DECIDE,
    "before": lambda each: each.before.level if each.before else None,
    "chance": lambda each: chance_words(each, reader()) if each.verdict.assessed else "",
    "confidence": lambda each: _last(each, "confidence", None),
    "said_on": lambda each: _day(_last(each, "date", None)),
    "author": _author,
    "comment": lambda each: _told(_last(each, "comment", None)),
    "decision": lambda each: _told(_last(each, "decision", None)),
    "owner": lambda each: _told(each.goal.owner),
    "next_action": lambda each: _told(each.goal.key_result.next_action).strip(),
    "next_review": lambda each: _day(each.next_review),
    "reason": lambda each: why(each) if each.verdict.reason else "",
    "over": lambda each: each.over,
}
# One row an objective; its depth in the tree is known of all together.
OBJECTIVES: dict[str, Callable[[ObjectiveStanding], Any]] = {
    "objective": lambda each: each.objective.id,
    "depth": lambda each: 0,
    "statement": lambda each: _told(each.objective.statement),
    "score": lambda each: each.score,
    "expected_score": _should_be,
    "key_results": lambda each: len(each.standings),
    "unjudged": lambda each: each.without_data,
    "judged": lambda each: sum(one.verdict.assessed for one in each.standings),
    "red_below": _red,
    "owner": lambda each: _told(each.objective.owner),
    "why": lambda each: _told(each.objective.why),
}
