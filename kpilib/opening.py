"""Opens a company where its data is: a folder, frames, a DuckDB connection, a Spark session.

A notebook names a folder as it is seen from the project, and may lie deeper itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kpilib.company import Company
from kpilib.completion import offer
from kpilib.errors import CompanyError, ParameterError
from kpilib.files import part_of, require_folder
from kpilib.moment import moment
from kpilib.period import zone
from kpilib.saying import error_of
from kpilib.settings import Settings, place_of_tables, settings_of
from kpilib.tables import TABLES
from kpilib.tables.database import SUFFIXES, of_connection, tables_of_file, tables_of_url
from kpilib.tables.part import part
from kpilib.tables.read import files
from kpilib.tables.store import Tables
from kpilib.yaml_file import shape_faults


def open_company(
    source: Any,
    timezone: str | None = None,
    currency: str | None = None,
    as_of: str | date | datetime | None = None,
    breakdowns: str | Sequence[str] | None = None,
) -> Company:
    """Open a company's data where it is.

    Parameters
    ----------
    source : path, mapping, DuckDB connection or Spark session
        A company folder; table names to frames or paths; or what has tables (or views) so called.
    timezone, currency : str, optional
        Instead of company.yaml's.
    as_of : str, datetime.date or datetime.datetime, optional
        Last day the data covers, whole; or the instant up to which it does, by the company's clock
        unless it says another one: ``"2026-10-31T14:00"``. What is dated later is not read.
    breakdowns : list of str, optional
        Columns describing a person by which figures about people may be cut, instead of
        company.yaml's; ``["team"]`` by default.

    Raises
    ------
    CompanyError
        The folder, or its company.yaml, cannot be used.

    Examples
    --------
    >>> data = kl.open("data/sample")
    """
    offer()
    folder = Path(source) if isinstance(source, (str, Path)) else None
    settings, given = (Settings(), _given(source)) if folder is None else _folder(folder)
    named = [breakdowns] if isinstance(breakdowns, str) else breakdowns
    settings = _changed(settings, timezone=timezone, currency=currency, breakdowns=named)
    until = settings.as_of if as_of is None else as_of
    return Company(_tables(given, settings, until, folder), settings, folder)


def _tables(
    given: Mapping[str, Any],
    settings: Settings,
    until: str | date | datetime | None,
    folder: Path | None,
) -> Tables:
    place = zone(settings.timezone)
    tables = Tables(
        given,
        place,
        settings.currency,
        as_of=None if until is None else moment(until, place),
        assumptions=settings.assumptions,
    )
    if folder is not None:  # a file may hold more than its company wants to be cut by
        tables.allowed = settings.columns
        tables.folder = folder
        for column, groups in part_of(folder).items():
            tables = part(tables, column, groups)
    return tables


def _given(source: Any) -> dict[str, Any]:
    """Return the tables of a source that is no folder, by their canonical names."""
    if isinstance(source, Mapping):
        return dict(source)
    if type(source).__module__.startswith(("duckdb", "_duckdb")) and hasattr(source, "table"):
        return of_connection(source)
    if type(source).__module__.startswith("pyspark") and hasattr(source, "catalog"):
        there = source.catalog.tableExists  # a catalog may list thousands of others
        return {name: source.table(name) for name in TABLES if there(name)}
    raise error_of(
        ParameterError,
        "Cannot open {name}. Give a company folder, a mapping of table names to frames or"
        " paths, a DuckDB connection or a Spark session.",
        name=type(source).__name__,
    )


def _changed(settings: Settings, **changes: Any) -> Settings:
    """Return settings with what is asked instead of company.yaml's."""
    asked = {key: value for key, value in changes.items() if value or value == []}
    try:
        return Settings.model_validate(settings.model_dump(by_alias=True) | asked)
    except ValidationError as error:
        faults = shape_faults(error, Settings, changes).items()
        raise ParameterError(" ".join(f"{place[0]}: {text}" for place, text in faults)) from None


def _folder(folder: Path) -> tuple[Settings, dict[str, Any]]:
    if folder.is_file():
        raise error_of(
            CompanyError,
            "{name!r} is a file. Name a company's folder, such as data/sample; of one table alone,"
            ' say which it is: kl.open({{"sessions": path}}).',
            name=folder.name,
        )
    require_folder(folder)
    settings = settings_of(folder)
    if settings.database is not None:
        return settings, tables_of_url(settings.database.url_from, settings.database.schema_)
    place = place_of_tables(folder, settings)
    if place.suffix in SUFFIXES:
        return settings, tables_of_file(place)
    if not place.is_dir():
        raise error_of(
            CompanyError,
            "{name}: there is no folder {tables!r} with the tables. Create it, or say in"
            " company.yaml where they are (tables: ...).",
            name=folder.name,
            tables=settings.tables,
        )
    return settings, files(place)


def opened(data: Any) -> Company:
    """Return a company that a notebook names: open already, or to be opened."""
    return data if isinstance(data, Company) else open_company(beside(data))


def beside(data: Any, here: Path | None = None) -> Any:
    """Return a company folder beside the notebook, or in a folder above it; else what was given.

    The notebook is in the working folder, or `here`.
    """
    here = here or Path()
    if not isinstance(data, (str, Path)) or Path(data).is_absolute():
        return data
    if (here / data).is_dir():
        return here / data if here != Path() else data
    above = (folder / data for folder in here.resolve().parents)
    return next((folder for folder in above if folder.is_dir()), data)
