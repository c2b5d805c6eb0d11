"""From a matplotlib Figure to what a page shows: picture, description, tooltips, figures behind it.

One formatter, registered by `activate`, shows each open figure once, whatever the last line of a
cell is; a figure that a later cell changes is shown anew where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib
import numpy as np
import pandas as pd
import polars as pl
from IPython import get_ipython
from IPython.display import HTML, DisplayHandle
from matplotlib import pyplot
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from kpilib.answers.by_hand import NAMED
from kpilib.display.numbers import reader
from kpilib.show.chart import Kept, kept_of, own
from kpilib.show.fitting import fit
from kpilib.show.pages import fill
from kpilib.show.scales import in_language
from kpilib.show.svg import render
from kpilib.show.tables import split_title, table
from kpilib.show.theme import WIDTH

SVG = {"svg.fonttype": "none"}
PERSONS = "persons.json"
PLOT = "seaborn._core.plot", "Plot"  # of seaborn.objects, which only who uses it imports

_SHOWN: WeakKeyDictionary[Figure, Any] = WeakKeyDictionary()  # with IPython's handle of each
_NUMBER = count(1)


def picture(figure: Figure, key: str = "chart") -> str:
    """Return the HTML of a figure: what a page shows of it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    key : str
        Prefix of every id, unique on the page.

    Returns
    -------
    str
        A ``<figure>``: the title of its only Axes (or its own) as caption, inline SVG with a
        description, numbered events, remarks; closed, what its marks stand for and the figures.
    """
    drawn = kept_of(figure)
    kept = [*drawn.values()]
    in_language(figure)
    alt = _alt(figure, kept)
    title, restore = _lifted(figure)
    _lay_out(figure, drawn)
    try:
        with matplotlib.rc_context(SVG):
            svg = render(figure, key=key, title=title or alt, alt=alt, tips=_tips(kept))
    finally:
        restore()
        figure.stale = False
    return fill(
        "figure.html.j2",
        title=title,
        svg=svg,
        width=round(figure.get_figwidth() * 100),  # in a notebook; a page has columns of its own
        wide=figure.get_figwidth() * 72 > 1.3 * WIDTH,
        described=bool(kept or figure.get_label()),
        events=[event for each in kept for event in each.events],
        remarks=list(dict.fromkeys(remark for each in kept for remark in each.remarks)),
        key=list(dict.fromkeys(line for each in kept for line in each.key)),
        tables=_tables(drawn),
    )


def _tables(drawn: dict[Axes, Kept]) -> list[tuple[str, pd.DataFrame]]:
    """Return the figures below a picture; of several charts each with the name of its own."""
    told = (table(each.rows) if each.told is None else each.told for each in drawn.values())
    names = map(_name, drawn) if len(drawn) > 1 else [""]
    return list(zip(names, told, strict=False))


def _lay_out(figure: Figure, drawn: Container[Axes]) -> None:
    """Have no label of an own chart cut off; a scale of colours has made a place for itself."""
    if not any(ax.get_subplotspec() for ax in figure.axes):
        figure.set_layout_engine("none")  # each has its place by hand: matplotlib would warn
        return
    if isinstance(figure.get_layout_engine(), PlaceHolderLayoutEngine | None):
        figure.draw_without_rendering()  # so that places are known
        scaled = any(ax.get_label() == "<colorbar>" for ax in figure.axes)
        beside = min((key.get_window_extent().x0 for key in figure.legends), default=np.inf)
        width = beside / figure.bbox.width  # seaborn's key stands at the right
        rect = (0, 0, width if 0.5 < width < 1 else 1, 1)
        figure.set_layout_engine("tight" if scaled else "constrained", rect=rect)
    if not own(figure):
        fit(figure, drawn)


def _alt(figure: Figure, kept: list[Kept]) -> str:
    """Say what a picture shows: in its analyst's words, of figure.set_label, and in ours."""
    own = str(figure.get_label()).strip()
    own += "." if own and own[-1] not in ".!?…" else ""
    told = map(described, kept) if kept else (_seen(figure),)
    return " ".join(filter(None, (own, *told)))


