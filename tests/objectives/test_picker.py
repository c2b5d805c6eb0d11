"""From an objective or a training to KPIs (catalogue, M06 and M07; oracle O-71)."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import CompanyError, UnknownName
from kpilib.language import LANGUAGES, speaker
from kpilib.objectives.past import Proposal, propose
from kpilib.objectives.picker import (
    MOST,
    OBJECTIVE_TYPE_WORDS,
    OBJECTIVE_TYPES,
    STATEMENT_WORDS,
    TRAINING_TOPIC_WORDS,
    TRAINING_TOPICS,
    find,
    picked,
)
from kpilib.objectives.plan import FILE, goals_of, read_plan
from kpilib.objectives.ten_tests import lint, lint_sentence
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def company():
    return kl.open(SAMPLE)


class TestO71:
    @pytest.mark.parametrize(
        ("name", "headline"),
        [
            # the eleven rows of the source article, as it names them
            ("Augmenter le chiffre d'affaires", "revenue"),
            ("Générer des remplissages de formulaires", "qualified_form_submissions"),
            ("Promouvoir un événement", "event_attendance"),
            ("Faire connaître un produit ou service", "units_sold"),
            ("Générer des visites vers le site", "social_sessions"),
            ("Booster la notoriété d'un dirigeant", "leader_profile_reach"),
            ("Fédérer une communauté (valeurs, cause)", "interactions"),
            ("Augmenter la fanbase", "follower_growth"),
            ("Augmenter la notoriété de l'entreprise", "positive_reviews"),
            ("Augmenter le nombre d'interactions", "interactions"),
            ("Transmettre des informations", "info_awareness_rate"),
        ],
    )
    def test_o71_each_type_has_its_headline(self, name, headline):
        res = picked(name)

        assert res.headline == headline
        assert res.kpis[0] in catalogue()

    def test_m06_eleven_types(self):
        assert len(OBJECTIVE_TYPES) == len(OBJECTIVE_TYPE_WORDS) == 11
        assert set(OBJECTIVE_TYPES) == set(OBJECTIVE_TYPE_WORDS) <= set(STATEMENT_WORDS)
        assert list(TRAINING_TOPICS) == list(TRAINING_TOPIC_WORDS)

    def test_o71_trainings(self):
        content = ("sessions", "engagement_rate_impressions", "qualified_leads")

        assert picked(training="content_marketing").kpis == content
        assert picked(training="sales_methods").kpis == ("revenue", "lead_to_customer_rate")

    def test_m07_never_more_than_four_and_all_known(self):
        for objective in (None, *OBJECTIVE_TYPES):
            for training in (None, *TRAINING_TOPICS):
                if objective or training:
                    res = picked(objective, training).kpis
                    assert 1 <= len(res) <= MOST
                    assert set(res) <= set(catalogue())
                    assert len(set(res)) == len(res)

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_proposed_statement_is_a_direction_that_no_linter_calls_vague(self, lang):
        say = speaker(lang)

        assert [text for text in STATEMENT_WORDS.values() if lint_sentence(say(text)).vague] == []


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["revenue", "Raise revenue", "AUGMENTER LE CHIFFRE D AFFAIRES", "chiffre d'affaires"],
    )
    def test_found_in_both_languages_without_accents(self, name):
        assert find(name, OBJECTIVE_TYPE_WORDS, "objective type") == "revenue"

    def test_a_part_that_several_names_share_is_not_enough(self):
        with pytest.raises(UnknownName):
            find("augmenter", OBJECTIVE_TYPE_WORDS, "objective type")

    @pytest.mark.parametrize(
        ("name", "meant"), [("revenu", "revenue"), ("Promouvoir un evenemant", "événement")]
    )
    def test_a_wrong_name_says_the_nearest_and_the_list(self, name, meant):
        with pytest.raises(UnknownName) as caught:
            picked(name)

        assert f"Unknown objective type {name!r}" in str(caught.value)
        assert meant in str(caught.value).rsplit("Did you mean", 1)[1]
        assert all(key in str(caught.value) for key in OBJECTIVE_TYPES)

    def test_nothing_asked_is_an_error_that_lists(self):
        with pytest.raises(UnknownName, match="sales_methods"):
            picked()


class TestData:
    def test_what_is_missing_is_named_and_comes_last(self):
        # members are known, posts and orders are not: interactions lead all the same
        members = pd.DataFrame(
            [("m", "community", "p", "2026-01-01", None, None)],
            columns="membership_id kind person_key start_at end_at end_reason".split(),
        )
        res = kl.pick("community", data={"memberships": members})

        assert res.kpis == ["interactions", "community_members", "donations_dues"]
        assert "orders" in res.table["missing"][2]
        assert "orders" not in res.table["missing"][1]

    def test_no_data_is_not_nothing_missing(self):
        assert kl.pick("revenue").table["missing"].isna().all()

    def test_all_is_there(self, company):
        assert list(kl.pick("revenue", data=company).table["missing"]) == ["", ""]

    def test_a_table_without_its_rows(self):
        # there is a survey, and it does not ask what people know
        named = "survey_id survey_kind wave group_key invited_count opened_at closed_at".split()
        wave = ("s", "nps", "2026-10", "all", 30, "2026-10-01", "2026-10-20")
        waves = pd.DataFrame([wave], columns=named)
        answers = pd.DataFrame(
            [("s", "2026-10", "r1", "p1", "q1", 9.0, "2026-10-05")],
            columns="survey_id wave response_id respondent_key item_id value answered_at".split(),
        )
        data = kl.open({"survey_waves": waves, "survey_responses": answers}, as_of="2026-10-31")
        res = kl.pick("information", data=data).table

        assert res["missing"][0].startswith("no figure for October 2026")

    def test_bounds_are_not_missing(self, company):
        # reach is counted by day: it is there, but not added up
        assert kl.pick("information", data=company).table["missing"][1] == ""

    def test_a_benchmark_is_a_quotation(self, company):
        res = kl.pick("information", data=company).table.set_index("kpi")["benchmark"]

        assert res["open_rate_trackable"].endswith("never a target.")
        assert res["info_awareness_rate"] == ""


class TestProposal:
    """Baseline: the last month. Target: the best quarter of the changes over a year."""

    class Told:
        """A company that tells these months."""

        def __init__(self, values):
            self.values = values
            self.as_of = date(2026, 10, 31)
            self.settings = type("Settings", (), {"currency": "EUR"})

        def last_month(self):
            return "2026-10"

        def series(self, kpi, month, months):
            return pd.DataFrame({"value": self.values[-months:]})

    def test_the_best_quarter_of_the_years(self):
        # 13 comparisons with a year before: +0 %, +1 %, ... +12 %; one in four is above +9 %
        first = [100.0] * 13
        years = [100.0 + step for step in range(1, 13)]
        res = propose("leads", self.Told([*first, *years]))

        assert (res.baseline, res.spans) == (112, 13)
        assert res.target == pytest.approx(112 * 1.09, abs=0.5)

    def test_of_what_is_better_lower_the_best_is_the_greatest_fall(self):
        values = [0.40] * 12 + [0.40 - 0.01 * step for step in range(13)]
        res = propose("bounce_rate", self.Told(values))

        # -12, -11, -10, -9 points are the best quarter of 13; from 28 %: 19 %
        assert (res.unit, res.baseline, res.target) == ("%", 28, 19)

    def test_no_progress_is_not_proposed(self):
        values = [100.0 - step for step in range(36)]

        assert propose("leads", self.Told(values)).target is None

    def test_less_than_two_years_say_too_little(self):
        assert propose("leads", self.Told([100.0, 200.0] * 11)).target is None

    def test_a_share_beyond_one_is_not_proposed(self):
        values = [0.5] * 12 + [0.99] * 13

        assert propose("visitor_to_lead_rate", self.Told(values)).target is None

    def test_days(self):
        res = Proposal(unit="%", baseline=1, target=2, month=Period.parse("2026-10"))

        assert (res.start, res.end) == (date(2026, 11, 1), date(2027, 10, 31))
        assert res.reviews == [date(2027, 1, 31), date(2027, 4, 30), date(2027, 7, 31)]


class TestObjective:
    """The text to paste is read by the reader of objectives.yaml."""

    WITH_TARGET = ("revenue", "forms", "event", "visits", "leader", "community")

    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("name", WITH_TARGET)
    def test_is_valid_and_lacks_only_what_people_must_say(self, tmp_path, company, name, lang):
        (tmp_path / FILE).write_text(kl.pick(name, data=company, lang=lang).objective, "utf-8")
        [goal] = goals_of(tmp_path)
        [res] = lint(read_plan(tmp_path), company)

        assert (goal.kpi, goal.objective.type) == (OBJECTIVE_TYPES[name].kpis[0], name)
        assert [each.letter for each in res.failed] == ["I", "R"]  # an owner and a reason

    def test_the_baseline_is_the_last_complete_month(self, tmp_path, company):
        (tmp_path / FILE).write_text(kl.pick("event", data=company).objective, "utf-8")
        [goal] = goals_of(tmp_path)

        value = company.evaluate("event_attendance", "2026-10")["value"].item()
        assert goal.baseline == pytest.approx(value, rel=1e-5)

    def test_without_data_reading_it_asks(self, tmp_path):
        (tmp_path / FILE).write_text(kl.pick("revenue").objective, "utf-8")
        with pytest.raises(CompanyError) as caught:
            read_plan(tmp_path)

        first, second = str(caught.value).splitlines()[:2]
        assert "From which figure does it start?" in first
        assert "Which figure is to be reached?" in second

    def test_every_choice_has_a_text_that_only_asks_for_figures(self, tmp_path):
        for choice in [{"objective": key} for key in OBJECTIVE_TYPES] + [
            {"training": key} for key in TRAINING_TOPICS
        ]:
            (tmp_path / FILE).write_text(kl.pick(**choice).objective, "utf-8")
            with pytest.raises(CompanyError) as caught:
                read_plan(tmp_path)
            faults = str(caught.value).splitlines()
            assert all(".baseline:" in f or ".target:" in f or ".by:" in f for f in faults), faults


class TestShown:
    def test_without_arguments_what_can_be_chosen(self):
        res = kl.pick()

        assert len(res.table) == len(OBJECTIVE_TYPES) + len(TRAINING_TOPICS)
        assert "Raise revenue" in repr(res) and "Sales methods" in repr(res)
        assert "<code>revenue</code>" in res._repr_html_()

    def test_in_french(self, company):
        res = kl.pick("revenue", data=company, lang="fr")

        assert "Augmenter le chiffre d'affaires" in repr(res)
        assert "Données manquantes" in repr(res)
        assert "proposé" in res.objective

    def test_the_text_in_a_notebook_is_the_text_to_paste(self, company):
        choice = kl.pick("event", data=company)
        res = choice._repr_html_()

        assert unescape(res.partition("<pre>")[2].partition("</pre>")[0]) == choice.objective
        assert res.count("<div") == res.count("</div>")


class TestWidget:
    @pytest.fixture
    def menus(self, company):
        return kl.pick.widget(company, lang="fr").children

    def test_a_choice_shows_its_kpis(self, menus):
        objectives, trainings, shown = menus
        assert "kl-definition" not in shown.value and "Thèmes de formation" in shown.value

        objectives.value = "event"
        assert "<code>event_attendance</code>" in shown.value

        objectives.value = None
        trainings.value = "sales_methods"
        assert "<code>lead_to_customer_rate</code>" in shown.value

    def test_the_menus_are_in_the_language(self, menus):
        objectives, trainings, _ = menus

        assert [said for said, _ in objectives.options][1] == "Augmenter le chiffre d'affaires"
        assert len(objectives.options) == 12
        assert len(trainings.options) == len(TRAINING_TOPICS) + 1
