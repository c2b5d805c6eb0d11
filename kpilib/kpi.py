"""What a definition is: measures over one table, and the few ways they combine into a KPI.

A topic declares; nothing here divides, filters or reads data. Columns named in an expression are
recorded when the definition is made, so a missing column can be named before any work starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from kpilib.contract import Table
from kpilib.derive import CONTRACTS
from kpilib.errors import DefinitionError, listed, nearest

EVENT_KINDS = ("count", "sum", "median", "distinct")
INTERVAL_KINDS = ("opening", "closing", "entries", "exits", "stayed", "present", "average")
STOCK_KINDS = ("last", "before", "mean")
BETTER = ("higher", "lower", "neutral")
ROLL_UPS = tuple(f"R{number}" for number in range(1, 12))
UNITS = (
    "count", "rate", "seconds", "EUR", "EUR_per_lead", "points", "pt", "rank", "pages", "ratio",
    "score", "people", "target",
)  # fmt: skip
INTERVALS = (
    "none", "wilson", "poisson", "poisson_inverse", "poisson_rate", "net_score", "bootstrap",
    "method",
)  # fmt: skip

AMOUNTS = ("int", "float", "EUR", "hours")

Expression = Callable[["Fields"], Any]


class Fields:
    """The columns of one table inside an expression: ``lambda t: t.engaged_s > 10``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._used: set[str] = set()

    def __getattr__(self, name: str) -> nw.Expr:
        if name not in self._table.columns:
            raise DefinitionError(
                f"Table {self._table.name} has no column {name!r}. It has: "
                f"{listed(self._table.columns)}.{nearest(name, self._table.columns)}"
            )
        self._used.add(name)
        return nw.col(name)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One aggregation over one table.

    Parameters
    ----------
    kind : str
        ``count``, ``sum``, ``median``, ``distinct`` of rows; ``opening``, ``closing``, ``entries``,
        ``exits``, ``stayed``, ``present``, ``average`` of intervals of belonging; ``last``,
        ``before``, ``mean`` of a daily stock.
    table : str
        Canonical or derived table.
    value : callable or None
        What is summed, as an expression over the row's fields.
    keys : tuple of str
        Columns whose distinct combinations are counted.
    where : callable or None
        Which rows count.
    at : str or None
        Column that dates the row; by default the table's own.
    per : tuple of str
        For a daily stock: the accounts whose last values are added.
    cap : float or None
        The most that one row may add to a sum.
    """

    kind: str
    table: str
    value: Expression | None = None
    keys: tuple[str, ...] = ()
    where: Expression | None = None
    at: str | None = None
    per: tuple[str, ...] = ()
    cap: float | None = None
    columns: frozenset[str] = field(init=False, compare=False)
    single: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if self.table not in CONTRACTS:
            raise DefinitionError(f"Unknown table {self.table!r}.{nearest(self.table, CONTRACTS)}")
        contract = CONTRACTS[self.table]
        fields = Fields(contract)
        if self.where is not None:
            self.where(fields)
        sizes = any(contract.columns[name].type in AMOUNTS for name in fields._used)
        # A median, a cap or a threshold on an amount needs rows one by one, not their sums.
        object.__setattr__(self, "single", sizes or self.cap is not None or self.kind == "median")
        if self.value is not None:
            self.value(fields)
        time = (self.at or contract.time,) if self.kind not in INTERVAL_KINDS else ()
        span = (*contract.span, *contract.state) if self.kind in INTERVAL_KINDS else ()
        for name in (*self.keys, *self.per, *time, *span):
            getattr(fields, name)
        object.__setattr__(self, "columns", frozenset(fields._used))

    @property
    def time(self) -> str:
        """The column that dates a row."""
        return self.at or CONTRACTS[self.table].time or ""

    def amount(self, fields: Fields) -> Any:
        """Return what one row adds, as an expression."""
        value = self.value(fields)
        return value if self.cap is None else value.clip(upper_bound=self.cap)


def count(table: str, where: Expression | None = None, *, at: str | None = None) -> Measure:
    """Count the rows of a table."""
    return Measure(kind="count", table=table, where=where, at=at)


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
    table: str, keys: str, where: Expression | None = None, *, at: str | None = None
) -> Measure:
    """Count distinct combinations of the columns named in `keys` (separated by spaces)."""
    return Measure(kind="distinct", table=table, keys=tuple(keys.split()), where=where, at=at)


def belonging(kind: str, table: str, key: str, where: Expression | None = None) -> Measure:
    """Count people by their interval of belonging: `kind` is one of `INTERVAL_KINDS`."""
    if kind not in INTERVAL_KINDS:
        raise DefinitionError(f"Unknown interval measure {kind!r}. Allowed: {INTERVAL_KINDS}.")
    return Measure(kind=kind, table=table, keys=(key,), where=where)


def stock(
    kind: str, table: str, value: Expression, where: Expression | None = None, *, per: str
) -> Measure:
    """Read a daily stock: its ``last`` value, the one ``before`` the period, or its ``mean``."""
    if kind not in STOCK_KINDS:
        raise DefinitionError(f"Unknown stock measure {kind!r}. Allowed: {STOCK_KINDS}.")
    return Measure(kind=kind, table=table, value=value, where=where, per=tuple(per.split()))


def days_after(instant: Any, days: int) -> Any:
    """Return the instant some days later: in hours, as a database's day may have 23 or 25."""
    return instant.dt.offset_by(f"{24 * days}h")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """How measures become a value."""

    def measures(self) -> dict[str, Measure]:
        """Return the measures by their role."""
        return {
            role: part for role, part in vars(self).items() if isinstance(part, Measure)
        }  # dataclass order


