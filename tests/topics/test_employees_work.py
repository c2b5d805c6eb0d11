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
        # Five persons, a mark each: sd = sqrt(6.8 / 4), t(4) = 2.776445, so 3.8 +- 1.618931;
        # no mark is above 5
        assert (row["ci_low"], row["ci_high"]) == (pytest.approx(2.181069, abs=1e-6), 5)
        assert row["ci_method"] == "student"


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
        # average: 10 + 8 x 15/30 = 14; one resignation of six exits; a transfer is none
        given = self.left("resignation", *["dismissal"] * 5, "end_fixed_term", "transfer")
        row = one(given, "voluntary_turnover_rate", "2025-06", **JUNE)

        assert (row["value"], row["denominator"]) == (exactly(1 / 14), exactly(14))
        assert "excluded_rows" not in row["flags"]

    def test_an_exit_without_a_reason_is_said(self):
        given = self.left(*["resignation"] * 4, None)
        row = one(given, "voluntary_turnover_rate", "2025-06", **JUNE)

        assert row["numerator"] == 4
        assert row["details"]["excluded_without_reason"] == 1
        assert "excluded_rows" in row["flags"]

    @pytest.mark.parametrize("reason", ["resignation", "dismissal"])
    def test_why_four_left_is_told_of_nobody(self, reason):
        given = self.left(*[reason] * 4)

        assert one(given, "turnover_rate", "2025-06", **JUNE)["numerator"] == 4
        assert one(given, "voluntary_turnover_rate", "2025-06", **JUNE)["status"] == "suppressed"

    def test_where_nobody_left_there_is_no_reason(self):
        row = one(self.left(), "voluntary_turnover_rate", "2025-06", **JUNE)

        assert (row["status"], row["value"]) == ("ok", 0)


# O-35's staff, 10.5 people on an average day: nine stay, A leaves on the 15th, B comes on the 11th,
# C comes on the 21st and leaves on the 30th
STAFF = rows(
    "employee_id hired_at left_at team",
    *((f"s{number}", "2020-01-01", None, "north") for number in range(9)),
    ("A", "2021-01-01", "2025-06-15", "south"),
    ("B", "2025-06-11", None, "south"),
    ("C", "2025-06-21", "2025-06-30", "south"),
)


class TestAbsenceFrequency:
    COLUMNS = "absence_id employee_id start_date end_date kind"

    def test_absences_are_counted_by_the_spell_that_begins(self):
        # s1 twice, s2 once in June: 3 of 10.5. One of May, paid leave and one of A after the last
        # day in post are not among them
        spells = rows(
            self.COLUMNS,
            ("x1", "s1", "2025-06-03", "2025-06-04", "sickness"),
            ("x2", "s1", "2025-06-20", "2025-07-04", "work_accident"),
            ("x3", "s2", "2025-06-05", "2025-06-05", "unjustified"),
            ("x4", "s3", "2025-05-30", "2025-06-06", "sickness"),
            ("x5", "s4", "2025-06-05", "2025-06-15", "paid_leave"),
            ("x6", "A", "2025-06-20", "2025-06-25", "sickness"),
        )
        row = one({"employees": STAFF, "absences": spells}, "absence_frequency", "2025-06", **JUNE)

        assert (row["value"], row["numerator"]) == (exactly(3 / 10.5), 3)
        assert row["details"]["people_absent"] == exactly(2 / 10.5)

    def test_acas_sixteen_spells_of_twelve_of_eighty_people(self):
        spells = rows(
            self.COLUMNS,
            *((f"x{i}", f"s{i % 12}", f"2025-06-{i + 3:02}", f"2025-06-{i + 3:02}", "sickness")
              for i in range(16)),
        )  # fmt: skip
        staff = rows("employee_id hired_at left_at", *(
            (f"s{number}", "2020-01-01", None) for number in range(80)
        ))  # fmt: skip
        row = one({"employees": staff, "absences": spells}, "absence_frequency", "2025-06", **JUNE)

        assert (row["value"], row["details"]["people_absent"]) == (exactly(0.2), exactly(0.15))

    def test_a_spell_belongs_to_the_team_of_its_first_day(self):
        # south: A 15 days, B 20, C 10 of 30: 1.5 on average, three people: hidden, and north too
        spells = rows(self.COLUMNS, ("x1", "B", "2025-06-20", "2025-06-22", "sickness"))
        data = kl.open({"employees": STAFF, "absences": spells}, **JUNE)
        found = data.evaluate("absence_frequency", "2025-06", by="team").set_index("team")

        assert set(found["status"]) == {"suppressed"}