def _tips(kept: list[Kept]) -> list[tuple[Artist, Sequence[str]]]:
    """Return the tooltips of a figure, but of what an analyst removed from it."""
    return [tip for each in kept for tip in each.tips if tip[0].figure is not None]


def _lifted(figure: Figure) -> tuple[str, Any]:
    """Take the title out of the picture, to stand above it as text; return how to put it back."""
    axes = [ax for ax in figure.axes if ax.get_title(loc="left") or ax.get_title()]
    if figure.get_suptitle():
        title = figure._suptitle
        title.set_visible(False)
        return _in_one_line(title.get_text()), lambda: title.set_visible(True)
    if len(axes) == 1 and len(figure.axes) == 1:
        ax = axes[0]
        title = ax._left_title if ax.get_title(loc="left") else ax.title
        text = title.get_text()
        title.set_text("")  # for one that is hidden matplotlib still looks for a place: all ticks
        return _in_one_line(text), lambda: title.set_text(text)
    return "", lambda: None


def _name(ax: Axes) -> str:
    return _in_one_line(ax.get_title(loc="left") or ax.get_title())


def _in_one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def described(kept: Kept) -> str:
    """Say in words what is drawn, for whoever does not see it."""
    if kept.said:
        return kept.said
    write, said = reader(), []
    for _, rows in kept.rows.groupby("label", sort=False):
        found = rows.dropna(subset="value")
        label = rows["label"].iloc[0]
        if found.empty:
            said.append(write.say("{label}: no figure here.", label=label))
            continue
        one, at = _named(found)
        low, high = found["value"].idxmin(), found["value"].idxmax()
        said.append(
            write.say(
                "{label}, {count} figures: {first} to {last}; lowest {low}, highest {high}.",
                label=label,
                count=len(found),
                first=one(found.index[0]),
                last=one(found.index[-1]),
                low=one(low),
                high=one(high),
            )
            if at == "period" and len(found) > 1
            else write.say(
                "{label}: {groups}.", label=label, groups=write.listed(map(one, found.index))
            )
        )
    return " ".join(said)


def _named(rows: pd.DataFrame) -> tuple[Any, str]:
    """Return how one row is named and written, and what tells the rows apart."""
    write = reader()
    at = "name" if "name" in rows else "period"

    def one(index: Any) -> str:
        row = rows.loc[index]
        name = row["name"] if at == "name" else write.month(row["period"])
        return f"{write.value(row['value'], row['unit'])} ({name})"

    return one, at


def _seen(figure: Figure) -> str:
    """Describe a chart that was not made of rows of ours, from what stands on its axes."""
    write, said = reader(), []
    for ax in figure.axes:
        names = [_name(ax), ax.get_xlabel(), ax.get_ylabel()]
        drawn = len(ax.lines) + len(ax.patches) + len(ax.collections) + len(ax.images)
        named = write.listed(name for name in names if name)
        told = write.say("Chart of {named}", named=named) if named else write.say("Untitled chart")
        said.append(
            write.say("{chart}; one mark.", chart=told)
            if drawn == 1
            else write.say("{chart}; {count} marks.", chart=told, count=drawn)
        )
    return " ".join(said) or write.say("An empty chart.")


# In a notebook ----------------------------------------------------------------------------------


