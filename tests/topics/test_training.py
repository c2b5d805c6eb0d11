"""Training: worked examples from satisfaction to return, with the usual mistakes beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpilib as kl
from kpilib.engine.intervals import wilson
from tests.trainings import experiment, measured, people, priced
from tests.worked import crowd, exactly, groups, interval, near, one, rows, stack, times, value

MARCH = {"as_of": "2025-03-31"}

# O-51: the trained gain 6, 5, 5, 8; the others 2, 1, 3, 2
TREATED = [(10.0, 16.0), (12.0, 17.0), (9.0, 14.0), (11.0, 19.0)]
CONTROL = [(14.0, 16.0), (15.0, 16.0), (12.0, 15.0), (13.0, 15.0)]


class TestSatisfaction:
    WAVES = rows(
        "survey_id wave survey_kind closed_at", ("s", "1", "training_reaction", "2025-03-20")
    )

    def answers(self, counts):
        given = [grade for grade, count in counts.items() for _ in range(count)]
        return rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(("s", "1", f"r{i}", "q", grade, "2025-03-10") for i, grade in enumerate(given)),
        )

    def test_o31_is_the_share_of_the_two_highest_boxes(self):
        # 42 fives and 32 fours of 107; the mean 3.738 / 5 would be 74.8 %
        tables = {
            "survey_waves": self.WAVES,
            "survey_responses": self.answers({5: 42, 4: 32, 3: 10, 2: 9, 1: 14}),
        }
        row = one(tables, "training_satisfaction", "2025-03", **MARCH)

        assert (row["numerator"], row["denominator"]) == (74, 107)
        assert row["value"] == exactly(74 / 107)
        assert interval(row) == near(0.598715, 0.771183)

    def test_participants_who_were_not_heard_are_a_known_number(self):
        # 74 of 107, of 140 participants: errors shrink by the root of 33 / 139 = 0.487
        tables = {
            "survey_waves": self.WAVES.assign(population_n=140, invited_n=140),
            "survey_responses": self.answers({5: 42, 4: 32, 3: 10, 2: 9, 1: 14}),
        }
        low, high = interval(one(tables, "training_satisfaction", "2025-03", **MARCH))

        assert (high - low) / (0.771183 - 0.598715) == pytest.approx(0.487, abs=0.01)

    def of_people(self, *people, **more):
        """Each person's answers to the items of one questionnaire."""
        table = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(
                ("s", "1", f"r{i}", f"q{item}", grade, "2025-03-10")
                for i, grades in enumerate(people)
                for item, grade in enumerate(grades)
            ),
        )
        return {"survey_waves": self.WAVES, "survey_responses": table.assign(**more)}

    def test_three_answers_of_one_person_are_one_case(self):
        # 28 of 35 say 5 to all three items, 7 say 2: 84 of 105 answers, and 35 people.
        # Always alike within a person, they are worth 34 answers; (1.96 / 2.032)^2 for few: 31.6.
        people = [(5, 5, 5)] * 28 + [(2, 2, 2)] * 7
        row = one(self.of_people(*people), "training_satisfaction", "2025-03", **MARCH)
        worth = 34 * (1.959964 / 2.032245) ** 2

        assert (row["value"], row["numerator"], row["denominator"]) == (0.8, 84, 105)
        assert row["n"] == 35
        assert row["details"]["answers"] == 105
        assert interval(row) == near(*wilson(0.8 * worth, worth), digits=1e-5)
        assert row["ci_method"] == "wilson_by_person"

    def test_few_people_are_few_however_many_answers(self):
        row = one(self.of_people(*[(5, 4, 2)] * 20), "training_satisfaction", "2025-03", **MARCH)

        assert (row["n"], row["flags"]) == (20, ["low_n"])

    def test_all_satisfied_are_as_many_as_they_are(self):
        row = one(self.of_people(*[(5, 5, 5)] * 35), "training_satisfaction", "2025-03", **MARCH)

        assert interval(row) == near(*wilson(35, 35))

    def test_without_names_people_are_those_who_answered_the_first_item(self):
        # 12 answers to q0 and 11 to the others: 12 people, whose answers are taken for alike
        people = [(5, 4, 5)] * 8 + [(2, 5, 1)] * 3 + [(4,)]
        row = one(
            self.of_people(*people, respondent_key=None), "training_satisfaction", "2025-03",
            **MARCH,
        )  # fmt: skip

        assert (row["n"], row["denominator"]) == (12, 34)
        assert interval(row) == near(*wilson(12 * row["value"], 12))

    def test_intervals_hold_the_truth_when_people_answer_alike(self):
        """Wilson's interval of the 105 answers holds it 85 times in 100."""
        draw, runs = np.random.default_rng(4), 150
        satisfied = draw.beta(1.4, 0.6, (runs, 35))  # 70 %, each person more or less
        given = draw.random((runs, 35, 3)) < satisfied[..., None]
        run, person, item = (index.ravel() for index in np.indices(given.shape))
        answers = pd.DataFrame(
            {
                "survey_id": "s", "wave": "1", "respondent_key": [f"{a}-{b}" for a, b in
                zip(run, person, strict=True)], "item_id": [f"q{each}" for each in item],
                "subject_id": [f"t{each}" for each in run], "answered_at": "2025-03-10",
                "value": np.where(given.ravel(), 5, 2),
            }
        )  # fmt: skip
        data = kl.open({"survey_waves": self.WAVES, "survey_responses": answers}, **MARCH)
        found = data.evaluate("training_satisfaction", "2025-03", by="training_id")
        held = (found["ci_low"] <= 0.7) & (found["ci_high"] >= 0.7)

        assert len(found) == runs
        assert held.mean() >= 0.92

    def test_an_answer_off_the_scale_is_no_answer(self):
        tables = {
            "survey_waves": self.WAVES,
            "survey_responses": self.answers({5: 4, 3: 2, 6: 4, 0: 1}),
        }
        row = one(tables, "training_satisfaction", "2025-03", **MARCH)

        assert (row["numerator"], row["denominator"]) == (4, 6)

    def test_the_two_highest_boxes_of_a_scale_of_ten_are_9_and_10(self):
        answers = self.answers({10: 2, 9: 2, 8: 2, 5: 2}).assign(scale_min=0, scale_max=10)
        tables = {"survey_waves": self.WAVES, "survey_responses": answers}

        assert value(tables, "training_satisfaction", "2025-03", **MARCH) == 0.5

    def test_another_survey_is_not_in_it(self):
        tables = {
            "survey_waves": self.WAVES.assign(survey_kind="engagement"),
            "survey_responses": self.answers({5: 8}),
        }
        row = one(tables, "training_satisfaction", "2025-03", **MARCH)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_the_last_answer_of_a_person_counts(self):
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            ("s", "1", "r", "q", 5, "2025-03-12"),
            ("s", "1", "r", "q", 1, "2025-03-10"),
            ("s", "1", "r2", "q", 2, "2025-03-10"),
        )
        tables = crowd({"survey_waves": self.WAVES, "survey_responses": answers})

        assert value(tables, "training_satisfaction", "2025-03", **MARCH) == 0.5  # 5 and 2

    def test_anonymous_answers_are_answers_each(self):
        """Evaluations are often anonymous: without a name, no answer replaces another."""
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(("s", "1", None, "q", grade, "2025-03-10") for grade in (5, 5, 5, 5, 5, 5, 1, 1)),
        )
        tables = {"survey_waves": self.WAVES, "survey_responses": answers}

        assert value(tables, "training_satisfaction", "2025-03", **MARCH) == 0.75


