"""Databases as the tables of a company: a DuckDB file, or any server that a URL leads to.

They are opened to be read, never written. SQLAlchemy, because it speaks with every database that
has a Python driver, in one way; ADBC has drivers for a few. The URL stands in the environment
alone: neither address nor password is ever repeated, errors name the variable.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import polars as pl
from polars.io.plugins import register_io_source

from kpilib.errors import CompanyError, ContractError, listed
from kpilib.saying import error_of, refusal, say
from kpilib.tables import TABLES
from kpilib.tables.instants import A_DAY

SUFFIXES = (".duckdb", ".ddb")
# Seconds between one try and the next: who writes a table holds its file that long, not longer.
PAUSES = (0.2, 0.5, 1.0, 2.0)
# A view cannot reach other files, and nothing is fetched from a network.
SHUT = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
ROWS_AT_ONCE = 50_000
PATIENCE = 10  # seconds until a server that does not answer is given up
# How a driver is told how long to wait, and a database that nothing will be written.
WAITING = ("psycopg", "psycopg2", "pymysql", "mysqldb")
ONLY_READ = {"postgresql": {"postgresql_readonly": True}}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"Nanoseconds": 1e-9, "Microseconds": 1e-6, "Milliseconds": 1e-3}
LOWER, UPPER = ("Gt", "GtEq"), ("Lt", "LtEq")


def _duckdb(path: Path) -> ModuleType:
    try:
        import duckdb
    except ImportError:
        raise error_of(
            CompanyError,
            "{name}: reading it needs DuckDB. Install it: pip install 'kpilib[duckdb]'.",
            name=path.name,
        ) from None
    return duckdb


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
    duckdb = _duckdb(path)
    connection = _connected(duckdb, path)
    try:
        given = of_connection(connection)
    except duckdb.Error:
        raise refusal(
            path.name,
            "a view cannot be read. It may look into its own file only, not into other"
            " files or addresses: make it a table.",
        ) from None
    if not given:
        raise error_of(
            CompanyError,
            "{name}: no table or view is called like one of kpilib's: {tables}.",
            name=path.name,
            tables=listed(TABLES),
        )
    return given


def of_connection(connection: Any) -> dict[str, Any]:
    """Return the tables (or views) of a DuckDB connection that bear canonical names."""
    names = {row[0] for row in connection.execute("show tables").fetchall()}
    return {name: connection.table(name) for name in TABLES if name in names}


def _connected(duckdb: Any, path: Path) -> Any:
    if not path.is_file():
        raise error_of(
            CompanyError,
            "company.yaml: tables: there is no file {name!r}. Its place is given from the"
            " company's folder.",
            name=path.name,
        )

    def held(error: Exception) -> bool:  # or open in this process, otherwise than we would
        locked = isinstance(error, duckdb.IOException) and "lock" in str(error).lower()
        return locked or isinstance(error, duckdb.ConnectionException)

    try:
        return _tried(lambda: duckdb.connect(str(path), read_only=True, config=SHUT), held)
    except duckdb.Error as error:
        waited = held(error)
    if waited:
        raise refusal(
            path.name,
            "another program holds the file, and still did after {pauses:.0f} seconds."
            " Close it there (a notebook, a load that runs), or give kpilib a copy.",
            pauses=sum(PAUSES),
        )
    raise refusal(
        path.name, "not a DuckDB file that can be read. Write it again, or restore a copy."
    )


def _tried(work: Callable[[], Any], passes: Callable[[Exception], bool]) -> Any:
    """Do something; while what hinders it may pass, try again a few times."""
    for pause in PAUSES:
        try:
            return work()
        except Exception as error:
            if not passes(error):
                raise
        time.sleep(pause)
    return work()


def tables_of_url(variable: str, schema: str = "") -> dict[str, pl.LazyFrame]:
    """Return the tables (or views) of a database that bear canonical names.

    Parameters
    ----------
    variable : str
        Environment variable that holds the URL: ``dialect+driver://user:password@host/database``.
    schema : str
        Where the tables are; by default where the database looks by itself.

    Returns
    -------
    dict of str to polars.LazyFrame
        Rows are read when a figure is asked: the columns it needs, of the days it needs where the
        database holds days or instants as such. Columns outside the contract cannot be reached.

    Raises
    ------
    CompanyError
        The variable is not set or no URL; SQLAlchemy or a driver is not installed; or no table is
        called like one of ours.
    ContractError
        The database does not answer.
    """
    database = _Database(variable, schema)
    given = database.tables()
    if not given:
        where = say("the schema {schema}", schema=schema) if schema else say("its own schema")
        raise error_of(
            CompanyError,
            "The database of {variable} has, in {where}, no table or view that is called"
            " like one of kpilib's: {tables}.",
            variable=variable,
            where=where,
            tables=listed(TABLES),
        )
    return given


class _Database:
    """A database that is connected anew for each reading, so that processes never share one."""

    def __init__(self, variable: str, schema: str) -> None:
        self.variable, self.schema = variable, schema or None
        try:
            import sqlalchemy
        except ImportError:
            raise error_of(
                CompanyError,
                "Reading a database needs SQLAlchemy. Install it: pip install 'kpilib[database]'.",
            ) from None
        self.sql = sqlalchemy
        self.engine = self._engine()

    def _address(self) -> str:
        given = os.environ.get(self.variable, "").strip()
        if not given:
            raise error_of(
                CompanyError,
                "company.yaml: database.url_from: the environment has no variable"
                " {variable}. Set it to dialect+driver://user:password@host/database.",
                variable=self.variable,
            )
        return given

    def _engine(self) -> Any:
        given = self._address()
        try:
            url = self.sql.make_url(given)
            backend, waits = url.get_backend_name(), url.get_driver_name() in WAITING
            engine = self.sql.create_engine(
                url,
                poolclass=self.sql.NullPool,
                hide_parameters=True,
                connect_args={"connect_timeout": PATIENCE} if waits else {},
                execution_options=ONLY_READ.get(backend, {}),
            )
        except (ImportError, self.sql.exc.NoSuchModuleError):
            raise error_of(
                CompanyError,
                "The driver of the database of {variable} is not installed. Install it:"
                " psycopg for PostgreSQL (postgresql+psycopg://...), PyMySQL for MySQL or"
                " MariaDB (mysql+pymysql://...).",
                variable=self.variable,
            ) from None
        except Exception:  # what is wrong with a URL is told together with the URL
            raise error_of(
                CompanyError,
                "The variable {variable} holds no address of a database: it is written"
                " dialect+driver://user:password@host/database, signs such as @ in a"
                " password as %40.",
                variable=self.variable,
            ) from None
        if backend == "sqlite" and not _is_there(url.database):
            raise error_of(
                CompanyError,
                "The database file of {variable} does not exist.",
                variable=self.variable,
            )
        return engine

    def _trying(self, work: Callable[[Any], Any]) -> Any:
        """Do something with a connection; when none can be had, try again a few times."""
        errors = self.sql.exc

        def passes(error: Exception) -> bool:
            return isinstance(error, (errors.OperationalError, errors.InterfaceError, OSError))

        def connected() -> Any:
            with self.engine.connect() as connection:
                return work(connection)

        try:
            return _tried(connected, passes)
        except ImportError:
            raise error_of(
                CompanyError,
                "The driver of the database of {variable} cannot be loaded.",
                variable=self.variable,
            ) from None
        except Exception as error:  # perhaps a driver's own, which may repeat the address
            kind = type(error).__name__
        raise self._failed(kind)

    def _failed(self, kind: str, table: str = "") -> ContractError:
        about = f"table {table}: the" if table else "The"
        return ContractError(
            [
                f"{about} database of {self.variable} cannot be read ({kind}). Check that it runs, "
                "that the address, user and password are right, and that the user may read the "
                "tables."
            ]
        )

    def tables(self) -> dict[str, pl.LazyFrame]:
        """Look which of our tables are there, with the columns of their contract."""
        return {
            name: register_io_source(
                lambda names, where, most, size, name=name, columns=columns: self.rows(
                    name, columns, names, where, most
                ),
                schema={column: dtype for column, (_, dtype) in columns.items()},
            )
            for name, columns in self._trying(self._found).items()
        }

    def _found(self, connection: Any) -> dict[str, dict[str, tuple[Any, pl.DataType]]]:
        look = self.sql.inspect(connection)
        with warnings.catch_warnings():  # types that SQLAlchemy does not know are read as text
            warnings.simplefilter("ignore")
            names = {*look.get_table_names(self.schema), *look.get_view_names(self.schema)}
            return {
                name: {
                    column["name"]: (column["type"], _dtype(column["type"], self.sql.types))
                    for column in look.get_columns(name, self.schema)
                    if column["name"] in TABLES[name].columns
                }
                for name in TABLES
                if name in names
            }

    def _of_another_type(self, name: str, read: list[str]) -> Exception:
        return error_of(
            ContractError,
            "table {name}: the database of {variable} holds a value that is"
            " not of its column's type, among {read}. Correct it, or make the"
            " column text.",
            name=name,
            variable=self.variable,
            read=listed(read),
        )

    def rows(
        self,
        name: str,
        columns: dict[str, tuple[Any, pl.DataType]],
        asked: list[str] | None,
        where: pl.Expr | None,
        most: int | None,
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows of a table, some at a time."""
        sql, names = self.sql, list(columns if asked is None else asked)
        tested = where.meta.root_names() if where is not None else ()
        read = list(dict.fromkeys([*names, *tested])) or list(columns)[:1]
        table = sql.table(name, *(sql.column(each, columns[each][0]) for each in read),
                          schema=self.schema)  # fmt: skip
        query = sql.select(*(table.c[each] for each in read))
        for bound in bounds_of(where) if where is not None else ():
            query = query.where(_compared(table.c[bound.column], bound))
        if most is not None and where is None:
            query = query.limit(most)
        schema = {each: columns[each][1] for each in read}
        connection = self._trying(lambda _: self.engine.connect())
        try:
            with connection:
                for frame in _portions(connection, query, schema):
                    frame = frame if where is None else frame.filter(where)
                    frame = frame if most is None else frame.head(most)
                    most = None if most is None else most - len(frame)
                    yield frame.select(names)
        except (self.sql.exc.SQLAlchemyError, OSError) as error:
            raise self._failed(type(error).__name__, name) from None
        except (ValueError, TypeError, AttributeError, pl.exceptions.PolarsError):
            raise self._of_another_type(name, read) from None
        except Exception as error:  # a driver's own, which may hold an address or a value
            raise self._failed(type(error).__name__, name) from None


