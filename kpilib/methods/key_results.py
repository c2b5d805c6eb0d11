"""The figures of key results, score, attainment, pace and verdict, and of their objectives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kpilib.engine.outcome import (
    NO_DATA,
    NO_DENOMINATOR,
    NOT_ADDITIVE,
    Answer,
    Key,
    Outcome,
    unknown,
)
from kpilib.errors import ContractError, listed
from kpilib.methods.attainment import (
    AMBER_FROM,
    HELD,
    LEVELS,
    MOST_KEY_RESULTS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    Reached,
    expected,
    reaches,
    weighted,
)
from kpilib.methods.call import Call, last_day
from kpilib.methods.progress import REASON_WORDS, Progress, progress

OBJECTIVE_WORDS = {  # of objectives
    "several": "Several objectives do not make one: ask by='objective_id'.",
    "no_weight": "The weights of the key results add up to nothing.",
    "no_checkin": "Nobody has checked in on any key result.",
    "not_over": "The end date is not reached: nobody can say yet.",
    "one_unknown": "The others are reached, and on one key result nobody has checked in.",
}
WHOLE = 1.0 - 1e-9


def key_result_score(call: Call) -> Answer:
    """Return the way from baseline to target that was covered, clipped to 0..1.

    The interval of the last value is mapped through the formula. ``details`` hold the value, the
    baseline, the target and the attainment, which is not clipped.
    """
    return _each(call, lambda found: found.scores)


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


def _alone(call: Call) -> Iterator[tuple[Key, Progress]]:
    """Yield the one key result of each group."""
    for period, every in progress(call):
        for group, found in _groups(every):
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
    if aim.mode in HELD:
        return REASON_WORDS["no_way"]
    if aim.start is None or aim.end is None:
        return REASON_WORDS["no_dates"]
    return REASON_WORDS["not_started"]


def objective_score(call: Call) -> Answer:
    """Return the weighted mean of an objective's key-result scores.

    A key result of which nothing can be said yet is left out: the figure is flagged
    ``approximate``, and ``without_data`` in details says how many there are. ``red_below`` says
    how many objectives below one that is not red are red.

    Raises
    ------
    ContractError
        An objective has more than four key results.
    """
    answer, parents = _of_objectives(call, _score), _parents(call)
    if call.by != "objective_id" or not parents:
        return answer
    red = {key for key, outcome in answer.items() if _red(outcome)}
    for (period, name), outcome in answer.items():
        below = sum((period, each) in red for each in _below(name, parents))
        if below and outcome.value is not None and (period, name) not in red:
            details = {**outcome.details, "red_below": float(below)}
            answer[period, name] = replace(outcome, details=details)
    return answer


def _red(outcome: Outcome) -> bool:
    return outcome.value is not None and outcome.value < AMBER_FROM


def _parents(call: Call) -> dict[str, str]:
    """Return the parent of each objective that has one, where that table is there."""
    if "objectives" not in call.tables:
        return {}
    rows = replace(call, by=None).rows("objectives", call.kpi.value.wants["objectives"])
    return {
        row["objective_id"]: row["parent_id"]
        for row in rows.to_dict("records")
        if isinstance(row["parent_id"], str)
    }


def _below(name: str, parents: Mapping[str, str]) -> set[str]:
    """Return the objectives below one, at any depth."""
    found: set[str] = set()
    level = {name}
    while level:
        level = {child for child, parent in parents.items() if parent in level} - found
        found |= level
    return found


def objective_reached(call: Call) -> Answer:
    """Return 1 when every key result is at or past its target on the end date, else 0.

    Before the last day of its last key result nobody can say.

    Raises
    ------
    ContractError
        An objective has more than four key results.
    """
    return _of_objectives(call, _reached)


def _of_objectives(call: Call, figure: Callable[[list[Progress], date], Outcome]) -> Answer:
    answer: Answer = {}
    for period, every in progress(call):
        _refuse_many(call, every)
        last = last_day(call.tables, period)
        for group, found in _groups(every):
            if len({each.key_result.objective for each in found}) > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, OBJECTIVE_WORDS["several"])
            else:
                answer[period, group] = figure(found, last)
    return answer


def _groups(every: list[Progress]) -> Iterator[tuple[str, list[Progress]]]:
    groups: dict[str, list[Progress]] = {}
    for each in every:
        groups.setdefault(each.key_result.group, []).append(each)
    yield from groups.items()


def _refuse_many(call: Call, every: list[Progress]) -> None:
    named: dict[str, dict[str, None]] = {}
    for each in every:
        if each.key_result.objective:
            own = named.setdefault(each.key_result.objective, {})
            own[each.key_result.counts_as] = None
    faults = [
        f"{call.tables.origin('key_results')}: objective {objective!r} has {len(own)} key results"
        f" ({listed(own)}); the most is {MOST_KEY_RESULTS}. Keep those that matter, or make a"
        " second objective."
        for objective, own in named.items()
        if len(own) > MOST_KEY_RESULTS
    ]
    if faults:
        raise ContractError(faults)


def _score(found: list[Progress], last: date) -> Outcome:
    found = [each for each in found if each.reason != REASON_WORDS["not_started"]]
    scores = [_told(each) for each in found]
    weights = [each.key_result.weight for each in found]
    details = _beside(found)
    if all(score is None for score in scores):
        return unknown(NO_DATA, OBJECTIVE_WORDS["no_checkin"], details=details)
    value = weighted(scores, weights)
    if value is None:
        return unknown(NO_DENOMINATOR, OBJECTIVE_WORDS["no_weight"], details=details)
    whole = sum(w for w, score in zip(weights, scores, strict=True) if score is not None)
    return _flagged(
        Outcome(value=value, numerator=value * whole, denominator=whole, details=details), found
    )


def _told(each: Progress) -> float | None:
    """Return the score of a key result; None while nobody can say, as of a milestone not due."""
    return None if each.found is None or each.found.level is None else each.found.score


def _reached(found: list[Progress], last: date) -> Outcome:
    details = _beside(found)
    done = [_done(each) for each in found]
    details["reached"] = float(sum(each is True for each in done))
    ends = [each.key_result.aim.end for each in found if each.key_result.aim]
    if any(end is not None and last < end for end in ends):
        return unknown(NO_DATA, OBJECTIVE_WORDS["not_over"], details=details)
    if all(each is None for each in done):
        return unknown(NO_DATA, OBJECTIVE_WORDS["no_checkin"], details=details)
    if None in done and False not in done:
        return unknown(NO_DATA, OBJECTIVE_WORDS["one_unknown"], details=details)
    return _flagged(
        Outcome(
            value=float(all(done)),
            numerator=details["reached"],
            denominator=float(len(done)),
            details=details,
        ),
        found,
    )


def _done(each: Progress) -> bool | None:
    """Whether a key result is at its target: a level that is held, at every check-in."""
    if each.found is None:
        return None
    aim = each.key_result.aim
    if aim.mode == "maintain":
        return each.found.attainment >= WHOLE
    if aim.mode == "binary":
        return reaches(each.value, aim.target, aim.better)
    return reaches(each.value, aim.target, "lower" if aim.target < aim.baseline else "higher")


def _beside(found: list[Progress]) -> dict[str, float]:
    return {
        "key_results": float(len(found)),
        "without_data": float(sum(_told(each) is None for each in found)),
    }


def _flagged(outcome: Outcome, found: list[Progress]) -> Outcome:
    unsure = any(_told(each) is None or each.provisional for each in found)
    return outcome.flagged("approximate") if unsure else outcome
