"""What does it bring once everything is paid? From the benefit, cost by cost, down to the net."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kpilib.display.chart import Chart, chart
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter
from kpilib.display.style import (
    BEFORE,
    HIGHLIGHT,
    INK,
    MAIN,
    MUTED,
    NORMAL,
    SMALL,
    TARGET,
    axes,
    figure,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks

ROW, TOP, BOTTOM = 24, 6, 6
LONGEST_LABEL = 21


@styled()
def waterfall(
    items: Sequence[tuple[str, float]],
    formatter: Formatter,
    *,
    total: str,
    title: str,
    subtitle: str = "",
    note: str = "",
    unit: str = "EUR",
    key: str = "",
) -> Chart:
    """Draw amounts that add up, one bar a line, each starting where the last one ended.

    Parameters
    ----------
    items : sequence of (label, amount)
        What is added (positive) and taken away (negative), in order.
    formatter : Formatter
    total : str
        Name of the result.
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    unit : str
        Unit of the amounts.
    """
    net = sum(amount for _, amount in items)
    lines, level = [], 0.0
    for label, amount in items:
        lines.append((label, level, amount))
        level += amount
    lines.append((total, 0.0, net))
    labels = [shorten(label, LONGEST_LABEL) for label, _, _ in lines]
    texts = [_signed(amount, unit, formatter) for _, _, amount in lines]
    left = max(text_width(label, NORMAL, "bold") for label in labels) + 9
    right = max(text_width(text, NORMAL, "bold") for text in texts) + 10
    fig = figure(TOP + ROW * len(lines) + BOTTOM + 6)
    ax = axes(fig, left=left, right=right, top=TOP, bottom=BOTTOM)
    edges = [edge for _, start, amount in lines for edge in (start, start + amount)]
    span = (max(edges) - min(edges)) or 1.0
    ax.set_xlim(min(edges) - 0.02 * span, max(edges) + 0.02 * span)
    ax.set_ylim(len(lines) - 0.25, -0.5)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.axvline(0, color=MUTED, linewidth=1)
    marks = Marks()
    side = ax.get_yaxis_transform()
    for row, (label, start, amount) in enumerate(lines):
        last = row == len(lines) - 1
        place = row + 0.2 if last else row
        colour = MAIN if amount >= 0 else HIGHLIGHT
        if last:
            colour = TARGET if amount >= 0 else HIGHLIGHT
            ax.axhline(row - 0.38, color=BEFORE, linewidth=1)
        (bar,) = ax.barh([place], [amount], left=start, height=0.66, color=colour, linewidth=0)
        marks.on(bar, formatter.pair(label, texts[row]))
        if row + 2 < len(lines):
            end = start + amount
            ax.plot([end, end], [row + 0.33, row + 0.67], color=MUTED, linewidth=0.8)
        weight = "bold" if last or row == 0 else "normal"
        for text, at, shift, align in (
            (labels[row], 0, 4 - left, "left"), (texts[row], 1, right - 3, "right"),
        ):  # fmt: skip
            drawn = ax.annotate(
                text, (at, place), xycoords=side, xytext=(shift, 0), ha=align, va="center",
                textcoords="offset points", color=INK, fontweight=weight, annotation_clip=False,
                fontsize=NORMAL if last or row == 0 else SMALL,
            )  # fmt: skip
            if align == "left":
                marks.on(drawn, label)
    say = formatter.say
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=say(
            "Waterfall: {lines}.",
            lines=formatter.listed(
                f"{line[0]} {text}" for line, text in zip(lines, texts, strict=True)
            ),
        ),
        data=pd.DataFrame(
            {say("Item"): [line[0] for line in lines], say("Amount"): texts}, dtype=object
        ),
        note=note,
        marks=marks,
        say=say,
        key=key,
    )


def _signed(amount: float, unit: str, formatter: Formatter) -> str:
    text = formatter.value(amount, unit)
    return f"+{text}" if amount > 0 else text
