"""Training: no benefit that nobody measured, no effect that was not looked at first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import kpilib as kl
from tests.sample_figures import half_width
from tests.trainings import cost, experiment, followed, measured, people, priced
from tests.worked import crowd, exactly, groups, interval, one, rows, stack, value

MARCH = {"as_of": "2025-03-31"}
# O-51: the trained gain 6, 5, 5, 8; the others 2, 1, 3, 2
TREATED = [(10.0, 16.0), (12.0, 17.0), (9.0, 14.0), (11.0, 19.0)]
CONTROL = [(14.0, 16.0), (15.0, 16.0), (12.0, 15.0), (13.0, 15.0)]


class TestOnlyWhereMeasured:
    """Nobody's benefit is counted for a month in which they were not measured."""

    def attrition(self, **known):
        """Ten trained: nine measured for one month after, one for twelve; nobody gains but 2."""
        gone = {f"t{i}": ("treated", [10], [12]) for i in range(9)}
        stayed = {"t9": ("treated", [10], [12] * 12)}
        others = {f"c{i}": ("control", [10], [10] * 12) for i in range(10)}
        return followed({**gone, **stayed, **others}, **known)

    def test_twenty_one_months_of_a_person_are_not_120(self):
        row = one(self.attrition(price=50.0), "training_benefit", "2026-02", as_of="2026-02-28")

        assert row["details"]["person_months"] == 21
        assert row["value"] == exactly(2 * 21 * 50)
        assert row["details"]["raw_benefit"] == exactly(2 * 21 * 50)
        assert row["details"]["person_months_due"] == 120

    def test_attrition_is_said_by_arm_and_over_time(self):
        details = one(
            self.attrition(), "training_effect_did", "2026-02", as_of="2026-02-28"
        )["details"]  # fmt: skip

        assert [details[f"treated_{name}"] for name in ("listed", "people", "at_end")] == [
            10, 10, 1,
        ]  # fmt: skip
        assert (details["treated_measured"], details["treated_due"]) == (21, 120)
        assert (details["control_at_end"], details["control_measured"]) == (10, 120)
        assert details["warning_attrition"] == 99

    def test_who_is_on_the_list_and_was_never_measured_is_missed(self):
        tables = experiment(TREATED, CONTROL)
        tables["training_participants"] = stack(
            tables["training_participants"], people("T1", "treated", "never")
        )
        details = one(tables, "training_effect_did", "2025-03", **MARCH)["details"]

        assert (details["treated_listed"], details["treated_people"]) == (5, 4)
        assert details["warning_attrition"] == 1

    def test_everybody_to_the_end_warns_of_nothing(self):
        details = one(experiment(TREATED, CONTROL), "training_effect_did", "2025-03", **MARCH)[
            "details"
        ]

        assert "warning_attrition" not in details

    @given(
        st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=2, max_size=5),
        st.integers(1, 6),
    )
    @settings(max_examples=15, deadline=None)
    def test_benefit_is_effect_times_the_months_that_are_there(self, present, months):
        """For any holes, counted in plain pandas; a month that nobody has adds nothing."""
        treated = {
            f"t{i}": ("treated", [10], [13 if there else None for there in each[:months]])
            for i, each in enumerate(present)
        }
        others = {f"c{i}": ("control", [10], [11] * months) for i in range(2)}
        tables = crowd(followed({**treated, **others}, price=7.0))
        row = one(tables, "training_benefit", "2025", as_of="2025-12-31")
        table = tables["kpi_measurements"]
        seen = table[(table["phase"] == "after") & table["subject_key"].str.startswith("t")]

        if len(seen):
            assert row["value"] == exactly(2 * 7 * len(seen))
        else:
            assert row["status"] == "no_data"


