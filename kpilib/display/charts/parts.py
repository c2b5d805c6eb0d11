"""What made it move? From the figure of then to the figure of now, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.chart import Chart, chart
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import (
    BEFORE,
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

ROW, HEAD, BOTTOM = 27, 20, 8
MOST_GROUPS = 8
LONGEST_LABEL = 25


@dataclass(frozen=True)
class Part:
    """What one group adds to a change.

    Parameters
    ----------
    label : str
    effect : float
    mix, rate : float or None
        Of a rate: the parts due to the group's share and to its own figure.
    said : tuple of str
        Its figures before and after, for the table, already written.
    """

    label: str
    effect: float
    mix: float | None = None
    rate: float | None = None
    said: tuple[str, ...] = ()

    @property
    def size(self) -> float:
        """The largest of what is drawn of it: two parts may cancel out."""
        return max(abs(each) for each in (self.effect, self.mix, self.rate) if each is not None)


@styled()
def parts_of_change(
    parts: Sequence[Part],
    ends: tuple[tuple[str, float], tuple[str, float]],
    unit: str,
    formatter: Formatter,
    *,
    title: str,
    columns: Sequence[str],
    subtitle: str = "",
    note: str = "",
    key: str = "",
) -> Chart:
    """Draw the change between two figures, one line a group, each starting where the last ended.

    Parameters
    ----------
    parts : sequence of Part
        Those beyond the largest few are drawn together.
    ends : pair of (label, figure)
        Then and now.
    unit : str
        Unit of the figures.
    formatter : Formatter
    columns : sequence of str
        Names of the columns of the table: the group, what `Part.said` holds, and the parts.
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    """
    say = formatter.say
    drawn = merged(parts, formatter)
    (then, start), (now, end) = ends
    lines = [then, *(part.label for part in drawn), now]
    texts = [
        formatter.value(start, unit, against=end),
        *(formatter.difference(part.effect, unit) for part in drawn),
        formatter.value(end, unit, against=start),
    ]
    labels = [shorten(line, LONGEST_LABEL) for line in lines]
    left = max(text_width(label, NORMAL, "bold") for label in labels) + 9
    right = max(text_width(text, NORMAL, "bold") for text in texts) + 10
    split = any(known(part.mix) for part in drawn)
    head = HEAD if split else 6
    fig = figure(head + ROW * len(lines) + BOTTOM)
    ax = axes(fig, left=left, right=right, top=head, bottom=BOTTOM)
    marks = Marks()
    levels = _levels(start, drawn)
    _frame(ax, levels, drawn, len(lines))
    for row, level in ((0, start), (len(lines) - 1, end)):
        (dot,) = ax.plot([level], [row], marker="o", markersize=9, color=INK, zorder=4)
        marks.on(dot, formatter.pair(lines[row], texts[row]))
    for row, part in enumerate(drawn, start=1):
        _draw(ax, row, levels[row - 1], part, unit, formatter, marks)
    for row, level in enumerate(levels):
        ax.plot([level, level], [row, row + 1], color=MUTED, linewidth=0.8, zorder=1)
    _write(ax, labels, texts, left, right)
    if split:
        _legend(ax, formatter)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=say(
            "From {then} to {now}, group by group: {parts}.",
            then=f"{then} {texts[0]}", now=f"{now} {texts[-1]}",
            parts=formatter.listed(_told(part, unit, formatter) for part in drawn),
        ),
        data=_table(parts, columns, unit, formatter),
        note=note,
        marks=marks,
        say=say,
        key=key,
    )  # fmt: skip


def merged(parts: Sequence[Part], formatter: Formatter) -> list[Part]:
    """Return the largest parts, and the sum of the others as one."""
    parts = sorted(parts, key=lambda part: -part.size)
    if len(parts) <= MOST_GROUPS:
        return parts
    kept, rest = parts[: MOST_GROUPS - 1], parts[MOST_GROUPS - 1 :]
    split = known(rest[0].mix)
    kept.append(
        Part(
            formatter.say("others ({count})", count=len(rest)),
            sum(part.effect for part in rest),
            sum(part.mix for part in rest) if split else None,
            sum(part.rate for part in rest) if split else None,
        )
    )
    return kept


def _levels(start: float, parts: Sequence[Part]) -> list[float]:
    """Return where each line ends, the first being the figure of then."""
    levels = [start]
    for part in parts:
        levels.append(levels[-1] + part.effect)
    return levels


def _frame(ax: Axes, levels: list[float], parts: Sequence[Part], lines: int) -> None:
    between = [
        level + part.mix for level, part in zip(levels, parts, strict=False) if part.mix is not None
    ]
    edges = [*levels, *between]
    span = (max(edges) - min(edges)) or abs(edges[0]) or 1.0
    ax.set_xlim(min(edges) - 0.06 * span, max(edges) + 0.06 * span)
    ax.set_ylim(lines - 0.5, -0.5)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.axvline(levels[0], color=BEFORE, linewidth=1, dashes=(2, 2), zorder=0)


def _draw(
    ax: Axes, row: int, level: float, part: Part, unit: str, formatter: Formatter, marks: Marks
) -> None:
    tip = _told(part, unit, formatter)
    if part.mix is None:
        (bar,) = ax.barh([row], [part.effect], left=level, height=0.6, color=MAIN, linewidth=0)
        marks.on(bar, tip)
        return
    # One above the other, as they may point in opposite directions.
    for shift, start, amount, colour in (
        (-0.16, level, part.mix, SOFT), (0.16, level + part.mix, part.rate, MAIN),
    ):  # fmt: skip
        (bar,) = ax.barh(
            [row + shift], [amount], left=start, height=0.3, color=colour, linewidth=0, zorder=2
        )
        marks.on(bar, tip)


def _write(
    ax: Axes, labels: Sequence[str], texts: Sequence[str], left: float, right: float
) -> None:
    """Write the names on the left and the figures on the right, those of the ends in bold."""
    side = ax.get_yaxis_transform()
    for row, (label, text) in enumerate(zip(labels, texts, strict=True)):
        end = row in (0, len(labels) - 1)
        for said, at, shift, align in (
            (label, 0, 4 - left, "left"), (text, 1, right - 3, "right"),
        ):  # fmt: skip
            ax.annotate(
                said, (at, row), xycoords=side, xytext=(shift, 0), ha=align, va="center",
                textcoords="offset points", color=INK, annotation_clip=False,
                fontweight="bold" if end else "normal", fontsize=NORMAL if end else SMALL,
            )  # fmt: skip


def _legend(ax: Axes, formatter: Formatter) -> None:
    """Name the two colours above the lines."""
    at = 0.0
    for colour, words in (
        (SOFT, formatter.say("its share")), (MAIN, formatter.say("its own figure")),
    ):  # fmt: skip
        ax.annotate(
            "■", (0, 1), xycoords="axes fraction", xytext=(at, 6), color=colour,
            textcoords="offset points", fontsize=NORMAL, va="bottom", annotation_clip=False,
        )  # fmt: skip
        ax.annotate(
            words, (0, 1), xycoords="axes fraction", xytext=(at + 13, 6), color=INK,
            textcoords="offset points", fontsize=SMALL, va="bottom", annotation_clip=False,
        )  # fmt: skip
        at += 13 + text_width(words, SMALL) + 14


def _told(part: Part, unit: str, formatter: Formatter) -> str:
    """Say what a group adds, and of which two parts."""
    text = f"{part.label} {formatter.difference(part.effect, unit)}"
    if part.mix is None:
        return text
    return text + " " + formatter.say(
        "({mix} by its share, {rate} by its own figure)",
        mix=formatter.difference(part.mix, unit), rate=formatter.difference(part.rate, unit),
    )  # fmt: skip


def _table(
    parts: Sequence[Part], columns: Sequence[str], unit: str, formatter: Formatter
) -> pd.DataFrame:
    lines = []
    for part in parts:
        amounts = (part.effect,) if part.mix is None else (part.mix, part.rate, part.effect)
        lines.append(
            [part.label, *part.said, *(formatter.difference(each, unit) for each in amounts)]
        )
    return pd.DataFrame(lines, columns=list(columns), dtype=object)
