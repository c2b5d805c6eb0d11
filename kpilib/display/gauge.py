"""A figure on its scale of red, amber and green: place, hatching, shape and words, then colour.

Whoever cannot tell the colours, or prints in grey, reads the same: red is crossed, amber striped,
green plain; the mark is a square, a triangle, a disc; and the words below say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpilib.display.block import text
from kpilib.display.label import clean
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import INK, MUTED, text_width
from kpilib.methods.attainment import AMBER_FROM, CLOSE, GREEN_FROM

Limits = tuple[float, float]
SCORE: Limits = (AMBER_FROM, GREEN_FROM)
RED, AMBER, GREEN = "red", "amber", "green"
ZONE_WORDS = {
    GREEN: "Green: on its path or close to it",
    AMBER: "Amber: behind",
    RED: "Red: far behind",
    "": "No figure",
}
SCORE_WORDS = {
    GREEN: "Green: most of the way",
    AMBER: "Amber: part of the way",
    RED: "Red: little of the way",
    "": "No figure",
}
# The ground and the hatching of each zone; the shape of the mark that stands in it.
INKS = {GREEN: ("#bfe3d6", "#007a5a"), AMBER: ("#fbe6b8", "#9a6700"), RED: ("#f4c9b2", "#a33b00")}
WIDE, HIGH, EDGE, TOP, THICK, GAP = 300, 58, 8, 24, 14, 8
SIZE = 11.5
ROOM = 0.06  # of the span, left and right of what is drawn
FAR = 0.35  # of the span: how far beyond it a figure stretches the scale


def zone(value: float | None, limits: Limits, better: str = "higher") -> str:
    """Return the colour of a figure; empty when there is none.

    Parameters
    ----------
    value : float or None
    limits : tuple of float
        Where higher is better, amber and green begin at them: ``(0.4, 0.7)``. Where lower is
        better, green and amber end with them: ``(20, 30)``.
    better : str
        ``higher`` or ``lower``.
    """
    if not known(value):
        return ""
    if better == "lower":
        green, amber = limits
        return GREEN if value <= green + CLOSE else AMBER if value <= amber + CLOSE else RED
    amber, green = limits
    return GREEN if value >= green - CLOSE else AMBER if value >= amber - CLOSE else RED


def gauge(
    value: float | None,
    limits: Limits,
    better: str,
    formatter: Formatter,
    *,
    label: str,
    unit: str = "ratio",
    target: float | None = None,
    baseline: float | None = None,
    due: float | None = None,
    ends: Limits | None = None,
    zones: Mapping[str, str] = ZONE_WORDS,
    thresholds: bool = True,
    note: str = "",
) -> str:
    """Return one figure on its scale, as HTML that needs `kpilib.display.css.GAUGE`.

    Parameters
    ----------
    value : float or None
    limits, better
        See `zone`.
    formatter : Formatter
    label : str
        What is measured, for those who do not see the picture.
    unit : str
        Unit of all numbers.
    target, baseline : float, optional
        Marked on the scale.
    due : float, optional
        What is asked for by now, marked where there is no target on the scale.
    ends : tuple of float, optional
        The scale's own ends, for a figure that has them: a score has 0 and 1.
    zones : mapping of str to str
        Words for each colour.
    thresholds : bool
        Say below where the colours begin; when many gauges share them, they are said once.
    note : str
        Added to the words below.
    """
    colour = zone(value, limits, better)
    said = formatter.say(zones[colour])
    words = threshold_words(limits, better, unit, formatter, value)
    alt = _alt(label, value, target, unit, f"{said}. {words}", formatter)
    low, high = ends or _ends(value, limits, target, baseline)
    below = " ".join(part for part in (words if thresholds else "", note) if part)
    return (
        f'<div class="kl-gauge"><svg viewBox="0 0 {WIDE} {HIGH}" role="img" '
        f'aria-label="{text(alt)}">{"".join(_zones(limits, better, low, high))}'
        f"{_tick(target, due, unit, low, high, formatter)}"
        f"{_mark(value, colour, unit, limits, low, high, formatter)}</svg>"
        f'<p><strong>{text(said)}</strong> <span class="kl-quiet">{text(below)}</span></p></div>'
    )


def threshold_words(
    limits: Limits, better: str, unit: str, formatter: Formatter, value: float | None = None
) -> str:
    """Say where green and amber begin, so that a figure never reads as equal to a limit it misses.

    Parameters
    ----------
    limits, better
        See `zone`.
    unit : str
    formatter : Formatter
    value : float, optional
        The figure that will be compared with them.
    """
    first, second = (formatter.value(limit, unit, against=value) for limit in limits)
    if better == "lower":
        return formatter.say(
            "Green up to {green}, amber up to {amber}, red above.", green=first, amber=second
        )
    return formatter.say(
        "Green from {green}, amber from {amber}, red below.", green=second, amber=first
    )


def _alt(
    label: str,
    value: float | None,
    target: float | None,
    unit: str,
    words: str,
    formatter: Formatter,
) -> str:
    figure = formatter.value(value, unit, against=target)
    if not known(target):
        return formatter.say("Gauge of {label}: {value}. {words}", label=clean(label),
                             value=figure, words=words)  # fmt: skip
    return formatter.say(
        "Gauge of {label}: {value}, target {target}. {words}",
        label=clean(label), value=figure, words=words,
        target=formatter.value(target, unit, against=value),
    )  # fmt: skip


def _ends(
    value: float | None, limits: Limits, target: float | None, baseline: float | None
) -> Limits:
    """Return the ends of a scale that holds its marks, and the figure unless it is far off."""
    marks = [float(each) for each in (*limits, target, baseline) if known(each)]
    low, high = min(marks), max(marks)
    span = (high - low) or abs(high) or 1.0
    if known(value):
        low = max(min(low, value), low - FAR * span)
        high = min(max(high, value), high + FAR * span)
    return low - ROOM * span, high + ROOM * span


def _at(value: float, low: float, high: float) -> float:
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return EDGE + share * (WIDE - 2 * EDGE)


def _zones(limits: Limits, better: str, low: float, high: float) -> Iterator[str]:
    first, second = (_at(limit, low, high) for limit in sorted(limits))
    order = (RED, AMBER, GREEN) if better != "lower" else (GREEN, AMBER, RED)
    edges = (EDGE, first, second, WIDE - EDGE)
    for colour, left, right in zip(order, edges, edges[1:], strict=False):
        if right > left:
            ground, ink = INKS[colour]
            yield (
                f'<path d="M{left:.1f} {TOP}H{right:.1f}v{THICK}H{left:.1f}z" fill="{ground}" '
                f'stroke="{ink}" stroke-width=".8"/>'
            )
            hatch = _hatch(colour, left, right)
            if hatch:
                yield f'<path d="{hatch}" stroke="{ink}" stroke-width=".9" fill="none"/>'


def _hatch(colour: str, left: float, right: float) -> str:
    """Return the lines that tell a zone without its colour; drawn one by one, to need no id."""
    lines = []
    if colour in (AMBER, RED):
        lines += _diagonals(left, right, up=True)
    if colour == RED:
        lines += _diagonals(left, right, up=False)
    return "".join(lines)


def _diagonals(left: float, right: float, *, up: bool) -> Iterator[str]:
    """Yield lines at 45 degrees, in whole units, cut off at both ends of the zone."""
    first, last = round(left), round(right)
    for place in range(first - THICK + GAP // 2, last, GAP):
        start, end = max(place, first), min(place + THICK, last)
        if end > start:
            down = start - place
            y, step = (TOP + THICK - down, start - end) if up else (TOP + down, end - start)
            yield f"M{start} {y}l{end - start} {step}"


def _tick(
    target: float | None, due: float | None, unit: str, low: float, high: float,
    formatter: Formatter,
) -> str:  # fmt: skip
    place = target if known(target) else due
    if not known(place):
        return ""
    said = formatter.value(place, unit)
    said = (
        formatter.say("target {value}", value=said)
        if known(target)
        else formatter.say("due by now {value}", value=said)
    )
    x, bottom = _at(place, low, high), TOP + THICK
    return (
        f'<path d="M{x:.1f} {TOP - 4:g}V{bottom + 4:g}" stroke="{INK}" stroke-width="2.4"/>'
        f"{_words(said, x, bottom + 16, MUTED)}"
    )


def _mark(
    value: float | None, colour: str, unit: str, limits: Limits, low: float, high: float,
    formatter: Formatter,
) -> str:  # fmt: skip
    if not known(value):
        return ""
    x, y = _at(value, low, high), TOP + THICK / 2
    shape = {
        GREEN: f'<circle cx="{x:.1f}" cy="{y:g}" r="6"',
        AMBER: f'<path d="M{x:.1f} {y - 7:g}l7 13h-14z"',
        RED: f'<path d="M{x - 5.5:.1f} {y - 5.5:g}h11v11h-11z"',
    }[colour]
    nearest = min(limits, key=lambda limit: abs(limit - value))
    beyond = "‹ " if value < low else "" if value <= high else " ›"
    said = formatter.value(value, unit, against=nearest)
    said = f"{beyond}{said}" if value < low else f"{said}{beyond}"
    return (
        f'{shape} fill="{INK}" stroke="#fff" stroke-width="1.6"/>'
        f"{_words(said, x, TOP - 9, INK, strong=True)}"
    )


def _words(said: str, x: float, y: float, colour: str, *, strong: bool = False) -> str:
    """Write centred on a place, but inside the picture."""
    half = text_width(said, SIZE, "bold" if strong else "normal") / 2 + 2
    x = min(max(x, half), WIDE - half)
    weight = ' font-weight="700"' if strong else ""
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="middle" font-size="{SIZE:g}"{weight} '
        f'fill="{colour}">{text(said)}</text>'
    )
