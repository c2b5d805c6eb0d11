"""Days that no row is about are named with their row, and are no end of the data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

import kpilib as kl
from kpilib.health.look import days_of, look
from kpilib.language import speaking
from kpilib.period import Period
from kpilib.sources.imports import import_files
from kpilib.tables.instants import plausible_days
from tests.sources.shop import company, export, row


def orders(*days):
    """One order a day, of 10 each."""
    rows = {"order_id": [f"o{place}" for place, _ in enumerate(days)], "ordered_at": [*days]}
    return pl.DataFrame(rows).with_columns(amount_ht=10.0, status=pl.lit("paid"))


def test_are_named_with_the_first_row_and_end_nothing():
    """Row 1 is the header: the order of the year 9999 stands in row 3, that of 24 in row 4."""
    given = orders("2026-10-05", "9999-12-31T23:30:00Z", "0024-10-05")
    data = kl.open({"orders": given}, timezone="Europe/Paris")

    assert data.tables.as_of == date(2026, 10, 5)
    assert data.evaluate("revenue", "2026-10")["value"].item() == 10.0
    assert look(data, Period.parse("2026-10")) == []
    last = plausible_days()[1]
    assert list(days_of(data.tables)) == [
        f"table orders:3: column ordered_at: 2 row(s) have a day before 1950-01-01 or after {last},"
        " so that no period counts them. Correct it, or leave it empty where no day is meant."
    ]


def test_a_slip_of_the_year_is_named_and_is_no_end_of_many_rows():
    """Of 101 orders one is of next year, two months behind the others; of two it may be meant."""
    today = datetime.now(UTC).date()
    days = [str(today - timedelta(days=30 + place % 60)) for place in range(100)]
    slip = str(today + timedelta(days=40))
    data = kl.open({"orders": orders(*days, slip)})

    last = today - timedelta(days=30)
    assert data.tables.as_of == last
    assert list(days_of(data.tables)) == [
        "table orders:102: column ordered_at: 1 row(s) have a day that has not come, long after"
        f" {last}, the last one before. Correct it."
    ]
    few = kl.open({"orders": orders(days[0], slip)})
    assert str(few.tables.as_of) == slip and list(days_of(few.tables)) == []


def test_a_last_day_far_ahead_says_that_there_is_none():
    """Both are members on 31 October; the year 9999 is how their tool writes "no end"."""
    rows = {"membership_id": ["a", "b"], "person_key": ["p", "q"], "kind": ["community"] * 2}
    days = {"start_at": ["2026-01-01"] * 2, "end_at": ["9999-12-31", None]}
    data = kl.open({"memberships": pl.DataFrame(rows | days)}, as_of="2026-10-31")

    assert list(days_of(data.tables)) == []
    assert data.evaluate("community_members", "2026-10")["value"].item() == 2


def test_an_import_names_the_line_in_the_language_of_who_imports(tmp_path):
    folder, said = company(tmp_path / "c"), []
    file = export(tmp_path / "shop.csv", row(1), row(2, day="9999-12-31"))
    with speaking("fr"):
        import_files([file], folder, say=said.append)

    (line,) = [each for each in said if "1950" in each]
    assert line.startswith(
        "    shop.csv:3: colonne Ordered\u00a0: 1 ligne(s) portent un jour avant"
    )
