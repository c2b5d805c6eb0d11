"""Every additive figure and every ratio equals its plain SQL, in `tests/plain_sql`."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.definitions import Method, Share
from kpilib.period import Period
from kpilib.tables.derive import base_of
from kpilib.topics.catalogue import catalogue
from tests.maker import LAST
from tests.plain_sql import GROUPED, SQL
from tests.small_company import MONTHS, small_company

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
ONE_GROUP = {"cta_click_rate": ("cta_id", "top")}  # the only group that has its SQL
BOUNDED = {"reach"}  # the networks' own count of people: see the test of its bounds


PERIODS = {
    "january": "2025-01",
    "february": "2025-02",
    "a quarter": "2025-Q1",
    "a week": ("2025-01-13", "2025-01-19"),
    "a day": ("2025-02-05", "2025-02-05"),
    "across months": ("2025-01-20", "2025-02-09"),
}


def asked(period, query, until=LAST):
    """Return the parameters that a query uses."""
    paris = ZoneInfo("Europe/Paris")
    start, stop = Period.parse(period).bounds(paris)
    known = (pd.Timestamp(until) + pd.Timedelta(days=1)).tz_localize(paris).to_pydatetime()
    if "activity_at" not in query:  # who registered for an event to come is known today
        stop = min(stop, known)  # rows that are dated after the last day of the data are not read
    first, last = Period.parse(period).start, Period.parse(period).end_day
    year = pd.Timestamp(last) + pd.Timedelta(days=1) - pd.DateOffset(months=12)
    every = {
        "start": start,
        "stop": stop,
        "first": first,
        "last": last,
        "year_start": year.tz_localize(paris).tz_convert("UTC").to_pydatetime(),
        "until": known,
        "known": until,
    }
    return {name: value for name, value in every.items() if f"${name}" in query}


# What came of a row is known when it came: (column, the instant that says when).
OUTCOMES = {
    "leads": [(each, each) for each in ("qualified_at", "sql_at", "meeting_at", "won_at")],
    "email_sends": [
        ("human_open", "first_open_at"), ("machine_open", "first_open_at"),
        ("human_click", "first_click_at"), ("unsubscribed_at", "unsubscribed_at"),
    ],
    "support_tickets": [(each, each) for each in ("first_response_at", "resolved_at")],
}  # fmt: skip


def database(tables):
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    day_after = (pd.Timestamp(LAST) + pd.Timedelta(days=1)).tz_localize("Europe/Paris")
    known = f"timestamptz '{day_after.isoformat()}'"
    for name, frame in tables.items():
        con.register(f"arrow_{name}", pa.Table.from_pandas(frame, preserve_index=False))
        later = [
            f"case when {day} is null or {day} < {known} then {column} end as {column}"
            for column, day in OUTCOMES.get(name, [])
            if {column, day} <= set(frame)
        ]
        told = f"replace ({', '.join(later)})" if later else ""
        con.execute(f"create table {name} as select * {told} from arrow_{name}")
    return con


def one_figure(res, kpi):
    """Return the figure of a KPI; its groups added up where it is broken down by itself."""
    own = res[res["kpi"] == kpi]
    if kpi in ONE_GROUP:
        by, group = ONE_GROUP[kpi]
        own = own[own[by] == group]
    if catalogue()[kpi].by and kpi not in ONE_GROUP:
        return own["value"].sum(min_count=1), set(own["status"])
    return (own["value"].item(), set(own["status"])) if len(own) else (float("nan"), {"no_data"})


def agree(found, expected, statuses):
    """Whether both say the same: the same figure, or nothing is known."""
    if statuses == {"suppressed"}:
        return True
    if found != found:
        unknown = {"no_data", "no_denominator", "too_few"}
        return expected in (None, 0) and statuses <= unknown
    return expected is not None and found == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@pytest.fixture(scope="module")
def small():
    """The same company for us and for plain SQL."""
    tables = small_company(seed=3, size=120)
    return kl.open(tables, as_of=LAST), database(tables)


@pytest.fixture(scope="module", params=PERIODS)
def both(request, small):
    """Every figure of a period, and the database to work them out again."""
    data, con = small
    period = PERIODS[request.param]
    return period, data.series(list(SQL), period, months=1), con


def test_every_additive_figure_and_ratio_has_its_sql():
    declared = {
        each.id for each in catalogue().values() if not isinstance(each.value, Method | Share)
    }
    shares = {each.id for each in catalogue().values() if isinstance(each.value, Share)}

    assert declared - BOUNDED == set(SQL)
    assert shares <= {kpi for kpi, _ in GROUPED}


def test_small_figures_are_not_all_unknown(small):
    """What follows would prove nothing on a company without figures."""
    data, _ = small
    res = data.evaluate(list(SQL), "2025-02")

    assert set(res["status"]) == {"ok"}


@pytest.mark.parametrize("kpi", SQL)
def test_a_figure_equals_its_sql(both, kpi):
    period, res, con = both
    found, statuses = one_figure(res, kpi)
    expected = con.execute(SQL[kpi], asked(period, SQL[kpi])).fetchone()[0]

    assert agree(found, expected, statuses), (found, expected, statuses)


@pytest.mark.parametrize(("kpi", "by"), GROUPED)
def test_groups_equal_their_sql(small, kpi, by):
    data, con = small
    query = GROUPED[kpi, by]
    res = data.evaluate(kpi, MONTHS[0], by=by)
    expected = dict(con.execute(query, asked(MONTHS[0], query)).fetchall())

    assert dict(zip(res[by], res["value"], strict=True)) == pytest.approx(
        {group: float(value) for group, value in expected.items()}, rel=1e-9
    )


def test_bounds_of_reach_equal_their_sql(small):
    """Nobody can add up people: the largest day, and the sum of all days."""
    data, con = small
    row = data.evaluate("reach", "2025-02").iloc[0]
    query = """select max(reach), sum(reach) from social_daily
        where dimension = 'total' and date between $first and $last"""
    least, most = con.execute(query, asked("2025-02", query)).fetchone()

    assert (row["status"], row["ci_low"], row["ci_high"]) == ("not_additive", least, most)


@pytest.fixture(scope="module")
def sample():
    """The sample company, opened by us, and its files in plain SQL."""
    files = sorted((SAMPLE / "tables").glob("*.parquet"))
    if not files:
        pytest.skip("data/sample has no tables: make them with data/make_sample.py")
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for path in files:
        con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
    data = kl.open(SAMPLE)
    ids = [name for name in SQL if name not in ONE_GROUP]
    return data, con, data.series(ids, data.last_month(), months=1)


@pytest.mark.parametrize("kpi", [name for name in SQL if name not in ONE_GROUP])
def test_a_figure_of_the_sample_company_equals_its_sql(sample, kpi):
    data, con, res = sample
    month = data.last_month()
    if set(res.loc[res["kpi"] == kpi, "status"]) == {"missing_table"}:
        lacking = [table for table in catalogue()[kpi].tables if base_of(table) not in data.tables]
        assert lacking, kpi
        return
    expected = con.execute(SQL[kpi], asked(month, SQL[kpi], data.as_of)).fetchone()[0]
    found, statuses = one_figure(res, kpi)

    assert agree(found, expected, statuses), (found, expected, statuses)
