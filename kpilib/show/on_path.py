"""Is it on its way? A key result's path to its target, and what was reached."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.numbers import LARGE, known, reader
from kpilib.engine.outcome import NO_DATA
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of, say
from kpilib.show import chart, margin, scales
from kpilib.show.margin import End
from kpilib.show.over_time import DASHED, adds_up, gaps, in_time, settled_line, trend
from kpilib.show.scales import Notes
from kpilib.show.theme import MAIN, TARGET

COLUMNS = ("period_start", "period_end", "value", "kind", "since", "target", "due")
BEFORE = 4  # periods shown before the start of a key result
UNSURE = ("ci_low", "ci_high")


def path(
    rows: pd.DataFrame,
    target: pd.DataFrame | None = None,
    notes: Notes = (),
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw what a key result reached on the path to its target, up to the day it is due.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a period of one KPI, as ``report.series`` returns them; or the running total by the
        end of each period, all rows from one first day, as ``report.course`` does.
    target : pandas.DataFrame, optional
        ``report.target(kpi)``. Where it is of a running total (so many in a quarter or a year),
        the figures of single periods are added up from the day it counts from.
    notes : pandas.DataFrame or pairs of day and text
        ``report.notes(kpi)``: numbers on the chart, listed below it.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.lineplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Without a target, that of `trend`.

    Raises
    ------
    ParameterError
        The rows are of several KPIs or groups, or the target is not one of a report.

    Examples
    --------
    >>> ax = kl.plot.path(report.series("leads"), report.target("leads"))
    """
    rows = chart.figures(rows, "path").sort_values(["period_start", "period_end"])
    return chart.if_unknown(rows, ax) or _draw_path(rows, target, notes, ax, kwargs)


def _draw_path(
    rows: pd.DataFrame,
    target: pd.DataFrame | None,
    notes: Notes,
    ax: Axes | None,
    kwargs: dict[str, Any],
) -> Axes:
    """Draw one KPI beside what is asked of it."""
    chart.only_one(rows, "kpi", "path")
    chart.one_a_period(rows, ["period_start", "period_end"], "path")
    if target is None or target.empty:
        return trend(rows, notes=notes, ax=ax, **kwargs)
    _check(rows, target)
    aim = target.sort_values("period_start")
    now, last = _in_view(_reached(rows, aim), aim), aim.iloc[-1]
    ax = chart.axes(ax)
    scales.band(ax, now)
    for _, part in aim.groupby(aim["since"].fillna(aim["due"])):  # each counts from zero again
        _dashed(ax, part)
    tips = settled_line(ax, now, **{"clip_on": False} | kwargs)
    gaps(ax, now)
    reach = [now["value"], now["ci_low"], now["ci_high"], aim["value"], aim["target"]]
    said = in_time(ax, now, pd.concat(reach), notes, _both(now, aim))
    ax.plot(last["period_start"], last["target"], "D", ms=7, color=TARGET, zorder=6, clip_on=False)
    title = _title(now, aim)
    margin.title(ax, title, said.pop("pad"))
    margin.ends(ax, _ends(now, last))
    chart.keep(ax, now, tips=tips, key=_key(now), said=f"{title.rstrip('.')}.", **said)
    return ax


def _check(rows: pd.DataFrame, target: pd.DataFrame) -> None:
    lost = [name for name in COLUMNS if name not in target]
    if lost:
        raise error_of(
            ParameterError,
            "path draws a target of report.target(kpi); this one lacks {lost}.",
            lost=listed(lost),
        )


