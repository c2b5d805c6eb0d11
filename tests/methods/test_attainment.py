"""The arithmetic of objectives, with answers worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.methods.attainment import (
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    PROVEN_FAILURE,
    STANDARD,
    STRETCH,
    SUCCESS,
    Aim,
    attainment,
    elapsed,
    expected,
    held,
    level,
    reached,
    reaches,
    score,
    weighted,
)

FIRST, LAST, MIDDLE = date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 1)
FIGURES = st.integers(-1000, 1000).map(lambda n: n / 8)


class TestAttainment:
    @pytest.mark.parametrize(("now", "way"), [(28, 0.6), (45, -0.25), (15, 1.25), (40, 0)])
    def test_o62_downwards(self, now, way):
        assert attainment(40, 20, now) == way

    def test_without_a_way_there_is_none(self):
        assert attainment(10, 10, 10) is None

    @pytest.mark.parametrize(("way", "clipped"), [(-0.25, 0), (0.6, 0.6), (1.25, 1)])
    def test_o62_score_is_clipped(self, way, clipped):
        assert score(way) == clipped

    @given(FIGURES, FIGURES, FIGURES)
    def test_upwards_and_downwards_are_mirrored(self, low, high, now):
        assert attainment(low, high, now) == attainment(-low, -high, -now)


class TestHeld:
    def test_o62_two_of_three(self):
        assert held(10, [10.2, 9.8, 10.0], "higher") == 2 / 3

    def test_downwards(self):
        assert held(10, [10.2, 9.8, 10.0], "lower") == 2 / 3

    def test_of_nothing_there_is_none(self):
        assert held(10, [], "higher") is None

    def test_the_last_digit_of_a_float_decides_nothing(self):
        assert reaches(0.1 + 0.2, 0.3, "higher") and reaches(0.1 + 0.2, 0.3, "lower")


class TestPath:
    def test_the_first_and_the_last_day_count(self):
        """181 of 365 days on 30 June; none on the eve; all of them afterwards."""
        assert elapsed(FIRST, LAST, date(2026, 6, 30)) == 181 / 365
        assert elapsed(FIRST, LAST, date(2025, 12, 31)) == 0
        assert elapsed(FIRST, LAST, LAST) == elapsed(FIRST, LAST, date(2027, 3, 1)) == 1

    def test_a_goal_of_one_day(self):
        assert elapsed(FIRST, FIRST, FIRST) == 1

    def test_o61_ten_per_cent_each_month(self):
        """2 % to 2.662 % over 90 days: on day 31 of them 0.02 x 1.331 ** (31 / 90)."""
        end, day = date(2026, 3, 31), date(2026, 1, 31)

        assert expected(0.02, 0.02662, FIRST, end, day, compound=True) == pytest.approx(
            0.02207001, abs=5e-9
        )
        # a straight path asks for more at first: 0.02 + 0.00662 x 31 / 90
        assert expected(0.02, 0.02662, FIRST, end, day) == pytest.approx(0.02228022, abs=5e-9)

    def test_compound_growth_from_nothing_is_straight(self):
        assert expected(0, 10, FIRST, LAST, LAST, compound=True) == 10


class TestWeighted:
    def test_o62_mean(self):
        assert weighted([0.6, 1, 0.25], [1, 1, 1]) == pytest.approx(0.616667, abs=5e-7)

    def test_what_is_not_known_is_left_out(self):
        assert weighted([0.6, None], [1, 1]) == 0.6

    def test_nothing_to_weigh(self):
        assert weighted([], []) is None and weighted([1.0], [0.0]) is None


class TestLevel:
    @pytest.mark.parametrize(
        ("way", "verdict"),
        [
            (1.05, SUCCESS), (1.0, SUCCESS), (0.85, MODERATE_SUCCESS), (0.7, MODERATE_SUCCESS),
            (0.55, MODERATE_FAILURE), (0.4, MODERATE_FAILURE), (0.2, MODERATE_FAILURE),
        ],
    )  # fmt: skip
    def test_o64_without_an_interval(self, way, verdict):
        assert level(way, None, STANDARD, unsure=False) == verdict

    @pytest.mark.parametrize(
        ("upper", "unsure", "verdict"),
        [
            (0.35, False, PROVEN_FAILURE),
            (0.60, False, MODERATE_FAILURE),
            (0.40, False, MODERATE_FAILURE),  # not below: at the threshold
            (0.35, True, MODERATE_FAILURE),
        ],
    )
    def test_o64_a_failure_is_proven_by_its_interval(self, upper, unsure, verdict):
        assert level(0.2, upper, STANDARD, unsure) == verdict

    def test_of_a_stretch_objective(self):
        assert level(0.7, None, STRETCH, unsure=False) == SUCCESS
        assert level(0.5, None, STRETCH, unsure=False) == MODERATE_SUCCESS
        assert level(0.29, 0.29, STRETCH, unsure=False) == PROVEN_FAILURE

    @given(FIGURES, FIGURES)
    def test_more_is_never_worse(self, one, other):
        order = [PROVEN_FAILURE, MODERATE_FAILURE, MODERATE_SUCCESS, SUCCESS]
        lower, higher = (
            order.index(level(way, way, STANDARD, unsure=False)) for way in sorted((one, other))
        )

        assert lower <= higher


class TestReached:
    AIM = Aim(mode="from_to", baseline=40, target=20, start=FIRST, end=LAST, better="lower")

    def test_the_ends_of_the_interval_change_places_downwards(self):
        """Value 28 in [24, 44]: attained 0.6, at best 0.8, at worst -0.2."""
        found = reached(self.AIM, LAST, [28], (24, 44))

        assert (found.attainment_low, found.attainment_high) == (-0.2, 0.8)
        assert found.scores[1:] == (0, 0.8)

    def test_before_the_end_it_is_held_against_the_path(self):
        """On 1 July, day 182 of 365, the path asks for 49.86 % of the way: 0.4 is 80.2 % of it."""
        found = reached(self.AIM, MIDDLE, [32], None)

        assert found.measured == pytest.approx(0.4 / (182 / 365))
        assert (found.attainment, found.level) == (0.4, MODERATE_SUCCESS)

    def test_at_the_end_against_the_target(self):
        found = reached(self.AIM, LAST, [32], None)

        assert (found.measured, found.level) == (0.4, MODERATE_FAILURE)

    def test_before_the_first_day_there_is_no_pace(self):
        assert reached(self.AIM, date(2025, 12, 31), [32], None).pace is None

    def test_a_milestone_is_judged_when_it_is_due_or_done(self):
        aim = Aim(mode="binary", baseline=0, target=1, start=FIRST, end=LAST)

        assert reached(aim, MIDDLE, [0], None).level is None
        assert reached(aim, MIDDLE, [1], None).level == SUCCESS
        assert reached(aim, LAST, [0], None).level == MODERATE_FAILURE  # nothing proves it

    def test_a_level_held_counts_every_checkin(self):
        aim = Aim(mode="maintain", baseline=10, target=10, start=FIRST, end=LAST)
        found = reached(aim, MIDDLE, [10.2, 9.8, 10.0], (9.5, 10.5))

        assert found.attainment == 2 / 3
        # the last one may be below or above: one or two of three
        assert (found.attainment_low, found.attainment_high) == (1 / 3, 2 / 3)
