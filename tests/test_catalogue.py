"""The catalogue as a whole: complete, consistent, and what the specification lists."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import kpilib as kl
from kpilib.definitions import Method, Ratio, Total
from kpilib.errors import DefinitionError, UnknownName
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.derive import CONTRACTS
from kpilib.topics import catalogue as catalogue_room
from kpilib.topics.catalogue import TOPICS, catalogue, kpi, kpis, of_topic

# id, unit, direction and roll-up class, from the cards of the KPI catalogue
CARDS = """
audience
    sessions count higher R1
    unique_visitors count higher R3
    pages_per_session pages higher R2
    avg_session_duration seconds higher R6
    engaged_session_rate rate higher R2
    bounce_rate rate lower R2
    channel_sessions count neutral R1
    organic_sessions count higher R1
    social_sessions count higher R1
    avg_search_position rank lower R2
leads
    leads count higher R1
    visitor_to_lead_rate rate higher R2
    action_rate rate higher R3
    cta_click_rate rate higher R2
    content_downloads count higher R3
    qualified_leads count higher R1
    lead_qualification_rate rate higher R7
    lead_to_customer_rate rate higher R7
    cost_per_lead EUR_per_lead lower R2
emailing
    email_list_size people higher R4
    delivery_rate rate higher R2
    open_rate rate higher R2
    open_rate_trackable rate higher R2
    click_rate rate higher R2
    click_to_open_rate rate higher R2
    unsubscribe_rate rate lower R2
social
    followers count higher R4
    follower_growth count higher R1
    interactions count higher R1
    engagement_rate_impressions rate higher R2
    engagement_rate_followers rate higher R3
    participation_90_9_1 rate neutral R3
    positive_reviews count higher R1
employees
    headcount people neutral R4
    employee_retention_rate rate higher R7
    turnover_rate rate lower R2
    absenteeism_rate rate lower R2
    enps points higher R8
    engagement_survey_score score higher R8
    survey_response_rate rate higher R2
    voluntary_turnover_rate rate lower R2
    on_time_project_rate rate higher R2
    objective_attainment_rate rate higher R2
    work_quality_score score higher R6
    interview_completion_rate rate higher R2
    network_isolation_rate rate lower R3
    network_hubs rate neutral R9
    network_density rate higher R9
training
    training_satisfaction rate higher R8
    knowledge_gain pt higher R6
    completion_rate rate higher R7
    business_kpi_change target higher R9
    training_effect_did target higher R9
    training_cost EUR lower R1
    training_benefit EUR higher R9
    training_roi rate higher R9
    training_bcr ratio higher R9
    knowledge_score rate higher R6
    skill_application_rate rate higher R8
    attendance_rate rate higher R2
    quiz_participation_rate rate higher R2
    learning_goal_attainment rate higher R2
    training_effect_trend target higher R9
    training_effect_estimate EUR higher R8
    cost_per_participant EUR lower R2
    payback_period months lower R9
    effect_lag periods lower R9
    training_performance_correlation ratio neutral R9
    method_roi rate higher R9
    improvement_effect pt higher R9
