"""A verdict in words for whoever has to decide: on target, behind, off target, or why unknown."""

from __future__ import annotations

from kpilib.display.numbers import reader
from kpilib.display.standing_words import reason_words
from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
)  # fmt: skip
from kpilib.steering.standing import Standing

# What needs a decision comes first; what goes well comes last.
ORDER = (PROVEN_FAILURE, MODERATE_FAILURE, MODERATE_SUCCESS, NOT_ASSESSABLE, SUCCESS)
TO_DECIDE = (PROVEN_FAILURE, MODERATE_FAILURE)
STATE_WORDS = {
    PROVEN_FAILURE: "Off target",
    MODERATE_FAILURE: "Behind",
    MODERATE_SUCCESS: "Nearly on target",
    NOT_ASSESSABLE: "Cannot be judged yet",
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
    PROVEN_FAILURE: "✕", MODERATE_FAILURE: "▼", MODERATE_SUCCESS: "▲", NOT_ASSESSABLE: "?",
    SUCCESS: "✓",
}  # fmt: skip
WITHOUT_FIGURE = ("missing", "too_few")


def judged(standing: Standing) -> str:
    """Return the verdict on a key result, with what weakens it, or why there is none."""
    write, verdict, reason = reader(), standing.verdict, why(standing)
    if verdict.reason in WITHOUT_FIGURE:
        return write.say("Cannot be judged: {reason}", reason=reason)
    if verdict.reason:
        return write.say("Cannot be judged yet: {reason}", reason=reason)
    said = write.say((OVER_WORDS if standing.over else UNDER_WAY_WORDS)[verdict.level])
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