class TestKnowledge:
    def test_o56_points_class_gain_and_mean_gain(self):
        # 20 -> 40 and 80 -> 100: +20 points; class (70 - 50)/(100 - 50); persons (0.25 + 1)/2
        table = stack(
            measured("T1", "a", 20.0, 40.0, kpi="knowledge_score"),
            measured("T1", "b", 80.0, 100.0, kpi="knowledge_score"),
        )
        row = one(crowd({"kpi_measurements": table}), "knowledge_gain", "2025-03", **MARCH)

        assert (row["value"], row["n"], row["unit"]) == (20, 10, "pt")
        assert row["details"]["normalised_gain"] == exactly(0.4)
        assert row["details"]["mean_individual_gain"] == exactly(0.625)

    def test_o56_full_marks_before_leave_the_mean_of_persons_only(self):
        table = stack(
            measured("T1", "a", 20.0, 40.0, kpi="knowledge_score"),
            measured("T1", "b", 100.0, 100.0, kpi="knowledge_score"),
        )
        row = one(crowd({"kpi_measurements": table}), "knowledge_gain", "2025-03", **MARCH)

        assert row["value"] == 10  # (20 + 0) / 2
        assert row["details"]["normalised_gain"] == exactly(10 / 40)
        assert row["details"]["mean_individual_gain"] == exactly(0.25)  # a alone

    def test_marks_out_of_twenty_become_points_out_of_a_hundred(self):
        table = measured("T1", "a", 8.0, 13.0, kpi="knowledge_score").assign(max_value=20.0)

        tables = crowd({"kpi_measurements": table})

        assert value(tables, "knowledge_gain", "2025-03", **MARCH) == 25

    def test_only_people_with_both_tests_count(self):
        table = stack(
            measured("T1", "a", 20.0, 40.0, kpi="knowledge_score"),
            measured("T1", "b", 90.0, None, kpi="knowledge_score"),
            measured("T1", "c", None, 100.0, kpi="knowledge_score"),
            measured("T1", "a", 1.0, 1000.0),  # another KPI
        )
        row = one(crowd({"kpi_measurements": table}), "knowledge_gain", "2025-03", **MARCH)

        assert (row["value"], row["n"]) == (20, 5)

    def test_interval_is_students_on_pairs(self):
        # gains 0, 10, 20, 30, 40: mean 20, sd sqrt(250), half-width 2.776445 x sd / sqrt(5)
        table = stack(
            *(measured("T1", f"p{gain}", 10.0, 10.0 + gain, kpi="knowledge_score")
              for gain in (0, 10, 20, 30, 40))
        )  # fmt: skip
        row = one({"kpi_measurements": table}, "knowledge_gain", "2025-03", **MARCH)

        assert interval(row) == near(20 - 2.7764451 * 50**0.5, 20 + 2.7764451 * 50**0.5)


