"""Is it on its way? The months of a figure on the path to its target, earlier targets included."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.definitions import Kpi
from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis, ends
from kpilib.display.charts.line import (
    bounds,
    draw_band,
    draw_gaps,
    draw_line,
    draw_notes,
    value,
)  # fmt: skip
from kpilib.display.charts.path_words import description, figures, finding, remarks
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import by_month, month_number, month_of
from kpilib.display.style import MAIN, MUTED, TARGET, axes, figure, styled
from kpilib.display.svg import Marks
from kpilib.steering.goal import Goal

HEIGHT = 178
BEFORE, MOST = 4, 30  # months shown before the start, and in all
WAVES = "R8"  # roll-up class of surveys: months between two waves are not gaps
A_DAY = timedelta(1)
SHORT = re.compile(r"(\d+\.\d)\d+")  # digits beyond sight


@styled()
def path(
    rows: pd.DataFrame,
    goal: Goal,
    kpi: Kpi,
    formatter: Formatter,
    *,
    day: date,
    label: str = "",
    notes: Sequence[tuple[date, str]] = (),
    title: str = "",
    key: str = "",
) -> Chart:
    """Draw the months of a key result, what its path asks for, and the targets it had before.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of `evaluate`, one a month.
    goal : Goal
    kpi : Kpi
    formatter : Formatter
    day : datetime.date
        The day that the last figure is of.
    label : str
        Name of the key result; that of the KPI by default.
    notes : sequence of (date, text)
        Actions and notes, numbered on the picture and listed below it.
    title : str
        The finding; worked out of the figures by default.
    key : str
        Prefix of the ids.
    """
    say, unit = formatter.say, goal.unit
    label = label or say(kpi.label)
    found = by_month(rows)
    shown = _months(found, goal)
    last = month_number(day)
    past = [month for month in shown if month <= last]
    old = [(until - A_DAY, goal.on(until - A_DAY)) for until, _ in goal.was]
    levels = [value(found.get(month)) for month in past]
    levels += bounds(found, past) + [goal.baseline, goal.target]
    levels += [each for goal_then in (goal, *(g for _, g in old)) for _, each in _line(goal_then)]
    scale = axis.scale(levels, unit)
    labels = _labels(found, last, goal, old, formatter)
    marks = Marks()

    fig = figure(HEIGHT)
    left, right = scale.room(unit, formatter), ends.room(labels)
    ax = axes(fig, left=left, right=right, top=18, bottom=34, grid="y")
    scale.set(ax, unit, formatter)
    axis.name_months(ax, shown, formatter)
    draw_band(ax, found, past)
    _draw_path(ax, goal, old, day, formatter, marks)
    draw_line(ax, found, past, formatter, unit, marks)
    if kpi.roll_up == WAVES:
        waves = [month for month in past if known(value(found.get(month)))]
        ax.plot(waves, [value(found[m]) for m in waves], color=MAIN, linewidth=1, dashes=(1, 2))
    else:
        draw_gaps(ax, found, [month for month in past if month in found], formatter, marks)
    events = draw_notes(ax, notes, shown, formatter, marks)
    ends.write(ax, labels)

    made = chart(
        fig,
        title=title or finding(goal, found.get(last), day, formatter),
        subtitle=say("{label}, by month; dashed, the path to the target", label=label),
        alt=description(label, found.get(last), goal, old, day, formatter),
        data=figures(found, shown, goal, formatter),
        note=" ".join(remarks(found, past, scale, old, formatter)),
        notes=events,
        marks=marks,
        say=say,
        key=key,
    )
    return replace(made, svg=_lighter(made.svg))


def _lighter(svg: str) -> str:
    """Leave out the clipping, which nothing here needs: a page holds many of these charts."""
    svg = re.sub(r' clip-path="url\(#[^"]*\)"', "", svg)
    svg = re.sub(r"<clipPath .*?</clipPath>", "", svg)
    svg = re.sub(r"(<circle )([^>]*)", lambda mark: mark[1] + SHORT.sub(r"\1", mark[2]), svg)
    return re.sub(r"<g ?/>|<defs ?/>|<defs></defs>|<text [^>]*>[ \u00a0]*</text>", "", svg)


def _months(found: dict[int, Any], goal: Goal) -> list[int]:
    first, last = month_number(goal.start) - BEFORE, month_number(goal.end)
    first = max(first, min(found, default=first), last - MOST + 1)
    first = min(first, month_number(goal.start) - 1)
    return list(range(first, max(last, max(found, default=0)) + 1))


def _place(day: date) -> float:
    """Return where a day stands: the end of a month where its figure stands."""
    return month_number(day) - 1 + day.day / calendar.monthrange(day.year, day.month)[1]


def _line(goal: Goal) -> list[tuple[date, float]]:
    """Return the points of a path: its start, each end of a month, its turns, its end."""
    numbers = range(month_number(goal.start), month_number(goal.end))
    between = [month_of(number).end_day for number in numbers]
    days = {*between, *(day for day, _ in goal.path), goal.end}
    days = sorted(day for day in days if goal.start <= day <= goal.end)
    return [(goal.start - A_DAY, goal.baseline), *((day, goal.expected(day)) for day in days)]


def _draw_path(
    ax: Axes,
    goal: Goal,
    old: Sequence[tuple[date, Goal]],
    day: date,
    formatter: Formatter,
    marks: Marks,
) -> None:
    say, unit = formatter.say, goal.unit
    for until, before in old:
        points = _line(before)
        ax.plot([_place(d) for d, _ in points], [v for _, v in points], color=MUTED,
                linewidth=1.1, dashes=(1, 2), zorder=2)  # fmt: skip
        tip = say("Target until {day}: {value}", day=formatter.day(until),
                  value=formatter.value(before.whole(before.target), unit))  # fmt: skip
        _diamond(ax, before, marks, tip, colour=MUTED, full=False)
    points = _line(goal)
    ax.plot([_place(d) for d, _ in points], [v for _, v in points], color=TARGET,
            linewidth=1.5, dashes=(5, 3), zorder=3)  # fmt: skip
    if goal.start <= day < goal.end:
        due = goal.expected(day)
        tip = say("Due by {day}: {value}", day=formatter.day(day),
                  value=formatter.value(due, unit))  # fmt: skip
        marks.on(
            ax.plot([_place(day)], [due], linestyle="none", marker="_", markersize=12,
                    markeredgewidth=2.6, color=TARGET, zorder=6, clip_on=False)[0],
            tip,
        )  # fmt: skip
    tip = say("Target by {day}: {value}", day=formatter.day(goal.end),
              value=formatter.value(goal.whole(goal.target), unit))  # fmt: skip
    _diamond(ax, goal, marks, tip, colour=TARGET, full=True)


def _diamond(ax: Axes, goal: Goal, marks: Marks, tip: str, *, colour: str, full: bool) -> None:
    marks.on(
        ax.plot(
            [_place(goal.end)], [goal.target], linestyle="none", marker="D", markersize=6.5,
            color=colour, markerfacecolor=colour if full else "white", zorder=6, clip_on=False,
        )[0],
        tip,
    )  # fmt: skip


def _labels(
    found: dict[int, Any], last: int, goal: Goal, old: Sequence[tuple[date, Goal]],
    formatter: Formatter,
) -> list[ends.End]:  # fmt: skip
    say, unit = formatter.say, goal.unit
    now, made = value(found.get(last)), []
    if known(now):
        caption = formatter.month_short(month_of(last))
        said = formatter.value(now, unit, against=goal.target)
        made.append(ends.End(now, said, caption, colour=MAIN, strong=True))
    said = say("target {value}", value=formatter.value(goal.whole(goal.target), unit, against=now))
    made.append(ends.End(goal.target, said, formatter.day_short(goal.end), colour=TARGET))
    for _, before in old:
        said = say(
            "was {value}",
            value=formatter.value(before.whole(before.target), unit, against=goal.target),
        )
        made.append(ends.End(before.target, said, colour=MUTED))
    return made
