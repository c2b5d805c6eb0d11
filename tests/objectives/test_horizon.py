"""From which day the effect of what is done for a key result can be judged (M15)."""

from __future__ import annotations

from datetime import date

import pytest

from kpilib.objectives.verdict import HORIZONS, actions_of, judged_from, slowest, usual_kind
from kpilib.topics.catalogue import kpi
from tests.goals import goal
from tests.standings import acted


def test_m15_the_horizons_of_the_articles():
    assert (HORIZONS["seo"].earliest, HORIZONS["seo"].latest) == (90, 180)  # 3 to 6 months
    assert (HORIZONS["sea"].earliest, HORIZONS["sea"].latest) == (14, 28)  # 2 to 4 weeks
    assert HORIZONS["email"].earliest == 7
    assert (HORIZONS["social"].earliest, HORIZONS["social"].latest) == (30, 90)
    assert HORIZONS["training"].earliest == 60
    assert all(0 < each.earliest < each.latest for each in HORIZONS.values())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("organic_sessions", "seo"), ("cost_per_lead", "sea"), ("click_rate", "email"),
        ("followers", "social"), ("training_roi", "training"), ("nps", "improvement"),
    ],
)  # fmt: skip
def test_what_usually_moves_a_kpi(name, kind):
    assert usual_kind(kpi(name)) == kind


def test_it_counts_from_the_action():
    aim = acted(("sea", "2026-03-01"))
    assert (judged_from(aim), slowest(aim)) == (date(2026, 3, 15), "sea")


def test_without_actions_from_the_start_for_what_usually_moves_the_kpi():
    aim = goal(kpi="open_rate")
    assert (judged_from(aim), slowest(aim)) == (date(2026, 1, 8), "email")


def test_of_several_actions_the_slowest_is_waited_for():
    aim = acted(("sea", "2026-03-01"), ("seo", "2026-03-01"), ("email", "2026-03-10"))
    assert (judged_from(aim), slowest(aim)) == (date(2026, 5, 30), "seo")


def test_an_action_begun_later_does_not_take_the_verdict_back():
    # The first can be judged from 15 March; the second begins after that.
    assert judged_from(acted(("sea", "2026-03-01"), ("seo", "2026-09-01"))) == date(2026, 3, 15)
    # Begun before that, it is waited for.
    assert judged_from(acted(("sea", "2026-03-01"), ("seo", "2026-03-14"))) == date(2026, 6, 12)


def test_a_key_result_may_name_its_actions():
    aim = acted(("sea", "2026-03-01"), ("seo", "2026-03-01"), actions=["act0"])
    assert [each.id for each in actions_of(aim)] == ["act0"]
    assert judged_from(aim) == date(2026, 3, 15)


@pytest.mark.parametrize("mode", ["maintain", "binary"])
def test_a_level_to_hold_and_a_milestone_have_no_effect_to_wait_for(mode):
    aim = acted(("seo", "2026-03-01"), mode=mode, baseline=None)
    assert (judged_from(aim), slowest(aim)) == (None, "")
