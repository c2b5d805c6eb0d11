"""A grid of figures: when in the week, or which group in which period; darker for more."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kpilib.definitions import COUNTED
from kpilib.display.numbers import known, reader
from kpilib.display.words import column_words, shorten
from kpilib.engine.clock import HOUR, WEEKDAY
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of
from kpilib.show import chart, margin
from kpilib.show.sentences import breakdowns, group_name
from kpilib.show.theme import GRID, INK, MUTED, SMALL, TONES, WIDTH
from kpilib.tables.contract import UNKNOWN

PERIOD = "period"
ROW, HEAD = 19, 46
LONGEST_NAME = 20
MOST_WRITTEN = 8  # columns in which a figure finds room at 12 points
FEWEST = 5  # cases of a cell whose figure is written
FULL = {WEEKDAY: range(1, 8), HOUR: range(24)}  # groups that have a place even without a row
KEY_WORDS = {
    "tones": "From {low}, light, to {high}, dark.",
    "few": "Cells of few cases have a tone and no figure.",
    "brackets": "In brackets: few cases.",
    "hidden": "Hatched cells are hidden.",
}
BESIDE, A_LETTER, A_DIGIT = 10, 6.8, 7.6  # points beside the grid, of a letter, of a digit


def heatmap(
    rows: pd.DataFrame,
    index: str | None = None,
    columns: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw a grid of figures, darker for more, each written where it finds room.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of two breakdowns, as ``data.evaluate(kpi, period, by=["weekday", "hour"])`` returns
        them, or of one over several periods.
    index, columns : str, optional
        What stands at the side and above; by default the breakdown with more groups at the side,
        periods above.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.heatmap`.

    Returns
    -------
    matplotlib.axes.Axes
        Hidden cells are hatched; a figure that rests on fewer than five cases is not written.

    Raises
    ------
    ParameterError
        The rows are of several KPIs, or do not have two breakdowns.

    Examples
    --------
    >>> ax = kl.plot.heatmap(report.figures("sessions", by=["weekday", "hour"]))
    """
    rows = chart.figures(rows, "heatmap")
    return chart.if_unknown(rows, ax, marks_hidden=True) or _draw_heatmap(
        rows, index, columns, ax, kwargs
    )


def _draw_heatmap(
    rows: pd.DataFrame,
    index: str | None,
    columns: str | None,
    ax: Axes | None,
    kwargs: dict[str, Any],
) -> Axes:
    """Draw the cells of one KPI."""
    chart.only_one(rows, "kpi", "heatmap")
    index, columns = _sides(rows, index, columns)
    chart.one_row_each(rows, [index, columns], "heatmap")
    sides = (columns, index) if index == HOUR else (index, columns)
    names = [_name(row, *sides) for row in rows.to_dict("records")]
    rows = rows.assign(name=names, bare=_bare(rows))
    grid = _grid(rows, index, columns)
    ax = chart.axes(ax, HEAD + ROW * len(grid))
    texts, written = _texts(grid, index)
    drawn = {"cmap": TONES, "cbar": False, "linewidths": 1.5, "linecolor": "white", "fmt": ""}
    drawn |= {"annot": texts if written else None, "annot_kws": {"size": SMALL}} | _span(rows)
    sns.heatmap(grid.map(lambda row: row.get("value")).astype(float), ax=ax, **drawn | kwargs)
    said = {"tips": _cells(ax, grid), "told": _told(grid, index, columns)}
    _names(ax, grid, index, columns)
    margin.title(ax, _highest(rows))
    in_percent = written and rows["unit"].iloc[0] == "rate"
    remarks = [*([reader().say("Figures in %.")] if in_percent else []), *chart.hidden(rows)]
    key, alt = _key(rows, written), _described(rows, grid)
    chart.keep(ax, rows, remarks=remarks, key=key, said=alt, **said)
    return ax


def _sides(rows: pd.DataFrame, index: str | None, columns: str | None) -> tuple[str, str]:
    """Return what stands at the side and above."""
    found = breakdowns(rows)
    if rows["period"].nunique() > 1:
        found.append(PERIOD)
    for name in (index, columns):
        if name is not None and name not in rows:
            raise error_of(
                ParameterError,
                "heatmap has no column {name!r} in these rows. It can draw {found}.",
                name=name,
                found=listed(found),
            )
    rest = [name for name in found if name not in (index, columns)]
    rest.sort(key=lambda name: (name == PERIOD, -rows[name].nunique()))
    index = index or (rest.pop(0) if rest else None)
    columns = columns or (rest.pop() if rest else None)
    if index is None or columns is None:
        raise error_of(
            ParameterError,
            "heatmap draws two breakdowns; these rows have {found}. Ask for two:"
            " data.evaluate(kpi, period, by=['weekday', 'hour']), or for several periods:"
            " data.series(kpi, period, by='channel').",
            found=listed(found) or "none",
        )
    return index, columns


