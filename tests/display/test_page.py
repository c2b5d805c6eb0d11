"""A page answers in one short call a cell, whatever is missing, and leaves every KPI behind it."""

from __future__ import annotations

import json
from copy import copy

import pandas as pd
import pytest

import kpilib as kl
from kpilib.catalogue import of_topic
from kpilib.display.block import Block
from kpilib.display.chart import Chart
from kpilib.errors import ParameterError, PeriodError, UnknownName
from kpilib.language import LANGUAGES
from kpilib.monthly.checks import faults_of
from kpilib.steering.standing import standings

PAYLOAD = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def company():
    """Return a company with 14 months of sessions, six a day, and nothing else."""
    starts = pd.date_range("2025-09-01", "2026-10-31 23:00", freq="4h", tz="UTC")
    count = len(starts)
    sessions = pd.DataFrame(
        {
            "session_id": [f"s{i}" for i in range(count)],
            "visitor_id": [f"v{i % 700}" for i in range(count)],
            "started_at": starts,
            "duration_s": [float(i % 200) for i in range(count)],
            "engaged_s": [float(i % 25) for i in range(count)],
            "pageviews": [1 + i % 3 // 2 for i in range(count)],
            "key_events": 0,
            "channel": [("direct", "email", "organic_search")[i % 3] for i in range(count)],
            "campaign_id": [("", "a", PAYLOAD)[i % 3] for i in range(count)],
        }
    )
    return kl.open({"sessions": sessions}, as_of="2026-10-31")


def page(company, topic: str = "audience", **more):
    return kl.page(topic, month="2026-10", data=company, **more)


OBJECTIVES = """
objectives:
  - id: traffic
    statement: More visits
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - {id: kr_sessions, kpi: sessions, mode: from_to, unit: count, baseline: 150, target: 250}
  - id: secret
    status: hidden
    statement: Look good
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - {id: kr_bounce, kpi: bounce_rate, mode: from_to, unit: "%", baseline: 60, target: 40}
"""


def test_a_topic_gives_the_verdict_of_the_scoreboard_and_keeps_secrets(company, tmp_path):
    (tmp_path / "objectives.yaml").write_text(OBJECTIVES, encoding="utf-8")
    steered = copy(company)
    steered.folder = tmp_path
    made = page(steered)
    judged = {each.kpi.id: each.verdict for each in made.entries() if each.verdict}
    everywhere = {each.goal.kpi: each.verdict for each in standings(steered, made.month)}
    assert judged == {"sessions": everywhere["sessions"]} and "bounce_rate" in everywhere
    # 186 in October: 36 of the 66.8 that the path asks for is 0.54.
    assert judged["sessions"].level == "moderate_failure"
    shown = made.scorecard()._repr_html_()
    assert "Moderate failure so far" in shown and "the path asks for 217 by" in shown
    assert made.key_result("bounce_rate") is None and made.key_result("sessions").target == 250
    # A page of another topic does not show it.
    assert page(steered, "leads").entries()[0].verdict is None


def html_of(*blocks) -> str:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    body = "".join(block._repr_html_() for block in blocks)
    return f"<!doctype html><html lang=en>{policy}<title>t</title><body>{body}</body></html>"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_call_of_a_notebook_gives_a_sound_block(company, lang):
    made = page(company, lang=lang)
    blocks = [
        made.freshness(),
        made.scorecard(),
        made.trend("sessions"),
        made.reading("sessions"),
        made.reading("sessions", "bounce_rate", base="previous"),
        made.shares("channel_sessions"),
        made.bars("bounce_rate", by="channel"),
        made.bars("bounce_rate", by="campaign_id"),
        made.heatmap("sessions", by="hour"),
        made.heatmap("engaged_session_rate", by="channel"),
        made.small_multiples("sessions", "bounce_rate", "avg_search_position"),
        made.small_multiples("sessions", by="channel"),
        made.table("channel_sessions"),
        made.limits(),
        made.write(),
    ]
    assert all(isinstance(block, Block) for block in blocks)
    assert made.charts == sum(isinstance(block, Chart) for block in blocks) == 8
    assert faults_of(html_of(*blocks), made.charts) == []


def test_a_chart_without_data_is_a_reason(company):
    made = page(company, "leads")
    for block in (
        made.trend("cost_per_lead"),
        made.bars("visitor_to_lead_rate", by="channel"),
        made.funnel("visitor_to_lead_rate", "lead_to_customer_rate"),
        made.shares("leads", by="channel"),
    ):
        assert "missing table" in block._repr_html_() and "<svg" not in block._repr_html_()
    assert made.charts == 0


@pytest.mark.parametrize(
    "topic", ["leads", "emailing", "social", "customers", "community", "employees", "training"]
)
def test_a_page_whose_tables_are_all_missing_still_names_every_kpi(company, topic, tmp_path):
    made = page(company, topic, out=str(tmp_path))
    blocks = [made.freshness(), made.scorecard(), made.limits(), made.write()]
    assert faults_of(html_of(*blocks), 0) == []
    result = json.loads((tmp_path / "result.json").read_text())
    assert list(result["kpis"]) == [kpi.id for kpi in of_topic(topic)]
    assert set(result["kpis"].values()) <= {"missing_table", "ok"}


def test_writing_leaves_every_kpi_even_when_nothing_was_shown(company, tmp_path):
    made = page(company, out=str(tmp_path))
    made.write()
    result = json.loads((tmp_path / "result.json").read_text())
    figures = pd.read_csv(tmp_path / "figures.csv")
    assert result["topic"] == "audience" and result["month"] == "2026-10"
    assert set(figures["kpi"]) == set(result["kpis"])
    assert result["figures"] == len(figures) and result["charts"] == 0
    sessions = figures[(figures["kpi"] == "sessions") & (figures["period"] == "2026-10")]
    assert sessions["value"].tolist() == [186.0]  # 31 days, one session every four hours
    line = result["headlines"][0]
    assert {"kpi", "label", "value", "change", "text", "level", "verdict"} <= set(line)


def test_the_figures_are_those_that_were_shown(company, tmp_path):
    made = page(company, out=str(tmp_path))
    made.bars("bounce_rate", by="campaign_id")
    made.heatmap("sessions", by="hour")
    made.write()
    figures = pd.read_csv(tmp_path / "figures.csv", dtype={"campaign_id": str})
    assert PAYLOAD in set(figures["campaign_id"])
    hours = figures[figures["hour"].notna()]
    assert hours["value"].sum() == 186


def test_hours_are_those_of_the_companys_clock(company):
    titles = page(company).heatmap("sessions", by="hour").data
    rows = titles.set_index(titles.columns[0])
    # A session at 0:00 UTC is at 2:00 in Paris on three Tuesdays, and at 1:00 on the fourth,
    # after the clock went back.
    assert rows.loc["02–03", "Tue"] == "3" and rows.loc["01–02", "Tue"] == "1"


def test_hours_show_the_engines_figures_and_no_other(company):
    made = page(company)
    shown = made.heatmap("sessions", by="hour").data.set_index(" ").astype(float)
    engine = company.evaluate("sessions", "2026-10", by="hour").set_index("hour")["value"]

    assert shown.sum(axis=1).tolist() == engine.tolist()
    assert shown.to_numpy().sum() == company.evaluate("sessions", "2026-10")["value"].sum() == 186


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Pacific/Marquesas"])
def test_hours_of_a_zone_of_half_hours(zone):
    """Ten past midnight on a Wednesday, and 10:15 on the Tuesday before."""
    local = pd.to_datetime(["2026-10-06 10:15", "2026-10-07 00:10"]).tz_localize(zone)
    sessions = pd.DataFrame({"session_id": ["a", "b"], "started_at": local.tz_convert("UTC")})
    data = kl.open({"sessions": sessions}, timezone=zone, as_of="2026-10-31")
    rows = page(data).heatmap("sessions", by="hour").data.set_index(" ")

    assert rows.loc["10–11", "Tue"] == "1" and rows.loc["00–01", "Wed"] == "1"
    assert rows.astype(float).to_numpy().sum() == 2


def test_hours_of_sums_are_a_reason_and_no_figure():
    days = pd.date_range("2026-10-01", "2026-10-31", tz="Europe/Paris").tz_convert("UTC")
    sums = pd.DataFrame(
        {"session_id": [f"s{i}" for i in range(31)], "started_at": days, "is_aggregate": True,
         "sessions": 100, "unique_visitors": 80, "engaged_sessions": 40}
    )  # fmt: skip
    made = page(kl.open({"sessions": sums}, as_of="2026-10-31"))
    block = made.heatmap("sessions", by="hour")

    assert "the rows come summed up: they have no hour" in block._repr_html_()
    assert "<svg" not in block._repr_html_()
    assert len(made.figures) == 0


def test_a_month_says_which_days_it_has_five_times(company):
    """October 2026 begins on a Thursday and has 31 days."""
    html = page(company).heatmap("sessions", by="hour")._repr_html_()

    assert "Days that come five times in the month: Thu, Fri, Sat." in html


def test_nothing_is_written_without_a_folder(company, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page(company).write()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_refused(company, tmp_path):
    with pytest.raises(ParameterError, match="does not exist"):
        page(company, out=str(tmp_path / "no")).write()


def test_a_month_is_a_month(company):
    with pytest.raises(PeriodError):
        kl.page("audience", month="2026-13", data=company)
    with pytest.raises(PeriodError, match="one month"):
        kl.page("audience", month="2026-Q4", data=company)
    assert kl.page("audience", data=company).month.name == "2026-10"


def test_an_unknown_topic_or_kpi_names_the_nearest(company):
    with pytest.raises(UnknownName, match="audience"):
        kl.page("audiense", month="2026-10", data=company)
    with pytest.raises(UnknownName, match="bounce_rate"):
        page(company).trend("bounce_rat")


def test_a_rate_by_hour_has_its_few_cases_in_brackets(company):
    """Of an hour and a day of the week there are five visits at most, and mostly none."""
    block = page(company).heatmap("bounce_rate", by="hour")
    rows = block.data.set_index(" ")

    assert rows.loc["00–01", "Mon"].startswith("n/a") or rows.loc["00–01", "Mon"] == "–"
    assert "In brackets: few cases." in block._repr_html_()


def test_the_same_page_twice_is_the_same_to_the_byte(company):
    def draw() -> list[str]:
        made = page(company)
        return [made.trend("sessions")._repr_html_(), made.scorecard()._repr_html_()]

    assert draw() == draw()


def test_data_is_found_above_the_folder_of_the_notebook(company, tmp_path, monkeypatch):
    tables = tmp_path / "data" / "mine" / "tables"
    tables.mkdir(parents=True)
    company.table("sessions", columns=["session_id", "visitor_id", "started_at"]).to_parquet(
        tables / "sessions.parquet"
    )
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "deep")
    made = kl.page("audience", month="2026-10", data="data/mine")
    assert made.company.settings.name == "mine"
