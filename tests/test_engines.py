"""Wherever the tables are, the figures are the same, to the last digit."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.topics.catalogue import catalogue
from tests.maker import LAST
from tests.small_company import small_company

TABLES = small_company(seed=3, size=80)
KPIS = list(catalogue())


def as_pandas(_folder):
    return TABLES


def as_polars(_folder):
    return {name: pl.from_pandas(frame) for name, frame in TABLES.items()}


def as_arrow(_folder):
    return {name: pa.Table.from_pandas(f, preserve_index=False) for name, f in TABLES.items()}


def as_relations(_folder):
    con = duckdb.connect()
    return {name: con.from_arrow(table) for name, table in as_arrow(None).items()}


def as_connection(_folder):
    con = duckdb.connect()
    con.execute("set timezone = 'America/New_York'")  # a session's own zone must not matter
    for name, table in as_arrow(None).items():
        con.register("given", table)
        con.execute(f"create table {name} as select * from given")
        con.unregister("given")
    return con


def as_csv(folder):
    (folder / "tables").mkdir()
    for name, frame in TABLES.items():
        written = frame.copy()
        for column in written:
            if isinstance(written[column].dtype, pd.DatetimeTZDtype):
                written[column] = written[column].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if "weekly_hours" in written:
            written["weekly_hours"] = [",".join(map(str, week)) for week in written["weekly_hours"]]
        written.to_csv(folder / "tables" / f"{name}.csv", index=False)
    return folder


def as_parquet(folder):
    (folder / "tables").mkdir()
    for name, frame in TABLES.items():
        frame.to_parquet(folder / "tables" / f"{name}.parquet")
    return folder


ENGINES = {
    make.__name__.removeprefix("as_"): make
    for make in (as_polars, as_arrow, as_relations, as_connection, as_csv, as_parquet)
}


# Some figures by group, by a column of their own table and by one that is looked up.
GROUPED = {
    "channel": ["sessions", "bounce_rate", "avg_session_duration", "visitor_to_lead_rate", "leads",
                "content_downloads", "new_visitors", "page_views"],
    "campaign_id": ["click_rate", "unsubscribe_rate", "ad_ctr"],
    "team": ["headcount", "turnover_rate", "absenteeism_rate", "enps"],
    "network": ["interactions", "new_followers", "avg_post_engagement_rate", "reach"],
    "customer_kind": ["revenue", "average_order_value", "purchase_frequency", "nps",
                      "active_customers", "customer_retention_rate", "repeat_purchase_rate"],
    "kind": ["avg_resolution_time", "support_requests", "answer_rate"],
    "medium": ["external_mentions"],
    "activity_kind": ["event_registrations", "event_attendance"],
    "hour": ["sessions", "bounce_rate", "leads", "revenue"],
    "weekday": ["sessions", "bounce_rate", "leads", "interactions", "revenue"],
}  # fmt: skip
# These add up fractions: their order shows in the last digit.
DIVIDED = ["avg_post_engagement_rate", "active_member_rate"]
BY = sorted({each.by for each in catalogue().values() if each.by} | set(GROUPED))


def figures(source, groups, whole=True):
    """Every KPI under "", where asked; some under each column that makes their groups."""
    data = kl.open(source, as_of=LAST)
    res = {"": data.series(KPIS, "2025-02", months=1)} if whole else {}
    for by in groups:
        res[by] = data.evaluate(GROUPED[by], "2025-02", by=by)
    return {
        asked: table.sort_values(["kpi", "period", *_by(table)], ignore_index=True)
        for asked, table in res.items()
    }


def _by(table):
    return [name for name in BY if name in table]


@pytest.fixture(scope="module")
def expected():
    return figures(as_pandas(None), GROUPED)


@pytest.fixture(scope="module", params=ENGINES)
def found(request, tmp_path_factory):
    """What an engine answers, beside which stands what pandas does."""
    source = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    # One engine of each kind answers by group: the others read into one of these two. A connection
    # hands out its tables as relations, so that one of them answers whole and the other by group.
    grouped = request.param in ("polars", "relations")
    return figures(source, GROUPED if grouped else (), whole=request.param != "relations")


def beside(expected, found):
    """Each answer of pandas and of another engine to the same question."""
    assert found
    return [(expected[asked], theirs) for asked, theirs in found.items()]


def test_the_small_company_answers_every_kpi(expected):
    february = expected[""][expected[""]["period"] == "2025-02"]
    statuses = february.groupby("kpi")["status"].agg(set)

    assert statuses.pop("reach") == {"not_additive"}  # a month of days has two bounds and no sum
    assert statuses.pop("campaign_traffic_uplift") <= {"ok", "too_few"}  # one began too early
    for name in ("training_effect_trend", "effect_lag", "payback_period"):  # T1 was measured once
        assert statuses.pop(name) == {"ok", "too_few"}
    for name in ("network_isolation_rate", "network_hubs", "network_density"):
        assert statuses.pop(name) == {"missing_table"}  # a small company writes no messages
    assert statuses.pop("engagement_survey_score") == {"too_few"}  # its items do not go together
    assert {name for name, status in statuses.items() if status != {"ok"}} == set()


@pytest.mark.parametrize("column", ["status", "value", "numerator", "denominator", "n", "flags"])
def test_figures_agree_exactly(expected, found, column):
    for ours, theirs in beside(expected, found):
        assert ours["kpi"].tolist() == theirs["kpi"].tolist()
        inexact = ours["kpi"].isin(DIVIDED)
        for rows, rule in ((~inexact, {"check_exact": True}), (inexact, {"rtol": 1e-12})):
            pd.testing.assert_series_equal(ours[column][rows], theirs[column][rows], **rule)


def test_groups_agree(expected, found):
    for ours, theirs in beside(expected, found):
        for by in _by(ours):
            assert ours[by].tolist() == theirs[by].tolist() or ours[by].equals(theirs[by])


def test_intervals_and_details_agree(expected, found):
    for ours, theirs in beside(expected, found):
        for column in ("ci_low", "ci_high"):
            pd.testing.assert_series_equal(ours[column], theirs[column], rtol=1e-12)
        assert list(map(known, theirs["details"])) == [
            pytest.approx(known(mine), rel=1e-12) for mine in ours["details"]
        ]
        assert list(map(words, theirs["details"])) == list(map(words, ours["details"]))


def known(details):
    """The numbers among details; None and a number do not compare."""
    return {
        name: value
        for name, value in details.items()
        if value is not None and not isinstance(value, str)
    }


def words(details):
    """The words among details, such as a verdict."""
    return {name: value for name, value in details.items() if isinstance(value, str)}
