"""Training, level by level: attendance to application, the ladder of isolation, payback."""

from __future__ import annotations

import numpy as np
import pytest

import kpilib as kl
from tests.trainings import cost, experiment, followed, measured, priced
from tests.worked import crowd, exactly, groups, interval, one, rows, stack, value

MARCH = {"as_of": "2025-03-31"}
PLAN = rows(
    "training_id title method started_at ended_at",
    ("T1", "Calls", "blended", "2025-03-03", "2025-03-20"),
)


class TestTakingPart:
    PEOPLE = rows(
        "training_id person_key arm hours_planned hours_attended completed_at quizzes_assigned"
        " quizzes_answered objective_met objective_exceeded",
        ("T1", "a", "treated", 14.0, 14.0, "2025-03-20", 4, 4, True, True),
        ("T1", "b", "treated", 14.0, 7.0, None, 4, 1, False, False),
        ("T1", "c", "treated", 14.0, 0.0, None, 4, None, False, None),  # never came
        ("T1", "d", "treated", 14.0, None, "2025-03-20", 0, 0, True, False),  # hours not known
        ("T1", "e", "treated", 7.0, 7.0, "2025-03-20", 2, 2, None, None),  # not judged
        ("T1", "f", "control", 0.0, 0.0, None, None, None, None, None),
    )

    def tables(self):
        return crowd({"trainings": PLAN, "training_participants": self.PEOPLE})

    def test_hours_attended_of_hours_planned(self):
        # (14 + 7 + 0 + 7) of (14 + 14 + 14 + 7); d's hours are not known
        row = one(self.tables(), "attendance_rate", "2025-03", as_of="2025-05-31")

        assert row["value"] == exactly(28 / 49)

    def test_quizzes_of_who_was_given_some(self):
        # (4 + 1 + 0 + 2) of (4 + 4 + 4 + 2); c answered none, d was given none
        assert value(
            self.tables(), "quiz_participation_rate", "2025-03", as_of="2025-05-31"
        ) == exactly(7 / 14)

    def test_goals_met_of_those_judged_and_exceeded_apart(self):
        # a and d of a, b, c, d; a went beyond; e was not judged
        row = one(self.tables(), "learning_goal_attainment", "2025-03", as_of="2025-05-31")

        assert row["value"] == 0.5
        assert row["details"]["exceeded"] == 0.25
        assert row["flags"] == ["low_n", "excluded_rows"]

    def test_cost_of_those_who_took_part(self):
        # 900 over a, b, d, e, five times each; 28 hours of theirs are known, five times
        tables = self.tables() | {"costs": cost("T1", ("delivery", 600), ("venue", 300))}
        tables["costs"] = stack(tables["costs"], cost("T9", ("delivery", 5000)))
        row = one(tables, "cost_per_participant", "2025-03", as_of="2025-05-31")

        assert row["value"] == exactly(900 / 20)  # bills of February, a course of March
        assert row["details"]["cost_per_hour"] == exactly(900 / 140)

    def test_a_training_without_bill_does_not_cost_nothing(self):
        tables = self.tables() | {"costs": cost("T9", ("delivery", 5000))}

        assert one(tables, "cost_per_participant", "2025-03", as_of="2025-05-31")["status"] != "ok"