class TestCompletion:
    TRAININGS = rows(
        "training_id started_at ended_at",
        ("T1", "2025-03-03", "2025-03-20"),
        ("T2", "2025-04-01", "2025-05-01"),
    )
    PEOPLE = rows(
        "training_id person_key hours_attended completed_at arm",
        ("T1", "a", 14.0, "2025-03-20", "treated"),
        ("T1", "b", 7.0, None, "treated"),  # gave up
        ("T1", "c", 0.0, None, "treated"),  # never came
        ("T1", "d", None, "2025-03-20", "treated"),  # online: finished, hours unknown
        ("T1", "e", 0.0, None, "control"),
        ("T2", "f", 14.0, "2025-05-01", "treated"),  # began in April
    )

    def test_is_of_those_who_started(self):
        # a and d of a, b, d, each of them five times
        tables = crowd({"trainings": self.TRAININGS, "training_participants": self.PEOPLE})
        row = one(tables, "completion_rate", "2025-03", as_of="2025-05-31")

        assert (row["numerator"], row["denominator"]) == (10, 15)
        assert "immature" not in row["flags"]

    def test_by_training(self):
        tables = crowd({"trainings": self.TRAININGS, "training_participants": self.PEOPLE})
        res = groups(tables, "completion_rate", "2025", "training_id", as_of="2025-12-31")

        assert res == {"T1": exactly(2 / 3), "T2": 1}

    def test_a_session_still_running_makes_it_immature(self):
        tables = crowd({"trainings": self.TRAININGS, "training_participants": self.PEOPLE})
        row = one(tables, "completion_rate", "2025-04", as_of="2025-04-30")

        assert "immature" in row["flags"]


