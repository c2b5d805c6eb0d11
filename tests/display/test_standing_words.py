"""Where a key result stands, in sentences that a manager reads, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from kpilib.display.numbers import Formatter
from kpilib.display.standing_words import (
    chance_basis,
    chance_words,
    next_words,
    pace_words,
    sentence,
    verdict_words,
)
from kpilib.display.target_words import goal_words, target_words
from kpilib.methods.attainment import LEVELS
from kpilib.steering.checkins import CheckIn
from kpilib.steering.horizon import HORIZONS
from kpilib.steering.probability import METHOD_WORDS, Chance
from kpilib.steering.verdict import REASONS, Verdict
from tests.goals import goal
from tests.standings import acted, row, standing

EN, FR = Formatter("en"), Formatter("fr")
BOTH = {"en": EN, "fr": FR}
NEXT = {"next_action": {"en": "Rewrite three pages.", "fr": "Réécrire trois pages"}}
NAMED = {"label": {"en": "Visits that ask", "fr": "Visites qui demandent"}}
RATE = {"unit": "%", "baseline": 2, "target": 4, **NEXT, **NAMED}
COUNT = {"kpi": "leads", "unit": "count", "mode": "count", "baseline": None, "target": 1000}
DONE = {"kpi": "", "mode": "binary", "unit": "", "baseline": None, "target": None}
HELD = {"kpi": "click_rate", "mode": "maintain", "unit": "%", "baseline": None, "target": 10}


def plain(said: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", said)


class TestVerdict:
    @pytest.mark.parametrize(
        ("given", "en", "fr"),
        [
            ({"level": "success"}, "Success", "Succès"),
            (
                {"level": "moderate_failure", "so_far": True, "provisional": True},
                "Moderate failure so far (provisional)", "Échec modéré à ce stade (provisoire)",
            ),
            (
                {"level": "moderate_success", "lowered_by": "click_rate"},
                "Moderate success (lowered: “Click rate” worsened)",
                "Succès modéré (abaissé : « Taux de clic » s'est dégradé)",
            ),
            (
                {"level": "not_assessable", "reason": "too_early", "kind": "seo",
                 "day": date(2026, 5, 17)},
                "Not assessable yet: too early, search engine work is judged from 17 May 2026",
                "Pas encore évaluable : trop tôt, le référencement se juge à partir du 17 mai 2026",
            ),
            (
                {"level": "not_assessable", "reason": "missing"},
                "Not assessable: its figure is missing", "Non évaluable : chiffre manquant",
            ),
        ],
    )  # fmt: skip
    def test_in_a_few_words(self, given, en, fr):
        verdict = Verdict(**given)
        assert (plain(verdict_words(verdict, EN)), plain(verdict_words(verdict, FR))) == (en, fr)

    def test_every_verdict_and_every_reason_has_its_own_words_in_both_languages(self):
        every = [
            *(Verdict(level=level, so_far=so_far) for level in LEVELS[:4] for so_far in (0, 1)),
            *(
                Verdict(level=LEVELS[4], reason=reason, kind="sea", day=date(2026, 5, 1))
                for reason in REASONS
            ),
            *(
                Verdict(level=LEVELS[4], reason="too_early", kind=kind, day=date(2026, 6, 1))
                for kind in HORIZONS
            ),
        ]
        for write in BOTH.values():
            said = [verdict_words(verdict, write) for verdict in every]
            assert len(set(said)) == len(every) and not any("{" in each for each in said)
        english = {verdict_words(verdict, EN) for verdict in every}
        assert english.isdisjoint(verdict_words(verdict, FR) for verdict in every)


class TestTarget:
    @pytest.mark.parametrize(
        ("written", "said"),
        [
            (RATE, "from 2.0 % to 4.0 % by 31 December 2026"),
            (RATE | {"target": 15, "mode": "relative"}, "from 2.0 % to 2.3 % by 31 December 2026"),
            (COUNT, "1,000 in all, from 1 January 2026 to 31 December 2026"),
            (HELD, "at least 10.0 % every month until 31 December 2026"),
            (
                HELD | {"kpi": "unsubscribe_rate", "target": 0.5},
                "at most 0.50 % every month until 31 December 2026",
            ),
            (DONE, "done by 31 December 2026"),
            (
                DONE | {"kpi": "nps", "unit": "points", "target": 20},
                "at least +20 by 31 December 2026",
            ),
        ],
    )
    def test_what_is_to_be_reached_by_when(self, written, said):
        assert plain(target_words(goal(**written), EN)) == said

    def test_the_old_targets_stay_visible(self):
        changes = [
            {"date": "2026-05-04", "was": 3, "why": "Too easy", "by": "The board"},
            {"date": "2026-08-01", "was": 5, "why": "Too hard", "by": "The board"},
        ]
        aim = goal(**RATE, revisions=changes)
        assert plain(target_words(aim, EN)) == (
            "from 2.0 % to 4.0 % by 31 December 2026 (target raised from 3.0 % on 4 May 2026; "
            "target lowered from 5.0 % on 1 August 2026)"
        )
        assert "cible abaissée le 1er août 2026, auparavant 5,0 %" in plain(target_words(aim, FR))
        # In May nobody knew of August's.
        assert plain(target_words(aim.on(date(2026, 5, 31)), EN)) == (
            "from 2.0 % to 5.0 % by 31 December 2026 (target raised from 3.0 % on 4 May 2026)"
        )

    def test_a_group_bears_its_name(self):
        parts = [{"group": "linkedin", "baseline": 0.04, "target": 0.05}]
        aim = goal(
            kpi="engagement_rate_impressions", by="network", segments=parts, baseline=None,
            target=None,
        )  # fmt: skip
        assert goal_words(aim, EN).endswith(": LinkedIn")
        assert goal_words(goal(**NAMED), FR) == "Visites qui demandent"


class TestPace:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            # 304 of 365 days ask for 3.666 %; 3.5 % is 0.75 of the way, over 0.8329 owed.
            (0.035, "0.90 of the pace asked for: 3.5 %, the path asks for 3.7 %"),
            (0.05, "ahead of its path, 1.20 times the pace asked for: 5.0 %"),
            (0.03667, "on its path: 3.667 %, the path asks for 3.666 %"),
            (0.02, "no progress since the start (2.0 %): 2.0 %"),
            (0.018, "further from the target than at the start (2.0 %): 1.8 %"),
        ],
    )
    def test_against_the_path(self, value, said):
        found = plain(pace_words(standing(goal(**RATE), row(value)), EN))
        assert found.startswith(said) and found.endswith("by 31 October 2026")

    def test_of_a_path_above_its_target(self):
        # The high season: October asks for 5 %, 1.5 of the whole way; 6 % is 2 of it.
        aim = goal(**RATE, path={"2026-09": 2.5, "2026-10": 5})
        found = plain(pace_words(standing(aim, row(0.06)), EN))
        assert found.startswith("ahead of its path, 1.33 times the pace asked for: 6.0 %")
        below = plain(pace_words(standing(aim, row(0.035)), EN))  # 0.75 of it
        assert below.startswith("0.50 of the pace asked for: 3.5 %")

    def test_where_little_is_asked_for_yet_no_number(self):
        aim = goal(**RATE, path={"2026-10": 2.1})
        assert pace_words(standing(aim, row(0.03)), FR).startswith("très en avance")

    def test_of_things_no_part_of_one(self):
        people = {"kpi": "leads", "unit": "count", "baseline": 10, "target": 20}
        # 18.3 of them: 18 are not enough.
        assert "asks for 19 by" in pace_words(standing(goal(**people), row(15)), EN)
        fewer = {"kpi": "leads", "unit": "count", "baseline": 20, "target": 10}
        assert "asks for 11 by" in pace_words(standing(goal(**fewer), row(15)), EN)

    def test_at_the_end_against_the_target(self):
        ended = standing(goal(**RATE, end="2026-10-31"), row(0.035))
        assert plain(pace_words(ended, EN)) == "3.5 %, target 4.0 %"

    def test_of_a_count_since_when(self):
        found = plain(pace_words(standing(goal(**COUNT), row(700)), FR))
        assert "700 depuis le 1er janvier 2026, la trajectoire demande 833" in found

    def test_of_a_level_how_often_it_was_held(self):
        # 10.2 and 10.0 hold, 9.8 does not.
        held = standing(goal(**HELD), row(0.102), row(0.098), row(0.1))
        assert plain(pace_words(held, EN)) == "10.0 %, months at the level: 2 of 3"

    def test_of_a_milestone_whether_it_is_done(self):
        said = (CheckIn(date=date(2026, 10, 1), key_result="kr", value=1.0),)
        assert pace_words(standing(goal(**DONE), row(None), said=said), EN) == "done"
        assert pace_words(standing(goal(**DONE), row(None)), EN) == ""


class TestChance:
    @pytest.mark.parametrize(
        ("probability", "said"),
        [
            (0.01, "less than 1 chance in 20 of"), (0.049, "less than 1 chance in 20 of"),
            (0.05, "about 1 chance in 10 of"), (0.2, "about 1 chance in 5 of"),
            (0.25, "about 1 chance in 4 of"), (0.33, "about 1 chance in 3 of"),
            (0.5, "about 1 chance in 2 of"), (0.67, "about 2 chances in 3 of"),
            (0.75, "about 3 chances in 4 of"), (0.8, "about 4 chances in 5 of"),
            (0.95, "about 9 chances in 10 of"), (0.99, "more than 19 chances in 20 of"),
        ],
    )  # fmt: skip
    def test_a_probability_is_told_in_chances(self, probability, said):
        found = chance_words(likely(probability), EN)
        assert found == f"{said} reaching it by 31 December 2026"

    def test_what_is_said_is_close_to_the_probability(self):
        for percent in range(5, 96):
            some, of = re.findall(r"\d+", chance_words(likely(percent / 100), EN))[:2]
            assert abs(int(some) / int(of) - percent / 100) <= 0.09

    def test_it_says_what_it_stands_on(self):
        for method in METHOD_WORDS:
            assert "2 months were enough for such a move in 4 of 12 cases" in chance_basis(
                likely(0.3, method=method), EN
            )
        assert "un mois a suffi" in chance_basis(likely(0.3, months=1), FR)

    def test_without_an_estimate_it_says_why(self):
        young = standing(goal(**RATE), row(0.03))
        assert "history is too short" in chance_words(young, EN) and not chance_basis(young, EN)
        assert chance_words(standing(goal(**RATE, end="2026-10-31"), row(0.03)), EN) == ""


def likely(probability: float, *, months: int = 2, method: str = "month"):
    chance = Chance(
        probability=probability, months=months, moves=12, enough=4, method=method, wanted=0.04
    )
    return replace(standing(goal(**RATE), row(0.03)), chance=chance, chance_reason="")


class TestSentence:
    def test_what_by_how_much_how_sure_and_what_next(self):
        found = standing(goal(**RATE), row(0.021, 0.020, 0.022))
        assert plain(sentence(found, EN)) == (
            "Visits that ask: 2.1 %, the path asks for 3.7 % by 31 October 2026; target: from "
            "2.0 % to 4.0 % by 31 December 2026. Proven failure so far: 0.06 of the pace asked "
            "for. The gap to the path is more than chance (95 % interval 2.0 to 2.2 %). No "
            "estimate of the chances: the history is too short for a target so far ahead. Stop or "
            "pivot. Rewrite three pages."
        )

    def test_in_french(self):
        found = standing(goal(**RATE), row(0.035, 0.033, 0.038, flags=["low_n"]))
        assert plain(sentence(found, FR)) == (
            "Visites qui demandent : 3,5 %, la trajectoire demande 3,7 % au 31 octobre 2026 ; "
            "cible : de 2,0 % à 4,0 % d'ici le 31 décembre 2026. Succès modéré à ce stade "
            "(provisoire) : 0,90 du rythme demandé. Prudence : peu de cas. L'écart à la "
            "trajectoire peut tenir au hasard (intervalle à 95 % : 3,3 à 3,8 %). Chances non "
            "estimées : l'historique est trop court pour une échéance aussi lointaine. Améliorer. "
            "Réécrire trois pages."
        )

    def test_why_it_cannot_be_judged(self):
        early = standing(acted(("seo", "2026-09-15"), **RATE), row(0.025, 0.02, 0.03))
        assert plain(sentence(early, EN)).endswith(
            "Not assessable yet: too early, search engine work is judged from 14 December 2026. "
            "Carry on as planned. Rewrite three pages."
        )
        assert plain(sentence(standing(goal(**RATE), row(None)), EN)) == (
            "Visits that ask: from 2.0 % to 4.0 % by 31 December 2026. Not assessable: there is no "
            "data for this period. Provide the data, or wait for the next measurement."
        )

    def test_of_a_milestone_that_nobody_spoke_of(self):
        found = standing(goal(**DONE, **NAMED, end="2026-10-31"), row(None))
        assert plain(sentence(found, EN)) == (
            "Visits that ask: done by 31 October 2026. Not assessable: nobody has said yet whether "
            "it is done. Say at the next review whether it is done."
        )

    def test_m57_that_its_twin_worsened(self):
        aim = goal(kpi="avg_resolution_time", unit="h", baseline=20, target=18, start="2026-09-01")
        quality = [row(0.80), row(0.75), row(0.68)]
        found = standing(aim, row(20.0), row(19.0), row(18.0), twins=quality)
        assert "Lowered by one level, for “Satisfaction with support” worsened from 80.0 % " in (
            plain(sentence(found, EN))
        )

    @pytest.mark.parametrize("lang", BOTH)
    @pytest.mark.parametrize(
        "found",
        [
            standing(goal(**written), row(0.1), each)
            for written in (RATE, RATE | {"end": "2026-10-31"}, COUNT, HELD, DONE)
            for each in (row(0.03), row(0.03, 0.02, 0.04, flags=["partial"]), row(None))
        ],
    )
    def test_every_one_is_made_of_whole_sentences(self, found, lang):
        said = sentence(found, BOTH[lang])
        assert said.endswith(".") and not re.search(r"[{}]|\.\.|  |: \.|None|nan", said)
        parts = re.split(r"(?<=\.) ", said)
        assert all(each[0].isupper() or each[0].isdigit() for each in parts)
        assert next_words(found, BOTH[lang]) in said
