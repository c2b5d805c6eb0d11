"""How is the whole split, and is that usual? One bar of 100 %, a rule of thumb below it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.chart import Chart, chart
from kpilib.display.label import spread
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import (
    BAND,
    INK,
    MAIN,
    NORMAL,
    SMALL,
    SOFT,
    WIDTH,
    axes,
    figure,
    fitted,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks

COLOURS = (MAIN, SOFT, BAND)
ROW, BAR, TOP = 78, 24, 2


@styled()
def split(
    bars: Sequence[tuple[str, Sequence[tuple[str, float]]]],
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    note: str = "",
    key: str = "",
) -> Chart:
    """Draw bars of 100 %, one under the other, each part named above it.

    Parameters
    ----------
    bars : sequence of (name, parts)
        Parts are (name, share), in the same order in every bar.
    formatter : Formatter
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    """
    marks = Marks()
    height = TOP + ROW * len(bars) - 6
    fig = figure(height)
    ax = axes(fig, left=3, right=3, top=TOP, bottom=2)
    ax.set_xlim(0, 1)
    ax.set_ylim(height - TOP - 2, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    for place, (name, parts) in enumerate(bars):
        _draw(ax, place * ROW, name, parts, formatter, marks)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(bars, formatter),
        data=_table(bars, formatter),
        note=note,
        marks=marks,
        say=formatter.say,
        key=key,
    )


def _draw(
    ax: Axes,
    top: float,
    name: str,
    parts: Sequence[tuple[str, float]],
    formatter: Formatter,
    marks: Marks,
) -> None:
    shown = fitted(name, WIDTH - 6, NORMAL, "bold")
    marks.on(ax.text(0, top + 11, shown, fontsize=NORMAL, fontweight="bold", color=INK), name)
    middle = top + 18 + BAR / 2
    floor, centres = 0.0, []
    for (part, share), colour in zip(parts, COLOURS, strict=False):
        size = share if known(share) else 0.0
        (bar,) = ax.barh([middle], [size], left=floor, height=BAR, color=colour, linewidth=0.8,
                         edgecolor="white")  # fmt: skip
        marks.on(bar, formatter.pair(f"{name}, {part}", formatter.value(share, "rate")))
        centres.append(floor + size / 2)
        floor += size
    texts = [f"{part} {formatter.value(share, 'rate')}" for part, share in parts]
    widths = [(text_width(text, SMALL) + 18) / (WIDTH - 6) for text in texts]
    for (text, at, width), colour in zip(
        zip(texts, spread(centres, widths, 0, 1), widths, strict=True), COLOURS, strict=False
    ):
        left = at - width / 2
        ax.text(left, top + 18 + BAR + 13, "■", fontsize=SMALL, color=colour)
        ax.text(left + 12 / (WIDTH - 6), top + 18 + BAR + 13, text, fontsize=SMALL, color=INK)


def _alt(bars: Sequence[tuple[str, Sequence[tuple[str, float]]]], formatter: Formatter) -> str:
    lines = [
        formatter.pair(
            name, ", ".join(f"{part} {formatter.value(share, 'rate')}" for part, share in parts)
        )
        for name, parts in bars
    ]
    return formatter.say("Bars of 100 %. {bars}.", bars=formatter.listed(lines))


def _table(
    bars: Sequence[tuple[str, Sequence[tuple[str, float]]]], formatter: Formatter
) -> pd.DataFrame:
    return pd.DataFrame(
        {formatter.say("Group"): name}
        | {part: formatter.value(share, "rate") for part, share in parts}
        for name, parts in bars
    )
