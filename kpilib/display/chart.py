"""A chart: a picture with its title, its description, its notes and the figures behind it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure

from kpilib.display import css
from kpilib.display.block import Block, text
from kpilib.display.svg import Marks, render
from kpilib.display.table import table_html
from kpilib.language import Say, speaker


@dataclass(frozen=True, repr=False)
class Chart(Block):
    """A chart as a reader gets it.

    Parameters
    ----------
    title : str
        The finding, or the question it answers.
    svg : str
        The picture, an ``<svg>`` element.
    alt : str
        What the picture shows, in words and figures.
    data : pandas.DataFrame
        The figures, already written in the reader's language; the first column names the rows.
    note : str
        What to know before concluding.
    subtitle : str
        What is measured and in which unit.
    notes : sequence of str
        Events drawn on the chart, in the order of their numbers.
    say : callable
        Speaker of the reader's language.
    """

    title: str
    svg: str
    alt: str
    data: pd.DataFrame = field(compare=False)
    note: str = ""
    subtitle: str = ""
    notes: Sequence[str] = ()
    say: Say = field(default=speaker("en"), compare=False)

    def _repr_html_(self) -> str:
        say = self.say
        subtitle = f'<span class="kl-quiet">{text(self.subtitle)}</span>' if self.subtitle else ""
        events = "".join(f"<li>{text(event)}</li>" for event in self.notes)
        events = f"<ol>{events}</ol>" if events else ""
        note = f'<p class="kl-quiet">{text(self.note)}</p>' if self.note else ""
        figures = {column: str for column in self.data.columns[1:]}
        table = table_html(self.data, say, caption=self.title, formats=figures)
        return (
            f'{css.sheet(css.CHART, css.TABLE)}<figure class="kl kl-chart">'
            f'<figcaption><span class="kl-title">{text(self.title)}</span>{subtitle}</figcaption>'
            f"{self.svg}{events}{note}"
            f"<details><summary>{text(say('The figures'))}</summary>{table}</details></figure>"
        )


def chart(
    fig: Figure,
    *,
    title: str,
    alt: str,
    data: pd.DataFrame,
    say: Say,
    marks: Marks | None = None,
    key: str = "",
    note: str = "",
    subtitle: str = "",
    notes: Sequence[str] = (),
) -> Chart:
    """Turn a figure into a `Chart`; see there for the parameters.

    Parameters
    ----------
    marks : Marks, optional
        Tooltips of the figure.
    key : str
        Prefix of the ids, unique on the page; by default made from what the chart says.
    """
    key = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
    if not key or not key[0].isalpha():
        said = "\x1f".join((title, alt, subtitle, note, *notes))
        key = "c" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:10]
    svg = render(fig, key=key, title=title, alt=alt, marks=marks)
    return Chart(
        title=title,
        svg=svg.replace("<svg ", '<svg class="kl-picture" ', 1),
        alt=alt,
        data=data,
        note=note,
        subtitle=subtitle,
        notes=tuple(notes),
        say=say,
    )
