"""One aggregation over one table, declared: which rows, what of them, dated by which column.

Columns named in an expression are recorded when the measure is made, so a missing column can be
named before any work starts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from kpilib.assumptions import Assumptions
from kpilib.errors import DefinitionError, listed
from kpilib.saying import error_of, meant, no_such
from kpilib.tables import TABLES
from kpilib.tables.at_work import SICK as SICK  # topics build expressions with it,
from kpilib.tables.buyers import in_revenue as in_revenue  # with these
from kpilib.tables.buyers import is_order as is_order
from kpilib.tables.buyers import is_refund as is_refund
from kpilib.tables.contract import Table
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.instants import days_after as days_after  # and with it
from kpilib.tables.instants import seconds_between

EVENT_KINDS = ("count", "sum", "median", "distinct", "unsummable")
REPEAT_KINDS = ("repeated",)
INTERVAL_KINDS = (
    "opening", "closing", "entries", "exits", "stayed", "lost", "gained", "regained", "passed",
    "present", "average",
)  # fmt: skip
STOCK_KINDS = ("last", "before", "mean")
AMOUNTS = ("int", "float", "EUR", "hours")
DATED = ("date", "ts")

Expression = Callable[["Fields"], Any]


class _Names:
    """Stands for a row, with the name of each column in its place."""

    def __getattr__(self, name: str) -> str:
        return name


def _named(value: Expression) -> Any:
    """Return the name of the column that an expression is, when it is no more than that."""
    try:
        return value(_Names())
    except (AttributeError, TypeError):
        return None


class Fields:
    """The columns of one table inside an expression: ``lambda t: t.pageviews >= 2``.

    What a company decides once stands beside them: ``t.assumed.engaged_seconds``.
    """

    def __init__(self, table: Table, assumed: Assumptions | None = None) -> None:
        self._table = table
        self.assumed = assumed or Assumptions()
        self._used: set[str] = set()
        self._known: set[str] = set()

    def __getattr__(self, name: str) -> nw.Expr:
        if name not in self._table.columns:
            raise no_such(
                DefinitionError,
                "Table {table} has no column {name!r}. It has: {names}.{near}",
                name,
                self._table.columns,
                table=self._table.name,
            )
        self._used.add(name)
        return nw.col(name)

    def known(self, name: str) -> nw.Expr:
        """Return a column that has to be there: without it nobody knows, and a 0 would be wrong."""
        self._known.add(name)
        return getattr(self, name)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One aggregation over one table.

    Parameters
    ----------
    kind : str
        ``count``, ``sum``, ``median``, ``distinct`` of rows; ``unsummable`` for the platforms' own
        counts of people; ``repeated`` for keys that come back; ``opening``, ``closing``,
        ``entries``, ``exits``, ``present``, ``average`` of intervals of belonging, and of the
        people in them ``stayed`` and ``lost`` (of the opening, in the closing or not), ``gained``
        (for the first time), ``regained`` and ``passed`` (gained, and gone by the closing);
        ``last``, ``before``, ``mean`` of a daily stock.
    table : str
        Canonical or derived table.
    value : callable or None
        What is summed, as an expression over the row's fields.
    keys : tuple of str
        Columns whose distinct combinations are counted.
    where : callable or None
        Which rows count.
    event : callable or None
        Which entries or exits count, told by the row with which the person comes or leaves; moves
        between groups never do.
    at : str or None
        Column that dates the row; by default the table's own.
    per : tuple of str
        For a daily stock: the accounts whose last values are added.
    cap : float or None
        The most that one row may add to a sum.
    window : str
        Instead of the period: so many days (``30d``) or months (``12m``) that end with it.
    least, most : int
        How many rows a key needs, and may have, to count as repeated.
    whole : bool
        Of everybody, whatever the breakdown: what stands below the line where a figure is told by
        what happened, and not by whom.
    of_sums : callable or None
        What is added up instead when rows come summed up, where their sums tell.
    """

    kind: str
    table: str
    value: Expression | None = None
    keys: tuple[str, ...] = ()
    where: Expression | None = None
    event: Expression | None = None
    at: str | None = None
    per: tuple[str, ...] = ()
    cap: float | None = None
    window: str = ""
    least: int = 2
    most: int | None = None
    of_sums: Expression | None = None
    whole: bool = False
    columns: frozenset[str] = field(init=False, compare=False)
    known: frozenset[str] = field(init=False, compare=False)
    single: bool = field(init=False, compare=False)
    is_column: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if self.table not in CONTRACTS:
            raise error_of(
                DefinitionError,
                "Unknown table {table!r}.{near}",
                table=self.table,
                near=meant(self.table, CONTRACTS),
            )
        contract = CONTRACTS[self.table]
        fields = Fields(contract)
        if self.where is not None:
            self.where(fields)
        sizes = any(contract.columns[name].type in AMOUNTS for name in fields._used)
        # A median, a cap or a threshold on an amount needs rows one by one, not their sums.
        object.__setattr__(self, "single", sizes or self.cap is not None or self.kind == "median")
        held = TABLES[base_of(self.table)].columns
        # What is worked out of several columns may have no value by its rule.
        object.__setattr__(self, "is_column", self.value is not None and _named(self.value) in held)
        for further in (self.value, self.event):
            if further is not None:
                further(fields)
        if self.kind not in INTERVAL_KINDS and not (self.at or contract.time):
            days = [each.name for each in contract.columns.values() if each.type in DATED]
            raise error_of(
                DefinitionError,
                "Table {table!r} has no column that dates each row. Say which does: at={days}.",
                table=self.table,
                days=" or at=".join(map(repr, days)),
            )
        time = (self.at or contract.time,) if self.kind not in INTERVAL_KINDS else ()
        time = (self.at,) if self.kind in INTERVAL_KINDS and self.at else time
        span = (*contract.span, *contract.state) if self.kind in INTERVAL_KINDS else ()
        for name in (*self.keys, *self.per, *time, *span):
            getattr(fields, name)
        object.__setattr__(self, "columns", frozenset(fields._used))
        object.__setattr__(self, "known", frozenset(fields._known))

    @property
    def time(self) -> str:
        """The column that dates a row."""
        return self.at or CONTRACTS[self.table].time or ""

    @property
    def fed_daily(self) -> bool:
        """Whether it adds up the days of a feed, so that a day may be missing."""
        contract = CONTRACTS[self.table]
        adds = self.kind in ("sum", "mean", "unsummable")
        return adds and contract.daily and contract.columns[self.time].type == "date"

    @property
    def is_money(self) -> bool:
        """Whether it adds up amounts in the company's currency."""
        fields = Fields(CONTRACTS[self.table])
        if self.value is not None:
            self.value(fields)
        return any(fields._table.columns[name].type == "EUR" for name in fields._used)

    def amount(self, fields: Fields) -> Any:
        """Return what one row adds, as an expression."""
        value = self.value(fields)
        return value if self.cap is None else value.clip(upper_bound=self.cap)


