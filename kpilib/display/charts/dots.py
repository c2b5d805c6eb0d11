"""Which team is well, which is not? A dot and an interval a team; small teams stay hidden."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis
from kpilib.display.charts.bars import adjusted, differs, ordered
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import breakdown
from kpilib.display.status import flag_words
from kpilib.display.style import (
    GRID,
    HIGHLIGHT,
    INK,
    MAIN,
    MUTED,
    NORMAL,
    SMALL,
    SOFT,
    axes,
    figure,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks
from kpilib.display.words import column_words

ROW, TOP, BOTTOM = 27, 24, 26
LONGEST_LABEL = 20


@styled()
def dot_interval(
    rows: pd.DataFrame,
    kpi: Kpi,
    formatter: Formatter,
    *,
    by: str = "",
    overall: dict[str, Any] | None = None,
    title: str = "",
    note: str = "",
    key: str = "",
) -> Chart:
    """Draw a score and its interval for each group, on a scale that may go below zero.

    See `bars_with_intervals` for the parameters.
    """
    say, unit = formatter.say, kpi.unit
    by = by or breakdown(rows)
    found = ordered(rows, kpi, by, formatter)
    whole = overall["value"] if overall and known(overall["value"]) else None
    labels = [shorten(row["label"], LONGEST_LABEL) for row in found]
    figures = [formatter.value(row["value"], unit) if known(row["value"]) else "" for row in found]
    left = max([text_width(label, SMALL) for label in labels] + [40]) + 9
    right = max([text_width(text, NORMAL, "bold") for text in figures] + [20]) + 16

    fig = figure(TOP + ROW * max(len(found), 1) + BOTTOM)
    ax = axes(fig, left=left, right=right, top=TOP, bottom=BOTTOM, grid="x")
    marks = Marks()
    values = [row[name] for row in found for name in ("value", "ci_low", "ci_high")]
    _set_scale(ax, [*values, whole], unit, formatter)
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set_yticks([])
    for place, row in enumerate(found):
        ax.axhline(place, color=GRID, linewidth=0.9, zorder=0)
        _draw(ax, place, row, whole, kpi, formatter, marks)
        name = ax.annotate(
            labels[place], (0, place), xycoords=ax.get_yaxis_transform(), xytext=(4 - left, 0),
            textcoords="offset points", va="center", fontsize=SMALL, color=INK,
            annotation_clip=False,
        )  # fmt: skip
        marks.on(name, row["label"])
        ax.annotate(
            figures[place], (1, place), xycoords=ax.get_yaxis_transform(), xytext=(right - 3, 0),
            textcoords="offset points", ha="right", va="center", fontweight="bold",
            annotation_clip=False,
        )  # fmt: skip
    if known(whole):
        ax.axvline(whole, color=INK, linewidth=1, dashes=(2, 2), zorder=1)
        words = say("all: {value}", value=formatter.value(whole, unit))
        ax.annotate(
            words, (whole, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, 5), ha="center",
            textcoords="offset points", va="bottom", fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
    return chart(
        fig,
        title=title or say(kpi.question),
        subtitle=say("{label}; the line is the 95 % interval", label=say(kpi.label)),
        alt=_alt(kpi, found, whole, formatter),
        data=_table(found, by, formatter, unit),
        note=" ".join(filter(None, [_note(found, whole, say), note])),
        marks=marks,
        say=say,
        key=key,
    )


def _set_scale(ax: Any, values: list[Any], unit: str, formatter: Formatter) -> None:
    found = [value for value in values if known(value)] or [0.0]
    scale = axis.scale([*found, *([0.0] if unit == "points" else [])], unit, labels=5)
    ax.set_xlim(scale.bottom, scale.top)
    ax.set_xticks(scale.ticks, labels=formatter.ticks(scale.ticks, unit))
    if scale.bottom < 0 < scale.top:
        ax.axvline(0, color=MUTED, linewidth=1, zorder=0)


def _draw(
    ax: Any,
    place: int,
    row: dict[str, Any],
    whole: float | None,
    kpi: Kpi,
    formatter: Formatter,
    marks: Marks,
) -> None:
    say, unit = formatter.say, kpi.unit
    if not known(row["value"]):
        reason = formatter.reason(row)
        text = ax.text(
            0.02, place, shorten(reason, 40), transform=ax.get_yaxis_transform(), va="center",
            color=MUTED, fontsize=SMALL, fontstyle="italic",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        marks.on(text, formatter.pair(row["label"], reason))
        return
    colour = MAIN
    if known(whole) and differs(row) and kpi.better != "neutral":
        worse = row["value"] < whole if kpi.better == "higher" else row["value"] > whole
        colour = HIGHLIGHT if worse else MAIN
    if known(row["ci_low"]):
        ax.plot([row["ci_low"], row["ci_high"]], [place, place], color=SOFT if colour == MAIN else
                colour, linewidth=3.2, alpha=0.8, zorder=2)  # fmt: skip
    parts = [formatter.pair(row["label"], formatter.value(row["value"], unit))]
    interval = formatter.interval(row["ci_low"], row["ci_high"], unit)
    if interval:
        parts.append(say("95 % interval {interval}", interval=interval))
    (dot,) = ax.plot([row["value"]], [place], marker="o", markersize=8, color=colour, zorder=4,
                     markeredgecolor="white", linestyle="none")  # fmt: skip
    marks.on(dot, ", ".join([*parts, *flag_words(row, say)]))


def _note(found: list[dict[str, Any]], whole: float | None, say: Any) -> str:
    parts = []
    away = [row["label"] for row in found if known(whole) and differs(row)]
    if away:
        parts.append(
            say("Away from the others by more than chance: {names}.", names=", ".join(away))
        )
        parts.append(adjusted(say))
    if any(row["status"] == "suppressed" for row in found):
        parts.append(say("Groups are hidden when showing them would let a person be recognised."))
    return " ".join(parts)


def _alt(kpi: Kpi, found: list[dict[str, Any]], whole: float | None, formatter: Formatter) -> str:
    say, parts = formatter.say, []
    for row in found:
        text = f"{row['label']} {formatter.row_value(row | {'unit': kpi.unit})}"
        interval = formatter.interval(row["ci_low"], row["ci_high"], kpi.unit)
        parts.append(f"{text} ({interval})" if interval else text)
    text = say(
        "Dots with intervals of {label}: {groups}.",
        label=say(kpi.label),
        groups=formatter.listed(parts),
    )
    if known(whole):
        text += " " + say("All together: {value}.", value=formatter.value(whole, kpi.unit))
    return text


def _table(found: list[dict[str, Any]], by: str, formatter: Formatter, unit: str) -> pd.DataFrame:
    say = formatter.say
    return pd.DataFrame(
        {
            column_words(by, say): row["label"],
            say("Value"): formatter.row_value(row | {"unit": unit}),
            say("95 % interval"): formatter.interval(row["ci_low"], row["ci_high"], unit),
            say("Base"): formatter.base(row),
        }
        for row in found
    )
