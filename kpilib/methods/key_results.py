"""The figures of one key result: score, attainment, pace and verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, Outcome, unknown
from kpilib.methods.attainment import (
    LEVELS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    Reached,
    expected,
    reaches,
)
from kpilib.methods.call import Call
from kpilib.methods.progress import REASON_WORDS, Progress, progress
from kpilib.period import Period

Answer = dict[tuple[Period, str], Outcome]


def key_result_score(call: Call) -> Answer:
    """Return the way from baseline to target that was covered, clipped to 0..1.

    The interval of the last value is mapped through the formula. ``details`` hold the value, the
    baseline, the target and the attainment, which is not clipped.
    """
    return _each(call, lambda found: (found.score, found.score_low, found.score_high))


def goal_attainment(call: Call) -> Answer:
    """Return the way from baseline to target that was covered, not clipped."""
    return _each(
        call, lambda found: (found.attainment, found.attainment_low, found.attainment_high)
    )


def key_result_pace(call: Call) -> Answer:
    """Return the score over the share of the way that the path asks for by the day; 1 is on it.

    On a straight path that share is the share of days elapsed; where ``checkins.expected`` is
    given, or growth is compound, it is what was asked for by then.
    """
    answer = {}
    for (period, group), each in _alone(call):
        outcome = _outcome(each, lambda found: (found.pace, None, None))
        if each.found is not None and each.found.pace is None:
            outcome = unknown(NO_DATA, _no_pace(each), details=outcome.details)
        answer[period, group] = outcome
    return answer


def key_result_verdict(call: Call) -> Answer:
    """Return the verdict: 3 success, 2 moderate success, 1 moderate failure, 0 proven failure.

    Before the end it is the attainment against what the path asks for by then (``so_far`` in
    details), at the end the attainment. A failure is proven only by an interval that ends below
    the threshold, of a figure that is complete. ``details`` hold the level by its name.
    """
    answer = {}
    for (period, group), each in _alone(call):
        found = each.found
        level = NOT_ASSESSABLE if found is None else found.level or NOT_ASSESSABLE
        outcome = _outcome(each, lambda found: (found.level and rank(found.level), None, None))
        end = each.key_result.aim.end if each.key_result.aim else None
        so_far = each.day is not None and end is not None and each.day < end
        details = outcome.details | {
            "verdict": level,
            "measured": found.measured if found else None,
            "so_far": float(so_far),
        }
        if found is not None and outcome.value is None:
            answer[period, group] = unknown(NO_DATA, REASON_WORDS["not_due"], details=details)
            continue
        answer[period, group] = replace(outcome, details=details)
    return answer


def _alone(call: Call) -> Iterator[tuple[tuple[Period, str], Progress]]:
    """Yield the one key result of each group."""
    for period, every in progress(call):
        groups: dict[str, list[Progress]] = {}
        for each in every:
            groups.setdefault(each.key_result.group, []).append(each)
        for group, found in groups.items():
            only = found[0] if len(found) == 1 else _several(found[0])
            yield (period, group), only


def _several(each: Progress) -> Progress:
    return Progress(key_result=each.key_result, reason=REASON_WORDS["several"])


def _each(call: Call, figure: Callable[[Reached], tuple]) -> Answer:
    return {key: _outcome(each, figure) for key, each in _alone(call)}


def _outcome(each: Progress, figure: Callable[[Reached], tuple]) -> Outcome:
    if each.found is None:
        status = NOT_ADDITIVE if each.reason == REASON_WORDS["several"] else NO_DATA
        return unknown(status, each.reason, details=_details(each))
    value, low, high = figure(each.found)
    aim = each.key_result.aim
    way = aim.target - aim.baseline
    if aim.mode == "maintain":
        holding = sum(reaches(one, aim.target, aim.better) for one in each.values)
        parts = (float(holding), float(len(each.values)))
    else:
        parts = (each.value - aim.baseline, way) if way else (None, None)
    outcome = Outcome(
        value=value,
        numerator=parts[0],
        denominator=parts[1],
        interval=None if low is None else (low, high),
        interval_method="" if low is None else "mapped",
        details=_details(each),
    )
    return outcome.flagged("approximate") if each.provisional else outcome


def _details(each: Progress) -> dict[str, Any]:
    aim = each.key_result.aim
    if aim is None or each.found is None:
        return {}
    asked = each.owed_value
    if asked is None and each.found.owed is not None:
        asked = expected(
            aim.baseline,
            aim.target,
            aim.start,
            aim.end,
            each.day,
            compound=aim.mode == "per_period_compound",
        )
    return {
        "measured_value": each.value,
        "baseline": aim.baseline,
        "target": aim.target,
        "expected_value": asked,
        "attainment": each.found.attainment,
        "checkins": float(len(each.values)),
        "provisional": float(each.provisional),
    }


def rank(level: str) -> float:
    """Return the rank of a verdict: 0 for a proven failure, 3 for a success."""
    return float(LEVELS.index(PROVEN_FAILURE) - LEVELS.index(level))


def _no_pace(each: Progress) -> str:
    aim = each.key_result.aim
    if aim.mode in ("maintain", "binary"):
        return REASON_WORDS["no_way"]
    if aim.start is None or aim.end is None:
        return REASON_WORDS["no_dates"]
    return REASON_WORDS["not_started"]
