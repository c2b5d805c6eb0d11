"""Rows that hold no value to be added: told of, and never taken for 0."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

import kpilib as kl

# Of the four visits, one has no page views; the only one that came directly.
SESSIONS = pd.DataFrame(
    [
        ("s1", "2025-02-03 10:00", 1, 10.0, "email"),
        ("s2", "2025-02-04 10:00", 2, 20.0, "email"),
        ("s3", "2025-02-05 10:00", 6, 60.0, "referral"),
        ("s4", "2025-02-06 10:00", None, None, "direct"),
    ],
    columns=["session_id", "started_at", "pageviews", "duration_s", "channel"],
).assign(started_at=lambda rows: pd.to_datetime(rows["started_at"]))


def by_channel(given: object, kpi: str) -> pd.DataFrame:
    data = kl.open(given, as_of="2025-02-28")
    return data.evaluate(kpi, "2025-02", by="channel").set_index("channel")


def in_a_database(rows: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.register("given", rows)
    connection.execute("create table sessions as select * from given")
    return connection


@pytest.mark.parametrize("kind", [lambda rows: {"sessions": rows}, in_a_database])
def test_the_figure_says_that_some_rows_are_left_out(kind):
    data = kl.open(kind(SESSIONS), as_of="2025-02-28")
    row = data.evaluate("page_views", "2025-02").iloc[0]

    assert (row["value"], row["status"]) == (1 + 2 + 6, "ok")
    assert "excluded_rows" in row["flags"]


@pytest.mark.parametrize("kpi", ["page_views", "pages_per_session", "avg_session_duration"])
def test_a_group_without_any_is_unknown_and_not_0(kpi):
    rows = by_channel({"sessions": SESSIONS}, kpi)

    assert rows["status"].to_dict() == {"direct": "no_data", "email": "ok", "referral": "ok"}
    assert pd.isna(rows.loc["direct", "value"])
    assert "excluded_rows" in rows.loc["direct", "flags"]
    assert "excluded_rows" not in rows.loc["email", "flags"]


def test_rows_that_do_not_count_need_no_value():
    """Of an export of orders, the refused ones have no amount: nothing is left out of the sales."""
    orders = pd.DataFrame(
        [("o1", 100.0, "paid"), ("o2", None, "cancelled")],
        columns=["order_id", "amount_ht", "status"],
    ).assign(ordered_at="2025-02-03", product_kind="intra")
    row = kl.open({"orders": orders}).evaluate("intra_training_sales", "2025-02").iloc[0]

    assert row["value"] == 100 and "excluded_rows" not in row["flags"]
