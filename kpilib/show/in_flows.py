"""Draw a stock: who came, who left, and what it was at both ends."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.numbers import reader
from kpilib.errors import ParameterError, listed
from kpilib.show import margin, scales
from kpilib.show.drawable import (
    figures,
    keep,
    new_axes,
    unknown,
    without_figures,
)
from kpilib.show.over_time import SHOWN, Notes, numbered, trend
from kpilib.show.scales import Units
from kpilib.show.theme import (
    HEIGHT,
    HIGHLIGHT,
    INK,
    MAIN,
    MUTED,
)


def movements(rows: pd.DataFrame, notes: Notes = (), ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw who came above the line and who left below it, with the stock at both ends.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a period of a stock: ``opening``, ``entries``, ``exits`` and ``value``, its closing.
    notes : pandas.DataFrame or pairs of day and text
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `matplotlib.axes.Axes.bar`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ParameterError
        The rows are not of a stock. Where nobody knows who came and who left, the stock is drawn
        as by `trend`.

    Examples
    --------
    >>> ax = kl.plot.movements(data.series("email_list_size", "2026-10", periods=13))
    """
    rows = figures(rows, "movements")
    if without_figures(rows):
        return unknown(rows, ax)
    lost = [each for each in ("opening", "entries", "exits") if each not in rows]
    if lost:
        raise ParameterError(
            f"movements draws a stock, with {listed(['opening', 'entries', 'exits'])}; "
            f"{rows['kpi'].iloc[0]} has none. Draw it with kl.plot.trend(rows)."
        )
    write, now = reader(), rows.sort_values("period_start").tail(SHOWN).dropna(subset="entries")
    if now.empty:  # no table says who came and who left: the stock alone, or why there is none
        return trend(rows, notes=notes, ax=ax)
    alone, ax = ax is None, new_axes(HEIGHT + 25) if ax is None else ax
    days = pd.Timedelta((now["period_end"] - now["period_start"]).min().days * 0.62, "D")
    place, tips = now["period_start"], []
    for column, sign, colour in (("entries", 1, MAIN), ("exits", -1, HIGHLIGHT)):
        drawn = {"width": days, "color": colour, "linewidth": 0} | kwargs
        container = ax.bar(place, sign * now[column], **drawn)
        tips += [
            (bar, [_moves(row)]) for bar, row in zip(container, now.to_dict("records"), strict=True)
        ]
    ax.axhline(0, color=MUTED, lw=1)
    both = now[(now["entries"] > 0) & (now["exits"] > 0)]  # else the bar is the net
    net = both["entries"] - both["exits"]
    ax.plot(both["period_start"], net, "D", ms=5.5, mfc="white", mec=INK, zorder=5)
    scales.values(ax, pd.concat([now["entries"], -now["exits"]]), "count")
    ax.yaxis.set_major_formatter(Units("count", unsigned=True))
    scales.periods(ax, now)
    events = numbered(ax, notes, now)
    first, last = now.iloc[0], now.iloc[-1]
    stock = "value" if len(now) > 1 else "opening"  # as a reader compares: end with end
    if len(now) > 1:
        begin = write.say("end of {month}", month=write.month(first["period"]))
    else:
        begin = write.say("start of {month}", month=write.month(first["period"]))
    ends = {"first": write.count(first[stock]), "last": write.count(last["value"])}
    margin.above(ax, 0, ends["first"], begin)
    margin.above(
        ax, 1, ends["last"], write.say("end of {month}", month=write.month(last["period"]))
    )
    title = write.say("{label} went from {first} to {last}", label=last["label"], **ends)
    margin.title(ax, title, 58, alone=alone)
    key = [write.say("The white diamond is the net of a month in which some came and some left.")]
    keep(ax, now, tips=tips, events=events, key=key if len(both) else [])
    return ax


def _moves(row: dict[str, Any]) -> str:
    write = reader()
    counts = {"opening": "opening", "entries": "entries", "exits": "exits", "closing": "value"}
    return write.say(
        "{month}: {opening} at the start, {entries} in, {exits} out, {closing} at the end",
        month=write.month(row["period"]),
        **{slot: write.count(row[name]) for slot, name in counts.items()},
    )