class TestEffect:
    def test_o51_before_after_alone_is_not_the_effect(self):
        assert (
            value(
                crowd(experiment(TREATED, CONTROL)),
                "business_kpi_change",
                "2025-03",
                by="training_id",
                **MARCH,
            )
            == 6
        )

    def test_o51_the_control_group_takes_away_what_happened_anyway(self):
        # +6 for the trained, +2 for the others: +4. After only, 16.5 - 15.5 would be +1.
        row = one(experiment(TREATED, CONTROL), "training_effect_did", "2025-03", **MARCH)

        assert row["value"] == exactly(4)
        assert interval(row) == near(1.874550, 6.125450)
        assert (row["ci_method"], row["n"]) == ("welch", 8)
        assert row["details"]["treated_change"] == 6
        assert row["details"]["control_change"] == 2
        assert row["details"]["standard_error"] == pytest.approx(0.816497, abs=1e-6)
        assert row["details"]["p_value"] == pytest.approx(0.004997, abs=1e-6)
        assert row["details"]["permutation_p"] == exactly(2 / 70)

    def test_o51_a_person_without_value_after_is_dropped_with_his_pair(self):
        treated = [*TREATED[:3], (11.0, None)]
        row = one(experiment(treated, CONTROL), "training_effect_did", "2025-03", **MARCH)

        assert row["value"] == exactly(16 / 3 - 2)
        assert row["details"]["treated_people"] == 3

    @pytest.mark.parametrize(("trained", "few"), [(3, True), (4, False)])
    def test_fewer_than_four_in_an_arm_do_not_conclude(self, trained, few):
        tables = experiment(TREATED[:trained], CONTROL * 10)  # many in all, few in one arm
        row = one(tables, "training_effect_did", "2025-03", **MARCH)

        assert row["value"] == exactly(sum([6, 5, 5, 8][:trained]) / trained - 2)
        assert ("low_n" in row["flags"]) is few

    def test_o52_card_and_krueger_from_their_rounded_means(self):
        # New Jersey 20.44 -> 21.03, Pennsylvania 23.33 -> 21.17: 0.59 - (-2.16)
        row = one(
            experiment([(20.44, 21.03)] * 5, [(23.33, 21.17)] * 5),
            "training_effect_did",
            "2025-03",
            **MARCH,
        )

        assert row["value"] == exactly(2.75)

    def test_without_control_group_no_effect_is_isolated(self):
        row = one(crowd(experiment(TREATED, [])), "training_effect_did", "2025-03", **MARCH)

        assert row["status"] == "too_few"
        assert row["value"] != row["value"]
        assert row["reason"] == (
            "There is no control group with measurements before and after: no effect isolated."
        )
        assert row["details"]["treated_change"] == 6

    def test_nobody_measured_twice(self):
        treated = [(before, None) for before, _ in TREATED]
        row = one(experiment(treated, CONTROL), "training_effect_did", "2025-03", **MARCH)

        assert (row["status"], row["reason"]) == (
            "no_data", "Nobody was measured both before and after.",
        )  # fmt: skip

    def test_several_trainings_with_one_target_are_told_apart(self):
        tables = self.two_trainings()
        res = groups(tables, "training_effect_did", "2025-03", "training_id", **MARCH)

        assert res == {"T1": exactly(4), "T2": exactly(8)}

    def test_several_targets_do_not_add_up(self):
        tables = self.two_trainings()
        table = tables["kpi_measurements"].assign(team="Paris")
        tables["kpi_measurements"] = table.assign(
            kpi_id=table["training_id"].map({"T1": "revenue", "T2": "absences"})
        )
        row = one(tables, "training_effect_did", "2025-03", by="team", **MARCH)

        assert row["status"] == "not_additive"
        assert row["reason"] == (
            "Several trainings with different targets do not add up: ask by='training_id'."
        )

    def test_m44_p_values_are_adjusted_for_the_number_of_trainings(self):
        # Holm: the smaller of the two p-values doubled, the larger as it is
        res = kl.open(self.two_trainings(), **MARCH).evaluate("training_effect_did", "2025-03")
        found = sorted((row["p_value"], row["p_holm"]) for row in res["details"])

        assert found[0][1] == exactly(2 * found[0][0])
        assert found[1][1] == exactly(max(found[1][0], found[0][1]))

    def test_m44_the_published_case_of_three_trainings(self):
        """P-values of 0.01, 0.04 and 0.03 are 0.03, 0.06 and 0.06 after Holm.

        Both arms change by -1, 1, -1, 1 around their mean: variances 4/3 over four people each, an
        error of sqrt(2/3), six degrees of freedom; the quantile of p is what the means lie apart.
        """
        chances, around = {"T1": 0.01, "T2": 0.04, "T3": 0.03}, [-1, 1, -1, 1]
        parts = []
        for training, chance in chances.items():
            apart = float(stats.t.ppf(1 - chance / 2, 6)) * (2 / 3) ** 0.5
            trained = [(10.0, 10.0 + apart + each) for each in around]
            others = [(10.0, 10.0 + each) for each in around]
            parts.append(experiment(trained, others, training=training))
        tables = {name: stack(*(part[name] for part in parts)) for name in parts[0]}
        res = kl.open(tables, **MARCH).evaluate("training_effect_did", "2025-03", by="training_id")
        told = {row["training_id"]: row["details"] for row in res.to_dict("records")}

        assert {name: each["p_value"] for name, each in told.items()} == {
            name: exactly(chance) for name, chance in chances.items()
        }
        assert {name: each["p_holm"] for name, each in told.items()} == {
            "T1": exactly(0.03), "T2": exactly(0.06), "T3": exactly(0.06)
        }  # fmt: skip

    def test_m44_the_size_of_the_effect(self):
        # 4 over a pooled deviation of sqrt(8/6), corrected for 6 degrees: 1 - 3/23
        row = one(experiment(TREATED, CONTROL), "training_effect_did", "2025-03", **MARCH)

        assert row["details"]["hedges_g"] == exactly(4 / (8 / 6) ** 0.5 * (1 - 3 / 23))

    def two_trainings(self):
        first = experiment(TREATED, CONTROL)
        doubled = [(before, before + 10) for before, _ in TREATED]
        second = experiment(doubled, CONTROL, training="T2")
        return {name: stack(first[name], second[name]) for name in first}

    def test_a_training_belongs_to_the_month_its_measurement_ends(self):
        tables = experiment(TREATED, CONTROL)

        assert one(tables, "training_effect_did", "2025-02", **MARCH)["status"] == "no_data"
        assert value(tables, "training_effect_did", "2025-Q1", **MARCH) == exactly(4)

    def test_a_raw_change_is_of_the_trained_only(self):
        row = one(crowd(experiment(TREATED, CONTROL)), "business_kpi_change", "2025-03", **MARCH)

        assert (row["value"], row["n"]) == (6, 20)
        assert row["details"] == {"before": 10.5, "after": 16.5}


