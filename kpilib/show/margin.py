"""What is written beside the Axes of every chart: ends of lines, columns, references, titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory
from scipy.optimize import isotonic_regression

from kpilib.display.numbers import reader
from kpilib.show.chart import own
from kpilib.show.theme import HIGHLIGHT, INK, LARGE, MUTED, NORMAL, POINTS_AN_INCH, SMALL, WIDTH

LINE = 14.5  # points from one line of text to the next
GAP = 8  # points between the plot and what is written beside it
CAPTION = 18  # letters of a line beside a plot
SWATCH = 16  # points that the colour of a part takes beside its name
A_SIGN = 7.6  # points that a bold digit takes
A_LINE = 44  # characters of a title in one line of a figure of our own
LEAST_LINE = 16  # of a title beside other charts: no line of single words
LEAST_HEIGHT = 0.4  # of a figure, that its plot has at least, whatever is written around it


@dataclass(frozen=True)
class End:
    """What is written beside the end of a line: a figure, and what it is below it.

    `swatch`, of a part of a stack, is its colour and hatching.
    """

    place: float
    text: str
    caption: str = ""
    colour: str = INK
    strong: bool = False
    swatch: tuple[str, str] | None = None

    @property
    def below(self) -> list[str]:
        """The lines of its caption: a long name would leave no room for the chart."""
        return wrap(self.caption, CAPTION)

    @property
    def height(self) -> float:
        """Room it takes, in points."""
        return (LARGE if self.strong else SMALL) + 5 + LINE * len(self.below)


def ends(ax: Axes, found: Sequence[End]) -> None:
    """Write the ends of lines at the right, moved apart where they would overlap."""
    if not found:
        return
    for place, end in zip(_places(ax, found), found, strict=True):
        top = LINE / 2 * len(end.below) - 0.5
        edge = GAP
        if end.swatch:
            colour, hatch = end.swatch
            box = {
                "facecolor": colour,
                "hatch": 2 * hatch,
                "edgecolor": "white",
                "lw": 0.7,
                "pad": 0,
            }
            write(ax, 3 * "\u00a0", (1, place), (GAP, top), "side", color=INK, bbox=box)
            edge = GAP + SWATCH
        strong = {"size": LARGE, "weight": "bold"} if end.strong else {}
        write(ax, end.text, (1, place), (edge, top), "side", color=end.colour, **strong)
        for number, line in enumerate(end.below, start=1):
            write(ax, line, (1, place), (edge, top - number * LINE), "side")


def _places(ax: Axes, found: Sequence[End]) -> list[float]:
    """Return where the labels stand: beside their marks, or moved apart as far as they need."""
    wanted, figure = [end.place for end in found], ax.get_figure(root=True)
    if own(figure) and len(figure.axes) == 1:  # to lay a figure out takes a third of drawing it
        seats = _spread_over(ax, found, LEAST_HEIGHT * figure.bbox.height)
        if np.allclose(seats, wanted, rtol=0, atol=1e-9 * abs(np.ptp(ax.get_ylim()))):
            return wanted
    layout = figure.get_layout_engine()
    if layout is not None and ax.get_subplotspec() is not None:
        layout.execute(figure)  # so that heights are known
    return _spread_over(ax, found, ax.get_window_extent().height)


def _spread_over(ax: Axes, found: Sequence[End], height: float) -> list[float]:
    """Move labels apart beside Axes of a height in pixels."""
    low, high = ax.get_ylim()
    point = (high - low) / height * ax.figure.dpi / POINTS_AN_INCH
    return spread(
        [end.place for end in found],
        [end.height * point for end in found],
        low - 6 * point,
        high + 10 * point,
    )


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move labels apart until none overlaps, each as near as possible to its mark.

    Labels that touch become one pile; a pile sits where its labels would like to be on average.

    Parameters
    ----------
    wanted : sequence of float
        Where the middle of each label would like to be.
    heights : sequence of float
        Room that each label takes.
    low, high : float
        The space they may use; a pile higher than that overflows at `low`.
    """
    order = np.argsort(wanted, kind="stable")
    rooms = np.asarray(heights, dtype=float)[order]
    below = rooms.cumsum() - rooms
    # Without the room of those below it, a label touches the one below where both are at one place.
    edges = isotonic_regression(np.asarray(wanted, dtype=float)[order] - rooms / 2 - below).x
    edges = edges.clip(low, max(low, high - rooms.sum()))
    places = np.empty(len(order))
    places[order] = edges + below + rooms / 2
    return places.tolist()


