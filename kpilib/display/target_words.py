"""What a key result is called, what it is to reach by when, and every target it had before."""

from __future__ import annotations

from kpilib.display.numbers import Formatter
from kpilib.engine.catalogue import catalogue
from kpilib.objectives.goal import Goal
from kpilib.objectives.standing import Standing

# From where to where, by what the target is of: a month, or longer.
WAY_WORDS = {
    "": "from {low} to {high} by {day}",
    "quarter": "from {low} to {high} a quarter by {day}",
    "year": "from {low} to {high} a year by {day}",
}


def kpi_words(kpi: str, formatter: Formatter) -> str:
    """Return the name of a KPI, its id when the catalogue does not have it."""
    found = catalogue().get(kpi)
    return formatter.say(found.label) if found else kpi


def goal_words(goal: Goal, formatter: Formatter) -> str:
    """Return the name of a key result, with its group."""
    label = goal.key_result.label.in_language(formatter.lang)
    if not label:
        label = kpi_words(goal.kpi, formatter) if goal.kpi else goal.id
    if goal.group and (goal.key_result.segments or not goal.key_result.label):
        return formatter.pair(label, formatter.group(goal.by, goal.group))
    return label


def target_words(goal: Goal, formatter: Formatter) -> str:
    """Return what is to be reached by when, and every target that it replaces."""
    say, revised = formatter.say, revision_words(goal, formatter)
    end = formatter.day(goal.end)
    if goal.mode == "binary":
        asked = say("done by {day}", day=end)
        if goal.kpi:
            asked = say("{target} by {day}", target=_at_least(goal, formatter), day=end)
    elif goal.mode == "maintain":
        asked = say("{target} every month until {day}", target=_at_least(goal, formatter), day=end)
    elif goal.mode == "count":
        first, total = (
            formatter.day(goal.start),
            formatter.value(goal.whole(goal.target), goal.unit),
        )
        asked = say("{target} in all, from {first} to {last}", target=total, first=first, last=end)
    else:
        low = formatter.value(goal.baseline, goal.unit, against=goal.target)
        high = formatter.value(goal.whole(goal.target), goal.unit, against=goal.baseline)
        asked = say(WAY_WORDS[goal.window], low=low, high=high, day=end)
    return say("{target} ({revised})", target=asked, revised=revised) if revised else asked


def _at_least(goal: Goal, formatter: Formatter) -> str:
    level = formatter.value(goal.whole(goal.target), goal.unit)
    if goal.better == "lower":
        return formatter.say("at most {level}", level=level)
    return formatter.say("at least {level}", level=level)


def path_value(standing: Standing) -> float | None:
    """Return what the path asks for; of things that are counted, no part of one."""
    asked = standing.expected
    return None if asked is None else standing.goal.whole(asked)


def revision_words(goal: Goal, formatter: Formatter) -> str:
    """Return how the target was changed and when, the first change first; empty if never."""
    say, said = formatter.say, []
    targets = [*(target for _, target in goal.was), goal.target]
    targets = [goal.whole(target) for target in targets]
    for (day, old), new in zip(goal.was, targets[1:], strict=True):
        if old == new:
            continue
        slots = {
            "old": formatter.value(old, goal.unit, against=new),
            "day": formatter.day(day),
        }
        raised = new > old
        said.append(
            say("target raised from {old} on {day}", **slots)
            if raised
            else say("target lowered from {old} on {day}", **slots)
        )
    return formatter.listed(said)