class TestApplications:
    VACANCIES = rows(
        "item_id kind owner_key team opened_at due_at",
        ("v1", "vacancy", "m1", "north", "2025-06-01", "2025-07-31"),
        ("v2", "vacancy", "m1", "north", "2025-06-02", "2025-07-31"),
        ("p1", "project", "m1", "north", "2025-01-01", "2025-02-01"),
    )

    def applied(self, *people):
        inside = (
            (str(number), "v1", "2025-06-10", "internal", who) for number, who in enumerate(people)
        )
        outside = ("x", "v1", "2025-06-12", "external", None)
        columns = "application_id item_id applied_at candidate_kind employee_id"
        applications = rows(columns, *inside, outside)
        return {
            "employees": STAFF, "work_items": self.VACANCIES, "applications": applications
        }  # fmt: skip

    def test_vacancies_without_an_applicant_stay_below_the_line(self):
        # six applications of five employees, one of an outsider; two vacancies opened in June
        given = self.applied("s1", "s2", "s1", "s3", "s4", "s5")
        row = one(given, "internal_applications", "2025-06", **JUNE)

        assert row["value"] == 6
        assert row["details"]["applications_per_vacancy"] == exactly(3)
        assert row["details"]["applicant_rate"] == exactly(5 / 10.5)

    def test_by_kind_of_candidate(self):
        given = self.applied("s1", "s2", "s3", "s4", "s5")
        data = kl.open(given, **JUNE)
        [row] = data.evaluate("internal_applications", "2025-06", by="candidate_kind").to_dict(
            "records"
        )
        assert (row["candidate_kind"], row["value"]) == ("internal", 5)

    def test_few_applicants_are_hidden_however_often_they_apply(self):
        given = self.applied("s1", "s2", "s3", "s4", "s1", "s2")
        row = one(given, "internal_applications", "2025-06", **JUNE)

        assert (row["status"], row["details"]) == ("suppressed", {})


class TestInitiatives:
    COLUMNS = (
        "participation_id activity_id activity_kind activity_at audience person_key invited"
        " attended is_compulsory"
    )

    def activities(self, *rest):
        def came(number, activity, who, *, here=True, must=False):
            at = "2025-06-10T09:00:00Z"
            name = f"n{number}"
            return (name, activity, "mentoring", at, "employee", who, True, here, must)

        first = [came(number, "X", f"s{number}") for number in (1, 2, 3)]
        second = [came(10 + number, "Y", f"s{number}") for number in (2, 3, 4)]
        away = came(20, "Y", "s5", here=False)
        return rows(self.COLUMNS, *first, *second, away, *(came(*each) for each in rest))

    def test_o43_who_comes_twice_takes_part_once(self):
        # X: s1, s2, s3; Y: s2, s3, s4: four people of 10.5, not six; of seven invited six came
        given = {"employees": STAFF, "participations": self.activities()}
        row = one(given, "initiative_participation_rate", "2025-06", **JUNE)

        assert row["value"] == exactly(4 / 10.5)
        assert row["details"]["attended_of_invited"] == exactly(6 / 7)

    def test_what_has_to_be_attended_is_left_out(self):
        must = self.activities().assign(
            is_compulsory=True, participation_id=lambda t: "m" + t.iloc[:, 0]
        )
        given = {"employees": STAFF, "participations": stack(self.activities().head(3), must)}
        row = one(given, "initiative_participation_rate", "2025-06", **JUNE)

        assert row["numerator"] == 3

    def test_a_small_team_is_hidden(self):
        given = {"employees": STAFF, "participations": self.activities((30, "Y", "B"))}
        data = kl.open(given, **JUNE)
        found = data.evaluate("initiative_participation_rate", "2025-06", by="team")

        assert set(found["status"]) == {"suppressed"}


@pytest.mark.parametrize(
    ("kpi", "table", "column"),
    [("voluntary_turnover_rate", "employees", "leave_reason"),
     ("initiative_participation_rate", "participations", "audience")],
)  # fmt: skip
def test_a_column_that_is_not_there_is_missing_and_no_zero(kpi, table, column):
    given = {"employees": STAFF.assign(leave_reason=None, left_at=None),
             "participations": TestInitiatives().activities()}  # fmt: skip
    assert one(given, kpi, "2025-06", **JUNE)["status"] == "ok"
    given[table] = given[table].drop(columns=column)
    row = one(given, kpi, "2025-06", **JUNE)

    assert (row["status"], row["reason"]) == (
        "missing_column", f"Missing column: {table}.{column}."
    )  # fmt: skip


