"""How long an absence is: which days are counted, and how many hours one has."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from kpilib.sources.block import Block
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.number import number
from kpilib.sources.preset import TablePreset
from kpilib.sources.shapes.people import header

WAYS = {
    "worked": ("ouvre", "worked", "workday", "working"),
    "weekdays": ("ouvrable",),
    "calendar": ("calend",),
}


class Told:
    """What the analyst said of days: which are counted, and how many hours one has.

    Parameters
    ----------
    block : Block
    table : TablePreset
    context : Context
    fields : tuple of str
        Fields whose columns may be told about.
    """

    def __init__(
        self, block: Block, table: TablePreset, context: Context, fields: tuple[str, ...]
    ) -> None:
        here = [name for name in fields if _there(block, table, name)]
        self.headers = {name: header(block, table, name) for name in here}
        answers = {key(name): answer for name, answer in context.told.items()}
        said = [
            part for name in self.headers.values() for part in answers.get(key(name), "").split("|")
        ]
        named = key(self.headers.get("days", ""))
        self.way = next(
            (way for way, signs in WAYS.items() if any(sign in named for sign in signs)), ""
        ) or next(
            (way for way, signs in WAYS.items() for text in said
             if any(sign in key(text) for sign in signs)), ""
        )  # fmt: skip
        self.day_hours: float | None = table.options.get("day_hours")
        for text in said:
            try:
                value = number(text, "," if "," in text else ".").value
            except ValueError:
                continue
            self.day_hours = value if value and 0 < value <= 24 else self.day_hours

    def question_of_days(self) -> str:
        """Return the question which days a number counts."""
        name = self.headers["days"]
        return (
            f"column {name}: which days are counted? Say it: --read '{name}=ouvrés' (worked days),"
            f" --read '{name}=ouvrables' (Monday to Saturday) or --read '{name}=calendaires'."
        )

    def question_of_hours(self) -> str:
        """Return the question how long a day is."""
        name = next(iter(self.headers.values()))
        return (
            f"column {name}: half days, and how long a day is was not said. Say it in hours:"
            f" --read '{name}=7'" + (f" (with the days: '{name}=ouvrés|7')." if "days" in
                                     self.headers else ".")
        )  # fmt: skip


def _there(block: Block, table: TablePreset, name: str) -> bool:
    if name not in table.fields:
        return False
    names = set(map(key, table.fields[name].names))
    return any(key(each) in names for each in block.header)


def check_count(
    count: float, first: date, last: date, missing: float, told: Told, faults: Counter[str]
) -> None:
    """Compare a number of days with the dates; worked days may be fewer, for part-time staff."""
    length = (last - first).days + 1
    most = length - missing
    if told.way == "weekdays":
        most -= sum((first + timedelta(days=day)).isoweekday() == 7 for day in range(length))
    short = told.way == "calendar" and count <= most - 1
    if told.way and (count > most or short):
        faults[
            f"number(s) of days that the dates do not have, counted as {told.way} days:"
            " say which days are counted, or correct the dates."
        ] += 1
