"""The levels of a chain under each other: a share of those asked at each, and where it breaks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.show import margin
from kpilib.show.drawable import figures, keep, new_axes, one_row_each, tip, unknown
from kpilib.show.theme import GRID, HIGHLIGHT, INK, MAIN, MUTED, NORMAL, SMALL

STEP, BAR = 66, 0.25  # points from one level to the next, and the share of them that is bar


def chain(rows: pd.DataFrame, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw how many of those asked are there at each level, and where the chain breaks.

    Parameters
    ----------
    rows : pandas.DataFrame
        As ``kl.training_chain`` returns them: one share a level, with ``step, counted, breaks``.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.barplot`.

    Returns
    -------
    matplotlib.axes.Axes
        The track behind each bar is all who were asked.

    Examples
    --------
    >>> ax = kl.plot.chain(kl.training_chain(data, "2026-10"))
    """
    rows = figures(rows, "chain")
    one_row_each(rows, [], "chain")
    if rows["value"].isna().all():
        return unknown(rows.head(1), ax)
    ax = ax or new_axes(STEP * len(rows) - 6)
    records = rows.to_dict("records")
    places = rows.index.astype(str)
    colours = [HIGHLIGHT if row["breaks"] else MAIN for row in records]
    whole = {"orient": "h", "errorbar": None, "width": BAR, "ax": ax, "saturation": 1}
    sns.barplot(x=[1.0] * len(rows), y=places, color=GRID, **whole)
    drawn = {"hue": places, "palette": colours, "legend": False} | whole | kwargs
    sns.barplot(x=rows["value"].fillna(0), y=places, **drawn)
    tips = [_written(ax, place, row) for place, row in enumerate(records)]
    ax.set(xlim=(0, 1), ylim=(len(rows) - 1 + BAR, -0.6))
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
    ax.grid(False)
    margin.title(ax, _title(records))
    keep(ax, rows, tips=[each for each in tips if each])
    return ax


def _written(ax: Axes, place: int, row: dict[str, Any]) -> tuple[Any, list[str]] | None:
    """Write the name of a level, its share and of whom; return its bar with a tooltip."""
    write = reader()
    edge = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
    top = edge | {"va": "baseline", "annotation_clip": False}
    y = place - BAR / 2
    ink = HIGHLIGHT if row["breaks"] else INK
    ax.annotate(row["step"], (0, y), xytext=(0, 6), color=ink, size=NORMAL, weight="bold", **top)
    if not known(row["value"]):
        margin.withheld(ax, place, write.missing(row))
        return None
    share = write.value(row["value"], row["unit"])
    ax.annotate(share, (1, y), xytext=(0, 6), ha="right", color=ink, weight="bold", **top)
    ax.annotate(
        row["counted"], (0, place + BAR / 2), xytext=(0, -13), color=MUTED, size=SMALL, **top
    )
    bar = next(each[0] for each in ax.containers[::-1] if _at(each, place))
    return bar, [tip(row | {"name": row["step"]})]


def _at(container: Any, place: int) -> bool:
    bars = list(container)
    return len(bars) == 1 and abs(bars[0].get_y() + bars[0].get_height() / 2 - place) < BAR


def _title(records: list[dict[str, Any]]) -> str:
    """Say at which level the chain breaks."""
    write = reader()
    broken = [row for row in records if row["breaks"]]
    if not broken:
        return write.say("From liking to result: the chain holds")
    row = broken[0]
    return write.say(
        "The chain breaks at level {level}: {share}",
        level=row["level"],
        share=write.value(row["value"], row["unit"]),
    )
