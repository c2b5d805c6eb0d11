"""The canonical tables that every export is brought into, and every KPI is computed from.

Types and rules are in `kpilib.tables.contract`. A column with ``absent=`` may be left out of a
file.
"""

from __future__ import annotations

from kpilib.errors import UnknownName
from kpilib.saying import no_such
from kpilib.tables import inside, outside
from kpilib.tables.contract import Table

TABLES: dict[str, Table] = {each.name: each for each in (*outside.TABLES, *inside.TABLES)}

NO_TABLE = "There is no table {name} here. There is: {given}."

FROM_THE_START = frozenset({"work_calendar"})  # a new company has it; it tells of days, of nobody


def require(name: str) -> Table:
    """Return a canonical table; refuse a name that is none of theirs."""
    if name not in TABLES:
        raise no_such(
            UnknownName,
            "Unknown table {name!r}. Tables are: {names}.{near}",
            name,
            TABLES,
        )
    return TABLES[name]
