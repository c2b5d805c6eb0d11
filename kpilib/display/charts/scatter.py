"""Is being seen the same as being read? One dot a post: how far it went, how many reacted."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import (
    HIGHLIGHT,
    INK,
    MAIN,
    MUTED,
    SMALL,
    axes,
    figure,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks

HEIGHT = 262
MOST_MARKS = 2000  # beyond this, dots are drawn as one picture, without tooltips
SPECIAL = 3


@styled()
def scatter(
    points: pd.DataFrame,
    formatter: Formatter,
    *,
    x_name: str,
    y_name: str,
    title: str,
    subtitle: str = "",
    note: str = "",
    whole: float | None = None,
    x_unit: str = "count",
    y_unit: str = "rate",
    key: str = "",
) -> Chart:
    """Draw points on a horizontal scale where each step multiplies by ten; name the extremes.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns ``x``, ``y``, ``label``; points without a positive ``x`` are left out and counted.
    formatter : Formatter
    x_name, y_name : str
        What the two axes are.
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    whole : float, optional
        The pooled value of ``y``, drawn as a reference.
    x_unit, y_unit : str
    """
    say, marks = formatter.say, Marks()
    drawn = points[points["x"].map(known) & points["y"].map(known) & (points["x"] > 0)]
    left_out = len(points) - len(drawn)
    drawn = drawn.sort_values(["x", "y"], kind="stable").reset_index(drop=True)
    scale = axis.scale([*drawn["y"], *([whole] if known(whole) else [])], y_unit, zero=True)
    fig = figure(HEIGHT)
    ax = axes(fig, left=scale.room(y_unit, formatter), right=14, top=22, bottom=36, grid="y")
    scale.set(ax, y_unit, formatter)
    _set_log(ax, drawn["x"], x_unit, formatter)
    special = _special(drawn)
    plain = drawn.drop(index=special)
    few = len(drawn) <= MOST_MARKS
    dots = ax.plot(plain["x"], plain["y"], linestyle="none", marker="o", color=MAIN, alpha=0.55,
                   markersize=5, markeredgewidth=0, rasterized=not few)[0]  # fmt: skip
    if few and len(plain):
        marks.on(dots, *(_tip(row, x_name, y_name, x_unit, y_unit, formatter)
                         for row in plain.to_dict("records")))  # fmt: skip
    _name_special(ax, drawn.loc[special], (x_name, y_name, x_unit, y_unit), formatter, marks)
    if known(whole):
        ax.axhline(whole, color=INK, linewidth=1, dashes=(2, 2))
        words = say("all: {value}", value=formatter.value(whole, y_unit))
        right = not _crowded(ax, drawn.loc[special], whole)
        ax.annotate(
            words, (1 if right else 0, whole), xycoords=ax.get_yaxis_transform(), zorder=6,
            xytext=(0, 3), ha="right" if right else "left", textcoords="offset points",
            va="bottom", fontsize=SMALL,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )  # fmt: skip
    ax.annotate(
        y_name, (0, 1), xycoords="axes fraction", xytext=(-scale.room(y_unit, formatter) + 3, 9),
        textcoords="offset points", fontsize=SMALL, color=MUTED, annotation_clip=False,
    )  # fmt: skip
    ax.set_xlabel(say("{name} (each step: ten times more)", name=x_name), labelpad=3)
    if left_out:
        more = say("Points without a figure, left out: {count}.", count=formatter.count(left_out))
        note = f"{note} {more}".strip()
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(drawn, special, (x_name, y_name, x_unit, y_unit), formatter),
        data=_table(drawn, (x_name, y_name, x_unit, y_unit), formatter),
        note=note,
        marks=marks,
        say=say,
        key=key,
    )


def _set_log(ax: Axes, values: pd.Series, unit: str, formatter: Formatter) -> None:
    low, high = (values.min(), values.max()) if len(values) else (1, 10)
    ax.set_xscale("log")
    ax.set_xlim(low / 1.35, high * 1.35)
    powers = range(math.ceil(math.log10(low / 1.35)), math.floor(math.log10(high * 1.35)) + 1)
    ticks = [10.0**power for power in powers] or [low, high]
    ax.set_xticks(ticks, labels=formatter.ticks(ticks, unit))
    ax.set_xticks([], minor=True)


def _crowded(ax: Axes, special: pd.DataFrame, whole: float) -> bool:
    """Tell whether a named point sits where the right end of the reference is labelled."""
    low, high = ax.get_xlim()
    bottom, top = ax.get_ylim()
    far = special[special["x"] > math.sqrt(low * high)]
    return bool(((far["y"] - whole).abs() < 0.2 * (top - bottom)).any())


def _special(points: pd.DataFrame) -> list[int]:
    """Return the points worth a name: the furthest seen and the most engaging, widely seen."""
    if len(points) < 2 * SPECIAL:
        return list(points.index)
    found = [points["x"].idxmax()]
    seen = points[points["x"] >= points["x"].median()]
    found += list(seen["y"].sort_values(ascending=False, kind="stable").index[:1])
    return sorted(set(found))


def _name_special(
    ax: Axes, points: pd.DataFrame, names: tuple[str, ...], formatter: Formatter, marks: Marks
) -> None:
    low, high = ax.get_xlim()
    bottom, top = ax.get_ylim()
    for row in points.to_dict("records"):
        (dot,) = ax.plot([row["x"]], [row["y"]], linestyle="none", marker="o", color=HIGHLIGHT,
                         markersize=7.5, zorder=5)  # fmt: skip
        marks.on(dot, _tip(row, *names, formatter))
        right = math.log(row["x"] / low) / math.log(high / low) > 0.5
        up = (row["y"] - bottom) / (top - bottom) < 0.85
        text = ax.annotate(
            shorten(row["label"], 30), (row["x"], row["y"]),
            xytext=(4 if right else -4, 9 if up else -9),
            textcoords="offset points", ha="right" if right else "left", color=INK, zorder=6,
            va="bottom" if up else "top", fontsize=SMALL, annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )  # fmt: skip
        marks.on(text, str(row["label"]))


def _tip(
    row: dict, x_name: str, y_name: str, x_unit: str, y_unit: str, formatter: Formatter
) -> str:
    return formatter.pair(
        row["label"],
        f"{x_name} {formatter.value(row['x'], x_unit)}, "
        f"{y_name} {formatter.value(row['y'], y_unit)}",
    )


def _alt(
    points: pd.DataFrame, special: list[int], names: tuple[str, ...], formatter: Formatter
) -> str:
    say = formatter.say
    if not len(points):
        return say("Scatter chart without points.")
    named = formatter.listed(
        _tip(row, *names, formatter) for row in points.loc[special].to_dict("records")
    )
    return say(
        "Scatter chart of {count} points, {x} from {low} to {high}. Marked: {named}.",
        count=formatter.count(len(points)), x=names[0],
        low=formatter.value(points["x"].min(), names[2]),
        high=formatter.value(points["x"].max(), names[2]), named=named,
    )  # fmt: skip


def _table(points: pd.DataFrame, names: tuple[str, ...], formatter: Formatter) -> pd.DataFrame:
    ranked = points.sort_values("x", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            formatter.say("Point"): ranked["label"].map(str),
            names[0]: ranked["x"].map(lambda value: formatter.value(value, names[2])),
            names[1]: ranked["y"].map(lambda value: formatter.value(value, names[3])),
        }
    )
