"""A DuckDB file as the tables of a company: opened to be read, never written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from kpilib.errors import CompanyError, ContractError, listed
from kpilib.tables import TABLES

SUFFIXES = (".duckdb", ".ddb")
PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds: who writes a table holds the file that long, not longer
# A view cannot reach other files, and nothing is fetched from a network.
SHUT = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def tables_of_file(path: Path) -> dict[str, Any]:
    """Return the tables (or views) of a DuckDB file that bear canonical names, as relations.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to duckdb.DuckDBPyRelation
        Read where they are, and only what a figure needs.

    Raises
    ------
    CompanyError
        There is no such file, DuckDB is not installed, or no table is called like one of ours.
    ContractError
        The file is no database, or another program holds it all the time.
    """
    try:
        import duckdb
    except ImportError:
        raise CompanyError(
            f"{path.name}: reading it needs DuckDB. Install it: pip install 'kpilib[duckdb]'."
        ) from None
    if not path.is_file():
        raise CompanyError(
            f"company.yaml: tables: there is no file {path.name!r}. Its place is given from the "
            "company's folder."
        )
    connection = _connected(duckdb, path)
    try:
        given = of_connection(connection)
    except duckdb.Error:
        raise ContractError(
            [
                f"{path.name}: a view cannot be read. It may look into its own file only, not into"
                " other files or addresses: make it a table."
            ]
        ) from None
    if not given:
        raise CompanyError(
            f"{path.name}: no table or view is called like one of kpilib's: {listed(TABLES)}."
        )
    return given


def of_connection(connection: Any) -> dict[str, Any]:
    """Return the tables (or views) of a DuckDB connection that bear canonical names."""
    names = {row[0] for row in connection.execute("show tables").fetchall()}
    return {name: connection.table(name) for name in TABLES if name in names}


def _connected(duckdb: Any, path: Path) -> Any:
    held: bool = False
    for pause in (*PAUSES, None):
        try:
            return duckdb.connect(str(path), read_only=True, config=SHUT)
        except duckdb.ConnectionException:  # open in this process, otherwise than we would
            held = True
        except duckdb.IOException as error:
            held = "lock" in str(error).lower()
        except duckdb.Error:
            held = False
        if not held:
            break
        if pause is not None:
            time.sleep(pause)
    if held:
        raise ContractError(
            [
                f"{path.name}: another program holds the file, and still did after "
                f"{sum(PAUSES):.0f} seconds. Close it there (a notebook, a load that runs), or "
                "give kpilib a copy."
            ]
        ) from None
    raise ContractError(
        [f"{path.name}: not a DuckDB file that can be read. Write it again, or restore a copy."]
    )
