"""Contents judged on a rubric: published when two raters agree; M28 and its kappa."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from kpilib.methods.rubric import kappa_of_raters, weighted_kappa
from tests.databases import database
from tests.worked import exactly, one, rows

MARCH = {"as_of": "2025-03-31"}
DAY = "2025-03-10T09:00:00Z"
WAVES = rows("survey_id wave survey_kind", ("rubric", "1", "content_quality"), ("nps", "1", "nps"))
MARK = "response_id survey_id wave respondent_key subject_id item_id value answered_at"


def marks(*given, **changes):
    """Marks as (rater, content, criterion, mark)."""
    table = rows(
        MARK,
        *(
            (f"r{place}", "rubric", "1", rater, content, item, float(mark), DAY)
            for place, (rater, content, item, mark) in enumerate(given)
        ),
    )
    return {"survey_waves": WAVES, "survey_responses": table.assign(**changes)}


def both(*given):
    """Marks of two raters as (content, criterion, mark of A, mark of B)."""
    return [
        (rater, content, item, mark)
        for content, item, *each in given
        for rater, mark in zip("AB", each, strict=True)
    ]


ALIKE = both(("c1", "relevance", 5, 5), ("c1", "originality", 3, 3), ("c2", "relevance", 2, 2))


def score(tables, **asked):
    return one(tables, "content_quality_score", "2025-03", **asked, **MARCH)


class TestScore:
    @pytest.mark.parametrize("given", [dict, database])
    def test_is_the_mean_of_the_contents_means(self, given):
        # c1: (5 + 5 + 3 + 3) / 4 = 4, c2: 2; the mean of all marks would be 20/6
        row = score(given(marks(*ALIKE)))

        assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (3, 6, 2, 2)
        assert row["details"] == {"kappa": 1, "rated_twice": 1, "contents": 2, "ratings": 6}
        # Two contents hardly tell of others: the interval ends where the scale of marks ends.
        assert (row["ci_low"], row["ci_high"], row["ci_method"]) == (1, 5, "bootstrap")
        assert row["flags"] == ["low_n", "approximate"]

    def test_the_last_mark_of_a_rater_on_a_content_counts(self):
        tables = marks(*ALIKE, ("A", "c2", "relevance", 4))
        tables["survey_responses"].loc[6, "answered_at"] = "2025-03-11T09:00:00Z"

        assert score(tables)["details"]["ratings"] == 6

    def test_marks_off_the_scale_and_other_surveys_do_not_count(self):
        tables = marks(*ALIKE, ("A", "c3", "relevance", 9), ("A", "c4", "relevance", 5))
        tables["survey_responses"].loc[7, "survey_id"] = "nps"

        assert score(tables)["details"]["contents"] == 2

    def test_by_criterion_with_one_agreement_for_all(self):
        row = score(marks(*ALIKE), by="item_id", group="relevance")

        assert (row["value"], row["details"]["kappa"]) == (3.5, 1)

    def test_several_scales_are_never_pooled(self):
        row = score(marks(*ALIKE, scale_max=[5, 5, 5, 5, 10, 10]))

        assert row["status"] == "not_additive"

    def test_nothing_rated(self):
        row = one(marks(*ALIKE), "content_quality_score", "2025-01", **MARCH)

        assert (row["status"], row["reason"]) == ("no_data", "No content was rated in the period.")


class TestPublication:
    def withheld(self, *given):
        row = score(marks(*given))
        assert row["value"] != row["value"]
        return row["status"], row["reason"]

    def test_two_raters_on_a_fifth_are_enough(self):
        once = [("A", f"d{place}", "relevance", 4) for place in range(12)]  # 3 of 15 marked twice

        assert score(marks(*ALIKE, *once))["details"]["rated_twice"] == 0.2

    def test_not_with_fewer(self):
        once = [("A", f"d{place}", "relevance", 4) for place in range(13)]  # 3 of 16

        assert self.withheld(*ALIKE, *once) == (
            "too_few",
            "Fewer than 20 % of the ratings were made by two raters: nobody knows if they agree.",
        )

    def test_not_when_they_disagree(self):
        far = both(("c1", "relevance", 5, 1), ("c2", "relevance", 1, 5), ("c3", "relevance", 3, 3))

        assert self.withheld(*far) == (
            "too_few",
            "The raters do not agree enough (weighted kappa below 0.6).",
        )

    def test_not_when_nothing_varies(self):
        constant = both(("c1", "relevance", 4, 4), ("c2", "relevance", 4, 4))

        assert self.withheld(*constant) == (
            "too_few",
            "Those who rated the same contents always gave one mark: their agreement is unknown.",
        )


class TestKappa:
    def test_m28_identical_marks_agree_fully(self):
        same = np.array([1.0, 2.0, 5.0, 3.0])

        assert weighted_kappa(same, same) == 1

    @pytest.mark.parametrize("other", [4.0, 3.0])
    def test_m28_constant_raters_leave_it_undefined(self, other):
        assert weighted_kappa(np.full(5, 4.0), np.full(5, other)) is None

    def test_one_constant_rater_agrees_by_chance_only(self):
        assert weighted_kappa(np.full(4, 3.0), np.array([2.0, 4.0, 2.0, 4.0])) == 0

    def test_by_hand(self):
        # squares of differences: 0 0 1 1, mean 0.5; variances 1.25 and 0.6875, means 2.5 and 2.75
        res = weighted_kappa(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.0]))
        assert res == exactly(1 - 0.5 / (1.25 + 1.25))
        res = weighted_kappa(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 3.0, 4.0]))
        assert res == exactly(1 - 0.25 / (1.25 + 0.6875 + 0.25**2))

    def test_agrees_with_statsmodels(self):
        rng = np.random.default_rng(4)
        first = rng.integers(1, 6, 60)
        second = np.clip(first + rng.integers(-1, 2, 60), 1, 5)
        table = pd.crosstab(
            pd.Categorical(first, range(1, 6)), pd.Categorical(second, range(1, 6)), dropna=False
        )
        theirs = cohens_kappa(table.to_numpy(), wt="quadratic").kappa

        assert weighted_kappa(first.astype(float), second.astype(float)) == exactly(theirs)

    def test_three_raters_are_the_mean_of_their_pairs(self):
        # A and B agree on 3 things (1), A and C on 2 as far as chance (0); B and C share nothing
        given = pd.DataFrame(
            [
                *[("A", f"c{i}", "x", float(i)) for i in range(1, 6)],
                *[("B", f"c{i}", "x", float(i)) for i in range(1, 4)],
                *[("C", f"c{i}", "x", 4.5) for i in range(4, 6)],
            ],
            columns="respondent_key subject_id item_id value".split(),
        )

        assert kappa_of_raters(given) == exactly((3 * 1 + 2 * 0) / 5)

    def test_anonymous_marks_have_no_rater_to_agree_with(self):
        given = pd.DataFrame(
            [(None, "c1", "x", 4.0), (None, "c1", "x", 5.0)],
            columns="respondent_key subject_id item_id value".split(),
        )

        assert kappa_of_raters(given) is None