class TestNoEvidence:
    """A training without evidence brings nothing and keeps its cost."""

    def company(self, *further):
        """T1 brings 15,000 and costs 10,000: by itself a return of 50 %."""
        first = priced(15_000, 10_000)
        return {name: stack(first[name], *(each[name] for each in further if name in each))
                for name in first}  # fmt: skip

    def without_control(self):
        return {**experiment(TREATED, [], training="T2"), "costs": cost("T2", ("venue", 65_000))}

    def test_without_control_group_the_cost_stays(self):
        # (15,000 - 75,000) / 75,000 = -80 %, not (15,000 - 10,000) / 10,000 = +50 %
        row = one(self.company(self.without_control()), "training_roi", "2025-03", **MARCH)

        assert row["value"] == exactly(-0.8)
        assert (row["numerator"], row["denominator"]) == (15_000, 75_000)
        assert row["details"]["evaluated_share"] == exactly(10 / 75)
        assert row["details"]["return_of_evaluated"] == exactly(0.5)
        assert (row["details"]["trainings"], row["details"]["evaluated_trainings"]) == (2, 1)
        assert row["ci_method"] == "bounds"
        assert row["ci_low"] <= -0.8 and row["ci_high"] >= 0.5
        assert "excluded_rows" in row["flags"]

    def test_the_ratio_and_the_benefit_say_the_same(self):
        tables = self.company(self.without_control())

        assert value(tables, "training_bcr", "2025-03", **MARCH) == exactly(0.2)
        assert value(tables, "training_benefit", "2025-03", **MARCH) == exactly(15_000)

    def test_by_itself_it_has_no_return_rather_than_a_loss(self):
        tables = crowd(self.company(self.without_control()), 2)
        res = kl.open(tables, **MARCH).evaluate("training_roi", "2025-03", by="training_id")

        assert res["status"].tolist() == ["ok", "too_few"]
        assert res["denominator"].tolist() == [10_000, 65_000]

    def test_never_measured_at_all_the_cost_stays_for_a_year(self):
        tables = self.company({"costs": stack(
            cost("T2", ("venue", 65_000)), cost("old", ("venue", 9e6), day="2024-03-31"),
            cost("later", ("venue", 9e6), day="2025-04-01"),
        )})  # fmt: skip

        assert value(tables, "training_roi", "2025-03", **MARCH) == exactly(-0.8)

    def test_only_a_test_of_knowledge_is_no_evidence_of_money(self):
        tested = {
            "kpi_measurements": measured("T2", "x", 40.0, 60.0, kpi="knowledge_score"),
            "training_participants": people("T2", "treated", "x"),
            "costs": cost("T2", ("venue", 65_000)),
        }

        assert value(self.company(tested), "training_roi", "2025-03", **MARCH) == exactly(-0.8)

    def test_a_training_that_was_to_move_no_figure_is_not_judged_and_that_is_said(self):
        tables = self.company({"costs": cost("T2", ("venue", 30_000))})
        tables["trainings"] = rows("training_id target_kpi_id", ("T1", "revenue"), ("T2", None))
        row = one(tables, "training_roi", "2025-03", **MARCH)

        assert row["value"] == exactly(0.5)
        assert row["details"]["evaluated_share"] == exactly(0.25)

    def test_an_effect_without_price_brings_nothing_and_keeps_its_cost(self):
        unpriced = {**experiment(TREATED, CONTROL, training="T2"),
                    "costs": cost("T2", ("venue", 65_000))}  # fmt: skip

        assert value(self.company(unpriced), "training_roi", "2025-03", **MARCH) == exactly(-0.8)

    def test_by_method_each_keeps_its_own(self):
        tables = self.company({"costs": cost("T2", ("venue", 65_000))})
        tables["trainings"] = rows("training_id method", ("T1", "en_ligne"), ("T2", "presentiel"))

        assert groups(tables, "training_roi", "2025-03", "method", **MARCH) == {
            "en_ligne": exactly(0.5)
        }

    def test_all_evaluated_has_no_bounds(self):
        row = one(self.company(), "training_roi", "2025-03", **MARCH)

        assert row["value"] == exactly(0.5)
        assert "evaluated_share" not in row["details"]
        assert row["ci_method"] == "from the effect"

    def test_a_cost_that_is_not_known_is_not_0(self):
        """T2 brings 5,000 and nobody knows at what cost: in neither sum, and said."""
        free = priced(5000, 1, training="T2")
        free["costs"] = free["costs"].iloc[[2]]
        row = one(self.company(free), "training_roi", "2025-03", **MARCH)

        assert row["value"] == exactly(0.5)
        assert {"not_fully_loaded", "excluded_rows"} <= set(row["flags"])

    def test_without_the_time_of_participants_a_cost_is_not_complete(self):
        tables = self.company()
        kept = tables["costs"]["cost_kind"] != "participant_time"
        tables["costs"] = tables["costs"][kept]

        assert "not_fully_loaded" in one(tables, "training_roi", "2025-03", **MARCH)["flags"]

    def test_different_trainings_are_not_compared(self):
        """T1 measured until March, T2 in April: nothing rose."""
        april = followed(
            {f"x{i}": (arm, [10], [None, 10 + gain])
             for i, (arm, gain) in enumerate([("treated", 9)] * 4 + [("control", 0)] * 4)},
            training="T2", price=1000.0,
        )  # fmt: skip
        tables = self.company({**april, "costs": cost("T2", ("venue", 10_000), day="2025-04-01")})
        data = kl.open(tables, as_of="2025-04-30")
        for kpi in ("training_roi", "training_bcr", "training_benefit"):
            row = data.evaluate(kpi, "2025-04", compare=["previous"]).iloc[0]

            assert row["value"] == row["value"] and row["previous"] == row["previous"]
            assert pd.isna(row["delta_previous"]) and pd.isna(row["change_previous"])
            assert pd.isna(row["within_noise_previous"])

    def test_the_same_trainings_are_compared(self):
        both = {
            f"x{i}": (arm, [10], [10 + gain, 10 + 2 * gain])
            for i, (arm, gain) in enumerate([("treated", 2)] * 4 + [("control", 0)] * 4)
        }
        tables = {**followed(both, price=100.0), "costs": cost("T1", ("venue", 1000))}
        row = kl.open(tables, as_of="2025-04-30").evaluate(
            "training_roi", "2025-04", compare=["previous"]
        ).iloc[0]  # fmt: skip

        # March: 2 x 4 x 100 = 800; April: 3 x 8 x 100 = 2,400
        assert (row["previous"], row["value"]) == (exactly(-0.2), exactly(1.4))
        assert row["delta_previous"] == exactly(1.6)