class TestApplication:
    def asked(self, *answers, invited=20):
        waves = rows(
            "survey_id wave survey_kind invited_n closed_at",
            ("T1", "3 months", "training_application", invited, "2025-03-20"),
        )
        given = rows(
            "survey_id wave respondent_key item_id scale_min scale_max value answered_at",
            *(("T1", "3 months", f"r{i}", f"b{place}", 1, 5, grade, "2025-02-27")
              for i, grades in enumerate(answers) for place, grade in enumerate(grades)),
        )  # fmt: skip
        return {"survey_waves": waves, "survey_responses": given}

    def test_who_does_one_thing_often_applies_and_silence_does_not(self):
        # 6 of 8 who answered, but of 20 asked; answers of February in a wave that closed in March
        row = one(
            self.asked(*[(4, 1)] * 3, *[(2, 5)] * 3, *[(3, 3)] * 2),
            "skill_application_rate", "2025-03", **MARCH,
        )  # fmt: skip

        assert (row["numerator"], row["denominator"]) == (6, 20)
        assert row["value"] == exactly(0.3)
        assert row["details"]["of_respondents"] == 0.75

    def test_answers_without_a_subject_are_of_the_training_that_their_survey_is_named_after(self):
        """6 of 20 asked after T1: they stood under (unknown), and T1 had 0 of 20."""
        tables = self.asked(*[(4, 1)] * 3, *[(2, 5)] * 3, *[(3, 3)] * 2)
        res = groups(tables, "skill_application_rate", "2025-03", "training_id", **MARCH)

        assert res == {"T1": exactly(0.3)}

    def test_a_survey_about_several_trainings_is_of_none_alone(self):
        """Six of T1 and seven of T2 answer one survey of 20: by way, x had 6 of T3's 10 asked."""
        waves = rows(
            "survey_id wave survey_kind invited_n closed_at",
            ("autumn", "w", "training_application", 20, "2025-03-20"),
            ("T3", "w", "training_application", 10, "2025-03-20"),
        )
        answers = [
            *(("autumn", f"a{i}", "T1", grade) for i, grade in enumerate((5, 5, 4, 2, 1, 1))),
            *(("autumn", f"b{i}", "T2", grade) for i, grade in enumerate((5, 5, 5, 4, 2, 1, 1))),
            *(("T3", f"c{i}", None, grade) for i, grade in enumerate((5, 5, 5, 1, 1))),
        ]
        given = rows("survey_id respondent_key subject_id value", *answers).assign(
            wave="w", item_id="b", scale_min=1, scale_max=5, answered_at="2025-03-10"
        )
        trainings = rows(
            "training_id method started_at ended_at",
            *((f"T{i}", way, "2025-01-06", "2025-01-07") for i, way in enumerate("xyx", 1)),
        )
        tables = {"survey_waves": waves, "survey_responses": given, "trainings": trainings}
        found = {
            by: kl.open(tables, **MARCH).evaluate("skill_application_rate", "2025-03", by=by)
            for by in ("training_id", "method")
        }

        # 3 of T1 and 4 of T2 apply it, of 20; 3 of T3, of 10: the parts add up to 10 of 30
        for by, name in (("training_id", "T3"), ("method", "x")):
            parts = found[by].set_index(by)[["numerator", "denominator"]]
            assert parts.to_dict("index") == {
                "(unknown)": {"numerator": 7, "denominator": 20},
                name: {"numerator": 3, "denominator": 10},
            }
        told = found["training_id"].set_index("training_id")["details"]
        assert told["(unknown)"]["response_rate"] == exactly(13 / 20)
        assert told["T3"]["response_rate"] == exactly(5 / 10)

    @pytest.mark.parametrize(("seen", "score"), [(5, 0.7), (4, None)])
    def test_marks_of_observers_stand_beside_where_five_were_seen(self, seen, score):
        # three got 4 of 5 and the others 3 and 2 (of five): (12 + 3 + 2.5) / 25; of four nothing
        marks = rows(
            "subject_key training_id kpi_id phase period_start period_end value max_value",
            *((f"o{i}", "T1", "skill_score", "after", "2025-03-01", "2025-03-10", mark, 5.0)
              for i, mark in enumerate((4.0, 4.0, 4.0, 3.0, 2.5)[:seen])),
        )  # fmt: skip
        tables = self.asked(*[(4, 1)] * 8) | {"kpi_measurements": marks}
        details = one(tables, "skill_application_rate", "2025-03", **MARCH)["details"]

        assert details.get("observed_skill") == (score and exactly(score))

    def test_yes_and_no(self):
        tables = self.asked(*[(1,)] * 5, *[(0,)] * 5)
        tables["survey_responses"] = tables["survey_responses"].assign(scale_min=0, scale_max=1)

        assert value(tables, "skill_application_rate", "2025-03", **MARCH) == exactly(0.25)


class TestKnowledge:
    def test_the_same_people_in_every_phase(self):
        # a 8 -> 12 and b 10 -> 16 of 20; c has no test after. Before 9/20, after 14/20
        table = stack(
            measured("T1", "a", 8.0, 12.0, kpi="knowledge_score"),
            measured("T1", "b", 10.0, 16.0, kpi="knowledge_score"),
            measured("T1", "c", 20.0, None, kpi="knowledge_score"),
        ).assign(max_value=20.0)
        res = groups(crowd({"kpi_measurements": table}), "knowledge_score", "2025-03", "phase",
                     **MARCH)  # fmt: skip

        assert res == {"before": exactly(0.45), "after": exactly(0.7)}

    def test_is_by_phase_and_nothing_else(self):
        table = measured("T1", "a", 8.0, 12.0, kpi="knowledge_score")

        with pytest.raises(kl.KpilibError, match="always by phase"):
            kl.open({"kpi_measurements": table}, **MARCH).evaluate(
                "knowledge_score", "2025-03", by="training_id"
            )


