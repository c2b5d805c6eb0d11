"""Who came and who left, period by period, with the stock at both ends."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.numbers import reader
from kpilib.display.status import flags_of
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.over_time import SHOWN, trend
from kpilib.show.scales import Notes, Units
from kpilib.show.theme import HEIGHT, HIGHLIGHT, INK, MAIN, MUTED


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
    rows = chart.figures(rows, "movements")
    return chart.if_unknown(rows, ax) or _draw_movements(rows, notes, ax, kwargs)


def _draw_movements(
    rows: pd.DataFrame, notes: Notes, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw a stock whose coming and going is known."""
    lost = [each for each in ("opening", "entries", "exits") if each not in rows]
    if lost:
        raise error_of(
            ParameterError,
            "movements draws a stock, with {found}; {kpi} has none. Draw it with"
            " kl.plot.trend(rows).",
            found=listed(["opening", "entries", "exits"]),
            kpi=rows["kpi"].iloc[0],
        )
    now = rows.sort_values("period_start").tail(SHOWN).dropna(subset="entries")
    if now.empty:  # no table says who came and who left: the stock alone, or why there is none
        return trend(rows, notes=notes, ax=ax)
    ax, write = chart.axes(ax, HEIGHT + 25), reader()
    tips = _flows(ax, now, **kwargs)
    both = now[(now["entries"] > 0) & (now["exits"] > 0)]  # else the bar is the net
    net = both["entries"] - both["exits"]
    ax.plot(both["period_start"], net, "D", ms=5.5, mfc="white", mec=INK, zorder=5)
    scales.values(ax, pd.concat([now["entries"], -now["exits"]]), "count")
    ax.yaxis.set_major_formatter(Units("count", unsigned=True))
    scales.periods(ax, now)
    events = scales.events(ax, notes, now)
    margin.title(ax, _both_ends(ax, now), 58)
    key = [write.say("The white diamond is the net of a period in which some came and some left.")]
    chart.keep(ax, now, tips=tips, events=events, key=key if len(both) else [])
    return ax


def _flows(ax: Axes, now: pd.DataFrame, **kwargs: Any) -> list:
    """Draw who came above the line and who left below it; return the bars with their tooltips."""
    days = pd.Timedelta((now["period_end"] - now["period_start"]).min().days * 0.62, "D")
    said, tips = [[_moves(row)] for row in now.to_dict("records")], []
    for came, colour in ((now["entries"], MAIN), (-now["exits"], HIGHLIGHT)):
        drawn = chart.look({"width": days, "color": colour, "linewidth": 0}, kwargs)
        tips += zip(ax.bar(now["period_start"], came, **drawn), said, strict=True)
    ax.axhline(0, color=MUTED, lw=1)
    return tips


def _moves(row: dict[str, Any]) -> str:
    write = reader()
    counts = {"opening": "opening", "entries": "entries", "exits": "exits", "closing": "value"}
    return write.say(
        "{month}: {opening} at the start, {entries} in, {exits} out, {closing} at the end",
        month=write.month(row["period"]),
        **{slot: write.count(row[name]) for slot, name in counts.items()},
    )


def _both_ends(ax: Axes, now: pd.DataFrame) -> str:
    """Write the stock above both ends of the plot, and say it as one sentence."""
    write, first, last = reader(), now.iloc[0], now.iloc[-1]
    ends = {"last": write.count(last["value"])}
    end = write.say("end of {month}", month=write.month(last["period"]))
    margin.above(ax, 1, ends["last"], end)
    if "approximate" in flags_of(first):  # of whom the records know too little: it is no beginning
        return write.pair(last["label"], ends["last"])
    if len(now) > 1:  # as a reader compares: end with end
        begin = write.say("end of {month}", month=write.month(first["period"]))
        ends["first"] = write.count(first["value"])
    else:
        begin = write.say("start of {month}", month=write.month(first["period"]))
        ends["first"] = write.count(first["opening"])
    margin.above(ax, 0, ends["first"], begin)
    if ends["first"] == ends["last"]:
        said = write.say("{last} at the beginning and at the end", last=ends["last"])
        return write.pair(last["label"], said)
    return write.say("{label} went from {first} to {last}", label=last["label"], **ends)