class TestPartUnproven:
    """T1 is parallel before and gains 2; T2 cannot be looked at, being measured once before."""

    def company(self):
        return {name: stack(first, second) for (name, first), second in zip(
            self.sure().items(), self.doubted().values(), strict=True
        )}  # fmt: skip

    def sure(self):
        # eight people, three months before: 2 units x 1 month x 8 people x 100 = 1,600 for 1,000
        path, people = [10, 11, 10], {}
        for number in range(8):
            late = 10 + number % 2
            people[f"t{number}"] = ("treated", path, [late + 2])
            people[f"c{number}"] = ("control", path, [late])
        return followed(people, price=100.0) | {"costs": cost("T1", ("venue", 1000))}

    def doubted(self):
        # the same with one month before: 1 unit x 8 people x 100 = 800 for 1,000
        people = {}
        for number in range(8):
            late = 10 + number % 2
            people[f"x{number}"] = ("treated", [10], [late + 1])
            people[f"y{number}"] = ("control", [10], [late])
        told = followed(people, training="T2", price=100.0)
        return told | {"costs": cost("T2", ("venue", 1000))}

    def test_the_return_stands_with_and_without_it(self):
        row = one(self.company(), "training_roi", "2025-03", **MARCH)

        assert row["value"] == exactly(0.2)  # 2,400 / 2,000 - 1
        assert row["details"]["unproven_benefit"] == exactly(800)
        assert row["details"]["of_proven"] == exactly(-0.2)  # 1,600 / 2,000 - 1
        assert row["ci_method"] == "bounds"
        # Welch of T1: changes differ by 2 x sqrt(2/7 / 8), 14 degrees; x 800 euros / 2,000
        half = stats.t.ppf(0.975, 14) * 2 * (2 / 7 / 8 / 2) ** 0.5
        assert row["ci_low"] == pytest.approx((2 - half) * 800 / 2000 - 1)
        assert row["ci_high"] > 0.2
        assert "no_baseline" in row["flags"]

    def test_the_benefit_and_the_ratio_say_the_same(self):
        benefit, ratio = (
            one(self.company(), kpi, "2025-03", **MARCH)
            for kpi in ("training_benefit", "training_bcr")
        )

        assert (benefit["value"], benefit["details"]["of_proven"]) == (exactly(2400), exactly(1600))
        assert (ratio["value"], ratio["details"]["of_proven"]) == (exactly(1.2), exactly(0.8))
        assert benefit["ci_low"] < 1600 and ratio["ci_low"] < 0.8

    def test_all_proven_has_no_such_bounds(self):
        row = one(self.sure(), "training_roi", "2025-03", **MARCH)

        assert row["ci_method"] == "from the effect"
        assert "of_proven" not in row["details"]

    def test_it_is_said_and_its_bar_is_hollow(self):
        report = kl.report("training", "2025-03", kl.open(self.company(), **MARCH))
        net = report.net()
        ax = kl.plot.waterfall(net)

        assert net.loc[~net["proven"], "part"].tolist() == ["T2"]
        assert [bar.get_facecolor()[:3] == (1, 1, 1) for bar in ax.patches[:2]] == [False, True]
        told = kl.table(report.figures("training_roi"))
        assert "without the effects that are not proven −20.0\u00a0%" in told["Remarks"][0]


