"""The sample company: inside its data model, coherent across tables; test_wheel makes it again."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import polars as pl
import pytest

from kpilib.objectives.plan import goals_of
from kpilib.tables import TABLES
from kpilib.topics.catalogue import TOPICS, kpi
from tests.sample_figures import SAMPLE, month, staff, table

FIRST, LAST = date(2024, 9, 1), date(2026, 10, 31)
NAMES = sorted(path.stem for path in (SAMPLE / "tables").glob("*.parquet"))
# Columns that know more than the period: people and customers from before, what is planned.
WIDER = {
    ("memberships", "start_at"), ("customers", "first_order_at"), ("employees", "hired_at"),
    ("employees", "valid_from"), ("work_calendar", "date"), ("actions", "started_at"),
    ("actions", "ended_at"), ("participations", "activity_at"),
}  # fmt: skip
FOREIGN = [
    ("web_events.session_id", "sessions.session_id"),
    ("leads.session_id", "sessions.session_id"),
    ("leads.visitor_id", "sessions.visitor_id"),
    ("leads.customer_id", "customers.customer_id"),
    ("customers.referred_by", "customers.customer_id"),
    ("orders.customer_id", "customers.customer_id"),
    ("email_sends.recipient_key", "memberships.person_key"),
    ("interactions.parent_id", "interactions.interaction_id"),
    ("absences.employee_id", "employees.employee_id"),
    ("work_items.owner_key", "employees.employee_id"),
    ("applications.employee_id", "employees.employee_id"),
    ("applications.item_id", "work_items.item_id"),
    ("employees.manager_id", "employees.employee_id"),
    ("survey_responses.survey_id", "survey_waves.survey_id"),
    ("training_participants.training_id", "trainings.training_id"),
    ("kpi_measurements.training_id", "trainings.training_id"),
    ("kpi_measurements.subject_key", "training_participants.person_key"),
    ("support_tickets.customer_id", "customers.customer_id"),
    ("memberships.referred_by", "memberships.person_key"),
]


def values(column: str) -> set:
    """Return the values of `table.column`, nulls left out."""
    name, column = column.split(".")
    return set(table(name)[column].drop_nulls())


def test_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 5e6


@pytest.mark.parametrize("name", NAMES)
class TestDataModel:
    def test_columns(self, name):
        known, found = TABLES[name].columns, table(name).columns
        assert set(found) <= set(known)
        assert all(known[missing].absent is not None for missing in set(known) - set(found))

    def test_key(self, name):
        key = list(TABLES[name].key)
        assert not table(name).select(key).is_duplicated().any()

    def test_allowed_values(self, name):
        for column in TABLES[name].columns.values():
            found = set(table(name)[column.name].drop_nulls()) if column.choices else set()
            assert found <= set(column.choices), column.name

    def test_dates_in_the_period(self, name):
        for column, kind in table(name).schema.items():
            if kind not in (pl.Date, pl.Datetime) or (name, column) in WIDER:
                continue
            days = table(name)[column].drop_nulls()
            if kind == pl.Datetime:
                days = days.dt.convert_time_zone("Europe/Paris").dt.date()
            assert days.is_between(FIRST, LAST).all(), column

    def test_addresses_are_examples(self, name):
        for text in table(name).select(pl.col(pl.String)).iter_columns():
            dotted = [
                value for value in text.unique().drop_nulls() if re.search(r"\w\.\w|@", value)
            ]
            assert all(value.endswith(".example") for value in dotted), text.name


@pytest.mark.parametrize(("child", "parent"), FOREIGN)
def test_foreign_keys(child, parent):
    assert values(child) <= values(parent)


class TestCoherence:
    def test_one_campaign_in_every_table(self):
        paid = {"rentree_2025", "rentree_2026", "cloture_2025", "cloture_2026"}
        for name in ("acquisition_daily", "sessions", "leads", "email_sends"):
            assert paid <= values(f"{name}.campaign_id"), name
        assert paid <= values("costs.scope_id")
        won = table("leads").filter(pl.col("campaign_id").is_in(paid))["customer_id"].drop_nulls()
        assert set(won) & values("orders.customer_id")

    def test_campaigns_of_leads_and_sessions_agree(self):
        both = table("leads").join(table("sessions"), on="session_id", suffix="_visit")
        for column in ("visitor_id", "channel", "campaign_id"):
            assert both[column].eq_missing(both[f"{column}_visit"]).all()

    def test_media_costs_are_the_days_of_the_platforms(self):
        ends = pl.col("date").dt.month_end().alias("incurred_at")
        paid = table("acquisition_daily").filter(pl.col("campaign_id").is_not_null())
        days = paid.group_by(pl.col("campaign_id").alias("scope_id"), ends).agg(pl.sum("cost"))
        media = table("costs").filter(pl.col("cost_kind") == "media")
        both = days.join(media, on=["scope_id", "incurred_at"], how="full")
        assert both.height == media.height
        assert (both["cost"] - both["amount_ht"]).abs().max() < 0.005

    def test_events_of_a_session(self):
        counted = table("web_events").group_by("session_id").agg(
            views=(pl.col("event_name") == "page_view").sum(),
            keys=pl.col("event_name").is_in(["form_submit", "download", "newsletter_signup"]).sum(),
        )  # fmt: skip
        both = table("sessions").join(counted, on="session_id", how="left")
        assert (both["pageviews"] == both["views"]).all()
        assert (both["key_events"] == both["keys"]).all()

    def test_sign_ups_are_memberships(self):
        local = pl.col("ts").dt.convert_time_zone("Europe/Paris").dt.date().alias("day")
        events = table("web_events").filter(pl.col("event_name") == "newsletter_signup")
        joined = table("memberships").filter(pl.col("start_at") >= FIRST)
        days = joined.filter(pl.col("kind") == "newsletter").group_by(day="start_at").len()
        both = days.join(
            events.group_by(local).len("sign_ups"), on="day", how="full", coalesce=True
        )
        extra = both.with_columns(extra=pl.col("len") - pl.col("sign_ups").fill_null(0))
        extra = extra.filter(pl.col("extra") != 0).sort("day").select("day", "extra").rows()
        assert extra == [(date(2025, 3, 20), 70), (date(2026, 3, 19), 210)]

    def test_readers_are_on_the_list_when_a_mailing_leaves(self):
        sends = table("email_sends").with_columns(day=pl.col("sent_at").dt.date())
        lists = table("memberships").rename({"person_key": "recipient_key"})
        on_list = (pl.col("start_at") < pl.col("day")) & (
            pl.col("end_at").is_null() | (pl.col("end_at") >= pl.col("day"))
        )
        assert sends.join(lists, on="recipient_key").filter(on_list).height == sends.height

    def test_won_leads_have_orders(self):
        won = table("leads").filter(pl.col("won_at").is_not_null())
        last = table("orders").group_by("customer_id").agg(pl.max("ordered_at"))
        both = won.join(last, on="customer_id", how="left")
        assert (both["ordered_at"] >= both["won_at"] - timedelta(hours=6)).all()

    def test_headcount_is_invited(self):
        waves = table("survey_waves").filter(pl.col("survey_kind") == "enps")
        for wave in waves.iter_rows(named=True):
            day = wave["opened_at"].date()
            stays = pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
            present = staff().filter(
                pl.col("team") == wave["group_key"], pl.col("valid_from") <= day
            )
            assert present.filter(stays).height == wave["invited_n"]

    def test_acts_are_what_posts_count(self):
        kinds = {"reactions": "reaction", "comments": "comment", "shares": "share"}
        acts = table("interactions").filter(~pl.col("actor_is_brand"), pl.col("space") == "social")
        posts = table("social_posts").filter(~pl.col("is_paid"))
        for column, kind in kinds.items():
            assert acts.filter(pl.col("kind") == kind).height == posts[column].sum()

    def test_followers_follow_from_gains_and_losses(self):
        daily = table("social_daily").filter(pl.col("dimension") == "total")
        daily = daily.sort("account_id", "date").with_columns(
            gap=pl.col("followers").diff().over("account_id")
            - pl.col("new_followers") + pl.col("lost_followers")
        )  # fmt: skip
        gaps = daily.filter(pl.col("gap") != 0).select("account_id", "date", "gap").rows()
        assert gaps == [("acc_instagram", date(2026, 2, 11), -38)]

    def test_texts_are_about_what_is_there(self):
        known = {
            "comment": values("social_posts.post_id"), "mention": values("social_posts.post_id"),
            "support": values("support_tickets.ticket_id"),
            "community_post": values("interactions.interaction_id"),
        }  # fmt: skip
        subjects = table("texts").drop_nulls("subject_id")
        assert set(subjects["source"]) == set(known)
        for source, ids in known.items():
            assert set(subjects.filter(pl.col("source") == source)["subject_id"]) <= ids, source

    def test_members_act_while_they_are_members(self):
        acts = table("interactions").filter(
            pl.col("space") == "community", ~pl.col("actor_is_brand")
        )
        day = pl.col("ts").dt.convert_time_zone("Europe/Paris").dt.date()
        club = table("memberships").filter(pl.col("kind") == "community")
        both = acts.join(club, left_on="actor_key", right_on="person_key", how="left")
        visits = both.filter(pl.col("kind") == "visit")
        assert both["membership_id"].null_count() == 0 and club["person_key"].is_unique().all()
        assert both.filter(pl.col("start_at") > day).is_empty()
        assert visits.filter(pl.col("end_at") < day).is_empty()

    def test_campaigns_and_notes_are_actions(self):
        costs = table("costs").filter(pl.col("scope_kind") == "campaign")
        assert set(costs["scope_id"]) <= values("actions.action_id")
        assert "display_notoriete_2026" in values("actions.action_id")

    def test_segments_are_parts_of_the_followers(self):
        daily = table("social_daily")
        total = daily.filter(pl.col("dimension") == "total")
        parts = daily.filter(pl.col("dimension") != "total")
        keys = ["date", "account_id"]
        known = parts.group_by(*keys, "dimension").agg(pl.sum("followers"))
        both = known.join(total.select(*keys, whole="followers"), on=keys)
        assert both.height == known.height and (both["followers"] < both["whole"]).all()

    def test_a_support_survey_follows_a_resolved_request(self):
        answers = table("survey_responses").filter(pl.col("survey_id") == "support")
        both = answers.join(table("support_tickets"), left_on="subject_id", right_on="ticket_id")
        assert both.height == answers.height
        assert (both["resolved_at"] <= both["answered_at"]).all()

    def test_nobody_came_to_what_is_yet_to_come(self):
        rows = table("participations").with_columns(day=pl.col("activity_at").dt.date())
        planned = rows.filter(pl.col("day") > LAST)
        assert planned["activity_id"].unique().to_list() == ["webinaire_2026_11"]
        assert planned["attended"].null_count() == planned.height > 10
        assert rows.filter(pl.col("day") <= LAST)["attended"].null_count() == 0

    def test_no_two_absences_at_once(self):
        spells = table("absences").sort("employee_id", "start_date")
        before = pl.col("end_date").shift().over("employee_id")
        assert spells.filter(pl.col("start_date") <= before).is_empty()

    def test_public_holidays(self):
        days = table("work_calendar").filter("is_public_holiday")["date"].to_list()
        moving = {date(2024, 4, 1), date(2024, 5, 9), date(2024, 5, 20), date(2025, 4, 21)}
        moving |= {date(2025, 5, 29), date(2025, 6, 9), date(2026, 4, 6), date(2026, 5, 14)}
        assert len(days) == 33 and moving <= set(days)

    def test_season(self):
        sessions = table("sessions").group_by(month("started_at").alias("m")).len()
        count = dict(sessions.rows())
        for year in ("2025", "2026"):
            assert count[f"{year}-08"] < 0.8 * count[f"{year}-06"] < count[f"{year}-09"]


class TestWrittenFiles:
    def test_objectives_name_figures_of_the_catalogue(self):
        found = goals_of(SAMPLE)
        assert len({goal.id for goal in found}) == len(found)
        assert {kpi(goal.kpi).topic for goal in found if goal.kpi} == set(TOPICS) - {"okr"}
        for goal in found:
            for words in (goal.owner, goal.key_result.next_action):
                assert words.en and words.fr
            label = goal.key_result.label  # without one it is called as its KPI is
            assert (label.en and label.fr) or (goal.kpi and label.en == label.fr == "")

    def test_notes(self):
        with (SAMPLE / "notes.csv").open(encoding="utf-8", newline="") as file:
            notes = list(csv.DictReader(file))
        for note in notes:
            assert FIRST <= date.fromisoformat(note["date"]) <= LAST
            assert kpi(note["kpi"]) and note["text_en"] and note["text_fr"]

    def test_dictionary_names_every_column(self):
        text = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
        for name in NAMES:
            section = re.search(rf"^### {name}\n(.*?)^##", text, re.S | re.M)
            assert section, name
            named = set(re.findall(r"`(\w+)`", section[1]))
            assert set(table(name).columns) <= named, name
            assert f"{table(name).height:,}" in text, name
