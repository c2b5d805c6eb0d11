"""Confidence intervals against published values and against statsmodels and scipy."""

from __future__ import annotations

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from kpilib.engine import intervals
from kpilib.engine.intervals import (
    clumped,
    count_chance,
    difference,
    effective,
    finite,
    net_scores,
    poisson,
    resampled,
    student,
    student_of_sums,
    wilson,
    wilsons,
)


def near(pair, digits=1e-6):
    return pytest.approx(pair, rel=0, abs=digits)


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "trials", "expected"),
        [
            (0, 1, (0, 0.793457)),
            (1, 11, (0.016232, 0.377365)),
            (10, 100, (0.055229, 0.174367)),
            (50, 100, (0.403830, 0.596170)),
            (0, 100, (0, 0.036995)),
        ],
    )
    def test_o68_published_with_196(self, successes, trials, expected):
        assert wilson(successes, trials, z=1.96) == near(expected)

    @pytest.mark.parametrize(
        ("successes", "trials", "expected"),
        [
            (81, 263, (0.2553, 0.3662)),
            (15, 148, (0.0624, 0.1605)),
            (0, 20, (0, 0.1611)),
            (1, 29, (0.0061, 0.1718)),
        ],
    )
    def test_o68_newcombe_1998(self, successes, trials, expected):
        assert wilson(successes, trials) == near(expected, 5e-5)

    def test_o68_nothing_of_nothing_has_no_interval(self):
        assert wilson(0, 0) is None

    @pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 5), (2, -1)])
    def test_counts_that_are_no_proportion_have_none(self, successes, trials):
        assert wilson(successes, trials) is None

    @given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_agrees_with_statsmodels_and_holds_the_share(self, counts):
        successes, trials = counts
        low, high = wilson(successes, trials)

        assert (low, high) == near(proportion_confint(successes, trials, method="wilson"), 1e-9)
        assert 0 <= low <= successes / trials <= high <= 1


class TestPoisson:
    @pytest.mark.parametrize(
        ("count", "expected"), [(12, (6.200575, 20.961585)), (0, (0, 3.688879))]
    )
    def test_o70_exact(self, count, expected):
        assert poisson(count) == near(expected)

    def test_of_a_negative_count_there_is_none(self):
        assert poisson(-1) is None

    @given(st.integers(0, 100_000))
    def test_each_end_leaves_two_and_a_half_percent(self, count):
        low, high = poisson(count)

        assert low <= count <= high
        assert isclose(stats.poisson.cdf(count, high), 0.025, rel_tol=1e-6)
        if count:
            assert isclose(stats.poisson.sf(count - 1, low), 0.025, rel_tol=1e-6)


def net_score(*counts):
    """The interval of one net score: the first place of each column."""
    low, high = net_scores(*(np.array([each], dtype=float) for each in counts))
    return None if np.isnan(low[0]) else (low[0], high[0])


def test_every_place_of_a_column_has_its_own_interval():
    # 81 of 263 (Newcombe 1998); no trial; more than were tried; unknown; 10 of 10 of a staff of 10
    up, down = np.array([81, 0, 3, np.nan, 10.0]), np.array([263, 0, 2, 5, 10.0])
    low, high = wilsons(up, down, population=np.array([np.nan, 9, 9, 9, 10]))

    assert low == pytest.approx([0.2553, *[np.nan] * 3, wilson(10, 10)[0]], abs=5e-5, nan_ok=True)
    assert high == pytest.approx([0.3662, *[np.nan] * 3, 1], abs=5e-5, nan_ok=True)


class TestNetScore:
    def test_o28(self):
        # centre 10.0, se 25.298221: (3.75 - 2.75) / 10, sqrt((6.5 / 10 - 0.01) / 10)
        assert net_score(3, 2, 7) == near((-39.583603, 59.583603))

    def test_o29_seventy_promoters_of_a_hundred(self):
        assert net_score(70, 10, 100) == near((45.269760, 71.235095))

    def test_o29_six_promoters_are_clipped_at_a_hundred(self):
        # not the [100, 100] of the plain variance
        assert net_score(6, 0, 6) == near((25.924924, 100))

    def test_o29_population(self):
        half = 1.959963984540054 * 13.001763 * 0.506370

        assert net_score(12, 6, 30, 40) == near((18.181818 - half, 18.181818 + half), 1e-4)
        assert net_score(12, 6, 30, 40) == near((5.278, 31.086), 5e-4)

    def test_o49_net_sentiment(self):
        assert net_score(45, 15, 100) == near((15.304177, 42.948251))

    def test_without_answers_there_is_none(self):
        assert net_score(0, 0, 0) is None

    @given(st.lists(st.sampled_from([1, 0, -1]), min_size=1, max_size=300))
    def test_stays_on_the_scale(self, answers):
        low, high = net_score(answers.count(1), answers.count(-1), len(answers))

        assert -100 <= low <= high <= 100


