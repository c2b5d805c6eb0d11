"""How the groups of a breakdown are called: labels of the company, days of the week, hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from textwrap import fill
from typing import Any

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.display.words import column_words, shorten
from kpilib.engine.clock import HOUR, WEEKDAY

A_LINE = 20  # letters of a line of a name beside a plot, of two


def in_two_lines(name: str) -> str:
    """Return a name as it stands beside a plot: in two lines where one is too short."""
    return fill(shorten(name, 2 * A_LINE), A_LINE)


def group_name(column: str, group: Any) -> str:
    """Return what a reader calls a group: its label, words, a day of the week, a span of hours."""
    if column in (WEEKDAY, HOUR) and str(group).isdecimal():
        number = int(group)
        return reader().weekday(number - 1) if column == WEEKDAY else hour_words(number)
    return reader().group(column, group)


def with_column(column: str, group: Any) -> str:
    """Return a group after its column's word: ``channel Display ads``; once, where it has it."""
    word, name = column_words(column, reader().say).lower(), group_name(column, group)
    return name if word in name.lower().split() else f"{word} {name}"


def group_names(column: str, groups: Iterable[Any]) -> list[str]:
    """Return the names of groups in their order; those that two groups bear, with their codes."""
    groups = list(groups)
    names = [group_name(column, each) for each in groups]
    borne = Counter(name for name, _ in {*zip(names, map(str, groups), strict=True)})
    return [
        f"{name} ({group})" if borne[name] > 1 and isinstance(group, str) else name
        for name, group in zip(names, groups, strict=True)
    ]


def names_of(rows: pd.DataFrame, by: str) -> list[str]:
    """Return the name of each row's group: the analyst's own, where the frame has a column."""
    return list(rows["name"]) if "name" in rows else group_names(by, rows[by])


def hour_words(hour: int) -> str:
    """Write an hour of the day: from when to when."""
    return f"{hour:02d}–{hour + 1:02d}"