"""


def _expected():
    found, topic = {}, ""
    for line in CARDS.strip().splitlines():
        if not line.startswith(" "):
            topic = line
            continue
        name, *rest = line.split()
        found[name] = (topic, *rest)
    return found


EXPECTED = _expected()


def test_holds_the_kpis_of_the_first_release():
    missing = [name for name in EXPECTED if name not in catalogue()]

    assert missing == []


@pytest.mark.parametrize("name", EXPECTED)
def test_a_card_has_its_topic_unit_direction_and_roll_up(name):
    found = kpi(name)

    assert (found.topic, found.unit, found.better, found.roll_up) == EXPECTED[name]


def test_these_are_of_the_second_tier():
    tiers = {name: kpi(name).tier for name in EXPECTED}

    second = {name for name, tier in tiers.items() if tier != 1}
    assert second == {
        "click_to_open_rate", "attendance_rate", "quiz_participation_rate",
        "learning_goal_attainment", "training_effect_estimate", "cost_per_participant",
        "payback_period", "effect_lag", "voluntary_turnover_rate", "on_time_project_rate",
        "objective_attainment_rate", "work_quality_score", "interview_completion_rate",
        "network_isolation_rate", "network_hubs", "network_density",
    }  # fmt: skip


class TestEveryKpi:
    @pytest.fixture(params=list(EXPECTED))
    def each(self, request):
        return kpi(request.param)

    def test_has_texts_that_are_sentences(self, each):
        assert each.question.endswith("?")
        for text in (each.reading, each.caveat):
            assert text.endswith("."), text
        for text in each.texts():
            assert text == text.strip()
            assert "  " not in text
            assert not re.search(r"\b(TODO|TBD|XXX|FIXME)\b", text)

    def test_names_tables_that_exist(self, each):
        assert each.tables
        assert set(each.tables) <= set(CONTRACTS)

    def test_is_named_in_lower_case(self, each):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", each.id)

    def test_a_rate_has_a_denominator_of_its_own(self, each):
        if each.unit == "rate":
            assert isinstance(each.value, (Ratio, Method))

    def test_a_sum_is_no_ratio_and_a_ratio_no_sum(self, each):
        if each.roll_up == "R1":
            assert not isinstance(each.value, Ratio)
        if each.roll_up == "R2":
            assert isinstance(each.value, Ratio)

    def test_only_a_distinct_count_is_not_additive(self, each):
        kinds = {
            measure.kind
            for role, measure in each.measures.items()
            if role in ("measure", "numerator")
        }
        if each.roll_up == "R1" and isinstance(each.value, Total):
            assert "distinct" not in kinds
        if each.roll_up == "R3" and not isinstance(each.value, Method):
            assert kinds == {"distinct"}

    def test_a_resampled_interval_says_what_is_drawn(self, each):
        if each.interval == "bootstrap":
            unit = each.value.unit_of_chance
            table = next(iter(each.measures.values())).table
            assert unit in CONTRACTS[table].columns

    def test_of_people_says_how_many_it_describes(self, each):
        answers = {"survey_answers", "wave_respondents"} & set(each.tables)
        rubric = "content_quality_score"  # marks of appointed raters, two to a text
        asked = answers and each.id != rubric
        staff = each.topic == "employees" or (each.topic == "training" and each.unit != "EUR")
        benefit = each.id in ("training_benefit", "training_effect_estimate")
        assert (each.people is not None) == bool(asked or staff or benefit)

    def test_what_tells_of_those_who_work_or_learn_here_is_protected(self, each):
        counts = (
            "headcount", "employee_retention_rate", "turnover_rate", "survey_response_rate",
        )  # fmt: skip
        own = each.topic in ("employees", "training") and each.people is not None
        assert bool(each.protects) == (own and each.id not in counts)

    def test_what_a_wave_answered_is_read_with_how_many_did(self, each):
        waves = {"survey_answers", "closed_answers"} & set(each.tables)
        marked_by_raters = each.id == "content_quality_score"  # nobody is asked in a wave
        assert ("response_rate" in each.beside) == (bool(waves) and not marked_by_raters)

    def test_its_breakdown_can_be_had(self, each):
        if each.by and not isinstance(each.value, Method):
            assert all(CONTRACTS[table].column(each.by) for table in each.tables)


class TestAsking:
    def test_by_name(self):
        assert kl.kpi("bounce_rate").label == "Bounce rate"

    def test_an_unknown_one_is_refused_with_the_nearest(self):
        with pytest.raises(UnknownName) as caught:
            kl.kpi("bounce")

        said, nearest = str(caught.value).split(" Nearest: ")
        assert said == "Unknown KPI 'bounce'. Did you mean 'bounce_rate'?"
        assert nearest.startswith("bounce_rate, ") and nearest.count(", ") <= 2
        assert nearest.endswith(f". kl.kpis() lists all {len(catalogue())}.")

    def test_an_unknown_topic_is_refused_with_the_nearest(self):
        with pytest.raises(UnknownName) as caught:
            kl.kpis(topic="audiance")

        assert str(caught.value) == (
            f"Unknown topic 'audiance'. Topics are: {', '.join(TOPICS)}. Did you mean 'audience'?"
        )

    def test_a_table_of_all_or_of_a_topic(self):
        everything, audience = kpis(), kpis("audience")

        assert set(EXPECTED) <= set(everything.index)
        assert list(audience.index) == [each.id for each in of_topic("audience")]
        assert set(audience["topic"]) == {"audience"}
        assert {"topic", "label", "unit", "better", "roll_up", "tier", "tables", "formula"} <= set(
            everything.columns
        )

    def test_topics_keep_their_order(self):
        order = list(dict.fromkeys(each.topic for each in catalogue().values()))

        assert order == list(TOPICS)


class TestFaults:
    @pytest.fixture
    def broken(self, monkeypatch):
        declared = catalogue_room._declared()
        sessions, _, *others = declared["audience"]
        twice = (sessions, replace(sessions, unit="visits", caveat=""), *others)
        monkeypatch.setattr(catalogue_room, "_declared", lambda: declared | {"audience": twice})
        catalogue_room.catalogue.cache_clear()
        yield
        monkeypatch.undo()
        catalogue_room.catalogue.cache_clear()

    def test_of_the_set_are_all_named_at_once(self, broken):
        with pytest.raises(DefinitionError) as caught:
            catalogue()

        first, *lines = str(caught.value).splitlines()
        assert first == "The catalogue has faults:"
        assert lines[0].startswith("  - sessions: unit is 'visits'; write one of count, rate, ")
        assert lines[1:] == [
            "  - sessions: caveat is empty; a reader needs it.",
            "  - sessions: declared twice; give one of them another id.",
        ]


def test_the_name_of_an_unknown_group_is_one():
    assert UNKNOWN == "(unknown)"
