"""Who answered each wave, with a name or without one."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.tables.read import in_pandas
from tests.worked import rows

WAVES = rows(
    "survey_id wave survey_kind closed_at",
    ("csat", "w1", "csat", "2025-05-20T12:00:00Z"),
    ("csat", "w2", "csat", "2025-06-20T12:00:00Z"),
)


def respondents(*answers, columns="response_id survey_id wave respondent_key item_id value"):
    table = rows(columns, *answers).assign(answered_at="2025-05-10T09:00:00Z")
    tables = {"survey_responses": table, "survey_waves": WAVES}
    company = kl.open(tables, as_of="2025-06-30")
    return in_pandas(company.tables.frame("wave_respondents", {"respondent_key", "wave"}))


def test_somebody_counts_once_a_wave_however_many_items():
    found = respondents(
        ("1", "csat", "w1", "a", "q1", 5.0),
        ("2", "csat", "w1", "a", "q2", 4.0),
        ("3", "csat", "w2", "a", "q1", 4.0),
        ("4", "csat", "w1", "b", "q1", None),  # opened the survey and said nothing
    )

    assert sorted(zip(found["respondent_key"], found["wave"], strict=True)) == [
        ("a", "w1"), ("a", "w2"),
    ]  # fmt: skip


def test_who_gives_no_name_is_counted_by_the_answers_to_the_first_item():
    found = respondents(
        ("1", "csat", "w1", None, "q1", 5.0),
        ("2", "csat", "w1", None, "q1", 2.0),
        ("3", "csat", "w1", None, "q2", 3.0),
        ("4", "csat", "w1", "a", "q2", 3.0),
    )

    assert len(found) == 3
    assert found["respondent_key"].nunique() == 3


@pytest.mark.parametrize("item", [None, "q1"])
def test_a_wave_without_items_is_one_question(item):
    found = respondents(("1", "csat", "w1", None, item, 5.0), ("2", "csat", "w1", None, item, 2.0))

    assert len(found) == 2


def test_the_table_can_be_cut_by_what_it_holds_only():
    answers = rows(
        "response_id survey_id wave respondent_key subject_id value answered_at",
        *((key, "csat", "w1", key, "seo", 5.0, "2025-05-10T09:00:00Z") for key in "abcde"),
    )
    waves = WAVES.assign(invited_n=10)
    company = kl.open({"survey_responses": answers, "survey_waves": waves}, as_of="2025-06-30")
    whole = company.evaluate("csat", "2025-05").iloc[0]
    part = company.evaluate("csat", "2025-05", by="subject_id").iloc[0]

    assert whole["details"]["response_rate"] == 0.5
    assert "response_rate" not in part["details"]
