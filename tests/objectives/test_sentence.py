"""What a sentence says, put to the tests (catalogue, M03 and M08), and what a question is about."""

from __future__ import annotations

import pytest

from kpilib.errors import UnknownName
from kpilib.objectives.picker import OBJECTIVE_TYPES, TRAINING_TOPICS, picked
from kpilib.objectives.sentence import FILE as WORDS
from kpilib.objectives.sentence import (
    Vocabulary,
    named_kpi,
    nearest_topics,
    objective_in,
    topic_in,
    vague_word,
)
from kpilib.objectives.ten_tests import lint_sentence
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import read_yaml


class TestM03:
    def test_m03_better_skills_fail_three(self):
        assert lint_sentence("améliorer les compétences en SEO").failed("smart") == "SMT"

    @pytest.mark.parametrize(
        "text",
        [
            "augmenter le trafic organique de 20 % sur les 6 prochains mois grâce aux techniques"
            " SEO acquises",
            "Faire passer la satisfaction de 85 % à 90 % d'ici la fin du trimestre",
            # as the source articles write them
            "accroître de 15% le nombre de prospects qualifiés au cours du trimestre à venir",
            "Diminuer le taux de rebond des sites web de 40 % à 20 % d'ici le troisième trimestre"
            " 2024",
            "Améliorer de 25 % le nombre de clics sur nos pages produits au cours du troisième"
            " trimestre 2024.",
            "Augmenter la portée moyenne par post de 30% d'ici la fin du quatrième trimestre 2024.",
        ],
    )
    def test_m03_passes(self, text):
        res = lint_sentence(text)

        assert (res.failed(), res.failed("smart")) == ("", "")
        assert res.kpi != ""

    def test_a_sentence_does_not_say_whether_it_can_be_reached(self):
        res = lint_sentence("+15 % de prospects qualifiés d'ici juin")

        assert {each.letter: each.passed for each in res.malin} == {
            "M": True, "A": None, "L": True, "I": True, "N": None,
        }  # fmt: skip


class TestM08:
    def test_m08_vague(self):
        assert lint_sentence("Améliorer l'engagement social").vague

    def test_m08_passes(self):
        res = lint_sentence("+15 % du taux d'engagement Instagram d'ici T2 2024")

        assert (res.failed(), res.vague, res.kpi) == ("", False, "engagement_rate_impressions")

    def test_o72_1(self):
        assert lint_sentence("Améliorer notre newsletter").failed() == "MLI"

    def test_o72_3_seo_in_three_weeks(self):
        assert lint_sentence("+20 % de trafic organique en 3 semaines").failed() == "L"
        assert lint_sentence("+20% organic traffic in three months").failed() == ""  # 90 days


class TestWhatIsThere:
    @pytest.mark.parametrize(
        ("text", "failed"),
        [
            ("Raise the average order value by 20 by June", "M"),  # 20 what?
            ("Raise the average order value by 20 EUR by June", ""),
            ("Passer de 5 000 à 8 000 abonnés avant le 30 juin", ""),
            ("Grow followers to 8000 by 2026-12-31", ""),
            ("+10 % de visites chaque mois", "L"),  # a pace is no end
            ("We may grow sales by 10 %", "L"),  # may is no month here
            ("Grow sales by 10 % in May", ""),
            ("Have more visits in 2026", "M"),  # a year is no target
            ("Boost sales", "MLI"),
            ("", "ML"),
        ],
    )
    def test_fails(self, text, failed):
        assert lint_sentence(text).failed() == failed

    @pytest.mark.parametrize(
        ("text", "relevant"),
        [
            ("Passer à 900 visites en juin pour vendre plus d'abonnements", True),
            ("Passer à 900 visites en juin afin d'être visible", True),
            ("Reach 900 visits in June so that investors see it", True),
            ("Passer à 900 visites en juin pour le site", None),
        ],
    )
    def test_a_reason_makes_it_relevant(self, text, relevant):
        res = lint_sentence(text)

        assert [each.passed for each in res.smart if each.letter == "R"] == [relevant]


