"""Labels at the right end of lines, instead of a legend: never on top of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from kpilib.display.label import spread
from kpilib.display.style import INK, LARGE, MUTED, SMALL, text_width

LINE = 13.5  # points from one line of text to the next
GAP = 9  # points between the plot and its labels
SQUARE = 13  # points that a swatch takes


@dataclass(frozen=True)
class End:
    """What is written beside the end of a line.

    Parameters
    ----------
    place : float
        Height on the axis.
    text : str
        First line.
    caption : str
        Second line, small and grey.
    colour : str
    strong : bool
        Large and bold: the figure of the month.
    swatch : str
        Colour of a small square before the text; none by default.
    """

    place: float
    text: str
    caption: str = ""
    colour: str = INK
    strong: bool = False
    swatch: str = ""

    @property
    def size(self) -> float:
        """Size of the first line."""
        return LARGE if self.strong else SMALL

    @property
    def height(self) -> float:
        """Room it takes, in points."""
        return self.size + 5 + (LINE if self.caption else 0)

    @property
    def width(self) -> float:
        """Width it takes, in points."""
        first = text_width(self.text, self.size, "bold" if self.strong else "normal")
        widest = max(first, text_width(self.caption, SMALL) if self.caption else 0)
        return widest + (SQUARE if self.swatch else 0)


def room(ends: Sequence[End]) -> float:
    """Return the margin, in points, that the labels need."""
    return max([end.width for end in ends], default=0) + GAP + 3


def write(ax: Axes, ends: Sequence[End]) -> None:
    """Write the labels, moved apart where they would overlap."""
    if not ends:
        return
    low, high = ax.get_ylim()
    point = (high - low) / ax.get_window_extent().height * (ax.figure.dpi / 72)
    places = spread(
        [end.place for end in ends],
        [end.height * point for end in ends],
        low - 6 * point,
        high + 10 * point,
    )
    for place, end in zip(places, ends, strict=True):
        top = (LINE / 2 if end.caption else 0) - 0.5
        left = GAP + (SQUARE if end.swatch else 0)
        if end.swatch:
            _line(ax, "■", place, (GAP, top + 0.5), colour=end.swatch, size=SMALL)
        _line(ax, end.text, place, (left, top), colour=end.colour, size=end.size, strong=end.strong)
        if end.caption:
            _line(ax, end.caption, place, (left, top - LINE), colour=MUTED, size=SMALL)


def _line(
    ax: Axes, text: str, place: float, shift: tuple[float, float], *, colour: str, size: float,
    strong: bool = False,
) -> None:  # fmt: skip
    ax.annotate(
        text, (1, place), xycoords=ax.get_yaxis_transform(), xytext=shift,
        textcoords="offset points", va="center", color=colour, fontsize=size,
        fontweight="bold" if strong else "normal", annotation_clip=False,
    )  # fmt: skip
