"""Charts over time: one figure, or several side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.saying import say
from kpilib.show import chart, margin, scales
from kpilib.show.margin import End
from kpilib.show.scales import Notes
from kpilib.show.sentences import comparable, group_moved, group_name, moved, until, with_change
from kpilib.show.theme import (
    BEFORE,
    CATEGORIES,
    DASHES,
    GRID,
    HEIGHT,
    INK,
    MAIN,
    MARKERS,
    MUTED,
    SMALL,
    TARGET,
)
from kpilib.tables.contract import UNKNOWN

RUNNING = "running_total"  # the kind of a target that is of all that comes over a longer time
LOOKS = {"palette": CATEGORIES, "dashes": DASHES, "markers": MARKERS}  # of several lines
DASHED = {"color": TARGET, "lw": 1.6, "dashes": (5, 3), "zorder": 3}  # a target
NAMED = 5  # of several lines: no more have room at their ends, and a colour of their own
SHOWN = 13  # periods of a line: a year, and the same period a year before

Target = pd.DataFrame | float | None


def trend(
    rows: pd.DataFrame,
    target: Target = None,
    notes: Notes = (),
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw one KPI period by period, its interval as a band, the year before in grey.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a period, oldest first, as ``data.series`` and ``report.series`` return them. The
        last 13 are drawn; the year before is the column ``year_before``, or the rows before them.
    target : pandas.DataFrame or float, optional
        ``report.target(kpi)``: its line, level or path; or a number.
    notes : pandas.DataFrame or pairs of day and text
        ``report.notes(kpi)``: numbers on the chart, listed below it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own by default.
    **kwargs
        For `seaborn.lineplot`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ParameterError
        The rows are of several KPIs or groups, or lack a column.

    Examples
    --------
    >>> ax = kl.plot.trend(data.series("click_rate", "2026-10", periods=25))
    """
    rows = chart.in_time(rows, "trend")
    return chart.if_unknown(rows, ax) or _draw_trend(rows, target, notes, ax, kwargs)