class TestRevenuePerEmployee:
    # June, 30 days: five at full time, two of 0.5 (one of them on two contracts of 0.5), one at
    # 0.8 until the 15th: 5 + 0.5 + 1 + 0.8 x 15/30 = 6.9
    STAFF = rows(
        "employee_id valid_from hired_at left_at fte",
        *((f"s{number}", "2020-01-01", "2020-01-01", None, 1.0) for number in range(5)),
        ("h", "2020-01-01", "2020-01-01", None, 0.5),
        ("t", "2020-01-01", "2020-01-01", None, 0.5),
        ("t", "2021-01-01", "2021-01-01", None, 0.5),
        ("l", "2020-01-01", "2020-01-01", "2025-06-15", 0.8),
    )
    ORDERS = rows(
        "order_id customer_id ordered_at amount_ht currency status",
        ("o1", "c1", "2025-06-02T10:00:00Z", 6000.0, "EUR", "paid"),
        ("o2", "c2", "2025-06-20T10:00:00Z", 900.0, "EUR", "paid"),
        ("o3", "c2", "2025-06-21T10:00:00Z", 500.0, "EUR", "cancelled"),
    )

    def test_by_full_time_equivalents_of_every_day(self):
        given = {"employees": self.STAFF, "orders": self.ORDERS}
        row = one(given, "revenue_per_employee", "2025-06", **JUNE)

        assert (row["denominator"], row["value"]) == (exactly(6.9), exactly(6900 / 6.9))

    def test_four_people_are_hidden(self):
        given = {"employees": self.STAFF.head(4), "orders": self.ORDERS}
        assert one(given, "revenue_per_employee", "2025-06", **JUNE)["status"] == "suppressed"


class TestWhatHappened:
    """By reason or kind: per head of all, and hidden below five people to whom it happened."""

    def spells(self, kinds):
        return rows(
            "absence_id employee_id start_date end_date kind",
            *((f"x{number}", f"s{number}", "2025-06-03", "2025-06-04", kind)
              for number, kind in enumerate(kinds)),
        )  # fmt: skip

    def by(self, kinds, people=20):
        staff = rows("employee_id hired_at left_at team", *(
            (f"s{number}", "2020-01-01", None, "north") for number in range(people)
        ))  # fmt: skip
        data = kl.open({"employees": staff, "absences": self.spells(kinds)}, **JUNE)
        return data.evaluate("absence_frequency", "2025-06", by="kind").set_index("kind")

    def test_absences_by_kind_per_head_of_all(self):
        # 6 and 5 of 20 people; together they are the 11 of 20 of the whole
        found = self.by(["sickness"] * 6 + ["work_accident"] * 5)

        assert found["value"].to_dict() == {
            "sickness": exactly(6 / 20), "work_accident": exactly(5 / 20)
        }  # fmt: skip
        assert set(found["denominator"]) == {20}

    def test_a_kind_of_few_is_hidden_and_the_next_with_it(self):
        found = self.by(["sickness"] * 6 + ["work_accident"] * 2)

        assert set(found["status"]) == {"suppressed"}

    def test_exits_by_reason_where_the_company_allows_it(self):
        staff = [(f"s{number}", "2020-01-01", None, None) for number in range(10)]
        gone = [
            (f"x{number}", "2020-01-01", "2025-06-15", "resignation" if number % 2 else "dismissal")
            for number in range(10)
        ]
        given = {"employees": rows("employee_id hired_at left_at leave_reason", *staff, *gone)}
        with pytest.raises(ContractError, match="describes a person"):
            kl.open(given, **JUNE).evaluate("turnover_rate", "2025-06", by="leave_reason")
        allowed = kl.open(given, **JUNE, breakdowns=["leave_reason"])
        found = allowed.evaluate("turnover_rate", "2025-06", by="leave_reason")

        # average: 10 + 10 x 15/30 = 15, and 5 exits of each kind
        assert found.set_index("leave_reason")["value"].to_dict() == {
            "dismissal": exactly(5 / 15), "resignation": exactly(5 / 15)
        }  # fmt: skip
