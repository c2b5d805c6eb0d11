"""How far a key result is, in four verdicts, or why it cannot be judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpilib.language import Say
from kpilib.outcome import OK
from kpilib.steering.objectives import KeyResult

SUCCESS, MODERATE_SUCCESS = "success", "moderate_success"
MODERATE_FAILURE, PROVEN_FAILURE = "moderate_failure", "proven_failure"
NOT_ASSESSABLE = "not_assessable"
LEVELS = (SUCCESS, MODERATE_SUCCESS, MODERATE_FAILURE, PROVEN_FAILURE, NOT_ASSESSABLE)
UNSURE = ("partial", "immature", "low_n", "late")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judgement on one key result.

    Parameters
    ----------
    level : str
        One of `LEVELS`.
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


def progress(key_result: KeyResult, value: float) -> float:
    """Return the share of the way from baseline to target; the direction is in the two numbers."""
    return (value - key_result.baseline) / (key_result.target - key_result.baseline)


def kr_score(key_result: KeyResult, value: float) -> float:
    """Return the score of a key result, from 0 to 1: its progress, clipped.

    Not value over target, which would score a bounce rate of 40 % on its way to 20 % as half done
    before any work.
    """
    return min(1.0, max(0.0, progress(key_result, value)))


def level(
    reached: float, at_best: float | None, thresholds: tuple[float, float, float], unsure: bool
) -> str:
    """Return the verdict's level.

    Parameters
    ----------
    reached : float
        Progress.
    at_best : float or None
        Progress at the more favourable end of the interval; None when there is none.
    thresholds : tuple of float
        From which progress it is a success, a moderate success, a moderate failure.
    unsure : bool
        Failure is not proven on a partial, immature or small figure.
    """
    success, moderate, failure = thresholds
    if reached >= success:
        return SUCCESS
    if reached >= moderate:
        return MODERATE_SUCCESS
    proven = not unsure and (at_best is None or at_best < failure)
    return PROVEN_FAILURE if reached < failure and proven else MODERATE_FAILURE


def verdict(key_result: KeyResult, row: Mapping, say: Say, lang: str = "en") -> Verdict:
    """Judge a key result by one row of `evaluate`.

    Returns
    -------
    Verdict
        Never a failure for want of data: that is ``not_assessable``, with the reason.
    """
    if row["status"] != OK:
        reason = say("Not assessable: {reason}", reason=say(row["reason"]))
        return Verdict(
            level=NOT_ASSESSABLE,
            text=reason,
            action=say("Provide the missing data."),
            progress=None,
            provisional=True,
        )
    reached = progress(key_result, row["value"])
    ends = [progress(key_result, end) for end in (row["ci_low"], row["ci_high"]) if end == end]
    unsure = any(flag in row["flags"] for flag in UNSURE)
    found = level(reached, max(ends, default=None), key_result.thresholds, unsure)
    words = {
        SUCCESS: say("Success: target reached"),
        MODERATE_SUCCESS: say("Moderate success: close to the target"),
        MODERATE_FAILURE: say("Moderate failure: far from the target"),
        PROVEN_FAILURE: say("Proven failure: hardly any progress"),
    }
    lead = {
        SUCCESS: say("Continue."),
        MODERATE_SUCCESS: say("Improve. {action}", action=key_result.action.in_language(lang)),
        MODERATE_FAILURE: say("Change. {action}", action=key_result.action.in_language(lang)),
        PROVEN_FAILURE: say("Stop or pivot. {action}", action=key_result.action.in_language(lang)),
    }
    text = words[found]
    if unsure:
        text = say("{verdict} (provisional)", verdict=text)
    return Verdict(level=found, text=text, action=lead[found], progress=reached, provisional=unsure)