class TestMoney:
    def both(self, *trainings):
        parts = [priced(*one, training=f"T{i}") for i, one in enumerate(trainings)]
        return {name: stack(*(part[name] for part in parts)) for name in parts[0]}

    @pytest.mark.parametrize(
        ("benefit", "cost", "ratio"),
        [(350_000, 200_000, 1.75), (617_359, 392_225, 617_359 / 392_225)],
        ids=["Phillips", "Future-Tel"],
    )
    def test_o50_the_return_is_not_the_ratio(self, benefit, cost, ratio):
        tables = priced(benefit, cost)

        assert value(tables, "training_benefit", "2025-03", **MARCH) == exactly(benefit)
        assert value(tables, "training_bcr", "2025-03", **MARCH) == exactly(ratio)
        assert value(tables, "training_roi", "2025-03", **MARCH) == exactly(ratio - 1)  # not ratio

    def test_o50_future_tel_prints_its_ratio_as_a_return(self):
        res = value(priced(617_359, 392_225), "training_roi", "2025-03", **MARCH)

        assert res == pytest.approx(0.57399197, abs=1e-8)

    @pytest.mark.parametrize("kpi", ["training_roi", "training_bcr"])
    def test_o50_without_cost_there_is_no_return(self, kpi):
        tables = priced(1000, 500)
        tables["costs"] = tables["costs"].iloc[[2]]
        row = one(tables, kpi, "2025-03", **MARCH)

        assert (row["status"], row["reason"]) == (
            "no_denominator", "No cost is booked for the training.",
        )  # fmt: skip
        assert (row["numerator"], row["denominator"]) == (1000, 0)

    def test_o55_the_margin_is_earned_not_the_revenue(self):
        # 3,800 a month x 12 months x 25 people = 1,140,000 of revenue; 20 % of it is earned
        months = [f"2025-{month:02d}" for month in range(1, 13)]
        treated, control = [f"t{i}" for i in range(25)], [f"c{i}" for i in range(25)]
        after = [
            ("T1", key, "revenue", "after", level, f"{month}-01", f"{month}-28", 0.2)
            for keys, level in ((treated, 13_800.0), (control, 10_000.0))
            for key in keys
            for month in months
        ]
        before = [
            ("T1", key, "revenue", "before", 10_000.0, "2024-12-01", "2024-12-31", 0.2)
            for key in (*treated, *control)
        ]
        tables = {
            "kpi_measurements": rows(
                "training_id subject_key kpi_id phase value period_start period_end unit_value_eur",
                *before,
                *after,
            ),
            "training_participants": stack(
                people("T1", "treated", *treated), people("T1", "control", *control)
            ),
        }
        row = one(tables, "training_benefit", "2025-12", as_of="2025-12-31")

        assert row["value"] == exactly(228_000)
        assert row["details"]["people"] == 25
        assert row["details"]["months"] == 12

    @pytest.mark.parametrize("later", [10.0, 12.0, 15.0])
    def test_only_the_first_twelve_months_count(self, later):
        """Whatever comes in months 13 and 14 neither adds nor dilutes."""
        after = [f"{2025 + (m - 1) // 12}-{(m - 1) % 12 + 1:02d}" for m in range(1, 15)]
        table = rows(
            "training_id subject_key kpi_id phase value period_start period_end unit_value_eur",
            *(
                ("T1", key, "revenue", "before", 10.0, "2024-12-01", "2024-12-31", 1.0)
                for key in ("t", "c")
            ),
            *(
                ("T1", key, "revenue", "after",
                 10.0 if key == "c" else 12.0 if number < 12 else later,
                 f"{month}-01", f"{month}-28", 1.0)
                for number, month in enumerate(after)
                for key in ("t", "c")
            ),
        )  # fmt: skip
        tables = {
            "kpi_measurements": table,
            "training_participants": stack(
                people("T1", "treated", "t"), people("T1", "control", "c")
            ),
        }

        # 2 a month x 12 months x 5 people
        res = value(crowd(tables), "training_benefit", "2026-02", as_of="2026-02-28")
        assert res == exactly(120)

    def test_a_year_of_quarters_is_four_of_them(self):
        quarters = [("2025-01", "2025-03"), ("2025-04", "2025-06"), ("2025-07", "2025-09"),
                    ("2025-10", "2025-12"), ("2026-01", "2026-03")]  # fmt: skip
        values = {"t": 12.0, "c": 10.0}
        table = rows(
            "training_id subject_key kpi_id phase value period_start period_end unit_value_eur",
            *(
                ("T1", key, "revenue", "before", 10.0, "2024-10-01", "2024-12-28", 1.0)
                for key in values
            ),
            *(
                ("T1", key, "revenue", "after", level, f"{first}-01", f"{last}-28", 1.0)
                for first, last in quarters
                for key, level in values.items()
            ),
        )
        arms = stack(people("T1", "treated", "t"), people("T1", "control", "c"))
        tables = {"kpi_measurements": table, "training_participants": arms}

        # 2 a quarter x 4 quarters x 5 people; the fifth is of the second year
        res = value(crowd(tables), "training_benefit", "2026-03", as_of="2026-03-31")
        assert res == exactly(40)

    def test_o58_several_trainings_are_pooled(self):
        # (2,000 + 9,000 - 11,000) / 11,000 = 0 %; the mean of 100 % and -10 % would be 45 %
        tables = self.both((2000, 1000), (9000, 10_000))

        assert value(tables, "training_roi", "2025-03", **MARCH) == pytest.approx(0, abs=1e-12)
        assert groups(tables, "training_roi", "2025-03", "training_id", **MARCH) == {
            "T0": exactly(1.0), "T1": exactly(-0.1),
        }  # fmt: skip

    def test_o58_by_method_of_the_training(self):
        tables = self.both((2000, 1000), (9000, 10_000), (3000, 2000))
        tables["trainings"] = rows(
            "training_id method", ("T0", "en_ligne"), ("T1", "en_ligne"), ("T2", "presentiel")
        )

        assert groups(tables, "training_roi", "2025-03", "method", **MARCH) == {
            "en_ligne": pytest.approx(0, abs=1e-12), "presentiel": exactly(0.5),
        }  # fmt: skip

    def test_a_breakdown_that_cuts_through_trainings_is_refused(self):
        tables = self.both((2000, 1000), (9000, 10_000))
        table = tables["kpi_measurements"]
        tables["kpi_measurements"] = table.assign(team=table["subject_key"])

        with pytest.raises(kl.KpilibError, match="training"):
            kl.open(tables, **MARCH).evaluate("training_roi", "2025-03", by="team")

    def test_interval_is_carried_over_from_the_effect(self):
        tables = experiment(TREATED, CONTROL, price=100.0)
        tables["costs"] = rows(
            "scope_kind scope_id cost_kind amount_ht incurred_at",
            ("training", "T1", "delivery", 800.0, "2025-02-10"),
        )
        benefit, roi = (
            one(tables, kpi, "2025-03", **MARCH) for kpi in ("training_benefit", "training_roi")
        )

        # effect 4 [1.874550, 6.125450] x 4 people x 1 month x 100 euros, then - 800 over 800
        assert benefit["value"] == exactly(1600)
        assert interval(benefit) == near(749.820, 2450.180, 5e-4)
        assert roi["value"] == exactly(1)
        assert interval(roi) == near(-0.062725, 2.062725)

    def test_an_effect_without_price_is_not_worth_nothing(self):
        tables = {**experiment(TREATED, CONTROL), "costs": priced(1, 1)["costs"]}
        row = one(tables, "training_roi", "2025-03", **MARCH)

        assert (row["status"], row["reason"]) == (
            "too_few", "The value of one unit is not known, so the effect has no price.",
        )  # fmt: skip


