"""Real data: an airport's passenger survey of 2017, with blanks that look like answers."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.real.where import real
from tests.worked import exactly, one

BLANK = 11  # of NETPRO: not an answer, and not a promoter


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(real("sfo_survey_2017.csv"), low_memory=False)


@pytest.fixture(scope="module")
def airport(raw):
    """Two questions of one survey: would you recommend us, are you satisfied."""
    closed = "2017-05-31T12:00:00Z"
    waves = pd.DataFrame({
        "survey_id": ["recommend", "satisfied"],
        "wave": "2017",
        "survey_kind": ["nps", "csat"],
        "invited_n": pd.array([None, None], dtype="Int64"),
        "closed_at": closed,
    })  # fmt: skip
    answers = pd.DataFrame({
        "response_id": "r" + raw["RESPNUM"].astype(str),
        "wave": "2017",
        "respondent_key": "p" + raw["RESPNUM"].astype(str),
        "answered_at": closed,
    })  # fmt: skip
    recommend = answers.assign(
        survey_id="recommend", item_id="NETPRO", scale_min=0, scale_max=10,
        response_id="n" + answers["response_id"], value=raw["NETPRO"].astype(str),
    )  # fmt: skip
    satisfied = answers.assign(
        survey_id="satisfied", item_id="Q7ALL", scale_min=1, scale_max=5, value=raw["Q7ALL"]
    )
    responses = pd.concat([recommend, satisfied], ignore_index=True)
    return kl.open({"survey_waves": waves, "survey_responses": responses}, as_of="2017-12-31")


class TestRecommendation:
    def test_nps(self, airport):
        row = one(airport, "nps", "2017")

        assert row["n"] == 2746
        assert (row["details"]["favourable"], row["details"]["neutral"]) == (1436, 968)
        assert row["details"]["unfavourable"] == 342
        assert row["value"] == pytest.approx(39.8398, abs=5e-5)
        assert row["value"] == exactly(100 * (1436 - 342) / 2746)

    def test_blanks_are_counted_and_are_no_promoters(self, airport, raw):
        """The trap: 11 is above 9, and 84 passengers who said nothing would recommend."""
        row = one(airport, "nps", "2017")
        scores = raw["NETPRO"].dropna()
        naive = 100 * ((scores >= 9).sum() - (scores <= 6).sum()) / len(scores)

        assert naive == pytest.approx(41.63, abs=5e-3)
        assert row["details"]["excluded_answers"] == (raw["NETPRO"] == BLANK).sum() + 1
        assert "excluded_rows" in row["flags"]

    def test_weighted_it_hardly_moves(self, airport, raw):
        """Worked out apart: kpilib counts answers, and weights belong to the survey's design."""
        valid = raw[raw["NETPRO"].between(0, 10)]
        side = (valid["NETPRO"] >= 9).astype(int) - (valid["NETPRO"] <= 6).astype(int)
        weighted = 100 * (side * valid["WEIGHT"]).sum() / valid["WEIGHT"].sum()
        row = one(airport, "nps", "2017")

        assert weighted == pytest.approx(40.3984, abs=5e-5)
        assert row["ci_low"] < weighted < row["ci_high"]


class TestSatisfaction:
    def test_the_two_highest_boxes(self, airport):
        row = one(airport, "csat", "2017")

        assert (row["numerator"], row["denominator"]) == (1507 + 699, 2688)
        assert row["value"] == pytest.approx(0.8207, abs=5e-5)

    def test_the_mean_stands_beside(self, airport):
        assert one(airport, "csat", "2017")["details"]["mean"] == pytest.approx(4.064360, abs=5e-7)

    def test_what_is_not_an_answer_is_left_out_and_counted(self, airport, raw):
        row = one(airport, "csat", "2017")

        assert row["details"]["excluded_answers"] == len(raw) - 2688
        assert "excluded_rows" in row["flags"]

    @pytest.mark.parametrize("code", [0, 6])
    def test_codes_beyond_the_scale_are_no_answers_either(self, raw, code):
        """Other questions of the survey write 0 or 6 where nothing was ticked."""
        waves = pd.DataFrame({"survey_id": ["s"], "wave": "2017", "survey_kind": "csat"})
        answers = pd.DataFrame({
            "survey_id": "s",
            "wave": "2017",
            "respondent_key": raw["RESPNUM"].astype(str),
            "answered_at": "2017-05-31T12:00:00Z",
            "value": raw["Q7ALL"].replace("Blank", str(code)),
        })  # fmt: skip
        tables = {"survey_waves": waves, "survey_responses": answers}

        assert one(tables, "csat", "2017", as_of="2017-12-31")["denominator"] == 2688
