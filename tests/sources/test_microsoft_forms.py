"""Microsoft Forms: escapes and no-break spaces in headers, anonymous people, forms copied."""

from __future__ import annotations

import pytest

from kpilib.sources.questionnaire import unescaped
from tests.sources.twins_answers import table, told_read
from tests.sources.twins_reading import Sheet, workbook

HEADER = [
    "ID", "Start time", "Completion time", "Email", "Name",
    "What_x0092_s your\u00a0rating of the\u00a0course?", "Comments", "Comments2",
]  # fmt: skip
QUESTION = "What's your rating of the course?"
ROWS = [
    [
        "1",
        "2026-09-14T09:00:00",
        "2026-09-14T09:02:00",
        "anonymous",
        "",
        "5",
        "It_x0092_s fine",
        "",
    ],
    ["2", "2026-09-14T09:10:00", "2026-09-14T09:12:00", "anonymous", "", "4", "", "No"],
    ["3", "2026-09-15T09:00:00", "2026-09-15T09:02:00", "ada@firm.example", "Ada A", "2", "", ""],
]
TOLD = {HEADER[5]: "training_reaction 1-5"}


def test_a_rating():
    found = told_read(table(HEADER, *ROWS), TOLD)

    assert found.rows.sort("answered_at")["value"].to_list() == [5, 4, 2]
    assert set(found.rows["item_id"]) == {"what's your rating of the course?"}
    # the header as it reads is the same column
    assert told_read(table(HEADER, *ROWS), {QUESTION: TOLD[HEADER[5]]}).rows.equals(found.rows)


def test_anonymous_is_nobody_and_nobody_is_the_same():
    found = told_read(table(HEADER, *ROWS), TOLD)

    assert found.rows["respondent_key"].n_unique() == 3


def test_of_a_workbook():
    found = told_read(workbook(Sheet("Sheet1", [HEADER, *ROWS])), TOLD, "form.xlsx")

    assert found.rows.equals(told_read(table(HEADER, *ROWS), TOLD).rows)


def test_the_same_person_answers_twice_and_the_last_counts():
    rows = [[*each] for each in ROWS]
    rows[0][3] = rows[1][3] = "bo@firm.example"
    found = told_read(table(HEADER, *rows), {HEADER[5]: "csat 1-5"})

    # Bo's last answer is 4, Ada's is 2
    assert found.value("csat", "2026-09") == pytest.approx(1 / 2)


def test_copies_of_a_form_count_from_one_again_and_stay_apart():
    later = [[cell.replace("2026-09", "2026-10") for cell in row] for row in ROWS]
    first, second = told_read(table(HEADER, *ROWS), TOLD), told_read(table(HEADER, *later), TOLD)

    assert not set(first.rows["response_id"]) & set(second.rows["response_id"])


def test_texts_read_as_they_were_written():
    found = told_read(table(HEADER, *ROWS), TOLD | {"Comments": "text"})

    assert found.tables["texts"]["body"].to_list() == ["It’s fine"]
    assert "Ada" not in found.tables["texts"].write_json()


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("_x0092_", "’"),
        ("a_x00E9_b", "aéb"),
        ("_x000D_", "\r"),
        ("_xD800_", ""),
        ("_x12_", "_x12_"),
    ],
)
def test_escapes(written, text):
    assert unescaped(written) == text
