"""The same small tables in a database, each column of the type that its contract names."""

from __future__ import annotations

import duckdb
import pandas as pd

from kpilib.tables import TABLES

TYPES = {
    "ts": "timestamptz", "date": "date", "int": "bigint", "float": "double", "EUR": "double",
    "bool": "boolean",
}  # fmt: skip


def database(tables: dict[str, pd.DataFrame]) -> duckdb.DuckDBPyConnection:
    """A database whose session is in another time zone, where days begin at other hours."""
    con = duckdb.connect()
    con.execute("set timezone = 'America/New_York'")
    for name, table in tables.items():
        contract = TABLES[name].columns
        typed = [
            f"{column}::{TYPES.get(contract[column].type, 'varchar')} as {column}"
            for column in table
        ]
        con.register("given", table)
        con.execute(f"create table {name} as select {', '.join(typed)} from given")
        con.unregister("given")
    return con
