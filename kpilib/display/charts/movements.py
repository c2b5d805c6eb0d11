"""Who came, who left? Entries above, exits below, and the stock at both ends."""

from __future__ import annotations

import pandas as pd

from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis
from kpilib.display.numbers import Formatter
from kpilib.display.rows import month_number
from kpilib.display.style import (
    HIGHLIGHT,
    INK,
    LARGE,
    MAIN,
    MUTED,
    SMALL,
    axes,
    figure,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks

HEIGHT, HEAD = 226, 40


@styled()
def movement_bars(
    movements: pd.DataFrame,
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    note: str = "",
    key: str = "",
) -> Chart:
    """Draw entries and exits month by month, with the net on top and the stock at both ends.

    Parameters
    ----------
    movements : pandas.DataFrame
        Columns ``period``, ``opening``, ``entries``, ``exits``, ``closing``: one row a month.
    formatter : Formatter
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    """
    say, marks = formatter.say, Marks()
    frame = movements.dropna(subset=["entries", "exits"]).copy()
    frame["month"] = [month_number(period) for period in frame["period"]]
    frame = frame.sort_values("month")
    months = list(range(int(frame["month"].min()), int(frame["month"].max()) + 1))
    scale = axis.scale([*frame["entries"], *-frame["exits"], 0.0], "count")
    fig = figure(HEIGHT)
    ax = axes(fig, left=scale.room("count", formatter), right=6, top=HEAD, bottom=34, grid="y")
    scale.set(ax, "count", formatter)
    ax.set_yticks(scale.ticks, labels=[formatter.count(abs(tick)) for tick in scale.ticks])
    axis.name_months(ax, months, formatter)
    for column, sign, colour in (("entries", 1, MAIN), ("exits", -1, HIGHLIGHT)):
        bars = ax.bar(frame["month"], sign * frame[column], width=0.62, color=colour, linewidth=0)
        for bar, row in zip(bars, frame.to_dict("records"), strict=True):
            marks.on(bar, _tip(row, formatter))
    ax.axhline(0, color=MUTED, linewidth=1)
    both = frame[(frame["entries"] > 0) & (frame["exits"] > 0)]  # else the bar is the net
    ax.plot(
        both["month"], both["entries"] - both["exits"], linestyle="none", marker="D",
        markersize=5.5, markerfacecolor="white", markeredgecolor=INK, zorder=5,
    )  # fmt: skip
    first, last = frame.iloc[0], frame.iloc[-1]
    _head(ax, first, last, formatter)
    return chart(
        fig,
        title=title,
        subtitle=subtitle or say("Entries above the line, exits below, each month"),
        alt=_alt(frame, formatter),
        data=_table(frame, formatter),
        note=note or say("The white diamond is the net of the month."),
        marks=marks,
        say=say,
        key=key,
    )


def _head(ax, first: pd.Series, last: pd.Series, formatter: Formatter) -> None:
    """Write the stock at both ends above the plot."""
    say = formatter.say
    ends = (
        (say("start of {month}", month=formatter.month(first["period"])), first["opening"], 0),
        (say("end of {month}", month=formatter.month(last["period"])), last["closing"], 1),
    )
    for caption, stock, side in ends:
        align = "right" if side else "left"
        for text, lift, size, colour, weight in (
            (formatter.count(stock), 17, LARGE, INK, "bold"), (caption, 5, SMALL, MUTED, "normal"),
        ):  # fmt: skip
            ax.annotate(
                text, (side, 1), xycoords="axes fraction", xytext=(0, lift), ha=align,
                textcoords="offset points", fontsize=size, color=colour, fontweight=weight,
                annotation_clip=False,
            )  # fmt: skip


def _tip(row: dict, formatter: Formatter) -> str:
    return formatter.say(
        "{month}: {opening} at the start, {entries} in, {exits} out, {closing} at the end",
        month=formatter.month(row["period"]),
        **{n: formatter.count(row[n]) for n in ("opening", "entries", "exits", "closing")},
    )


def _alt(frame: pd.DataFrame, formatter: Formatter) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    return formatter.say(
        "Bars of entries and exits. {opening} at the start of {first}, {closing} at the end of"
        " {last}: {entries} in, {exits} out.",
        opening=formatter.count(first["opening"]), first=formatter.month(first["period"]),
        closing=formatter.count(last["closing"]), last=formatter.month(last["period"]),
        entries=formatter.count(frame["entries"].sum()),
        exits=formatter.count(frame["exits"].sum()),
    )  # fmt: skip


def _table(frame: pd.DataFrame, formatter: Formatter) -> pd.DataFrame:
    say = formatter.say
    names = {"opening": "Start", "entries": "Entries", "exits": "Exits", "closing": "End"}
    table = {say("Month"): [formatter.month(period) for period in frame["period"]]}
    for column, name in names.items():
        table[say(name)] = [formatter.count(value) for value in frame[column]]
    return pd.DataFrame(table, dtype=object)
