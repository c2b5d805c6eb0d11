"""What every chart has: rows that can be drawn, Axes of its own, and what a page keeps of it.

And what stands in its place where there is no figure, or where the rows are not what it draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cbook import normalize_kwargs
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from kpilib.display.numbers import bounded, reader
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of, say
from kpilib.show import theme
from kpilib.show.fitting import give_room
from kpilib.show.sentences import breakdowns
from kpilib.show.theme import HEIGHT, MUTED, WIDTH

WIDE = 44  # characters of a line
UNNAMED = " "  # an axis, until a chart names it or leaves it without a name
UNKNOWN_WORDS = {
    "missing": "No figure can be worked out",
    "bounded": "Only between which bounds it lies can be told",
    "hidden": "No figure may be shown",
}


@dataclass(frozen=True)
class Kept:
    """What a chart says beside its picture.

    Parameters
    ----------
    rows : pandas.DataFrame
        The figures drawn.
    tips : sequence of (artist, texts)
    events : sequence of str
        What the numbers on the chart stand for.
    remarks : sequence of str
        With what care to read the figures.
    key : sequence of str
        What the marks stand for; it is closed with the figures.
    told : pandas.DataFrame, optional
        The table below the picture, where it is another than that of the rows.
    said : str
        The picture in words; made of the rows where it is empty.
    """

    rows: pd.DataFrame
    tips: Sequence[tuple[Artist, Sequence[str]]] = ()
    events: Sequence[str] = ()
    remarks: Sequence[str] = ()
    key: Sequence[str] = ()
    told: pd.DataFrame | None = None
    said: str = ""


_KEPT: WeakKeyDictionary[Axes, Kept] = WeakKeyDictionary()
_OWN: WeakSet[Figure] = WeakSet()


def keep(ax: Axes, rows: pd.DataFrame, **said: Any) -> None:
    """Keep the rows of an Axes, and what is said beside it, for the page."""
    _KEPT[ax] = Kept(rows, **said)


def kept_of(figure: Figure) -> dict[Axes, Kept]:
    """Return what was kept of the Axes of a figure."""
    return {ax: _KEPT[ax] for ax in figure.axes if ax in _KEPT}


def new_axes(height: float = HEIGHT, rows: int = 1) -> Axes:
    """Return the Axes of a new pyplot figure, `height` points high, with the theme."""
    with sns.axes_style("whitegrid", theme.THEME), matplotlib.rc_context(theme.THEME):
        size = WIDTH / theme.POINTS_AN_INCH, height / theme.POINTS_AN_INCH
        figure, axes = plt.subplots(rows, figsize=size, layout="constrained")
    for ax in figure.axes:  # unnamed, seaborn would make all ticks to see whether any has a name
        ax.set(xlabel=UNNAMED, ylabel=UNNAMED)
    _OWN.add(figure)
    return axes


def axes(ax: Axes | None, height: float = HEIGHT, rows: int = 1) -> Axes:
    """Return the Axes to draw in: an analyst's, with room for `height` points, or `new_axes`."""
    if ax is None:
        return new_axes(height, rows)
    give_room(ax, height)
    return ax


def own(figure: Figure) -> bool:
    """Tell whether a figure was made for one chart: an analyst's own has a layout of its own."""
    return figure in _OWN


def figures(rows: pd.DataFrame, chart: str) -> pd.DataFrame:
    """Return rows that can be drawn, without the figures of hidden groups."""
    needed = ("kpi", "label", "period", "period_start", "value", "unit", "status")
    lost = [name for name in needed if name not in rows]
    if lost:
        raise error_of(
            ParameterError,
            "{chart} draws rows of data.evaluate or data.series; these lack {lost}. Their"
            " columns are: {columns}.",
            chart=chart,
            lost=listed(lost),
            columns=listed(rows.columns),
        )
    if rows.empty:
        raise error_of(
            ParameterError, "{chart} has nothing to draw: the frame has no row.", chart=chart
        )
    rows = rows.copy()
    hidden = rows["status"].eq("suppressed")
    for column in ("value", "ci_low", "ci_high", "n"):
        rows[column] = pd.to_numeric(rows.get(column), errors="coerce")
        rows.loc[hidden, column] = None
    # Whether a figure can still change, or is of few cases: in a list, or a text of figures.csv.
    flags = rows.get("flags", pd.Series("", index=rows.index)).astype(str)
    rows["unsettled"] = flags.str.contains("partial|immature") & rows["value"].notna()
    rows["few"] = flags.str.contains("low_n")
    return rows


def in_time(rows: pd.DataFrame, draws: str) -> pd.DataFrame:
    """Return rows of `figures` from the first period of which anything is known.

    Of a year's page, eleven of thirteen places on the axis stood empty.
    """
    rows = figures(rows, draws)
    silent = rows["status"].eq("no_data") & rows["value"].isna()
    first = rows.loc[~silent, "period_start"].min()
    return rows if pd.isna(first) else rows[rows["period_start"].ge(first)]