def _name(row: dict[str, Any], *sides: str) -> str:
    write = reader()
    named = (
        write.month(row[each]) if each == PERIOD else group_name(each, row[each]) for each in sides
    )
    return ", ".join(named)


def _grid(rows: pd.DataFrame, index: str, columns: str) -> pd.DataFrame:
    """Return the rows as a grid of mappings, empty where there is none."""
    places = rows.assign(row=rows.to_dict("records"))
    for each in (index, columns):
        places[each] = places[each].fillna(UNKNOWN).astype(str)
    grid = places.pivot(index=index, columns=columns, values="row")
    grid = grid.reindex(index=_order(rows, index), columns=_order(rows, columns))
    return grid.map(lambda row: row if isinstance(row, dict) else {})


def _order(rows: pd.DataFrame, side: str) -> list[str]:
    """Return groups in their own order where they have one, else the largest first."""
    if side in FULL and rows[side].astype(str).str.isdecimal().all():
        return [str(number) for number in FULL[side]]
    if side == PERIOD:
        return list(rows.sort_values("period_start")["period"].drop_duplicates())
    groups = rows.assign(group=rows[side].fillna(UNKNOWN).astype(str)).groupby("group")["value"]
    largest = groups.max().sort_values(ascending=False, na_position="last", kind="stable").index
    return sorted(largest, key=lambda group: group == UNKNOWN)


def _bare(rows: pd.DataFrame) -> pd.Series:
    """Tell which cells rest on too few cases to write their figures."""
    cases = rows["value"].where(rows["unit"].isin(COUNTED), rows["n"])
    return rows["value"].notna() & cases.gt(0) & cases.lt(FEWEST)


