"""What is drawn on a line of months: the line, its interval, its gaps, and the events beside it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.axes import Axes

from kpilib.display.charts import axis
from kpilib.display.label import spread
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import month_number, month_of
from kpilib.display.status import flag_words, unsettled
from kpilib.display.style import BAND, GRID, MAIN, MUTED, SMALL
from kpilib.display.svg import Marks

Rows = dict[int, dict[str, Any]]


def value(row: dict[str, Any] | None) -> float:
    return float(row["value"]) if row and known(row["value"]) else float("nan")


def bound(row: dict[str, Any] | None, name: str) -> float:
    return float(row[name]) if row and known(row.get(name)) else float("nan")


def bounds(found: dict[int, Any], shown: list[int]) -> list[float]:
    return [bound(found.get(month), name) for month in shown for name in ("ci_low", "ci_high")]


def draw_band(ax: Axes, found: dict[int, Any], shown: list[int]) -> None:
    low = [bound(found.get(month), "ci_low") for month in shown]
    high = [bound(found.get(month), "ci_high") for month in shown]
    there = [month for month, end in zip(shown, low, strict=True) if known(end)]
    if there:
        ax.fill_between(shown, low, high, color=BAND, linewidth=0, alpha=0.75, zorder=1)
    # A band between two months needs both; a month by itself has a band of its own.
    alone = [month for month in there if not {month - 1, month + 1} & set(there)]
    if alone:
        ends = [[bound(found[month], name) for month in alone] for name in ("ci_low", "ci_high")]
        ax.vlines(alone, *ends, color=BAND, linewidth=8, alpha=0.75, zorder=1)


def draw_line(
    ax: Axes, found: dict[int, Any], shown: list[int], formatter: Formatter, unit: str, marks: Marks
) -> None:
    """Draw settled months as one line, those that can still change hollow on a dashed one."""
    open_months = [month for month in shown if unsettled(found.get(month, {}))]
    values = {month: value(found.get(month)) for month in shown}
    full = [values[month] if month not in open_months else float("nan") for month in shown]
    ax.plot(shown, full, color=MAIN, zorder=4)
    for month in open_months:
        if known(values.get(month - 1)):
            ends = [values[month - 1], values[month]]
            ax.plot([month - 1, month], ends, color=MAIN, linewidth=1.4, dashes=(2, 2), zorder=3)
    for hollow in (False, True):
        points = [m for m in shown if known(values[m]) and (m in open_months) == hollow]
        if points:
            marks.on(
                ax.plot(
                    points, [values[m] for m in points], linestyle="none", marker="o", zorder=5,
                    markersize=6.5 if hollow else 4.5, color=MAIN, clip_on=False,
                    markerfacecolor="white" if hollow else MAIN, markeredgewidth=1.6,
                )[0],
                *(_tip(found[month], month, formatter, unit) for month in points),
            )  # fmt: skip


def _tip(row: dict[str, Any], month: int, formatter: Formatter, unit: str) -> str:
    parts = [formatter.pair(formatter.month(month_of(month)), formatter.value(row["value"], unit))]
    interval = formatter.interval(row.get("ci_low"), row.get("ci_high"), unit)
    if interval:
        parts.append(formatter.say("95 % interval {interval}", interval=interval))
    return ", ".join([*parts, *flag_words(row, formatter.say)])


def draw_gaps(
    ax: Axes, found: dict[int, Any], shown: list[int], formatter: Formatter, marks: Marks
) -> None:
    for month in shown:
        row = found.get(month)
        if row is None or not known(row["value"]):
            reason = formatter.missing(row or {"status": "no_data"})
            ax.axvspan(month - 0.5, month + 0.5, color=GRID, alpha=0.55, linewidth=0, zorder=0)
            marks.on(
                ax.text(
                    month, 0.03, formatter.say("n/a"), rotation=90, color=MUTED, fontsize=SMALL,
                    ha="center", va="bottom", transform=ax.get_xaxis_transform(),
                ),
                formatter.pair(formatter.month(month_of(month)), reason),
            )  # fmt: skip


def draw_notes(
    ax: Axes,
    notes: Sequence[tuple[date, str]],
    shown: list[int],
    formatter: Formatter,
    marks: Marks,
) -> list[str]:
    """Draw numbered events; return their texts for the list below the chart."""
    inside = sorted(note for note in notes if shown[0] <= month_number(note[0]) <= shown[-1])
    texts = [formatter.pair(formatter.day(day), text) for day, text in inside]
    places = [month_number(day) - 0.5 + (day.day - 0.5) / _length(day) for day, _ in inside]
    badge = 13 / axis.points(ax)[0] * len(shown)
    seats = spread(places, [badge] * len(places), shown[0] - 0.5, shown[-1] + 0.5)
    for number, (place, seat) in enumerate(zip(places, seats, strict=True), start=1):
        ax.axvline(place, color=MUTED, linewidth=0.9, dashes=(1, 2), zorder=1)
        marks.on(
            ax.text(
                seat, 1.03, str(number), transform=ax.get_xaxis_transform(), ha="center",
                va="bottom", fontsize=SMALL, color=MUTED, fontweight="bold",
            ),
            texts[number - 1],
        )  # fmt: skip
    return texts


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
