"""Employees: what was promised, done and how well; counted by hand, small groups hidden."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import exactly, one, rows, stack

JUNE = {"as_of": "2025-07-31"}
COLUMNS = "item_id kind owner_key team due_at done_at target achieved direction quality_score"


def items(*values):
    return {"work_items": rows(COLUMNS, *values)}


def project(number, due, done, quality=None):
    name = f"p{number}"
    return (name, "project", f"e{number}", "north", due, done, None, None, None, quality)


# O-42: due in June: done on the day, done before, done late, two not done; the sixth is July's
PROJECTS = items(
    project(1, "2025-06-10", "2025-06-10", 4.0),
    project(2, "2025-06-20", "2025-06-12", 5.0),
    project(3, "2025-06-20", "2025-06-24", 2.0),
    project(4, "2025-06-25", None),
    project(5, "2025-06-30", None),
    project(6, "2025-07-02", "2025-06-28", 3.0),
)


def objective(number, target, achieved, direction=None):
    row = (f"o{number}", "objective", f"e{number}", "north", "2025-06-30", None)
    return (*row, target, achieved, direction, None)


class TestProjectsOnTime:
    def test_o42_what_is_not_done_counts_as_late(self):
        # 2 of 5 due in June; of those done, 2 of 3; with the one done early for July, 3 of 4
        row = one(PROJECTS, "on_time_project_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.4), 2, 5)

    def test_what_is_still_to_come_is_not_late(self):
        # by the 22nd of June five were due: four on time, one not done yet (it was on the 24th)
        more = stack(
            PROJECTS["work_items"],
            rows(
                COLUMNS,
                project(7, "2025-06-11", "2025-06-11"),
                project(8, "2025-06-12", "2025-06-12"),
            ),
        )
        row = one({"work_items": more}, "on_time_project_rate", "2025-06", as_of="2025-06-22")

        assert (row["numerator"], row["denominator"]) == (4, 5)

    def test_the_quality_of_the_work_of_few_is_nowhere_beside(self):
        # done in June and marked: 4, 5, 2, 3
        row = one(PROJECTS, "on_time_project_rate", "2025-06", **JUNE)

        assert row["details"] == {}  # 3.5, the mean of four people's work


class TestObjectives:
    # 10 of 10 met; 9 of 10 not; 3 of at most 4 met; 5 of at most 4 not; not measured: not met
    GIVEN = (
        objective(1, 10.0, 10.0), objective(2, 10.0, 9.0), objective(3, 4.0, 3.0, "lower"),
        objective(4, 4.0, 5.0, "lower"), objective(5, 1.0, None),
    )  # fmt: skip

    def test_each_has_its_own_direction(self):
        row = one(items(*self.GIVEN), "objective_attainment_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.4), 2, 5)

    def test_one_without_a_target_is_left_out_and_said(self):
        given = items(*self.GIVEN, objective(6, None, 3.0))
        row = one(given, "objective_attainment_rate", "2025-06", **JUNE)

        assert row["denominator"] == 5
        assert row["details"]["excluded_without_target"] == 1
        assert "excluded_rows" in row["flags"]


class TestQuality:
    def test_mean_of_the_marks_of_what_was_done_in_the_period(self):
        # June: 4, 5, 2, 3, and 5 of a fifth person; what is not marked is left out
        more = rows(COLUMNS, project(7, "2025-06-30", "2025-06-30", 5.0),
                    project(8, "2025-06-30", "2025-06-30"))  # fmt: skip
        given = {"work_items": stack(PROJECTS["work_items"], more)}
        row = one(given, "work_quality_score", "2025-06", **JUNE)

        assert (row["value"], row["denominator"]) == (exactly(19 / 5), 5)


class TestInterviews:
    def test_held_late_is_held(self):
        def due(number, done):
            row = (f"i{number}", "interview", f"e{number}", "north", "2025-06-15", done)
            return (*row, None, None, None, None)

        held = ("2025-06-15", "2025-07-20", "2025-06-01", None, None)
        given = items(*(due(number, done) for number, done in enumerate(held)))
        row = one(given, "interview_completion_rate", "2025-06", **JUNE)

        assert (row["value"], row["denominator"]) == (exactly(0.6), 5)


@pytest.mark.parametrize(
    "kpi", ["on_time_project_rate", "objective_attainment_rate", "interview_completion_rate"]
)
def test_four_owners_are_hidden_however_many_duties(kpi):
    kind = {"on": "project", "ob": "objective", "in": "interview"}[kpi[:2]]
    given = items(*(
        (f"d{number}", kind, f"e{number % 4}", "north", "2025-06-15", "2025-06-15", 1.0, 1.0, None,
         4.0) for number in range(10)
    ))  # fmt: skip
    [row] = kl.open(given, **JUNE).evaluate(kpi, "2025-06").to_dict("records")

    assert (row["status"], row["details"]) == ("suppressed", {})


def test_no_cut_by_the_single_duty():
    with pytest.raises(ContractError, match="describes a person"):
        kl.open(PROJECTS, **JUNE).evaluate("on_time_project_rate", "2025-06", by="item_id")


class TestVoluntaryTurnover:
    def left(self, *reasons):
        staff = [(f"s{number}", "2020-01-01", None, None) for number in range(10)]
        gone = [
            (f"x{number}", "2020-01-01", "2025-06-15", reason)
            for number, reason in enumerate(reasons)
        ]
        return {"employees": rows("employee_id hired_at left_at leave_reason", *staff, *gone)}

    def test_only_resignations_count(self):
        # average: 10 + 4 x 15/30 = 12; one resignation; a transfer is no exit
        given = self.left("resignation", "dismissal", "end_fixed_term", "transfer")
        row = one(given, "voluntary_turnover_rate", "2025-06", **JUNE)

        assert (row["value"], row["denominator"]) == (exactly(1 / 12), exactly(12))
        assert "excluded_rows" not in row["flags"]

    def test_an_exit_without_a_reason_is_said(self):
        row = one(self.left("resignation", None), "voluntary_turnover_rate", "2025-06", **JUNE)

        assert row["numerator"] == 1
        assert row["details"]["excluded_without_reason"] == 1
        assert "excluded_rows" in row["flags"]
