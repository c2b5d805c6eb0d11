"""The canonical tables: columns and types as the data model has them."""

from __future__ import annotations

import pytest

from kpilib.tables import TABLES
from kpilib.tables.derive import CONTRACTS, DERIVED, base_of, sources

# The data model, written down a second time.
MODEL = {
    "sessions": "session_id:key visitor_id:key started_at:ts duration_s:float engaged_s:float"
    " pageviews:int key_events:int source:text medium:text campaign_id:key channel:enum"
    " landing_page:text country:text is_new_visitor:bool",
    "web_events": "event_id:key session_id:key visitor_id:key ts:ts event_name:enum page:text"
    " cta_id:key asset_id:key form_id:key",
    "acquisition_daily": "date:date platform:enum channel:enum campaign_id:key item:text"
    " impressions:int clicks:int conversions:int cost:EUR sum_position:float",
    "leads": "lead_id:key person_key:key visitor_id:key session_id:key created_at:ts channel:enum"
    " campaign_id:key form_id:key fit_score:float engagement_score:float qualified_at:ts sql_at:ts"
    " meeting_at:ts won_at:ts customer_id:key",
    "email_sends": "send_id:key campaign_id:key recipient_key:key sent_at:ts delivered:bool"
    " bounce_kind:enum is_privacy_proxied:bool human_open:bool machine_open:bool first_open_at:ts"
    " human_click:bool first_click_at:ts click_count:int unsubscribed_at:ts complained:bool",
    "memberships": "membership_id:key kind:enum person_key:key start_at:date end_at:date"
    " end_reason:text",
    "social_posts": "post_id:key account_id:key network:text author_kind:enum published_at:ts"
    " is_paid:bool format:text impressions:int reach:int reactions:int comments:int shares:int"
    " clicks:int follows:int snapshot_at:ts",
    "social_daily": "date:date account_id:key network:text dimension:enum dimension_value:text"
    " followers:int new_followers:int lost_followers:int impressions:int reach:int"
    " profile_contacts:int",
    "interactions": "interaction_id:key ts:ts space:enum actor_key:key actor_is_brand:bool"
    " actor_is_follower:bool kind:enum target_id:key parent_id:key target_author_key:key"
    " recipients_n:int minutes:float",
    "texts": "text_id:key ts:ts source:enum author_key:key subject_id:key group_key:key"
    " language:text rating:float body:text sentiment:enum sentiment_score:float themes:list"
    " is_gold:bool",
    "survey_waves": "survey_id:key wave:text survey_kind:enum population:text group_key:key"
    " invited_n:int population_n:int opened_at:ts closed_at:ts",
    "survey_responses": "response_id:key survey_id:key wave:text respondent_key:key group_key:key"
    " item_id:key dimension:text scale_min:int scale_max:int is_reversed:bool value:float"
    " answered_at:ts subject_id:key",
    "employees": "employee_id:key valid_from:date valid_to:date hired_at:date left_at:date"
    " leave_reason:enum contract_kind:enum fte:float weekly_hours:hours team:key manager_id:key",
    "absences": "absence_id:key employee_id:key start_date:date end_date:date kind:enum"
    " hours:float",
    "work_items": "item_id:key kind:enum owner_key:key team:key opened_at:date due_at:date"
    " done_at:date target:float achieved:float quality_score:float",
    "work_calendar": "date:date site:key is_public_holiday:bool label:text",
    "trainings": "training_id:key title:text topic:text method:enum started_at:date ended_at:date"
    " duration_h:float version:text objective_id:key target_kpi_id:key is_gamified:bool",
    "training_participants": "training_id:key person_key:key arm:enum team:key hours_planned:float"
    " hours_attended:float completed_at:date objective_met:bool objective_exceeded:bool",
    "kpi_measurements": "subject_key:key team:key training_id:key kpi_id:key period_start:date"
    " period_end:date phase:enum value:float numerator:float denominator:float max_value:float"
    " unit_value_eur:EUR source:text",
    "costs": "cost_id:key scope_kind:enum scope_id:key cost_kind:enum amount_ht:EUR currency:text"
    " incurred_at:date",
}


@pytest.mark.parametrize("name", MODEL)
def test_columns_and_types_are_those_of_the_data_model(name):
    expected = dict(part.split(":") for part in MODEL[name].split())
    declared = {column.name: column.type for column in TABLES[name].columns.values()}

    assert {column: declared.get(column) for column in expected} == expected


@pytest.mark.parametrize(
    ("table", "column", "choices"),
    [
        ("web_events", "event_name", "page_view cta_view cta_click download form_start form_submit"
         " newsletter_signup product_click"),
        ("acquisition_daily", "platform", "search_console google_ads linkedin_ads meta_ads"),
        ("memberships", "kind", "newsletter community subscription association"),
        ("interactions", "space", "social community internal"),
        ("interactions", "kind", "visit reaction comment share post question answer mention quote"
         " message"),
        ("employees", "leave_reason", "resignation dismissal retirement end_fixed_term death"
         " transfer"),
        ("employees", "contract_kind", "CDI CDD intern temp"),
        ("absences", "kind", "sickness work_accident commuting_accident occupational_disease"
         " unjustified maternity authorised paid_leave training strike"),
        ("kpi_measurements", "phase", "before during after"),
        ("costs", "scope_kind", "campaign training community tool"),
        ("costs", "cost_kind", "analysis design delivery material venue travel participant_time"
         " evaluation overhead media"),
    ],
)  # fmt: skip
def test_choices_are_those_of_the_data_model(table, column, choices):
    assert TABLES[table].columns[column].choices == tuple(choices.split())


PERSONAL = ("person_key", "visitor_id", "employee_id", "respondent_key", "actor_key", "author_key",
            "recipient_key", "subject_key", "manager_id", "target_author_key", "body")  # fmt: skip


def test_whatever_names_a_person_is_marked_personal():
    unmarked = [
        f"{name}.{column.name}"
        for name, contract in TABLES.items()
        for column in contract.columns.values()
        if column.name in PERSONAL and not column.personal
    ]

    assert unmarked == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_link_leads_to_a_table_with_that_column(name):
    for column, target in CONTRACTS[name].links.items():
        assert column in CONTRACTS[name].columns
        assert column in CONTRACTS[target].columns


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_table_says_which_columns_it_needs(name):
    every = DERIVED[name].needs | DERIVED[name].either
    for source, columns in every.items():
        assert set(columns.split()) <= set(TABLES[source].columns)
    assert base_of(name) == DERIVED[name].base
    assert set(sources(name, set())) == set(every)


def test_a_canonical_table_is_its_own_source():
    assert sources("leads", {"created_at"}) == {"leads": {"created_at"}}
    assert base_of("leads") == "leads"


def test_what_is_assumed_of_a_missing_column_is_one_of_its_choices():
    wrong = [
        f"{name}.{column.name}"
        for name, contract in TABLES.items()
        for column in contract.columns.values()
        if column.choices and column.absent and column.absent not in column.choices
    ]

    assert wrong == []
