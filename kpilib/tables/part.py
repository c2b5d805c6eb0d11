"""Part of a company, such as a campus: of every table the rows of some groups, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import narwhals as nw

from kpilib.errors import CompanyError, ContractError, listed, nearest
from kpilib.tables import TABLES
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.read import in_pandas, native
from kpilib.tables.store import Tables

OF_ALL = ("work_calendar",)  # the same days for every part
FOLLOWING = {"absences": ("employee_id", "employees")}  # whose contract says where it belongs
# Looked at as a whole alone: texts, who writes to whom, and trainees, of whom a part has too few.
UNDIVIDED = (
    *("texts", "messages", "training_participants", "kpi_measurements", "effect_estimates"),
)


def part(whole: Tables, column: str, values: Collection[str]) -> Tables:
    """Return the tables of a part: rows of these groups; tables that do not tell are not there.

    Parameters
    ----------
    whole : Tables
        Of the company.
    column : str
        A column of a contract, or one that company.yaml lists (``columns``).
    values : collection of str
        Groups of that column.

    Raises
    ------
    CompanyError
        The column names single persons, no table has it, or no row is of one of the groups.
    """
    if any(column in table.columns and table.columns[column].personal for table in TABLES.values()):
        raise CompanyError(f"where: {column!r} names single persons, who are no part of a company.")
    having = [name for name in whole.given if _tells(whole, name, column)]
    if not having:
        raise CompanyError(
            f"where: no table has a column {column!r} that may cut figures. Write one that they"
            " have; one of your own is listed in company.yaml (columns: {leads: [campus]})."
        )
    known = {group for name in having for group in _groups(whole, name, column)}
    for value in values:
        if value not in known:
            raise CompanyError(
                f"where: no row has {value!r} in {column}. There is: {listed(sorted(known))}."
                f"{nearest(value, known)}"
            )
    names = [name for name in whole.given if name not in UNDIVIDED]
    return _restricted(whole, names, column, values)


def parts(whole: Tables, column: str, names: Collection[str]) -> dict[str, Tables]:
    """Return every part of a company by its group, with some of its tables; rows without one too.

    Parameters
    ----------
    whole : Tables
    column : str
    names : collection of str
        Canonical tables.
    """
    key = ("parts", column, *sorted(names))
    if key not in whole.cache:
        there = [name for name in names if name in whole.given and name not in UNDIVIDED]
        having = [name for name in there if _tells(whole, name, column)]
        known = {group for name in having for group in _groups(whole, name, column)}
        whole.cache[key] = {
            group: _restricted(whole, there, column, [group]) for group in sorted(known)
        }
    return whole.cache[key]


def _restricted(
    whole: Tables, names: Collection[str], column: str, values: Collection[str]
) -> Tables:
    given = {}
    for name in names:
        try:
            rows = _rows(whole, name, column, values)
        except ContractError:  # of a table that cannot be read: said where it is asked for
            given[name] = whole.given[name]
            continue
        if rows is not None:
            held = rows.collect() if rows.implementation.is_polars() else rows
            given[name] = held.to_native()
    kept = Tables(given, whole.zone, whole.currency, whole.stated, whole.assumptions)
    kept.allowed, kept.folder, kept.as_of = whole.allowed, whole.folder, whole.as_of
    kept.whole, kept.part = whole, (column, frozenset(values))
    return kept


def _rows(whole: Tables, name: str, column: str, values: Collection[str]) -> nw.LazyFrame | None:
    """Return the rows of a table that are of the part; None where they do not tell."""
    opened = native(whole.given[name], whole.origin(name))
    if name in OF_ALL:
        return opened
    if _tells(whole, name, column):
        return opened.filter(_group(column).is_in(list(values)))
    for key, other in _leads(name):
        if other in whole.given and key in opened.collect_schema().names():
            belonging = _rows(whole, other, column, values)
            if belonging is not None:
                return opened.join(belonging.select(key).unique(), on=key, how="semi")
    return None


def _leads(name: str) -> Iterator[tuple[str, str]]:
    """Yield the tables of which one row tells where a row of this one belongs, by their key."""
    if name in FOLLOWING:
        yield FOLLOWING[name]
    for key, other in TABLES[name].links.items():
        if other in TABLES and TABLES[other].key == (key,):
            yield key, other


def _tells(whole: Tables, name: str, column: str) -> bool:
    try:
        there = whole.columns(name) | whole.own(name)
    except ContractError:
        return False
    return column in there


def _groups(whole: Tables, name: str, column: str) -> list[str]:
    opened = native(whole.given[name], whole.origin(name))
    return in_pandas(opened.select(group=_group(column)).unique())["group"].to_list()


def _group(column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    return nw.when(text.is_null() | (text == "")).then(nw.lit(UNKNOWN)).otherwise(text)
