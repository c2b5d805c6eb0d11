"""How many people a group has at least, and which columns describe a person: what company.yaml may
change of both.

Light to import: an unchanged period is told without anything that works figures out.
"""

from __future__ import annotations

from collections.abc import Collection

from kpilib.errors import CompanyError, nearest_names
from kpilib.saying import error_of, no_such
from kpilib.tables import TABLES

FLOOR = 5
BREAKDOWNS = ("team",)  # of columns that describe a person, those that cut figures by default
DESCRIBING = tuple(
    dict.fromkeys(
        name
        for table in TABLES.values()
        for name in (*table.columns, *table.aliases)
        if table.column(name).describes
    )
)


def minimum_group(asked: int | None) -> int:
    """Return the smallest group that may be shown; it can be raised, never lowered.

    Raises
    ------
    CompanyError
        Fewer than five were asked for.
    """
    if asked is None:
        return FLOOR
    if asked < FLOOR:
        raise error_of(
            CompanyError,
            "privacy.minimum_group is {asked}; it must be {floor} or more. Groups of"
            " fewer than {floor} people are never shown.",
            asked=asked,
            floor=FLOOR,
        )
    return asked


def named_breakdowns(asked: Collection[str]) -> list[str]:
    """Return the columns that describe a person and may cut figures about people.

    Raises
    ------
    CompanyError
        One of them is no such column.
    """
    for name in asked:
        own = not any(table.column(name) for table in TABLES.values())
        if name not in DESCRIBING and not (own and not nearest_names(name, DESCRIBING, 1, 0.6)):
            raise no_such(
                CompanyError,
                "breakdowns names {name!r}, which is not a column that describes a"
                " person. Those are: {names}.{near} All others are free, but for"
                " those that name single persons, which never cut a figure.",
                name,
                DESCRIBING,
            )
    return list(asked)
