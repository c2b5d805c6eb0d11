"""The verdicts of a month in two minutes: how many of each, then what needs a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kpilib.display.block import name, text
from kpilib.display.key_result import (
    ORDER,
    TO_DECIDE,
    aim_words,
    amount,
    figure_of,
    icon,
    in_order,
    owner_of,
)  # fmt: skip
from kpilib.display.numbers import Formatter, known
from kpilib.display.standing_words import LEVEL_WORDS, goal_words, next_words, verdict_words
from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
)  # fmt: skip
from kpilib.steering.standing import Standing
from kpilib.steering.verdict import IMMATURE, PARTIAL, Verdict

COUNT_WORDS = {
    PROVEN_FAILURE: "Proven failures: {count}",
    MODERATE_FAILURE: "Moderate failures: {count}",
    MODERATE_SUCCESS: "Moderate successes: {count}",
    NOT_ASSESSABLE: "Not assessable yet: {count}",
    SUCCESS: "Successes: {count}",
}
NONE_WORDS = {NOT_ASSESSABLE: "Not assessable"}
PART_WORDS = {
    TO_DECIDE: "What needs a decision",
    (NOT_ASSESSABLE,): "What cannot be judged yet",
    (SUCCESS,): "What succeeds",
}
CHANGE_WORDS = {
    "worse": "Worse than the month before",
    "better": "Better than the month before",
    "judged": "Judged for the first time, or again",
    "withheld": "No longer assessable",
    "new": "New this month",
}
UNRIPE = (PARTIAL, IMMATURE)
MOST_MOVES = 3
NOTABLE = 0.05  # of the way to the target: what counts as a move


def verdict_list(standings: Sequence[Standing], formatter: Formatter) -> str:
    """Return counts by verdict, what needs a decision first, and the others below it."""
    ordered, say = in_order(standings), formatter.say
    parts = [counts(standings, formatter)]
    for levels, title in PART_WORDS.items():
        found = [each for each in ordered if each.verdict.level in levels]
        if found:
            lines = "".join(_line(each, formatter) for each in found)
            parts.append(
                f'<p class="kl-title">{text(say(title))}</p><ul class="kl-lines">{lines}</ul>'
            )
        elif levels == TO_DECIDE:
            parts.append(f"<p>{text(say('Nothing needs a decision this month.'))}</p>")
    return "".join(parts)


def counts(standings: Sequence[Standing], formatter: Formatter) -> str:
    """Return how many key results have each verdict, the worst first."""
    found = Counter(each.verdict.level for each in standings)
    items = "".join(
        f"<li>{icon(level)}{text(formatter.say(COUNT_WORDS[level], count=found[level]))}</li>"
        for level in ORDER
        if found[level]
    )
    return f'<ul class="kl-counts">{items}</ul>'


def _line(standing: Standing, formatter: Formatter) -> str:
    """Return one key result; of one that succeeds, the next action is among its details."""
    level = standing.verdict.level
    said = verdict_words(standing.verdict, formatter)
    owner = owner_of(standing, formatter)
    owner = f' <span class="kl-quiet">{text(owner)}</span>' if owner else ""
    todo = ""
    if level != SUCCESS:
        todo = f'<p class="kl-next">{text(next_words(standing, formatter))}{owner}</p>'
    return (
        f'<li class="kl-line kl-{level}"><p class="kl-name">{icon(level)}'
        f"{name(goal_words(standing.goal, formatter))} "
        f'<span class="kl-said">{text(said)}{"" if todo else owner}</span></p>'
        f'<p class="kl-now"><strong>{text(figure_of(standing, formatter))}</strong> '
        f'<span class="kl-quiet">{text(aim_words(standing, formatter))}</span></p>{todo}</li>'
    )


def change_list(standings: Sequence[Standing], formatter: Formatter) -> str:
    """Return which verdicts changed since the month before, the worse first; the largest moves."""
    say = formatter.say
    groups: dict[str, list[Standing]] = {each: [] for each in CHANGE_WORDS}
    for each in in_order(standings):
        kind = _change(each)
        if kind:
            groups[kind].append(each)
    body = "".join(
        f'<p class="kl-title">{text(say(CHANGE_WORDS[kind]))}</p><ul class="kl-plain">'
        + "".join(_then_and_now(each, formatter) for each in found)
        + "</ul>"
        for kind, found in groups.items()
        if found
    )
    body = body or f"<p>{text(say('No verdict changed since the month before.'))}</p>"
    moves = _moves(standings, formatter)
    if moves:
        body += f'<p class="kl-title">{text(say("Largest moves"))}</p><ul>{moves}</ul>'
    return body


def _change(standing: Standing) -> str:
    before, now = standing.before, standing.verdict
    if before is None:
        return "new"
    if before.level == now.level:
        return ""
    if NOT_ASSESSABLE in (before.level, now.level):
        return "judged" if before.level == NOT_ASSESSABLE else "withheld"
    return "worse" if now.rank > before.rank else "better"


def _then_and_now(standing: Standing, formatter: Formatter) -> str:
    before, now = standing.before, standing.verdict
    said = _level(now, formatter)
    if before is not None:
        said = f"{_level(before, formatter)} → {said}"
    return (
        f"<li>{icon(now.level)}<strong>{name(goal_words(standing.goal, formatter))}</strong> "
        f"{text(said)}</li>"
    )


def _level(verdict: Verdict, formatter: Formatter) -> str:
    return formatter.say((LEVEL_WORDS | NONE_WORDS)[verdict.level])


def _moves(standings: Sequence[Standing], formatter: Formatter) -> str:
    """Return the key results that came furthest, or fell back most, since the month before."""
    found = []
    for each in standings:
        values = [value for _, value in each.course[-2:]]
        days = [min(month.end_day, each.day) for month, _ in each.course[-2:]]
        if len(values) < 2 or not all(map(known, values)) or each.before is None:
            continue
        if each.verdict.reason in UNRIPE:  # neither praise nor blame
            continue
        then, now = map(each.goal.attained, values, days)
        if then is not None and now is not None and abs(now - then) >= NOTABLE:
            found.append((now - then, values, each))
    found.sort(key=lambda move: -abs(move[0]))
    return "".join(
        f"<li>{text(_move(share, values, each, formatter))}</li>"
        for share, values, each in found[:MOST_MOVES]
    )


def _move(share: float, values: Sequence[float], standing: Standing, formatter: Formatter) -> str:
    goal, say = standing.goal, formatter.say
    slots = {
        "label": goal_words(goal, formatter),
        "then": amount(values[0], goal, formatter, against=values[1]),
        "now": amount(values[1], goal, formatter, against=values[0]),
    }
    if share > 0:
        return say("{label}: from {then} to {now}, towards its target.", **slots)
    return say("{label}: from {then} to {now}, away from its target.", **slots)
