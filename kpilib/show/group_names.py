"""How the groups of a breakdown are called: days of the week and hours too."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import pandas as pd

from kpilib.clock import HOUR, WEEKDAY
from kpilib.display.label import shorten
from kpilib.display.numbers import reader
from kpilib.display.words import group_words

A_LINE = 20  # letters of a line of a name beside a plot, of two


def in_two_lines(name: str) -> str:
    """Return a name as it stands beside a plot: in two lines where one is too short."""
    return fill(shorten(name, 2 * A_LINE), A_LINE)


def group_name(column: str, group: Any) -> str:
    """Return the name of a group: codes in words, ``1`` of a weekday as Monday, hours as a span."""
    if column in (WEEKDAY, HOUR) and str(group).isdecimal():
        number = int(group)
        return reader().weekday(number - 1) if column == WEEKDAY else hour_words(number)
    return group_words(group, reader().say)


def names_of(rows: pd.DataFrame, by: str) -> list[str]:
    """Return the name of each row's group: the analyst's own, where the frame has a column."""
    return list(rows["name"]) if "name" in rows else [group_name(by, each) for each in rows[by]]


def hour_words(hour: int) -> str:
    """Write an hour of the day: from when to when."""
    return f"{hour:02d}–{hour + 1:02d}"
