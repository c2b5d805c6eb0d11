"""Axes shared by the charts of months: month names below, figures of the reader on the side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import month_of
from kpilib.display.style import POINTS_AN_INCH, SMALL, text_width

ROUND_STEPS = (1, 2, 2.5, 5, 10)
ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
INTEGERS = ("count", "people")
ROOM_A_LABEL = 34  # points between two month names


def points(ax: Axes) -> tuple[float, float]:
    """Return the width and height of the plot in points."""
    box = ax.get_window_extent()
    scale = POINTS_AN_INCH / ax.figure.dpi
    return box.width * scale, box.height * scale


def name_months(
    ax: Axes, months: Sequence[int], formatter: Formatter, *, labels: bool = True
) -> None:
    """Name months below an axis: the last one always, the others as far as there is room."""
    ax.set_xlim(months[0] - 0.5, months[-1] + 0.5)
    width = points(ax)[0] / len(months)
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 600) if step * width >= ROOM_A_LABEL)
    places = list(range(months[-1], months[0] - 1, -step))[::-1]
    texts, year = [], None
    for place in places:
        month = month_of(place).start
        texts.append(formatter.month_short(month_of(place)))
        texts[-1] += f"\n{month.year}" if month.year != year else "\n "  # one baseline for all
        year = month.year
    ax.set_xticks(places, labels=texts if labels else [""] * len(places))


@dataclass(frozen=True)
class Scale:
    """A vertical scale: its two ends and where it is labelled."""

    bottom: float
    top: float
    ticks: tuple[float, ...]

    @property
    def from_zero(self) -> bool:
        """Whether zero is on it, so that heights can be compared."""
        return self.bottom <= 0 <= self.top

    def room(self, unit: str, formatter: Formatter) -> float:
        """Return the margin, in points, that its labels need."""
        texts = formatter.ticks(self.ticks, unit)
        return max([text_width(text, SMALL) for text in texts], default=0) + 9

    def set(self, ax: Axes, unit: str, formatter: Formatter) -> None:
        """Give an axis this scale."""
        ax.set_ylim(self.bottom, self.top)
        ax.set_yticks(self.ticks, labels=formatter.ticks(self.ticks, unit))


def scale(
    values: Sequence[float], unit: str, *, labels: int = 5, zero: bool | None = None
) -> Scale:
    """Choose the vertical scale of some values.

    Counts and amounts always start at zero. Other units leave zero out only when their whole
    movement is small beside their level, where a line from zero would show nothing.

    Parameters
    ----------
    values : sequence of float
        Everything that is drawn; missing values are passed over.
    unit : str
    labels : int
        About how many labels.
    zero : bool, optional
        Start at zero, or do not have to, whatever the unit.
    """
    found = [float(value) for value in values if known(value)] or [0.0, 1.0]
    low, high = min(found), max(found)
    span = (high - low) or abs(high) or 1.0
    countable = unit in ("count", "people", "EUR") if zero is None else zero
    bottom = min(0.0, low) if countable or low < 0.6 * high else low - 0.12 * span
    if low < 0 < high or (low < 0 and countable):
        bottom = low - 0.06 * span
    top = max(high, 0.0 if bottom <= 0 else high) + 0.08 * (high - bottom or 1.0)
    if unit == "rate" and 0.9 < high <= 1:
        top = 1.0 + 0.03 * (1.0 - bottom)
    step = _step(top - bottom, unit, labels)
    first = math.ceil(bottom / step - 1e-9)
    last = math.floor(top / step + 1e-9)
    return Scale(bottom, top, tuple(step * number for number in range(first, last + 1)))


def _step(span: float, unit: str, labels: int) -> float:
    if unit == "seconds" and span > labels:
        return next((step for step in ROUND_SECONDS if span / step <= labels), span / labels)
    power = 10.0 ** math.floor(math.log10(span / labels))
    step = next(step * power for step in ROUND_STEPS if span / (step * power) <= labels)
    return max(1.0, step) if unit in INTEGERS else step
