"""A key result in words for whoever has to decide: its name, its target, and where it stands.

It is on target, behind, off target, or not known and why.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpilib.display.numbers import Formatter, reader
from kpilib.engine.outcome import SUPPRESSED
from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
)
from kpilib.objectives.goal import Goal
from kpilib.objectives.standing import Standing
from kpilib.objectives.verdict import FEW, MISSING, UNRECORDED, Verdict
from kpilib.topics.catalogue import catalogue

# What is asked: from where to where, by what the target is of (a month, or longer); or by its mode.
WAY_WORDS = {
    "": "from {low} to {high} by {day}",
    "quarter": "from {low} to {high} a quarter by {day}",
    "year": "from {low} to {high} a year by {day}",
    "count": "{target} in all, from {first} to {last}",
    "maintain": "{target} every month until {day}",
    "binary": "{target} by {day}",
    "done": "done by {day}",
}
LEVEL_WORDS = {True: "at most {level}", False: "at least {level}"}
REVISED_WORDS = {
    True: "target raised from {old} on {day}",
    False: "target lowered from {old} on {day}",
}
# What needs a decision comes first; what goes well comes last.
ORDER = (PROVEN_FAILURE, MODERATE_FAILURE, MODERATE_SUCCESS, NOT_ASSESSABLE, SUCCESS)
TO_DECIDE = ORDER[:2]
STATE_WORDS = {
    PROVEN_FAILURE: "Off target",
    MODERATE_FAILURE: "Behind",
    MODERATE_SUCCESS: "Nearly on target",
    NOT_ASSESSABLE: "Cannot be judged",  # not all of them in time
    SUCCESS: "On target",
}
UNDER_WAY_WORDS = {
    PROVEN_FAILURE: "Off target: change course",
    MODERATE_FAILURE: "Behind: change something",
    MODERATE_SUCCESS: "Nearly on target: improve",
    SUCCESS: "On target: carry on",
}
OVER_WORDS = {
    PROVEN_FAILURE: "Target clearly missed",
    MODERATE_FAILURE: "Target missed",
    MODERATE_SUCCESS: "Target nearly reached",
    SUCCESS: "Target reached",
}
CHANGE_WORDS = {
    "worse": "Worse",
    "better": "Better",
    "judged": "Newly judged",
    "withheld": "No longer judged",
    "new": "New",
    "towards": "Closer to its target",
    "away": "Further from its target",
}
ICONS = {
    PROVEN_FAILURE: "✕",
    MODERATE_FAILURE: "▼",
    MODERATE_SUCCESS: "▲",
    NOT_ASSESSABLE: "?",
    SUCCESS: "✓",
}
WITHHELD_WORDS = {
    "not_started": "it starts on {day}",
    "missing": "its figure is missing",
    "too_few": "too few people or cases to say",
    "too_early": "too early, {work} judged from {day}",
    "partial": "the month is not complete",
    "immature": "its cases have not run their course",
    "not_due": "it is due on {day}",
    "unrecorded": "its records begin only on {day}",
}
KIND_WORDS = {
    "seo": "search engine work is",
    "sea": "search advertising is",
    "campaign": "a campaign is",
    "email": "e-mailing is",
    "social": "social media work is",
    "training": "a training is",
    "improvement": "an improvement is",
    "event": "an event is",
}
WITHOUT_FIGURE = (MISSING, FEW)
LASTING = (MISSING, UNRECORDED)  # what waiting does not mend
# Probability up to which a reader is told so many chances in so many.
CHANCES = (
    (0.15, 1, 10),
    (0.225, 1, 5),
    (0.29, 1, 4),
    (0.415, 1, 3),
    (0.585, 1, 2),
    (0.71, 2, 3),
    (0.775, 3, 4),
    (0.85, 4, 5),
    (0.95, 9, 10),
)
HARDLY, NEARLY = 0.05, 0.95
REACHING_WORDS = {
    "hardly": "less than 1 chance in 20 of reaching the target",
    "nearly": "more than 19 chances in 20 of reaching the target",
    "one": "about 1 chance in {of} of reaching the target",
    "some": "about {some} chances in {of} of reaching the target",
}

GROUP_WORDS = {  # without a colon: what follows has one
    "network": "{label} on {group}",
    "platform": "{label} on {group}",
    "other": "{label} ({group})",
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
        words = GROUP_WORDS.get(goal.by, GROUP_WORDS["other"])
        return formatter.say(words, label=label, group=formatter.group(goal.by, goal.group))
    return label


def target_words(goal: Goal, formatter: Formatter) -> str:
    """Return what is to be reached by when, and every target that it replaces."""
    say, revised = formatter.say, revision_words(goal, formatter)
    whole, end = goal.whole(goal.target), formatter.day(goal.end)
    level = formatter.value(whole, goal.unit)
    kept = goal.mode == "maintain" or (goal.mode == "binary" and goal.kpi)
    slots = {
        "low": formatter.value(goal.baseline, goal.unit, against=goal.target),
        "high": formatter.value(whole, goal.unit, against=goal.baseline),
        "target": say(LEVEL_WORDS[goal.better == "lower"], level=level) if kept else level,
    }
    way = goal.window if goal.mode not in WAY_WORDS else goal.mode
    way = "done" if way == "binary" and not goal.kpi else way
    days = {"first": formatter.day(goal.start), "last": end, "day": end}
    asked = say(WAY_WORDS[way], **slots, **days)
    return say("{target} ({revised})", target=asked, revised=revised) if revised else asked


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
        was = formatter.value(old, goal.unit, against=new)
        said.append(say(REVISED_WORDS[new > old], old=was, day=formatter.day(day)))
    return formatter.listed(said)


def judged(standing: Standing) -> str:
    """Return the verdict on a key result, with what weakens it, or why there is none."""
    write, verdict, reason = reader(), standing.verdict, why(standing)
    hidden = verdict.reason == FEW and standing.row["status"] == SUPPRESSED
    if verdict.reason in LASTING or hidden:
        return write.say("Cannot be judged: {reason}", reason=reason)
    if verdict.reason:
        return write.say("Cannot be judged yet: {reason}", reason=reason)
    said = write.say((OVER_WORDS if standing.over else UNDER_WAY_WORDS)[verdict.level])
    return weakened(said, standing)


def weakened(said: str, standing: Standing) -> str:
    """Return a verdict with what weakens it: a figure on its path may stand as nearly there."""
    write, reason = reader(), why(standing)
    return write.say("{verdict} ({reason})", verdict=said, reason=reason) if reason else said


def why(standing: Standing) -> str:
    """Say why there is no verdict, or what weakens it; empty where nothing does."""
    write, verdict = reader(), standing.verdict
    if verdict.reason not in WITHOUT_FIGURE:
        return reason_words(verdict, write)
    if standing.goal.unit == "done":
        return write.say("nobody has said yet whether it is done")
    return write.explanation(standing.row)


def state(level: str) -> str:
    """Return one of the few words that a board counts by."""
    return reader().say(STATE_WORDS[level])


def reason_words(verdict: Verdict, formatter: Formatter) -> str:
    """Return why a verdict is withheld, provisional or lowered; empty when nothing is to say."""
    say = formatter.say
    if verdict.reason:
        day = formatter.day(verdict.day) if verdict.day else ""
        work = say(KIND_WORDS[verdict.kind]) if verdict.kind else ""
        return say(WITHHELD_WORDS[verdict.reason], day=day, work=work)
    weak = [say("provisional")] if verdict.provisional else []
    if verdict.lowered_by:
        weak.append(say("lowered: “{kpi}” worsened", kpi=kpi_words(verdict.lowered_by, formatter)))
    return formatter.listed(weak)


def chance_words(standing: Standing, formatter: Formatter) -> str:
    """Return how probable it is that the target is reached; nothing without an estimate."""
    if standing.chance is None:
        return ""
    return chances(standing.chance, formatter, REACHING_WORDS)


def chances(probability: float, formatter: Formatter, words: Mapping[str, str]) -> str:
    """Return a probability as so many chances in so many, by its least and most, one and some."""
    if probability < HARDLY:
        return formatter.say(words["hardly"])
    if probability > NEARLY:
        return formatter.say(words["nearly"])
    some, of = next((some, of) for most, some, of in CHANCES if probability <= most)
    return formatter.say(words["one" if some == 1 else "some"], some=some, of=of)
