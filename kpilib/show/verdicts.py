"""What a plan asks, where its key results stand and how they are followed, as frames.

Nothing is drawn here. A frame is declared at the end: its columns, each with what it is of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.display.lint_words import check_words, letter_words
from kpilib.display.numbers import known, reader
from kpilib.methods.attainment import NOT_ASSESSABLE, score, weighted
from kpilib.objectives.diary import SAID, Note
from kpilib.objectives.goal import Goal
from kpilib.objectives.standing import ObjectiveStanding, Standing, flat
from kpilib.objectives.ten_tests import Check, Lint
from kpilib.objectives.verdict import IMMATURE, PARTIAL, Verdict
from kpilib.objectives.written import Action, Words, same_in
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

Columns = Mapping[str, Callable[[Any], Any]]

NOTE_WORDS = {"action": "action", "incident": "incident", "event": "event"}
DIARY = ("date", "text", "kind", "who")
KINDS = {"maintain": "level", "binary": "level", "count": RUNNING}
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
    numbers = dict.fromkeys(("value", "expected", "target", "attainment", "confidence"), float)
    frame = _frame(COLUMNS, in_order(standings))
    return frame.astype({**numbers, "needs_decision": bool, "over": bool})


def _frame(columns: Columns, rows: Iterable[Any]) -> pd.DataFrame:
    """Return a frame as its columns are declared, one row each."""
    made = [{name: of(each) for name, of in columns.items()} for each in rows]
    return pd.DataFrame(made, columns=list(columns))


def _value(standing: Standing) -> float | None:
    row = standing.row
    return row["value"] if row.get("status") == "ok" and known(row.get("value")) else None


def since(standing: Standing) -> pd.Timestamp:
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


def _last(standing: Standing, fact: str) -> Any:
    """Return a fact of the last check-in."""
    last = next(iter(standing.checkins), None)
    return None if last is None else getattr(last, fact)


def _author(standing: Standing) -> str:
    """Return who checked in last, as the plan calls an owner of that name."""
    goal, author = standing.goal, _last(standing, "author")
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
    told = [*found, *moved[:MOST_MOVES]]
    rows = _frame(CHANGED, [each for _, each in told])
    return rows.assign(change=[kind for kind, _ in told])


def _figures(standing: Standing) -> list[float | None]:
    """Return the figures of the month before, where there is one, and of the month."""
    values = [value for _, value in standing.course[-2:]]
    return [*[None] * (2 - len(values)), *values]


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
        shares = map(each.goal.attained, values, days)
        then, now = (share if share is None else min(share, 1.0) for share in shares)
        if then is not None and now is not None and abs(now - then) >= NOTABLE:
            found.append((now - then, each))  # beyond its target, nothing comes closer to it
    found.sort(key=lambda move: -abs(move[0]))
    return [("towards" if share > 0 else "away", each) for share, each in found]


def objective_rows(roots: Sequence[ObjectiveStanding]) -> pd.DataFrame:
    """Return one row an objective, each before those that serve it."""
    rows = list(flat(roots))
    frame = _frame(OBJECTIVES, [each for _, each in rows])
    return frame.assign(depth=[depth for depth, _ in rows])


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


def review_rows(standings: Sequence[Standing]) -> pd.DataFrame:
    """Return one row a key result: the reviews that were not held, and the next one."""
    rows = [each for each in in_order(standings) if each.overdue or each.next_review]
    order = {"by": ["late", "next_review"], "ascending": [False, True], "ignore_index": True}
    return _frame(REVIEWS, rows).sort_values(**order)


def diary_rows(notes: Sequence[Note], standings: Sequence[Standing], first: date, last: date):
    """Return what was done and what happened from one day to another, newest first."""
    write, lang = reader(), reader().lang
    actions = [action for each in standings for action in each.actions]
    owners = [each.goal.owner for each in standings]
    found = {
        (
            each.date,
            each.text(lang),
            write.say(NOTE_WORDS.get(each.kind, each.kind)),
            same_in(each.author, owners, lang),
        )
        for each in _unsaid(notes, actions)
        if each.kind not in SAID
    }
    for standing in standings:
        for each in standing.actions:
            who = (each.owner or standing.goal.owner).in_language(lang)
            said = each.description.in_language(lang)
            found.add((each.start, said, write.say(NOTE_WORDS["action"]), who))
    shown = sorted((each for each in found if first <= each[0] <= last), reverse=True)
    return pd.DataFrame(shown, columns=list(DIARY)).astype({"date": "datetime64[ns]"})


def events(standing: Standing, notes: Sequence[Note]) -> pd.DataFrame:
    """Return the actions of a key result and the notes about its KPI, for its chart."""
    lang = reader().lang
    found = [(e.start, e.description.in_language(lang), "action") for e in standing.actions]
    about = [each for each in notes if each.kpi == standing.goal.kpi and each.kind not in SAID]
    found += [(each.date, each.text(lang), each.kind) for each in _unsaid(about, standing.actions)]
    shown = sorted({each for each in found if each[0] <= standing.day})
    return pd.DataFrame(shown, columns=["date", "text", "kind"])


def _unsaid(notes: Sequence[Note], actions: Sequence[Action]) -> list[Note]:
    """Return the notes but for those of an action that the objectives tell themselves."""
    begun = {each.start for each in actions}
    return [each for each in notes if each.kind != "action" or each.date not in begun]


def tested_rows(lints: Sequence[Lint]) -> pd.DataFrame:
    """Return one row a key result: how many of the ten tests it passes, what is to be put right."""
    return _frame(TESTS, lints)


def _checks(lint: Lint) -> list[Check]:
    return [*lint.malin, *lint.smart]


def _tested(lint: Lint) -> str:
    """Return what is tested: a key result, or an objective without one."""
    goal = lint.goal
    return goal_words(goal, reader()) if goal else _told(lint.objective.statement)


def _to_put_right(lint: Lint) -> str:
    write = reader()
    said = (write.pair(letter_words(e.letter, write), check_words(e, write)) for e in lint.failed)
    return " ".join(dict.fromkeys(said))


# One row a key result: what it is, what was reached, the judgement, what the owner says and does.
COLUMNS: Columns = {
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
    "since": since,
    "attainment": lambda each: each.reached.attainment if each.reached else None,
    "owed": owed,
    "level": lambda each: each.verdict.level,
    "verdict": judged,
    "needs_decision": lambda each: each.verdict.level in TO_DECIDE,
    "before": lambda each: each.before.level if each.before else None,
    "chance": lambda each: chance_words(each, reader()) if each.verdict.assessed else "",
    "confidence": lambda each: _last(each, "confidence"),
    "said_on": lambda each: _day(_last(each, "date")),
    "author": _author,
    "comment": lambda each: _told(_last(each, "comment")),
    "decision": lambda each: _told(_last(each, "decision")),
    "owner": lambda each: _told(each.goal.owner),
    "next_action": lambda each: _told(each.goal.key_result.next_action).strip(),
    "next_review": lambda each: _day(each.next_review),
    "reason": lambda each: why(each) if each.verdict.reason else "",
    "over": lambda each: each.over,
}
# One row an objective; its depth in the tree is known of all together.
OBJECTIVES: Columns = {
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
CHANGED: Columns = {
    "key_result": lambda each: each.goal.id,
    "label": lambda each: goal_words(each.goal, reader()),
    "change": lambda each: "",  # of all together
    "before": lambda each: each.before.level if each.before else None,
    "now": lambda each: each.verdict.level,
    "figure_before": lambda each: _figures(each)[0],
    "figure": lambda each: _figures(each)[1],
    "unit": lambda each: each.goal.unit,
}
REVIEWS: Columns = {
    "key_result": lambda each: each.goal.id,
    "label": lambda each: goal_words(each.goal, reader()),
    "owner": lambda each: _told(each.goal.owner),
    "late": lambda each: len(each.overdue),
    "first_late": lambda each: _day(each.overdue and each.overdue[0]),
    "last_late": lambda each: _day(each.overdue and each.overdue[-1]),
    "next_review": lambda each: _day(each.next_review),
    "next_action": lambda each: _told(each.goal.key_result.next_action),
}
TESTS: Columns = {
    "key_result": lambda each: each.id,
    "label": _tested,
    "passed": lambda each: sum(check.passed is True for check in _checks(each)),
    "of": lambda each: len(_checks(each)),
    "to_put_right": _to_put_right,
}
ON_SCREEN = (tuple(REVIEWS), DIARY, tuple(TESTS))  # paper leaves them out
