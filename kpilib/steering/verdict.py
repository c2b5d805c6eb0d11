"""How far a key result is, in four verdicts, or why it cannot be judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpilib.language import Say
from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
    Aim,
    reached,
)
from kpilib.outcome import OK
from kpilib.steering.goal import Goal

UNSURE = ("partial", "immature", "low_n", "late")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judgement on one key result.

    Parameters
    ----------
    level : str
        One of `kpilib.methods.attainment.LEVELS`.
    text : str
        The verdict in the reader's words.
    action : str
        What to do next.
    progress : float or None
        (value - baseline) / (target - baseline), not clipped; None when it cannot be known.
    provisional : bool
        The figure may still move, or rests on few cases.
    """

    level: str
    text: str
    action: str
    progress: float | None
    provisional: bool


def aim_of(goal: Goal) -> Aim:
    """Return the numbers of a goal that its verdict needs."""
    return Aim(
        mode=goal.mode,
        baseline=goal.baseline,
        target=goal.target,
        start=goal.start,
        end=goal.end,
        better=goal.better,
        thresholds=goal.thresholds,
    )


def verdict(goal: Goal, row: Mapping[str, Any], day: date, say: Say, lang: str = "en") -> Verdict:
    """Judge a key result by one row of `evaluate`.

    Returns
    -------
    Verdict
        Never a failure for want of data: that is ``not_assessable``, with the reason.
    """
    if row["status"] != OK:
        return Verdict(
            level=NOT_ASSESSABLE,
            text=say("Not assessable: {reason}", reason=say(row["reason"])),
            action=say("Provide the missing data."),
            progress=None,
            provisional=True,
        )
    low, high = row["ci_low"], row["ci_high"]
    known = low is not None and high is not None and low == low and high == high
    unsure = any(flag in row["flags"] for flag in UNSURE)
    found = reached(
        aim_of(goal),
        day,
        [row["value"]],
        (low, high) if known else None,
        goal.expected(day),
        unsure,
    )
    level = found.level or NOT_ASSESSABLE
    words = {
        SUCCESS: say("Success: target reached"),
        MODERATE_SUCCESS: say("Moderate success: close to the target"),
        MODERATE_FAILURE: say("Moderate failure: far from the target"),
        PROVEN_FAILURE: say("Proven failure: hardly any progress"),
        NOT_ASSESSABLE: say("Not assessable: {reason}", reason=say("not due yet")),
    }
    step = goal.key_result.next_action.in_language(lang)
    lead = {
        SUCCESS: say("Continue."),
        MODERATE_SUCCESS: say("Improve. {action}", action=step),
        MODERATE_FAILURE: say("Change. {action}", action=step),
        PROVEN_FAILURE: say("Stop or pivot. {action}", action=step),
        NOT_ASSESSABLE: step,
    }
    text = words[level]
    if unsure:
        text = say("{verdict} (provisional)", verdict=text)
    return Verdict(
        level=level, text=text, action=lead[level], progress=found.attainment, provisional=unsure
    )
