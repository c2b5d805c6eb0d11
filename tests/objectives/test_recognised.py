"""Questions in everyday words: which training, which objective, and what is said of neither."""

from __future__ import annotations

import pytest

from kpilib.errors import UnknownName
from kpilib.objectives.picker import OBJECTIVE_TYPES, TRAINING_TOPICS, picked
from kpilib.objectives.recognised import FILE as WORDS
from kpilib.objectives.recognised import Asked, nearest_topics, objective_in, topic_in
from kpilib.yaml_file import read_yaml


def test_every_topic_and_type_has_words():
    words = read_yaml(WORDS, Asked)

    assert {*words.trainings, "any_training"} == set(TRAINING_TOPICS)
    assert set(words.objectives) == set(OBJECTIVE_TYPES)


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
