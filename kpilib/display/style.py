"""The look of every chart: colours, sizes, and figures that do not go through pyplot.

Charts are drawn 396 points wide, so that the smallest text still reads on a phone of 390 pixels,
where a point is about one pixel. Titles live in the page, not in the picture.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from kpilib.display.label import shorten

POINTS_AN_INCH = 72
LONGEST_NAME = 80  # columns, before it is measured
WIDTH = 396
FONTS = "DejaVu Sans, Verdana, Geneva, sans-serif"

INK = "#1b2733"
MUTED = "#5b6776"
GRID = "#e3e7ec"
MAIN = "#0b3c6f"
BEFORE = "#b4bcc6"
BAND = "#c9dcee"
SOFT = "#8db7da"
HIGHLIGHT = "#c04a00"
TARGET = "#007a5a"
# Okabe and Ito's colours, darkened where white paper asks for it; the last is for "others".
CATEGORIES = ("#0b3c6f", "#e69f00", "#56b4e9", "#00896b", "#cc79a7", "#a9b2bd")
SEQUENTIAL = LinearSegmentedColormap.from_list(
    "kpilib", ["#f5f8fb", "#cfe0ef", "#8db7da", "#3f7fb5", "#0b3c6f"]
)

SMALL, NORMAL, LARGE = 10.5, 11.0, 13.0
RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": NORMAL,
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a campaign's name is a dollar
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "grid.color": GRID,
    "grid.linewidth": 0.9,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
}


@contextmanager
def styled():
    """Draw with the look of kpilib, and leave matplotlib's own settings as they were.

    Names may hold signs that the measuring font lacks (emoji, Arabic); the reader's browser has
    them, so matplotlib's warning about glyphs is of no use.
    """
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure measured in points."""
    fig = Figure(figsize=(width / POINTS_AN_INCH, height / POINTS_AN_INCH))
    FigureCanvasSVG(fig)
    return fig


def axes(
    fig: Figure, *, left: float, right: float, top: float, bottom: float, grid: str = ""
) -> Axes:
    """Add bare axes with margins in points; `grid` is ``"x"``, ``"y"`` or nothing."""
    width, height = fig.get_size_inches() * POINTS_AN_INCH
    ax = fig.add_axes(
        (
            left / width,
            bottom / height,
            (width - left - right) / width,
            (height - top - bottom) / height,
        )
    )
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, pad=5)
    if grid:
        ax.grid(axis=grid)
    return ax


def fitted(text: object, room: float, size: float = NORMAL, weight: str = "normal") -> str:
    """Return a name cut with an ellipsis to a width in points."""
    columns = LONGEST_NAME
    shown = shorten(text, columns)
    while columns > 4 and text_width(shown, size, weight) > room:
        columns -= 1
        shown = shorten(text, columns)
    return shown


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = NORMAL, weight: str = "normal") -> float:
    """Return the width of a text in points, as the charts will draw it."""
    font = FontProperties(family=["DejaVu Sans"], size=size, weight=weight)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