def _portions(
    connection: Any, query: Any, schema: dict[str, pl.DataType]
) -> Iterator[pl.DataFrame]:
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    for rows in result.partitions():
        cells = zip(*rows, strict=True)
        yield pl.DataFrame(
            {
                each: pl.Series(each, [_plain(cell, dtype) for cell in column], dtype=dtype)
                for (each, dtype), column in zip(schema.items(), cells, strict=True)
            },
            schema=schema,
        )


def _is_there(path: str | None) -> bool:
    return bool(path) and (path.startswith("file:") or Path(path).is_file())


def _dtype(given: Any, types: Any) -> pl.DataType:
    """Return under which type a column of a database is read; what is unknown is text."""
    kinds = (
        (types.Boolean, pl.Boolean()),
        (types.Integer, pl.Int64()),
        (types.Numeric, pl.Float64()),
        (types.DateTime, pl.Datetime("us", "UTC")),
        (types.Date, pl.Date()),
        (types.ARRAY, pl.List(pl.String())),
    )
    return next((dtype for kind, dtype in kinds if isinstance(given, kind)), pl.String())


def _plain(cell: Any, dtype: pl.DataType) -> Any:
    """Return a cell as its column's type wants it; an instant without a zone is in UTC."""
    if cell is None:
        return None
    if dtype == pl.Float64:
        return float(cell)
    if isinstance(dtype, pl.Datetime):
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    if isinstance(dtype, pl.List):
        return [None if each is None else str(each) for each in cell]
    return str(cell) if dtype == pl.String and not isinstance(cell, str) else cell


