"""The check of a company's tables: every fault against their contracts, and what is suspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from kpilib.contract import Column, Table
from kpilib.engine import Tables
from kpilib.errors import ContractError, listed
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.tables import TABLES

if TYPE_CHECKING:
    from kpilib.company import Company

MOST_APART, MOST_UNTAGGED = 0.02, 0.30
LEAST_TO_JUDGE = 30  # sessions of a month
UNTAGGED = ("direct", "unassigned")
DOUBT_WORDS = {
    "page_views": "Page views of {month}: {sessions} in the sessions, {events} single events. More"
    " than 2 % apart: one of the two loses visits.",
    "channel_sessions": "{channel}: {share} of the sessions of {month}. Above 30 %, links are not"
    " tagged.",
}


def faults(tables: Tables, currency: str) -> list[str]:
    """Return what is wrong with the tables.

    Parameters
    ----------
    tables : Tables
    currency : str
        The company's; amounts in another are refused, never added.

    Returns
    -------
    list of str
        One sentence a fault: file, column, number of rows, first row, rule. Empty when all is
        well.
    """
    found: list[str] = []
    for name in tables.given:
        try:
            found += _table(tables, TABLES[name], currency)
        except ContractError as error:
            found += error.faults
    found += _links(tables)
    return list(dict.fromkeys(found))


def _table(tables: Tables, contract: Table, currency: str) -> list[str]:
    names = tables.columns(contract.name)
    typed = tables.frame(contract.name, names)
    rules = [rule for name in sorted(names) for rule in _rules(contract.columns[name])]
    if "currency" in names:
        other = f"is not {currency}: convert the amounts, two currencies are never added"
        rules.append(("currency", nw.col("currency") != currency, other))
    for first, last in filter(None, (contract.span, contract.state)):
        if {first, last} <= names:
            rules.append((last, nw.col(last) < nw.col(first), f"is before {first}"))
    if contract.time in names and contract.columns[contract.time].type in ("ts", "date"):
        rules.append((contract.time, nw.col(contract.time).is_null(), "is empty: a row needs it"))
    if not rules:
        return []
    broken = {
        f"rule{number}": nw.when(rule).then(nw.lit(1)).otherwise(nw.lit(0)).sum()
        for number, (_, rule, _) in enumerate(rules)
    }
    counts = in_pandas(typed.select(**broken)).iloc[0]
    origin = tables.origin(contract.name)
    return [
        f"{origin}: column {column}, {int(counts[f'rule{number}'])} row(s)"
        f"{_first(typed, rule)}: the value {words}."
        for number, (column, rule, words) in enumerate(rules)
        if counts[f"rule{number}"] > 0
    ]


def _rules(column: Column) -> list[tuple[str, Any, str]]:
    value, rules = nw.col(column.name), []
    if column.choices:
        allowed = value.is_null() | value.is_in(column.choices)
        rules.append((column.name, ~allowed, f"is not one of {listed(column.choices)}"))
    if column.minimum is not None:
        rules.append((column.name, value < column.minimum, f"is below {column.minimum:g}"))
    if column.maximum is not None:
        rules.append((column.name, value > column.maximum, f"is above {column.maximum:g}"))
    return rules


def _first(frame: nw.LazyFrame, rule: Any) -> str:
    """Name the first row of a fault, where rows have an order."""
    if not frame.implementation.is_polars():
        return ""
    rows = frame.with_columns(broken=rule).to_native().with_row_index("row", offset=2)
    first = rows.filter("broken").select("row").first().collect()
    return f", the first in row {first['row'].item()}" if len(first) else ""


def _links(tables: Tables) -> list[str]:
    """Return references to rows that do not exist."""
    found = []
    for name in tables.given:
        for column, target in TABLES[name].links.items():
            if target not in tables.given:
                continue
            if column not in tables.columns(name) or column not in tables.columns(target):
                continue
            known = tables.frame(target, {column}).unique()
            lost = (
                tables.frame(name, {column})
                .filter(~nw.col(column).is_null())
                .join(known, on=column, how="anti")
                .select(lost=nw.len())
            )
            count = int(in_pandas(lost)["lost"][0])
            if count:
                found.append(
                    f"{tables.origin(name)}: column {column}, {count} row(s): no such {column} in "
                    f"{tables.origin(target)}. Export both for the same period."
                )
    return found


@dataclass(frozen=True)
class Doubt:
    """What makes a figure suspect, without being a fault of its table.

    Parameters
    ----------
    kpi : str
        The KPI it is about.
    slots : dict
        What fills the slots of its words: a `Period`, a number, a share or a channel.
    """

    kpi: str
    slots: dict[str, Any]

    def __str__(self) -> str:
        plain = {
            "month": self.slots["month"].name,
            **{
                name: f"{value:.0%}" if name == "share" else f"{value:,.0f}"
                for name, value in self.slots.items()
                if isinstance(value, float)
            },
        }
        return DOUBT_WORDS[self.kpi].format(**self.slots | plain)


def doubts(company: Company, months: Sequence[Period]) -> list[Doubt]:
    """Return what is suspect in some months: figures come all the same, to be read with care.

    Parameters
    ----------
    company : Company
    months : sequence of Period

    Returns
    -------
    list of Doubt
        Page views that sessions and single events count differently; visits without a tag.
    """
    given, found = company.tables.given, []
    for month in months if "sessions" in given else ():
        if company.tables.holds("sessions", {"pageviews", "started_at"}):
            row = company.series("page_views", month, 1).iloc[0]
            counted = row["value"], row["details"].get("page_view_events")
            if "web_events" in given and _apart(*counted):
                slots = dict(zip(("sessions", "events"), counted, strict=True))
                found.append(Doubt("page_views", {"month": month, **slots}))
        if company.tables.holds("sessions", {"channel", "started_at"}):
            rows = company.series("channel_sessions", month, 1)
            whole = rows["value"].sum()
            found += [
                Doubt(
                    "channel_sessions",
                    {"month": month, "channel": row["channel"], "share": row["value"] / whole},
                )
                for row in rows.to_dict("records")
                if row["channel"] in UNTAGGED
                and whole >= LEAST_TO_JUDGE
                and row["value"] > MOST_UNTAGGED * whole
            ]
    return found


def _apart(value: float, other: float | None) -> bool:
    """Whether two counts of the same differ by more than what visits at midnight explain."""
    known = value == value and other is not None
    return known and abs(value - other) > MOST_APART * max(value, other)
