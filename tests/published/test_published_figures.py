"""The figures of the published month against plain SQL on the same files, written anew here."""

from __future__ import annotations

import json
import re

import duckdb
import pandas as pd
import pytest

from kpilib.answers.evaluate import COLUMNS
from tests.published.conftest import MONTH, ROOT, TOPICS

TABLES = ROOT / "data" / "sample" / "tables"
pytestmark = pytest.mark.slow

# October 2026 in Paris: 1 October 00:00 is 30 September 22:00 UTC (summer time), 1 November 00:00
# is 31 October 23:00 UTC (winter time).
INSIDE = "{0} >= timestamptz '2026-09-30 22:00+00' and {0} < timestamptz '2026-10-31 23:00+00'"
DAYS = "{0} between date '2026-10-01' and date '2026-10-31'"

STANDARD = {"topic", "kpi", "period", "period_start", "period_end"} | {
    f"{part}{name}"
    for name in ("previous", "year_before")
    for part in ("", "delta_", "change_", "change_per_day_", "within_noise_", "news_")
}

SQL = {
    "sessions": f"select count(*) from sessions where {INSIDE.format('started_at')}",
    "unique_visitors": "select count(distinct visitor_id) from sessions where "
    + INSIDE.format("started_at"),
    "bounce_rate": "select 1 - avg((engaged_s > 10 or pageviews >= 2 or key_events >= 1)::int)"
    f" from sessions where {INSIDE.format('started_at')}",
    "avg_search_position": "select sum(sum_position) / sum(impressions) from acquisition_daily"
    f" where platform = 'search_console' and {DAYS.format('date')}",
    "leads": "select count(*) from (select person_key, min(created_at) as first from leads"
    f" group by 1) where {INSIDE.format('first')}",
    "visitor_to_lead_rate": "select avg((session_id in (select session_id from leads where"
    f" session_id is not null))::int) from sessions where {INSIDE.format('started_at')}",
    "cost_per_lead": "select (select sum(amount_ht) from costs where scope_kind = 'campaign' and"
    f" {DAYS.format('incurred_at')}) / (select count(*) from (select person_key, min(created_at)"
    f" as first from leads group by 1) where {INSIDE.format('first')})",
    "email_list_size": "select count(distinct person_key) from memberships where kind ="
    " 'newsletter' and start_at <= date '2026-10-31' and (end_at is null or end_at >"
    " date '2026-10-31')",
    "delivery_rate": "select avg(delivered::int) from email_sends where "
    + INSIDE.format("sent_at"),
    "open_rate_trackable": "select avg((coalesce(human_open, false) and (first_open_at is null or"
    " first_open_at <= sent_at + interval 7 day) or coalesce(human_click, false) and"
    " (first_click_at is null or first_click_at <= sent_at + interval 7 day))::int) from"
    " email_sends where delivered and not coalesce(is_privacy_proxied, false) and "
    + INSIDE.format("sent_at"),
    "engagement_rate_impressions": "select sum(coalesce(reactions, 0) + coalesce(comments, 0) +"
    " coalesce(shares, 0) + coalesce(clicks, 0) + coalesce(follows, 0)) / sum(impressions) from"
    f" social_posts where not coalesce(is_paid, false) and {INSIDE.format('published_at')}",
    "headcount": "select count(distinct employee_id) from employees where contract_kind in"
    " ('CDI', 'CDD') and hired_at <= date '2026-10-31' and (left_at is null or left_at >"
    " date '2026-10-31')",
    "training_cost": "select sum(amount_ht) from costs where scope_kind = 'training' and "
    + DAYS.format("incurred_at"),
}


@pytest.fixture(scope="module")
def figures(month):
    return pd.read_csv(month / "figures.csv")


@pytest.fixture(scope="module")
def database():
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for path in TABLES.glob("*.parquet"):
        connection.execute(f"create view {path.stem} as from '{path}'")
    yield connection
    connection.close()


@pytest.mark.parametrize("kpi", SQL)
def test_a_published_figure_equals_plain_sql(figures, database, kpi):
    expected = database.execute(SQL[kpi]).fetchone()[0]
    whole = figures[(figures["kpi"] == kpi) & (figures["period"] == MONTH)]
    groups = [name for name in whole.columns if name not in (*STANDARD, *COLUMNS)]
    whole = whole[whole[groups].isna().all(axis=1)]
    assert len(whole)
    assert whole["value"].to_numpy() == pytest.approx(float(expected), rel=1e-9)


def test_every_kpi_of_the_catalogue_is_in_the_figures(figures):
    from kpilib.topics.catalogue import catalogue

    assert set(catalogue()) <= set(figures["kpi"])


def test_no_employee_group_below_five_is_in_the_figures(figures):
    teams = figures[figures["topic"].eq("employees") & figures["team"].notna()]
    small = teams[teams["team"] == "direction"]  # four people
    assert len(small) and set(small["status"]) <= {"suppressed", "no_data"}
    shown = small[["value", "numerator", "denominator", "n", "ci_low", "ci_high"]]
    assert shown.isna().all(axis=None)
    hidden = teams[teams["status"] == "suppressed"].groupby(["kpi", "period"])["team"].nunique()
    assert (hidden >= 2).all()  # one alone could be had by subtracting the others


def test_run_json_tells_what_the_month_is_made_of(month):
    told = json.loads((month / "run.json").read_text(encoding="utf-8"))
    text = json.dumps(told)
    assert all(topic in text for topic in TOPICS)
    assert "sessions" in text and MONTH in text
    assert str(ROOT) not in text


def test_the_findings_can_be_read_on_the_pages(month):
    words = {topic: (month / f"{topic}.html").read_text(encoding="utf-8") for topic in TOPICS}
    assert "Display campaign 2026" in words["leads"]
    assert "Learner relations" in words["employees"]
    assert "Prospection commerciale B2B" in words["training_roi"]


def test_a_figure_above_its_path_that_stands_as_nearly_there_says_why(month):
    """2,803 addresses where 2,715 were expected: only those who open became fewer."""
    words = (month / "emailing.html").read_text(encoding="utf-8")
    lowered = re.escape("(lowered: “Open rate (trackable)” worsened)")
    assert re.search(f"Nearly on its path: 2,715 expected now[^<]*{lowered}", words)