@pytest.mark.parametrize(
    ("text", "kpi"),
    [
        ("le taux de rebond du site", "bounce_rate"),
        ("trafic organique et trafic", "organic_sessions"),
        ("TRAFIC", "sessions"),
        ("our Bounce Rate", "bounce_rate"),
        ("du trafiquant", ""),
    ],
)
def test_names_of_kpis_are_found_whatever_their_spelling(text, kpi):
    assert named_kpi(text) == kpi


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Il faut améliorer tout", "améliorer"),
        ("Optimiser nos offres", "Optimiser"),
        ("Boosting sales", "Boosting"),
        ("Vendre 30 % de plus", ""),
    ],
)
def test_vague_words(text, word):
    assert vague_word(text) == word


def test_every_topic_and_type_has_words_and_every_kpi_is_known():
    words = read_yaml(WORDS, Vocabulary)

    assert {*words.trainings, "any_training"} == set(TRAINING_TOPICS)
    assert set(words.objectives) == set(OBJECTIVE_TYPES)
    assert {*words.spoken, *words.subjects} <= {*catalogue()}


@pytest.mark.parametrize(
    ("question", "topic", "word"),
    [
        ("Did our e-mailing course help?", "emailing", "e-mailing"),
        ("La formation e-mailing a-t-elle servi ?", "emailing", "e-mailing"),
        ("Is the SEO training worth its money?", "seo", "SEO"),
        ("La formation au référencement vaut-elle son prix ?", "seo", "référencement"),
        ("Faut-il refaire le stage de négociation ?", "sales_methods", "négociation"),
        ("Was the workshop on complaints any good?", "customer_service", "complaints"),
        ("L'atelier réseaux sociaux, utile ?", "social_media", "réseaux sociaux"),
        ("Nos cours de rédaction servent-ils ?", "content_marketing", "rédaction"),
        ("Did those trained in prospecting do better?", "lead_acquisition", "prospecting"),
        ("Our emaling training: what did it change?", "emailing", "emaling"),  # a slip of the pen
    ],
)
def test_the_topic_of_a_question(question, topic, word):
    res = picked(question)

    assert (res.training.id, res.heard) == (topic, word)
    assert res.objective is None
    assert res.kpis == TRAINING_TOPICS[topic].kpis


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Did the e-mailing course raise sales?", "emailing"),
        ("Le chiffre des ventes a-t-il monté grâce à la formation SEO ?", "seo"),
    ],
)
def test_of_several_topics_the_one_beside_the_course(question, topic):
    assert topic_in(question).id == topic


def test_a_training_of_no_known_topic_is_any_training_with_the_nearest_said():
    res = picked("Did the first-aid course help?")

    assert res.training.id == "any_training"
    assert res.heard == "" and len(res.near) == 3
    assert set(res.near) < set(TRAINING_TOPICS)


@pytest.mark.parametrize(
    ("question", "objective"),
    [
        ("How do we get more followers?", "following"),
        ("Comment remplir notre journée portes ouvertes ?", "event"),
        ("We want more people on our site", "visits"),
    ],
)
def test_an_objective_in_a_question(question, objective):
    assert picked(question).objective.id == objective
    assert objective_in(question).id == objective


def test_the_words_of_an_information_are_not_those_of_a_course():
    assert picked("Transmettre des informations").objective.id == "information"
    with pytest.raises(UnknownName):
        picked("Que pense la commission ?")


def test_a_question_about_neither_leads_on():
    with pytest.raises(UnknownName) as caught:
        picked("Will it rain tomorrow?")

    said = str(caught.value)
    assert all(topic in said for topic in nearest_topics("Will it rain tomorrow?"))
    assert "Did our e-mailing course help?" in said and "--training emailing" in said


def test_what_is_asked_of_training_may_be_a_question_too():
    assert picked(training="la formation e-mailing").training.id == "emailing"
    with pytest.raises(UnknownName, match="nearest topics"):
        picked(training="knitting")
