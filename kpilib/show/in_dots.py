"""Charts of points: groups or KPIs with their intervals, and one KPI against another."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from kpilib.display.numbers import known, reader
from kpilib.errors import ParameterError, listed
from kpilib.show import margin, scales
from kpilib.show.by_group import MOST_BARS, beside, in_order, left_out
from kpilib.show.drawable import (
    breakdown,
    figures,
    hidden,
    keep,
    new_axes,
    one_row_each,
    tip,
    unknown,
    without_figures,
)
from kpilib.show.findings import is_true
from kpilib.show.group_names import in_two_lines
from kpilib.show.scales import Units, scale
from kpilib.show.sentences import BASES, group_apart, moved
from kpilib.show.theme import BEFORE, GRID, INK, MAIN, MUTED, PLAIN, TARGET

ROW, HEAD = 30, 60
COUNTED = ("count", "people")  # units without a base beside them
BELOW = 0.27  # rows that the figure before stands below the one of now
BEFORE_WORDS = {
    "year_before": "The small grey dot is the figure a year before.",
    "previous": "The small grey dot is the figure of the period before.",
}


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
        One row a group or a KPI, as ``data.evaluate`` and ``report.figures`` return them. The
        figure before is the column ``year_before``, or ``previous`` where nothing is known of it.
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
    rows = figures(rows, "dots")
    if without_figures(rows):
        return unknown(rows, ax)
    if rows["unit"].nunique() > 1:
        raise ParameterError(
            f"dots draws one unit; these rows have {listed(rows['unit'].unique())}. Keep one: "
            f"rows[rows['unit'] == {rows['unit'].iloc[0]!r}]."
        )
    by = by or ("label" if rows["kpi"].nunique() > 1 else breakdown(rows))
    one_row_each(rows, [by], "dots")
    every = in_order(rows, by)
    drawn = every[every["value"].notna() | every["status"].eq("suppressed")]
    found = drawn.head(MOST_BARS).reset_index(drop=True)
    unit, base = found["unit"].iloc[0], _base_of(found)
    alone, ax = ax is None, new_axes(HEAD + ROW * len(found)) if ax is None else ax
    _levels(ax, found, [*found.get(base, ()), whole, target], unit)
    if base:
        _before(ax, found, base)
    scales.whiskers(ax, found)
    _points(ax, found, **kwargs)
    tips = [(_unseen(ax, row["value"], place), [tip(row)]) for place, row in _shown(found)]
    _sides(ax, found)
    _lines(ax, whole, target, unit)
    pad = 8 + 15 * max(known(whole) + known(target), unit not in COUNTED)
    margin.title(ax, _dots_title(every, by, whole), pad, alone=alone)
    keep(ax, every, tips=tips, remarks=hidden(every), key=_key(every, drawn, found, base))
    return ax


def _shown(found: pd.DataFrame) -> list[tuple[int, dict[str, Any]]]:
    return [each for each in enumerate(found.to_dict("records")) if known(each[1]["value"])]


def _base_of(found: pd.DataFrame) -> str:
    """Return the column of the figures before; empty where there is none."""
    return next((each for each in BASES if each in found and found[each].notna().any()), "")


def _levels(ax: Axes, found: pd.DataFrame, more: list[Any], unit: str) -> None:
    """Scale the axis of the figures, and give each row its line."""
    reach = [*found["value"], *found["ci_low"], *found["ci_high"], *more]
    chosen = scale(reach, unit, labels=3)
    ax.set_xlim(chosen.bottom, chosen.top)
    ax.xaxis.set_major_locator(FixedLocator(chosen.ticks))
    ax.xaxis.set_major_formatter(Units(unit))
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    ax.tick_params(length=0, pad=5)
    for place in found.index[found["value"].notna()]:
        ax.axhline(place, color=GRID, lw=0.8, zorder=0)
    if chosen.bottom < 0 < chosen.top:
        ax.axvline(0, color=MUTED, lw=0.8, zorder=1)


def _before(ax: Axes, found: pd.DataFrame, base: str) -> None:
    """Join each figure with the one before, small and grey, just below it."""
    for place, row in _shown(found):
        if known(row[base]):
            ends = [row[base], row["value"]], [place + BELOW, place]
            ax.plot(*ends, color=BEFORE, lw=1.4, zorder=2)
            ax.plot(*(each[0] for each in ends), "o", color=BEFORE, ms=5, zorder=2)


def _points(ax: Axes, found: pd.DataFrame, **kwargs: Any) -> None:
    judged = found.get("stands_out", pd.Series(pd.NA, index=found.index))
    drawn = {
        "hue": judged.fillna(False).astype(bool),
        "palette": {True: MAIN, False: PLAIN},
        "s": 85,
        "edgecolor": "white",
        "linewidth": 1,
        "zorder": 7,
        "legend": False,
        "clip_on": False,
    } | kwargs
    if "color" in kwargs:
        del drawn["hue"], drawn["palette"]
    sns.scatterplot(x=found["value"], y=found.index, ax=ax, **drawn)


def _unseen(ax: Axes, x: float, y: float) -> Any:
    """Return an unseen mark that carries a tooltip: seaborn draws all points as one."""
    return ax.plot([x], [y], "o", ms=9, alpha=0, zorder=8)[0]


def _sides(ax: Axes, found: pd.DataFrame) -> None:
    """Write the names at the left, the figures and their bases at the right."""
    names = [in_two_lines(name) for name in found["name"]]
    ax.set_yticks(range(len(found)), labels=names)
    ax.tick_params(axis="y", colors=INK)
    ax.set(xlabel="", ylabel="")
    beside(ax, found, 0.0)


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


def _key(every: pd.DataFrame, drawn: pd.DataFrame, found: pd.DataFrame, base: str) -> list[str]:
    write, judged = reader(), every.get("stands_out", pd.Series(pd.NA, index=every.index))
    said = [write.say(BEFORE_WORDS[base])] if base else []
    if found["ci_low"].notna().any():
        said.insert(0, write.say("The thin line is the 95 % interval."))
    if judged.fillna(False).astype(bool).any():
        said.append(
            write.say("Dark dots differ from the others by more than chance would explain.")
        )
    elif judged.notna().any():
        said.append(
            write.say("No group differs from the others by more than chance would explain.")
        )
    return [*said, *left_out(every, drawn, found)]
