"""The one way to show a table: escaped, captioned, its numbers aligned, its length limited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import pandas as pd

from kpilib.display import css
from kpilib.display.block import Block, name, text
from kpilib.display.label import clean, shorten
from kpilib.language import Say

MOST_ROWS = 60
LONGEST_CELL = 48


def table_html(
    frame: pd.DataFrame,
    say: Say,
    *,
    caption: str = "",
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    most_rows: int = MOST_ROWS,
) -> str:
    """Write a frame as an HTML table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The first column names the rows.
    say : callable
        Speaker of the reader's language.
    caption : str
        What the table shows.
    formats : mapping of str to callable
        How the figures of a column are written; such columns are aligned to the right.
    most_rows : int
        Rows beyond this number are left out, and the table says so.
    """
    formats = formats or {}
    columns = list(frame.columns)
    head = "".join(
        f'<th scope="col"{_aligned(column in formats)}>{text(column)}</th>' for column in columns
    )
    rows = []
    for record in frame.head(most_rows).to_dict("split")["data"]:
        cells = [
            _cell(value, formats.get(column), first=place == 0, say=say)
            for place, (column, value) in enumerate(zip(columns, record, strict=True))
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    left_out = len(frame) - most_rows
    note = (
        f'<p class="kl-quiet">{text(say("Rows not shown: {count}.", count=left_out))}</p>'
        if left_out > 0
        else ""
    )
    title = f"<caption>{text(caption)}</caption>" if caption else ""
    # A wide table scrolls by itself, by keyboard too, so that the page never does.
    label = text(caption) or text(say("Table"))
    return (
        f'<div class="kl-scroll" role="region" tabindex="0" aria-label="{label}"><table>{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def table(
    frame: pd.DataFrame,
    say: Say,
    *,
    caption: str = "",
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    note: str = "",
    most_rows: int = MOST_ROWS,
) -> Block:
    """Show a frame as a table of its own; see `table_html`."""
    body = table_html(frame, say, caption=caption, formats=formats, most_rows=most_rows)
    foot = f'<p class="kl-quiet">{text(note)}</p>' if note else ""
    return Block(f'{css.sheet(css.TABLE)}<div class="kl">{body}{foot}</div>')


def _aligned(number: bool) -> str:
    return ' class="kl-number"' if number else ""


def _cell(value: Any, write: Callable[[Any], str] | None, *, first: bool, say: Say) -> str:
    if write is not None:
        shown = text(write(value))
    elif value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        shown = text(say("n/a"))
    else:
        full, short = clean(value), shorten(value, LONGEST_CELL)
        shown = name(short)
        if short != full:
            shown = f'<span title="{escape(full, quote=True)}">{shown}</span>'
    if first:
        return f'<th scope="row"{_aligned(write is not None)}>{shown}</th>'
    return f"<td{_aligned(write is not None)}>{shown}</td>"
