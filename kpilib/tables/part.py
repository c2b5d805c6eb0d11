"""Part of a company, such as a campus: of every table the rows of some groups, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import narwhals as nw

from kpilib.errors import CompanyError, ContractError
from kpilib.saying import error_of, no_such
from kpilib.tables import TABLES
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.read import in_pandas, native
from kpilib.tables.store import Tables

OF_ALL = ("work_calendar",)  # the same days for every part
FOLLOWING = {"absences": ("employee_id", "employees")}  # whose contract says where it belongs
OF_TRAINEES = ("training_participants", "kpi_measurements", "effect_estimates")
# Looked at as a whole alone: what was written, who writes to whom, and trainees.
UNDIVIDED = ("texts", "messages", *OF_TRAINEES)


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
        raise error_of(
            CompanyError,
            "where: {column!r} names single persons, who are no part of a company.",
            column=column,
        )
    _refuse_unknown(column, values, _groups(whole, column, whole.given))
    return _restricted(whole, whole.given, column, values)


def _refuse_unknown(column: str, values: Collection[str], known: Collection[str]) -> None:
    """Refuse a column that no table has, and groups of which there is no row."""
    if not known:
        raise error_of(
            CompanyError,
            "where: no table has a column {column!r} that may cut figures. Write one that"
            " they have; one of your own is listed in company.yaml (columns: {{leads:"
            " [campus]}}).",
            column=column,
        )
    for value in values:
        if value not in known:
            raise no_such(
                CompanyError,
                "where: no row has {name!r} in {column}. There is: {names}.{near}",
                value,
                known,
                column=column,
            )


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
        known = _groups(whole, column, names)
        whole.cache[key] = {each: _restricted(whole, names, column, [each]) for each in known}
    return whole.cache[key]


def _groups(whole: Tables, column: str, names: Collection[str]) -> list[str]:
    """Return the groups of a column in all tables that have it."""
    found: set[str] = set()
    for name in names:
        if _tells(whole, name, column):
            opened = native(whole.given[name], whole.origin(name))
            found |= {*in_pandas(opened.select(group=_group(column)).unique())["group"]}
    return sorted(found)


def _restricted(
    whole: Tables, names: Collection[str], column: str, values: Collection[str]
) -> Tables:
    given = {}
    for name in [each for each in names if each not in UNDIVIDED]:
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


def _group(column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    return nw.when(text.is_null() | (text == "")).then(nw.lit(UNKNOWN)).otherwise(text)
