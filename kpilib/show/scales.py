"""What the Axes of every chart measure by: units, periods, bands and whiskers, numbered events."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

from kpilib.definitions import COUNTED
from kpilib.display.dates import as_period
from kpilib.display.numbers import SUMMED, known, reader
from kpilib.display.words import COLUMN_WORDS, column_words
from kpilib.period import Period
from kpilib.show.margin import spread
from kpilib.show.sentences import group_name
from kpilib.show.theme import BAND, INK, MUTED, SMALL

ROUND_STEPS = (1, 2, 2.5, 5, 10)
ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
FACET = re.compile(r"(?P<column>\w+) = (.+)")  # as seaborn titles each chart of several
# Those of matplotlib, and that of pandas: who plots no frame imports nothing of it.
OF_DATES = ("DateFormatter", "AutoDateFormatter", "TimeSeries_DateFormatter")
Notes = pd.DataFrame | Sequence[tuple[date, str]]

BADGE = 15  # points that the number of an event takes
MOST_NAMES = 5  # periods named below an axis
WIDEST = 2.6  # an interval further than this beyond the longest bar is cut, with an arrow


class Units(ticker.Formatter):
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


class Numbers(ScalarFormatter):
    """Writes numbers as matplotlib does, with the reader's decimal sign."""

    @classmethod
    def like(cls, other: ScalarFormatter) -> Numbers:
        """Return one that keeps whatever was asked of another."""
        made = cls()
        vars(made).update(vars(other))
        return made

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return [reader().decimal(each) for each in super().format_ticks(values)]


def in_language(figure: Figure) -> None:
    """Write the dates, numbers and codes of an analyst's own charts in the reader's language.

    Codes are known by the column that their axis, key or facet is called.
    """
    for ax in figure.axes:
        _in_language(ax)
    for key in figure.legends:
        _name_texts(key.get_title(), key.get_texts())


def _in_language(ax: Axes) -> None:
    for axis in (ax.xaxis, ax.yaxis):
        written = axis.get_major_formatter()
        if type(written) is mdates.ConciseDateFormatter:
            axis.set_major_formatter(Days(axis.get_major_locator()))
        if type(written) is ScalarFormatter:
            axis.set_major_formatter(Numbers.like(written))
        if type(written).__name__ in OF_DATES:
            _name_months(axis)
        _name_codes(axis)
    if key := ax.get_legend():
        _name_texts(key.get_title(), key.get_texts())
    for title in (ax.title, ax._left_title):
        if (facet := FACET.fullmatch(title.get_text())) and facet["column"] in COLUMN_WORDS:
            word, name = _word(facet["column"]), group_name(*facet.groups())
            title.set_text(reader().pair(word, name))


def _name_months(axis: Axis) -> None:
    for minor in (False, True):
        labels = [_in_words(each.get_text()) for each in axis.get_ticklabels(minor=minor)]
        axis.set_ticks(axis.get_ticklocs(minor=minor), labels=labels, minor=minor)


def _name_codes(axis: Axis) -> None:
    column, places = axis.get_label_text(), axis.get_major_locator()
    if column in COLUMN_WORDS:
        axis.set_label_text(_word(column))
        if isinstance(places, (FixedLocator, StrCategoryLocator)):
            names = [group_name(column, each.get_text()) for each in axis.get_ticklabels()]
            axis.set_ticks(axis.get_ticklocs(), labels=names)


def _name_texts(head: Text, texts: Sequence[Text]) -> None:
    column = head.get_text()
    if column in COLUMN_WORDS:
        head.set_text(_word(column))
        for each in texts:
            each.set_text(group_name(column, each.get_text()))


def _word(column: str) -> str:
    return column_words(column, reader().say)


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


def scale(values: Sequence[float], unit: str, *, labels: int = 5) -> Scale:
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
    """
    found = [float(value) for value in values if known(value)] or [0.0, 1.0]
    low, high = min(found), max(found)
    span = (high - low) or abs(high) or 1.0
    summed = unit in SUMMED
    bottom = min(0.0, low) if summed or low < 0.6 * high else low - 0.12 * span
    if low < 0 < high or (low < 0 and summed):
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
    return max(1.0, step) if unit in COUNTED else step


def labelled(axis: Axis, ticks: Sequence[float], unit: str) -> None:
    """Label an axis where it is told, in its unit."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(Units(unit))


def values(ax: Axes, levels: pd.Series, unit: str) -> bool:
    """Scale and write the vertical axis; return whether it starts from zero."""
    chosen = scale(pd.to_numeric(levels, errors="coerce"), unit)
    ax.set_ylim(chosen.bottom, chosen.top)
    labelled(ax.yaxis, chosen.ticks, unit)
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
        short, below = reader().period_short(period), year != period.start.year
        whole_years = period.kind in ("year", "fiscal_year")
        names.append(f"{short}\n{period.start.year}" if below and not whole_years else short)
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


def band(ax: Axes, rows: pd.DataFrame) -> None:
    """Shade the intervals; a period by itself has a band of its own."""
    low, high = rows["ci_low"], rows["ci_high"]
    if low.isna().all():
        return
    ax.fill_between(rows["period_start"], low, high, color=BAND, lw=0, alpha=0.75, zorder=1)
    there = low.notna()
    alone = rows[there & ~there.shift(1, fill_value=False) & ~there.shift(-1, fill_value=False)]
    ends_ = alone["ci_low"], alone["ci_high"]
    ax.vlines(alone["period_start"], *ends_, color=BAND, lw=8, alpha=0.75, zorder=1)


def events(ax: Axes, notes: Notes, now: pd.DataFrame) -> list[str]:
    """Number the events of the periods above the plot; return what each number says."""
    if isinstance(notes, pd.DataFrame):
        notes = list(zip(notes["date"], notes["text"], strict=True))
    first, last = now["period_start"].min(), now["period_end"].max()
    every = sorted((pd.Timestamp(day), text) for day, text in notes)
    found = [(day, text) for day, text in every if first <= day <= last]
    left, right = ax.get_xlim()
    width = (right - left) * BADGE / (ax.get_window_extent().width or 1)
    places = [mdates.date2num(day) for day, _ in found]
    seats = spread(places, [width] * len(places), left, right)
    look = {"transform": ax.get_xaxis_transform(), "size": SMALL, "color": MUTED, "weight": "bold"}
    for number, (place, seat) in enumerate(zip(places, seats, strict=True), start=1):
        ax.axvline(place, color=MUTED, lw=0.9, dashes=(1, 2), zorder=1)
        ax.text(seat, 1.02, str(number), ha="center", va="bottom", **look)
    write = reader()
    return [write.pair(write.day(day.date()), text) for day, text in found]


def bare(ax: Axes, names: Sequence[str] = (), **limits: tuple[float, float]) -> None:
    """Leave rows of bars without scales: names at the left, their figures are written."""
    ax.set(xlabel="", ylabel="", xticks=[], **limits)
    ax.set_yticks(range(len(names)), labels=names)
    ax.tick_params(axis="y", colors=INK, length=0)
    ax.grid(False)


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
    low, high = known_rows["ci_low"], known_rows["ci_high"]
    for colour, width in (("white", 3.6), (INK, 1.4)):
        ax.hlines(known_rows.index, low, high, color=colour, lw=width, zorder=5)
    ends_ = pd.concat([low, high])
    for colour, size, width in (("white", 9, 3.6), (INK, 7, 1.4)):
        ax.plot(ends_, [*known_rows.index] * 2, "|", color=colour, ms=size, mew=width, zorder=6)
