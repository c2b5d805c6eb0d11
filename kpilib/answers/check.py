"""The check of a company's tables: every fault against their contracts, and what is suspect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from kpilib.errors import ContractError
from kpilib.period import Period
from kpilib.saying import fault_at, say
from kpilib.tables import TABLES
from kpilib.tables.allowed import Rule, broken, of_currency, rules_of
from kpilib.tables.buyers import is_refund
from kpilib.tables.contract import Table
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

MOST_APART, MOST_UNTAGGED = 0.02, 0.30
LEAST_TO_JUDGE = 30  # sessions of a month
UNTAGGED = ("direct", "unassigned")
REFUND = {"amount_ht", "status"}  # of orders alone
GIVEN_UP = {*REFUND, "customer_id", "ordered_at"}
REFUND_WORDS = {
    "never_paid": "is negative in a cancelled row. Money paid back has the status paid or refunded;"
    " what was never paid needs no negative row",
    "twice": "is below zero beside an order of the same customer and amount that is refunded"
    " itself, so that it would be paid back twice. Give that order the status paid, or leave this"
    " row out",
}
# Who a row is of, and within what: rows of one person that overlap may be right, or a slip.
BELONGING = {"employees": ("employee_id",), "memberships": ("person_key", "kind")}
FAR = pd.Timestamp(2999, 12, 31)
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
            found += _table(tables, TABLES[name], tables.columns(name), currency)
        except ContractError as error:
            found += error.faults
    found += _links(tables)
    return list(dict.fromkeys(found))


def _rules_of_time(contract: Table, names: set[str]) -> Iterator[Rule]:
    """Yield the rules of what begins and ends, and of the time that every row needs."""
    for first, last in filter(None, (contract.span, contract.state)):
        if {first, last} <= names:
            yield last, nw.col(last) < nw.col(first), say("is before {first}", first=first)
    if contract.time in names and contract.columns[contract.time].type in ("ts", "date"):
        empty = nw.col(contract.time).is_null()
        yield contract.time, empty, say("is empty: a row needs it")


def _readable(tables: Tables, name: str, column: str) -> bool:
    try:
        tables.frame(name, {column})
    except ContractError:
        return False
    return True


def _table(tables: Tables, contract: Table, names: set[str], currency: str) -> list[str]:
    """Return why columns cannot be read, and the rules that the others break."""
    try:
        typed = tables.frame(contract.name, names)
    except ContractError as error:  # nobody is to correct a file twice for it
        sound = {each for each in names if _readable(tables, contract.name, each)}
        others = _table(tables, contract, sound, currency) if set() < sound < names else []
        return [*error.faults, *others]
    rules = [rule for name in sorted(names) for rule in rules_of(contract.columns[name])]
    if "currency" in names:
        rules.append(of_currency(currency))
    rules += _rules_of_refunds(names)
    rules += _rules_of_time(contract, names)
    if not rules:
        return []
    look = _with_given_up if GIVEN_UP <= names else lambda rows: rows
    told = broken(look(typed), rules, lambda: look(tables.every_row(contract.name, names)))
    return [fault_at(tables.origin(contract.name), each) for each in told]


def _rules_of_refunds(names: set[str]) -> Iterator[Rule]:
    """Yield the rules of orders below zero; of one paid back twice where it is told to whom."""
    amount, status = nw.col("amount_ht"), nw.col("status")
    if names >= REFUND:
        yield "amount_ht", (amount < 0) & (status == "cancelled"), say(REFUND_WORDS["never_paid"])
    if names >= GIVEN_UP:
        twice = is_refund(status, amount) & (nw.col("earliest") <= nw.col("ordered_at"))
        yield "amount_ht", twice & ~nw.col("customer_id").is_null(), say(REFUND_WORDS["twice"])


def _with_given_up(orders: nw.LazyFrame) -> nw.LazyFrame:
    """Add the day of the first order of the same customer and amount that is refunded itself."""
    amount, status = nw.col("amount_ht"), nw.col("status")
    given_up = nw.when((status == "refunded") & (amount > 0)).then(nw.col("ordered_at"))
    orders = orders.with_columns(size=amount.abs(), given_up=given_up)
    return orders.with_columns(earliest=nw.col("given_up").min().over("customer_id", "size"))


def _links(tables: Tables) -> list[str]:
    """Return references to rows that do not exist."""
    found, there = [], tables.given.keys() - tables.unreadable.keys()
    for name in filter(there.__contains__, tables.given):
        for column, target in TABLES[name].links.items():
            if target not in there:
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
                    fault_at(
                        tables.origin(name),
                        "column {column}, {count} row(s): no such {column} in {other}. Export both"
                        " for the same period.",
                        column=column,
                        count=count,
                        other=tables.origin(target),
                    )
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
        plain = {"month": self.slots["month"].name}
        if "share" in self.slots:
            plain["share"] = say("{percent:.0f}%", percent=100 * self.slots["share"])
        plain |= {
            name: round(value)
            for name, value in self.slots.items()
            if isinstance(value, float) and name != "share"
        }
        return say(DOUBT_WORDS[self.kpi], **self.slots | plain)


def doubts(company: Asking, months: Sequence[Period]) -> list[Doubt]:
    """Return what is suspect in some months: figures come all the same, to be read with care.

    Parameters
    ----------
    company : Asking
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


def overlaps(tables: Tables) -> list[str]:
    """Return a sentence for each table in which rows of one person overlap.

    Two contracts at once are legal, and a state or a membership whose end was forgotten is not:
    nobody but the analyst can tell. No person is named, only rows.
    """
    found = []
    for name, one in BELONGING.items():
        contract = TABLES[name]
        if name not in tables.given or not tables.holds(name, {*one, *contract.span}):
            continue
        ends = [*contract.span, *contract.state]
        rows = in_pandas(tables.frame(name, {*one, *ends})).dropna(subset=[one[0], ends[0]])
        days = rows[ends].astype("datetime64[s]")
        first, last = days[ends[::2]].max(axis=1), days[ends[1::2]].min(axis=1).fillna(FAR)
        rows = rows.assign(first=first, last=last).sort_values(["first", "last"], kind="stable")
        reached = rows.groupby(list(one))["last"].cummax()
        before = reached.groupby([rows[key] for key in one]).shift(1)
        odd = rows.index[rows["first"] <= before]
        if len(odd):
            ordered = tables.frame(name, set(one)).implementation.is_polars()
            known = ordered and not tables.extent(name).duplicates
            where = say(", the first in row {row:d}", row=int(odd.min()) + 2) if known else ""
            found.append(
                fault_at(
                    tables.origin(name),
                    "{count} row(s){where}, overlap an earlier row of the same {of}. Each person is"
                    " counted once. Right if both hold at once; else correct the days.",
                    count=len(odd),
                    where=where,
                    of=_both(one),
                )
            )
    return found


def _both(names: Sequence[str]) -> str:
    """Say one name or two."""
    first, *other = names
    return say("{first} and {second}", first=first, second=other[0]) if other else first


def _apart(value: float, other: float | None) -> bool:
    """Whether two counts of the same differ by more than what visits at midnight explain."""
    known = value == value and other is not None
    return known and abs(value - other) > MOST_APART * max(value, other)
