"""What adds up to a figure, or to its change: each bar starts where the last one ended."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import reader
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.sentences import in_two_lines, names_of
from kpilib.show.theme import HIGHLIGHT, MAIN, MUTED, TARGET

ROW, HEAD = 29, 34
MOST_STEPS = 7
ADDED = ("EUR", "count", "seconds")  # units of figures that add up


def waterfall(
    rows: pd.DataFrame,
    by: str | None = None,
    total: str = "",
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw figures that add up, one bar a line, each starting where the last one ended.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a part, in the order in which they are added: ``report.net()``, or amounts and
        counts by group, as ``report.figures`` returns them. A bar of a part that is not ``proven``
        is hollow.
    by : str, optional
        The column of the parts; by default the breakdown of the rows.
    total : str, optional
        What the parts are together; the name of the figure by default.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.barplot`.

    Returns
    -------
    matplotlib.axes.Axes
        The smallest of many parts are drawn as one, so that all add up.

    Raises
    ------
    ParameterError
        The rows are of several KPIs or periods, or of a figure whose parts do not add up.

    Examples
    --------
    >>> ax = kl.plot.waterfall(report.net())
    """
    rows = chart.figures(rows, "waterfall")
    _refuse(rows)
    return _draw_waterfall(rows, by or chart.breakdown(rows), total, ax, kwargs)


def _refuse(rows: pd.DataFrame) -> None:
    """Raise where the rows are no parts of one amount or count."""
    if rows["kpi"].nunique() > 1 or rows["unit"].iloc[0] not in ADDED:
        raise error_of(
            ParameterError,
            "waterfall draws the parts of one amount or count; these rows are of {kpis}"
            " in {units}, which do not add up. Draw them with kl.plot.bars(rows).",
            kpis=listed(rows["kpi"].unique()),
            units=listed(rows["unit"].unique()),
        )


def _draw_waterfall(
    rows: pd.DataFrame, by: str, total: str, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the parts and their sum, with what they are worth at the right."""
    chart.one_row_each(rows, [by], "waterfall")
    if rows["value"].isna().any():  # what is not known is in no sum
        return chart.unknown(rows.assign(value=None), ax)
    proven = rows["proven"].astype(bool) if "proven" in rows else True
    rows = rows.assign(name=names_of(rows, by), proven=proven)
    steps = _steps(rows, total or rows["label"].iloc[0])
    ax, write = chart.axes(ax, HEAD + ROW * len(steps)), reader()
    _bars(ax, steps, **kwargs)
    names, texts = steps["name"], [_signed(row) for row in steps.to_dict("records")]
    scales.bare(ax, [in_two_lines(name) for name in names])
    margin.columns(ax, texts, [""] * len(texts), [False] * len(texts))
    tips = [
        (bar, [write.pair(name, text)])
        for bar, name, text in zip(ax.patches, names, texts, strict=False)
    ]
    end = write.value(steps["value"].iloc[-1], steps["unit"].iloc[-1])
    margin.title(ax, write.pair(names.iloc[-1], end))
    told = pd.DataFrame({write.say("Item"): names, write.say("Amount"): texts})
    said = write.listed(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    said = write.say("Waterfall: {lines}.", lines=said)
    hollow = [] if rows["proven"].all() else [write.say("Hollow bars are not proven.")]
    chart.keep(ax, rows, tips=tips, told=told, said=said, remarks=_without_doubts(rows), key=hollow)
    return ax


def _steps(rows: pd.DataFrame, total: str) -> pd.DataFrame:
    """Return one row a bar with ``start``; the smallest of many as one, the sum last."""
    if len(rows) > MOST_STEPS:
        small = rows["value"].abs().rank(method="first", ascending=False) >= MOST_STEPS
        count = reader().count(small.sum())
        others = reader().say("Others: {count}", count=count)
        rest = rows[small].head(1)
        rest = rest.assign(value=rows.loc[small, "value"].sum(), name=others, proven=True)
        rows = pd.concat([rows[~small], rest])
    steps = rows[["name", "value", "unit", "proven"]].assign(last=False)
    steps["start"] = steps["value"].cumsum() - steps["value"]
    end = {"name": total, "value": steps["value"].sum(), "last": True, "start": 0.0, "proven": True}
    return pd.concat(
        [steps, pd.DataFrame([end | {"unit": steps["unit"].iloc[0]}])], ignore_index=True
    )


def _bars(ax: Axes, steps: pd.DataFrame, **kwargs: Any) -> None:
    """Draw the bars, what is added blue, what is taken away orange, and join their ends."""
    colours = [
        HIGHLIGHT if value < 0 else TARGET if last else MAIN
        for value, last in zip(steps["value"], steps["last"], strict=True)
    ]
    places = [str(place) for place in steps.index]  # two parts may bear one name
    drawn = {"hue": places, "palette": colours, "width": 0.66, "saturation": 1, "legend": False}
    drawn = chart.look({**drawn, "orient": "h", "errorbar": None}, kwargs)
    sns.barplot(x=steps["value"], y=places, ax=ax, **drawn)
    for bar, row in zip(ax.patches, steps.to_dict("records"), strict=False):
        bar.set_x(row["start"])
        if not row["proven"]:
            bar.set(edgecolor=bar.get_facecolor(), facecolor="white", linewidth=1.4)
    ends = (steps["start"] + steps["value"]).iloc[:-1]
    for place, end in ends.items():
        ax.plot([end, end], [place + 0.33, place + 0.67], color=MUTED, lw=0.8)
    ax.axhline(len(steps) - 1.5, color=MUTED, lw=0.8)
    ax.axvline(0, color=MUTED, lw=0.8)
    edges = pd.concat([steps["start"], steps["start"] + steps["value"]])
    room = 0.02 * ((edges.max() - edges.min()) or 1.0)
    ax.set_xlim(edges.min() - room, edges.max() + room)


def _without_doubts(rows: pd.DataFrame) -> list[str]:
    """Say what is left without the parts that are not proven."""
    if rows["proven"].all():
        return []
    write, sure = reader(), rows.loc[rows["proven"], "value"].sum()
    return [write.say("Proven: {value}.", value=write.value(sure, rows["unit"].iloc[0]))]


def _signed(row: dict[str, Any]) -> str:
    text = reader().value(row["value"], row["unit"])
    return f"+{text}" if row["value"] > 0 and not row["last"] else text
