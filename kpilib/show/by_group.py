"""Groups, or KPIs of one unit, side by side: as bars, or as dots beside their figures before."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.definitions import COUNTED
from kpilib.display.numbers import known, reader
from kpilib.engine.columns import ranking
from kpilib.show import chart, margin, scales
from kpilib.show.findings import is_true
from kpilib.show.sentences import (
    BASES,
    group_apart,
    in_two_lines,
    judged_apart,
    moved,
    names_of,
    standing_out,
)
from kpilib.show.theme import BEFORE, GRID, INK, MAIN, MUTED, PLAIN, SOFT, TARGET
from kpilib.tables.contract import UNKNOWN
from kpilib.topics.catalogue import catalogue

MOST = 16  # groups that are drawn; the table has all
BAR, ABOVE_BARS, TWO_LINES = 25, 34, 34  # points of a row, above the first, of a long name
DOT, ABOVE_DOTS = 30, 60
BELOW = 0.27  # rows that the figure before stands below the one of now
KEY_WORDS = {
    "interval": "The thin line is the 95 % interval.",
    "year_before": "The small grey dot is the figure a year before.",
    "previous": "The small grey dot is the figure of the period before.",
    "bars": "Dark bars differ from the others by more than chance would explain.",
    "dots": "Dark dots differ from the others by more than chance would explain.",
    "alike": "No group differs from the others by more than chance would explain.",
    "more": "More groups, in the table only: {count}.",
    "without": "Groups without a figure, not drawn: {count}.",
}


def bars(
    rows: pd.DataFrame,
    by: str | None = None,
    whole: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the groups of a KPI, the largest first, each with its interval and its base.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a group, as ``data.evaluate(kpi, period, by=...)`` returns them.
    by : str, optional
        The column of the groups; by default the breakdown of the rows.
    whole : float, optional
        The figure of all, drawn as a line.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.barplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Dark bars are groups that stand out beyond chance, as the column ``stands_out`` says.

    Raises
    ------
    ParameterError
        The rows are of several KPIs or have no breakdown.

    Examples
    --------
    >>> rows = data.evaluate("click_rate", "2026-10", by="campaign_id")
    >>> ax = kl.plot.bars(rows)
    """
    rows = chart.figures(rows, "bars")
    return chart.if_unknown(rows, ax, marks_hidden=True) or _draw_bars(rows, by, whole, ax, kwargs)


