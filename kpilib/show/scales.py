"""What is written on and beside the Axes of every chart: units, periods, ends of lines, events."""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, Formatter
from matplotlib.transforms import blended_transform_factory

from kpilib.display.dates import as_period
from kpilib.display.numbers import known, reader
from kpilib.period import Period
from kpilib.show.theme import BAND, HIGHLIGHT, INK, LARGE, MUTED, NORMAL, POINTS_AN_INCH, SMALL

ROUND_STEPS = (1, 2, 2.5, 5, 10)
ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
INTEGERS = ("count", "people")
LINE = 14.5  # points from one line of text to the next
GAP = 8  # points between the plot and what is written beside it
CAPTION = 18  # letters of a line beside a plot
SWATCH = 16  # points that the colour of a part takes beside its name
BADGE = 15  # points that the number of an event takes
A_SIGN = 7.6  # points that a bold digit takes
MOST_NAMES = 5  # periods named below an axis
A_LINE = 44  # characters of a title in one line
WIDEST = 2.6  # an interval further than this beyond the longest bar is cut, with an arrow


class Units(Formatter):
    """Writes the labels of an axis in the reader's language, all with as many decimals.

    Parameters
    ----------
    unit : str
    unsigned : bool
        Write sizes, where the side of zero says the sign.
    """

    def __init__(self, unit: str, *, unsigned: bool = False) -> None:
        self.unit = unit
        self.unsigned = unsigned

    def __call__(self, value: float, pos: int | None = None) -> str:
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return reader().ticks([abs(each) if self.unsigned else each for each in values], self.unit)


