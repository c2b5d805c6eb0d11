"""Isolating an effect, on arrays: published and hand-made cases, statsmodels and scipy beside."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from kpilib.methods.effects import by_team, difference_in_means, permutation

GAINED, ANYWAY = np.array([6.0, 5.0, 5.0, 8.0]), np.array([2.0, 1.0, 3.0, 2.0])


def test_o51():
    # variances 2 and 2/3, four people each: se = sqrt(0.5 + 1/6)
    res = difference_in_means(GAINED, ANYWAY)

    assert res.value == 4
    assert res.standard_error == pytest.approx(0.816497, abs=1e-6)
    assert res.value / res.standard_error == pytest.approx(4.898979, abs=1e-6)
    assert res.degrees == pytest.approx(4.8, rel=1e-9)
    assert res.p_value == pytest.approx(0.004997, abs=1e-6)
    assert res.interval == pytest.approx((1.874550, 6.125450), abs=1e-6)
    assert res.permutation_p == pytest.approx(2 / 70, rel=1e-9)


def test_agrees_with_statsmodels_and_scipy():
    rng = np.random.default_rng(5)
    first, second = rng.normal(1, 2, 40), rng.normal(0, 1, 25)
    res = difference_in_means(first, second)
    low, high = CompareMeans(DescrStatsW(first), DescrStatsW(second)).tconfint_diff(
        usevar="unequal"
    )

    assert res.interval == pytest.approx((low, high), rel=1e-9)
    assert res.p_value == pytest.approx(stats.ttest_ind(first, second, equal_var=False).pvalue)
    assert res.permutation_p is None  # 65 people: too many deals to count them all


def test_swapping_arms_negates_it():
    there, back = difference_in_means(GAINED, ANYWAY), difference_in_means(ANYWAY, GAINED)

    assert back.value == -there.value
    assert back.interval == pytest.approx((-there.interval[1], -there.interval[0]))
    assert back.p_value == pytest.approx(there.p_value)


def test_one_person_in_an_arm_has_no_interval():
    res = difference_in_means(np.array([6.0]), ANYWAY)

    assert res.value == 4
    assert (res.interval, res.standard_error, res.p_value) == (None, None, None)


def test_without_any_variation_there_is_no_test():
    res = difference_in_means(np.full(4, 3.0), np.full(4, 1.0))

    assert res.value == 2
    assert res.interval == (2, 2)
    assert res.p_value is None


class TestByTeam:
    def test_with_a_team_to_each_person_the_variance_is_welchs(self):
        draw = np.random.default_rng(5)
        arms = draw.normal(1, 2, 12), draw.normal(0, 1, 9)
        res = by_team(arms, [np.arange(12), 12 + np.arange(9)])

        assert res.value == difference_in_means(*arms).value
        assert res.standard_error == pytest.approx(difference_in_means(*arms).standard_error)

    def test_whole_teams_of_one_size_are_a_comparison_of_their_means(self):
        """Six teams of three in each arm: Student on team means, with 10 degrees of freedom."""
        draw = np.random.default_rng(6)
        teams = np.repeat(np.arange(12), 3)
        values = draw.normal(0, 1, 12)[teams] + draw.normal(0, 1, 36)
        first = teams < 6
        res = by_team([values[first], values[~first]], [teams[first], teams[~first]])
        means = values.reshape(12, 3).mean(axis=1)
        test = stats.ttest_ind(means[:6], means[6:])

        assert res.degrees == pytest.approx(10)
        assert res.p_value == pytest.approx(test.pvalue)
        assert res.interval == pytest.approx(tuple(test.confidence_interval()))

    def test_what_a_mixed_team_shares_cancels_out(self):
        """Two of each team in either arm: Student on the differences within teams."""
        draw = np.random.default_rng(7)
        teams = np.repeat(np.arange(11), 2)
        shared = draw.normal(0, 50, 11)[teams]
        arms = [shared + draw.normal(gain, 1, 22) for gain in (1, 0)]
        res = by_team(arms, [teams, teams])
        within = (arms[0] - arms[1]).reshape(11, 2).mean(axis=1)

        assert res.p_value == pytest.approx(stats.ttest_1samp(within, 0).pvalue)
        assert res.degrees == pytest.approx(10)

    def test_one_group_is_students_on_its_team_means(self):
        means = np.array([1.0, 2.0, 4.0, 3.0, 2.0, 5.0, 1.0, 2.0, 2.0, 3.0])
        res = by_team([np.repeat(means, 2)], [np.repeat(np.arange(10), 2)])

        assert res.interval == pytest.approx(tuple(
            stats.ttest_1samp(means, 0).confidence_interval()
        ))  # fmt: skip

    def test_nine_teams_or_an_arm_of_one_have_no_interval(self):
        values, teams = np.arange(18.0), np.repeat(np.arange(9), 2)

        assert by_team([values[:8], values[8:]], [teams[:8], teams[8:]]).interval is None
        assert by_team([values[:2], values], [teams[:2], np.arange(18)]).interval is None


class TestPermutation:
    def test_o51_two_of_seventy_deals_are_as_extreme(self):
        assert permutation(GAINED, ANYWAY) == pytest.approx(2 / 70)

    def test_agrees_with_scipy(self):
        first, second = np.array([3.0, 1.0, 4.0, 1.0, 5.0]), np.array([9.0, 2.0, 6.0, 5.0])
        res = stats.permutation_test(
            (first, second), lambda a, b: np.mean(a) - np.mean(b), n_resamples=np.inf
        )

        # scipy doubles the smaller tail; counting both tails by size is the same or smaller
        assert 0 < permutation(first, second) <= res.pvalue + 1e-12

    def test_one_against_one_tells_nothing(self):
        assert permutation(np.array([1.0]), np.array([2.0])) == 1

    def test_all_alike_tells_nothing(self):
        assert permutation(np.full(3, 2.0), np.full(3, 2.0)) == 1

    @pytest.mark.parametrize(("people", "counted"), [(12, True), (13, False)])
    def test_is_counted_for_at_most_twelve_people(self, people, counted):
        values = np.arange(people, dtype=float)

        assert (permutation(values[:6], values[6:]) is not None) is counted


def test_the_smallest_effect_that_would_have_shown():
    """Four in five samples of an effect of that size lie beyond chance, by drawing them."""
    rng = np.random.default_rng(4)
    people, spread = 20, 3.0
    found = difference_in_means(*(rng.normal(0, spread, people) for _ in range(2)))
    error = spread * np.sqrt(2 / people)
    size = found.detectable * error / found.standard_error  # of the spread that is drawn with
    drawn = [
        difference_in_means(rng.normal(size, spread, people), rng.normal(0, spread, people))
        for _ in range(2000)
    ]

    assert np.mean([each.p_value < 0.05 for each in drawn]) == pytest.approx(0.8, abs=0.03)
    assert difference_in_means(np.ones(5), np.zeros(5)).detectable is None