def _draw_trend(
    rows: pd.DataFrame, target: Target, notes: Notes, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw one KPI of one group."""
    instead = say("Draw them with kl.plot.lines(rows), or keep one")
    chart.only_one(rows, "kpi", "trend", instead)
    chart.one_a_period(rows, ["period_start"], "trend")
    rows = rows.sort_values("period_start")
    now, before = rows.tail(SHOWN), _year_before(rows)
    ax = chart.axes(ax)
    if before.notna().any():
        place = now["period_start"]
        ax.plot(place, before, "o-", ms=2.5, lw=1.8, color=BEFORE, zorder=2)
    scales.band(ax, now)
    tips = settled_line(ax, now, **kwargs)
    gaps(ax, now)
    aim = _target(ax, target, now)
    levels = pd.concat([now["value"], before, now["ci_low"], now["ci_high"], aim])
    said = in_time(ax, now, levels, notes)
    margin.ends(ax, [*_ends(now, before), *_aim_end(aim, now, target)])
    margin.title(ax, moved(with_change(rows)), said.pop("pad"))
    said["remarks"] += _in_all(target, now)
    chart.keep(ax, now, tips=tips, key=_key(now, before), **said)
    return ax


def lines(
    rows: pd.DataFrame,
    hue: str | None = None,
    target: Target = None,
    notes: Notes = (),
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw several KPIs of one unit, or several groups of one, each named at the end of its line.

    Of more than five groups, those that are not the largest of the last period are thin and grey.

    Parameters
    ----------
    rows : pandas.DataFrame
        As for `trend`, of several KPIs or groups.
    hue : str, optional
        The column that tells the lines apart; by default ``kpi`` where there are several, else the
        breakdown.
    target, notes, ax
        As for `trend`.
    **kwargs
        For `seaborn.lineplot`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ParameterError
        The rows have several units, or no column tells them apart.

    Examples
    --------
    >>> rows = data.series(["open_rate", "open_rate_trackable"], "2026-10")
    >>> ax = kl.plot.lines(rows, hue="kpi")
    """
    rows = chart.in_time(rows, "lines")
    return chart.if_unknown(rows, ax) or _draw_lines(rows, hue, target, notes, ax, kwargs)


def _draw_lines(
    rows: pd.DataFrame,
    hue: str | None,
    target: Target,
    notes: Notes,
    ax: Axes | None,
    kwargs: dict[str, Any],
) -> Axes:
    """Draw several lines of one unit."""
    instead = say(
        "Draw each on an Axes of its own: seaborn.relplot(rows, ..., row='unit'), or keep one"
    )
    chart.only_one(rows, "unit", "lines", instead)
    hue = hue or ("kpi" if rows["kpi"].nunique() > 1 else chart.breakdown(rows))
    shown = rows["period_start"].drop_duplicates().nlargest(SHOWN)
    now = rows[rows["period_start"].isin(shown)].sort_values("period_start", kind="stable")
    ax = chart.axes(ax, HEIGHT + 20)
    every, now = now, now[now[hue].isin(_largest(now, hue))]
    thin = every.drop(now.index)
    for _, group in thin.groupby(hue):
        ax.plot(group["period_start"], group["value"], color=MUTED, lw=0.8, alpha=0.6, zorder=1)
    drawn = chart.look(_looks(hue, now[hue].drop_duplicates()), kwargs)
    sns.lineplot(now, x="period_start", y="value", ax=ax, **drawn)
    aim = _target(ax, target, now)
    said = in_time(ax, now, pd.concat([every["value"], aim]), notes)
    ends = _ends_of_lines(now, hue, drawn.get("palette"))
    margin.ends(ax, [*ends, *_aim_end(aim, now, target)])
    margin.title(ax, _several(now if hue != "kpi" else rows, hue), said.pop("pad"))
    key = [*_thin_key(thin, hue), *chart.why_hollow(now)]
    chart.keep(ax, every, key=key, **said)
    return ax


def _largest(rows: pd.DataFrame, hue: str) -> pd.Series:
    """Return the groups that are named: those of the most cases in the last period, if known."""
    last = rows[rows["period_start"].eq(rows["period_start"].max()) & rows[hue].ne(UNKNOWN)]
    if rows[hue].nunique() <= NAMED or hue == "kpi":
        return rows[hue]
    size = last["n"].fillna(last["value"])
    return last.loc[size.nlargest(NAMED).index, hue]


def _thin_key(thin: pd.DataFrame, hue: str) -> list[str]:
    """Say which groups the thin lines are of."""
    names = [group_name(hue, name) for name in thin[hue].drop_duplicates()]
    said = reader().say("Thin grey lines: {groups}.", groups=reader().listed(names))
    return [said] if names else []


def _looks(hue: str, names: Iterable[Any]) -> dict[str, Any]:
    """Return how several lines are drawn, each with a colour, dashes and a marker of its own."""
    return {"hue": hue, "style": hue, "errorbar": None, "legend": False} | {
        look: {name: tones[place % len(tones)] for place, name in enumerate(names)}
        for look, tones in LOOKS.items()
    }


def in_time(
    ax: Axes, now: pd.DataFrame, levels: pd.Series, notes: Notes, ahead: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Scale both axes and number the events; return what a chart says of that, and its title's pad.

    On the axis are the periods of `now`, or those of `ahead`, some of which are still to come.
    """
    from_zero = scales.values(ax, levels, now["unit"].iloc[0])
    scales.periods(ax, now.drop_duplicates("period_start") if ahead is None else ahead)
    events, say = scales.events(ax, notes, now), reader().say
    below = not from_zero and levels.notna().any()
    remarks = [say("The vertical axis does not start at zero.")] if below else []
    if now["unsettled"].any():
        remarks.append(say("A hollow point can still change."))
    return {"events": events, "remarks": remarks, "pad": 24 if events else 8}


def _year_before(rows: pd.DataFrame) -> pd.Series:
    """Return the figures of the year before, in line with the last periods."""
    now = rows.tail(SHOWN)
    if "year_before" in rows:
        return pd.to_numeric(now["year_before"], errors="coerce")
    earlier = comparable(rows).set_index("period_start")["value"]
    moved_on = now["period_start"] - pd.DateOffset(years=1)
    found = pd.Series(earlier.reindex(moved_on).to_numpy(), index=now.index)
    return found[found.index.isin(comparable(now).index)].reindex(now.index)


def settled_line(ax: Axes, now: pd.DataFrame, **kwargs: Any) -> list:
    """Draw settled periods as one line, those that can still change hollow on a dashed one."""
    open_ = now["unsettled"]
    settled = now.assign(value=now["value"].where(~open_))
    stretch = settled["value"].isna().cumsum()  # a line never bridges a period without a figure
    drawn = {"color": MAIN, "zorder": 4} | kwargs
    if settled["value"].notna().any():
        lines_ = {"x": "period_start", "y": "value", "units": "stretch", "estimator": None}
        sns.lineplot(settled.assign(stretch=stretch), ax=ax, **lines_, **drawn)
    colour, tips = drawn["color"], []
    for place in open_[open_].index:
        at = now.index.get_loc(place)
        pair = now.iloc[max(at - 1, 0) : at + 1]
        ax.plot(pair["period_start"], pair["value"], color=colour, lw=1.4, dashes=(2, 2), zorder=3)
    for hollow in (False, True):
        points = now[(open_ == hollow) & now["value"].notna()]
        if len(points):
            look = {"ms": 6.5, "mfc": "white"} if hollow else {"ms": 4.5, "mfc": colour}
            look |= {"color": colour, "zorder": 5, "mew": 1.6, "clip_on": False}
            (artist,) = ax.plot(points["period_start"], points["value"], "o", **look)
            tips.append((artist, [chart.tip(row) for row in points.to_dict("records")]))
    return tips


def gaps(ax: Axes, now: pd.DataFrame) -> None:
    """Shade the periods without a figure; between two surveys there is nothing to shade."""
    missing = now[now["value"].isna()]
    if len(missing) * 2 > len(now):
        return
    half = (now["period_end"] - now["period_start"]).median() / 2
    for row in missing.to_dict("records"):
        middle = row["period_start"]
        ax.axvspan(middle - half, middle + half, color=GRID, alpha=0.55, lw=0, zorder=0)
        look = {"color": MUTED, "size": SMALL, "ha": "center", "va": "bottom", "rotation": 90}
        ax.text(middle, 0.03, reader().say("n/a"), transform=ax.get_xaxis_transform(), **look)


def _target(ax: Axes, target: Target, now: pd.DataFrame) -> pd.Series:
    """Draw a target and return its levels; a running total has no place beside single periods."""
    if target is None or (isinstance(target, pd.DataFrame) and target.empty) or adds_up(target):
        return pd.Series(dtype=float)
    if not isinstance(target, pd.DataFrame):
        ax.axhline(target, **DASHED)
        return pd.Series([float(target)])
    inside = target[target["period_start"].between(*now["period_start"].agg(["min", "max"]))]
    ax.plot(inside["period_start"], inside["value"], **DASHED)
    return inside["value"].astype(float)


def adds_up(target: Target) -> bool:
    """Tell whether a target is of all that comes over a longer time."""
    return isinstance(target, pd.DataFrame) and target.get("kind", pd.Series()).eq(RUNNING).any()


def _in_all(target: Target, now: pd.DataFrame) -> list[str]:
    """Say a target that is of a running total: it is not drawn beside single periods."""
    if not adds_up(target):
        return []
    write, last = reader(), target.iloc[-1]
    value = write.value(last["target"], now["unit"].iloc[0])
    days = {"first": write.day(last["since"]), "last": write.day(last["due"])}
    return [write.say("Target: {target} in all, from {first} to {last}.", target=value, **days)]


def _ends(now: pd.DataFrame, before: pd.Series) -> list[End]:
    write, last = reader(), now.iloc[-1]
    found = []
    if known(last["value"]):
        found.append(End(last["value"], write.figure(last), strong=True))
    if known(before.iloc[-1]):
        value = write.figure({**last, "before": before.iloc[-1]}, "before")
        found.append(End(before.iloc[-1], value, write.say("a year before"), MUTED))
    return found


def _ends_of_lines(now: pd.DataFrame, hue: str, palette: Any) -> list[End]:
    """Write figure and name of each line at its end, in its colour where colours go by name.

    With its month where it ended before the last one: a network that is no longer there has a line
    too.
    """
    write, found, last = reader(), [], now["period_start"].max()
    for name, rows in now.dropna(subset="value").groupby(hue, sort=False):
        row = rows.iloc[-1]
        said = str(row["label"] if hue == "kpi" else group_name(hue, name))
        said = said if row["period_start"] == last else until(said, row["period"])
        colour = palette[name] if isinstance(palette, dict) else INK
        found.append(End(row["value"], write.figure(row), said, colour, strong=True))
    return found


def _aim_end(aim: pd.Series, rows: pd.DataFrame, target: Target) -> list[End]:
    """Write a target beside its line; of a path, what it asks for by now and in the end."""
    if aim.empty:
        return []
    write, unit = reader(), rows["unit"].iloc[0]
    now = write.ticks([aim.iloc[-1]], unit)[0]
    last = target.iloc[-1] if isinstance(target, pd.DataFrame) and "due" in target else None
    if last is None or last["target"] == aim.iloc[-1]:
        return [End(aim.iloc[-1], write.say("target {value}", value=now), colour=TARGET)]
    slots = {"target": write.ticks([last["target"]], unit)[0], "day": write.day_short(last["due"])}
    caption = write.say("target {target} by {day}", **slots)
    now = write.value(aim.iloc[-1], unit, against=last["target"])
    return [End(aim.iloc[-1], write.say("path {value}", value=now), caption, TARGET)]


def _several(rows: pd.DataFrame, hue: str) -> str:
    """Say how each of two figures moved, or which group moved most; of more, what they are."""
    labels = list(rows["label"].drop_duplicates())
    if len(labels) == 1 and hue != "kpi":
        return group_moved(rows, hue)
    if len(labels) == 1 or len(labels) > 2 or hue != "kpi":
        return reader().listed(labels)
    parts = (moved(with_change(found)) for _, found in rows.groupby("label", sort=False))
    return reader().listed(parts)


def _key(now: pd.DataFrame, before: pd.Series) -> list[str]:
    say = reader().say
    said = (
        (say("The band is the 95 % interval."), now["ci_low"].notna().any()),
        (say("In grey, a year before."), before.notna().any()),
    )
    return [*(text for text, holds in said if holds), *chart.why_hollow(now)]