class TestCost:
    COSTS = rows(
        "scope_kind scope_id cost_kind amount_ht incurred_at",
        ("training", "T1", "analysis", 500.0, "2025-03-01"),
        ("training", "T1", "participant_time", 1200.5, "2025-03-31"),
        ("training", "T2", "venue", 300.25, "2025-03-15"),
        ("training", "T1", "delivery", 9999.0, "2025-04-01"),  # next month
        ("tool", "T1", "media", 9999.0, "2025-03-15"),
    )

    def test_adds_every_kind_of_cost_and_shows_the_time_of_participants(self):
        row = one({"costs": self.COSTS}, "training_cost", "2025-03", **MARCH)

        assert row["value"] == exactly(2000.75)
        assert row["details"]["participant_time"] == exactly(1200.5)
        assert row["unit"] == "EUR"

    def test_by_training(self):
        res = groups({"costs": self.COSTS}, "training_cost", "2025-03", "training_id", **MARCH)

        assert res == {"T1": exactly(1700.5), "T2": exactly(300.25)}

    def test_several_amounts_in_one_currency_only(self):
        """Two currencies are never added."""
        mixed = self.COSTS.assign(currency=["EUR", "USD", "EUR", "EUR", "EUR"])

        with pytest.raises(kl.KpilibError, match="currenc"):
            kl.open({"costs": mixed}, currency="EUR", **MARCH).evaluate("training_cost", "2025-03")

    def test_a_month_without_cost_is_zero(self):
        costs = stack(
            self.COSTS, times(1, " ".join(self.COSTS), "training", "T9", "venue", 1.0, "2025-06-01")
        )

        assert value({"costs": costs}, "training_cost", "2025-05", as_of="2025-06-30") == 0
