"""One figure against another: a point a group, those worth a name named."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from kpilib.display.numbers import SUMMED, known, reader
from kpilib.display.words import column_words, shorten
from kpilib.errors import ParameterError, listed
from kpilib.methods.promoters import rank_correlation
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.findings import is_true
from kpilib.show.sentences import group_name, group_names
from kpilib.show.theme import HEIGHT, HIGHLIGHT, INK, MAIN, POINTS_AN_INCH
from kpilib.tables.contract import UNKNOWN

MOST_NAMED = 3
WIDE = 30  # a horizontal scale of tens where the largest is that many times the smallest
LONGEST_NAME = 24
STATUSES = ["status", "status_up"]  # of both sides; a group without a row has no data
LINK_WORDS = {
    "up": "Where {across} is higher, {up} is higher too",
    "down": "Where {across} is higher, {up} is lower",
    "none": "{across} and {up}: no link beyond chance",
}
NEAR = 8  # points from a point to its name
# Beside its point, or above or below it.
SEATS = ((1, 0), (-1, 0), (1, 13), (-1, 13), (1, -13), (-1, -13), (0, 15), (0, -15))
A_LETTER, A_LINE, A_POINT = 7.0, 15, 5  # points that a letter, a line and half a dot take


def scatter(
    rows: pd.DataFrame,
    by: str | None = None,
    whole: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw two KPIs of the same groups against each other, one point a group.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a KPI and group, as ``data.evaluate([across, up], period, by=...)`` returns them:
        the first KPI goes across, the second up. A column ``name`` gives points other names.
    by : str, optional
        The column of the groups; by default the breakdown of the rows.
    whole : float, optional
        The figure of all of the second KPI, drawn as a line.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.scatterplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Named are groups that ``stands_out`` marks, and the one furthest to the right. A link
        between the two is said from ten groups on, and never where one is part of the other.

    Raises
    ------
    ParameterError
        The rows are not of two KPIs, or have no breakdown.

    Examples
    --------
    >>> rows = report.figures("impressions", "engagement_rate_impressions", by="post_id")
    >>> ax = kl.plot.scatter(rows)
    """
    rows = chart.figures(rows, "scatter")
    return chart.if_unknown(rows, ax) or _draw_scatter(rows, by, whole, ax, kwargs)