def lined(before, after, people=5):
    """Trained people who all have the same months."""
    return followed({f"t{i}": ("treated", before, after) for i in range(people)})


class TestTrend:
    def test_what_lies_above_the_line(self):
        # 10, 11, ..., 15 until January, so 17 and 18 in March and April; 20 and 23 are 3 and 5 more
        row = one(lined([10, 11, 12, 13, 14, 15], [20, 23]), "training_effect_trend", "2025-04",
                  as_of="2025-04-30")  # fmt: skip

        assert row["value"] == exactly(4)
        assert (row["details"]["slope"], row["details"]["expected"]) == (exactly(1), exactly(17.5))
        assert row["details"]["warning_season"] == 6

    def test_interval_is_that_of_numpys_line(self):
        before, after = [10, 12, 11, 14, 13, 15], [19, 21, 20]
        row = one(lined(before, after), "training_effect_trend", "2025-05", as_of="2025-05-31")
        time, later = np.arange(6.0), np.array([7.0, 8.0, 9.0])
        slope, level = np.polyfit(time, before, 1)
        left = np.array(before) - level - slope * time
        spread = (left**2).sum() / 4
        far = later.mean() - time.mean()
        error = (spread * (1 / 3 + 1 / 6 + far**2 / ((time - time.mean()) ** 2).sum())) ** 0.5
        effect = np.mean(np.array(after) - level - slope * later)

        assert row["value"] == exactly(effect)
        assert interval(row) == pytest.approx(
            (effect - 2.7764451 * error, effect + 2.7764451 * error), rel=1e-7
        )

    def test_five_months_before_are_no_line(self):
        row = one(lined([1, 2, 3, 4, 5], [9, 9]), "training_effect_trend", "2025-04",
                  as_of="2025-04-30")  # fmt: skip

        assert (row["status"], row["details"]["before_periods"]) == ("too_few", 5)

    def test_another_action_in_the_same_time_is_said(self):
        tables = lined([10, 11, 12, 13, 14, 15], [20, 23]) | {
            "actions": rows(
                "action_id kind training_id started_at",
                ("a", "campaign", None, "2025-03-10"), ("b", "training", "T1", "2025-02-10"),
                ("c", "seo", None, "2024-10-01"),
            )
        }  # fmt: skip
        row = one(tables, "training_effect_trend", "2025-04", as_of="2025-04-30")

        assert row["details"]["warning_other_actions"] == 1


class TestEstimate:
    def claims(self, *given):
        return {
            "effect_estimates": rows(
                "training_id person_key estimated_by answered_at gain_eur share confidence",
                *(("T1", f"p{i}", "participant", "2025-03-10", *claim)
                  for i, claim in enumerate(given)),
            )
        }  # fmt: skip

    def test_o54_share_and_confidence_make_a_claim_small(self):
        # 10,000 x 50 % x 80 % = 4,000; 6,000 x 40 % x 50 % = 1,200; 500,000 is dropped
        tables = self.claims((1e4, 0.5, 0.8), (6e3, 0.4, 0.5), (None, None, None), (5e5, 1.0, 1.0))
        row = one(crowd(tables), "training_effect_estimate", "2025-03", **MARCH)

        assert row["value"] == exactly(5 * 5200)  # each of them five times
        assert row["details"]["dropped_as_extreme"] == 5

    def test_o54_published(self):
        row = one(crowd(self.claims((336_000.0, 1.0, 0.7))), "training_effect_estimate", "2025-03",
                  **MARCH)  # fmt: skip

        assert row["value"] / 5 == exactly(235_200)
        assert row["value"] / 5 / 20 == exactly(11_760)

    def test_of_two_who_speak_of_one_person_the_lower_counts(self):
        tables = self.claims((1000.0, 1.0, 0.5))
        boss = tables["effect_estimates"].assign(estimated_by="manager", confidence=0.2)
        tables = {"effect_estimates": stack(tables["effect_estimates"], boss)}

        assert value(crowd(tables), "training_effect_estimate", "2025-03", **MARCH) == exactly(1000)


