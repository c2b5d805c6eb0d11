"""How has it evolved, and is that more than the season? A line with last year behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis, ends
from kpilib.display.charts.line import (
    bound,
    bounds,
    draw_band,
    draw_gaps,
    draw_line,
    draw_notes,
    value,
)  # fmt: skip
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import MONTHS_A_YEAR, by_month, month_of, months_shown
from kpilib.display.status import flag_words, unsettled
from kpilib.display.style import (
    BEFORE,
    MAIN,
    MUTED,
    TARGET,
    axes,
    figure,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks

HEIGHT = 226
MONTHS = 13
WAVES = "R8"  # roll-up class of surveys: months between two waves are not gaps


@styled()
def trend(
    rows: pd.DataFrame,
    kpi: Kpi,
    formatter: Formatter,
    *,
    months: int = MONTHS,
    target: float | None = None,
    notes: Sequence[tuple[date, str]] = (),
    title: str = "",
    key: str = "",
) -> Chart:
    """Draw one KPI month by month, last year in grey behind it.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a month; with twelve more months than `months`, last year is drawn.
    kpi : Kpi
    formatter : Formatter
    months : int
        Months of the main line.
    target : float, optional
        Drawn as a dashed line.
    notes : sequence of (date, text)
        Events to mark on the line.
    title : str
        The finding; by default the question of the KPI.
    key : str
        Prefix of the ids.
    """
    say, unit = formatter.say, kpi.unit
    found = by_month(rows)
    shown = months_shown(found, months)
    line = [value(found.get(month)) for month in shown]
    before = [value(found.get(month - MONTHS_A_YEAR)) for month in shown]
    levels = [*line, *before, *bounds(found, shown), *([target] if known(target) else [])]
    labels = _labels(line[-1], before[-1], target, unit, formatter)
    scale = axis.scale(levels, unit)
    marks = Marks()

    fig = figure(HEIGHT)
    left, right = scale.room(unit, formatter), ends.room(labels)
    ax = axes(fig, left=left, right=right, top=18, bottom=34, grid="y")
    scale.set(ax, unit, formatter)
    axis.name_months(ax, shown, formatter)
    draw_band(ax, found, shown)
    if any(known(each) for each in before):
        ax.plot(shown, before, color=BEFORE, linewidth=2, marker="o", markersize=2.5, zorder=2)
    draw_line(ax, found, shown, formatter, unit, marks)
    if kpi.roll_up == WAVES:
        waves = [month for month in shown if known(value(found.get(month)))]
        ax.plot(waves, [value(found[m]) for m in waves], color=MAIN, linewidth=1, dashes=(1, 2))
    else:
        draw_gaps(ax, found, shown, formatter, marks)
    if known(target):
        ax.axhline(target, color=TARGET, linewidth=1.3, dashes=(5, 3), zorder=3)
    events = draw_notes(ax, notes, shown, formatter, marks)
    ends.write(ax, labels)

    remarks = [] if scale.from_zero else [say("The vertical axis does not start at zero.")]
    if any(known(bound(found.get(month), "ci_low")) for month in shown):
        remarks.append(say("The band is the 95 % interval."))
    if kpi.roll_up == WAVES:
        remarks.append(say("Each point is a survey; nothing is measured in between."))
    if any(unsettled(found.get(month, {})) for month in shown):
        remarks.append(say("A hollow point can still change: its month or its cases are not over."))
    return chart(
        fig,
        title=title or say(kpi.question),
        subtitle=_subtitle(kpi, any(known(each) for each in before), formatter),
        alt=_alt(kpi, shown, line, before, target, formatter),
        data=_table(found, shown, formatter, unit),
        note=" ".join(remarks),
        notes=events,
        marks=marks,
        say=say,
        key=key,
    )


def _labels(
    last: float, before: float, target: float | None, unit: str, formatter: Formatter
) -> list[ends.End]:
    """Return what is written beside the ends of the lines."""
    say, found = formatter.say, []
    if known(last):
        found.append(ends.End(last, formatter.value(last, unit), colour=MAIN, strong=True))
    if known(before):
        caption = say("a year before")
        found.append(ends.End(before, formatter.value(before, unit), caption, colour=MUTED))
    if known(target):
        words = say("target {value}", value=formatter.ticks([target], unit)[0])
        found.append(ends.End(target, words, colour=TARGET))
    return found


def _subtitle(kpi: Kpi, with_year: bool, formatter: Formatter) -> str:
    label = shorten(formatter.say(kpi.label), 60)
    if with_year:
        return formatter.say("{label}, by month; in grey, a year before", label=label)
    return formatter.say("{label}, by month", label=label)


def _alt(
    kpi: Kpi,
    shown: list[int],
    line: list[float],
    before: list[float],
    target: float | None,
    formatter: Formatter,
) -> str:
    say, unit, label = formatter.say, kpi.unit, formatter.say(kpi.label)
    points = [(month, each) for month, each in zip(shown, line, strict=True) if known(each)]
    if not points:
        return say("{label}: no figure in these months.", label=label)

    def at(point: tuple[int, float]) -> dict[str, str]:
        return {
            "value": formatter.value(point[1], unit),
            "month": formatter.month(month_of(point[0])),
        }

    low, high = min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1])
    first, last = at(points[0]), at(points[-1])
    parts = [
        say(
            "Line chart of {label}: {first} in {from_month}, {last} in {to_month}.",
            label=label, first=first["value"], from_month=first["month"],
            last=last["value"], to_month=last["month"],
        ),
        say("Lowest {value} in {month}.", **at(low)),
        say("Highest {value} in {month}.", **at(high)),
    ]  # fmt: skip
    if known(before[-1]):
        year = at((shown[-1] - MONTHS_A_YEAR, before[-1]))
        parts.append(say("A year before, {value} in {month}.", **year))
    if known(target):
        parts.append(say("Target {value}.", value=formatter.value(target, unit)))
    missing = len(shown) - len(points)
    if missing:
        parts.append(say("Months without a figure: {count}.", count=missing))
    return " ".join(parts)


def _table(
    found: dict[int, Any], shown: list[int], formatter: Formatter, unit: str
) -> pd.DataFrame:
    say = formatter.say
    lines = []
    for month in shown:
        row = found.get(month, {"status": "no_data", "value": None, "unit": unit})
        year = found.get(month - MONTHS_A_YEAR)
        lines.append(
            {
                say("Month"): formatter.month(month_of(month)),
                say("Value"): formatter.row_value(row | {"unit": unit}),
                say("95 % interval"): formatter.interval(
                    row.get("ci_low"), row.get("ci_high"), unit
                ),
                say("Base"): formatter.base(row),
                say("A year before"): formatter.value(year["value"], unit) if year else "",
                say("Remarks"): ", ".join(flag_words(row, say)),
            }
        )
    table = pd.DataFrame(lines)
    return table.loc[:, [place == 0 or table[c].ne("").any() for place, c in enumerate(table)]]
