"""A bare sentence put to the tests (catalogue, M03 and M08)."""

from __future__ import annotations

import pytest

from kpilib.objectives.sentence import lint_sentence, named_kpi, vague_word


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

        assert res.valid
        assert res.kpi != ""

    def test_a_sentence_does_not_say_whether_it_can_be_reached(self):
        res = lint_sentence("+15 % de prospects qualifiés d'ici juin")

        assert {each.letter: each.passed for each in res.malin} == {
            "M": True, "A": None, "L": True, "I": True, "N": None,
        }  # fmt: skip


class TestM08:
    def test_m08_vague(self):
        assert lint_sentence("Améliorer l'engagement social").vague

    def test_m08_valid(self):
        res = lint_sentence("+15 % du taux d'engagement Instagram d'ici T2 2024")

        assert (res.valid, res.vague, res.kpi) == (True, False, "engagement_rate_impressions")

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
