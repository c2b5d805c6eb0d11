"""Questions beside their first answer; O-48 row by row, on Polars and on a database."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.tables.read import in_pandas
from tests.databases import database

ACT = "interaction_id ts space actor_key actor_is_brand kind parent_id"
ASKED = "2025-03-03T09:00:00Z"


def question(name, ts=ASKED, author="a", **changes):
    return {**dict(zip(ACT.split(), (name, ts, "community", author, False, "question", None),
                       strict=True)), **changes}  # fmt: skip


def answer(to, ts, author, brand=False, kind="answer"):
    return dict(
        zip(
            ACT.split(),
            (f"{to}-{author}-{ts}", ts, "community", author, brand, kind, to),
            strict=True,
        )
    )


@pytest.fixture(params=[dict, database])
def questions(request):
    def read(*acts, as_of="2025-03-31"):
        table = pd.DataFrame(acts, columns=ACT.split())
        tables = kl.open(request.param({"interactions": table}), as_of=as_of).tables
        columns = {"interaction_id", "ts", "first_reply_at", "due_at", "is_due"}
        found = in_pandas(tables.frame("questions", columns)).set_index("interaction_id")
        for name in ("ts", "first_reply_at", "due_at"):
            found[name] = pd.to_datetime(found[name], utc=True)
        return found.sort_index()

    return read


def hours(found):
    waited = (found["first_reply_at"] - found["ts"]).dt.total_seconds() / 3600
    return {name: None if pd.isna(value) else value for name, value in waited.items()}


def test_o48_the_first_answer_by_another_member(questions):
    found = questions(
        question("Q1"), answer("Q1", "2025-03-03T11:00:00Z", "b"),
        answer("Q1", "2025-03-03T12:00:00Z", "c"),
        question("Q2"), answer("Q2", "2025-03-03T10:00:00Z", "a"),  # its author
        question("Q3"), answer("Q3", "2025-03-11T09:00:00Z", "b"),  # 8 days
        question("Q4"),
        question("Q5"), answer("Q5", "2025-03-09T09:00:00Z", "b"),  # 6 days
        question("Q6", "2025-03-29T09:00:00Z"),  # 2 days old
    )  # fmt: skip

    assert hours(found) == {"Q1": 2, "Q2": None, "Q3": 192, "Q4": None, "Q5": 144, "Q6": None}
    assert found["is_due"].tolist() == [True] * 5 + [False]
    assert (found["first_reply_at"] <= found["due_at"]).tolist() == [
        True, False, False, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "reply",
    [
        answer("Q", "2025-03-03T10:00:00Z", "us", brand=True),
        answer("Q", "2025-03-03T10:00:00Z", None),  # by whom, nobody knows
        answer("Q", "2025-03-03T10:00:00Z", "b", kind="reaction"),
        answer("Q", "2025-03-03T08:59:59Z", "b"),  # before it was asked
        answer("other", "2025-03-03T10:00:00Z", "b"),
    ],
)
def test_what_is_no_answer_of_another_member(reply, questions):
    assert hours(questions(question("Q"), reply)) == {"Q": None}


def test_what_is_no_question_of_a_member(questions):
    found = questions(
        question("Q"),
        question("brand", actor_is_brand=True),
        question("network", space="social"),
        question("post", kind="post"),
    )

    assert found.index.tolist() == ["Q"]


def test_seven_days_are_hours_also_when_clocks_change(questions):
    # Clocks of Paris go forward on 30 March: the seven days end at 10:00 local time, 168 h later.
    found = questions(question("Q", "2025-03-28T08:00:00Z"), as_of="2025-04-30")

    assert found["due_at"].tolist() == [pd.Timestamp("2025-04-04T08:00:00Z")]


@pytest.mark.parametrize(("as_of", "due"), [("2025-03-09", False), ("2025-03-10", True)])
def test_a_question_is_due_when_the_last_day_of_the_data_ends_after_its_week(as_of, due, questions):
    assert questions(question("Q"), as_of=as_of)["is_due"].tolist() == [due]
