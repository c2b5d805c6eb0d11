"""A story of the sample company that is left out or told shows where it says, and only there."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pytest

import kpilib as kl
from data.sample_company.build import build
from data.sample_company.stories import STORIES, apply_edits, left_out, retold
from kpilib.topics.catalogue import catalogue
from tests.sample_figures import SAMPLE, TEAM

OTHERWISE = {  # what is changed: the stories as they are then
    "no unrest": left_out("unrest"),
    "a training without effect": left_out("good_training"),
    "customers as warm as before": left_out("cold_customers"),
    "no machine more opens letters": left_out("hidden_opens"),
    "no empty campaign": left_out("empty_campaign"),
    "a team that is not hurried": left_out("hurry"),
    "nobody cut off": left_out("cut_off"),
    "no team hangs on feedback": left_out("feedback_helps"),
    "a campaign that fails": retold("lost_leads"),
    "a team that leaves": retold("team_leaves"),
    "a sensor that stops on the 20th": retold("dead_sensor"),
    "a double import": retold("double_import"),
    "visits of a robot": retold("robots"),
    "a comma that is lost": retold("lost_comma"),
    "a letter sent twice": retold("double_mailing"),
    "requests closed at once": retold("closed_at_once"),
    "critics that are lost": retold("lost_critics"),
}
SEEN_IN = {  # table: its columns that differ, None where rows come or go
    "no unrest": {
        "absences": None, "participations": {"attended"}, "survey_responses": {"value"},
        "texts": None,
    },
    "a training without effect": {"kpi_measurements": {"value"}},
    "a team that is not hurried": {"work_items": {"done_at", "quality_score"}},
    "customers as warm as before": {"survey_responses": {"value"}},
    "no machine more opens letters": {
        "email_sends": {"is_privacy_proxied", "human_open", "machine_open", "first_open_at"}
    },
    "no empty campaign": dict.fromkeys(
        ("sessions", "web_events", "leads", "acquisition_daily", "costs", "actions")
    ),
    "nobody cut off": {"messages": None},
    "no team hangs on feedback": {"survey_responses": {"value"}},
    "a campaign that fails": {
        "sessions": {"key_events"}, "web_events": None, "leads": None,
        "acquisition_daily": {"conversions"},
    },
    "a team that leaves": {
        "employees": {"valid_to", "left_at", "leave_reason"}, "absences": None,
    },
    "a sensor that stops on the 20th": {
        "sessions": None, "web_events": None, "leads": {"visitor_id", "session_id"},
    },
    "a double import": {"orders": None},
    "visits of a robot": {"sessions": None, "web_events": None},
    "a comma that is lost": {"orders": {"amount_ht", "margin_ht"}},
    "a letter sent twice": {"email_sends": None},
    "requests closed at once": {"support_tickets": {"resolved_at", "first_response_at"}},
    "critics that are lost": {"survey_responses": None},
}  # fmt: skip
MADE = {}  # what one company has drawn and the next one need not
MOVES = {  # topics: their figures of October that move
    "no unrest": {
        "employees": {"absenteeism_rate", "absence_frequency", "enps", "engagement_survey_score",
                      "initiative_participation_rate", "feedback_themes"},
    },
    "a training without effect": {
        "training": {"business_kpi_change", "training_effect_did", "training_effect_trend",
                     "effect_lag", "training_performance_correlation", "training_benefit",
                     "training_roi", "training_bcr", "payback_period", "method_roi"},
    },
    "a team that is not hurried": {"employees": {"on_time_project_rate", "work_quality_score"}},
    "customers as warm as before": {
        "customers": {"nps", "high_potential_promoters", "engagement_segments"},
    },
}  # fmt: skip


@cache
def told() -> dict[str, pl.DataFrame]:
    """Return the tables as they are committed."""
    return {path.stem: pl.read_parquet(path) for path in (SAMPLE / "tables").glob("*.parquet")}


@cache
def otherwise(change: str) -> dict[str, pl.DataFrame]:
    """Return the tables of the company with one story changed, drawn again where it is drawn."""
    stories = OTHERWISE[change]
    is_edit = all(
        story == STORIES[name] or story.plants or story.takes_away
        for name, story in stories.items()
    )
    return apply_edits(told(), stories) if is_edit else build(stories, MADE)


@cache
def company(change: str = ""):
    """Return the company with one story changed; without a name, as it is committed."""
    tables = otherwise(change) if change else told()
    return kl.open(tables, timezone="Europe/Paris", currency="EUR", as_of="2026-10-31")


@cache
def figures(change: str, kpis: tuple[str, ...], by: str = "kpi") -> set[tuple]:
    """Return KPI, group, value and size of every figure of October 2026."""
    rows = company(change).evaluate([*kpis], "2026-10", by=None if by == "kpi" else by)
    return set(rows[["kpi", by, "value", "n"]].astype(str).itertuples(index=False, name=None))


def moved(change: str, *kpis: str, by: str = "kpi") -> set[tuple[str, str]]:
    """Return the KPIs and groups whose figures of October a change moves."""
    differ = figures("", kpis, by) ^ figures(change, kpis, by)
    return {(kpi, group) for kpi, group, *_ in differ}


def one_value(change: str, kpi: str, period="2026-10") -> float:
    return company(change).evaluate(kpi, period)["value"].item()


@pytest.mark.parametrize("change", OTHERWISE)
class TestShowsOnlyThere:
    def test_other_tables_are_the_same(self, change):
        changed = {
            name for name, table in told().items() if not table.equals(otherwise(change)[name])
        }
        assert changed == set(SEEN_IN[change])

    def test_other_columns_are_the_same(self, change):
        for name, columns in SEEN_IN[change].items():
            before, after = told()[name], otherwise(change)[name]
            if columns is None:
                assert before.height != after.height
            else:
                found = {each for each in before.columns if not before[each].equals(after[each])}
                assert found == columns, name


class TestFigures:
    @pytest.mark.parametrize(("change", "topic"), [(c, t) for c in MOVES for t in MOVES[c]])
    def test_of_a_topic_only_these_move(self, change, topic):
        kpis = [kpi.id for kpi in catalogue().values() if kpi.topic == topic]
        assert {kpi for kpi, _ in moved(change, *kpis)} == MOVES[change][topic]

    def test_unrest_is_of_one_team(self):
        assert moved("no unrest", "absenteeism_rate", by="team") == {("absenteeism_rate", TEAM)}

    def test_without_its_effect_a_training_does_not_pay(self):
        kpi, studied = "training_effect_did", STORIES["good_training"].whom
        found = moved("a training without effect", kpi, by="training_id")
        assert found == {("training_effect_did", studied)}
        after = figures("a training without effect", (kpi,), "training_id")
        assert abs(next(float(value) for _, key, value, _ in after if key == studied)) < 0.5

    def test_visits_without_the_campaign(self):
        kpis = ["sessions", "visitor_to_lead_rate", "bounce_rate"]
        found = moved("no empty campaign", *kpis, by="channel")
        assert {channel for _, channel in found} == {"display"}

    def test_the_campaign_that_fails_leaves_no_lead(self):
        found = moved("a campaign that fails", "sessions", "leads", by="campaign_id")
        assert found == {("leads", "rentree_2026")}

    def test_nothing_is_counted_after_the_sensor(self):
        change = "a sensor that stops on the 20th"
        until = ("2026-10-01", "2026-10-19")
        assert one_value(change, "sessions") == one_value("", "sessions", until)
        assert one_value(change, "leads") == one_value("", "leads")

    def test_a_team_that_leaves_is_seen_in_its_turnover(self):
        found = moved("a team that leaves", "headcount", by="team")
        assert found == {("headcount", "formateurs")}

    def test_revenue_of_the_week_that_was_imported_twice(self):
        week = ("2026-10-05", "2026-10-11")
        twice = one_value("a double import", "revenue", week)
        assert twice == pytest.approx(2 * one_value("", "revenue", week))

    def test_a_robot_fills_the_denominator(self):
        change = "visits of a robot"
        assert one_value(change, "sessions") == one_value("", "sessions") + 2880
        assert one_value(change, "bounce_rate") > one_value("", "bounce_rate")
        assert one_value(change, "leads") == one_value("", "leads")

    def test_a_lost_comma_makes_amounts_a_hundredfold(self):
        days = ("2026-10-12", "2026-10-14")
        wrong = one_value("a comma that is lost", "revenue", days)
        assert wrong == pytest.approx(100 * one_value("", "revenue", days))

    def test_a_letter_sent_twice_halves_its_open_rate(self):
        rates = {}
        for name, change in (("once", ""), ("twice", "a letter sent twice")):
            rows = company(change).evaluate("open_rate", "2026-10", by="campaign_id")
            rates[name] = rows.set_index("campaign_id")["value"]
        halved = rates["twice"] / rates["once"]
        assert halved["nl_2026_10b"] == pytest.approx(0.5)
        assert halved.drop("nl_2026_10b").eq(1).all()

    def test_requests_closed_at_once_took_long(self):
        kpi = "avg_resolution_time"
        assert one_value("requests closed at once", kpi) > one_value("", kpi)

    def test_without_critics_staff_is_happy(self):
        change = "critics that are lost"
        assert one_value(change, "enps") > one_value("", "enps") + 20


class TestTelling:
    def test_what_was_made_before_changes_no_table(self):
        """After all companies above, the one that is committed: nobody's leftovers are in it."""
        for change in OTHERWISE:
            otherwise(change)
        again = build(STORIES, MADE)
        assert again.keys() == told().keys()
        assert [name for name, table in told().items() if not table.equals(again[name])] == []

    def test_stories_say_what_they_are(self):
        for name, story in STORIES.items():
            assert name == story.name and story.whom and story.changes and story.finds
            assert story.told or story.plants, f"{name} is not told and nothing would plant it"

    def test_every_told_story_stands_in_the_readme(self):
        text = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
        assert [name for name in STORIES if f"`{name}`" not in text] == []

    def test_a_name_that_is_none(self):
        with pytest.raises(ValueError, match="no story 'unrst'. Did you mean 'unrest'?"):
            left_out("unrst")

    def test_an_amount_that_is_none(self):
        with pytest.raises(ValueError, match="has no .'teams'.. It has: whom, since, mood"):
            retold("unrest", teams=3)

    def test_a_day_that_another_table_says_too(self):
        with pytest.raises(ValueError, match="has no .'since'.. It has: everybody, trained"):
            retold("good_training", since=date(2026, 5, 1))

    def test_nothing_changed_is_the_company_as_it_is(self):
        assert retold("unrest") == STORIES
