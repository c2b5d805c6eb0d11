"""Any database as the tables of a company, by a URL that stands in the environment alone.

SQLAlchemy, because it speaks with every database that has a Python driver, in one way; ADBC has
drivers for a few. Neither address nor password is ever repeated: errors name the variable."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from kpilib.errors import CompanyError, ContractError, listed
from kpilib.tables import TABLES

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"Nanoseconds": 1e-9, "Microseconds": 1e-6, "Milliseconds": 1e-3}
LOWER, UPPER = ("Gt", "GtEq"), ("Lt", "LtEq")


@dataclass(frozen=True)
class Bound:
    """A column of days or instants is not before (or not after) a value."""

    column: str
    lower: bool
    value: date | datetime

    @property
    def widened(self) -> date | datetime:
        """The value, a day further out."""
        return self.value - DAY if self.lower else self.value + DAY


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
        return EPOCH.date() + scalar["Date"] * DAY
    if "Datetime" in scalar:
        count, unit, _ = scalar["Datetime"]
        return EPOCH + timedelta(seconds=count * UNITS[unit])
    return None


PAUSES = (0.5, 1.0, 2.0)  # seconds between one try to connect and the next
ROWS_AT_ONCE = 50_000
PATIENCE = 10  # seconds until a server that does not answer is given up
# How a driver is told how long to wait, and a database that nothing will be written.
WAITING = ("psycopg", "psycopg2", "pymysql", "mysqldb")
ONLY_READ = {"postgresql": {"postgresql_readonly": True}}


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
        where = f"the schema {schema}" if schema else "its own schema"
        raise CompanyError(
            f"The database of {variable} has, in {where}, no table or view that is called like one "
            f"of kpilib's: {listed(TABLES)}."
        )
    return given


class _Database:
    """A database that is connected anew for each reading, so that processes never share one."""

    def __init__(self, variable: str, schema: str) -> None:
        self.variable, self.schema = variable, schema or None
        try:
            import sqlalchemy
        except ImportError:
            raise CompanyError(
                "Reading a database needs SQLAlchemy. Install it: pip install 'kpilib[database]'."
            ) from None
        self.sql = sqlalchemy
        self.engine = self._engine()

    def _engine(self) -> Any:
        given = os.environ.get(self.variable, "").strip()
        if not given:
            raise CompanyError(
                f"company.yaml: database.url_from: the environment has no variable {self.variable}."
                " Set it to dialect+driver://user:password@host/database."
            )
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
            raise CompanyError(
                f"The driver of the database of {self.variable} is not installed. Install it: "
                "psycopg for PostgreSQL (postgresql+psycopg://...), PyMySQL for MySQL or MariaDB "
                "(mysql+pymysql://...)."
            ) from None
        except Exception:  # what is wrong with a URL is told together with the URL
            raise CompanyError(
                f"The variable {self.variable} holds no address of a database: it is written "
                "dialect+driver://user:password@host/database, signs such as @ in a password as "
                "%40."
            ) from None
        if backend == "sqlite" and not _is_there(url.database):
            raise CompanyError(f"The database file of {self.variable} does not exist.")
        return engine

    def _trying(self, work: Callable[[Any], Any]) -> Any:
        """Do something with a connection; when none can be had, try again a few times."""
        for pause in (*PAUSES, None):
            try:
                with self.engine.connect() as connection:
                    return work(connection)
            except (self.sql.exc.OperationalError, self.sql.exc.InterfaceError, OSError) as error:
                kind = type(error).__name__
            except self.sql.exc.SQLAlchemyError as error:
                kind = type(error).__name__
                break
            except ImportError:
                raise CompanyError(
                    f"The driver of the database of {self.variable} cannot be loaded."
                ) from None
            except Exception as error:  # a driver's own, which may repeat the address
                kind = type(error).__name__
                break
            if pause is not None:
                time.sleep(pause)
        raise self._failed(kind) from None

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
            query = query.where(_compared(table.c[bound.column], columns[bound.column][1], bound))
        if most is not None and where is None:
            query = query.limit(most)
        schema = {each: columns[each][1] for each in read}
        connection = self._trying(lambda _: self.engine.connect())
        try:
            with connection:
                yield from _portions(connection, query, schema, where, names, most)
        except (self.sql.exc.SQLAlchemyError, OSError) as error:
            raise self._failed(type(error).__name__, name) from None
        except (ValueError, TypeError, AttributeError, pl.exceptions.PolarsError):
            raise ContractError(
                [
                    f"table {name}: the database of {self.variable} holds a value that is not of "
                    f"its column's type, among {listed(read)}. Correct it, or make the column text."
                ]
            ) from None
        except Exception as error:  # a driver's own, which may hold an address or a value
            raise self._failed(type(error).__name__, name) from None


def _portions(
    connection: Any,
    query: Any,
    schema: dict[str, pl.DataType],
    where: pl.Expr | None,
    names: list[str],
    most: int | None,
) -> Iterator[pl.DataFrame]:
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    left = most
    for rows in result.partitions():
        cells = zip(*rows, strict=True)
        frame = pl.DataFrame(
            {
                each: pl.Series(each, [_plain(cell, dtype) for cell in column], dtype=dtype)
                for (each, dtype), column in zip(schema.items(), cells, strict=True)
            },
            schema=schema,
        )
        frame = frame if where is None else frame.filter(where)
        frame = frame if left is None else frame.head(left)
        left = None if left is None else left - len(frame)
        yield frame.select(names)


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


def _compared(column: Any, dtype: pl.DataType, bound: Bound) -> Any:
    """Ask for a day more on either side; the exact edge is cut here, whatever a database means."""
    value: date | datetime = bound.widened
    if isinstance(value, datetime) and not getattr(column.type, "timezone", False):
        value = value.replace(tzinfo=None)
    return column >= value if bound.lower else column <= value
