"""What customers have brought so far, and for how long they have been customers.

Nothing is extrapolated. Someone who is still a customer is counted for the time seen so far, and
not left out: a mean over those who left would only know the short lives.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.cohorts import expected_life
from kpilib.engine.known import by_contract
from kpilib.engine.outcome import Answer, Outcome
from kpilib.engine.slices import broken_down, dated, days_asked
from kpilib.methods.call import Call, last_day
from kpilib.period import Period
from kpilib.tables.buyers import in_revenue, is_order
from kpilib.tables.instants import edge
from kpilib.tables.read import in_pandas, settled
from kpilib.tables.store import Tables

MONTHS_A_YEAR = 12
READ = {"customer_id", "ordered_at", "amount_ht", "status"}
NAMES = ["customer_id", "group", "month", "amount", "orders", "margin", "priced"]
DAYS_A_MONTH = 365.25 / MONTHS_A_YEAR


def bought(tables: Tables, period: Period, by: str | None = None) -> pd.DataFrame:
    """Return what each customer bought in each calendar month up to the end of a period.

    Parameters
    ----------
    tables : Tables
    period : Period
        Its last day counts, and the data's if that is earlier.
    by : str, optional

    Returns
    -------
    pandas.DataFrame
        One row per customer, ``group`` and ``month`` (its number): the paid ``amount`` net of
        refunds, the number of ``orders``, their ``margin``, and the amount of those ``priced``,
        whose margin is known.
    """
    key = ("bought", last_day(tables, period), by)
    if key not in tables.cache:
        tables.cache[key] = _read(tables, period, by)
    return tables.cache[key].copy()


def _read(tables: Tables, period: Period, by: str | None) -> pd.DataFrame:
    months = _months(tables, period)
    if not months:
        return pd.DataFrame(columns=NAMES).astype(dict.fromkeys(NAMES[2:], float))
    has_margin = tables.holds("orders", {"margin_ht"})
    columns = READ | ({"margin_ht"} if has_margin else set())
    frame = broken_down(tables, "orders", columns, by, days_asked(months))
    sold = frame.filter(in_revenue(nw.col("status"), nw.col("amount_ht")))
    inside, cells = dated(sold, "ordered_at", months, tables)
    counts = is_order(nw.col("status"), nw.col("amount_ht"))
    margin = nw.col("margin_ht") if has_margin else nw.lit(None, dtype=nw.Float64)
    sums = (
        inside.with_columns(
            amount=nw.col("amount_ht"),
            orders=nw.when(counts).then(nw.lit(1)).otherwise(nw.lit(0)),
            margin=margin,
            priced=nw.when(~margin.is_null()).then(nw.col("amount_ht")),
        )
        .group_by("customer_id", "group", "cell")
        .agg(*(nw.col(name).sum() for name in NAMES[3:]))
    )
    found = in_pandas(sums)
    found = found.assign(
        **{name: settled(found[name].fillna(0).to_numpy(float)) for name in NAMES[3:]}
    )
    numbers = {cell: number_of(month) for cell, month in cells.items()}
    found["month"] = found["cell"].map(numbers).astype(int)
    return found[NAMES].sort_values(NAMES[:3], ignore_index=True)


def _months(tables: Tables, period: Period) -> list[Period]:
    """Return the calendar months from the first order to the end, the last one cut there."""
    first, end = tables.extent("orders").first, last_day(tables, period)
    if first is None or first > end:
        return []
    months = [Period.month_of(first)]
    while months[-1].end_day < end:
        months.append(Period.month_of(months[-1].end_day + timedelta(days=1)))
    return [*months[:-1], Period(months[-1].start, end)]


def last_whole_month(tables: Tables, period: Period) -> int:
    """Return the number of the last month that was seen to its end."""
    end = last_day(tables, period)
    month = Period.month_of(end)
    return number_of(month if month.end_day == end else month.previous())


def number_of(month: Period) -> int:
    """Return the number of a month: twelve apart is a year apart."""
    return month.start.year * MONTHS_A_YEAR + month.start.month - 1


def month_of(number: int) -> Period:
    """Return the month of a number."""
    year, month = divmod(int(number), MONTHS_A_YEAR)
    return Period.month_of(date(year, month + 1, 1))


def older(tables: Tables) -> set[str]:
    """Return the customers who, it is known, ordered before the records of orders begin."""
    first = tables.extent("orders").first
    known = "customers" in tables and tables.holds("customers", {"customer_id", "first_order_at"})
    if first is None or not known:
        return set()
    customers = tables.frame("customers", {"customer_id", "first_order_at"})
    dtype = customers.collect_schema()["first_order_at"]
    begin = first if dtype == nw.Date else edge(Period(first, first).bounds(tables.zone)[0], dtype)
    before = customers.filter(nw.col("first_order_at") < begin).select("customer_id")
    return set(in_pandas(before)["customer_id"])


def second_orders(tables: Tables, period: Period) -> pd.DataFrame:
    """Return how soon each customer came back, up to the last whole month.

    Returns
    -------
    pandas.DataFrame
        One row a customer: ``cohort``, the number of the month of the first order; ``months``
        from there to the second order, or as far as seen; ``returned``. Customers who ordered
        before the records begin are left out: how soon they came back is not known.
    """
    last = last_whole_month(tables, period)
    rows = bought(tables, period)
    rows = rows[(rows["orders"] > 0) & (rows["month"] <= last)]
    rows = rows[~rows["customer_id"].isin(older(tables))].dropna(subset=["customer_id"])
    so_far = rows.groupby("customer_id")["orders"].cumsum()
    first = rows.groupby("customer_id")["month"].min()
    second = rows[so_far >= 2].groupby("customer_id")["month"].min().reindex(first.index)
    return pd.DataFrame(
        {"cohort": first, "months": second.fillna(last) - first, "returned": second.notna()}
    )


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


def lifetime_value(call: Call) -> Answer:
    """Return average order x orders a month x months as a customer: revenue per customer to date.

    The details hold the three factors, and the variants by name: ``churn_variant`` (a month's
    revenue per customer over the monthly churn), ``margin_variant`` and ``discounted_variant``.
    """
    answer, tables = {}, call.tables
    before = older(tables)
    for period in call.begun:
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
