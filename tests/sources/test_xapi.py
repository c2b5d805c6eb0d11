"""xAPI statements: hours, completion and success of each person in each training."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

import kpilib as kl
from kpilib.sources.secret import pseudonym
from tests.sources.rows_left import left_out
from tests.sources.twins_people import SECRET, read, xapi

FORMS = {
    "array": json.dumps(xapi()),
    "lines": "\n".join(map(json.dumps, xapi())),
    "answer": json.dumps({"statements": xapi(), "more": ""}),
}


@pytest.fixture(scope="module", params=FORMS)
def form(request):
    return request.param


@pytest.fixture(scope="module")
def found(form):
    return read(FORMS[form], "statements.json")


def test_one_row_per_person_and_training(found, form):
    frame, understood = found

    assert len(frame) == 7
    first = frame.filter(person_key=pseudonym("p1@acme.example", SECRET)).row(0, named=True)
    # 1 h 2 min + 28 min of sessions; the two hours of the completion repeat them
    assert first["hours_attended"] == pytest.approx(1.5)
    assert first["completed_at"] == date(2025, 6, 4)  # half past midnight in Paris
    assert first["objective_met"] is True
    voided, twice = ([13, 14], [16]) if form == "lines" else ([1], [1])  # all in one line
    assert left_out(understood) == {
        "voided": (2, voided),
        "the same statement twice": (1, twice),
    }


def test_completion_rate(found):
    trainings = pl.DataFrame({
        "training_id": ["https://lms.example/safety"],
        "started_at": [date(2025, 6, 1)],
        "ended_at": [date(2025, 6, 20)],
    })  # fmt: skip
    company = kl.open({"training_participants": found[0], "trainings": trainings},
                      as_of="2025-06-30")  # fmt: skip

    # seven started, the completion of the sixth was voided: 5 / 7
    row = company.evaluate("completion_rate", "2025-06").iloc[0]
    assert (row["numerator"], row["denominator"]) == (5, 7)


def test_no_names_and_no_addresses(found):
    assert "acme" not in found[0].write_json()


def test_who_started_without_a_duration_is_said():
    text = json.dumps([each | {"result": {}} for each in xapi()[:2]])

    _, understood = read(text, "statements.json")
    assert any("2 person(s) x training(s) have neither" in note for note in understood.block.notes)
