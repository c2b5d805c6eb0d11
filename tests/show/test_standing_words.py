"""A verdict, its reason, the chances and a target in words, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from kpilib.display.numbers import Formatter, write_for
from kpilib.methods.attainment import LEVELS
from kpilib.objectives.verdict import HORIZONS, REASONS, Verdict
from kpilib.show.standing_words import chance_words, goal_words, judged, reason_words, target_words
from tests.goals import goal
from tests.standings import altered, row, standing

EN, FR = Formatter("en"), Formatter("fr")
BOTH = {"en": EN, "fr": FR}
NAMED = {"label": {"en": "Visits that ask", "fr": "Visites qui demandent"}}
RATE = {"unit": "%", "baseline": 2, "target": 4, **NAMED}
COUNT = {"kpi": "leads", "unit": "count", "mode": "count", "baseline": None, "target": 1000}
DONE = {"kpi": "", "mode": "binary", "unit": "", "baseline": None, "target": None}
HELD = {"kpi": "click_rate", "mode": "maintain", "unit": "%", "baseline": None, "target": 10}


def plain(said: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", said)


class TestVerdict:
    @pytest.mark.parametrize(
        ("given", "en", "fr"),
        [
            ({"level": "success"}, "On target: carry on", "Sur la cible : continuer"),
            (
                {"level": "moderate_failure", "provisional": True},
                "Behind: change something (provisional)",
                "En retard : changer quelque chose (provisoire)",
            ),
            (
                {"level": "moderate_success", "lowered_by": "click_rate"},
                "Nearly on target: improve (lowered: “Click rate” worsened)",
                "Presque sur la cible : améliorer (abaissé : « Taux de clic » s'est dégradé)",
            ),
            (
                {"level": "not_assessable", "reason": "too_early", "kind": "seo",
                 "day": date(2026, 5, 17)},
                "Cannot be judged yet: too early, search engine work is judged from 17 May 2026",
                "Pas encore évaluable : trop tôt, le référencement se juge à partir du 17 mai 2026",
            ),
            (
                {"level": "not_assessable", "reason": "missing"},
                "Cannot be judged: there is no data for this period",
                "Non évaluable : il n'y a pas de données pour cette période",
            ),
            (
                {"level": "not_assessable", "reason": "unrecorded", "day": date(2026, 3, 14)},
                "Cannot be judged: its records begin only on 14 March 2026",
                "Non évaluable : ses données ne commencent que le 14 mars 2026",
            ),
        ],
    )  # fmt: skip
    def test_in_a_few_words(self, given, en, fr):
        found = altered(standing(goal(**RATE), row(None)), verdict=Verdict(**given))
        said = {}
        for lang in ("en", "fr"):
            write_for(lang)
            said[lang] = plain(judged(found))
        write_for("en")
        assert said == {"en": en, "fr": fr}

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            ("too_few", "Cannot be judged yet: too few cases to say"),
            ("suppressed", "Cannot be judged: hidden to protect a small group"),
        ],
    )
    def test_only_what_waiting_helps_is_not_yet_judged(self, status, said):
        few = row(None, status=status, reason="")
        assert judged(standing(goal(start="2026-09-01"), few)) == said

    def test_every_reason_has_its_own_words_in_both_languages(self):
        every = [
            *(
                Verdict(level=LEVELS[4], reason=reason, kind="sea", day=date(2026, 5, 1))
                for reason in REASONS
            ),
            *(
                Verdict(level=LEVELS[4], reason="too_early", kind=kind, day=date(2026, 6, 1))
                for kind in HORIZONS
                if kind != "sea"
            ),
        ]
        for write in BOTH.values():
            said = [reason_words(verdict, write) for verdict in every]
            assert len(set(said)) == len(every) and not any("{" in each for each in said)
        english = {reason_words(verdict, EN) for verdict in every}
        assert english.isdisjoint(reason_words(verdict, FR) for verdict in every)


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
        assert goal_words(aim, EN) == "Engagement rate (by impressions) on LinkedIn"
        assert goal_words(replace(aim, by="campus"), EN).endswith("(by impressions) (LinkedIn)")
        assert goal_words(goal(**NAMED), FR) == "Visites qui demandent"


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
        assert found == f"{said} reaching the target"

    def test_what_is_said_is_close_to_the_probability(self):
        for percent in range(5, 96):
            some, of = re.findall(r"\d+", chance_words(likely(percent / 100), EN))[:2]
            assert abs(int(some) / int(of) - percent / 100) <= 0.09

    def test_without_an_estimate_it_says_nothing(self):
        young = standing(goal(**RATE), row(0.03))
        assert young.chance is None
        assert chance_words(young, EN) == ""
        assert chance_words(standing(goal(**RATE, end="2026-10-31"), row(0.03)), EN) == ""


def likely(probability: float):
    return altered(standing(goal(**RATE), row(0.03)), chance=probability)
