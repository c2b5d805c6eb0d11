"""The verdict on a row of figures: what it waits for (M15), and the pair that lowers it (M57)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpilib.methods.attainment import Aim, level, reached
from kpilib.objectives.verdict import (
    HORIZONS,
    PAIRS,
    POSSIBLE,
    Evidence,
    actions_of,
    judged_from,
    slowest,
    usual_kind,
    verdict,
    worsened,
)
from kpilib.topics.catalogue import catalogue, kpi
from tests.goals import goal
from tests.standings import acted, row, standing


def test_m15_the_horizons_of_the_articles():
    assert HORIZONS["seo"] == 90  # 3 months
    assert HORIZONS["sea"] == 14  # 2 weeks
    assert HORIZONS["email"] == 7
    assert HORIZONS["social"] == 30
    assert HORIZONS["training"] == 60
    assert all(0 < each for each in HORIZONS.values())


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


LATER = {"revenue_per_employee", "on_time_project_rate", "objective_attainment_rate"}  # no data yet


def test_every_twin_of_the_catalogue_has_a_good_direction():
    for name, other in PAIRS.items():
        assert name != other
        if name not in LATER:
            assert name in catalogue()
            assert catalogue()[other].better in ("higher", "lower"), other


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("leads", "lead_qualification_rate"), ("click_rate", "unsubscribe_rate"),
        ("revenue_per_employee", "work_quality_score"), ("followers", "engagement_rate_followers"),
        ("training_roi", "training_satisfaction"),
    ],
)  # fmt: skip
def test_m57_the_pairs_of_the_articles(name, other):
    assert PAIRS[name] == other


@pytest.mark.parametrize(
    ("name", "then", "now", "worse"),
    [
        # Quality 4.0 to 3.4 is -15 %, beyond the 5 % of a figure without interval.
        ("work_quality_score", row(4.0), row(3.4), True),
        ("work_quality_score", row(4.0), row(3.9), False),  # -2.5 %
        ("work_quality_score", row(4.0), row(4.6), False),
        ("unsubscribe_rate", row(0.004), row(0.006), True),  # lower is better: +50 %
        ("unsubscribe_rate", row(0.006), row(0.004), False),
        # 50 % to 40 %: the difference is 10 points, give or take sqrt(0.04^2 + 0.04^2) = 5.7.
        ("lead_qualification_rate", row(0.5, 0.46, 0.54), row(0.4, 0.36, 0.44), True),
        # 50 % to 45 %: 5 points, give or take 5.7.
        ("lead_qualification_rate", row(0.5, 0.46, 0.54), row(0.45, 0.41, 0.49), False),
    ],
)
def test_it_worsened_beyond_noise(name, then, now, worse):
    assert worsened(name, then, now) is worse


def test_a_figure_that_fills_up_has_not_worsened_yet():
    then, now = row(0.5, 0.46, 0.54), row(0.1, 0.08, 0.12)
    assert worsened("lead_qualification_rate", then, now)
    assert not worsened("lead_qualification_rate", then, now | {"flags": ["immature"]})
    assert worsened("lead_qualification_rate", then, now | {"flags": ["partial"]})


def test_without_a_figure_nothing_has_worsened():
    assert not worsened("lead_qualification_rate", row(None), row(0.4))
    assert not worsened("lead_qualification_rate", row(0.4), row(None))


def test_m57_productivity_up_quality_down_is_no_success():
    # Requests solved 10 % faster, satisfaction with support down 15 %.
    aim = goal(
        kpi="avg_resolution_time", unit="h", baseline=20, target=18, start="2026-09-01",
        end="2026-10-31",
    )  # fmt: skip
    rows = [row(20.0), row(19.0), row(18.0)]
    quality = [row(0.80), row(0.75), row(0.68)]
    alone = standing(aim, *rows)
    assert (alone.verdict.level, alone.evidence.worsened) == ("success", "")
    found = standing(aim, *rows, twins=quality)
    assert found.verdict.level == "moderate_success"
    assert found.verdict.lowered_by == "support_satisfaction"


def test_the_twin_counts_from_the_month_of_the_baseline():
    written = {
        "kpi": "avg_resolution_time", "unit": "h", "baseline": 20, "target": 18,
        "start": "2026-09-01", "end": "2026-10-31", "baseline_period": "2026-09",
    }  # fmt: skip
    rows = [row(20.0), row(19.0), row(18.0)]
    quality = [row(0.80), row(0.68), row(0.68)]
    assert standing(goal(**written), *rows, twins=quality).evidence.worsened == ""
    august = goal(**written | {"baseline_period": "2026-08"})
    assert standing(august, *rows, twins=quality).evidence.worsened == "support_satisfaction"
    long_ago = goal(**written | {"baseline_period": "2025-01"})
    assert standing(long_ago, *rows, twins=quality).evidence.worsened == ""


FIGURES = st.floats(-1e6, 1e6, allow_nan=False)
END = date(2026, 12, 31)


def scored(baseline, target, value):
    return reached(Aim(mode="from_to", baseline=baseline, target=target), END, [value], None)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "score", "raw"),
    [
        (40, 20, 28, 0.6, 0.6),  # not 20/28 = 0.714
        (40, 20, 45, 0.0, -0.25),
        (40, 20, 15, 1.0, 1.25),
        (40, 20, 40, 0.0, 0.0),  # not 20/40 = 0.5 before any work
        (2, 5, 3.5, 0.5, 0.5),
        (85, 90, 89, 0.8, 0.8),
    ],
)
def test_o62_a_score_goes_from_baseline_to_target(baseline, target, value, score, raw):
    assert scored(baseline, target, value).score == pytest.approx(score, rel=1e-9)
    assert scored(baseline, target, value).attainment == pytest.approx(raw, rel=1e-9)


@given(FIGURES, FIGURES, FIGURES)
def test_p18_negating_value_baseline_and_target_changes_nothing(value, baseline, target):
    assume(abs(target - baseline) > 1e-6)

    assert scored(baseline, target, value).score == scored(-baseline, -target, -value).score


@pytest.mark.parametrize(
    ("reach", "at_best", "unsure", "expected"),
    [
        (1.05, None, False, "success"),
        (1.00, None, False, "success"),
        (0.85, None, False, "moderate_success"),
        (0.70, None, False, "moderate_success"),
        (0.55, None, False, "moderate_failure"),
        (0.40, None, False, "moderate_failure"),
        (0.20, 0.35, False, "proven_failure"),
        (0.20, 0.60, False, "moderate_failure"),  # not proven
        (0.20, 0.35, True, "moderate_failure"),  # provisional
        (0.20, None, False, "moderate_failure"),  # no interval, nothing proven
    ],
)
def test_o64_verdicts(reach, at_best, unsure, expected):
    assert level(reach, at_best, (1.0, 0.7, 0.4), unsure) == expected


# From 2 % on 1 January to 4 % on 31 December: by 31 October, 304 of the 365 days, the path asks
# for 2 % + 2 pt x 304/365 = 3.6658 %. An "improvement" can be judged 30 days after it began.
OCTOBER = date(2026, 10, 31)
DONE = {"kpi": "", "mode": "binary", "unit": "", "baseline": None, "target": None}


def judged(given, day=OCTOBER, *, written=None, **more):
    return verdict(goal(**written or {}), given, day, **more)


class TestLevels:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (0.0367, "success"),  # 1.67 of 1.6658 points: on the path
            (0.0350, "moderate_success"),  # 1.5 / 1.6658 = 0.900
            (0.0310, "moderate_failure"),  # 1.1 / 1.6658 = 0.660
        ],
    )
    def test_before_the_end_the_path_is_what_counts(self, value, expected):
        found = judged(row(value))
        assert (found.level, found.provisional) == (expected, False)

    def test_at_the_end_the_target_counts(self):
        found = judged(row(0.0367), END)  # 1.67 of 2 points: 0.835
        assert found.level == "moderate_success"

    def test_m05_a_failure_is_proven_by_the_interval(self):
        assert judged(row(0.021, 0.020, 0.022)).level == "proven_failure"  # at best 0.12
        assert judged(row(0.021, 0.015, 0.030)).level == "moderate_failure"  # at best 0.60
        assert judged(row(0.021)).level == "moderate_failure"  # no interval

    @pytest.mark.parametrize("flag", ["partial", "low_n", "late"])
    def test_o64_on_a_figure_that_may_still_move_no_failure_is_proven(self, flag):
        found = judged(row(0.021, 0.020, 0.022, flags=[flag]))
        assert (found.level, found.provisional) == ("moderate_failure", True)
        assert judged(row(0.05, flags=[flag])).provisional

    def test_flags_that_settle_nothing_leave_the_verdict_final(self):
        assert not judged(row(0.05, flags=["approximate", "excluded_rows"])).provisional

    @pytest.mark.parametrize(
        ("value", "alone", "with_twin"),
        [
            (0.0367, "success", "moderate_success"),
            (0.0350, "moderate_success", "moderate_failure"),
            (0.0310, "moderate_failure", "moderate_failure"),
        ],
    )
    def test_m57_a_twin_that_worsened_lowers_it_by_one(self, value, alone, with_twin):
        assert judged(row(value)).level == alone
        found = judged(row(value), beside=Evidence(worsened="lead_qualification_rate"))
        assert found.level == with_twin
        assert found.lowered_by == ("" if alone == with_twin else "lead_qualification_rate")


class TestNotAssessable:
    def test_before_its_start(self):
        found = judged(row(0.03), date(2025, 12, 31))
        assert (found.level, found.reason) == ("not_assessable", "not_started")
        assert found.day == date(2026, 1, 1)

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            ("no_data", "missing"), ("missing_table", "missing"), ("no_denominator", "missing"),
            ("not_additive", "missing"), ("suppressed", "too_few"), ("too_few", "too_few"),
        ],
    )  # fmt: skip
    def test_want_of_data_is_never_a_failure(self, status, reason):
        for day in (OCTOBER, END):
            found = judged(row(None, status=status), day)
            assert (found.level, found.reason) == ("not_assessable", reason)

    def test_m15_search_engine_work_of_thirty_days(self):
        visits = {"kpi": "organic_sessions", "unit": "count", "baseline": 1000, "target": 2000}
        aim = acted(("seo", "2026-10-01"), **visits)
        found = verdict(aim, row(1000, 950, 1050), OCTOBER)
        # 90 days after 1 October.
        assert (found.reason, found.day, found.kind) == ("too_early", date(2026, 12, 30), "seo")
        assert verdict(aim, row(1000, 950, 1050), date(2026, 12, 30)).level == "proven_failure"

    def test_at_its_end_it_is_judged_however_young_but_nothing_is_proven(self):
        found = verdict(acted(("seo", "2026-12-01")), row(0.02, 0.019, 0.021), END)
        assert (found.level, found.provisional) == ("moderate_failure", True)

    def test_half_a_month_of_a_total_says_nothing_of_the_month(self):
        aim = {"kpi": "leads", "unit": "count", "baseline": 100, "target": 200}
        half = row(80, 63, 100, flags=["partial"], details={"coverage": 0.9})
        assert judged(half, written=aim).reason == "partial"
        # 200 in the part that is there is the target already.
        more = judged(half | {"value": 200}, written=aim)
        assert (more.level, more.provisional) == ("success", True)

    def test_of_what_is_counted_from_the_start_a_part_of_a_month_is_a_part_of_the_way(self):
        aim = {"kpi": "leads", "unit": "count", "mode": "count", "baseline": None, "target": 1000}
        found = judged(row(800, 746, 857, flags=["partial"]), date(2026, 10, 15), written=aim)
        # 288 days of 365 ask for 789.
        assert (found.level, found.provisional) == ("success", True)

    @pytest.mark.parametrize(("coverage", "reason"), [(0.4, "partial"), (0.6, "")])
    def test_of_a_rate_less_than_half_of_the_month(self, coverage, reason):
        part = row(0.03, 0.029, 0.031, flags=["partial"], details={"coverage": coverage})
        assert judged(part).reason == reason

    @pytest.mark.parametrize("value", [0.02, 0.18, 0.3])
    @pytest.mark.parametrize("day", [OCTOBER, END])
    def test_what_is_not_ripe_is_neither_failure_nor_success(self, value, day):
        aim = {"kpi": "lead_to_customer_rate", "baseline": 0.1, "target": 0.2}
        young = row(value, value - 0.01, value + 0.01, flags=["immature"])
        found = judged(young, day, written=aim)
        assert (found.level, found.reason) == ("not_assessable", "immature")

    def test_a_milestone_waits_for_its_day(self):
        assert judged(row(None), written=DONE).reason == "not_due"
        assert judged(row(0.0), written=DONE).reason == "not_due"
        assert judged(row(1.0), written=DONE).level == "success"
        assert judged(row(None), END, written=DONE).reason == "missing"
        assert judged(row(0.0), END, written=DONE).level == "moderate_failure"


def test_m05_a_level_is_judged_by_the_months_that_hold():
    aim = goal(kpi="click_rate", mode="maintain", unit="%", baseline=None, target=10)
    # O-62: 10.2, 9.8, 10.0 hold two times of three.
    found = verdict(aim, row(0.1), OCTOBER, Evidence(earlier=(0.102, 0.098)))
    assert found.level == "moderate_failure"
    assert verdict(aim, row(0.1), OCTOBER, Evidence(earlier=(0.102,))).level == "success"


class TestFullCounts:
    """Followers, the size of a list, a position: all there is, so no interval."""

    # From 1,000 to 2,000 in a year: by 31 October the path asks for 1,832.9, 40 % of which is a
    # way of 333.
    FOLLOWERS = {"kpi": "followers", "unit": "count", "baseline": 1000, "target": 2000}

    def test_far_below_its_usual_moves_the_failure_is_proven(self):
        found = judged(row(1100), written=self.FOLLOWERS, beside=Evidence(usual=50))
        assert found.level == "proven_failure"

    def test_within_its_usual_moves_it_is_not(self):
        found = judged(row(1300), written=self.FOLLOWERS, beside=Evidence(usual=50))
        assert found.level == "moderate_failure"  # 1,350 may be its level: 0.42 of the way

    def test_nobody_knows_how_far_it_moves(self):
        assert judged(row(1100), written=self.FOLLOWERS).level == "moderate_failure"
        # At its end it is what it is.
        assert judged(row(1100), END, written=self.FOLLOWERS).level == "proven_failure"

    def test_a_position_too_and_downwards(self):
        aim = {"kpi": "avg_search_position", "unit": "rank", "baseline": 20, "target": 10}
        beside = Evidence(usual=0.5)
        assert judged(row(19.5), written=aim, beside=beside).level == "proven_failure"
        assert judged(row(15.5), written=aim, beside=beside).level == "moderate_failure"

    def test_a_sample_without_an_interval_proves_nothing(self):
        assert judged(row(0.021), END, beside=Evidence(usual=0.0001)).level == "moderate_failure"


@pytest.mark.parametrize(("chance", "level"), [
    (None, "proven_failure"), (0.01, "proven_failure"), (POSSIBLE - 0.01, "proven_failure"),
    (POSSIBLE, "moderate_failure"), (0.5, "moderate_failure"),
])  # fmt: skip
def test_what_may_still_be_reached_has_not_failed_for_certain(chance, level):
    found = judged(row(0.021, 0.020, 0.022), beside=Evidence(probability=chance))
    assert found.level == level


@pytest.mark.parametrize(
    ("low", "value", "target", "judged"),
    [
        (10, 40, 60, False),  # behind, of what is known
        (10, 60, 60, True),  # reached, whatever came before
        (80, 40, 60, False),  # few requests, of what is known
        (80, 90, 60, True),  # too many already
    ],
)
def test_a_total_whose_first_part_is_not_known_can_but_be_more(low, value, target, judged):
    aim = goal(kpi="leads", unit="count", baseline=low, target=target, start="2026-10-01",
               end="2026-10-31")  # fmt: skip
    part = {"flags": ["partial"], "details": {"recorded_from": date(2026, 10, 12)}}
    found = verdict(aim, row(value, **part), date(2026, 10, 31))
    assert (found.reason == "") is judged
    assert judged or (found.reason, found.day) == ("unrecorded", date(2026, 10, 12))
