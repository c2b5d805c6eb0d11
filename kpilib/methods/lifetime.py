"""What customers have brought so far, and for how long they have been customers.

Nothing is extrapolated. Someone who is still a customer is counted for the time seen so far, and
not left out: a mean over those who left would only know the short lives.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.cohorts import by_contract, expected_life
from kpilib.engine import Tables
from kpilib.methods.call import Call
from kpilib.methods.purchases import MONTHS_A_YEAR, bought, last_day, number_of, older
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.read import in_pandas

DAYS_A_MONTH = 365.25 / MONTHS_A_YEAR


def lifetime_values(tables: Tables, period: Period) -> pd.Series:
    """Return what each customer has brought up to the end of a period, by ``customer_id``.

    Paid orders, net of refunds; nothing is extrapolated. Only customers with an order are in it.

    Parameters
    ----------
    tables : Tables
    period : Period
        Its last day counts, and the data's if that is earlier.

    Returns
    -------
    pandas.Series
    """
    return _lives(tables, period, None).set_index("customer_id")["amount"]


def lifetime_value(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return average order x orders a month x months as a customer: revenue per customer to date.

    The details hold the three factors, and the variants by name: ``churn_variant`` (a month's
    revenue per customer over the monthly churn), ``margin_variant`` and ``discounted_variant``.
    """
    answer, tables = {}, call.tables
    before = older(tables)
    for period in call.periods:
        if tables.as_of is not None and period.start > tables.as_of:
            continue
        lives = _lives(tables, period, call.by)
        rows = bought(tables, period, call.by)
        nameless = rows[rows["customer_id"].isna()].groupby("group")["orders"].sum()
        for group, part in lives.groupby("group"):
            outcome = _valued(tables, part)
            reached = {
                "customers_before_records": float(part["customer_id"].isin(before).sum()),
                "excluded_orders_without_customer": float(nameless.get(group, 0.0)),
            }
            known = {name: count for name, count in reached.items() if count}
            outcome = replace(outcome, details=outcome.details | known)
            flags = {"customers_before_records": "approximate"}
            answer[period, str(group)] = outcome.flagged(
                *(flags.get(name, "excluded_rows") for name in known)
            )
    return answer


def _valued(tables: Tables, lives: pd.DataFrame) -> Outcome:
    customers = float(len(lives))
    revenue, orders, months, lapses = (
        float(lives[name].sum()) for name in ("amount", "orders", "months", "lapses")
    )
    value, lasting, monthly_revenue = revenue / customers, months / customers, revenue / months
    margin = _gross_margin(tables, lives)
    discount = (1 + tables.assumptions.yearly_discount_rate) ** (1 / MONTHS_A_YEAR) - 1
    worth_today = (1 - (1 + discount) ** -lasting) / discount if discount else lasting
    churn = lapses / months  # of all months of all customers: those still there are censored
    life = expected_life(churn)
    amounts = lives["amount"].to_numpy(dtype=float)
    outcome = Outcome(
        value=value,
        numerator=revenue,
        denominator=customers,
        n=customers,
        details={
            "average_order_value": revenue / orders,
            "orders_per_month": orders / months,
            "lifetime_months": lasting,
            "customers": customers,
            "monthly_churn": churn,
            "churn_variant": None if life is None else monthly_revenue * life,
            "gross_margin": margin,
            "margin_variant": None if margin is None else value * margin,
            "discounted_variant": monthly_revenue * worth_today,
        },
    )
    return outcome.drawn(amounts, np.ones(len(amounts)))


def _gross_margin(tables: Tables, lives: pd.DataFrame) -> float | None:
    """Return the share of revenue that is kept: of the orders that say it, else as assumed."""
    priced = float(lives["priced"].sum())
    return float(lives["margin"].sum()) / priced if priced else tables.assumptions.gross_margin


def _lives(tables: Tables, period: Period, by: str | None) -> pd.DataFrame:
    """Return one row a customer: what was bought so far, months as a customer, times lost."""
    rows = bought(tables, period, by)
    rows = rows[rows["customer_id"].notna()]
    sums = rows.groupby(["group", "customer_id"])[["amount", "orders", "margin", "priced"]].sum()
    end = last_day(tables, period)
    lives = sums[sums["orders"] > 0].join(_since_orders(tables, rows, end)).reset_index()
    if by_contract(tables):
        signed = _under_contract(tables, end)
        for name in signed:
            lives[name] = lives["customer_id"].map(signed[name]).fillna(lives[name])
    return lives


def _since_orders(tables: Tables, rows: pd.DataFrame, end: object) -> pd.DataFrame:
    """Return the calendar months during which someone was a customer, and how often that ended.

    An order makes a customer in its month and in those that follow, a year in all by default.
    """
    one = ["group", "customer_id"]
    stays = max(1, round(tables.assumptions.customer_days / DAYS_A_MONTH))
    months = rows.loc[rows["orders"] > 0, [*one, "month"]].sort_values([*one, "month"])
    following = months.groupby(one)["month"].shift(-1).fillna(number_of(Period.month_of(end)) + 1)
    waiting = following - months["month"]
    months = months.assign(months=waiting.clip(upper=stays), lapses=(waiting > stays) * 1.0)
    return months.groupby(one)[["months", "lapses"]].sum()


def _under_contract(tables: Tables, end: object) -> pd.DataFrame:
    """Return the calendar months under contract of each customer, and how often one ended."""
    day = pd.Timestamp(end)
    spans = in_pandas(tables.frame("customer_spans", {"customer_id", "start_at", "end_at"}))
    spans = spans[spans["start_at"] <= day].sort_values(["customer_id", "start_at"])
    until = spans["end_at"].where(spans["end_at"] < day, day)
    first, last = (
        column.dt.year * MONTHS_A_YEAR + column.dt.month for column in (spans["start_at"], until)
    )
    # A contract that begins in the month in which another ended shares that month with it.
    taken = last.groupby(spans["customer_id"]).shift(1, fill_value=0)
    months = (last - np.maximum(first, taken + 1) + 1).clip(lower=0).astype(float)
    spans = spans.assign(months=months, lapses=(spans["end_at"] <= day) * 1.0)
    return spans.groupby("customer_id")[["months", "lapses"]].sum()