def write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float] = (0, 0),
    measure: str = "data",
    **look: Any,
) -> None:
    """Write beside a place of the plot, `shift` points from it.

    `measure` is what the place is given in: ``data``, ``axes fraction``, or a share of the width
    beside a height of data (``side``), or above a place of data (``top``).
    """
    mixed = {"side": ax.get_yaxis_transform(), "top": ax.get_xaxis_transform()}
    ax.annotate(
        text,
        at,
        xytext=shift,
        xycoords=mixed.get(measure, measure),
        textcoords="offset points",
        annotation_clip=False,
        **{"color": MUTED, "size": SMALL, "va": "center"} | look,
    )


def columns(
    ax: Axes, texts: Sequence[str], bases: Sequence[str], few: Sequence[bool], head: str = ""
) -> None:
    """Write the figures of rows and their bases, in two columns at the right; empty where none.

    `head` is what the second column holds, where it is no base.
    """
    edge = GAP + A_SIGN * max([11, 2 + max(map(len, texts), default=0) + max(map(len, bases))])
    for place, (text, base, rare) in enumerate(zip(texts, bases, few, strict=True)):
        write(ax, text, (1, place), (GAP, 0), "side", color=INK, size=NORMAL, weight="bold")
        if base:
            tone = HIGHLIGHT if rare else MUTED
            write(ax, base, (1, place), (edge, 0), "side", color=tone, ha="right")
    if any(bases):
        head = head or reader().say("base")
        write(ax, head, (1, 1), (edge, 4), "axes fraction", ha="right", va="bottom")


def withheld(ax: Axes, place: int, text: str, side: float | None = None) -> None:
    """Write why a bar is missing, where it would have begun; `side` is a share of the width."""
    measure = "data" if side is None else "side"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    write(ax, text, (side or 0, place), (6, 0), measure, style="italic", zorder=6, bbox=box)


def reference(ax: Axes, whole: float, text: str, colour: str = INK, lift: int = 4) -> None:
    """Draw the figure of all, or a target, across the bars."""
    ax.axvline(whole, color=colour, lw=1, dashes=(2, 2), zorder=4)
    low, high = ax.get_xlim()
    share = (whole - low) / (high - low)
    align = "left" if share < 0.25 else "right" if share > 0.75 else "center"
    write(ax, text, (whole, 1), (0, lift), "top", ha=align, va="bottom", color=colour)


def above(ax: Axes, side: int, figure: str, caption: str) -> None:
    """Write a figure and what it is above one end of the plot."""
    look = {"ha": "right" if side else "left", "va": "baseline"}
    strong = {"size": LARGE, "color": INK, "weight": "bold"}
    write(ax, figure, (side, 1), (0, 34), "axes fraction", **look, **strong)
    write(ax, caption, (side, 1), (0, 19), "axes fraction", **look)


def title(ax: Axes, text: str, pad: float = 8) -> None:
    """State above the plot what it shows, from the left edge of a figure of our own."""
    ax.set_title(fill(text, _letters(ax)), loc="left", pad=pad, wrap=not own(ax.figure))
    if own(ax.figure):
        edge = blended_transform_factory(ax.figure.transFigure, ax.transAxes + ax.titleOffsetTrans)
        ax._left_title.set(transform=edge, x=0.008)


def _letters(ax: Axes) -> int:
    """Return how many letters of a title one line holds: beside others a chart has less room."""
    place = ax.get_subplotspec()
    if own(ax.figure) or place is None:
        return A_LINE
    labels = ax.yaxis.get_tightbbox()
    width = ax.figure.bbox.width * len(place.colspan) / place.get_gridspec().ncols
    room = (width - (labels.width if labels else 0)) / ax.figure.dpi * POINTS_AN_INCH
    return max(LEAST_LINE, int(A_LINE * room / WIDTH))
