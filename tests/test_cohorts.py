"""Groups followed through time: how long they last, survival with censoring, triangles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpilib.engine.cohorts import (
    expected_life,
    median_survival,
    survival,
    triangle,
)
from tests.worked import exactly, rows

# Freireich et al. (1963), weeks in remission under 6-mercaptopurine, as in every textbook; an end
# that was not seen has a False.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SEEN = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


class TestExpectedLife:
    def test_o25_three_percent_a_month(self):
        assert expected_life(0.03) == exactly(100 / 3)

    def test_nobody_lost_has_none(self):
        assert expected_life(0.0) is None


class TestSurvival:
    def test_published_curve_of_freireich(self):
        curve = survival(WEEKS, SEEN)

        assert curve["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
        assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
        assert curve["ended"].tolist() == [3, 1, 1, 1, 1, 1, 1]
        assert curve["going_on"].round(3).tolist() == [
            0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448,
        ]  # fmt: skip

    def test_published_median_of_freireich(self):
        assert median_survival(WEEKS, SEEN) == 23

    def test_agrees_with_statsmodels(self):
        survfunc = pytest.importorskip("statsmodels.duration.survfunc")
        rng = np.random.default_rng(7)
        times, seen = rng.integers(1, 40, 300).astype(float), rng.random(300) < 0.6
        theirs, ours = survfunc.SurvfuncRight(times, seen), survival(times, seen)
        drops = theirs.n_events > 0

        assert ours["time"].to_numpy() == pytest.approx(theirs.surv_times[drops])
        assert ours["going_on"].to_numpy() == pytest.approx(theirs.surv_prob[drops])

    def test_without_censoring_it_is_the_plain_median(self):
        assert median_survival([1, 2, 3, 4, 5], [True] * 5) == 3

    def test_leaving_out_what_goes_on_would_be_shorter(self):
        # 1 and 2 ended; 9, 9 and 9 go on: the mean of the ended is 1.5, and most last longer
        assert median_survival([1, 2, 9, 9, 9], [1, 1, 0, 0, 0]) is None

    def test_an_end_comes_before_a_censoring_at_the_same_time(self):
        # both are at risk at 5: half is left, not nothing
        assert survival([5, 5], [True, False])["going_on"].tolist() == [0.5]

    def test_nothing_has_no_median(self):
        assert median_survival([], []) is None
        assert survival([], []).empty

    def test_the_order_of_cases_does_not_matter(self):
        assert median_survival(WEEKS[::-1], SEEN[::-1]) == 23

    def test_a_duration_that_is_not_known_is_no_case(self):
        assert median_survival([1, 2, 3, float("nan")], [1, 1, 1, 1]) == 2


class TestTriangle:
    # two who began in month 0, one in month 2; month 3 is the last one seen
    CASES = rows("cohort months returned", (0, 1, True), (0, 3, False), (2, 1, True))

    def test_a_cohort_is_known_up_to_its_age(self):
        table = triangle(self.CASES, 3)

        assert table.loc[0].tolist() == [0, 0.5, 0.5, 0.5]
        assert table.loc[2].iloc[:2].tolist() == [0, 1]
        assert table.loc[2].iloc[2:].isna().all()  # not old enough: unknown, not 0

    def test_has_no_line_for_a_month_without_a_case(self):
        assert triangle(self.CASES, 3).index.tolist() == [0, 2]

    def test_of_nobody_is_empty(self):
        assert triangle(self.CASES.iloc[:0], 3).empty

    def test_never_falls_along_a_cohort(self):
        rng = np.random.default_rng(3)
        cohort = rng.integers(0, 12, 200)
        months = np.minimum(rng.integers(0, 15, 200), 11 - cohort)
        cases = pd.DataFrame({"cohort": cohort, "months": months, "returned": months < 11 - cohort})
        steps = triangle(cases, 11).diff(axis="columns")

        assert (steps.fillna(0) >= 0).all(axis=None)
