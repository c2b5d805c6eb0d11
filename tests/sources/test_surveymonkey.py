"""SurveyMonkey: two header rows, employees by team, and a form as wide as they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilib.errors import ContractError
from kpilib.sources.decode import Content
from kpilib.sources.downloads import blocks
from kpilib.sources.secret import pseudonym
from tests.sources.twins_answers import SECRET, Read, read, table, told_read

FIXED = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
FIXED += ["First Name", "Last Name", "Custom Data 1"]
TOPICS = ["Tools", "Workload", "Manager", "Pay"]


def person(number: int, email: str, *cells: str) -> list[str]:
    times = [f"09/{13 + number}/2026 10:00:00 AM", f"09/{13 + number}/2026 10:05:00 AM"]
    return [f"1189345678{number}.0", "44001.0", *times, "192.0.2.1", email, "Ada", "Secret", "",
            *cells]  # fmt: skip


HEADER = [*FIXED, "Which team?", "", "How much do you agree?", "", "", "", "Anything else?"]
SECOND = [""] * 9 + ["Response", "Other (please specify)", *TOPICS, "Open-Ended Response"]
PEOPLE = [
    person(0, "ada@firm.example", "Sales", "", "5", "4", "4", "2", "No"),
    person(1, "bo@firm.example", "Sales", "", "4", "2", "3", "1", "Less meetings"),
    person(2, "", "IT", "", "3", "5", "", "4", ""),
    *(person(number, "", "Sales", "", "3", "3", "3", "3", "") for number in (3, 4, 5)),
]
PULSE = {
    "pulse": {
        "kind": "engagement",
        "scale": "1-5",
        "wave": "2026 autumn",
        "opened": "2026-09-07",
        "closed": "2026-09-25",
        "group": "Which team?",
        "invited": {"Sales": 7, "IT": 2, "Legal": 3},
        "questions": {"How much do you agree?": None},
    }
}


@pytest.fixture(scope="module")
def found() -> Read:
    return read(table(HEADER, SECOND, *PEOPLE), surveys=PULSE)


class TestPulse:
    def test_one_row_an_answer(self, found):
        rows = found.rows

        assert len(rows) == 6 * 4
        items = [f"how much do you agree? | {each.lower()}" for each in TOPICS]
        assert sorted(set(rows["item_id"])) == sorted(items)
        assert rows["respondent_key"].n_unique() == 6
        of_sales = rows.filter(group_key="Sales").sort("item_id", "value")["value"].to_list()
        manager, pay, tools, workload = (
            [3, 3, 3, 3, 4],
            [1, 2, 3, 3, 3],
            [3, 3, 3, 4, 5],
            [2, 3, 3, 3, 4],
        )
        assert of_sales == [*manager, *pay, *tools, *workload]

    def test_missing_is_missing(self, found):
        manager = found.rows.filter(item_id="how much do you agree? | manager", group_key="IT")

        assert manager["value"].to_list() == [None]

    def test_teams_that_were_silent_were_asked_too(self, found):
        waves = found.tables["survey_waves"]

        asked = {row["group_key"]: row["invited_n"] for row in waves.to_dicts()}
        assert asked == {"Sales": 7, "IT": 2, "Legal": 3}
        # 6 of 12 answered
        assert found.value("survey_response_rate", "2026-09", times=1) == pytest.approx(6 / 12)

    def test_nothing_personal_is_kept(self, found):
        text = "".join(each.write_json() for each in found.tables.values())

        for secret in ("firm.example", "Secret", "192.0.2.1", "11893456780", "meetings"):
            assert secret not in text

    def test_ids_that_became_floats_are_the_same_people(self, found):
        again = read(table(HEADER, SECOND, *PEOPLE).replace(".0,44001", ",44001"), surveys=PULSE)

        assert set(again.rows["response_id"]) == set(found.rows["response_id"])

    def test_employees_cannot_be_found_in_other_tables(self, found):
        assert pseudonym("ada@firm.example", SECRET) not in set(found.rows["respondent_key"])

    def test_one_row_of_a_matrix(self):
        survey = PULSE["pulse"] | {
            "questions": {
                "How much do you agree? | Workload": {"dimension": "work", "reversed": True}
            }
        }
        found = read(table(HEADER, SECOND, *PEOPLE), surveys={"pulse": survey})

        assert set(found.rows["dimension"]) == {"work"}
        assert found.rows["is_reversed"].all() and len(found.rows) == 6

    def test_labels_from_the_lowest(self):
        words = ["Never", "Rarely", "Sometimes", "Often", "Always"]
        people = [[words[int(cell) - 1] if cell.isdigit() and len(cell) == 1 else cell
                   for cell in row] for row in PEOPLE]  # fmt: skip
        survey = PULSE["pulse"] | {"labels": words}

        found = read(table(HEADER, SECOND, *people), surveys={"pulse": survey})

        assert found.rows.equals(read(table(HEADER, SECOND, *PEOPLE), surveys=PULSE).rows)

    @pytest.mark.parametrize(
        "words",
        [["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
         ["Pas du tout d’accord", "Plutôt pas d'accord", "Ni d'accord ni pas d'accord",
          "Plutôt d’accord", "TOUT À FAIT D'ACCORD"]],
        ids=["English", "French"],
    )  # fmt: skip
    def test_usual_labels_of_agreement(self, words):
        people = [[words[int(cell) - 1] if cell.isdigit() and len(cell) == 1 else cell
                   for cell in row] for row in PEOPLE]  # fmt: skip
        survey = PULSE["pulse"] | {"labels": "agreement"}

        found = read(table(HEADER, SECOND, *people), surveys={"pulse": survey})

        assert found.rows.equals(read(table(HEADER, SECOND, *PEOPLE), surveys=PULSE).rows)

    def test_a_column_that_is_not_there(self):
        survey = PULSE["pulse"] | {"group": "Which office?"}

        with pytest.raises(ContractError, match=r"group of pulse is 'Which office\?'"):
            read(table(HEADER, SECOND, *PEOPLE), surveys={"pulse": survey})

    def test_two_surveys_with_one_form_are_told_apart_by_their_files(self):
        text = table(HEADER, SECOND, *PEOPLE)
        other = PULSE | {"other": PULSE["pulse"]}

        with pytest.raises(ContractError, match="pulse, other"):
            read(text, surveys=other)
        named = PULSE | {"other": PULSE["pulse"] | {"file": "*spring*"}}
        assert set(read(text, "spring 2.csv", named).rows["survey_id"]) == {"other"}
        assert set(read(text, "autumn.csv", named).rows["survey_id"]) == {"pulse"}


def test_the_same_question_twice_is_two_items():
    header, second = [*FIXED, "Rate it", "Rate it"], [""] * 9 + ["Response", "Response"]
    found = told_read(
        table(header, second, person(0, "", "5", "3")),
        {"Rate it": "csat 1-5", "Rate it (2)": "csat 1-5"},
    )

    assert sorted(found.rows["item_id"]) == ["rate it", "rate it (2)"]


class TestRealFile:
    FILE = Path(__file__).parents[3] / "shared/exports/surveymonkey/export.xlsx"

    @pytest.fixture(autouse=True)
    def _there(self):
        if not self.FILE.exists():
            pytest.skip("the real export is not on this machine")

    def test_asks_what_its_columns_are(self):
        with pytest.raises(ContractError, match=r"'Question 5' \(6 columns\)"):
            read(self.FILE.read_bytes(), self.FILE.name)

    def test_198_respondents(self):
        tables = blocks(Content(name="export.xlsx", path=self.FILE))
        block = next(tables)
        assert len(block.header) == 100
        # its answers were replaced by words; here the words stand for numbers
        words = sorted({cells[51] for _, cells in block.rows} - {"", "Response"})
        labels = {word: place for place, word in enumerate(words, start=1)}
        survey = {
            "kind": "engagement",
            "scale": f"1-{len(words)}",
            "questions": {"Question 15": {"labels": labels}},
        }
        found = read(self.FILE.read_bytes(), self.FILE.name, {"pulse": survey})

        assert found.rows["respondent_key"].n_unique() == len(found.rows) == 198
        assert found.understood.rows == 198
        assert found.rows["value"].is_between(1, len(words)).sum() > 100
