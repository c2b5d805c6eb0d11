"""The look of every chart: one theme for seaborn and matplotlib, and axes in the page's size.

A chart is drawn 352 points wide: on a phone of 390 pixels a point is then a pixel, and no text is
below 12; on a desktop two stand in a row.
"""

from __future__ import annotations

from typing import Any

import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap

FONTS = "DejaVu Sans, Verdana, Geneva, sans-serif"
POINTS_AN_INCH = 72
WIDTH, HEIGHT = 352, 215
SMALL, NORMAL, LARGE = 12.0, 12.5, 15.0

INK, MUTED, GRID = "#1b2733", "#566170", "#e3e7ec"
MAIN, SOFT, BAND, BEFORE = "#0b3c6f", "#8db7da", "#c9dcee", "#8a949f"
HIGHLIGHT, TARGET = "#b34400", "#00694d"
# Okabe and Ito's colours, darkened where white paper asks for it, told apart in grey too: each
# has a dash and a marker of its own.
CATEGORIES = ("#0b3c6f", "#c04a00", "#1f7fb4", "#00694d", "#a3497f", "#6b7580")
# For an analyst's lines of more groups: pandas would begin anew, with two groups of one colour.
MORE = ("#6a4fb3", "#8f6b00", "#3a9d9b", "#d9756b")
DASHES = ((1, 0), (4, 1.5), (1, 1), (6, 1.5, 1, 1.5), (2, 1), (5, 1, 1, 1, 1, 1))
MARKERS = ("o", "s", "^", "D", "v", "P")
PLAIN = "#1f7fb4"  # a point among others, 4:1 on white
# Parts of a stack, told apart by lightness and by hatching: dark and light take turns. The last is
# for what is grouped together.
STACK = (
    ("#0b3c6f", ""),
    ("#8db7da", ""),
    ("#b34400", "////"),
    ("#f3cfb1", ""),
    ("#00694d", "xxx"),
    ("#d3d9df", "\\\\\\\\"),
)
TONES = LinearSegmentedColormap.from_list(
    "kpilib_tones", ["#f5f8fb", "#cfe0ef", "#8db7da", "#3f7fb5", "#0b3c6f"]
)

THEME: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": NORMAL,
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a campaign's name is a dollar
    "axes.formatter.use_mathtext": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "axes.titlesize": NORMAL,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.bottom": False,
    "axes.grid.axis": "y",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "grid.color": GRID,
    "figure.figsize": (WIDTH / POINTS_AN_INCH, HEIGHT / POINTS_AN_INCH),
    "date.converter": "concise",
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "savefig.facecolor": "white",  # a picture for slides; on a page it has the page's ground
    "svg.fonttype": "none",
}


def use() -> None:
    """Draw everything with the theme from now on, an analyst's own charts too."""
    sns.set_theme(style="whitegrid", palette=[*CATEGORIES, *MORE], rc=THEME)
