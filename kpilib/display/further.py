"""The figures of a page that are no headline: one line each, with both comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpilib.display.block import text
from kpilib.display.entry import Entry
from kpilib.display.numbers import Formatter, known
from kpilib.display.ranking import has_few, standing
from kpilib.display.reading import weight
from kpilib.display.status import flag_words
from kpilib.display.table import table_html
from kpilib.display.words import group_words


def further(entries: Sequence[Entry], formatter: Formatter) -> str:
    """Return a table of KPIs, one line each; of one that is read by group, its first group.

    Parameters
    ----------
    entries : sequence of Entry
    formatter : Formatter
    """
    if not entries:
        return ""
    say = formatter.say
    names = [
        say("KPI"),
        say("Value"),
        say("On the month before"),
        say("On the year before"),
        say("Remarks"),
    ]
    lines = [dict(zip(names, _line(each, formatter), strict=True)) for each in entries]
    formats = dict.fromkeys(names[1:4], str)
    shown = table_html(pd.DataFrame(lines), say, formats=formats)
    title = text(say("Further figures of the month"))
    return f'<div class="kl-further"><p class="kl-title">{title}</p>{shown}</div>'


def _line(entry: Entry, formatter: Formatter) -> tuple[str, ...]:
    say = formatter.say
    row = _first(entry)
    unit = entry.kpi.unit
    label = say(entry.kpi.label)
    if not known(row.get("value")):
        return label, "", "", "", formatter.missing(row)
    remarks = flag_words(row, say)
    if entry.by:
        group = group_words(row[entry.by], say)
        others = len(entry.rows) - 1
        ranked = others and not has_few(row, entry.kpi)
        first = say("{group}, the highest", group=group) if ranked else group
        remarks = [first, *([say("further groups: {count}", count=others)] if others else [])]
    changes = (_change(entry, row, base, formatter) for base in ("previous", "year_before"))
    return label, formatter.value(row["value"], unit), *changes, ", ".join(remarks)


def _first(entry: Entry) -> dict[str, Any]:
    """Return the row to show: the only one, or the group with the highest figure."""
    found = [row for row in entry.rows if known(row.get("value"))]
    if found:
        return min(found, key=lambda row: standing(row, entry.kpi))
    return entry.rows[0] if entry.rows else {"status": "no_data", "value": None, "reason": ""}


def _change(entry: Entry, row: dict[str, Any], base: str, formatter: Formatter) -> str:
    if not known(row.get(f"delta_{base}")):
        return ""
    change = formatter.change(
        row[f"delta_{base}"],
        row.get(f"change_{base}"),
        entry.kpi.unit,
        roll_up=entry.kpi.roll_up,
        of=(row["value"], row[base]),
    )
    told = weight(row, base, formatter.say)
    return f"{change} ({told})" if told else change