class Bound(NamedTuple):
    """A column of days or instants is not before (or not after) a value."""

    column: str
    lower: bool
    value: date | datetime


def bounds_of(condition: pl.Expr) -> list[Bound]:
    """Return the bounds that every row fulfilling a condition lies within.

    What is not understood gives no bound: more rows are then read, never fewer.
    """
    try:
        return _bounds(json.loads(condition.meta.serialize(format="json")))
    except (ValueError, TypeError, KeyError, pl.exceptions.PolarsError):
        return []


def _bounds(node: Any) -> list[Bound]:
    part = node.get("BinaryExpr") if isinstance(node, dict) else None
    if not part:
        return []
    if part["op"] == "And":
        return _bounds(part["left"]) + _bounds(part["right"])
    column, value = part["left"].get("Column"), _value(part["right"])
    if column is None or value is None or part["op"] not in (*LOWER, *UPPER):
        return []
    return [Bound(column, part["op"] in LOWER, value)]


def _value(node: Any) -> date | datetime | None:
    scalar = node.get("Literal", {}).get("Scalar", {})
    if "Date" in scalar:
        return EPOCH.date() + scalar["Date"] * A_DAY
    if "Datetime" in scalar:
        count, unit, _ = scalar["Datetime"]
        return EPOCH + timedelta(seconds=count * UNITS[unit])
    return None


def _compared(column: Any, bound: Bound) -> Any:
    """Ask for a day more on either side; the exact edge is cut here, whatever a database means."""
    value = bound.value - A_DAY if bound.lower else bound.value + A_DAY
    if isinstance(value, datetime) and not getattr(column.type, "timezone", False):
        value = value.replace(tzinfo=None)
    return column >= value if bound.lower else column <= value