def look(ours: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return how marks are drawn: as the chart does, except where who calls it says otherwise.

    One colour for all, or colours by another column, takes the place of the chart's by group.
    """
    asked = normalize_kwargs(asked, Patch)  # lw for linewidth
    gone = {"hue", "palette"} if "color" in asked else {"palette"} if "hue" in asked else set()
    return {name: each for name, each in ours.items() if name not in gone} | asked


def if_unknown(rows: pd.DataFrame, ax: Axes | None, *, marks_hidden: bool = False) -> Axes | None:
    """Say in place of a chart why there is nothing to draw.

    That is where there is no figure, nor a hidden one in a chart that `marks_hidden` ones.
    """
    hidden = marks_hidden and rows["status"].eq("suppressed").any()
    return None if hidden or rows["value"].notna().any() else unknown(rows, ax)


def unknown(rows: pd.DataFrame, ax: Axes | None) -> Axes:
    """Say in place of a chart why there is no figure in any row."""
    write, ax = reader(), axes(ax, HEIGHT / 2)
    ax.axis("off")
    last = rows.drop_duplicates("kpi", keep="last")  # the period that is asked for
    told = last.to_dict("records")
    said = [write.pair(row["label"], write.missing(row)) for row in told]
    ax.text(0, 0.5, fill("\n".join(said), WIDE), transform=ax.transAxes, va="center", color=MUTED)
    hidden = last["status"].eq("suppressed").all()
    kind = "hidden" if hidden else "bounded" if all(map(bounded, told)) else "missing"
    ax.set_title(write.say(UNKNOWN_WORDS[kind]), loc="left")
    why = rows.reindex(columns=["status", "reason"]).drop_duplicates()
    keep(ax, rows if len(why) > 1 else last)  # one reason is not told again month by month
    return ax


def breakdown(rows: pd.DataFrame) -> str:
    """Return the column of the groups; refuse rows without any."""
    found = breakdowns(rows)
    if not found:
        raise error_of(
            ParameterError,
            "These rows have no groups. Ask for them by a column: data.evaluate(kpi,"
            " period, by='channel').",
        )
    return found[0]


def tip(row: dict[str, Any]) -> str:
    write = reader()
    name = row["name"] if "name" in row else write.month(row["period"])
    said = [write.pair(name, write.row_value(row))]
    interval = write.interval(row.get("ci_low"), row.get("ci_high"), row["unit"])
    if interval:
        said.append(write.say("95 % interval {interval}", interval=interval))
    return ", ".join(said)


def only_one(rows: pd.DataFrame, column: str, chart: str, instead: str = "") -> None:
    """Refuse rows of several KPIs or units, `column`, where a chart draws one.

    Raises
    ------
    ParameterError
        There are several; it says what to do `instead`.
    """
    found = rows[column].unique()
    if len(found) > 1:
        name = "KPI" if column == "kpi" else column
        raise error_of(
            ParameterError,
            "{chart} draws one {name}; these rows are of {count}: {found}. {instead}:"
            " rows[rows[{column!r}] == {first!r}].",
            chart=chart,
            name=name,
            count=len(found),
            found=listed(found),
            instead=instead or say("Keep one"),
            column=column,
            first=found[0],
        )


def one_a_period(rows: pd.DataFrame, span: list[str], chart: str) -> None:
    """Refuse rows of several groups where each period, known by its `span`, is drawn once.

    Raises
    ------
    ParameterError
        A period stands there twice.
    """
    if rows.duplicated(span).any():
        raise error_of(
            ParameterError,
            "{chart} draws one row a period; these rows hold several groups. Draw them"
            " with kl.plot.lines(rows) or kl.plot.bars(rows), or keep one group.",
            chart=chart,
        )


def one_row_each(rows: pd.DataFrame, names: list[str], chart: str) -> None:
    """Refuse rows of several periods where each group is drawn once.

    Raises
    ------
    ParameterError
        A group stands there twice.
    """
    if not rows.duplicated(["kpi", *names], keep=False).any():
        return
    periods = rows["period"].drop_duplicates()
    if len(periods) > 1:
        raise error_of(
            ParameterError,
            "{chart} draws one period; these rows are of {count}: {periods}. Keep one:"
            " rows[rows['period'] == {last!r}].",
            chart=chart,
            count=len(periods),
            periods=listed(periods),
            last=periods.iloc[-1],
        )
    if not names:
        raise error_of(
            ParameterError,
            "{chart} draws one group; these rows hold several. Keep one group.",
            chart=chart,
        )
    raise error_of(
        ParameterError,
        "{chart} draws one row a group; by {names} these rows have several. Ask for one"
        " breakdown: data.evaluate(kpi, period, by='channel').",
        chart=chart,
        names=listed(names),
    )


def hidden(rows: pd.DataFrame) -> list[str]:
    """Say that groups are hidden, where some are."""
    if not rows["status"].eq("suppressed").any():
        return []
    return [reader().say("Groups are hidden when showing them would let a person be recognised.")]


def why_hollow(rows: pd.DataFrame) -> list[str]:
    """Say why a point is hollow, where one is."""
    if not rows["unsettled"].any():
        return []
    return [reader().say("Hollow: its period or its cases are not over.")]
