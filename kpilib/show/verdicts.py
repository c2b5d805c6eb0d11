"""Where key results stand, as frames: one row each, figures and words. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.methods.attainment import NOT_ASSESSABLE, score, weighted
from kpilib.objectives.standing import ObjectiveStanding, Standing, flat
from kpilib.objectives.verdict import IMMATURE, PARTIAL, Verdict
from kpilib.objectives.written import same_in
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

COLUMNS = (
    "key_result",
    "label",
    "objective",
    "kpi",
    "group",
    "value",
    "unit",
    "expected",
    "target",
    "due",
    "judged_on",
    "since",
    "attainment",
    "owed",
    "level",
    "verdict",
    "needs_decision",
    "before",
    "chance",
    "confidence",
    "said_on",
    "author",
    "comment",
    "decision",
    "owner",
    "next_action",
    "next_review",
    "reason",
    "over",
)
CHANGED = ("key_result", "label", "change", "before", "now", "figure_before", "figure", "unit")
OBJECTIVES = (
    "objective",
    "depth",
    "statement",
    "score",
    "expected_score",
    "key_results",
    "unjudged",
    "judged",
    "red_below",
    "owner",
    "why",
)
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
    frame = pd.DataFrame(map(_verdict, in_order(standings)), columns=list(COLUMNS))
    numbers = dict.fromkeys(("value", "expected", "target", "attainment", "confidence"), float)
    return frame.astype({**numbers, "needs_decision": bool, "over": bool})


def _verdict(standing: Standing) -> dict[str, Any]:
    goal, verdict, row = standing.goal, standing.verdict, standing.row
    lang, value = reader().lang, row.get("value") if row.get("status") == "ok" else None
    span = goal.span(standing.day)
    counts = goal.mode == "count" or span is not None
    return {
        "key_result": goal.id,
        "label": goal_words(goal, reader()),
        "objective": goal.objective.statement.in_language(lang),
        "kpi": goal.kpi,
        "group": goal.group,
        "value": value if known(value) else None,
        "unit": goal.unit,
        "expected": _expected(standing),
        "target": goal.whole(goal.target),
        "due": pd.Timestamp(goal.end),
        "judged_on": pd.Timestamp(standing.day),
        "since": pd.Timestamp(span.start if span else goal.start) if counts else pd.NaT,
        "attainment": standing.reached.attainment if standing.reached else None,
        "owed": owed(standing),
        "level": verdict.level,
        "verdict": judged(standing),
        "needs_decision": verdict.level in TO_DECIDE,
        "before": standing.before.level if standing.before else None,
        "chance": chance_words(standing, reader()) if verdict.assessed else "",
        **_said(standing),
        "owner": goal.owner.in_language(lang),
        "next_action": goal.key_result.next_action.in_language(lang).strip(),
        "next_review": pd.Timestamp(standing.next_review) if standing.next_review else pd.NaT,
        "reason": why(standing) if verdict.reason else "",
        "over": standing.over,
    }


def _expected(standing: Standing) -> float | None:
    """Return what should be reached by now; of a milestone there is no part."""
    goal = standing.goal
    if goal.mode == "binary":
        return None
    return goal.target * goal.share(standing.day) if standing.over else path_value(standing)


def _said(standing: Standing) -> dict[str, Any]:
    """Return the last check-in: when, by whom, how sure, what was said and decided."""
    last = next(iter(standing.checkins), None)
    if last is None:
        return {"confidence": None, "said_on": pd.NaT, "author": "", "comment": "", "decision": ""}
    lang = reader().lang
    owners = (standing.goal.owner, standing.goal.objective.owner)
    return {
        "confidence": last.confidence,
        "said_on": pd.Timestamp(last.date),
        "author": same_in(last.author, owners, lang),
        "comment": last.comment.in_language(lang),
        "decision": last.decision.in_language(lang),
    }


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
    rows = [_objective(each, depth[id(each)]) for each in flat(roots)]
    return pd.DataFrame(rows, columns=list(OBJECTIVES))


def _objective(standing: ObjectiveStanding, depth: int) -> dict[str, Any]:
    objective, lang = standing.objective, reader().lang
    told = [each for each in standing.standings if each.verdict.assessed]
    return {
        "objective": objective.id,
        "depth": depth,
        "statement": objective.statement.in_language(lang),
        "score": standing.score,
        "expected_score": weighted([owed(each) for each in told], [e.goal.weight for e in told]),
        "key_results": len(standing.standings),
        "unjudged": standing.without_data,
        "judged": len(told),
        "red_below": _red(standing),
        "owner": objective.owner.in_language(lang),
        "why": objective.why.in_language(lang),
    }


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