def _sure(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose figures are written."""
    return rows[rows["value"].notna() & ~rows["bare"]]


def _in_brackets(row: dict[str, Any]) -> bool:
    """Tell whether a rate rests on few cases, though on enough to write it."""
    return row["unit"] not in COUNTED and row["few"]


def _text(row: dict[str, Any], short: bool = False) -> str:
    if not row or not known(row["value"]) or row["bare"]:
        return ""
    write = reader()
    if short and abs(row["value"]) >= 1000:
        return write.compact(row["value"])
    text = write.value(row["value"], row["unit"])
    text = text.rstrip("% \u00a0\u202f") if row["unit"] == "rate" else text
    return f"({text})" if _in_brackets(row) else text


def _texts(grid: pd.DataFrame, index: str) -> tuple[pd.DataFrame, bool]:
    """Return what stands in the cells, and whether it finds room there."""
    names = max(len(shorten(_header(each, index), LONGEST_NAME)) for each in grid.index)
    room = (WIDTH - BESIDE - A_LETTER * names) / grid.shape[1]
    if grid.shape[1] > MOST_WRITTEN:
        return grid.map(_text), False
    for short in (False, True):
        texts = grid.map(_text, short=short)
        if max(len(text) for text in texts.to_numpy().ravel()) * A_DIGIT <= room:
            return texts, True
    return texts, False


def _span(rows: pd.DataFrame) -> dict[str, float]:
    """Return the ends of the scale of tones: from zero, unless that would show nothing."""
    low, high = rows["value"].agg(["min", "max"])
    near = rows["unit"].iloc[0] == "rate" and low > 0.5 * high
    return {"vmin": low if near or not low > 0 else 0.0, "vmax": high}


def _cells(ax: Axes, grid: pd.DataFrame) -> list:
    """Hatch what is hidden, leave pale what has no figure, and give each cell its tooltip."""
    tips, write = [], reader()
    for i, line in enumerate(grid.to_numpy()):
        for j, row in enumerate(line):
            if not row:
                continue
            secret = row["status"] == "suppressed"
            look = {"facecolor": "none", "linewidth": 0}
            if secret:
                look = {"facecolor": "white", "edgecolor": MUTED, "hatch": "////", "linewidth": 0}
            elif not known(row["value"]):
                look |= {"facecolor": GRID}
                ax.text(j + 0.5, i + 0.5, "–", ha="center", va="center", color=MUTED, size=SMALL)
            cell = ax.add_patch(Rectangle((j + 0.03, i + 0.05), 0.94, 0.9, **look))
            few = write.pair(row["name"], write.say("few cases"))
            said = few if row["bare"] else chart.tip(row)
            tips.append((cell, [said]))
    return tips


def _header(group: str, side: str, short: bool = False) -> str:
    if side == PERIOD:
        return reader().month_short(group) if short else reader().month(group)
    return group_name(side, group)


def _names(ax: Axes, grid: pd.DataFrame, index: str, columns: str) -> None:
    """Name the rows at the left and the columns above, as many as find room."""
    names = [shorten(_header(each, index), LONGEST_NAME) for each in grid.index]
    ax.set_yticks([place + 0.5 for place in range(len(names))], labels=names, rotation=0)
    above = [shorten(_header(each, columns, short=True), LONGEST_NAME) for each in grid.columns]
    side = BESIDE + A_LETTER * max(map(len, names))
    fitting = max(1, int((WIDTH - side) / (A_DIGIT * max(map(len, above)) + 8)))
    step = -(-len(above) // fitting)
    shown = list(range(len(above)))[::-step][::-1]  # the last one always
    ax.set_xticks([place + 0.5 for place in shown], labels=[above[j] for j in shown], rotation=0)
    ax.xaxis.tick_top()
    ax.set(xlabel="", ylabel="")
    ax.tick_params(length=0, pad=3)
    ax.tick_params(axis="y", colors=INK)
    ax.grid(False)


def _highest(rows: pd.DataFrame) -> str:
    """Say where the figure is highest, cells of few cases aside."""
    write, label, sure = reader(), rows["label"].iloc[0], _sure(rows)
    if sure["value"].nunique() < 2 and len(sure) != 1:  # of none or of many alike none is highest
        return str(label)
    most = sure.loc[sure["value"].idxmax()]
    value = write.value(most["value"], most["unit"])
    if len(sure) == 1:
        return write.pair(label, write.say("{first}, {second}", first=most["name"], second=value))
    slots = {"label": label, "group": most["name"], "value": value}
    return write.say("{label}: highest for {group}, {value}", **slots)


def _key(rows: pd.DataFrame, written: bool) -> list[str]:
    write, unit, sure = reader(), rows["unit"].iloc[0], _sure(rows)
    low, high = (write.value(sure["value"].agg(end), unit) for end in ("min", "max"))
    brackets = any(map(_in_brackets, sure.to_dict("records")))
    there = {
        "tones": not written and len(sure),
        "few": rows["bare"].any(),
        "brackets": written and brackets,
        "hidden": rows["status"].eq("suppressed").any(),
    }
    return [write.say(KEY_WORDS[key], low=low, high=high) for key, is_ in there.items() if is_]


def _told(grid: pd.DataFrame, index: str, columns: str) -> pd.DataFrame:
    """Return the grid as a reader reads it."""
    write = reader()

    def text(row: dict[str, Any]) -> str:
        if not row:
            return ""
        if row["bare"]:
            return write.say("few cases")
        return write.row_value(row) if known(row["value"]) else write.reason(row)

    told = grid.map(text)
    told.columns = [_header(each, columns, short=True) for each in grid.columns]
    told.insert(0, _title(index), [_header(each, index) for each in grid.index])
    return told.reset_index(drop=True).rename_axis(columns=None)


def _title(side: str) -> str:
    return reader().say("Period") if side == PERIOD else column_words(side, reader().say)


def _described(rows: pd.DataFrame, grid: pd.DataFrame) -> str:
    write, sure = reader(), _sure(rows)
    if sure.empty:
        return write.say("{label}: no figure here.", label=rows["label"].iloc[0])
    ends = (sure.loc[sure["value"].agg(end)] for end in ("idxmax", "idxmin"))
    high, low = (f"{row['name']} ({write.value(row['value'], row['unit'])})" for row in ends)
    slots = {"rows": grid.shape[0], "columns": grid.shape[1], "high": high, "low": low}
    if sure["value"].nunique() == 1:
        slots["value"] = write.value(sure["value"].iloc[0], sure["unit"].iloc[0])
        return write.say("Grid of {rows} by {columns}. Every figure: {value}.", **slots)
    return write.say("Grid of {rows} by {columns}. Highest: {high}. Lowest: {low}.", **slots)
