"""Between two instants the same time passes on every engine, whatever clock its session shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import polars as pl
import pytest

from kpilib.tables.conform import conform
from kpilib.tables.contract import table
from kpilib.tables.instants import day_number, days_after, edge, midnight, seconds_between
from kpilib.tables.read import in_pandas, native

PARIS = ZoneInfo("Europe/Paris")
CONTRACT = table("things", "one thing", "a ts; b ts; day date", time="a")
# Across both changes of the clock, across new years, with microseconds, backwards.
PAIRS = [
    (datetime(2025, 10, 25, 12, tzinfo=UTC), datetime(2025, 10, 27, 12, tzinfo=UTC)),
    (datetime(2025, 11, 1, 12, tzinfo=UTC), datetime(2025, 11, 2, 12, 0, 0, 250_000, tzinfo=UTC)),
    (datetime(2024, 2, 28, 23, 59, 59, tzinfo=UTC), datetime(2025, 3, 31, 1, tzinfo=UTC)),
    (datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 3, 29, 22, 59, 59, 999_999, tzinfo=UTC)),
]


def in_polars():
    return pl.DataFrame(PAIRS, schema=["a", "b"], orient="row")


def in_duckdb():
    con = duckdb.connect()
    con.execute("set timezone = 'America/New_York'")
    return con.from_arrow(in_polars().to_arrow())


@pytest.fixture(scope="module", params=[in_polars, in_duckdb])
def frame(request):
    return conform(native(request.param(), "things"), CONTRACT, {"a", "b"}, PARIS, "things")


def asked(frame, **expressions):
    return in_pandas(frame.select(**expressions))


def test_seconds_between_two_instants(frame):
    res = asked(frame, seconds=seconds_between(nw.col("a"), nw.col("b")))["seconds"]

    assert sorted(res) == sorted((last - first).total_seconds() for first, last in PAIRS)


def test_days_after_have_24_hours(frame):
    gone = seconds_between(nw.col("a"), days_after(nw.col("a"), 30))

    assert set(asked(frame, gone=gone)["gone"]) == {30 * 86_400.0}


def test_an_edge_compares_with_a_column(frame):
    first, last = PAIRS[1]
    before, after = (edge(last + timedelta(microseconds=us), frame.collect_schema()["b"])
                     for us in (0, 1))  # fmt: skip
    found = frame.filter((nw.col("b") >= before) & (nw.col("b") < after))

    assert asked(found, gone=seconds_between(nw.col("a"), nw.col("b")))["gone"].tolist() == [
        (last - first).total_seconds()
    ]


def test_days_are_numbered_as_python_does():
    days = [date(1999, 12, 31), date(2000, 2, 29), date(2000, 3, 1), date(2100, 3, 1)]
    frame = nw.from_native(pl.LazyFrame({"day": days}))

    assert asked(frame, number=day_number(nw.col("day")))["number"].tolist() == [
        day.toordinal() for day in days
    ]


@pytest.mark.parametrize("engine", [in_polars, in_duckdb])
def test_of_an_instant_a_day_is_the_local_one(engine):
    frame = native(engine(), "things").rename({"a": "day"})
    res = asked(conform(frame, CONTRACT, {"day"}, PARIS, "things"), day=nw.col("day"))

    assert sorted(res["day"].dt.date) == sorted(a.astimezone(PARIS).date() for a, _ in PAIRS)


@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize(
    "name",
    [
        "Europe/Paris",
        "America/Sao_Paulo",  # 2008: on 19 October clocks skip midnight
        "America/Havana",  # 2008: on 26 October they go from one o'clock to midnight
        "Australia/Lord_Howe",  # by half an hour
        "Asia/Kolkata",  # never
    ],
)
def test_a_day_begins_when_python_says_so(name, later):
    zone, span = ZoneInfo(name), (date(2008, 1, 1), date(2008, 12, 31))
    days = pl.DataFrame({"day": pl.date_range(*span, eager=True)})
    frame = nw.from_native(days.lazy())
    begun = frame.with_columns(begins=midnight(frame, "day", later, zone, span)).collect()

    assert begun["begins"].to_list() == [
        datetime.combine(day + timedelta(days=later), time(), zone).astimezone(UTC)
        for day in days["day"]
    ]
