"""Charts over time: one figure, several, or who came and who left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.errors import ParameterError, listed
from kpilib.show import margin, scales
from kpilib.show.drawable import (
    breakdown,
    figures,
    keep,
    new_axes,
    tip,
    unknown,
    why_hollow,
    without_figures,
)
from kpilib.show.group_names import group_name
from kpilib.show.margin import End
from kpilib.show.sentences import group_moved, moved
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

RUNNING = "running_total"  # the kind of a target that is of all that comes over a longer time
SHOWN = 13  # periods of a line: a year, and the same period a year before

Notes = pd.DataFrame | Sequence[tuple[date, str]]
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
    rows = figures(rows, "trend")
    if without_figures(rows):
        return unknown(rows, ax)
    _require_one_a_period(rows)
    rows = rows.sort_values("period_start")
    now, before = rows.tail(SHOWN), _year_before(rows)
    alone, ax = ax is None, new_axes() if ax is None else ax
    unit, place = now["unit"].iloc[0], now["period_start"]
    tips = []
    if before.notna().any():
        sns.lineplot(x=place, y=before, color=BEFORE, lw=1.8, dashes=False, ax=ax, zorder=2)
        ax.plot(place, before, "o", ms=2.5, color=BEFORE, zorder=2)
    if now["ci_low"].notna().any():
        scales.band(ax, now)
    tips += settled_line(ax, now, **kwargs)
    gaps(ax, now)
    aim = _target(ax, target, now)
    levels = pd.concat([now["value"], before, now["ci_low"], now["ci_high"], aim])
    from_zero = scales.values(ax, levels, unit)
    scales.periods(ax, now)
    events = numbered(ax, notes, now)
    margin.ends(ax, [*_ends(now, before), *_aim_end(aim, unit, target)])
    margin.title(ax, moved(_with_change(rows)), 24 if events else 8, alone=alone)
    remarks = [*_remarks(now, from_zero), *_in_all(target, unit)]
    keep(ax, now, tips=tips, events=events, remarks=remarks, key=_key(now, before))
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
    rows = figures(rows, "lines")
    if without_figures(rows):
        return unknown(rows, ax)
    if rows["unit"].nunique() > 1:
        raise ParameterError(
            f"lines draws one unit; these rows have {listed(rows['unit'].unique())}. Draw each "
            "unit on an Axes of its own: seaborn.relplot(rows, ..., row='unit')."
        )
    hue = hue or ("kpi" if rows["kpi"].nunique() > 1 else breakdown(rows))
    unit = rows["unit"].iloc[0]
    shown = rows["period_start"].drop_duplicates().nlargest(SHOWN)
    now = rows[rows["period_start"].isin(shown)].sort_values("period_start")
    names = list(now[hue].drop_duplicates())
    alone, ax = ax is None, new_axes(HEIGHT + 20) if ax is None else ax
    looks = {name: index % len(CATEGORIES) for index, name in enumerate(names)}
    drawn = {
        "palette": {name: CATEGORIES[index] for name, index in looks.items()},
        "dashes": {name: DASHES[index] for name, index in looks.items()},
        "markers": {name: MARKERS[index] for name, index in looks.items()},
    } | kwargs
    sns.lineplot(
        now,
        x="period_start",
        y="value",
        hue=hue,
        style=hue,
        errorbar=None,
        legend=False,
        ax=ax,
        **drawn,
    )
    aim = _target(ax, target, now)
    from_zero = scales.values(ax, pd.concat([now["value"], aim]), unit)
    scales.periods(ax, now.drop_duplicates("period_start"))
    events = numbered(ax, notes, now)
    ends = _ends_of_lines(now[now["period_start"] == shown.max()], hue, drawn["palette"])
    margin.ends(ax, [*ends, *_aim_end(aim, unit, target)])
    said = _several(now if hue != "kpi" else rows, hue)
    margin.title(ax, said, 24 if events else 8, alone=alone)
    keep(ax, now, events=events, remarks=_remarks(now, from_zero), key=why_hollow(now))
    return ax


def _require_one_a_period(rows: pd.DataFrame) -> None:
    ids = rows["kpi"].unique()
    if len(ids) > 1:
        raise ParameterError(
            f"trend draws one KPI; these rows are of {len(ids)}: {listed(ids)}. Draw them with "
            f"kl.plot.lines(rows), or keep one: rows[rows['kpi'] == {ids[0]!r}]."
        )
    if rows["period_start"].duplicated().any():
        raise ParameterError(
            "trend draws one row a period; these rows hold several groups. Draw them with "
            "kl.plot.lines(rows) or kl.plot.bars(rows), or keep one group."
        )


def _year_before(rows: pd.DataFrame) -> pd.Series:
    """Return the figures of the year before, in line with the last periods."""
    now = rows.tail(SHOWN)
    if "year_before" in rows:
        return pd.to_numeric(now["year_before"], errors="coerce")
    earlier = rows.set_index("period_start")["value"]
    moved_on = now["period_start"] - pd.DateOffset(years=1)
    return pd.Series(earlier.reindex(moved_on).to_numpy(), index=now.index)


def settled_line(ax: Axes, now: pd.DataFrame, **kwargs: Any) -> list:
    """Draw settled periods as one line, those that can still change hollow on a dashed one."""
    open_ = now["unsettled"]
    settled = now.assign(value=now["value"].where(~open_))
    stretch = settled["value"].isna().cumsum()  # a line never bridges a period without a figure
    drawn = {"color": MAIN, "zorder": 4} | kwargs
    if settled["value"].notna().any():
        sns.lineplot(
            settled.assign(stretch=stretch),
            x="period_start",
            y="value",
            units="stretch",
            estimator=None,
            ax=ax,
            **drawn,
        )
    colour, tips = drawn["color"], []
    for place in open_[open_].index:
        at = now.index.get_loc(place)
        pair = now.iloc[max(at - 1, 0) : at + 1]
        ax.plot(pair["period_start"], pair["value"], color=colour, lw=1.4, dashes=(2, 2), zorder=3)
    for hollow in (False, True):
        points = now[(open_ == hollow) & now["value"].notna()]
        if len(points):
            (artist,) = ax.plot(
                points["period_start"],
                points["value"],
                "o",
                color=colour,
                zorder=5,
                mew=1.6,
                ms=6.5 if hollow else 4.5,
                mfc="white" if hollow else colour,
                clip_on=False,
            )
            tips.append((artist, [tip(row) for row in points.to_dict("records")]))
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
        ax.text(
            middle,
            0.03,
            reader().say("n/a"),
            rotation=90,
            color=MUTED,
            size=SMALL,
            ha="center",
            va="bottom",
            transform=ax.get_xaxis_transform(),
        )


def _target(ax: Axes, target: Target, now: pd.DataFrame) -> pd.Series:
    """Draw a target and return its levels; a running total has no place beside single periods."""
    if target is None or (isinstance(target, pd.DataFrame) and target.empty) or adds_up(target):
        return pd.Series(dtype=float)
    if not isinstance(target, pd.DataFrame):
        ax.axhline(target, color=TARGET, lw=1.6, dashes=(5, 3), zorder=3)
        return pd.Series([float(target)])
    inside = target[target["period_start"].between(*now["period_start"].agg(["min", "max"]))]
    ax.plot(inside["period_start"], inside["value"], color=TARGET, lw=1.6, dashes=(5, 3), zorder=3)
    return inside["value"].astype(float)


def adds_up(target: Target) -> bool:
    """Tell whether a target is of all that comes over a longer time."""
    return isinstance(target, pd.DataFrame) and target.get("kind", pd.Series()).eq(RUNNING).any()


def _in_all(target: Target, unit: str) -> list[str]:
    """Say a target that is of a running total: it is not drawn beside single periods."""
    if not adds_up(target):
        return []
    write, last = reader(), target.iloc[-1]
    value = write.value(last["target"], unit)
    days = {"first": write.day(last["since"]), "last": write.day(last["due"])}
    return [write.say("Target: {target} in all, from {first} to {last}.", target=value, **days)]


def numbered(ax: Axes, notes: Notes, now: pd.DataFrame) -> list[str]:
    """Number the events on the chart and return what each number says."""
    if isinstance(notes, pd.DataFrame):
        notes = list(zip(notes["date"], notes["text"], strict=True))
    first, last = now["period_start"].min(), now["period_end"].max()
    found = sorted((pd.Timestamp(day), text) for day, text in notes)
    return scales.events(ax, [each for each in found if first <= each[0] <= last])


def _ends(now: pd.DataFrame, before: pd.Series) -> list[End]:
    write, last = reader(), now.iloc[-1]
    found = []
    if known(last["value"]):
        found.append(End(last["value"], write.value(last["value"], last["unit"]), strong=True))
    if known(before.iloc[-1]):
        value = write.value(before.iloc[-1], last["unit"])
        found.append(End(before.iloc[-1], value, write.say("a year before"), MUTED))
    return found


def _ends_of_lines(last: pd.DataFrame, hue: str, palette: Any) -> list[End]:
    """Write figure and name of each line at its end, in its colour where colours go by name."""
    write, found = reader(), []
    for name, rows in last.groupby(hue, sort=False):
        row = rows.iloc[-1]
        if known(row["value"]):
            said = row["label"] if hue == "kpi" else group_name(hue, name)
            colour = palette[name] if isinstance(palette, dict) else INK
            figure = write.value(row["value"], row["unit"])
            found.append(End(row["value"], figure, str(said), colour, strong=True))
    return found


def _aim_end(aim: pd.Series, unit: str, target: Target) -> list[End]:
    """Write a target beside its line; of a path, what it asks for by now and in the end."""
    if aim.empty:
        return []
    write, now = reader(), reader().ticks([aim.iloc[-1]], unit)[0]
    last = target.iloc[-1] if isinstance(target, pd.DataFrame) and "due" in target else None
    if last is None or last["target"] == aim.iloc[-1]:
        return [End(aim.iloc[-1], write.say("target {value}", value=now), colour=TARGET)]
    slots = {"target": write.ticks([last["target"]], unit)[0], "day": write.day_short(last["due"])}
    caption = write.say("target {target} by {day}", **slots)
    now = write.value(aim.iloc[-1], unit, against=last["target"])
    return [End(aim.iloc[-1], write.say("path {value}", value=now), caption, TARGET)]


def _with_change(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the last row with its change on the year before, where the rows go back so far."""
    last = rows.sort_values("period_start").iloc[-1].to_dict()
    earlier = rows[rows["period_start"] == last["period_start"] - pd.DateOffset(years=1)]
    if known(last.get("delta_year_before")) or earlier.empty:
        return last
    before = earlier["value"].iloc[-1]
    change = {"delta_year_before": last["value"] - before, "year_before": before}
    relative = {"change_year_before": last["value"] / before - 1} if before > 0 else {}
    return last | change | relative


def _several(rows: pd.DataFrame, hue: str) -> str:
    """Say how each of two figures moved, or which group moved most; of more, what they are."""
    labels = list(rows["label"].drop_duplicates())
    if len(labels) == 1 and hue != "kpi":
        return group_moved(rows, hue)
    if len(labels) == 1 or len(labels) > 2 or hue != "kpi":
        return reader().listed(labels)
    parts = (moved(_with_change(found)) for _, found in rows.groupby("label", sort=False))
    return reader().listed(parts)


def _key(now: pd.DataFrame, before: pd.Series) -> list[str]:
    say = reader().say
    said = (
        (say("The band is the 95 % interval."), now["ci_low"].notna().any()),
        (say("In grey, a year before."), before.notna().any()),
    )
    return [*(text for text, holds in said if holds), *why_hollow(now)]


def _remarks(now: pd.DataFrame, from_zero: bool) -> list[str]:
    say = reader().say
    said = (
        (say("The vertical axis does not start at zero."), not from_zero),
        (
            say("A hollow point can still change."),
            now["unsettled"].any(),
        ),
    )
    return [text for text, holds in said if holds]