class TestLag:
    def test_first_of_two_months_in_a_row_beyond_chance(self):
        # nothing in March, a blip in April, nothing in May, 5 more in June and July
        jitter = [0.0, 0.1, -0.1, 0.2, -0.2]
        who = {
            f"{arm[0]}{i}": (arm, [10 + shift] * 3,
                             [10 + shift + each * (arm == "treated") for each in (0, 5, 0, 5, 5)])
            for arm in ("treated", "control") for i, shift in enumerate(jitter)
        }  # fmt: skip
        noise = np.random.default_rng(1)
        who = {
            key: (arm, before, list(np.array(after) + noise.normal(0, 0.05, 5)))
            for key, (arm, before, after) in who.items()
        }
        row = one(followed(who), "effect_lag", "2025-07", as_of="2025-07-31")

        assert row["value"] == 4

    def test_of_groups_that_were_moving_apart_before_there_is_none(self):
        # the trained were on their way up by one a month, and went on: beyond chance every month
        noise = np.random.default_rng(2)
        who = {
            f"{arm[0]}{i}": (arm, *(list(10 + rise * np.array(months) + noise.normal(0, 0.1, 3))
                                    for months in ([0, 1, 2], [3, 4, 5])))
            for arm, rise in (("treated", 1.0), ("control", 0.0)) for i in range(6)
        }  # fmt: skip
        row = one(followed(who), "effect_lag", "2025-05", as_of="2025-05-31")

        assert (row["status"], row["details"]["periods"]) == ("too_few", 3)
        assert row["reason"].startswith("Both groups already moved apart before")

    def test_without_two_in_a_row_there_is_none(self):
        row = one(experiment([(1.0, 9.0)] * 5, [(1.0, 1.0)] * 5), "effect_lag", "2025-03", **MARCH)

        assert row["status"] == "too_few"


class TestLagOfHours:
    MONTHS = rows(
        "month hours change",
        *zip(range(6), (0, 10, 0, 0, 0, 0), (0, 0, 0, 5, 0, 0), strict=True),
    )

    def test_o59_the_lag_at_which_both_go_together(self):
        res = kl.lags(self.MONTHS, "hours", "change", "month")

        # at lag 2 (0, 10, 0, 0) and (0, 5, 0, 0)
        assert res.iloc[0].to_dict() == {"lag": 2, "correlation": exactly(1.0), "n": 4}
        assert res.loc[res["lag"] == 0, "correlation"].item() == exactly(-0.2)

    def test_the_order_of_rows_does_not_matter(self):
        shuffled = self.MONTHS.sample(frac=1, random_state=1)

        assert kl.lags(shuffled, "hours", "change", "month").iloc[0]["lag"] == 2

    @pytest.mark.parametrize(("change", "said"), [
        ({"columns": {"hours": "hour"}}, "Did you mean 'hour'"),
    ])  # fmt: skip
    def test_a_column_that_is_not_there(self, change, said):
        with pytest.raises(kl.KpilibError, match=said):
            kl.lags(self.MONTHS.rename(**change), "hours", "change", "month")

    def test_a_month_twice_or_nothing_that_varies(self):
        with pytest.raises(kl.KpilibError, match="stands twice"):
            kl.lags(stack(self.MONTHS, self.MONTHS), "hours", "change", "month")
        assert kl.lags(self.MONTHS.assign(hours=1), "hours", "change", "month").empty


class TestCorrelation:
    ONE = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    TWO = [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74]
    HOURS = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]

    def tables(self, changes, hours):
        pairs = [(0.0, change) for change in changes]
        tables = experiment(pairs, [])
        tables["training_participants"] = tables["training_participants"].assign(
            hours_attended=hours
        )
        return tables

    @pytest.mark.parametrize(
        ("set_of", "pearson", "spearman"),
        [("ONE", 0.816421, 0.818182), ("TWO", 0.816237, 0.690909)],
    )
    def test_o60_anscombe(self, set_of, pearson, spearman):
        row = one(self.tables(getattr(self, set_of), self.HOURS),
                  "training_performance_correlation", "2025-03", **MARCH)  # fmt: skip

        assert row["value"] == pytest.approx(pearson, abs=1e-6)
        assert row["details"]["spearman"] == pytest.approx(spearman, abs=1e-6)
        assert row["details"]["permutation_p"] < 0.01
        low, high = interval(row)
        assert np.arctanh(high) - np.arctanh(low) == pytest.approx(2 * 1.959964 / 8**0.5, abs=1e-5)

    @pytest.mark.parametrize(
        ("hours", "status"), [([5.0] * 12, "no_denominator"), ([1.0, 2.0], "too_few")]
    )
    def test_o60_of_alike_or_two_people_there_is_none(self, hours, status):
        row = one(self.tables(list(range(len(hours))), hours) | {},
                  "training_performance_correlation", "2025-03", **MARCH)  # fmt: skip

        assert row["status"] in (status, "suppressed")
        assert row["value"] != row["value"]