def activate() -> None:
    """Let every figure of this kernel be shown once, as a page shows it.

    Does nothing outside a notebook. `off` gives Jupyter's own display back.
    """
    shell = _shell()
    if shell is None:
        return
    shell.enable_matplotlib("inline")  # first: it registers formatters of its own
    from matplotlib_inline.config import InlineBackend

    pyplot.uninstall_repl_displayhook()  # it draws once more after a cell: the picture is made
    InlineBackend.instance(parent=shell).close_figures = True
    by_hand = shell.display_formatter.ipython_display_formatter
    by_hand.for_type(Artist, lambda artist: None)  # "<Axes: ...>" tells a reader nothing
    by_hand.for_type(Figure, _show)
    by_hand.for_type(tuple, _but_limits)
    by_hand.for_type_by_name(*PLOT, _objects)
    events = shell.events
    if _renew not in events.callbacks["post_execute"]:
        events.register("post_execute", _renew)


def publish(private: Path | None) -> None:
    """Let every frame of this kernel stand on the page as a reader reads it.

    In a run, who is named in the kernel is noted in its private folder, where its outputs lie.
    """
    shell = _shell()
    if shell is not None:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type(pd.DataFrame, _frame)
        html.for_type(pd.Series, lambda column: _frame(column.to_frame()))
        html.for_type(pl.DataFrame, lambda frame: _frame(frame.to_pandas()))
        for kind in (str, int, float, np.generic, date):
            html.for_type(kind, _alone)
        if private is not None:
            shell.events.register("post_run_cell", partial(_note_named, private / PERSONS))


def _but_limits(value: tuple) -> None:
    """Leave out what `ax.axis("off")` and `ax.set_ylim(0)` answer at the end of a cell."""
    numbers = all(isinstance(each, float) for each in value)
    for ax in pyplot.gcf().axes if numbers and pyplot.get_fignums() else ():
        if value in (ax.get_xlim(), ax.get_ylim(), ax.axis()):
            return
    raise NotImplementedError  # Jupyter then shows it


def _objects(plot: Any) -> None:
    """Show a plot of seaborn.objects like any other, with the theme of all."""
    look = plot.config.theme  # its own, whatever theme seaborn has
    look.update({name: matplotlib.rcParams[name] for name in look})
    plot.plot(pyplot=True)


def _note_named(path: Path, _result: Any) -> None:
    if NAMED:
        path.write_text(json.dumps(sorted(NAMED)), encoding="utf-8")


def _frame(frame: pd.DataFrame) -> str:
    """Write a frame; a change split over groups is closed, what moved it stands in the lead."""
    return fill("frame.html.j2", rows=table(frame), summary=split_title(frame))


def _alone(value: Any) -> str:
    """Write the number, day or text that a cell ends with; nan as it is, which no page may show."""
    text = table(pd.DataFrame({"": [value]}, dtype=object)).iloc[0, 0]
    return fill("alone.html.j2", lines=(text or str(value)).splitlines())


def off() -> None:
    """Give Jupyter's own display of figures back.

    Examples
    --------
    >>> kl.off()
    """
    shell = _shell()
    if shell is None:
        return
    pyplot.install_repl_displayhook()
    by_hand = shell.display_formatter.ipython_display_formatter
    for kind in (Artist, Figure, ".".join(PLOT)):
        by_hand.pop(kind, None)
    if _renew in shell.events.callbacks["post_execute"]:
        shell.events.unregister("post_execute", _renew)


def _shell() -> Any:
    """Return the notebook's shell, if there is one."""
    shell = get_ipython()
    return shell if shell is not None and hasattr(shell, "kernel") else None


def _show(figure: Figure) -> None:
    """Show a figure where it is asked for; once, as long as it stays the same."""
    shown = _SHOWN.get(figure)
    if shown is None and figure.get_children() == [figure.patch]:
        return  # made for a picture that was then drawn elsewhere: pandas makes its own
    if shown is None:
        shown = _SHOWN[figure] = DisplayHandle(f"kl{next(_NUMBER)}")
        shown.display(HTML(picture(figure, shown.display_id)))
    elif figure.stale:
        shown.update(HTML(picture(figure, shown.display_id)))


def _renew() -> None:
    """Show anew what a later cell changed."""
    for figure in list(_SHOWN):
        if figure.stale:
            _show(figure)