class Days(mdates.ConciseDateFormatter):
    """Writes dates as matplotlib does, with the reader's names of months."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return [_in_words(each) for each in super().format_ticks(values)]

    def get_offset(self) -> str:
        return _in_words(super().get_offset())


def _in_words(label: str) -> str:
    for number, name in enumerate(calendar.month_abbr):
        if name and name in label:
            return label.replace(name, reader().month_short(f"2000-{number:02d}"))
    return label


def dates(ax: Axes) -> None:
    """Write the dates of an analyst's own axis in the reader's language."""
    for axis in (ax.xaxis, ax.yaxis):
        if type(axis.get_major_formatter()) is mdates.ConciseDateFormatter:
            axis.set_major_formatter(Days(axis.get_major_locator()))


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


def values(ax: Axes, levels: pd.Series, unit: str) -> bool:
    """Scale and write the vertical axis; return whether it starts from zero."""
    chosen = scale(pd.to_numeric(levels, errors="coerce"), unit)
    ax.set_ylim(chosen.bottom, chosen.top)
    ax.yaxis.set_major_locator(FixedLocator(chosen.ticks))
    ax.yaxis.set_major_formatter(Units(unit))
    ax.set_ylabel("")
    ax.grid(True, axis="y")
    ax.grid(False, axis="x")
    ax.tick_params(length=0, pad=5)
    return chosen.from_zero


def periods(ax: Axes, rows: pd.DataFrame) -> None:
    """Name the periods below the axis: the last one always, the others as far as there is room."""
    step = next(each for each in (1, 2, 3, 4, 6, 12, 24) if len(rows) <= each * MOST_NAMES)
    named = rows.iloc[::-step][::-1]
    names, year = [], None
    for period in map(_named, named["period"]):
        short = reader().month_short(period) if period.kind == "month" else _short(period.name)
        names.append(f"{short}\n{period.start.year}" if period.start.year != year else short)
        year = period.start.year
    ax.set_xticks(named["period_start"], labels=names)
    half = _apart(rows) / 2
    ax.set_xlim(rows["period_start"].min() - half, rows["period_start"].max() + half)
    ax.set_xlabel("")


def _named(period: Any) -> Period:
    """Return what a period is called by below an axis: of whole months, rolling, the last one."""
    period = as_period(period)
    return period.months()[-1] if ".." in period.name and period.months() else period


def _apart(rows: pd.DataFrame) -> pd.Timedelta:
    """Return how far two periods are apart: rolling ones overlap."""
    steps = rows["period_start"].drop_duplicates().sort_values().diff().dropna()
    lasted = (rows["period_end"] - rows["period_start"]).median()
    return min(steps.min(), lasted) if len(steps) else lasted


def _short(name: str) -> str:
    """Return the name of a period without its year, which stands below it."""
    return name.partition("..")[0] if ".." in name else name.rpartition("-")[2]


def band(ax: Axes, rows: pd.DataFrame) -> None:
    """Shade the intervals; a period by itself has a band of its own."""
    low, high = rows["ci_low"], rows["ci_high"]
    ax.fill_between(rows["period_start"], low, high, color=BAND, lw=0, alpha=0.75, zorder=1)
    there = low.notna()
    alone = rows[there & ~there.shift(1, fill_value=False) & ~there.shift(-1, fill_value=False)]
    ax.vlines(
        alone["period_start"], alone["ci_low"], alone["ci_high"], color=BAND, lw=8, alpha=0.75,
        zorder=1,
    )  # fmt: skip


def ends(ax: Axes, found: Sequence[End]) -> None:
    """Write the ends of lines at the right, moved apart where they would overlap."""
    if not found:
        return
    ax.figure.draw_without_rendering()  # lays the figure out, so that heights are known
    low, high = ax.get_ylim()
    point = (high - low) / ax.get_window_extent().height * ax.figure.dpi / POINTS_AN_INCH
    places = spread(
        [end.place for end in found],
        [end.height * point for end in found],
        low - 6 * point,
        high + 10 * point,
    )
    for place, end in zip(places, found, strict=True):
        top = LINE / 2 * len(end.below) - 0.5
        size = LARGE if end.strong else SMALL
        edge = GAP + SWATCH if end.swatch else GAP
        if end.swatch:
            _swatch(ax, place, (GAP, top), *end.swatch)
        _beside(ax, end.text, place, (edge, top), (end.colour, size), strong=end.strong)
        for number, line in enumerate(end.below, start=1):
            _beside(ax, line, place, (edge, top - number * LINE), (MUTED, SMALL))


def _swatch(ax: Axes, place: float, shift: tuple[float, float], colour: str, hatch: str) -> None:
    """Show the colour and hatching of a part beside its name."""
    box = {"facecolor": colour, "hatch": 2 * hatch, "edgecolor": "white", "lw": 0.7, "pad": 0}
    ax.annotate(
        3 * "\u00a0", (1, place), xycoords=ax.get_yaxis_transform(), xytext=shift, size=SMALL,
        textcoords="offset points", va="center", bbox=box, annotation_clip=False,
    )  # fmt: skip


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
    piles: list[list[int]] = []
    places = [0.0] * len(wanted)
    for index in sorted(range(len(wanted)), key=lambda index: (wanted[index], index)):
        piles.append([index])
        while len(piles) > 1 and _top(piles[-2], wanted, heights, low, high) > _bottom(
            piles[-1], wanted, heights, low, high
        ):
            piles[-2:] = [piles[-2] + piles[-1]]
    for pile in piles:
        edge = _bottom(pile, wanted, heights, low, high)
        for index in pile:
            places[index] = edge + heights[index] / 2
            edge += heights[index]
    return places


def _bottom(
    pile: list[int], wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> float:
    total, below, ideal = sum(heights[index] for index in pile), 0.0, 0.0
    for index in pile:
        ideal += wanted[index] - below - heights[index] / 2
        below += heights[index]
    return max(low, min(high - total, ideal / len(pile)))


def _top(
    pile: list[int], wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> float:
    total = sum(heights[index] for index in pile)
    return _bottom(pile, wanted, heights, low, high) + total


def _beside(
    ax: Axes,
    text: str,
    place: float,
    shift: tuple[float, float],
    look: tuple[str, float],
    **how: Any,
) -> None:
    """Write at the right of the plot; `look` is colour and size."""
    ax.annotate(
        text,
        (1, place),
        xycoords=ax.get_yaxis_transform(),
        xytext=shift,
        textcoords="offset points",
        va="center",
        ha=how.get("ha", "left"),
        color=look[0],
        size=look[1],
        weight="bold" if how.get("strong") else "normal",
        annotation_clip=False,
    )


def events(ax: Axes, found: Sequence[tuple[pd.Timestamp, str]]) -> list[str]:
    """Number events above the plot; return their texts in the order of the numbers."""
    if not found:
        return []
    first, last = ax.get_xlim()
    width = (last - first) * BADGE / (ax.get_window_extent().width or 1)
    places = [mdates.date2num(day) for day, _ in found]
    seats = spread(places, [width] * len(places), first, last)
    for number, (place, seat) in enumerate(zip(places, seats, strict=True), start=1):
        ax.axvline(place, color=MUTED, lw=0.9, dashes=(1, 2), zorder=1)
        ax.text(
            seat, 1.02, str(number), transform=ax.get_xaxis_transform(), ha="center", va="bottom",
            size=SMALL, color=MUTED, weight="bold",
        )  # fmt: skip
    write = reader()
    return [write.pair(write.day(day.date()), text) for day, text in found]


# Beside bars -----------------------------------------------------------------------------------


def across(rows: pd.DataFrame, whole: float | None) -> tuple[float, float]:
    """Return the span of a horizontal axis; one very wide interval does not flatten every bar."""
    reach = pd.concat([rows["value"], rows["ci_low"], rows["ci_high"], pd.Series([whole, 0.0])])
    reach = pd.to_numeric(reach, errors="coerce").dropna()
    longest = rows["value"].abs().max()
    longest = longest if known(longest) and longest else 1.0
    low, high = reach.min(), reach.max()
    return max(low * 1.05, -WIDEST * longest), min(high * 1.04, WIDEST * longest) or 1.0


def whiskers(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the interval of each bar, dark on white so that it shows on dark bars too."""
    known_rows = rows.reset_index(drop=True).dropna(subset=["ci_low", "ci_high"])
    for colour, width in (("white", 3.6), (INK, 1.4)):
        ax.hlines(
            known_rows.index, known_rows["ci_low"], known_rows["ci_high"], color=colour, lw=width,
            zorder=5,
        )  # fmt: skip
    ends_ = pd.concat([known_rows["ci_low"], known_rows["ci_high"]])
    for colour, size, width in (("white", 9, 3.6), (INK, 7, 1.4)):
        ax.plot(ends_, [*known_rows.index] * 2, "|", color=colour, ms=size, mew=width, zorder=6)