def _reached(rows: pd.DataFrame, aim: pd.DataFrame) -> pd.DataFrame:
    """Return what was reached by each period's end: of a running total, all since its first day.

    A period without a figure leaves the total unknown from there on.
    """
    if rows["period_start"].duplicated().any():  # running totals, each up to its own end
        return rows.assign(period_start=rows["period_end"].dt.to_period("M").dt.start_time)
    if not adds_up(aim):
        return rows
    since = rows["period_start"].map(aim.set_index("period_start")["since"])
    rows = rows[since.notna()].copy()
    rows["value"] = rows.groupby(since)["value"].transform(lambda part: part.cumsum(skipna=False))
    rows[list(UNSURE)] = None
    unknown = rows["value"].isna()
    return rows.assign(
        status=rows["status"].mask(unknown, NO_DATA),
        reason=rows["reason"].mask(unknown, say("A period that it adds up has no figure.")),
    )


def _in_view(rows: pd.DataFrame, aim: pd.DataFrame) -> pd.DataFrame:
    """Return the periods of a key result, and some before it."""
    first = aim["period_start"].min()
    before = rows[rows["period_start"] < first].tail(BEFORE)
    inside = rows["period_start"].between(first, aim["period_start"].max())
    return pd.concat([before, rows[inside]]).astype({name: float for name in UNSURE})


def _both(now: pd.DataFrame, aim: pd.DataFrame) -> pd.DataFrame:
    """Return the periods reached and those to come, for the axis."""
    columns = ["period", "period_start", "period_end"]
    ahead = aim[aim["period_start"] > now["period_start"].max()]
    ahead = ahead.assign(period=ahead["period_start"].dt.strftime("%Y-%m"))
    shown = now.assign(period=now["period_start"].dt.strftime("%Y-%m")) if len(ahead) else now
    return pd.concat([shown[columns], ahead[columns]]) if len(ahead) else shown


def _dashed(ax: Axes, part: pd.DataFrame) -> None:
    ax.plot(part["period_start"], part["value"], clip_on=False, **DASHED)
    if len(part) == 1:
        ax.plot(part["period_start"], part["value"], "_", ms=12, mew=2.4, color=TARGET, zorder=3)


def _ends(now: pd.DataFrame, last: pd.Series) -> list[End]:
    write, found = reader(), now.dropna(subset="value")
    unit = now["unit"].iloc[0]
    aim = write.say("target {value}", value=write.ticks([last["target"]], unit)[0])
    ends = [End(last["target"], aim, write.day_short(last["due"]), TARGET)]
    if len(found):
        row = found.iloc[-1]
        value = write.value(row["value"], unit, against=last["target"])
        if abs(row["value"]) >= LARGE:
            value = write.ticks([row["value"]], unit)[0]
        ends.append(End(row["value"], value, write.month_short(_name(row)), MAIN, strong=True))
    return ends


def _name(row: pd.Series) -> str:
    return row["period_start"].strftime("%Y-%m") if ".." in row["period"] else row["period"]


def _title(now: pd.DataFrame, aim: pd.DataFrame) -> str:
    """Say what was reached, and what the path asks for by then."""
    write, row = reader(), now.iloc[-1]
    if not known(row["value"]):
        return write.pair(row["label"], write.missing(row))
    asked = aim[aim["period_start"] <= row["period_start"]].tail(1)
    due = row["period_start"] >= aim["period_start"].iloc[-1]
    then = aim["target"].iloc[-1] if due or asked.empty else asked["value"].iloc[-1]
    value = write.value(row["value"], row["unit"], against=then)
    if adds_up(aim) and len(asked):
        since = write.day_short(asked["since"].iloc[-1])
        value = write.say("{value} since {day}", value=value, day=since)
    slots = {"value": value, "target": write.value(then, row["unit"], against=row["value"])}
    if due or asked.empty or aim["kind"].iloc[0] == "level":
        return write.pair(row["label"], write.say("{value}, target {target}", **slots))
    day = write.day_short(asked["period_end"].iloc[-1])
    said = write.say("{value}, the path asks for {target} by {day}", day=day, **slots)
    return write.pair(row["label"], said)


def _key(now: pd.DataFrame) -> list[str]:
    say = reader().say
    band = [say("The band is the 95 % interval.")] if now["ci_low"].notna().any() else []
    return [say("Dashed, the path to the target."), *band, *chart.why_hollow(now)]
