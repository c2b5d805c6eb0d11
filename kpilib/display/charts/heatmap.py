"""When, or where and when? A grid of cells, darker for more, the figure written in each."""

from __future__ import annotations

import pandas as pd

from kpilib.display.chart import Chart, chart
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import (
    GRID,
    INK,
    MUTED,
    SEQUENTIAL,
    SMALL,
    WIDTH,
    axes,
    figure,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks

ROW, TOP = 22, 20
LONGEST_LABEL = 20
DARK = 0.55  # above this share of the scale, the figure is written in white


@styled()
def heatmap(
    cells: pd.DataFrame,
    unit: str,
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    note: str = "",
    reasons: dict[tuple[object, object], str] | None = None,
    few: set[tuple[object, object]] | None = None,
    key: str = "",
) -> Chart:
    """Draw a grid of figures.

    Parameters
    ----------
    cells : pandas.DataFrame
        Figures; the index and the columns are written as they are.
    unit : str
        Unit of the figures.
    formatter : Formatter
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    reasons : dict, optional
        Why a cell is empty, by its row and column.
    few : set, optional
        Cells (row, column) that rest on few cases: written in brackets.
    """
    marks, reasons, few = Marks(), reasons or {}, few or set()
    labels = [shorten(label, LONGEST_LABEL) for label in cells.index]
    left = max(text_width(label, SMALL) for label in labels) + 9
    width = (WIDTH - left - 4) / cells.shape[1]
    texts = cells.map(lambda value: _short(value, unit, formatter))
    if not _size(texts, width) and unit in ("count", "people"):
        texts = cells.map(lambda value: formatter.compact(value) if known(value) else "–")
    for row, column in few:
        texts.at[row, column] = f"({texts.at[row, column]})"
    if few:
        note = f"{note} {formatter.say('In brackets: few cases.')}".strip()
    size = _size(texts, width)
    fig = figure(TOP + ROW * len(cells) + 4)
    ax = axes(fig, left=left, right=4, top=TOP, bottom=4)
    ax.set_xlim(-0.5, cells.shape[1] - 0.5)
    ax.set_ylim(len(cells) - 0.5, -0.5)
    found = [float(value) for value in cells.to_numpy().ravel() if known(value)]
    low, high = (min(0.0, *found), max(found)) if found else (0.0, 1.0)
    if unit == "rate" and found and min(found) > 0.5 * high:
        low = min(found)
    for i, row in enumerate(cells.index):
        for j, column in enumerate(cells.columns):
            value = cells.iat[i, j]
            place = (value - low) / ((high - low) or 1) if known(value) else 0.0
            colour = SEQUENTIAL(place) if known(value) else GRID
            cell = ax.bar(j, 0.94, bottom=i - 0.47, width=0.96, color=colour, linewidth=0,
                          clip_on=False)[0]  # fmt: skip
            said = (
                formatter.value(value, unit)
                if known(value)
                else formatter.say(
                    "n/a: {reason}", reason=reasons.get((row, column), formatter.say("no data"))
                )
            )
            marks.on(cell, formatter.pair(f"{row}, {column}", said))
            if size:
                ax.text(
                    j, i, texts.iat[i, j], ha="center", va="center", fontsize=size,
                    color="white" if known(value) and place > DARK else INK,
                )  # fmt: skip
    ax.tick_params(labelcolor=INK)
    ax.set_yticks(range(len(labels)), labels=labels)
    step = max(1, -(-max(_width(c) for c in cells.columns) // width))
    shown = list(range(cells.shape[1]))[:: -int(step)]  # the last one always
    ax.set_xticks(shown, labels=[str(cells.columns[j]) for j in shown])
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", pad=1, labelcolor=MUTED)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(cells, unit, title, formatter),
        data=_table(cells, unit, formatter),
        note=note,
        marks=marks,
        say=formatter.say,
        key=key,
    )


def _width(label: object) -> float:
    return text_width(str(label), SMALL) + 6


def _short(value: object, unit: str, formatter: Formatter) -> str:
    """Write a figure without its unit: the cell is small, the title says the unit."""
    if not known(value):
        return "–"
    text = formatter.value(value, unit)
    return text.removesuffix("\u00a0%") if unit == "rate" else text


def _size(texts: pd.DataFrame, width: float) -> float:
    """Return the size at which every figure fits its cell; 0 when it would not be readable."""
    widest = max(texts.to_numpy().ravel(), key=lambda text: text_width(text, SMALL))
    for size in (SMALL, 9.5, 8.5, 8):
        if text_width(widest, size) <= width - 2:
            return size
    return 0


def _alt(cells: pd.DataFrame, unit: str, title: str, formatter: Formatter) -> str:
    say = formatter.say
    found = cells.stack().dropna()
    if found.empty:
        return say("{label}: no figure in these months.", label=title)
    high, low = found.astype(float).idxmax(), found.astype(float).idxmin()

    def at(place: tuple[object, object]) -> str:
        return f"{place[0]}, {place[1]} ({formatter.value(found[place], unit)})"

    return say(
        "Grid of {rows} by {columns}. Highest: {high}. Lowest: {low}.",
        rows=cells.shape[0], columns=cells.shape[1], high=at(high), low=at(low),
    )  # fmt: skip


def _table(cells: pd.DataFrame, unit: str, formatter: Formatter) -> pd.DataFrame:
    table = cells.map(lambda value: formatter.value(value, unit))
    table.columns = [str(column) for column in table.columns]
    table.insert(0, " ", [str(label) for label in cells.index])
    return table