class TestWilsonOfAFinitePopulation:
    def test_as_often_as_said(self):
        """Drawn without return from 40 of whom 28 know: the interval holds 70 % in 95 of 100."""
        rng = np.random.default_rng(11)
        known = rng.hypergeometric(28, 12, 25, 4000)
        ends = np.array([wilson(each, 25, population=40) for each in range(26)])
        held = ((ends[known, 0] <= 0.7) & (0.7 <= ends[known, 1])).mean()
        wide = np.array([wilson(each, 25) for each in range(26)])

        assert 0.93 < held < 0.985
        assert (np.diff(ends) < np.diff(wide)).all()

    def test_of_a_full_count_the_process_is_in_doubt_and_not_who_was_asked(self):
        """No width at all would call every change of a whole team news."""
        assert wilson(28, 40, population=40) == wilson(28, 40)

    @pytest.mark.parametrize("population", [None, float("nan"), 0, 24])
    def test_an_unknown_or_impossible_one_changes_nothing(self, population):
        assert wilson(10, 25, population=population) == wilson(10, 25)


class TestFinite:
    def test_o29_thirty_of_forty(self):
        assert finite(30, 40) == pytest.approx(0.506370, abs=1e-6)

    def test_almost_everybody_leaves_little_doubt(self):
        assert finite(39, 40) == pytest.approx((1 / 39) ** 0.5)

    @pytest.mark.parametrize("population", [None, float("nan"), 0, 1, 29, 30])
    def test_an_unknown_or_impossible_population_changes_nothing(self, population):
        assert finite(30, population) == 1


class TestStudent:
    VALUES = np.array([10.0, 20.0, 30.0])

    def test_of_three_values(self):
        half = 4.302652729911275 * 10 / sqrt(3)

        assert student(self.VALUES) == near((20 - half, 20 + half), 1e-9)

    def test_agrees_with_statsmodels(self):
        values = np.random.default_rng(7).normal(size=40)

        assert student(values) == near(DescrStatsW(values).tconfint_mean(), 1e-9)

    def test_population_narrows_it(self):
        half = 4.302652729911275 * 10 / sqrt(3) * sqrt(7 / 9)

        assert student(self.VALUES, 10) == near((20 - half, 20 + half), 1e-9)

    def test_one_value_has_none(self):
        assert student(np.array([1.0])) is None

    def test_sums_of_persons_are_their_values_added_up(self):
        # a: 1 and 3, b: 5; mean 3, a is 2 below and b 2 above: sqrt(2 * (4 + 4)) / 3 = 4 / 3
        values, persons = np.array([1.0, 3.0, 5.0]), np.array(["a", "a", "b"])
        half = 12.706204736432095 * 4 / 3
        found = student_of_sums(np.array([4.0, 5.0]), np.array([2.0, 1.0]))

        assert found == near((3 - half, 3 + half), 1e-9)
        assert found == near(student(values, None, persons), 1e-12)


class TestPersons:
    def test_answers_that_are_always_alike_are_worth_the_persons(self):
        scores = np.repeat([3.0, 0.0], [28, 7])
        few = (1.959963984540054 / 2.0322445) ** 2

        assert effective(scores, np.full(35, 3.0), 0.16) == pytest.approx(34 * few, rel=1e-6)

    def test_answers_that_have_nothing_in_common_are_worth_themselves(self):
        # everybody says yes once and no once: less apart than chance would have it
        assert effective(np.ones(30), np.full(30, 2.0), 0.25) == 60

    def test_where_nothing_varies_persons_are_what_there_is(self):
        assert effective(np.full(9, 3.0), np.full(9, 3.0), 0.0) == 9

    def test_one_answer_a_person_is_one(self):
        assert effective(np.array([1.0, 0.0, 1.0]), np.ones(3), 2 / 9) == 3

    def test_a_mean_of_persons_who_answer_once_is_students(self):
        values = np.random.default_rng(7).normal(size=40)

        assert student(values, None, np.arange(40)) == near(student(values), 1e-12)

    def test_saying_it_twice_proves_nothing(self):
        values = np.random.default_rng(7).normal(size=40)
        twice = student(np.tile(values, 2), None, np.tile(np.arange(40), 2))

        assert twice == near(student(values), 1e-12)


