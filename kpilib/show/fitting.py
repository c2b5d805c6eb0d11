"""What a chart needs to be read in the size of a page: room, its key aside, its labels apart.

A chart of ours is laid out by itself. An analyst's own is drawn in whatever size her figure has,
which is that of one chart of ours where she chose none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence
from itertools import pairwise
from textwrap import fill

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from kpilib.show.theme import POINTS_AN_INCH, WIDTH

LEAST_WIDTH = 264  # points of a chart beside others, that its labels leave a plot
LEAST_HEIGHT = 150  # points of a chart above or below others
MOST = 2 * WIDTH, 900  # points that a chart grows to for its labels
ENOUGH = 500  # labels, of which each is held against each, that tell of all
GAP = 10  # points between a plot and a title, beside the key between them
LEAST_LINE = 12  # letters of a title
BETWEEN = 2  # points around a label, half of the way to the next
TURNED = 18  # points from one label to the next, turned
PERIOD = re.compile(r"(FY)?\d{4}(-[QW]?\d{1,2}){0,2}")
MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")
LINE = 1.15  # from one line of text to the next, in heights of its letters
BEST = 0  # matplotlib's number of the place of a key that nobody placed
KEY = 0.8  # share of the width of a chart that its key may take
LARGE_KEY = 0.3  # share of the height of a plot above which a key hides what is drawn


def give_room(ax: Axes, height: float) -> None:
    """Let the figure of an Axes grow until it has room for what is written around the plot.

    The figure of `plt.subplots(2, 2)` is as large as that of one chart; of several columns it
    becomes as wide as a page. What was placed by hand, or in a part of a figure, stays as it is.
    """
    figure, shares = ax.figure, _shares(ax)
    if shares is None:
        return
    across, down = shares
    width = max(LEAST_WIDTH / across, 2 * WIDTH if across < 1 and not chosen(figure) else 0)
    needed = np.array([width, height / down]) / POINTS_AN_INCH
    figure.set_size_inches(np.maximum(figure.get_size_inches(), needed))


def _shares(ax: Axes) -> tuple[float, float] | None:
    """Return which part of the width and height of a figure is for an Axes, where that is known."""
    place = ax.get_subplotspec()
    if place is None or not isinstance(ax.figure, Figure):
        return None
    place = place.get_topmost_subplotspec()
    grid = place.get_gridspec()
    across, down = grid.get_width_ratios(), grid.get_height_ratios()
    columns, rows = place.colspan, place.rowspan
    return (
        sum(across[columns.start : columns.stop]) / sum(across),
        sum(down[rows.start : rows.stop]) / sum(down),
    )


def chosen(figure: Figure) -> bool:
    """Whether somebody decided how large a figure is."""
    return not np.allclose(figure.get_size_inches(), matplotlib.rcParams["figure.figsize"])


def fit(figure: Figure, ours: Container[Axes]) -> None:
    """Let what stands in an analyst's own figure be read, beside Axes that `kl.plot` drew in.

    Labels below an axis that run into one another are turned, and a key that would hide much of a
    plot, and that nobody placed, stands above it. Where nobody chose the size, the figure grows for
    its charts and labels.
    """
    free = not chosen(figure)
    for ax in figure.axes if free else ():
        give_room(ax, LEAST_HEIGHT)
    figure.draw_without_rendering()  # so that places are known
    for ax in figure.axes:
        if ax not in ours:
            _wrap(ax)
            _in_days(ax.yaxis)
            _in_days(ax.xaxis)
            _turn(ax)
    added = max((_put_key_aside(ax) for ax in figure.axes), default=0.0)
    figure.set_figheight(figure.get_figheight() + added / figure.dpi)
    if free:
        _let_labels_apart(figure)


def _wrap(ax: Axes) -> None:
    """Write a title that is wider than its plot in several lines."""
    for title in (ax.title, ax._left_title):
        text, room, width = title.get_text(), ax.bbox.width, title.get_window_extent().width
        if width > room:
            title.set_text(fill(text, max(LEAST_LINE, int(len(text) * room / width))))


def _in_days(axis: Axis) -> None:
    """Write the days of an index without the midnight that seaborn writes after them."""
    texts = [each.get_text() for each in axis.get_ticklabels()]
    if any(map(MIDNIGHT.search, texts)):
        axis.set_ticklabels([MIDNIGHT.sub("", each) for each in texts])


def _turn(ax: Axes) -> None:
    """Turn the labels below an axis where they run into one another; of many periods, name some."""
    labels = _written(ax.get_xticklabels())
    if not any(each.get_rotation() for each in labels) and _collide(labels):
        if all(PERIOD.fullmatch(each.get_text()) for each in labels):
            room = ax.bbox.width / ax.figure.dpi * POINTS_AN_INCH
            step = math.ceil(len(labels) * TURNED / room)
            named = [each.get_text() for each in ax.get_xticklabels()][::-1]
            named = [each if at % step == 0 else "" for at, each in enumerate(named)]
            ax.set_xticks(ax.get_xticks(), named[::-1])
        ax.tick_params(axis="x", labelrotation=45)
        for each in ax.get_xticklabels():
            each.set(ha="right", rotation_mode="anchor")
    kept = _written(ax.get_xticklabels())
    for each in _written(ax.get_xticklabels(minor=True))[::-1]:  # as pandas names months
        each.set_visible(not any(_collide([each, other]) for other in kept))
        kept += [each] if each.get_visible() else []


def _collide(labels: Sequence[Text]) -> bool:
    boxes = (each.get_window_extent().padded(BETWEEN) for each in labels)
    boxes = sorted(boxes, key=lambda box: box.x0)
    return any(one.overlaps(other) for one, other in pairwise(boxes))


def _put_key_aside(ax: Axes) -> float:
    """Put a key above a plot of which it hides much; return the height that it needs in a figure.

    seaborn.objects puts the key of an only plot on the figure.
    """
    figure, found, shares = ax.figure, ax.get_legend(), _shares(ax)
    if shares is None or (found is not None and found._loc != BEST):
        return 0.0
    if found is None and len(figure.axes) == len(figure.legends) == 1:
        found = figure.legends[0]
    covered = found and found.get_window_extent()
    if not covered or not _in_the_way(covered, ax.bbox, figure.bbox):
        return 0.0
    across, down = shares
    figure.legends.clear()  # an Axes has one key, which the next one replaces
    key = ax.legend(
        found.legend_handles,
        [each.get_text() for each in found.get_texts()],
        title=found.get_title().get_text() or None,
        alignment="left",
        ncols=max(
            1, min(len(found.get_texts()), int(KEY * across * figure.bbox.width / covered.width))
        ),
        loc="lower left",
        bbox_to_anchor=(0, 1),
    )
    height = key.get_window_extent(figure.canvas.get_renderer()).height
    for where in ("left", "center"):
        if title := ax.get_title(loc=where):
            ax.set_title(title, loc=where, pad=GAP + height / figure.dpi * POINTS_AN_INCH)
    return height / down


def _in_the_way(key: Bbox, plot: Bbox, whole: Bbox) -> bool:
    """Whether a key hides much of a plot, or is not all in the figure."""
    large = key.height > LARGE_KEY * plot.height or key.width > KEY * plot.width
    return key.x1 > whole.x1 or (large and key.overlaps(plot))


def _let_labels_apart(figure: Figure) -> None:
    """Let a figure grow until no label at the left, and no figure in a cell, hides another."""
    figure.draw_without_rendering()
    crowded = []
    for ax in figure.axes:
        cells = ax.texts if any(isinstance(each, QuadMesh) for each in ax.collections) else ()
        crowded.append(_crowded(_written([*ax.get_yticklabels(), *cells])))
    size = figure.get_size_inches() * np.max([(1.0, 1.0), *crowded], axis=0)
    figure.set_size_inches(np.minimum(size, np.array(MOST) / POINTS_AN_INCH))


def _written(labels: Sequence[Text]) -> list[Text]:
    return [each for each in labels if each.get_text() and each.get_visible()]


def _crowded(labels: Sequence[Text]) -> tuple[float, float]:
    """Return how many times too near labels are that hide one another, in width and height."""
    if not labels:
        return 1.0, 1.0
    boxes = np.array([each.get_window_extent().extents for each in labels[:ENOUGH]])
    sizes, middles = boxes[:, 2:] - boxes[:, :2], (boxes[:, 2:] + boxes[:, :2]) / 2
    apart = np.abs(middles[:, None] - middles)
    needed = (sizes[:, None] + sizes) / 2
    hidden = (apart < needed).all(axis=2) & ~np.eye(len(boxes), dtype=bool)
    in_line = apart[..., 1] < 1
    across, down = apart[hidden & in_line, 0], apart[hidden & ~in_line, 1]
    wide, high = LINE * sizes.max(axis=0)
    return float(wide / across.min(initial=wide)), float(high / down.min(initial=high))
