"""Employees: worked examples; whoever could be recognised is hidden."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

import kpilib as kl
from kpilib.engine.intervals import effective, wilson
from kpilib.errors import ContractError
from tests.worked import exactly, groups, interval, near, one, rows, stack, value

JUNE = {"as_of": "2025-06-30"}
MONDAY_TO_FRIDAY = [7.0, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0]
OFF_ON_WEDNESDAY = [7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0]


def staff(*values, columns="employee_id hired_at left_at"):
    return rows(columns, *values)


def stayers(count, **more):
    table = rows(
        "employee_id hired_at left_at", *((f"s{i}", "2020-01-01", None) for i in range(count))
    )
    return table.assign(**more)


# O-35: A leaves mid-month, B comes, C comes and leaves on the last day
MOVERS = staff(
    ("A", "2021-03-01", "2025-06-15"), ("B", "2025-06-11", None), ("C", "2025-06-21", "2025-06-30")
)
TEAM = stack(stayers(9), MOVERS)


class TestMovements:
    def test_o35_closing_is_opening_plus_entries_minus_exits(self):
        row = one({"employees": TEAM}, "headcount", "2025-06", **JUNE)

        assert row["value"] == 10
        # (9 x 30 + A 15 + B 20 + C 10) / 30 = 315 / 30
        assert row["details"] == {
            "opening": 10, "entries": 2, "exits": 2, "average": exactly(10.5),
            "full_time_equivalents": exactly(10.5),
        }  # fmt: skip

    def test_full_time_equivalents_weigh_each_day_by_the_post(self):
        # (s0 0.8 x 30 + 8 x 30 + A 0.5 x 15 + B 20 + C 10) / 30 = 301.5 / 30; C's post is unknown
        posts = stayers(9).assign(fte=[0.8] + [1.0] * 8)
        posts = stack(posts, MOVERS.assign(fte=[0.5, 1.0, None]))
        row = one({"employees": posts}, "headcount", "2025-06", **JUNE)

        assert (row["value"], row["details"]["average"]) == (10, exactly(10.5))
        assert row["details"]["full_time_equivalents"] == exactly(10.05)

    def test_o35_turnover_divides_by_the_average_of_every_day(self):
        # 2 / 10.5 = 19.05 %; by (10 + 10) / 2 it would be 20 %
        row = one({"employees": TEAM}, "turnover_rate", "2025-06", **JUNE)

        assert row["value"] == exactly(2 / 10.5)
        assert (row["numerator"], row["denominator"]) == (2, exactly(10.5))
        assert interval(row) == near(0.242209 / 10.5, 7.224688 / 10.5)  # exact Poisson of 2

    def test_before_anybody_came_there_is_nothing_to_divide_by(self):
        # nine since 2020-01-01: in December 2019 there is nobody, and 0 / 0 is no rate
        table = stack(stayers(9), staff(("Z", "2019-01-01", "2019-11-30")))
        row = one({"employees": table}, "turnover_rate", "2019-12", **JUNE)

        assert (row["status"], row["reason"]) == (
            "no_denominator",
            "There is no case to count.",
        )
        assert np.isnan(row["value"]) and np.isnan(row["ci_low"])

    def test_o35_retention_follows_the_opening_group(self):
        # 9 of 10; not one minus turnover
        row = one({"employees": TEAM}, "employee_retention_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.9), 9, 10)

    def test_o35_a_change_of_team_is_no_exit(self):
        states = rows(
            "employee_id hired_at left_at valid_from valid_to team",
            ("s0", "2020-01-01", None, "2020-01-01", "2025-06-14", "north"),
            ("s0", "2020-01-01", None, "2025-06-15", None, "south"),
            *((f"s{i}", "2020-01-01", None, "2020-01-01", None, "north") for i in range(1, 9)),
        )
        row = one({"employees": states}, "headcount", "2025-06", **JUNE)

        assert row["value"] == 9
        assert row["details"] == {
            "opening": 9, "entries": 0, "exits": 0, "average": exactly(9),
            "full_time_equivalents": exactly(9),
        }  # fmt: skip
        assert value({"employees": states}, "turnover_rate", "2025-06", **JUNE) == 0

    def test_this_months_opening_is_last_months_closing(self):
        june, july = (
            one({"employees": TEAM}, "headcount", month, as_of="2025-07-31")
            for month in ("2025-06", "2025-07")
        )

        assert june["value"] == july["details"]["opening"] == 10

    def test_o36_a_year_divides_once_by_its_own_average(self):
        # one exit in each of two months of 2025; average (10 x 365 - 306 - 275) / 365
        table = stack(
            stayers(8), staff(("A", "2020-01-01", "2025-02-28"), ("B", "2020-01-01", "2025-03-31"))
        )
        average = (8 * 365 + 59 + 90) / 365
        row = one({"employees": table}, "turnover_rate", "2025", as_of="2025-12-31")

        assert row["value"] == exactly(2 / average)
        months = [
            value({"employees": table}, "turnover_rate", month, as_of="2025-12-31")
            for month in ("2025-02", "2025-03")
        ]
        assert sum(months) != pytest.approx(row["value"], rel=1e-2)

    @pytest.mark.parametrize(
        ("reason", "exits"),
        [("resignation", 1), ("dismissal", 1), ("retirement", 1), ("death", 1), (None, 1),
         ("end_fixed_term", 0), ("transfer", 0)],
    )  # fmt: skip
    def test_planned_ends_and_transfers_are_not_turnover(self, reason, exits):
        left = staff(("A", "2021-03-01", "2025-06-15")).assign(leave_reason=reason)
        table = stack(stayers(9, leave_reason=None), left)

        row = one({"employees": table}, "turnover_rate", "2025-06", **JUNE)
        assert row["numerator"] == exits
        assert row["details"] == {"fixed_term_ends": reason == "end_fixed_term"}

    @pytest.mark.parametrize(
        ("contract", "counted"), [("CDI", 7), ("CDD", 7), ("intern", 6), ("temp", 6), (None, 7)]
    )
    def test_interns_and_temporary_workers_are_not_in_the_headcount(self, contract, counted):
        other = staff(("x", "2025-01-01", None)).assign(contract_kind=contract)
        table = stack(stayers(6, contract_kind="CDI"), other)

        assert value({"employees": table}, "headcount", "2025-06", **JUNE) == counted

    def test_who_is_hired_and_leaves_within_the_month_is_turnover_not_retention(self):
        table = stack(stayers(10), staff(("x", "2025-06-02", "2025-06-20")))
        tables = {"employees": table}

        assert one(tables, "turnover_rate", "2025-06", **JUNE)["numerator"] == 1
        assert value(tables, "employee_retention_rate", "2025-06", **JUNE) == 1


class TestAbsence:
    """O-37, May 2025: public holidays on Thursdays 1, 8 and 29. Three pairs of F and P."""

    CALENDAR = rows(
        "date is_public_holiday",
        ("2025-05-01", True),
        ("2025-05-08", True),
        ("2025-05-29", True),
        ("2025-05-09", False),
    )
    MAY = {"as_of": "2025-05-31"}

    def tables(self, *spells, left=None):
        pairs = range(3)
        people = rows(
            "employee_id hired_at left_at weekly_hours",
            *((f"F{i}", "2020-01-01", left, MONDAY_TO_FRIDAY) for i in pairs),
            *((f"P{i}", "2020-01-01", None, OFF_ON_WEDNESDAY) for i in pairs),
        )
        every = [(f"{name}{i}", *rest) for i in pairs for name, *rest in spells]
        return {
            "employees": people,
            "absences": rows("employee_id start_date end_date kind", *every),
            "work_calendar": self.CALENDAR,
        }

    O37 = (
        ("F", "2025-05-07", "2025-05-12", "sickness"),  # Wed, Fri, Mon: 21 h
        ("P", "2025-05-13", "2025-05-15", "sickness"),  # Tue, Thu: 14 h
        ("F", "2025-05-26", "2025-05-30", "paid_leave"),  # 29 is a holiday: 28 h
    )

    def test_o37_scheduled_hours_only_and_leave_out_of_the_denominator(self):
        # F 133 h and P 105 h are due, 28 h on leave: 35 / 210. By calendar days it would be 14.5 %.
        row = one(self.tables(*self.O37), "absenteeism_rate", "2025-05", **self.MAY)

        assert (row["numerator"], row["denominator"]) == (3 * 35, 3 * 210)
        assert row["value"] == exactly(35 / 210)

    def test_o37_the_scope_of_the_source_article_is_read_beside(self):
        row = one(self.tables(*self.O37), "absenteeism_rate", "2025-05", **self.MAY)

        assert row["details"]["seed_scope"] == exactly(63 / 238)  # leave counted as absence
        assert row["details"]["bilan_social_scope"] == exactly(35 / 210)

    def test_o37_maternity_is_in_the_social_report_only(self):
        spells = (("F", "2025-05-05", "2025-05-06", "maternity"),)
        row = one(self.tables(*spells), "absenteeism_rate", "2025-05", **self.MAY)

        assert row["value"] == 0
        assert row["details"]["bilan_social_scope"] == exactly(14 / 238)

    @pytest.mark.parametrize(
        ("month", "hours"), [("2025-04", 21), ("2025-05", 21)]
    )  # Mon 28 to Wed 30 April; Fri 2, Mon 5, Tue 6 May: the 1st is a holiday
    def test_o37_a_spell_is_cut_at_the_month(self, month, hours):
        spells = (("F", "2025-04-28", "2025-05-06", "sickness"),)
        row = one(self.tables(*spells), "absenteeism_rate", month, **self.MAY)

        assert row["numerator"] == 3 * hours

    def test_o37_hours_are_due_to_the_last_day_only(self):
        # to the 15th F owes 2, 5-7, 9, 12-15: 9 days, 63 h
        row = one(self.tables(left="2025-05-15"), "absenteeism_rate", "2025-05", **self.MAY)

        assert row["denominator"] == 3 * (63 + 105)

    def test_an_absence_after_the_last_day_adds_nothing(self):
        spells = (("F", "2025-05-14", "2025-05-23", "sickness"),)  # Wed 14 and Thu 15 only
        row = one(
            self.tables(*spells, left="2025-05-15"), "absenteeism_rate", "2025-05", **self.MAY
        )

        assert row["numerator"] == 3 * 14

    def test_hours_of_a_partial_day_are_taken_as_they_are(self):
        tables = self.tables(("F", "2025-05-05", "2025-05-05", "sickness"))
        tables["absences"] = tables["absences"].assign(hours=2.5)

        assert one(tables, "absenteeism_rate", "2025-05", **self.MAY)["numerator"] == 3 * 2.5

    def test_two_spells_on_one_day_do_not_make_two_days(self):
        spells = [("F", "2025-05-05", "2025-05-05", kind) for kind in ("sickness", "work_accident")]
        row = one(self.tables(*spells), "absenteeism_rate", "2025-05", **self.MAY)

        assert row["numerator"] == 3 * 7

    def test_an_open_spell_lasts(self):
        spells = (("F", "2025-05-26", None, "sickness"),)  # Mon to Wed, Fri; Thursday is a holiday
        row = one(self.tables(*spells), "absenteeism_rate", "2025-05", **self.MAY)

        assert row["numerator"] == 3 * 28

    def test_o38_fifteen_people_and_six_days(self):
        # September 2025 has 22 working days: 15 x 22 x 7 = 2,310 h; 6 days = 42 h; printed 1.82 %
        people = stack(stayers(15)).assign(weekly_hours=[MONDAY_TO_FRIDAY] * 15)
        spells = rows(
            "employee_id start_date end_date kind",
            *((f"s{i}", "2025-09-10", "2025-09-10", "sickness") for i in range(6)),
        )
        tables = {"employees": people, "absences": spells, "work_calendar": self.CALENDAR}
        row = one(tables, "absenteeism_rate", "2025-09", as_of="2025-09-30")

        assert (row["numerator"], row["denominator"]) == (42, 2310)
        assert row["value"] == exactly(42 / 2310)


class TestRecommendation:
    """eNPS: the net score of answers 0 to 10."""

    @staticmethod
    def wave(answers, population=None, opened="2025-06-02", closed="2025-06-20"):
        return {
            "survey_waves": rows(
                "survey_id wave survey_kind population_n invited_n opened_at closed_at",
                ("e", "1", "enps", population, population, opened, closed),
            ),
            "survey_responses": rows(
                "survey_id wave respondent_key item_id value answered_at",
                *(("e", "1", f"r{i}", "q", grade, "2025-06-10") for i, grade in enumerate(answers)),
            ).assign(scale_min=0, scale_max=10),
        }

    def test_o28_missing_and_invalid_answers_are_not_answers(self):
        # 10, 9, 9 promote, 8, 7 are passive, 6, 0 detract: (3 - 2) / 7, not 3/10 - 2/10
        tables = self.wave([10, 9, 9, 8, 7, 6, 0, None, 11, ""])
        row = one(tables, "enps", "2025-06", **JUNE)

        assert row["n"] == 7
        assert row["value"] == exactly(100 / 7)
        counts = {"favourable": 3, "unfavourable": 2, "neutral": 2}
        assert row["details"] == {**counts, "response_rate": None}  # who was asked is not known
        assert interval(row) == near(-39.583603, 59.583603)

    def test_of_how_many_were_asked_is_read_with_the_score(self):
        # 6 of 15 answered: below half, which every score of the wave is read with
        row = one(self.wave([9] * 5 + [4], 15), "enps", "2025-06", **JUNE)

        assert row["details"]["response_rate"] == exactly(6 / 15)

    def test_o28_a_fraction_is_not_an_answer(self):
        row = one(self.wave([10, 9, 9, 8, 7, 6.5]), "enps", "2025-06", **JUNE)

        assert row["n"] == 5

    def test_o28_the_last_answer_of_a_person_counts(self):
        tables = self.wave([9] * 6)
        again = tables["survey_responses"].iloc[[0]].assign(value=0, answered_at="2025-06-12")
        before = tables["survey_responses"].iloc[[1]].assign(value=0, answered_at="2025-06-05")
        tables["survey_responses"] = stack(again, tables["survey_responses"], before)
        row = one(tables, "enps", "2025-06", **JUNE)

        # one of six went from 9 to 0; the other's earlier 0 was replaced by 9
        assert (row["n"], row["value"]) == (6, exactly(100 * (5 - 1) / 6))

    def test_o29_sixty_points_do_not_prove_more_than_fifty(self):
        row = one(self.wave([10] * 70 + [8] * 20 + [0] * 10), "enps", "2025-06", **JUNE)

        assert row["value"] == exactly(60)
        assert interval(row) == near(45.269760, 71.235095)

    def test_o29_six_promoters_are_not_certain(self):
        row = one(self.wave([10] * 6), "enps", "2025-06", **JUNE)

        assert row["value"] == 100
        assert interval(row) == near(25.924924, 100)
        assert "low_n" in row["flags"]

    def test_o29_a_known_population_narrows_the_interval(self):
        # 30 of 40: sqrt(10 / 39) = 0.506370
        row = one(
            self.wave([10] * 12 + [7] * 12 + [0] * 6, population=40), "enps", "2025-06", **JUNE
        )

        half = 1.959963984540054 * 100 * sqrt((19.5 / 33 - (6 / 33) ** 2) / 33) * sqrt(10 / 39)
        assert row["value"] == exactly(20)
        assert interval(row) == near(600 / 33 - half, 600 / 33 + half)
        assert interval(row) == near(5.278, 31.086, 5e-4)

    def test_o28_no_valid_answer_leaves_no_score(self):
        row = one(self.wave([None, 11, "", -1, 12, 99]), "enps", "2025-06", **JUNE)

        assert row["value"] != row["value"]
        assert row["status"] == "no_denominator"

    def test_a_wave_that_closes_next_month_still_has_answers_in_this_one(self):
        tables = self.wave([9] * 6, population=10, closed="2025-07-02")

        assert value(tables, "enps", "2025-06", as_of="2025-07-31") == 100

    def test_a_month_without_wave_is_without_data_not_hidden(self):
        row = one(self.wave([9] * 6), "enps", "2025-07", as_of="2025-07-31")

        assert row["status"] in ("no_data", "no_denominator")


class TestAwareness:
    """The share of right answers to a recall question, 1 being right and 0 wrong."""

    @staticmethod
    def wave(answers):
        return {
            "survey_waves": rows(
                "survey_id wave survey_kind population_n invited_n opened_at closed_at",
                ("a", "1", "awareness", 20, 16, "2025-06-02", "2025-06-20"),
            ),
            "survey_responses": rows(
                "survey_id wave respondent_key item_id value answered_at",
                *(("a", "1", f"r{i}", "q", mark, "2025-06-10") for i, mark in enumerate(answers)),
            ).assign(scale_min=0, scale_max=1),
        }

    def test_right_answers_over_valid_ones(self):
        # 6 right, 2 wrong; an empty answer and a 2 are no answers: 6 / 8, of 16 invited 9 answered
        row = one(
            self.wave([1] * 6 + [0] * 2 + [None, 2]), "info_awareness_rate", "2025-06", **JUNE
        )

        assert (row["n"], row["value"]) == (8, exactly(6 / 8))
        assert row["details"]["response_rate"] == exactly(9 / 16)

    def test_a_known_population_narrows_the_interval(self):
        # 6 of 8 answers of 20 people: (20 - 8) / 19 = 12/19 of the variance, as of 8 x 19/12 =
        # 12.667 answers, 9.5 of them right. Wilson by hand: centre (0.75 + 3.8415/25.333) /
        # 1.303278 = 0.691825; half 1.96 x sqrt(0.1875/12.667 + 0.303278/50.667) / 1.303278.
        row = one(self.wave([1] * 6 + [0] * 2), "info_awareness_rate", "2025-06", **JUNE)
        assert interval(row) == near(*wilson(9.5, 8 * 19 / 12))
        assert interval(row) == near(0.691825 - 0.216832, 0.691825 + 0.216832, 1e-5)

        unknown = self.wave([1] * 6 + [0] * 2)
        unknown["survey_waves"]["population_n"] = None
        wide = one(unknown, "info_awareness_rate", "2025-06", **JUNE)
        assert interval(wide) == near(*wilson(6, 8))

    def test_two_questions_make_nobody_two_people(self):
        """Eight of twenty answered two questions each: a part of twenty is eight, not sixteen."""
        tables = self.wave([1] * 6 + [0] * 2)
        again = tables["survey_responses"].assign(item_id="r")
        tables["survey_responses"] = stack(tables["survey_responses"], again)
        row = one(tables, "info_awareness_rate", "2025-06", **JUNE)

        assert (row["n"], row["denominator"]) == (8, 16)
        # Both answers of each are alike: they are worth 19/12 times as much, as 12 of 20 are
        # left; of sixteen people four would be, and it would be 19/4 times.
        worth = effective(np.array([2.0] * 6 + [0.0] * 2), np.full(8, 2.0), 0.75 * 0.25) * 19 / 12
        assert interval(row) == near(*wilson(0.75 * worth, worth))

    def test_four_answers_are_hidden(self):
        row = one(self.wave([1, 1, 0, 1]), "info_awareness_rate", "2025-06", **JUNE)

        assert row["status"] == "suppressed"

    def test_two_valid_answers_of_nine_people_are_hidden(self):
        """Shown, none of two right has an interval up to 65.8 %, which tells the two."""
        row = one(self.wave([0, 0] + [2] * 7), "info_awareness_rate", "2025-06", **JUNE)

        assert row["status"] == "suppressed" and row["ci_high"] != row["ci_high"]

    def test_another_survey_is_not_asked(self):
        tables = self.wave([1] * 6)
        tables["survey_waves"]["survey_kind"] = "enps"

        assert one(tables, "info_awareness_rate", "2025-06", **JUNE)["status"] == "no_denominator"


class TestEngagementSurvey:
    # O-40: i3 is reversed and recoded 6 - x: 5, 4, 2, 5, 3, 4. R4 left i2 out: 2 of 3 items.
    ANSWERS = {
        "R1": (5, 4, 1), "R2": (4, 4, 2), "R3": (3, 2, 4), "R4": (5, None, 1), "R5": (2, 3, 3),
        "R6": (4, 5, 2),
    }  # fmt: skip

    def tables(self, blank=True):
        answers = rows(
            "survey_id wave respondent_key item_id value is_reversed answered_at",
            *(
                ("g", "1", person, f"i{number}", grade, number == 3, "2025-06-10")
                for person, grades in self.ANSWERS.items()
                for number, grade in enumerate(grades, 1)
                if blank or grade is not None
            ),
        )
        waves = rows(
            "survey_id wave survey_kind invited_n population_n closed_at",
            ("g", "1", "engagement", 12, 12, "2025-06-20"),
        )
        return {"survey_responses": answers, "survey_waves": waves}

    def test_who_answers_two_waves_is_one_person(self):
        once = self.tables()
        answers, waves = once["survey_responses"], once["survey_waves"].drop(columns="population_n")
        again = {
            "survey_responses": stack(answers, answers.assign(wave="2")),
            "survey_waves": stack(waves, waves.assign(wave="2")),
        }
        one_wave, two_waves = (
            one(tables, "engagement_survey_score", "2025-06", **JUNE)
            for tables in (once | {"survey_waves": waves}, again)
        )

        assert two_waves["value"] == exactly(one_wave["value"])
        assert two_waves["n"] == one_wave["n"] == 5
        assert interval(two_waves) == near(*interval(one_wave))

    @pytest.mark.parametrize("blank", [True, False], ids=["empty answer", "no row"])
    def test_o40_mean_of_the_means_of_those_who_answered_four_fifths(self, blank):
        # (14 + 12 + 7 + 8 + 13) / 15 = 3.6; without turning i3 round it would be 3.2
        row = one(self.tables(blank), "engagement_survey_score", "2025-06", **JUNE)

        assert row["value"] == exactly(3.6)
        assert row["n"] == 5
        assert row["details"]["left_out"] == 1

    @pytest.mark.parametrize(("item", "share"), [("i1", 4 / 6), ("i2", 3 / 5), ("i3", 4 / 6)])
    def test_o40_favourable_answers_of_each_item(self, item, share):
        row = one(
            self.tables(), "engagement_survey_score", "2025-06", by="item_id", group=item, **JUNE
        )

        assert row["details"]["favourable_share"] == exactly(share)

    def test_favourable_answers_in_all(self):
        row = one(self.tables(), "engagement_survey_score", "2025-06", **JUNE)

        assert row["details"]["favourable_share"] == exactly(11 / 17)
        # i1 of R5, i2 and i3 of R3 are a 2 (i3 recoded), and three are a 3: 11 + 3 + 3
        assert row["details"]["neutral_share"] == exactly(3 / 17)
        assert row["details"]["unfavourable_share"] == exactly(3 / 17)

    def test_alpha_of_those_who_answered_every_item(self):
        # R1, R2, R3, R5, R6: each item varies by 1.3, their sums by 9.7: 3/2 x (1 - 3.9 / 9.7)
        row = one(self.tables(), "engagement_survey_score", "2025-06", **JUNE)

        assert row["details"]["cronbach_alpha"] == exactly(1.5 * (1 - 3.9 / 9.7))
        one_item = one(
            self.tables(), "engagement_survey_score", "2025-06", by="item_id", group="i1", **JUNE
        )
        assert one_item["details"]["cronbach_alpha"] is None

    def test_interval_is_students_with_the_population(self):
        # means 14/3, 4, 7/3, 8/3, 13/3: 5 of 12 people
        row = one(self.tables(), "engagement_survey_score", "2025-06", **JUNE)
        means = [14 / 3, 4, 7 / 3, 8 / 3, 13 / 3]
        spread = sqrt(sum((mean - 3.6) ** 2 for mean in means) / 4)
        half = 2.7764451051977987 * spread / sqrt(5) * sqrt((12 - 5) / (12 - 1))

        assert interval(row) == near(3.6 - half, 3.6 + half)

    def test_response_rate_is_of_those_invited(self):
        # six answered of twelve
        row = one(self.tables(), "survey_response_rate", "2025-06", **JUNE)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 6, 12)

    def test_response_rate_belongs_to_the_month_the_wave_closes(self):
        tables = self.tables()
        tables["survey_waves"]["closed_at"] = "2025-07-02"

        assert value(tables, "survey_response_rate", "2025-07", as_of="2025-07-31") == 0.5

    def test_response_rate_by_team(self):
        tables = self.tables()
        tables["survey_responses"]["group_key"] = "north"
        tables["survey_waves"] = rows(
            "survey_id wave survey_kind group_key invited_n closed_at",
            ("g", "1", "engagement", "north", 8, "2025-06-20"),
        )

        assert groups(tables, "survey_response_rate", "2025-06", "team", **JUNE) == {"north": 0.75}

    def test_an_empty_answer_is_not_a_response(self):
        tables = self.tables()
        table = tables["survey_responses"]
        table.loc[table["respondent_key"] == "R4", "value"] = None

        assert value(tables, "survey_response_rate", "2025-06", **JUNE) == exactly(5 / 12)


class TestAnonymity:
    """O-39: a group below five is hidden, and whatever would give it away."""

    @staticmethod
    def teams(**sizes):
        return rows(
            "employee_id hired_at left_at team",
            *(
                (f"{team}{i}", "2020-01-01", None, team)
                for team, size in sizes.items()
                for i in range(size)
            ),
        )

    @pytest.mark.parametrize(
        ("sizes", "shown"),
        [
            ({"A": 8, "B": 4, "C": 9}, {"C": 9}),  # 4 alone could be subtracted
            ({"A": 4, "B": 3, "C": 20}, {"C": 20}),  # 7 hidden together
            ({"A": 3, "B": 6}, {}),
            ({"A": 3, "B": 6, "direct": 4}, {"B": 6}),
            ({"Tech": 7, "Product": 1}, {}),
            ({"A": 5, "B": 6}, {"A": 5, "B": 6}),
        ],
    )  # fmt: skip
    def test_o39_teams(self, sizes, shown):
        tables = {"employees": self.teams(**sizes)}
        res = kl.open(tables, **JUNE).evaluate("headcount", "2025-06", by="team")
        known = res[res["status"] == "ok"]
        total = value(tables, "headcount", "2025-06", **JUNE)

        assert dict(zip(known["team"], known["value"], strict=True)) == shown
        assert set(res["team"]) == set(sizes)
        assert total == sum(sizes.values())

    def test_o39_hidden_rows_tell_nothing(self):
        tables = {"employees": self.teams(A=8, B=4, C=9)}
        res = kl.open(tables, **JUNE).evaluate("headcount", "2025-06", by="team")
        hidden = res[res["status"] == "suppressed"]

        assert (
            hidden[["value", "numerator", "denominator", "n", "ci_low", "ci_high"]]
            .isna()
            .all(axis=None)
        )
        assert hidden["details"].tolist() == [{}, {}]
        assert set(hidden["reason"]) == {
            "Hidden: the group is too small to be shown, or would reveal one that is."
        }

    def test_o39_a_whole_company_of_four_shows_nothing(self):
        tables = {"employees": self.teams(A=4)}

        for kpi in ("headcount", "employee_retention_rate", "turnover_rate"):
            assert one(tables, kpi, "2025-06", **JUNE)["status"] == "suppressed"

    @pytest.mark.parametrize("kpi", ["headcount", "employee_retention_rate"])
    def test_o39_a_team_that_fell_to_four_is_hidden_with_its_two_months_together(self, kpi):
        table = self.teams(A=5)
        table.loc[0, "left_at"] = "2025-05-31"
        company = kl.open({"employees": table}, as_of="2025-06-30")

        assert one(company, "headcount", "2025-04")["value"] == 5
        assert one(company, kpi, "2025-06")["status"] == "suppressed"
        assert one(company, kpi, ("2025-05-01", "2025-06-30"))["status"] == "suppressed"

    def test_o39_answers_that_add_up_to_a_hidden_month_are_hidden_together(self):
        """May: five answer; June: one more wave with four; both months together would tell."""
        may = TestRecommendation.wave([9] * 5, opened="2025-05-02", closed="2025-05-20")
        june = TestRecommendation.wave([0] * 4)
        may["survey_responses"] = may["survey_responses"].assign(answered_at="2025-05-10", wave="0")
        may["survey_waves"] = may["survey_waves"].assign(wave="0")
        company = kl.open({name: stack(may[name], june[name]) for name in may}, **JUNE)

        assert one(company, "enps", "2025-05")["value"] == 100
        assert one(company, "enps", "2025-06")["status"] == "suppressed"
        assert one(company, "enps", ("2025-05-01", "2025-06-30"))["status"] == "suppressed"
        assert one(company, "enps", "2025-Q2")["status"] == "suppressed"

    def test_a_closing_of_four_is_hidden_even_if_a_fifth_was_there_in_the_month(self):
        table = self.teams(A=5, B=20)
        table.loc[0, "left_at"] = "2025-06-10"
        res = groups({"employees": table}, "headcount", "2025-06", "team", **JUNE)

        assert res["A"] != res["A"]

    def test_a_retention_of_four_people_is_hidden_even_with_newcomers(self):
        table = self.teams(A=4, B=20)
        more = rows("employee_id hired_at left_at team",
                    *((f"n{i}", "2025-06-10", None, "A") for i in range(3)))  # fmt: skip
        res = groups(
            {"employees": stack(table, more)}, "employee_retention_rate", "2025-06", "team", **JUNE
        )

        assert res["A"] != res["A"]

    def test_a_team_that_nobody_is_in_any_more_hides_no_other(self):
        table = self.teams(old=6, A=7, B=8)
        table.loc[table["team"] == "old", "left_at"] = "2025-05-15"
        res = kl.open({"employees": table}, **JUNE).evaluate("headcount", "2025-06", by="team")
        known = res[res["status"] == "ok"]

        assert dict(zip(known["team"], known["value"], strict=True))["A"] == 7
        assert dict(zip(known["team"], known["value"], strict=True))["B"] == 8

    def test_fewer_than_five_answers_are_hidden(self):
        for kpi, kind in (("enps", "enps"), ("engagement_survey_score", "engagement")):
            tables = TestRecommendation.wave([5] * 4, population=40)
            tables["survey_waves"]["survey_kind"] = kind
            assert one(tables, kpi, "2025-06", **JUNE)["status"] == "suppressed"
            assert one(tables, "survey_response_rate", "2025-06", **JUNE)["status"] == "suppressed"

    def test_one_row_a_person_is_no_breakdown(self):
        company = kl.open({"employees": self.teams(A=8)}, **JUNE)

        with pytest.raises(ContractError, match="single persons"):
            company.evaluate("headcount", "2025-06", by="employee_id")

    def test_a_comparison_never_shows_a_hidden_month(self):
        table = self.teams(A=6)
        table.loc[:1, "hired_at"] = "2025-06-02"  # four in May
        row = one({"employees": table}, "headcount", "2025-06", compare=("previous",), **JUNE)

        assert row["previous"] != row["previous"]
        assert row["delta_previous"] != row["delta_previous"]

    def test_opening_beside_does_not_show_a_hidden_month(self):
        table = self.teams(A=6)
        table.loc[:1, "hired_at"] = "2025-06-02"
        row = one({"employees": table}, "headcount", "2025-06", **JUNE)

        assert row["status"] == "suppressed" or row["details"].get("opening") is None

    def test_a_higher_minimum_hides_more(self, tmp_path):
        (tmp_path / "company.yaml").write_text("privacy:\n  minimum_group: 8\n", encoding="utf-8")
        (tmp_path / "tables").mkdir()
        self.teams(A=7, B=9).to_csv(tmp_path / "tables" / "employees.csv", index=False)
        res = kl.open(tmp_path, **JUNE).evaluate("headcount", "2025-06", by="team")

        assert set(res["status"]) == {"suppressed"}  # A, and B which would give it away


def test_fpc_is_one_without_population():
    tables = TestRecommendation.wave([10] * 12 + [7] * 12 + [0] * 6)
    row = one(tables, "enps", "2025-06", **JUNE)
    half = 1.959963984540054 * 100 * sqrt((19.5 / 33 - (6 / 33) ** 2) / 33)

    assert interval(row) == near(600 / 33 - half, 600 / 33 + half)