class TestBeforeItSpeaks:
    """An effect looks at the time before, at teams and at levels."""

    def moved(self, treated, control, after=(20.0, 12.0), people=6, wobble=0.3):
        """Two arms that move as given before, each person at some distance of their own."""
        draw = np.random.default_rng(3)
        found = {}
        for arm, path, end in (("treated", treated, after[0]), ("control", control, after[1])):
            for number in range(people):
                values = np.array([*path, end, end]) + draw.normal(0, wobble, len(path) + 2)
                found[f"{arm}{number}"] = (arm, values[: len(path)], values[len(path) :])
        return followed(found, price=1.0)

    def effect(self, tables, kpi="training_effect_did"):
        return one(tables, kpi, "2025-04", as_of="2025-04-30")

    def test_people_who_were_already_rising(self):
        row = self.effect(self.moved([10, 12, 14, 16], [10, 10, 10, 10]))

        assert "not_parallel" in row["flags"]
        assert row["details"]["before_trend"] == pytest.approx(2, abs=0.5)
        assert pd.isna(row["ci_low"]) and row["ci_method"] == ""

    def test_people_who_were_falling(self):
        assert "not_parallel" in self.effect(self.moved([16, 13, 10], [10, 10, 10]))["flags"]

    def test_a_control_group_that_was_falling(self):
        assert "not_parallel" in self.effect(self.moved([10, 10, 10], [15, 12, 10]))["flags"]

    def test_both_rising_alike(self):
        row = self.effect(self.moved([10, 12, 14, 16], [6, 8, 10, 12]))

        assert not {"not_parallel", "no_baseline"} & set(row["flags"])
        assert row["ci_low"] > 0

    def test_exactly_alike_is_parallel(self):
        row = self.effect(self.moved([1, 2, 3], [4, 5, 6], wobble=0))

        assert not {"not_parallel", "no_baseline"} & set(row["flags"])

    def test_exactly_apart_is_not(self):
        assert "not_parallel" in self.effect(self.moved([1, 2, 3], [4, 5, 5], wobble=0))["flags"]

    def test_one_period_before_cannot_be_looked_at(self):
        row = one(experiment(TREATED, CONTROL), "training_effect_did", "2025-03", **MARCH)

        assert row["flags"] == ["low_n", "approximate", "no_baseline"]
        assert row["details"]["before_periods"] == 1

    @pytest.mark.parametrize(("course", "jump", "flags"), [
        (0.1, 0.0, ["no_baseline"]),  # rises by 0.6 from the middle before to the middle after
        (0.0, 1.2, []),
        (0.0, 0.0, []),
    ])  # fmt: skip
    def test_a_course_too_faint_to_be_seen_before(self, course, jump, flags):
        """Twenty people a side over six months and six, who wobble by 1 around their own level."""
        draw, found = np.random.default_rng(2), {}
        for number in range(40):
            trained = number < 20
            values = 10 + draw.normal(0, 1, 12) + trained * course * np.arange(12)
            values[6:] += trained * jump
            arm = "treated" if trained else "control"
            found[f"p{number}"] = (arm, values[:6], values[6:])
        row = one(followed(found), "training_effect_did", "2025-08", as_of="2025-08-31")

        assert [each for each in row["flags"] if each.startswith("no")] == flags
        assert (row["ci_low"] > 0) == bool(course or jump)  # the interval is of chance alone

    def test_the_return_carries_the_doubt(self):
        tables = self.moved([10, 12, 14, 16], [10, 10, 10, 10])
        row = self.effect({**tables, "costs": cost("T1", ("venue", 10))}, "training_roi")

        assert "not_parallel" in row["flags"]
        assert row["value"] > 0 and pd.isna(row["ci_low"])

    def test_other_levels_at_the_start_are_named(self):
        assert self.effect(self.moved([10] * 3, [14] * 3))["details"]["warning_levels"]
        alike = self.effect(self.moved([10] * 3, [10] * 3, wobble=0))
        assert "warning_levels" not in alike["details"]


