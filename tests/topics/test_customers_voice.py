"""What customers say: worked examples, with what is missing, invalid, or on another scale."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.worked import exactly, groups, interval, near, one, rows, stack, value

MAY = {"as_of": "2025-05-31"}
DAY = "2025-05-10T09:00:00Z"


def wave(kind, name="w1", invited=40, closed="2025-05-28T12:00:00Z"):
    return rows(
        "survey_id wave survey_kind invited_n opened_at closed_at",
        (kind, name, kind, invited, "2025-05-01T08:00:00Z", closed),
    )


def answers(kind, *values, name="w1", at=DAY, lowest=0, highest=10):
    """One answer a respondent, in the order given."""
    table = rows(
        "response_id survey_id wave respondent_key answered_at scale_min scale_max",
        *(
            (f"{kind}-{name}-{number}", kind, name, f"p{number}", at, lowest, highest)
            for number in range(len(values))
        ),
    )
    return table.assign(value=pd.Series(values, dtype=object))


def survey(kind, *values, **more):
    return {"survey_responses": answers(kind, *values, **more), "survey_waves": wave(kind)}


class TestNps:
    def test_o28_what_is_no_answer_is_no_passive(self):
        # valid: 10 9 9 | 8 7 | 6 0, so (3 - 2) / 7; over all 10 rows it would be 10
        row = one(survey("nps", 10, 9, 9, 8, 7, 6, 0, None, 11, ""), "nps", "2025-05", **MAY)

        assert row["value"] == exactly(100 / 7)
        assert (row["numerator"], row["denominator"], row["n"]) == (1, 7, 7)
        assert interval(row) == near(-39.583603, 59.583603)
        assert row["details"]["favourable"] == 3
        assert row["details"]["neutral"] == 2
        assert row["details"]["unfavourable"] == 2
        assert row["details"]["excluded_answers"] == 3
        assert row["flags"] == ["low_n", "excluded_rows"]

    @pytest.mark.parametrize("strange", [-1, 10.5, 8.5, 11, "n/a", None])
    def test_o28_answers_off_the_scale_are_counted_apart(self, strange):
        row = one(survey("nps", *[9] * 5, strange), "nps", "2025-05", **MAY)

        assert (row["value"], row["n"]) == (100, 5)
        assert row["details"]["excluded_answers"] == 1

    def test_o28_only_the_last_answer_of_a_respondent_in_a_wave(self):
        tables = survey("nps", 0, *[9] * 4)
        again = answers("nps", 10, at="2025-05-12T09:00:00Z").assign(response_id="again")
        tables["survey_responses"] = stack(tables["survey_responses"], again)
        row = one(tables, "nps", "2025-05", **MAY)

        assert (row["value"], row["n"]) == (100, 5)  # p0 changed their mind from 0 to 10

    def test_o28_answers_without_a_name_all_count(self):
        tables = survey("nps", 10, 10, 10, 10, 0, 0)
        tables["survey_responses"]["respondent_key"] = None
        row = one(tables, "nps", "2025-05", **MAY)

        assert (row["value"], row["n"]) == (exactly(100 / 3), 6)
        assert row["details"]["response_rate"] == 6 / 40

    def test_o28_without_a_valid_answer_there_is_no_score(self):
        row = one(survey("nps", None, 12), "nps", "2025-05", **MAY)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)
        assert row["value"] != row["value"]
        assert row["details"]["excluded_answers"] == 2

    def test_o29_sixty_is_not_proven_to_be_above_fifty(self):
        values = [10] * 70 + [8] * 20 + [3] * 10
        row = one(survey("nps", *values), "nps", "2025-05", **MAY)

        assert row["value"] == exactly(60)
        assert interval(row) == near(45.269760, 71.235095)

    def test_o29_six_promoters_have_a_wide_interval(self):
        row = one(survey("nps", *[9] * 6), "nps", "2025-05", **MAY)

        assert row["value"] == 100
        assert interval(row) == near(25.924924, 100)

    def test_o30_waves_are_pooled_answer_by_answer(self):
        # w1: 24 promoters of 30, score 80. w2: 3 promoters and 3 detractors, score 0.
        # Pooled 27 - 3 of 36; the mean of the two scores would be 40.
        first = answers("nps", *[10] * 24, *[7] * 6)
        second = answers("nps", *[10] * 3, *[0] * 3, name="w2", at="2025-05-20T09:00:00Z")
        tables = {
            "survey_responses": stack(first, second),
            "survey_waves": stack(wave("nps"), wave("nps", "w2")),
        }

        assert value(tables, "nps", "2025-05", **MAY) == exactly(100 * 24 / 36)
        assert groups(tables, "nps", "2025-05", "wave", **MAY) == {"w1": exactly(80), "w2": 0}

    def test_p10_splitting_a_wave_and_pooling_it_again_changes_nothing(self):
        whole = survey("nps", 10, 9, 8, 2, 2, 7)
        parts = {
            "survey_responses": whole["survey_responses"].assign(wave=[*"aaabbb"]),
            "survey_waves": stack(wave("nps", "a"), wave("nps", "b")),
        }

        assert value(whole, "nps", "2025-05", **MAY) == value(parts, "nps", "2025-05", **MAY)

    def test_who_answers_two_waves_is_one_person(self):
        # p0 to p5 say 10 or 0 twice: twelve answers, and no more than six people know
        first = answers("nps", *[10, 0] * 3)
        second = answers("nps", *[10, 0] * 3, name="w2", at="2025-05-20T09:00:00Z")
        tables = {
            "survey_responses": stack(first, second),
            "survey_waves": stack(wave("nps"), wave("nps", "w2")),
        }
        row, alone = (
            one(each, "nps", "2025-05", **MAY) for each in (tables, survey("nps", *[10, 0] * 3))
        )

        assert (row["value"], row["denominator"], row["n"]) == (0, 12, 6)
        assert row["ci_method"] == "net_score_by_person"
        assert row["ci_low"] <= alone["ci_low"] and row["ci_high"] >= alone["ci_high"]

    def test_other_surveys_do_not_count(self):
        tables = {
            "survey_responses": stack(answers("nps", *[10] * 5), answers("enps", 0, 0)),
            "survey_waves": stack(wave("nps"), wave("enps")),
        }

        assert value(tables, "nps", "2025-05", **MAY) == 100

    def test_response_rate_is_of_waves_closed_in_the_period(self):
        row = one(survey("nps", 10, 9, 3, 3, 3, None), "nps", "2025-05", **MAY)

        assert row["details"]["response_rate"] == 5 / 40

    def test_by_what_the_answer_is_about(self):
        tables = survey("nps", *[10] * 5, *[0] * 5)
        tables["survey_responses"]["subject_id"] = ["seo"] * 5 + ["ads"] * 5

        assert groups(tables, "nps", "2025-05", "subject_id", **MAY) == {"seo": 100, "ads": -100}


class TestSatisfaction:
    O31 = [5] * 42 + [4] * 32 + [3] * 10 + [2] * 9 + [1] * 14

    @pytest.mark.parametrize(
        ("kpi", "kind"), [("csat", "csat"), ("support_satisfaction", "support")]
    )
    def test_o31_two_highest_boxes(self, kpi, kind):
        # 74 / 107; the mean over five would be 74.8 %
        row = one(survey(kind, *self.O31, lowest=1, highest=5), kpi, "2025-05", **MAY)

        assert row["value"] == exactly(74 / 107)
        assert interval(row) == near(0.598715, 0.771183)
        assert row["details"]["mean"] == exactly(400 / 107)

    @pytest.mark.parametrize(
        ("lowest", "highest", "satisfied"),
        [(1, 5, [4, 5]), (1, 7, [6, 7]), (1, 10, [9, 10]), (0, 10, [9, 10])],
    )
    def test_o31_boxes_of_each_scale(self, lowest, highest, satisfied):
        every = range(lowest, highest + 1)
        row = one(survey("csat", *every, lowest=lowest, highest=highest), "csat", "2025-05", **MAY)

        assert (row["numerator"], row["denominator"]) == (len(satisfied), len(every))

    def test_o31_scales_are_never_mixed(self):
        tables = {
            "survey_responses": stack(
                answers("csat", *[4, 5] * 3, lowest=1, highest=5),
                answers("csat", *[4, 5] * 3, lowest=1, highest=7, name="w2"),
            ),
            "survey_waves": stack(wave("csat"), wave("csat", "w2")),
        }
        row = one(tables, "csat", "2025-05", **MAY)

        assert row["status"] == "not_additive"
        assert row["reason"].startswith("Answers on several scales are never pooled")
        assert groups(tables, "csat", "2025-05", "wave", **MAY) == {"w1": 1, "w2": 0}

    @pytest.mark.parametrize("strange", [0, 6, 4.5, None, "bof"])
    def test_o31_answers_off_the_scale_are_counted_apart(self, strange):
        row = one(
            survey("csat", *[5, 3] * 3, strange, lowest=1, highest=5), "csat", "2025-05", **MAY
        )

        assert (row["value"], row["n"]) == (0.5, 6)
        assert row["details"]["excluded_answers"] == 1
        assert "excluded_rows" in row["flags"]

    def test_one_to_five_where_no_scale_is_given(self):
        tables = survey("csat", 5, 4, 3, 5, 4, 3)
        tables["survey_responses"] = tables["survey_responses"].drop(
            columns=["scale_min", "scale_max"]
        )

        assert value(tables, "csat", "2025-05", **MAY) == exactly(2 / 3)

    def test_support_is_asked_apart(self):
        tables = survey("support", *[5, 1] * 3, lowest=1, highest=5)

        assert one(tables, "csat", "2025-05", **MAY)["status"] == "no_denominator"
        assert value(tables, "support_satisfaction", "2025-05", **MAY) == 0.5


def reviews(*stars, source="google_review"):
    return rows(
        "text_id ts source rating", *((f"t{i}", DAY, source, each) for i, each in enumerate(stars))
    )


class TestReviews:
    def test_mean_histogram_and_share_of_four_and_five(self):
        # (5 + 5 + 5 + 4 + 1) / 5; 4 of 5 with four stars or more
        row = one({"texts": reviews(5, 5, 5, 4, 1, None)}, "review_score", "2025-05", **MAY)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(4), 20, 5)
        assert row["unit"] == "stars"
        assert row["ci_method"] == "bootstrap"
        assert row["ci_low"] < 4 < row["ci_high"]
        details = row["details"]
        assert [details[f"stars_{number}"] for number in range(1, 6)] == [1, 0, 0, 1, 3]
        assert details["share_4_5_stars"] == 0.8
        assert (details["share_4_5_stars_low"], details["share_4_5_stars_high"]) == near(
            0.3755, 0.9638, digits=5e-5
        )

    def test_the_reviews_of_one_author_are_one_draw(self):
        stars = [1] * 10 + [2, 3, 4, 5] * 5
        by_one = reviews(*stars).assign(author_key=["troll"] * 10 + [f"a{i}" for i in range(20)])
        by_many = by_one.assign(author_key=[f"a{i}" for i in range(30)])
        wide, narrow = (
            one({"texts": each}, "review_score", "2025-05", **MAY) for each in (by_one, by_many)
        )

        assert wide["value"] == narrow["value"]
        assert wide["ci_low"] < narrow["ci_low"]

    def test_ratings_on_another_scale_are_left_out_and_counted(self):
        row = one({"texts": reviews(5, 8, 0)}, "review_score", "2025-05", **MAY)

        assert (row["value"], row["n"]) == (5, 1)
        assert row["details"]["excluded_ratings"] == 2
        assert "excluded_rows" in row["flags"]

    def test_half_a_star_is_not_the_next(self):
        details = one({"texts": reviews(3.5, 4.5)}, "review_score", "2025-05", **MAY)["details"]

        assert (details["stars_3"], details["stars_4"], details["share_4_5_stars"]) == (1, 1, 0.5)

    def test_without_stars_there_is_no_mean(self):
        row = one({"texts": reviews(None, None)}, "review_score", "2025-05", **MAY)

        assert row["status"] in ("no_data", "no_denominator")
        assert row["value"] != row["value"]

    def test_what_employees_write_is_not_a_review(self):
        texts = stack(reviews(5), reviews(1, 1, source="feedback_box").assign(text_id=["a", "b"]))

        assert value({"texts": texts}, "review_score", "2025-05", **MAY) == 5

    def test_texts_without_a_source_count(self):
        texts = reviews(4, 2).drop(columns="source")

        assert value({"texts": texts}, "review_score", "2025-05", **MAY) == 3


def texts(source="comment", **tones):
    every = [tone for tone, number in tones.items() for _ in range(number)]
    names = [f"{source}{number}" for number in range(len(every))]
    return rows("text_id ts source sentiment", *(
        (name, DAY, source, None if tone == "none" else tone)
        for name, tone in zip(names, every, strict=True)
    ))  # fmt: skip


class TestNetSentiment:
    O49 = texts(positive=45, neutral=40, negative=15)

    def test_o49(self):
        row = one({"texts": self.O49}, "net_sentiment", "2025-05", **MAY)

        assert (row["value"], row["n"]) == (exactly(30), 100)
        assert interval(row) == near(15.304177, 42.948251)
        assert row["details"]["negative_share"] == 0.15
        assert row["flags"] == []

    def test_by_source(self):
        tables = {"texts": stack(self.O49, texts("google_review", negative=2))}

        assert groups(tables, "net_sentiment", "2025-05", "source", **MAY) == {
            "comment": exactly(30),
            "google_review": -100,
        }

    def test_texts_nobody_has_read_are_left_out_and_counted(self):
        row = one(
            {"texts": texts(positive=1, neutral=1, none=3)}, "net_sentiment", "2025-05", **MAY
        )

        assert (row["value"], row["n"]) == (50, 2)
        assert row["details"]["excluded_texts"] == 3
        assert "excluded_rows" in row["flags"]

    @pytest.mark.parametrize("inside", ["feedback_box", "survey_open"])
    def test_what_employees_write_is_not_mixed_in(self, inside):
        tables = {"texts": stack(texts(positive=1), texts(inside, negative=9))}

        assert value(tables, "net_sentiment", "2025-05", **MAY) == 100

    def test_without_a_text_that_was_read_there_is_no_figure(self):
        row = one({"texts": texts(none=2)}, "net_sentiment", "2025-05", **MAY)

        assert row["status"] == "no_denominator"

    def test_an_empty_table_is_no_data(self):
        row = one({"texts": self.O49.head(0)}, "net_sentiment", "2025-05", **MAY)

        assert row["status"] == "no_data"


def test_every_figure_of_the_voice_answers_an_empty_company_without_a_crash():
    names = ["nps", "csat", "review_score", "net_sentiment", "complaint_themes",
             "high_potential_promoters", "engagement_segments"]  # fmt: skip
    res = kl.open({}, **MAY).evaluate(names, "2025-05")

    assert set(res["status"]) == {"missing_table"}
    assert res["value"].isna().all()