@dataclass(frozen=True, kw_only=True)
class Total(Definition):
    """One measure is the value.

    `unit_of_chance` names the atoms that a bootstrap resamples; `plus` is added when its table is
    there and shown apart in the details.
    """

    measure: Measure
    plus: Measure | None = None
    unit_of_chance: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ratio(Definition):
    """Numerator over denominator, each aggregated on its own table, divided once."""

    numerator: Measure
    denominator: Measure
    unit_of_chance: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change(Definition):
    """Closing minus opening; the opening is the denominator of the rate."""

    closing: Measure
    opening: Measure


@dataclass(frozen=True, kw_only=True)
class Balance(Definition):
    """100 x (favourable - unfavourable) / answers, in points."""

    favourable: Measure
    unfavourable: Measure
    answers: Measure
    population: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class Method(Definition):
    """A value that one of `kpilib.methods` works out of small tables.

    Parameters
    ----------
    name : str
        Name of the method.
    needs : dict of str to str
        Table to the columns it reads (separated by spaces).
    """

    name: str
    needs: dict[str, str] = field(hash=False)
    options: dict[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for table, columns in self.needs.items():
            fields = Fields(CONTRACTS[table])
            for column in columns.split():
                getattr(fields, column)


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One KPI: what it means, for people and for the engine.

    Parameters
    ----------
    id : str
    label, question, formula, reading, caveat, source : str
        Texts for people, in English; the French ones are in the catalogue of `kpilib.locale`.
        `question` is the one it answers, `reading` how to read it, `caveat` how it misleads.
    unit : str
        One of `UNITS`; rates are fractions.
    better : str
        ``higher``, ``lower`` or ``neutral``.
    roll_up : str
        Class R1 to R11: what adding periods or segments is allowed to do.
    tier : int
    value : Definition
    interval : str
        Method of the confidence interval.
    by : str or None
        The breakdown without which the KPI says nothing; used when none is asked.
    maturity_days : int
        Days after the period during which its figure still moves.
    matures_at : str
        Column of the day on which a row is complete, where that is not a number of days.
    people : Measure or None
        Size of the group described, when it describes employees.
    beside : dict of str to Measure, Total or Ratio
        Figures that are read with this one, returned in ``details`` under these names.
    benchmark : str
        A quoted figure with its status; never a threshold.
    """

    id: str
    label: str
    question: str
    formula: str
    unit: str
    better: str
    roll_up: str
    value: Definition
    reading: str
    caveat: str
    source: str
    tier: int = 1
    interval: str = "none"
    by: str | None = None
    maturity_days: int = 0
    matures_at: str = ""
    people: Measure | None = None
    beside: dict[str, Measure | Ratio] = field(default_factory=dict, hash=False)
    benchmark: str = ""
    topic: str = field(default="", compare=False)

    @property
    def measures(self) -> dict[str, Measure]:
        """The measures the engine aggregates, by role."""
        found = self.value.measures()
        if self.people is not None:
            found["people"] = self.people
        for name, part in self.beside.items():
            parts = {"": part} if isinstance(part, Measure) else part.measures()
            found |= {f"beside.{name}.{role}": measure for role, measure in parts.items()}
        return found

    @property
    def optional(self) -> set[str]:
        """Roles of measures whose table or columns may be absent without losing the KPI."""
        spare = ("plus", "population")
        return {role for role in self.measures if role in spare or role.startswith("beside.")}

    @property
    def needs(self) -> dict[str, set[str]]:
        """Table to the columns that this KPI reads."""
        needed: dict[str, set[str]] = {}
        for role, measure in self.measures.items():
            if role in self.optional:
                continue
            needed.setdefault(measure.table, set()).update(measure.columns)
        if isinstance(self.value, Method):
            for table, columns in self.value.needs.items():
                needed.setdefault(table, set()).update(columns.split())
        return needed

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it reads."""
        return tuple(self.needs)

    def texts(self) -> Iterator[str]:
        """Yield every text a reader may see."""
        for text in (
            self.label, self.question, self.formula, self.reading, self.caveat, self.benchmark,
        ):  # fmt: skip
            if text:
                yield text

    def _repr_html_(self) -> str:
        from kpilib.display.card import card_html  # the card is display's; only a notebook asks

        return card_html(self, "en")


def faults(kpi: Kpi) -> Iterator[str]:
    """Yield what is wrong with one definition, each with its remedy."""
    allowed = {
        "unit": UNITS,
        "better": BETTER,
        "roll_up": ROLL_UPS,
        "interval": INTERVALS,
    }
    for name, choices in allowed.items():
        if getattr(kpi, name) not in choices:
            yield f"{kpi.id}: {name} is {getattr(kpi, name)!r}; write one of {listed(choices)}."
    for name in ("label", "question", "formula", "reading", "caveat", "source"):
        if not getattr(kpi, name).strip():
            yield f"{kpi.id}: {name} is empty; a reader needs it."
    if kpi.unit == "rate" and kpi.better == "":
        yield f"{kpi.id}: a rate needs a direction."
