"""How far an objective is: its key results together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, Outcome, unknown
from kpilib.errors import ContractError, listed
from kpilib.methods.attainment import AMBER_FROM, MOST_KEY_RESULTS, reaches, weighted
from kpilib.methods.call import Call
from kpilib.methods.key_results import Answer
from kpilib.methods.progress import REASON_WORDS as PROGRESS_WORDS
from kpilib.methods.progress import Progress, last_day, progress

REASON_WORDS = {
    "several": "Several objectives do not make one: ask by='objective_id'.",
    "no_weight": "The weights of the key results add up to nothing.",
    "no_checkin": "Nobody has checked in on any key result.",
    "not_over": "The end date is not reached: nobody can say yet.",
    "one_unknown": "The others are reached, and on one key result nobody has checked in.",
}
NOT_STARTED = PROGRESS_WORDS["not_started"]
WHOLE = 1.0 - 1e-9


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
    answer, parents = _each(call, _score), _parents(call)
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
    return _each(call, _reached)


def _each(call: Call, figure: Callable[[list[Progress], date], Outcome]) -> Answer:
    answer: Answer = {}
    for period, every in progress(call):
        _refuse_many(call, every)
        last = last_day(call, period)
        for group, found in _groups(every):
            if len({each.key_result.objective for each in found}) > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, REASON_WORDS["several"])
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
    found = [each for each in found if each.reason != NOT_STARTED]
    scores = [_told(each) for each in found]
    weights = [each.key_result.weight for each in found]
    details = _details(found)
    if all(score is None for score in scores):
        return unknown(NO_DATA, REASON_WORDS["no_checkin"], details=details)
    value = weighted(scores, weights)
    if value is None:
        return unknown(NO_DENOMINATOR, REASON_WORDS["no_weight"], details=details)
    whole = sum(w for w, score in zip(weights, scores, strict=True) if score is not None)
    return _flagged(
        Outcome(value=value, numerator=value * whole, denominator=whole, details=details), found
    )


def _told(each: Progress) -> float | None:
    """Return the score of a key result; None while nobody can say, as of a milestone not due."""
    return None if each.found is None or each.found.level is None else each.found.score


def _reached(found: list[Progress], last: date) -> Outcome:
    details = _details(found)
    done = [_done(each) for each in found]
    details["reached"] = float(sum(each is True for each in done))
    ends = [each.key_result.aim.end for each in found if each.key_result.aim]
    if any(end is not None and last < end for end in ends):
        return unknown(NO_DATA, REASON_WORDS["not_over"], details=details)
    if all(each is None for each in done):
        return unknown(NO_DATA, REASON_WORDS["no_checkin"], details=details)
    if None in done and False not in done:
        return unknown(NO_DATA, REASON_WORDS["one_unknown"], details=details)
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


def _details(found: list[Progress]) -> dict[str, float]:
    return {
        "key_results": float(len(found)),
        "without_data": float(sum(_told(each) is None for each in found)),
    }


def _flagged(outcome: Outcome, found: list[Progress]) -> Outcome:
    unsure = any(_told(each) is None or each.provisional for each in found)
    return outcome.flagged("approximate") if unsure else outcome
