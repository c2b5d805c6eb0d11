"""The lines that a page leaves to the month's index, and the state of each of its KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from kpilib.display.entry import Entry
from kpilib.display.numbers import Formatter, known
from kpilib.display.reading import base_month, base_of, cares, weight
from kpilib.display.standing_words import verdict_words


def states(rows: pd.DataFrame, kpis: Iterable[str]) -> dict[str, str]:
    """Return the status of each KPI: ok when any of its groups is."""
    return {each: _state(list(rows.loc[rows["kpi"] == each, "status"])) for each in kpis}


def headlines(entries: Sequence[Entry], formatter: Formatter) -> list[dict[str, str]]:
    """Return one line for each KPI with a target, or for the first KPI when none has one.

    Returns
    -------
    list of dict
        ``kpi, label, value, change, text, level, verdict``: texts in the reader's language.
    """
    chosen = [each for each in entries if each.verdict] or list(entries[:1])
    lines = []
    for each in chosen:
        row = each.rows[0] if each.rows else {"status": "no_data", "value": None}
        base = base_of(row)
        lines.append(
            {
                "kpi": each.kpi.id,
                "label": each.title or formatter.say(each.kpi.label),
                "value": formatter.row_value(row | {"unit": each.kpi.unit}),
                "change": _change(each, row, base, formatter) if base else "",
                "text": _text(each, row, formatter),
                "level": each.verdict.level if each.verdict else "",
                "verdict": verdict_words(each.verdict, formatter) if each.verdict else "",
            }
        )
    return lines


def _text(entry: Entry, row: dict[str, Any], formatter: Formatter) -> str:
    """Say how a figure moved, to be read beside its name and its value."""
    base, say = base_of(row), formatter.say
    if not known(row.get("value")) or not base:
        return " ".join(cares(entry.kpi, row, formatter)[:1])
    text = say(
        "{change} on {month} ({then})",
        change=_change(entry, row, base, formatter),
        month=formatter.month(base_month(row, base)),
        then=formatter.value(row[base], entry.kpi.unit, against=row["value"]),
    )
    text = ", ".join(filter(None, [text, weight(row, base, say)]))
    return " ".join([f"{text}.", *cares(entry.kpi, row, formatter)[:1]])


def _change(entry: Entry, row: dict[str, Any], base: str, formatter: Formatter) -> str:
    return formatter.change(
        row[f"delta_{base}"],
        row.get(f"change_{base}"),
        entry.kpi.unit,
        roll_up=entry.kpi.roll_up,
        of=(row["value"], row[base]),
    )


def _state(found: Sequence[str]) -> str:
    states = list(found) or ["no_data"]
    return "ok" if "ok" in states else states[0]
