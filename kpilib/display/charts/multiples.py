"""How do several figures move together? Small charts side by side, same months, own scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import MONTHS_A_YEAR, by_month, month_of, months_shown
from kpilib.display.status import unsettled
from kpilib.display.style import (
    BEFORE,
    INK,
    LARGE,
    MAIN,
    MUTED,
    SMALL,
    WIDTH,
    axes,
    figure,
    fitted,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks

ACROSS, PANEL, BETWEEN, TITLE, FOOT = 2, 76, 22, 44, 34
MONTHS = 13


@dataclass(frozen=True)
class Panel:
    """One small chart: its name, its rows (one a month) and their unit."""

    name: str
    rows: pd.DataFrame
    unit: str


@styled()
def small_multiples(
    panels: Sequence[Panel],
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    months: int = MONTHS,
    same_scale: bool = False,
    key: str = "",
) -> Chart:
    """Draw one small line chart a panel, all over the same months.

    Parameters
    ----------
    panels : sequence of Panel
    formatter : Formatter
    title, subtitle, key : str
        See `kpilib.display.chart.Chart`.
    months : int
        How many months.
    same_scale : bool
        Give every panel the same vertical scale (for groups of one KPI).
    """
    say, marks = formatter.say, Marks()
    found = [by_month(panel.rows) for panel in panels]
    every = sorted({month for panel in found for month in panel})
    shown = months_shown(dict.fromkeys(every), months)
    down = -(-len(panels) // ACROSS)
    fig = figure(down * (TITLE + PANEL) + FOOT)
    scales = _scales(panels, found, shown, same_scale)
    for place, (panel, rows) in enumerate(zip(panels, found, strict=True)):
        last_row = place + ACROSS >= len(panels)
        _draw(fig, place, panel, rows, shown, scales[place], formatter, marks, last_row)
    remarks = []
    if not all(scale.from_zero for scale in scales):
        remarks.append(say("Vertical axes do not all start at zero."))
    if any(unsettled(rows.get(month, {})) for rows in found for month in shown):
        remarks.append(say("A hollow point can still change: its month or its cases are not over."))
    return chart(
        fig,
        title=title,
        subtitle=subtitle or say("By month; in grey, a year before"),
        alt=_alt(panels, found, shown, formatter),
        data=_table(panels, found, shown, formatter),
        note=" ".join(remarks),
        marks=marks,
        say=say,
        key=key,
    )


def _scales(
    panels: Sequence[Panel], found: list[dict], shown: list[int], same: bool
) -> list[axis.Scale]:
    levels = [
        [_value(rows.get(month - shift)) for month in shown for shift in (0, MONTHS_A_YEAR)]
        for rows in found
    ]
    if same:
        together = [value for values in levels for value in values]
        levels = [together] * len(panels)
    return [
        axis.scale(values, panel.unit, labels=4)
        for panel, values in zip(panels, levels, strict=True)
    ]


def _value(row: dict | None) -> float:
    return float(row["value"]) if row and known(row["value"]) else float("nan")


def _draw(
    fig: Figure,
    place: int,
    panel: Panel,
    rows: dict[int, dict],
    shown: list[int],
    scale: axis.Scale,
    formatter: Formatter,
    marks: Marks,
    last_row: bool,
) -> None:
    height = fig.get_size_inches()[1] * 72
    width_each = (WIDTH - BETWEEN) / ACROSS
    left = (place % ACROSS) * (width_each + BETWEEN)
    top = (place // ACROSS) * (TITLE + PANEL) + TITLE
    room = scale.room(panel.unit, formatter)
    ax = axes(
        fig, left=left + room, right=WIDTH - left - width_each + 6, top=top,
        bottom=height - top - PANEL + 8, grid="y",
    )  # fmt: skip
    scale.set(ax, panel.unit, formatter)
    axis.name_months(ax, shown, formatter, labels=last_row)
    ends = [shown[0], shown[-1]]
    if last_row:
        names = [f"{formatter.month_short(month_of(m))}\n{month_of(m).start.year}" for m in ends]
        for label, align in zip(ax.set_xticks(ends, labels=names), ("left", "right"), strict=True):
            label.label1.set_horizontalalignment(align)
    before = [_value(rows.get(month - MONTHS_A_YEAR)) for month in shown]
    line = [_value(rows.get(month)) for month in shown]
    ax.plot(shown, before, color=BEFORE, linewidth=1.6)
    ax.plot(shown, line, color=MAIN, linewidth=2)
    points = [month for month in shown if known(_value(rows.get(month)))]
    for hollow in (False, True):
        some = [month for month in points if unsettled(rows[month]) == hollow]
        if some:
            inside = "white" if hollow else MAIN
            dots = ax.plot(some, [_value(rows[m]) for m in some], linestyle="none", marker="o",
                           markersize=4 if hollow else _dot(points), color=MAIN, zorder=4,
                           markerfacecolor=inside, clip_on=False)[0]  # fmt: skip
            marks.on(dots, *(_tip(panel, rows[m], m, formatter) for m in some))
    if not points:
        ax.set_yticks([])
        ax.set_xticks([])
        ax.text(0, 0.5, _why(rows, formatter), transform=ax.transAxes, color=MUTED, fontsize=SMALL)
    if points and points[-1] == shown[-1] and not unsettled(rows[shown[-1]]):
        ax.plot([shown[-1]], [line[-1]], marker="o", markersize=5.5, color=MAIN, clip_on=False)
    said = _last(panel, rows, shown, formatter)
    name = ax.annotate(
        fitted(panel.name, width_each - 6, SMALL), (0, 1), xycoords="axes fraction",
        xytext=(3 - room, 25),
        textcoords="offset points", fontsize=SMALL, color=INK, annotation_clip=False,
    )  # fmt: skip
    marks.on(name, panel.name)
    ax.annotate(
        said, (0, 1), xycoords="axes fraction", xytext=(3 - room, 9), fontsize=LARGE,
        textcoords="offset points", color=MAIN, fontweight="bold", annotation_clip=False,
    )  # fmt: skip


def _last(panel: Panel, rows: dict[int, dict], shown: list[int], formatter: Formatter) -> str:
    row = rows.get(shown[-1]) if shown else None
    if row is None or not known(row["value"]):
        return formatter.say("n/a")
    return formatter.value(row["value"], panel.unit)


def _dot(points: list[int]) -> float:
    """Return the size of the dots: larger when none touches the next, as survey waves do."""
    return 2.6 if any(b - a == 1 for a, b in zip(points, points[1:], strict=False)) else 4.5


def _why(rows: dict[int, dict], formatter: Formatter) -> str:
    return shorten(formatter.reason(rows[max(rows)] if rows else {"status": "no_data"}), 28)


def _tip(panel: Panel, row: dict, month: int, formatter: Formatter) -> str:
    value = formatter.value(row["value"], panel.unit)
    return formatter.pair(f"{panel.name}, {formatter.month(month_of(month))}", value)


def _alt(panels: Sequence[Panel], found: list[dict], shown: list[int], formatter: Formatter) -> str:
    say, parts = formatter.say, []
    for panel, rows in zip(panels, found, strict=True):
        points = [month for month in shown if known(_value(rows.get(month)))]
        if not points:
            parts.append(f"{panel.name} {say('n/a')}")
            continue
        first, last = (
            formatter.value(_value(rows[month]), panel.unit) for month in (points[0], points[-1])
        )
        parts.append(
            say("{group} from {first} to {last}", group=panel.name, first=first, last=last)
        )
    months = (
        [formatter.month(month_of(month)) for month in (shown[0], shown[-1])] if shown else ["", ""]
    )
    return say(
        "Small line charts, {first} to {last}: {groups}.", first=months[0], last=months[1],
        groups=formatter.listed(parts),
    )  # fmt: skip


def _table(
    panels: Sequence[Panel], found: list[dict], shown: list[int], formatter: Formatter
) -> pd.DataFrame:
    table = {formatter.say("Month"): [formatter.month(month_of(month)) for month in shown]}
    for panel, rows in zip(panels, found, strict=True):
        name = panel.name + " " * sum(panel.name == key.rstrip() for key in table)
        table[name] = [formatter.value(_value(rows.get(month)), panel.unit) for month in shown]
    return pd.DataFrame(table, dtype=object)