class TestTeams:
    """People of one team are not independent: teams are drawn, whole or in part."""

    def tables(self, teams, *, mixed=False, per_team=6, seed=1):
        draw = np.random.default_rng(seed)
        found, of = {}, {}
        for team in range(teams):
            shift = draw.normal(0, 1)
            for number in range(per_team):
                first = number % 2 == 0 if mixed else team % 2 == 0
                key = f"p{team:02d}{number}"
                gain = 1.0 * first + shift + draw.normal(0, 1)
                found[key] = ("treated" if first else "control", [10, 10], [10 + gain])
                of[key] = f"team {team}"
        return followed(found, teams=of)

    @pytest.mark.parametrize("mixed", [False, True], ids=["whole teams", "mixed teams"])
    def test_the_interval_is_the_cluster_robust_one(self, mixed):
        """Against a regression on the arms by whole matrices (`tests.sample_figures`)."""
        tables = self.tables(12, mixed=mixed)
        row = one(tables, "training_effect_did", "2025-03", **MARCH)
        wide = tables["kpi_measurements"].pivot_table(
            index="subject_key", columns="phase", values="value"
        )
        change = tables["training_participants"].set_index("person_key").assign(
            change=wide["after"] - wide["before"]
        )  # fmt: skip
        half = half_width(pl.from_pandas(change[["arm", "team", "change"]]))

        assert row["ci_method"] == "by team"
        assert row["details"]["teams"] == 12
        assert (row["ci_high"] - row["ci_low"]) / 2 == pytest.approx(half, rel=1e-9)
        assert row["ci_low"] + half == pytest.approx(row["value"], rel=1e-9)

    @pytest.mark.parametrize(("teams", "there"), [(9, False), (10, True)])
    def test_below_ten_teams_there_is_no_interval(self, teams, there):
        row = one(self.tables(teams), "training_effect_did", "2025-03", **MARCH)

        assert bool(pd.notna(row["ci_low"])) is there
        assert row["value"] == row["value"]
        assert (row["details"].get("warning_few_teams") is None) is there
        if not there:
            assert row["details"]["p_value"] is None
            assert row["details"]["permutation_p"] is None

    def test_an_arm_of_one_team_has_no_interval(self):
        tables = self.tables(12)
        arms = tables["training_participants"]
        arms["arm"] = np.where(arms["team"] == "team 0", "treated", "control")
        row = one(tables, "training_effect_did", "2025-03", **MARCH)

        assert pd.isna(row["ci_low"])

    def test_the_team_of_the_measurements_serves_where_participants_have_none(self):
        tables = self.tables(12)
        expected = one(tables, "training_effect_did", "2025-03", **MARCH)
        arms = tables["training_participants"]
        of = dict(zip(arms["person_key"], arms["team"], strict=True))
        table = tables["kpi_measurements"]
        moved = {
            "kpi_measurements": table.assign(team=table["subject_key"].map(of)),
            "training_participants": arms.drop(columns="team"),
        }

        assert interval(one(moved, "training_effect_did", "2025-03", **MARCH)) == interval(expected)

    def test_without_teams_people_are_taken_as_independent_and_it_is_said(self):
        tables = self.tables(12)
        tables["training_participants"] = tables["training_participants"].drop(columns="team")
        row = one(tables, "training_effect_did", "2025-03", **MARCH)

        assert row["ci_method"] == "welch"
        assert "approximate" in row["flags"]
        assert row["details"]["warning_independent"] == 72

    def test_some_without_team_are_each_by_themselves(self):
        tables = self.tables(12)
        arms = tables["training_participants"]
        arms.loc[arms.index[:3], "team"] = None
        row = one(tables, "training_effect_did", "2025-03", **MARCH)

        assert row["details"]["teams"] == 15
        assert "approximate" in row["flags"]

    def test_the_raw_change_is_by_team_too(self):
        few, many = (
            one(self.tables(teams), "business_kpi_change", "2025-03", **MARCH) for teams in (8, 24)
        )

        assert (few["ci_method"], many["ci_method"]) == ("student", "by team")
        assert "approximate" in few["flags"] and "approximate" not in many["flags"]