def columns(
    ax: Axes, texts: Sequence[str], bases: Sequence[str], few: Sequence[bool], head: str = ""
) -> None:
    """Write the figures of rows and their bases, in two columns at the right; empty where none.

    `head` is what the second column holds, where it is no base.
    """
    edge = GAP + A_SIGN * max([11, 2 + max(map(len, texts), default=0) + max(map(len, bases))])
    for place, (text, base, rare) in enumerate(zip(texts, bases, few, strict=True)):
        _beside(ax, text, place, (GAP, 0), (INK, NORMAL), strong=True)
        if base:
            _beside(ax, base, place, (edge, 0), (HIGHLIGHT if rare else MUTED, SMALL), ha="right")
    if any(bases):
        head = head or reader().say("base")
        ax.annotate(
            head, (1, 1), xycoords="axes fraction", xytext=(edge, 4), ha="right",
            textcoords="offset points", color=MUTED, size=SMALL, va="bottom", annotation_clip=False,
        )  # fmt: skip


def withheld(ax: Axes, place: int, text: str, side: float | None = None) -> None:
    """Write why a bar is missing, where it would have begun; `side` is a share of the width."""
    where = {} if side is None else {"xycoords": ax.get_yaxis_transform()}
    ax.annotate(
        text, (side or 0, place), xytext=(6, 0), textcoords="offset points", va="center",
        color=MUTED, size=SMALL, style="italic", zorder=6, annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1}, **where,
    )  # fmt: skip


def reference(ax: Axes, whole: float, text: str, colour: str = INK, lift: int = 4) -> None:
    """Draw the figure of all, or a target, across the bars."""
    ax.axvline(whole, color=colour, lw=1, dashes=(2, 2), zorder=4)
    low, high = ax.get_xlim()
    share = (whole - low) / (high - low)
    align = "left" if share < 0.25 else "right" if share > 0.75 else "center"
    ax.annotate(
        text, (whole, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, lift), ha=align,
        va="bottom", textcoords="offset points", size=SMALL, color=colour,
    )  # fmt: skip


def above(ax: Axes, side: int, figure: str, caption: str) -> None:
    """Write a figure and what it is above one end of the plot."""
    for text, lift, size, colour, weight in (
        (figure, 34, LARGE, INK, "bold"), (caption, 19, SMALL, MUTED, "normal"),
    ):  # fmt: skip
        ax.annotate(
            text, (side, 1), xycoords="axes fraction", xytext=(0, lift), size=size, color=colour,
            ha="right" if side else "left", weight=weight, textcoords="offset points",
            annotation_clip=False,
        )  # fmt: skip


def title(ax: Axes, text: str, pad: float = 8, *, alone: bool = True) -> None:
    """State above the plot what it shows, from the figure's left edge where it stands alone."""
    ax.set_title(fill(text, A_LINE), loc="left", pad=pad)
    if alone:
        edge = blended_transform_factory(ax.figure.transFigure, ax.transAxes + ax.titleOffsetTrans)
        ax._left_title.set(transform=edge, x=0.008)
