"""Who does better, beyond chance? Groups side by side, each with its interval and its cases."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.definitions import Kpi
from kpilib.display.chart import Chart, chart
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.ranking import has_few, standing
from kpilib.display.rows import UNKNOWN, breakdown, records
from kpilib.display.status import flag_words
from kpilib.display.style import (
    HIGHLIGHT,
    INK,
    MAIN,
    MUTED,
    NORMAL,
    SMALL,
    SOFT,
    WIDTH,
    axes,
    figure,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks
from kpilib.display.words import column_words, group_words
from kpilib.language import Say

ROW = 25  # points a group
WIDEST = 2.6  # an interval further than this beyond the longest bar is cut, with an arrow
MOST_BARS = 16  # the others are in the table below the chart
TOP, BOTTOM = 22, 8
LONGEST_LABEL = 22


@styled()
def bars_with_intervals(
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
    """Draw one bar a group: the largest first, then those with few cases, the unknown last.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a group.
    kpi : Kpi
    formatter : Formatter
    by : str
        Column of the groups; by default the one that is not evaluate's own.
    overall : dict, optional
        The row of everybody, drawn as a reference.
    title, note, key : str
        Finding, what else to know, and prefix of the ids.
    """
    say, unit = formatter.say, kpi.unit
    by = by or breakdown(rows)
    every = ordered(rows, kpi, by, formatter)
    found = every if len(every) <= MOST_BARS else [*every[: MOST_BARS - 1], every[-1]]
    whole = overall["value"] if overall and known(overall["value"]) else None
    labels = [shorten(row["label"], LONGEST_LABEL) for row in found]
    figures = [formatter.value(row["value"], unit) if known(row["value"]) else "" for row in found]
    cases = [_cases(row, unit, formatter) for row in found]
    heading = say("base") if any(cases) else ""
    left = max([text_width(label, SMALL) for label in labels] + [40]) + 9
    cases_room = max([text_width(text, SMALL) for text in (*cases, heading)] + [0])
    figures_room = max([text_width(text, NORMAL, "bold") for text in figures] + [0])
    right = figures_room + (cases_room + 12 if any(cases) else 0) + 12

    fig = figure(TOP + ROW * max(len(found), 1) + BOTTOM)
    ax = axes(fig, left=left, right=right, top=TOP, bottom=BOTTOM)
    marks = Marks()
    ends = [row[name] for row in found for name in ("value", "ci_low", "ci_high")]
    positive = [value for value in [*ends, whole] if known(value)] or [1.0]
    ax.set_xlim(*_extent(positive, [row["value"] for row in found]))
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.axvline(0, color=MUTED, linewidth=0.8)
    for place, row in enumerate(found):
        _draw(ax, place, row, whole, formatter, unit, marks)
        rooms = (figures_room, cases_room, left)
        _write(ax, place, labels[place], figures[place], cases[place], rooms, marks, row)
    if heading:
        ax.annotate(
            heading, (1, 1), xycoords="axes fraction", xytext=(right - 2, 5), ha="right",
            textcoords="offset points", color=MUTED, fontsize=SMALL, va="bottom",
        )  # fmt: skip
    if known(whole):
        _draw_whole(ax, whole, formatter, unit, WIDTH - left - right)

    return chart(
        fig,
        title=title or say(kpi.question),
        subtitle=_subtitle(kpi, found, formatter),
        alt=_alt(kpi, found, whole, formatter),
        data=_table(every, by, formatter, unit),
        note=" ".join(filter(None, [_note(kpi, every, found, whole, formatter), note])),
        marks=marks,
        say=say,
        key=key,
    )


def _extent(ends: list[float], values: list[float]) -> tuple[float, float]:
    """Return the span of the axis; a very wide interval is cut rather than flatten every bar."""
    longest = max([abs(value) for value in values if known(value)], default=0) or 1.0
    low, high = min(0.0, *ends), max(0.0, *ends)
    return max(low * 1.05, -WIDEST * longest), min(high * 1.04, WIDEST * longest) or 1.0


def ordered(rows: pd.DataFrame, kpi: Kpi, by: str, formatter: Formatter) -> list[dict[str, Any]]:
    """Return the groups with their labels: largest first, then few cases, hidden, unknown."""
    found = records(rows)
    for row in found:
        unknown = pd.isna(row[by]) or row[by] == UNKNOWN
        row["label"] = group_words(row[by], formatter.say)
        row["unknown"] = unknown
        row["few"] = has_few(row, kpi)
    return sorted(found, key=lambda row: (row["unknown"], *standing(row, kpi), row["label"]))


def differs(row: dict[str, Any]) -> bool:
    """Tell whether a group is away from the others, as the engine found: drawing never judges."""
    return row.get("stands_out") is True


def adjusted(say: Say) -> str:
    """Say how groups that differ were told from those that only seem to."""
    return say("Adjusted for the number of groups (Holm); none below 30 cases.")


def _cases(row: dict[str, Any], unit: str, formatter: Formatter) -> str:
    if not known(row.get("n")) or unit in ("count", "people") or not known(row["value"]):
        return ""
    count = formatter.base(row)
    return formatter.say("few: {count}", count=count) if row["few"] else count


def _draw(
    ax: Axes,
    place: int,
    row: dict[str, Any],
    whole: float | None,
    formatter: Formatter,
    unit: str,
    marks: Marks,
) -> None:
    if not known(row["value"]):
        reason = formatter.reason(row)
        text = ax.annotate(
            shorten(reason, 34), (0, place), xytext=(6, 0), textcoords="offset points",
            va="center", color=MUTED, fontsize=SMALL, fontstyle="italic", zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        marks.on(text, formatter.pair(row["label"], reason))
        return
    colour = MAIN if differs(row) or not known(whole) else SOFT
    (bar,) = ax.barh([place], [row["value"]], height=0.56, color=colour, linewidth=0)
    interval = formatter.interval(row["ci_low"], row["ci_high"], unit)
    tip = formatter.pair(row["label"], formatter.value(row["value"], unit))
    if interval:
        tip += ", " + formatter.say("95 % interval {interval}", interval=interval)
        _draw_cut(ax, place, row)
        ax.plot(
            [row["ci_low"], row["ci_high"]], [place, place], color=INK, linewidth=1.3,
            marker="|", markersize=7, zorder=5,
        )  # fmt: skip
    marks.on(bar, ", ".join([tip, *flag_words(row, formatter.say)]))


def _draw_cut(ax: Axes, place: int, row: dict[str, Any]) -> None:
    """Draw an arrow where an interval goes on beyond the axis."""
    low, high = ax.get_xlim()
    for end, edge, arrow in ((row["ci_low"], low, "<"), (row["ci_high"], high, ">")):
        if not low <= end <= high:
            ax.plot([edge], [place], marker=arrow, color=INK, markersize=5, clip_on=False)


def _write(
    ax: Axes,
    place: int,
    label: str,
    figure_text: str,
    cases: str,
    rooms: tuple[float, float, float],
    marks: Marks,
    row: dict[str, Any],
) -> None:
    """Write a group's name on the left, its figure and its cases in columns on the right."""
    figures_room, cases_room, left = rooms
    side = ax.get_yaxis_transform()
    name = ax.annotate(
        label, (0, place), xycoords=side, xytext=(4 - left, 0), textcoords="offset points",
        va="center", fontsize=SMALL, color=MUTED if row["unknown"] else INK, annotation_clip=False,
    )  # fmt: skip
    marks.on(name, row["label"])
    columns = ((figure_text, figures_room + 9, INK, "bold", NORMAL),)
    if cases:
        edge = figures_room + 21 + cases_room
        colour = HIGHLIGHT if row["few"] else MUTED
        columns += ((cases, edge, colour, "normal", SMALL),)
    for text, edge, colour, weight, size in columns:
        ax.annotate(
            text, (1, place), xycoords=side, xytext=(edge, 0), textcoords="offset points",
            ha="right", va="center", fontsize=size, fontweight=weight, color=colour,
            annotation_clip=False,
        )  # fmt: skip


