"""Faults 4 to 32 in tables of the company's own: what `kpilib check` and figures say of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

import kpilib as kl
from kpilib.objectives.standing import standings
from kpilib.period import Period
from tests.faults.desk import CANARY, MONTH, PLAN, parquet

ORDERS = "order_id,ordered_at,amount_ht"
FIRST = "A1,2026-10-05,10"
TRAININGS = "training_id,started_at,ended_at,method"
COURSE = "T1,2026-10-05,2026-10-06"


def found(name, tables, code, *said, settings=(), hidden=CANARY):
    return pytest.param(tables, settings, code, said, hidden, id=name)


@pytest.mark.parametrize(("tables", "settings", "code", "said", "hidden"), [
    found("f06 a header twice", {"orders.csv": [f"{ORDERS},amount_ht", f"{FIRST},99"]}, 1,
          "orders.csv: column 'amount_ht' appears twice. Rename one of them."),
    found("f10 a comma too many", {"orders.csv": [
        ORDERS, *(f"A{number},2026-10-05,10" for number in range(25_000)),
        f"A25000,2026-10-05,10,{CANARY}",
    ]}, 1, "orders.csv: 1 row(s) do not have the 3 fields of the header",
          "the first is row 25002"),
    found("f13 what was read a thousand times too large",
          {"employees.csv": ["employee_id,hired_at,left_at,fte", "E1,2020-01-01,,800"]}, 1,
          "employees.csv: column fte, 1 row(s), the first in row 2: the value is above 1."),
    found("f18 a table that is there twice",
          {"orders.csv": [ORDERS, FIRST], "orders.parquet": parquet(order_id=["A1"])}, 1,
          "table orders is also in orders.csv. Keep one."),
    found("f18 a copy beside a table",
          {"orders.csv": [ORDERS, FIRST], "orders (1).csv": [ORDERS, FIRST]}, 1,
          "orders (1).csv: no table is called"),
    found("f19 a stale table is late", {"orders.csv": [ORDERS, FIRST]}, 0,  # as_of is 31 October
          "LATE: more than 7 days behind", settings=["freshness: {orders: 7}"]),
    found("f23 ids that became floats", {"orders.parquet": parquet(
        order_id=[1.0], ordered_at=[date(2026, 10, 5)], amount_ht=[10.0]
    )}, 1, "orders.parquet: column order_id holds Float64, and a name must be text"),
    found("f26 exact duplicates are left out and said",
          {"orders.csv": [ORDERS, *[FIRST] * 11, "A2,2026-10-05,20"]}, 0, "orders: 10 "),
    found("f27 a dimension with two answers",
          {"trainings.csv": [TRAININGS, f"{COURSE},presentiel", f"{COURSE},en_ligne"]}, 1,
          "trainings.csv: 1 row(s) repeat a key (training_id)"),
    found("f30 variants of a label", {"sessions.csv": [
        "session_id,started_at,country", "1,2026-10-05,Paris", "2,2026-10-31,PARIS",
        "3,2026-10-31,Lyon",
    ]}, 0, "To be looked at: sessions.csv: column country: 3 labels are 2 once capitals",
          hidden="Paris"),
    found("f32 a share above one",
          {"employees.csv": ["employee_id,hired_at,left_at,fte", f"{CANARY},2020-01-01,,1.7"]}, 1,
          "employees.csv: column fte, 1 row(s), the first in row 2: the value is above 1."),
    found("f32 a count below zero",
          {"sessions.csv": ["session_id,started_at,pageviews", f"{CANARY},2026-10-05,-3"]}, 1,
          "sessions.csv: column pageviews, 1 row(s), the first in row 2: the value is below 0."),
    found("f32 eleven of ten",
          {"texts.csv": ["text_id,ts,rating", f"{CANARY},2026-10-05,11"]}, 1,
          "texts.csv: column rating, 1 row(s), the first in row 2: the value is above 10."),
    found("a key that reads as a total",
          {"orders.csv": [ORDERS, FIRST, "Total,2026-10-31,10"]}, 1,
          "orders.csv: column order_id, 1 row(s), the first in row 3: the key reads as a"),
])  # fmt: skip
def test_it_is_checked(desk, tables, settings, code, said, hidden):
    desk.settings(*settings)
    for name, rows in tables.items():
        data = rows if isinstance(rows, bytes) else "".join(f"{row}\n" for row in rows).encode()
        (desk.folder / "tables" / name).write_bytes(data)
    exit_code, heard = desk.checked()

    assert not [each for each in said if each not in heard], heard
    assert exit_code == code and hidden not in heard


def test_f04_a_column_is_missing(desk):
    desk.table("orders", "order_id,ordered_at,amount", FIRST)
    res = desk.run("value", "revenue", "--month", MONTH)

    assert res.exit_code == 1
    assert "orders.csv: column amount_ht is missing. Found: order_id, ordered_at" in res.stderr
    assert "Did you mean 'amount'?" in res.stderr


def test_f07_a_header_only_is_no_data_never_zero_and_no_objective_missed(desk):
    desk.table("orders", f"{ORDERS},status")
    desk.plan(PLAN)
    (row,) = desk.rows("revenue")
    (standing,) = standings(kl.open(desk.folder), Period.parse(MONTH))

    assert (row["value"], row["status"]) == (None, "no_data")
    assert (standing.verdict.level, standing.verdict.reason) == ("not_assessable", "missing")


def test_f23_instants_that_lost_their_zone_are_said(desk):
    late, file = datetime(2026, 10, 5, 12), desk.folder / "tables" / "orders.parquet"
    frame = pl.DataFrame({"order_id": ["1"], "ordered_at": [late], "amount_ht": [10.0]})
    frame.write_parquet(file)
    code, said = desk.checked()
    frame.with_columns(ordered_at=pl.lit(late.replace(tzinfo=UTC))).write_parquet(file)

    assert code == 0 and "orders: ordered_at" in said
    assert "orders: ordered_at" not in desk.checked()[1]


def test_f26_exact_duplicates_of_a_table_count_once(desk):
    desk.table("orders", f"{ORDERS},status", *[f"{FIRST},paid"] * 11, "A2,2026-10-05,20,paid")

    assert desk.figure() == 30.0


def test_f27_a_dimension_that_is_listed_twice_multiplies_nothing(desk):
    desk.table("trainings", TRAININGS, *[f"{COURSE},presentiel"] * 2)
    days = ["2026-10-06"] * 5 + [""] * 5
    people = (f"T1,{one},7,{day}" for one, day in zip("abcdefghij", days, strict=True))
    desk.table("training_participants", "training_id,person_key,hours_attended,completed_at",
               *people)  # fmt: skip

    # Five of ten people; the training stands twice, its people do not.
    for by in ("", "method"):
        (row,) = desk.rows("completion_rate", by=by)
        assert (row["numerator"], row["denominator"]) == (5, 10)
