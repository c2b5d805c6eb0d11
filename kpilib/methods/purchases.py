"""What each customer bought in each calendar month, and how soon customers came back."""

from __future__ import annotations

from datetime import date, timedelta

import narwhals as nw
import pandas as pd

from kpilib.derived.customers import in_revenue, is_order
from kpilib.engine import Tables
from kpilib.instants import edge
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.slices import broken_down, dated, days_asked

MONTHS_A_YEAR = 12
READ = {"customer_id", "ordered_at", "amount_ht", "status"}
NAMES = ["customer_id", "group", "month", "amount", "orders", "margin", "priced"]


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
        return pd.DataFrame(columns=NAMES)
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
    found = in_pandas(sums).fillna(dict.fromkeys(NAMES[3:], 0.0))
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


def last_day(tables: Tables, period: Period) -> date:
    """Return the last day of a period that the data covers."""
    return min(period.end_day, tables.as_of or period.end_day)


def last_whole_month(tables: Tables, period: Period) -> int:
    """Return the number of the last month that was seen to its end."""
    end = last_day(tables, period)
    month = Period.month_of(end)
    return number_of(month if month.end_day == end else month.previous())


def number_of(month: Period) -> int:
    """Return the number of a month: twelve apart is a year apart."""
    return month.start.year * MONTHS_A_YEAR + month.start.month - 1


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
