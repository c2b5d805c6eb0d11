"""What the lines of a scoreboard say of one key result: figure, target, owner, sign, limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from kpilib.display.block import text
from kpilib.display.numbers import Formatter, known
from kpilib.display.scorecard import ICONS
from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
)  # fmt: skip
from kpilib.steering.goal import Goal

if TYPE_CHECKING:
    from kpilib.display.gauge import Limits
    from kpilib.steering.standing import Standing

# What needs a decision comes first; what goes well comes last.
ORDER = (PROVEN_FAILURE, MODERATE_FAILURE, MODERATE_SUCCESS, NOT_ASSESSABLE, SUCCESS)
FAILURES = (PROVEN_FAILURE, MODERATE_FAILURE)
TO_DECIDE = (*FAILURES, MODERATE_SUCCESS)
DONE_WORDS = {True: "done", False: "not done"}


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """Return key results with those that need a decision first, the furthest off before."""
    return sorted(
        standings,
        key=lambda each: (
            ORDER.index(each.verdict.level),
            measured_of(each),
            each.goal.objective.priority,
        ),
    )


def measured_of(standing: Standing) -> float:
    """Return what the verdict is on; 0 where that is not known."""
    found = standing.reached
    return found.measured if found is not None and known(found.measured) else 0.0


def figure_of(standing: Standing, formatter: Formatter) -> str:
    """Write the figure of the month; the verdict beside it says why there is none."""
    row, goal = standing.row, standing.goal
    value = row.get("value")
    if row.get("status") == "ok" and known(value):
        return amount(float(value), goal, formatter, against=goal.target)
    return formatter.say(DONE_WORDS[False] if goal.unit == "done" else "n/a")


def why_missing(standing: Standing, formatter: Formatter) -> str:
    """Say in full why there is no figure; empty when there is one."""
    row = standing.row
    if row.get("status") == "ok" or standing.goal.unit == "done":
        return ""
    return formatter.missing(row)


def amount(value: float, goal: Goal, formatter: Formatter, *, against: float | None = None) -> str:
    """Write a number in the unit of a key result; of a milestone, whether it is done."""
    if goal.unit == "done":
        return formatter.say(DONE_WORDS[value >= 1])
    return formatter.value(value, goal.unit, against=against)


def aim_words(standing: Standing, formatter: Formatter) -> str:
    """Write target and day: ``target 5.0 % by 31 Dec``, with the year when it is another one."""
    goal, say = standing.goal, formatter.say
    day = formatter.day_short(goal.end)
    if goal.end.year != standing.day.year:
        day = formatter.day(goal.end)
    if goal.unit == "done":
        return say("due by {day}", day=day)
    target = formatter.value(goal.whole(goal.target), goal.unit, against=standing.row.get("value"))
    return say("target {target} by {day}", target=target, day=day)


def owner_of(standing: Standing, formatter: Formatter) -> str:
    """Return who answers for it."""
    return standing.goal.owner.in_language(formatter.lang)


def limits_of(goal: Goal, day: date) -> tuple[Limits, str] | None:
    """Return the figures between which a key result is amber on a day, and which way is better.

    The thresholds of its verdict, in the KPI's own unit: before its end, shares of what the path
    asks for by that day (`kpilib.methods.attainment.against`, read backwards).

    Parameters
    ----------
    goal : Goal
    day : datetime.date

    Returns
    -------
    tuple of (tuple of float, str) or None
        As `kpilib.display.gauge.zone` takes them; None where a level is held or a milestone passed.
    """
    if goal.mode in ("maintain", "binary") or goal.target == goal.baseline:
        return None
    owed = 1.0 if day >= goal.end else goal.owed(day) or 0.0
    way = goal.target - goal.baseline
    _, moderate, failure = goal.thresholds
    green, amber = (
        (goal.baseline + way * (share * owed if owed > 0 else share - 1 + owed)) * goal.share(day)
        for share in (moderate, failure)
    )
    return ((green, amber), "lower") if way < 0 else ((amber, green), "higher")


def icon(level: str) -> str:
    """Return the sign of a verdict: shape and colour tell it, the words beside it too."""
    colour, path = ICONS[level]
    return (
        f'<svg class="kl-icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}" '
        f'fill="none" stroke="{colour}" stroke-width="2.4" stroke-linejoin="round" '
        f'stroke-linecap="round"/></svg>'
    )


def facts(lines: Sequence[tuple[str, str]]) -> str:
    """Return a list of terms and what is said of each, without those of which nothing is."""
    cells = "".join(f"<dt>{text(term)}</dt><dd>{text(said)}</dd>" for term, said in lines if said)
    return f"<dl>{cells}</dl>" if cells else ""
