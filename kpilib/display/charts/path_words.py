"""What the chart of a key result says in words: the finding, the description, the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.display.charts.axis import Scale
from kpilib.display.charts.line import bound, value
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import month_number, month_of
from kpilib.display.status import flag_words, unsettled
from kpilib.methods.attainment import against, reaches
from kpilib.steering.goal import Goal

Old = Sequence[tuple[date, Goal]]


def finding(goal: Goal, row: dict[str, Any] | None, day: date, formatter: Formatter) -> str:
    """Say in a title where a figure is beside its path.

    Parameters
    ----------
    goal : Goal
    row : dict or None
        Row of `evaluate` of the month.
    day : datetime.date
        The day that it is of.
    formatter : Formatter
    """
    say, figure_now, over = formatter.say, value(row), day >= goal.end
    due = goal.target if over else goal.expected(day)
    slots = {
        "value": formatter.value(figure_now, goal.unit, against=due),
        "due": formatter.value(due, goal.unit, against=figure_now),
    }
    if day < goal.start:
        return say("Begins on {day}", day=formatter.day(goal.start))
    if not known(figure_now):
        return say("No figure this month, where {due} is due", due=slots["due"])
    there = reaches(figure_now, due, direction(goal))
    if goal.mode == "maintain":
        return (
            say("Level held: {value} for {due}", **slots)
            if there
            else say("Level not held: {value} for {due}", **slots)
        )
    if over:
        return (
            say("Target reached: {value} for {due}", **slots)
            if there
            else say("Target missed: {value} for {due}", **slots)
        )
    if there:
        return say("On its path: {value}, where {due} is due", **slots)
    share, owed = goal.attained(figure_now, day), goal.owed(day)
    _, moderate, _ = goal.thresholds
    if share is not None and owed is not None and against(share, owed) >= moderate:
        return say("Close to its path: {value}, where {due} is due", **slots)
    return say("Behind its path: {value}, where {due} is due", **slots)


def direction(goal: Goal) -> str:
    """Return which way is better: that of the target, or of the KPI where a level is held."""
    if goal.target != goal.baseline:
        return "lower" if goal.target < goal.baseline else "higher"
    return "lower" if goal.better == "lower" else "higher"


def remarks(
    found: dict[int, Any], past: list[int], scale: Scale, old: Old,
    formatter: Formatter,
) -> list[str]:  # fmt: skip
    say = formatter.say
    said = [] if scale.from_zero else [say("The vertical axis does not start at zero.")]
    if any(known(bound(found.get(month), "ci_low")) for month in past):
        said.append(say("The band is the 95 % interval."))
    if any(unsettled(found.get(month, {})) for month in past):
        said.append(say("A hollow point can still change: its month or its cases are not over."))
    for until, before in old:
        target = formatter.value(before.whole(before.target), before.unit)
        said.append(
            say("Until {day} the target was {target}.", day=formatter.day(until), target=target)
        )
    return said


def description(
    label: str, row: dict[str, Any] | None, goal: Goal, old: Old,
    day: date, formatter: Formatter,
) -> str:  # fmt: skip
    say, unit = formatter.say, goal.unit
    parts = [
        say(
            "Line chart of {label} with its path from {baseline} on {start} to {target} on {end}.",
            label=label, baseline=formatter.value(goal.baseline, unit),
            start=formatter.day(goal.start), target=formatter.value(goal.whole(goal.target), unit),
            end=formatter.day(goal.end),
        ),
        finding(goal, row, day, formatter) + ".",
    ]  # fmt: skip
    for until, before in old:
        target = formatter.value(before.whole(before.target), unit)
        parts.append(
            say("Until {day} the target was {target}.", day=formatter.day(until), target=target)
        )
    return " ".join(parts)


def figures(
    found: dict[int, Any], shown: list[int], goal: Goal, formatter: Formatter
) -> pd.DataFrame:
    say, unit, lines = formatter.say, goal.unit, []
    for month in shown:
        row, last = found.get(month), min(month_of(month).end_day, goal.end)
        due = (
            goal.expected(last) if goal.start <= last and month <= month_number(goal.end) else None
        )
        lines.append(
            {
                say("Month"): formatter.month(month_of(month)),
                say("Value"): formatter.row_value(row | {"unit": unit}) if row else "",
                say("Path"): formatter.value(due, unit) if due is not None else "",
                say("95 % interval"): formatter.interval(
                    bound(row, "ci_low"), bound(row, "ci_high"), unit
                ),
                say("Remarks"): ", ".join(flag_words(row or {}, say)),
            }
        )
    table = pd.DataFrame(lines)
    return table.loc[:, [place == 0 or table[c].ne("").any() for place, c in enumerate(table)]]
