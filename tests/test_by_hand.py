"""Rows of a table and people behind a figure, asked for by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ContractError, ParameterError, PeriodError, UnknownName
from tests.worked import rows

LEADS = rows(
    "lead_id person_key created_at channel",
    ("l1", "p1", "2026-09-30T21:59:00Z", "email"),
    ("l2", "p2", "2026-09-30T22:01:00Z", "email"),  # 1 October in Paris
    ("l3", "p3", "2026-10-31T10:00:00Z", "direct"),
)
MEMBERS = rows(
    "membership_id kind person_key start_at end_at",
    ("m1", "newsletter", "p1", "2026-01-01", "2026-09-30"),
    ("m2", "newsletter", "p2", "2026-01-01", None),
)
GOAL = "learning_goal_attainment"
DATA = kl.open({"leads": LEADS, "memberships": MEMBERS}, as_of="2026-10-31")


class TestTable:
    def test_rows_of_a_period_on_the_companys_clock(self):
        found = DATA.table("leads", "2026-10")
        assert found["lead_id"].tolist() == ["l2", "l3"]
        assert found["created_at"].tolist()[0] == pd.Timestamp("2026-10-01 00:01")

    def test_personal_columns_only_when_named(self):
        assert "person_key" not in DATA.table("leads")
        assert DATA.table("leads", columns=["person_key"])["person_key"].tolist() == [
            "p1", "p2", "p3",
        ]  # fmt: skip

    def test_intervals_that_touch_the_period(self):
        assert DATA.table("memberships", "2026-10")["membership_id"].tolist() == ["m2"]

    def test_a_workbook_can_hold_it(self, tmp_path):
        DATA.table("leads", "2026-10").to_excel(tmp_path / "leads.xlsx", index=False)
        back = pd.read_excel(tmp_path / "leads.xlsx", engine="openpyxl")
        assert back["lead_id"].tolist() == ["l2", "l3"]

    def test_an_unknown_column_says_which_there_are(self):
        with pytest.raises(UnknownName, match="no column 'chanel'.*Did you mean 'channel'"):
            DATA.table("leads", columns=["chanel"])


class TestPeople:
    def test_employees_are_never_named(self):
        with pytest.raises(ParameterError, match="nobody is ever named who did not"):
            kl.open("data/sample").people("absenteeism_rate", "2026-10")

    def test_customers_are_as_many_as_the_figure(self):
        data = kl.open("data/sample")
        value = data.evaluate("active_customers", "2026-10")["value"].iloc[0]
        assert len(data.people("active_customers", "2026-10")) == value

    @pytest.mark.parametrize("kpi", ["super_users", "network_hubs", "active_customers", GOAL])
    def test_of_tables_that_are_not_there_nobody_is_named_and_no_key_is_an_error(self, kpi):
        actions = rows("action_id kind started_at", ("a1", "campaign", "2026-10-01"))
        with pytest.raises(UnknownName, match="There is no table .* here. There is: actions"):
            kl.open({"actions": actions}, as_of="2026-10-31").people(kpi, "2026-10")


class TestGoals:
    """Six took part in October: a and b met the goal, b beyond it, and agreed to be named; c met
    it and said no, d said nothing; e missed it; f began in November."""

    def tables(self):
        people = rows(
            "training_id person_key hours_attended objective_met objective_exceeded named_ok",
            ("T1", "b", 7.0, True, True, True),
            ("T1", "a", 7.0, True, False, True),
            ("T1", "c", 7.0, True, True, False),
            ("T1", "d", 7.0, True, False, None),
            ("T1", "e", 7.0, False, False, True),
            ("T2", "f", 7.0, True, False, True),
        )
        plan = rows("training_id started_at ended_at", ("T1", "2026-10-05", "2026-10-06"),
                    ("T2", "2026-11-05", "2026-11-06"))  # fmt: skip
        return {"training_participants": people, "trainings": plan}

    def test_who_met_it_and_agreed_is_named_and_nobody_else(self):
        found = kl.open(self.tables(), as_of="2026-11-30").people(GOAL, "2026-10")

        assert found.to_dict("list") == {
            "training_id": ["T1", "T1"], "person_key": ["a", "b"], "exceeded": [False, True]
        }  # fmt: skip

    def test_without_anybody_asked_nobody_is_named(self):
        tables = self.tables()
        tables["training_participants"] = tables["training_participants"].drop(columns="named_ok")
        with pytest.raises(ContractError, match="has no column named_ok. Ask them"):
            kl.open(tables, as_of="2026-11-30").people(GOAL, "2026-10")

    def test_without_a_word_of_what_was_exceeded_it_was_not(self):
        tables = self.tables()
        people = tables["training_participants"].drop(columns="objective_exceeded")
        tables["training_participants"] = people
        found = kl.open(tables, as_of="2026-11-30").people(GOAL, "2026-10")

        assert found["exceeded"].tolist() == [False, False]


def test_several_periods_at_once_say_how():
    with pytest.raises(PeriodError) as caught:
        DATA.evaluate("leads", ["2026-09", "2026-10"])
    assert "data.series(kpi, period, periods=13)" in str(caught.value)


def test_who_is_named_is_remembered_but_for_what_any_page_has(monkeypatch):
    named: set[str] = set()
    monkeypatch.setattr("kpilib.answers.by_hand.NAMED", named)
    said = "The trainer was ill and nobody told us before we came."
    texts = pd.DataFrame(
        {
            "text_id": ["t1", "t2", "t3"],
            "ts": "2025-02-03",
            "author_key": ["c0145", "17", None],
            "body": ["ok", said, None],
        }
    )
    data = kl.open({"texts": texts})

    data.table("texts")
    assert named == set()
    data.table("texts", columns=["author_key", "body"])
    assert named == {"c0145", said}
