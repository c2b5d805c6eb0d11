"""Google Forms: the sheet's own dates, standard questions recognised, nothing else guessed."""

from __future__ import annotations

import pytest

from kpilib.errors import ContractError
from tests.sources.twins_answers import NPS_EN, NPS_FR, read, table, told_read

FRENCH = table(
    ["Horodateur", NPS_FR, "Que pouvons-nous améliorer ?", "Adresse e-mail"],
    ["13/09/2026 10:00:00", "9", "Rien, merci", "ada@client.example"],
    ["13/09/2026 10:00:00", "10", "", "bo@client.example"],  # the same second: another person
    ["14/09/2026 11:00:00", "3", "Les délais", ""],
    ["14/09/2026 11:05:00", "8", "", ""],
    ["15/10/2026 09:00:00", "", "", ""],  # sent in without an answer
)


def faults(*args, **more) -> str:
    with pytest.raises(ContractError) as caught:
        told_read(*args, **more)
    return str(caught.value)


class TestStandardQuestion:
    def test_nps(self):
        found = read(FRENCH)

        # September: 9 and 10 for, 3 against, of 4 answers: 100 * (2 - 1) / 4
        assert found.value("nps", "2026-09") == pytest.approx(25.0)
        assert set(found.rows["scale_max"]) == {10}
        waves = found.tables["survey_waves"]
        assert waves["survey_kind"].unique().to_list() == ["nps"]
        assert sorted(waves["wave"]) == ["2026-09", "2026-10"]

    def test_nothing_personal_is_kept(self):
        found = read(FRENCH)

        text = "".join(each.write_json() for each in found.tables.values())
        assert not any(word in text for word in ("ada", "client.example", "Rien", "délais"))
        assert "texts" not in found.tables

    def test_the_same_form_again_is_the_same_rows(self):
        first, again = read(FRENCH), read(FRENCH)

        assert first.rows.equals(again.rows)
        assert first.rows["response_id"].n_unique() == 5

    def test_naming_the_survey_later_keeps_the_rows(self):
        named = read(
            FRENCH,
            surveys={"relation": {"kind": "nps", "scale": "0-10", "questions": {NPS_FR: None}}},
        )

        assert set(named.rows["survey_id"]) == {"relation"}
        assert set(named.rows["response_id"]) == set(read(FRENCH).rows["response_id"])


class TestDates:
    def test_american_sheet(self):
        found = read(table(["Timestamp", NPS_EN], ["9/13/2026 0:06:16", "9"]))

        # midnight and six minutes in Paris is the evening before in UTC
        assert str(found.rows["answered_at"][0]) == "2026-09-12 22:06:16+00:00"

    def test_csv_of_the_form_has_its_offset(self):
        found = read(table(["Horodateur", NPS_FR], ["2026/09/13 10:20:30 AM UTC+1", "9"]))

        assert str(found.rows["answered_at"][0]) == "2026-09-13 09:20:30+00:00"

    def test_a_day_that_could_be_a_month_is_asked(self):
        text = table(["Timestamp", NPS_EN], ["9/6/2026 0:06:16", "9"])

        assert "--read 'Timestamp=%d/%m/%Y'" in faults(text, {})
        found = told_read(text, {"Timestamp": "%m/%d/%Y %H:%M:%S"})
        assert found.value("nps", "2026-09") == pytest.approx(100.0)


class TestOtherQuestions:
    STARS = table(
        ["Timestamp", "How satisfied are you?", "Which topics?"],
        ["9/13/2026 10:00:00", "5", "Excel;Python"],
        ["9/13/2026 11:00:00", "4", "Excel"],
        ["9/14/2026 10:00:00", "2", ""],
    )

    def test_are_asked_about_with_their_names_and_no_answer(self):
        said = faults(self.STARS, {})

        assert "export.csv:1" in said and "'How satisfied are you?'" in said
        assert "--read 'COLUMN=csat 1-5'" in said and "surveys.yaml" in said
        assert "Python" not in said

    def test_said_in_three_words(self):
        found = told_read(self.STARS, {"How satisfied are you?": "csat 1-5"})

        # 5 and 4 of three answers
        assert found.value("csat", "2026-09") == pytest.approx(2 / 3)

    def test_a_recommendation_without_its_scale_is_asked(self):
        said = faults(
            table(["Timestamp", "Would you recommend us?"], ["9/13/2026 1:00:00", "5"]), {}
        )

        assert "does not say its scale" in said

    def test_a_course_that_is_recommended_is_not_the_nps_of_customers(self):
        question = "Sur une échelle de 0 à 10, recommanderiez-vous cette formation ?"

        assert "Nothing says it" in faults(table(["Horodateur", question], ["13/09/2026", "9"]), {})

    @pytest.mark.parametrize("scale", ["1-5", "1-10"])
    def test_nps_is_on_0_to_10_only(self, scale):
        said = faults(self.STARS, {"How satisfied are you?": f"nps {scale}"})

        assert "0-10 only" in said

    def test_a_text_is_a_fault_with_its_line(self):
        text = self.STARS.replace(",4,", ",very,")

        said = faults(text, {"How satisfied are you?": "csat 1-5"})
        assert "export.csv:3: column How satisfied are you?: not a number" in said
        assert "very" not in said

    def test_out_of_scale_is_no_valid_answer(self):
        found = told_read(self.STARS.replace(",4,", ",11,"), {"How satisfied are you?": "csat 1-5"})

        # 5 of the two valid answers 5 and 2
        assert found.value("csat", "2026-09") == pytest.approx(1 / 2)
        said = "1 answer(s) are not on 1-5, in row 3: no figure counts them"
        assert f"how satisfied are you?: {said}" in found.understood.block.notes

    def test_a_name_is_offered_as_it_can_be_typed(self):
        text = self.STARS.replace("satisfied are", "satisfied\u00a0are")

        assert "'How satisfied are you?'" in faults(text, {})

    def test_two_kinds_in_one_form_are_two_surveys(self):
        text = table(
            ["Timestamp", "How satisfied are you?", "Recommend?"],
            ["9/13/2026 10:00:00", "5", "10"],
            ["9/13/2026 11:00:00", "1", "9"],
        )

        found = told_read(text, {"How satisfied are you?": "csat 1-5", "Recommend?": "nps 0-10"})

        assert found.value("csat", "2026-09") == pytest.approx(0.5)
        assert found.value("nps", "2026-09") == pytest.approx(100.0)
        assert len(found.tables["survey_waves"]) == 2

    def test_texts_only_when_asked(self):
        found = told_read(
            self.STARS, {"How satisfied are you?": "csat 1-5", "Which topics?": "text"}
        )

        assert sorted(found.tables["texts"]["body"]) == ["Excel", "Excel;Python"]