def _draw_bars(
    rows: pd.DataFrame, by: str | None, whole: float | None, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the groups of one KPI as bars."""
    chart.only_one(rows, "kpi", "bars")
    by = by or chart.breakdown(rows)
    every, able, found = _groups(rows, by)
    long = found["name"].map(in_two_lines).str.contains("\n").any()
    ax = chart.axes(ax, ABOVE_BARS + (TWO_LINES if long else BAR) * len(found))
    tips = _bars(ax, found, whole, **kwargs)
    _beside(ax, found)
    _lines(ax, whole, None, found["unit"].iloc[0])
    margin.title(ax, group_apart(every, by, whole), 24)
    key = _key("bars", every, able, found)
    chart.keep(ax, every, tips=tips, remarks=chart.hidden(every), key=key)
    return ax


def dots(
    rows: pd.DataFrame,
    by: str | None = None,
    whole: float | None = None,
    target: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw groups, or KPIs of one unit, as dots with intervals, beside their figures before.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a group or a KPI, as ``report.figures`` returns them. The figure before is the
        column ``year_before``, or ``previous`` where nothing is known of it.
    by : str, optional
        The column of the groups; by default the breakdown, or the KPIs where there are several.
    whole, target : float, optional
        The figure of all and what is asked, drawn as lines.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.scatterplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Dark dots are groups that stand out beyond chance, as the column ``stands_out`` says.

    Raises
    ------
    ParameterError
        The rows have several units or periods, or neither groups nor several KPIs.

    Examples
    --------
    >>> ax = kl.plot.dots(report.figures("enps", by="team"))
    """
    rows = chart.figures(rows, "dots")
    unknown = chart.if_unknown(rows, ax, marks_hidden=True)
    return unknown or _draw_dots(rows, by, whole, target, ax, kwargs)


def _draw_dots(
    rows: pd.DataFrame,
    by: str | None,
    whole: float | None,
    target: float | None,
    ax: Axes | None,
    kwargs: dict[str, Any],
) -> Axes:
    """Draw the groups, or the KPIs, of one unit as dots."""
    chart.only_one(rows, "unit", "dots")
    by = by or ("label" if rows["kpi"].nunique() > 1 else chart.breakdown(rows))
    chart.one_row_each(rows, [by], "dots")
    every, able, found = _groups(rows, by)
    unit = found["unit"].iloc[0]
    base = next((each for each in BASES if each in found and found[each].notna().any()), "")
    ax = chart.axes(ax, ABOVE_DOTS + DOT * len(found))
    _levels(ax, found, [*found.get(base, ()), whole, target], unit)
    shown = [each for each in enumerate(found.to_dict("records")) if known(each[1]["value"])]
    if base:
        _before(ax, shown, base)
    scales.whiskers(ax, found)
    _dots(ax, found, **kwargs)
    # Unseen marks carry the tooltips: seaborn draws all points as one.
    unseen = [ax.plot(row["value"], at, "o", ms=9, alpha=0, zorder=8)[0] for at, row in shown]
    ax.set_yticks(range(len(found)), labels=map(in_two_lines, found["name"]))
    ax.tick_params(axis="y", colors=INK)
    ax.set(xlabel="", ylabel="")
    _beside(ax, found, 0.0)
    _lines(ax, whole, target, unit)
    pad = 8 + 15 * max(known(whole) + known(target), unit not in COUNTED)
    margin.title(ax, _dots_title(every, by, whole), pad)
    tips = [(mark, [chart.tip(row)]) for mark, (_, row) in zip(unseen, shown, strict=True)]
    key = _key("dots", every, able, found, base)
    chart.keep(ax, every, tips=tips, remarks=chart.hidden(every), key=key)
    return ax


def _groups(rows: pd.DataFrame, by: str) -> tuple[pd.DataFrame, ...]:
    """Return all groups in their order, those that can be drawn, and those that are.

    The largest come first (of a figure that is ranked by it, the largest lower end of an interval),
    then those with few cases, without a figure, unknown.
    """
    kpi = catalogue().get(rows["kpi"].iloc[0])
    least = kpi.ranked_from if kpi and by == kpi.by else 0
    few, rank = ranking(*(rows[each].to_numpy(float) for each in ("value", "ci_low", "n")), least)
    every = rows.assign(
        name=names_of(rows, by),
        few=rows["few"] | few,
        rank=rank,
        _last=rows[by].isna() | rows[by].eq(UNKNOWN),
        _none=rows["value"].isna(),
    )
    order = ["_last", "_none", "few", "rank", "name"]
    every = every.sort_values(order, ascending=[True, True, True, False, True])
    every = every.drop(columns=["_last", "_none"])
    able = every[every["value"].notna() | every["status"].eq("suppressed")]
    return every, able, able.head(MOST).reset_index(drop=True)


def _bars(ax: Axes, found: pd.DataFrame, whole: float | None, **kwargs: Any) -> list:
    """Draw the bars, dark where a group stands out, and return them with their tooltips."""
    colours = [MAIN if away else SOFT for away in standing_out(found)]
    look = {"hue": "name", "palette": colours, "width": 0.6, "saturation": 1, "legend": False}
    look |= {"orient": "h", "errorbar": None}
    sns.barplot(found, x="value", y="name", ax=ax, **chart.look(look, kwargs))
    names = map(in_two_lines, found["name"])
    ax.set_yticks(range(len(found)), labels=names)  # seaborn leaves out what has no figure
    ax.set_ylim(len(found) - 0.5, -0.5)
    scales.whiskers(ax, found)
    ax.axvline(0, color=MUTED, lw=0.8)
    ax.set_xlim(*scales.across(found, whole))
    ax.set(xlabel="", ylabel="", xticks=[])
    ax.grid(False)
    ax.tick_params(axis="y", colors=INK)
    said, bars = found.to_dict("records"), (bar for each in ax.containers for bar in each)
    at = ((bar, round(bar.get_y() + bar.get_height() / 2)) for bar in bars)
    return [(bar, [chart.tip(said[place])]) for bar, place in at]


def _levels(ax: Axes, found: pd.DataFrame, more: list[Any], unit: str) -> None:
    """Scale the axis of the figures, and give each row its line."""
    reach = [*found["value"], *found["ci_low"], *found["ci_high"], *more]
    chosen = scales.scale(reach, unit, labels=3)
    ax.set_xlim(chosen.bottom, chosen.top)
    scales.labelled(ax.xaxis, chosen.ticks, unit)
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    ax.tick_params(length=0, pad=5)
    for place in found.index[found["value"].notna()]:
        ax.axhline(place, color=GRID, lw=0.8, zorder=0)
    if chosen.bottom < 0 < chosen.top:
        ax.axvline(0, color=MUTED, lw=0.8, zorder=1)


def _before(ax: Axes, shown: list[tuple[int, dict[str, Any]]], base: str) -> None:
    """Join each figure with the one before, small and grey, just below it."""
    for place, row in shown:
        if known(row[base]):
            ends = [row[base], row["value"]], [place + BELOW, place]
            ax.plot(*ends, color=BEFORE, lw=1.4, zorder=2)
            ax.plot(*(each[0] for each in ends), "o", color=BEFORE, ms=5, zorder=2)


def _dots(ax: Axes, found: pd.DataFrame, **kwargs: Any) -> None:
    """Draw the dots, dark where a group stands out."""
    look = {"s": 85, "edgecolor": "white", "linewidth": 1, "zorder": 7, "clip_on": False}
    look |= {"hue": standing_out(found), "palette": {True: MAIN, False: PLAIN}, "legend": False}
    sns.scatterplot(found, x="value", y=found.index, ax=ax, **chart.look(look, kwargs))


def _beside(ax: Axes, found: pd.DataFrame, side: float | None = None) -> None:
    """Write the figure and base of each row at its right, or why there is none at its left."""
    write, lines = reader(), found.to_dict("records")
    texts = [write.value(row["value"], row["unit"]) if known(row["value"]) else "" for row in lines]
    margin.columns(ax, texts, [_based_on(row) for row in lines], list(found["few"]))
    for place, row in enumerate(lines):
        if not known(row["value"]):
            hides = row["status"] == "suppressed"  # why stands below the chart, once
            margin.withheld(ax, place, write.say("hidden") if hides else write.reason(row), side)


def _based_on(row: dict[str, Any]) -> str:
    """Write the cases of a figure, where they are not the figure itself."""
    if not known(row["n"]) or row["unit"] in COUNTED or not known(row["value"]):
        return ""
    count = reader().count(row["n"])
    return reader().say("few: {count}", count=count) if row["few"] else count


def _lines(ax: Axes, whole: float | None, target: float | None, unit: str) -> None:
    write = reader()
    if known(whole):
        margin.reference(ax, whole, write.say("all: {value}", value=write.value(whole, unit)))
    if known(target):
        words = write.say("target {value}", value=write.ticks([target], unit)[0])
        margin.reference(ax, target, words, TARGET, 4 if whole is None else 19)


def _dots_title(every: pd.DataFrame, by: str, whole: float | None) -> str:
    """Say which group stands out; of several KPIs, the first that the engine calls news."""
    if by != "label":
        return group_apart(every, by, whole)
    for row in every.to_dict("records"):
        if any(is_true(row.get(f"news_{base}")) for base in BASES):
            return moved(row)
    return reader().listed(every["label"])


def _key(
    marks: str, every: pd.DataFrame, able: pd.DataFrame, found: pd.DataFrame, base: str = ""
) -> list[str]:
    """Say what the marks stand for, and which groups have none."""
    write, away = reader(), standing_out(every).any()
    there = {
        "interval": found["ci_low"].notna().any(),
        base: bool(base),
        marks: away,
        "alike": judged_apart(every) and not away,
        "more": len(able) - len(found),
        "without": len(every) - len(able),
    }
    return [
        write.say(KEY_WORDS[name], count=write.count(number))
        for name, number in there.items()
        if number
    ]