class TestDifference:
    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            ((56, 70), (48, 80), (0.0524, 0.3339)),
            ((9, 10), (3, 10), (0.1705, 0.8090)),
            ((6, 7), (2, 7), (0.0582, 0.8062)),
            ((5, 56), (0, 29), (-0.0381, 0.1926)),
            ((0, 10), (0, 20), (-0.1611, 0.2775)),
            ((10, 10), (0, 20), (0.6791, 1.0000)),
        ],
    )
    def test_o69_newcombe_1998_method_10(self, first, second, expected):
        res = difference(
            first[0] / first[1], wilson(*first), second[0] / second[1], wilson(*second)
        )

        assert res == near(expected, 5e-5)

    def test_agrees_with_statsmodels(self):
        res = difference(40 / 950, wilson(40, 950), 60 / 1100, wilson(60, 1100))

        assert res == near(
            confint_proportions_2indep(40, 950, 60, 1100, method="newcomb", compare="diff"), 1e-9
        )


class TestCountChance:
    def test_o70_120_against_100(self):
        assert count_chance(120, 100) == pytest.approx(0.200092, abs=1e-6)

    def test_o65_per_day(self):
        # 2,856 in 28 days against 2,900 in 29: 102 a day against 100
        assert count_chance(2856, 2900, 28, 29) > 0.05

    def test_days_are_exposures(self):
        assert count_chance(31, 28, 31, 28) == pytest.approx(1)

    @pytest.mark.parametrize(("count", "base"), [(0, 0), (-1, 5)])
    def test_of_nothing_chance_explains_all(self, count, base):
        assert count_chance(count, base) == 1

    def test_nothing_against_something(self):
        assert count_chance(0, 20) < 0.001


