"""Shape of the legal ledger: lines of the accounts that a company lists, as costs."""

from __future__ import annotations

import re

import polars as pl

from kpilib.errors import ContractError, listed
from kpilib.saying import say
from kpilib.sources.context import Context
from kpilib.tables import TABLES

ANSWER = re.compile(r"(\d{2,12})(?::(\w+))?")
KINDS = TABLES["costs"].columns["cost_kind"].choices
BALANCED = 0.005  # of a euro: sums of cents are exact to less
DEFAULT_KIND = "delivery"


def ledger_costs(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Keep the lines of the accounts that are costs, debit minus credit.

    Accounts are beginnings of numbers: 6185 takes 618500 as well. The analyst lists them, each
    with its kind of cost if it is another one: ``--read 'CompteNum=6333|6185|6228:delivery'``.

    Raises
    ------
    ContractError
        Debit and credit of the file do not balance, or an account or a kind of cost is none.
    """
    accounts = _accounts(context)
    lines = frame.with_columns(
        amount_ht=_amount(frame).round(2),
        # An entry is not changed once it is booked: its lines can be counted.
        place=pl.int_range(pl.len()).over("journal", "entry", "incurred_at"),
    )
    if faults := _unbalanced(lines, context):
        raise ContractError(faults)
    kind = pl.lit(None, dtype=pl.String)
    for account in sorted(accounts, key=len):  # the longest number that fits decides
        fits = pl.col("account").str.starts_with(account)
        kind = pl.when(fits).then(pl.lit(accounts[account])).otherwise(kind)
    found = lines.with_columns(cost_kind=kind)
    costs = context.left_out.keep(found, pl.col("cost_kind").is_not_null(), "another account")
    kept = context.left_out.keep(costs, pl.col("amount_ht") != 0, "an amount of 0")
    _say(kept, accounts, context)
    day = pl.col("incurred_at").dt.to_string("%Y%m%d")
    return kept.select(
        cost_id=pl.concat_str("journal", "entry", day, "place", separator=":", ignore_nulls=True),
        scope_kind=pl.lit(context.table.options.get("scope_kind", "training")),
        scope_id=pl.lit(context.table.options.get("scope_id"), dtype=pl.String),
        cost_kind="cost_kind",
        amount_ht="amount_ht",
        incurred_at="incurred_at",
    )


def _amount(frame: pl.DataFrame) -> pl.Expr:
    """Return debit minus credit."""
    if "debit" in frame.columns:
        return pl.col("debit").fill_null(0) - pl.col("credit").fill_null(0)
    sign = pl.when(pl.col("side") == "debit").then(1).when(pl.col("side") == "credit").then(-1)
    amount = pl.col("amount").fill_null(0) * sign
    # A signed amount says its side twice.
    if frame["amount"].min() is not None and frame["amount"].min() < 0:
        amount = pl.when(pl.col("amount") < 0).then("amount").otherwise(amount)
    return amount


def _unbalanced(lines: pl.DataFrame, context: Context) -> list[str]:
    faults = []
    if lines["amount_ht"].null_count():
        faults.append(
            context.fault(
                "{count} line(s) without a side.",
                count=lines["amount_ht"].null_count(),
            )
        )
    difference = lines["amount_ht"].sum()
    if abs(difference) >= BALANCED:
        faults.append(
            context.fault(
                "debit and credit are {amount:,.2f} apart, so lines are missing: ask for the whole"
                " ledger of the year again.",
                amount=abs(difference),
            )
        )
    return faults


def _accounts(context: Context) -> dict[str, str]:
    """Return beginnings of account numbers and the kind of cost of each."""
    name = context.header("account")
    told = context.answer(name)
    if not told:
        return dict(context.table.options.get("accounts", {}))
    known = context.table.options.get("kinds", {})
    accounts = {}
    for part in filter(None, re.split(r"[|,;\s]+", told)):
        found = ANSWER.fullmatch(part)
        if found is None or (found[2] or DEFAULT_KIND) not in KINDS:
            raise context.refused(
                "--read {name} lists an account that is none, or a kind of cost that is not one of"
                " {names}. Write --read '{name}=6333|6185|6228:delivery'.",
                name=name,
                names=listed(KINDS),
            )
        near = next((known[each] for each in known if found[1].startswith(each)), DEFAULT_KIND)
        accounts[found[1]] = found[2] or near
    return accounts


def _say(kept: pl.DataFrame, accounts: dict[str, str], context: Context) -> None:
    parts = []
    for account, kind in accounts.items():
        mine = kept.filter(pl.col("account").str.starts_with(account))
        parts.append(
            say(
                "{account} as {kind} ({count} line(s), {amount:,.2f})",
                account=account,
                kind=kind,
                count=len(mine),
                amount=mine["amount_ht"].sum(),
            )
        )
    context.note(
        "accounts taken as costs: {names}; list yours with --read"
        " 'CompteNum=6333|6185|6228:delivery'",
        names=listed(parts),
    )
    sales = kept.filter(pl.col("account").str.starts_with("7"))
    if len(sales):
        context.note("accounts of class 7 are income: here they lower the costs")