def _draw_whole(ax: Axes, whole: float, formatter: Formatter, unit: str, room: float) -> None:
    words = formatter.say("all: {value}", value=formatter.value(whole, unit))
    ax.axvline(whole, color=INK, linewidth=1, dashes=(2, 2), zorder=4)
    low, high = ax.get_xlim()
    share = (whole - low) / (high - low)
    half = text_width(words, SMALL) / 2 / room
    align = "left" if share < half else "right" if share > 1 - half else "center"
    ax.annotate(
        words, (whole, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, 5), ha=align,
        textcoords="offset points", va="bottom", fontsize=SMALL, color=INK,
    )  # fmt: skip


def _subtitle(kpi: Kpi, found: list[dict[str, Any]], formatter: Formatter) -> str:
    label = formatter.say(kpi.label)
    if not found:
        return label
    month = formatter.month(found[0]["period"])
    if any(known(row.get("ci_low")) for row in found):
        return formatter.say(
            "{label}, {month}; the thin line is the 95 % interval", label=label, month=month
        )
    return formatter.say("{label}, {month}", label=label, month=month)


def _note(
    kpi: Kpi,
    every: list[dict[str, Any]],
    found: list[dict[str, Any]],
    whole: float | None,
    formatter: Formatter,
) -> str:
    say, parts = formatter.say, []
    if kpi.ranked_from and len(every) > 1:
        parts.append(
            say(
                "Ranked by the lower end of the interval; fewer than {count} cases come after.",
                count=formatter.count(kpi.ranked_from),
            )
        )
    if known(whole) and any(differs(row) for row in found):
        parts.append(say("Dark bars differ from the others by more than chance would explain."))
    elif known(whole) and any(row.get("stands_out") is False for row in found):
        parts.append(say("No group differs from the others by more than chance would explain."))
    if known(whole) and any(row.get("stands_out") is not None for row in found):
        parts.append(adjusted(say))
    if len(found) < len(every):
        count = formatter.count(len(every) - len(found))
        parts.append(say("More groups, in the table only: {count}.", count=count))
    if any(row["status"] == "suppressed" for row in every):
        parts.append(say("Groups are hidden when showing them would let a person be recognised."))
    return " ".join(parts)


def _alt(kpi: Kpi, found: list[dict[str, Any]], whole: float | None, formatter: Formatter) -> str:
    say = formatter.say
    parts = [f"{row['label']} {formatter.row_value(row | {'unit': kpi.unit})}" for row in found]
    text = say(
        "Bar chart of {label}: {groups}.", label=say(kpi.label), groups=formatter.listed(parts)
    )
    if known(whole):
        text += " " + say("All together: {value}.", value=formatter.value(whole, kpi.unit))
    return text


def _table(found: list[dict[str, Any]], by: str, formatter: Formatter, unit: str) -> pd.DataFrame:
    say = formatter.say
    table = pd.DataFrame(
        {
            column_words(by, say): row["label"],
            say("Value"): formatter.row_value(row | {"unit": unit}),
            say("95 % interval"): formatter.interval(row["ci_low"], row["ci_high"], unit),
            say("Base"): formatter.base(row),
            say("Remarks"): ", ".join(flag_words(row, say)),
        }
        for row in found
    )
    return table.loc[:, [place == 0 or table[c].ne("").any() for place, c in enumerate(table)]]
