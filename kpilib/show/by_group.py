"""Charts of groups side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.errors import ParameterError, listed
from kpilib.show import margin, scales
from kpilib.show.drawable import (
    breakdown,
    figures,
    hidden,
    keep,
    new_axes,
    tip,
    unknown,
    without_figures,
)
from kpilib.show.group_names import in_two_lines, names_of
from kpilib.show.sentences import group_apart
from kpilib.show.theme import INK, MAIN, MUTED, SOFT
from kpilib.tables.contract import UNKNOWN

MOST_BARS, ROW, TWO_LINES, HEAD = 16, 25, 34, 34


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
    rows = figures(rows, "bars")
    if without_figures(rows):
        return unknown(rows, ax)
    if rows["kpi"].nunique() > 1:
        raise ParameterError(
            f"bars draws one KPI; these rows are of {listed(rows['kpi'].unique())}. Keep one: "
            f"rows[rows['kpi'] == {rows['kpi'].iloc[0]!r}]."
        )
    by, write = by or breakdown(rows), reader()
    every = in_order(rows, by)
    able = every[every["value"].notna() | every["status"].eq("suppressed")]
    found = able.head(MOST_BARS)
    unit = found["unit"].iloc[0]
    names = [in_two_lines(name) for name in found["name"]]
    row = TWO_LINES if any("\n" in name for name in names) else ROW
    alone, ax = ax is None, new_axes(HEAD + row * len(found)) if ax is None else ax
    _drawn(ax, found, whole, **kwargs)
    ax.set_yticks(range(len(found)), labels=names)  # seaborn leaves out what has no figure
    tips = [
        (bar[0], [tip(row)])
        for bar, row in zip(ax.containers, found.to_dict("records"), strict=False)
        if len(bar)
    ]
    beside(ax, found)
    if known(whole):
        margin.reference(ax, whole, write.say("all: {value}", value=write.value(whole, unit)))
    margin.title(ax, group_apart(every, by, whole), 24, alone=alone)
    keep(ax, every, tips=tips, remarks=hidden(every), key=_key(every, able, found))
    return ax


def _drawn(ax: Axes, found: pd.DataFrame, whole: float | None, **kwargs: Any) -> None:
    """Draw the bars with their intervals, dark where a group stands out, names at the left."""
    judged = found.get("stands_out", pd.Series(pd.NA, index=found.index)).fillna(False)
    colours = [MAIN if away else SOFT for away in judged.astype(bool)]
    look = {"palette": colours, "width": 0.6, "saturation": 1} | kwargs
    if "color" in kwargs:
        del look["palette"]
    sns.barplot(
        found,
        x="value",
        y="name",
        hue="name",
        orient="h",
        legend=False,
        errorbar=None,
        ax=ax,
        **look,
    )
    ax.set_ylim(len(found) - 0.5, -0.5)
    scales.whiskers(ax, found)
    ax.axvline(0, color=MUTED, lw=0.8)
    ax.set_xlim(*scales.across(found, whole))
    ax.set(xlabel="", ylabel="", xticks=[])
    ax.grid(False)
    ax.tick_params(axis="y", colors=INK)


def beside(ax: Axes, found: pd.DataFrame, side: float | None = None) -> None:
    """Write the figure and base of each row at its right, or why there is none at its left."""
    write, lines = reader(), found.to_dict("records")
    texts = [write.value(row["value"], row["unit"]) if known(row["value"]) else "" for row in lines]
    few = ["low_n" in flags_of(row) for row in lines]
    margin.columns(ax, texts, [based_on(row) for row in lines], few)
    for place, row in enumerate(lines):
        if not known(row["value"]):
            hides = row["status"] == "suppressed"  # why stands below the chart, once
            margin.withheld(ax, place, write.say("hidden") if hides else write.reason(row), side)


def in_order(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the groups: largest first, then those with few cases, without a figure, unknown."""
    unknown = rows[by].isna() | rows[by].eq(UNKNOWN)
    few = pd.Series(["low_n" in flags_of(row) for row in rows.to_dict("records")], rows.index)
    order = rows.assign(
        name=names_of(rows, by), _last=unknown, _few=few, _none=rows["value"].isna()
    )
    order = order.sort_values(
        ["_last", "_none", "_few", "value", "name"], ascending=[True, True, True, False, True]
    )
    return order.drop(columns=["_last", "_none", "_few"])


def _key(every: pd.DataFrame, drawn: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    write = reader()
    judged = every.get("stands_out", pd.Series(pd.NA, index=every.index))
    said = []
    if found["ci_low"].notna().any():
        said.append(write.say("The thin line is the 95 % interval."))
    if judged.fillna(False).astype(bool).any():
        said.append(
            write.say("Dark bars differ from the others by more than chance would explain.")
        )
    elif judged.notna().any():
        said.append(
            write.say("No group differs from the others by more than chance would explain.")
        )
    return [*said, *left_out(every, drawn, found)]


def left_out(every: pd.DataFrame, drawn: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Say how many groups are only in the table, and how many have no figure."""
    write, said = reader(), []
    if len(found) < len(drawn):
        count = write.count(len(drawn) - len(found))
        said.append(write.say("More groups, in the table only: {count}.", count=count))
    if len(drawn) < len(every):
        count = write.count(len(every) - len(drawn))
        said.append(write.say("Groups without a figure, not drawn: {count}.", count=count))
    return said


def based_on(row: dict[str, Any]) -> str:
    """Write the cases of a figure, where they are not the figure itself."""
    if not known(row["n"]) or row["unit"] in ("count", "people") or not known(row["value"]):
        return ""
    count = reader().count(row["n"])
    return reader().say("few: {count}", count=count) if "low_n" in flags_of(row) else count
