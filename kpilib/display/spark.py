"""A line of thirteen months no larger than a word; what it says is written beside it."""

from __future__ import annotations

from collections.abc import Sequence

from kpilib.display.numbers import known
from kpilib.display.style import MAIN

WIDE, HIGH, EDGE = 120, 42, 5


def sparkline(values: Sequence[float]) -> str:
    """Draw values as a small line, gaps left open, the last known value marked.

    Parameters
    ----------
    values : sequence of float
        One a month, the oldest first; missing where unknown.

    Returns
    -------
    str
        An ``<svg>`` hidden from screen readers, or nothing with fewer than two values.
    """
    found = [(place, float(value)) for place, value in enumerate(values) if known(value)]
    if len(found) < 2:
        return ""
    low, high = min(value for _, value in found), max(value for _, value in found)
    span = (high - low) or 1.0

    def at(place: int, value: float) -> str:
        x = EDGE + place * (WIDE - 2 * EDGE) / (len(values) - 1)
        y = HIGH - EDGE - (value - low) / span * (HIGH - 2 * EDGE)
        return f"{x:.1f} {y:.1f}"

    places = {place for place, _ in found}
    path, dots = [], []
    for place, value in found:
        path.append(("L" if place - 1 in places else "M") + at(place, value))
        if not {place - 1, place + 1} & places:
            dots.append("M" + at(place, value) + "h0")  # a point alone, as a round cap
    x, y = at(*found[-1]).split()
    return (
        f'<svg class="kl-spark" viewBox="0 0 {WIDE} {HIGH}" aria-hidden="true" focusable="false">'
        f'<path d="{"".join(path)}" fill="none" stroke="{MAIN}" stroke-width="2" '
        f'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<path d="{"".join(dots)}" stroke="{MAIN}" stroke-width="4" stroke-linecap="round"/>'
        f'<circle cx="{x}" cy="{y}" r="3.5" fill="{MAIN}"/></svg>'
    )