class TestPayback:
    def test_o50_measured_once_is_a_year(self):
        # 200 / 350 x 12
        row = one(priced(350_000, 200_000), "payback_period", "2025-03", **MARCH)

        assert row["value"] == pytest.approx(6.857143, abs=1e-6)
        assert row["unit"] == "months"

    def test_month_by_month(self):
        # 5 people gain 0, 2, 2, 2 at 10 euros: 0, 100, 200, 300 by March, April, May, June. 250 is
        # reached in the middle of the fourth month
        who = {f"t{i}": ("treated", [5], [5, 7, 7, 7]) for i in range(5)}
        who |= {f"c{i}": ("control", [5], [5, 5, 5, 5]) for i in range(5)}
        tables = followed(who, price=10.0) | {"costs": cost("T1", ("delivery", 250))}
        row = one(tables, "payback_period", "2025-06", as_of="2025-06-30")

        assert row["value"] == exactly(3.5)
        assert row["flags"].count("not_fully_loaded") == 1

    @pytest.mark.parametrize("benefit", [100.0, 0.0, -50.0])
    def test_never_reached_is_none(self, benefit):
        row = one(priced(benefit, 200), "payback_period", "2025-03", **MARCH)

        assert (row["status"], row["value"] != row["value"]) == ("too_few", True)
        assert row["details"]["at_this_pace"] == (24 if benefit > 0 else None)


class TestMethods:
    def test_o58_pooled_by_method(self):
        parts = [priced(2000, 1000, training="T1"), priced(9000, 10_000, training="T2")]
        tables = {name: stack(*(part[name] for part in parts)) for name in parts[0]}
        tables["trainings"] = rows("training_id method", ("T1", "en_ligne"), ("T2", "en_ligne"))

        assert groups(tables, "method_roi", "2025-03", "method", **MARCH) == {
            "en_ligne": pytest.approx(0, abs=1e-12)
        }


class TestImprovement:
    def tables(self, day="2025-03-01"):
        parts = [priced(9000, 10_000, training="T1"), priced(15_000, 10_000, training="T2")]
        tables = {name: stack(*(part[name] for part in parts)) for name in parts[0]}
        tables["trainings"] = rows(
            "training_id title started_at",
            ("T1", "Calls", "2025-02-01"), ("T2", "Calls", "2025-03-02"),
            ("T3", "Other", "2025-02-01"),
        )  # fmt: skip
        tables["actions"] = rows(
            "action_id kind training_id started_at",
            ("x", "improvement", "T2", day), ("y", "campaign", "T1", "2025-01-01"),
        )  # fmt: skip
        return tables

    def test_o74_points_of_return_and_nothing_proved(self):
        # -10 % before the improvement of 1 March, +50 % after
        row = one(self.tables(), "improvement_effect", "2025-03", **MARCH)

        assert row["value"] == exactly(60)
        assert "low_n" in row["flags"]
        assert np.isnan(row["ci_low"])

    def test_o74_no_session_after_it(self):
        row = one(self.tables("2025-04-01"), "improvement_effect", "2025-03", **MARCH)

        assert (row["status"], row["value"] != row["value"]) == ("no_data", True)

    def test_a_session_without_return_compares_with_nothing(self):
        tables = self.tables()
        tables["costs"] = tables["costs"][tables["costs"]["scope_id"] != "T1"]
        row = one(tables, "improvement_effect", "2025-03", **MARCH)

        assert row["value"] != row["value"]
        assert row["reason"].startswith("The sessions before or after")


def test_all_cards_of_the_topic_exist():
    assert len(kl.kpis("training")) == 22