class TestResampled:
    RNG = np.random.default_rng(20260101)
    UP = RNG.integers(0, 20, 400).astype(float)
    DOWN = UP + RNG.integers(1, 60, 400)

    def test_holds_the_ratio(self):
        (low, high), method = resampled(self.UP, self.DOWN)

        assert method == "bootstrap"
        assert low < self.UP.sum() / self.DOWN.sum() < high

    def test_holds_the_total(self):
        (low, high), _ = resampled(self.UP)

        assert low < self.UP.sum() < high

    def test_a_total_of_units_that_weigh_alike_varies_with_their_number(self):
        """100 visitors of 3 pages each: 300 ± 3 x 1.96 x sqrt(100)."""
        (low, high), method = resampled(np.full(100, 3.0))

        assert method == "bootstrap"
        assert (low, high) == pytest.approx((241.2, 358.8), abs=6)

    def test_is_the_same_each_time_and_in_any_order(self):
        order = np.random.default_rng(1).permutation(len(self.UP))

        assert resampled(self.UP, self.DOWN) == resampled(self.UP[order], self.DOWN[order])

    def test_is_close_to_the_linearised_one(self, monkeypatch):
        (low, high), _ = resampled(self.UP, self.DOWN)
        monkeypatch.setattr(intervals, "MOST_UNITS", 10)
        (line_low, line_high), method = resampled(self.UP, self.DOWN)

        assert method == "linearised"
        assert (low, high) == pytest.approx((line_low, line_high), rel=0.03)

    @pytest.mark.parametrize("units", [20, 100, 400, 3000])
    def test_units_that_weigh_alike_are_a_count_of_independent_events(self, units):
        exact = [3 * end for end in poisson(units)]

        assert resampled(np.full(units, 3.0))[0] == pytest.approx(exact, rel=0.04)

    def test_beyond_2000_units_a_series_stands_for_the_resamples(self):
        """Hall: z + skewness (2 z^2 + 1) / 6, both ways; a total's number of units is Poisson."""
        many = np.tile(self.UP, 6)
        error, lean = sqrt((many**2).sum()), (many**3).sum() / (many**2).sum() ** 1.5
        wider = 1 + 3 * (lean - 1 / sqrt(len(many)))  # the tail to which the units stretch
        low, high = stats.norm.ppf(0.025), -stats.norm.ppf(0.025 / wider)
        low, high = (end + lean * (2 * end**2 + 1) / 6 for end in (low, high))

        assert resampled(many)[1] == "linearised"
        assert resampled(many)[0] == near((many.sum() + low * error, many.sum() + high * error))

    def test_linearised_symmetrical_ratio_is_the_textbook_one(self):
        down = np.tile(self.DOWN, 12)
        away = np.tile(self.UP, 6) - self.UP.mean()
        up = 0.3 * down + np.concatenate([away, -away])
        ratio, n = up.sum() / down.sum(), len(up)
        error = (up - ratio * down).std() * sqrt(n / (n - 1)) / (sqrt(n) * down.mean())

        low, high = ratio - 1.959963984540054 * error, ratio + 1.959963984540054 * error
        assert resampled(up, down)[0] == pytest.approx((low, high), rel=1e-4)

    @pytest.mark.parametrize(("up", "down"), [([1.0], [2.0]), ([], []), ([0.0, 0.0], [0.0, 0.0])])
    def test_too_little_has_none(self, up, down):
        assert resampled(np.array(up), np.array(down)) is None

    def test_units_that_weigh_alike_leave_no_doubt(self):
        assert resampled(np.full(50, 3.0), np.full(50, 6.0))[0] == (0.5, 0.5)

    def test_fewer_than_20_that_weigh_alike_tell_nothing_of_the_others(self):
        assert resampled(np.full(19, 3.0), np.full(19, 6.0)) is None

    @pytest.mark.parametrize("down", [None, np.ones(50)])
    def test_that_nothing_counted_does_not_prove_that_nothing_can(self, down):
        assert resampled(np.zeros(50), down) is None

    @pytest.mark.parametrize("units", [10, 20, 100, 2500])
    def test_units_around_a_mean_have_the_interval_of_student(self, units):
        """What is symmetrical stays sensible: a fifth wider at 10 units, the same at many."""
        values = 50 + stats.norm.ppf((np.arange(units) + 0.5) / units)
        low, high = resampled(values, np.ones(units))[0]
        expected = student(values)

        assert (low + high) / 2 == pytest.approx(50, abs=0.15 / sqrt(units))
        assert 0.95 < (high - low) / (expected[1] - expected[0]) < 1.4

    @given(
        st.lists(
            st.tuples(st.sampled_from([0.0, 0.1, 1.0, 3.0, 1e3]), st.sampled_from([0.0, 1.0, 7.0])),
            min_size=1,
            max_size=30,
        )
    )
    def test_always_holds_its_value_and_never_what_cannot_be(self, units):
        up, down = (np.array(column) for column in zip(*units, strict=True))
        for found, value in (
            (resampled(up), up.sum()),
            (resampled(up, down), up.sum() / down.sum() if down.sum() else None),
        ):
            if found is not None:
                (low, high), _ = found
                assert 0 <= low <= value <= high < float("inf")

    def test_a_unit_that_is_most_of_what_is_divided_by_bends_the_ratio(self):
        """One post seen 20,000 times at 0.3 %, 30 seen 100 to 300 times at 4 %."""
        seen = np.r_[np.linspace(100, 300, 30), 20_000]
        reacted = seen * np.r_[np.full(30, 0.04), 0.003]
        low, high = resampled(reacted, seen)[0]

        assert low < reacted.sum() / seen.sum() < 0.04 <= high + 1e-12

    @pytest.mark.parametrize(("units", "least"), [(20, 90), (100, 93)])
    @pytest.mark.parametrize(
        ("shape", "mean"),
        [
            (lambda draw, size: draw.lognormal(0, 1, size), np.exp(0.5)),
            (lambda draw, size: draw.gamma(0.5, 1, size), 0.5),
        ],
        ids=["lognormal(1)", "gamma(0.5)"],
    )
    def test_small_samples_of_skewed_units_hold_the_truth(self, shape, mean, units, least):
        """The percentiles of resamples held it 84 and 89 times in 100 at 20 units."""
        draw, runs = np.random.default_rng(11), 300
        held = 0
        for _ in range(runs):
            down = 1.0 + draw.poisson(1, units)
            low, high = resampled(shape(draw, units) * down, down)[0]
            held += low <= mean <= high

        assert 100 * held / runs >= least


class TestClumped:
    @pytest.mark.parametrize("count", [1, 12, 400])
    @pytest.mark.parametrize("each", [1.0, 3.0])
    def test_of_units_alike_is_garwoods_times_what_each_adds(self, count, each):
        low, high = poisson(count)

        assert clumped(np.full(count, each)) == near((each * low, each * high))

    def test_units_that_add_nothing_do_not_count(self):
        assert clumped(np.array([0.0, 2.0, 0.0, 5.0])) == clumped(np.array([2.0, 5.0]))
        assert clumped(np.zeros(3)) == poisson(0)

    def test_a_unit_that_takes_away_has_none(self):
        assert clumped(np.array([5.0, -1.0])) is None

    @pytest.mark.parametrize("count", [20, 100])
    def test_covers_the_total_of_skewed_units(self, count):
        """At 20 units of lognormal(1) the percentile bootstrap covers 86 %."""
        draw = np.random.default_rng(count)
        truth, held = count * np.exp(0.5), 0
        for _ in range(400):
            low, high = clumped(draw.lognormal(0, 1, draw.poisson(count)))
            held += low <= truth <= high

        assert held >= 0.92 * 400