def _draw_scatter(
    rows: pd.DataFrame, by: str | None, whole: float | None, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the pairs of two KPIs."""
    ids = _two(rows)
    by = by or chart.breakdown(rows)
    chart.one_row_each(rows, [by], "scatter")
    pairs = _pairs(rows, by, ids)
    across, up = kpis = tuple(rows[rows["kpi"] == each].iloc[0] for each in ids)
    drawn = pairs.dropna(subset=["value", "value_up"])
    tens = _in_tens(drawn["value"], across["unit"])
    drawn = drawn[drawn["value"] > 0] if tens else drawn
    if drawn.empty:
        return chart.unknown(rows.assign(value=None), ax)
    ax, named = chart.axes(ax, HEIGHT + 50), _outstanding(drawn)
    look = {"color": MAIN, "alpha": 0.7, "s": 34, "linewidth": 0, "legend": False}
    sns.scatterplot(drawn, x="value", y="value_up", ax=ax, **chart.look(look, kwargs))
    _scaled_up(ax, drawn, up, whole)
    _scaled_across(ax, drawn["value"], across, tens)
    look = {"color": HIGHLIGHT, "ms": 7.5, "zorder": 5, "clip_on": False}
    ax.plot(named["value"], named["value_up"], "o", **look)
    # Unseen marks carry the tooltips: seaborn draws all points as one.
    tips = [
        (ax.plot(row["value"], row["value_up"], "o", ms=7, alpha=0, zorder=6)[0], [_tip(row)])
        for row in drawn.to_dict("records")
    ]
    title, remarks = _link(drawn, kpis)
    margin.title(ax, title, 24)
    _names(ax, drawn, named)
    said = {"told": _told(pairs, by), "said": _described(drawn, named, across)}
    said |= {"remarks": [*remarks, *chart.hidden(rows)], "key": _left_out(pairs, drawn)}
    chart.keep(ax, rows, tips=tips, **said)
    return ax


def _two(rows: pd.DataFrame) -> list[str]:
    """Return the KPIs of the rows, which must be two."""
    ids = list(rows["kpi"].drop_duplicates())
    if len(ids) != 2:
        raise error_of(
            ParameterError,
            "scatter draws two KPIs against each other; these rows are of {count}: {ids}."
            " Ask for two: data.evaluate(['sessions', 'bounce_rate'], period,"
            " by='channel').",
            count=len(ids),
            ids=listed(ids),
        )
    return ids


def _left_out(pairs: pd.DataFrame, drawn: pd.DataFrame) -> list[str]:
    if len(pairs) == len(drawn):
        return []
    count = reader().count(len(pairs) - len(drawn))
    return [reader().say("Points without a figure, left out: {count}.", count=count)]


def _pairs(rows: pd.DataFrame, by: str, ids: list[str]) -> pd.DataFrame:
    """Return one row a group with both figures."""
    kept = [by, "label", "value", "unit", "n", "status", "numerator", "denominator"]
    kept += [each for each in ("name", "stands_out") if each in rows]
    sides = [
        rows.loc[rows["kpi"] == each, kept].assign(**{by: lambda t: t[by].fillna(UNKNOWN)})
        for each in ids
    ]
    both = sides[0].merge(sides[1], on=by, how="outer", suffixes=("", "_up"), sort=False)
    if "name" in both:
        names = [group_name("name", each) for each in both["name"].fillna(both["name_up"])]
    else:
        names = group_names(by, both[by])
    # Groups of the periods compared with have a row here and nothing in this one.
    nothing = both[["n", "n_up"]].fillna(0).eq(0).all(axis=1)
    there = both[["value", "value_up"]].notna().all(axis=1) | ~nothing
    both = both.assign(name=names, **{each: both[each].fillna("no_data") for each in STATUSES})
    return both[there].sort_values(["value", by], ascending=[False, True])


def _in_tens(values: pd.Series, unit: str) -> bool:
    positive = values[values > 0]
    return unit in SUMMED and len(positive) > 2 and positive.max() > WIDE * positive.min()


def _scaled_up(ax: Axes, drawn: pd.DataFrame, kpi: pd.Series, whole: float | None) -> None:
    """Scale and name the axis that goes up, and draw the figure of all."""
    levels = pd.concat([drawn["value_up"], pd.Series([whole], dtype=float)])
    scales.values(ax, levels, kpi["unit"])
    margin.write(ax, kpi["label"], (0, 1), (0, 8), "axes fraction", color=INK, va="baseline")
    if known(whole):
        said = reader().say("all: {value}", value=reader().value(whole, kpi["unit"]))
        ax.axhline(whole, color=INK, lw=1, dashes=(2, 2), zorder=2)
        margin.write(ax, said, (1, whole), (8, 0), "side", color=INK)


def _scaled_across(ax: Axes, values: pd.Series, kpi: pd.Series, tens: bool) -> None:
    """Scale and name the axis that goes across, in steps of ten times where there is much."""
    label, low, high = kpi["label"], values.min() / 1.35, values.max() * 1.35
    if tens:
        ax.set_xscale("log")
        powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        ticks = [10.0**power for power in powers] or [values.min(), values.max()]
        label = reader().say("{name} (each step: ten times more)", name=label)
    else:
        chosen = scales.scale(list(values), kpi["unit"], labels=4)
        low, high, ticks = chosen.bottom, chosen.top, chosen.ticks
    ax.set_xlim(low, high)
    scales.labelled(ax.xaxis, ticks, kpi["unit"])
    ax.set_xlabel(label, color=INK)


def _outstanding(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the points worth a name: those the engine marks, the furthest right, or all of few."""
    if len(drawn) <= 2 * MOST_NAMED:
        return drawn
    marks = [drawn[each].map(is_true) for each in ("stands_out", "stands_out_up") if each in drawn]
    away = drawn[pd.concat(marks, axis=1).any(axis=1)] if marks else drawn.head(0)
    kept = away.nlargest(MOST_NAMED - 1, "n_up").index
    return drawn.loc[kept.union(drawn["value"].nlargest(1).index)]


def _names(ax: Axes, drawn: pd.DataFrame, named: pd.DataFrame) -> None:
    """Write names beside their points, where they cover neither a point nor another name."""
    ax.get_figure(root=True).draw_without_rendering()  # lays it out, so that places are known
    scale_ = POINTS_AN_INCH / ax.figure.dpi
    width = ax.get_window_extent().width * scale_
    origin = ax.get_window_extent().p0
    points = scale_ * (ax.transData.transform(drawn[["value", "value_up"]]) - origin)
    taken = [Bbox([[x, y], [x, y]]).padded(A_POINT) for x, y in points]
    places = dict(zip(drawn.index, points, strict=True))
    for index, row in named.sort_values("n_up", ascending=False).iterrows():
        text = shorten(row["name"], LONGEST_NAME)
        for side, lift in SEATS:
            box = _box(places[index], A_LETTER * len(text), side, lift)
            if box.x0 < 0 or box.x1 > width or any(map(box.fully_overlaps, taken)):
                continue
            taken.append(box)
            look = {"color": INK, "zorder": 7, "ha": {1: "left", -1: "right", 0: "center"}[side]}
            margin.write(ax, text, row[["value", "value_up"]], (side * NEAR, lift), **look)
            break  # a name without a seat stands in the table alone


def _box(place: tuple[float, float], length: float, side: int, lift: float) -> Bbox:
    """Return the box of a name beside its point."""
    x, y = place[0] + side * NEAR, place[1] + lift
    left = x - length / 2 if side == 0 else x - length * (side < 0)
    return Bbox.from_bounds(left, y - A_LINE / 2, length, A_LINE)


def _link(drawn: pd.DataFrame, kpis: tuple[pd.Series, ...]) -> tuple[str, list[str]]:
    """Say whether one goes with the other, where that can be known."""
    write, (across, up) = reader(), kpis
    slots = {"across": across["label"], "up": up["label"]}
    first = drawn.loc[drawn["value"].idxmax()]
    plain = write.say(
        "{up}: {y} for {group}, first for {across} ({x})",
        **slots,
        group=first["name"],
        x=write.value(first["value"], across["unit"]),
        y=write.value(first["value_up"], up["unit"]),
    )
    if _part_of(drawn):
        return plain, [write.say("One is worked out with the other: no link between them is said.")]
    found = rank_correlation(drawn["value"], drawn["value_up"])
    if "rank_correlation_low" not in found:
        return plain, [write.say("Too few groups to say whether the two go together.")]
    low, high = found["rank_correlation_low"], found["rank_correlation_high"]
    remark = write.say(
        "Rank correlation: {value} ({interval}).",
        value=write.value(found["rank_correlation"], "ratio"),
        interval=write.interval(low, high, "ratio"),
    )
    way = "up" if low > 0 else "down" if high < 0 else "none"
    title = write.say(LINK_WORDS[way], **slots)
    return title, [remark, write.say("Two figures that go together need not cause each other.")]


def _part_of(drawn: pd.DataFrame) -> bool:
    """Tell whether one figure is above or below the line of the other."""
    for value, other in (("value", "_up"), ("value_up", "")):
        for part in ("numerator", "denominator"):
            parts = pd.to_numeric(drawn[part + other], errors="coerce")
            if parts.notna().all() and (parts == drawn[value]).mean() > 0.5:
                return True
    return False


def _tip(row: dict[str, Any]) -> str:
    return reader().pair(row["name"], f"{_said(row)}, {_said(row, '_up')}")


def _said(row: dict[str, Any], side: str = "") -> str:
    value = reader().value(row["value" + side], row["unit" + side])
    return f"{row['label' + side]} {value}"


def _told(pairs: pd.DataFrame, by: str) -> pd.DataFrame:
    write, lines = reader(), pairs.to_dict("records")
    told = {column_words(by, write.say): list(pairs["name"])}
    for side in ("", "_up"):
        label = pairs["label" + side].dropna().iloc[0]
        told[label] = [
            write.value(row["value" + side], row["unit" + side])
            if known(row["value" + side])
            else write.reason({"status": row["status" + side]})
            for row in lines
        ]
    return pd.DataFrame(told)


def _described(drawn: pd.DataFrame, named: pd.DataFrame, across: pd.Series) -> str:
    write = reader()
    if len(drawn) == 1:
        point = _tip(drawn.iloc[0].to_dict())
        return write.say("Scatter chart of one point: {point}.", point=point)
    low, high = (write.value(drawn["value"].agg(end), across["unit"]) for end in ("min", "max"))
    return write.say(
        "Scatter chart of {count} points, {x} from {low} to {high}. Marked: {named}.",
        count=write.count(len(drawn)),
        x=across["label"],
        low=low,
        high=high,
        named=write.listed(map(_tip, named.to_dict("records"))),
    )
