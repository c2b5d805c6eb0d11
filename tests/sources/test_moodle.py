"""Moodle: logs into acts, grades into test results, completions into participants."""

from __future__ import annotations

from datetime import date

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.secret import pseudonym
from tests.sources.rows_left import left_out
from tests.sources.twins_people import (
    MOODLE_COMPLETIONS,
    MOODLE_LOGS,
    SECRET,
    moodle_grades,
    read,
)


def who(number: int) -> str:
    return pseudonym(f"moodle:{number}", SECRET)


class TestLogs:
    def test_acts(self):
        frame, understood = read(MOODLE_LOGS)

        rows = frame.sort("ts").select("kind", "actor_key", "target_id", "parent_id").rows()
        assert rows == [
            ("visit", who(58), "moodle:course:3", None),
            ("post", who(58), "moodle:module:9", None),
            ("answer", who(59), "moodle:module:9", "moodle:discussion:7"),
        ]
        assert left_out(understood) == {
            "no person acts": (1, [6]),
            "neither a visit nor a post": (1, [7]),
            "the same act in the same minute": (1, [5]),
        }
        assert str(frame["ts"].min()) == "2025-01-23 11:09:00+00:00"  # noon in Paris

    def test_nothing_personal(self):
        frame, understood = read(MOODLE_LOGS)

        assert "User full name" in understood.ignored and "IP address" in understood.ignored
        assert not any(word in frame.write_json() for word in ("Alpha", "192.0", "'58'", "Safety"))

    def test_french_is_shown_as_unverified(self):
        head = (
            "Heure,Nom complet de l'utilisateur,Utilisateur touché,Contexte de l’événement,"
            "Composant,Nom de l’événement,Description,Origine,Adresse IP"
        )
        frame, understood = read("\n".join([head, *MOODLE_LOGS.splitlines()[1:]]))

        assert (len(frame), understood.preset.status) == (3, "unverified")

    def test_a_log_out_of_order_has_the_month_first(self):
        lines = MOODLE_LOGS.splitlines()
        times = ("06/03/25, 10:05", "05/04/25, 10:01", "05/03/25, 09:00")  # June, May, May
        entry = lines[3].partition('",')[2]
        text = "\n".join([lines[0], *(f'"{time}",{entry}' for time in times)])

        with pytest.raises(ContractError, match="--read 'Time=%m/%d/%y, %H:%M'"):
            read(text)
        frame, _ = read(text, told={"Time": "%m/%d/%y, %H:%M"})
        assert frame["ts"].dt.month().to_list() == [6, 5, 5]


class TestGrades:
    TOLD = {
        "Quiz: Test 1 (Real)": "before|safety|2025-06-02|20",
        "Quiz: Test 2 (Real)": "after|safety|2025-06-20|20",
    }

    def test_which_tests_are_asked(self):
        with pytest.raises(ContractError, match="which columns are tests of a training") as caught:
            read(moodle_grades())

        assert "--read 'Quiz: Test 1 (Real)=before|TRAINING|2025-01-31|20'" in str(caught.value)

    def test_an_answer_that_lacks_something_is_asked_again(self):
        with pytest.raises(ContractError, match="among Quiz: Test 2"):
            read(moodle_grades(), told=self.TOLD | {"Quiz: Test 2 (Real)": "after|safety"})

    def test_gain(self):
        frame, understood = read(moodle_grades(), told=self.TOLD)

        assert left_out(understood) == {
            "no grade in Quiz: Test 1 (Real)": (1, [8]),
            "no grade in Quiz: Test 2 (Real)": (1, [9]),
        }
        # six people with both: 5 + 6 + 4 + 2 + 6 + 1 = 24, 4 of 20 on average: 20 of 100
        company = kl.open({"kpi_measurements": frame}, as_of="2025-06-30")
        row = company.evaluate("knowledge_gain", "2025-06").iloc[0]
        assert (row["value"], row["status"]) == (pytest.approx(20), "ok")
        assert "acme" not in frame.write_json()


class TestCompletions:
    def test_the_activity_that_ends_the_training_is_asked(self):
        with pytest.raises(ContractError, match="--read 'Final test=TRAINING'"):
            read(MOODLE_COMPLETIONS)

    def test_dates(self):
        frame, understood = read(MOODLE_COMPLETIONS, told={"Final test": "safety"})

        rows = dict(frame.select("person_key", "completed_at").rows())
        assert rows == {
            pseudonym("zoe@acme.example", SECRET): date(2025, 6, 12),
            pseudonym("bo@acme.example", SECRET): None,
        }
        assert understood.preset.status == "unverified"
        assert any("needs hours_attended" in note for note in understood.block.notes)