def count(
    table: str,
    where: Expression | None = None,
    *,
    at: str | None = None,
    of_sums: Expression | None = None,
) -> Measure:
    """Count the rows of a table."""
    return Measure(kind="count", table=table, where=where, at=at, of_sums=of_sums)


def total(
    table: str,
    value: Expression,
    where: Expression | None = None,
    *,
    at: str | None = None,
    cap: float | None = None,
) -> Measure:
    """Add up an expression over the rows of a table, each row adding `cap` at most."""
    return Measure(kind="sum", table=table, value=value, where=where, at=at, cap=cap)


def median(table: str, value: Expression, where: Expression | None = None) -> Measure:
    """Take the median of an expression over the rows of a table."""
    return Measure(kind="median", table=table, value=value, where=where)


def distinct(
    table: str,
    keys: str,
    where: Expression | None = None,
    *,
    at: str | None = None,
    window: str = "",
) -> Measure:
    """Count distinct combinations of the columns named in `keys` (separated by spaces)."""
    return Measure(
        kind="distinct", table=table, keys=tuple(keys.split()), where=where, at=at, window=window
    )


def repeated(
    table: str,
    keys: str,
    where: Expression | None = None,
    *,
    least: int = 2,
    most: int | None = None,
    window: str = "",
) -> Measure:
    """Count the combinations of `keys` that at least (and at most) so many rows have."""
    return Measure(
        kind="repeated",
        table=table,
        keys=tuple(keys.split()),
        where=where,
        least=least,
        most=most,
        window=window,
    )


def unsummable(table: str, value: Expression, where: Expression | None = None) -> Measure:
    """Read a platform's own count of people: known for one row, bounded for several."""
    return Measure(kind="unsummable", table=table, value=value, where=where)


def each(value: Any, of: Any) -> Any:
    """Divide within one row, for a mean of rows; nothing where there is nothing to divide by."""
    return nw.when(of > 0).then(value / of)


def hours_between(first: Any, last: Any) -> Any:
    """Return the hours from one instant of a row to another."""
    return seconds_between(first, last) / 3600


def hours_until(first: Any, last: Any) -> Any:
    """Return the hours to an instant that may not have come yet: without end where it has not.

    A median of them counts what is still waited for; where that is half, there is none.
    """
    return hours_between(first, last).fill_null(math.inf)


def belonging(
    kind: str,
    table: str,
    key: str,
    where: Expression | None = None,
    *,
    value: Expression | None = None,
    event: Expression | None = None,
    at: str | None = None,
    window: str = "",
) -> Measure:
    """Count people by their spells of belonging: `kind` is one of `INTERVAL_KINDS`.

    `where` tells who belongs, `event` which of the entries or exits count. `at` dates what those
    people did: only those with a row in the period count, or in the `window` that ends with it.
    That is for ``closing`` and ``present``. `value` is what a person weighs in an ``average``.
    """
    if kind not in INTERVAL_KINDS:
        raise error_of(
            DefinitionError,
            "Unknown interval measure {kind!r}. Allowed: {kinds}.",
            kind=kind,
            kinds=listed(INTERVAL_KINDS),
        )
    return Measure(
        kind=kind, table=table, keys=(key,), where=where, event=event, at=at, window=window,
        value=value,
    )  # fmt: skip


def stock(
    kind: str, table: str, value: Expression, where: Expression | None = None, *, per: str
) -> Measure:
    """Read a daily stock: its ``last`` value, the one ``before`` the period, or its ``mean``."""
    if kind not in STOCK_KINDS:
        raise error_of(
            DefinitionError,
            "Unknown stock measure {kind!r}. Allowed: {kinds}.",
            kind=kind,
            kinds=listed(STOCK_KINDS),
        )
    return Measure(kind=kind, table=table, value=value, where=where, per=tuple(per.split()))


def whole_account(t: Fields):
    """The rows of a whole account: those of its age groups or countries are parts of it."""
    return t.dimension == "total"


def follower_stock(kind: str) -> Measure:
    """Followers of every account: the ``last`` figure, the one ``before``, or the ``mean``."""
    return stock(kind, "social_daily", lambda t: t.followers, whole_account, per="account_id")
