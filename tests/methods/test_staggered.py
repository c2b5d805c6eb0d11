"""Sessions that begin one after the other: who waits is the control group of who is trained."""

from __future__ import annotations

import numpy as np
import pytest

import kpilib as kl
from tests.topics.test_training import interval
from tests.trainings import people as arms_of
from tests.worked import exactly, one, rows, stack

END = {"as_of": "2025-12-31"}


def course(sessions, *, team=True):
    """Sessions of one course: ``{training: (month it begins, [values by month, ...])}``."""
    plan, members, measured = [], [], []
    for training, (start, values) in sessions.items():
        plan.append((training, "Calls", f"2025-{start:02d}-01"))
        for rank, own in enumerate(values):
            key = f"{training}p{rank}"
            members.append((training, key, "treated", f"{training}{rank}"))
            for month, value in enumerate(own, 1):
                if value is None:
                    continue
                phase = "after" if month >= start else "before"
                day = f"2025-{month:02d}"
                measured.append((training, key, "sales", phase, float(value),
                                 f"{day}-01", f"{day}-28"))  # fmt: skip
    people = rows("training_id person_key arm team", *members)
    return {
        "trainings": rows("training_id title started_at", *plan),
        "training_participants": people if team else people.drop(columns="team"),
        "kpi_measurements": rows(
            "training_id subject_key kpi_id phase value period_start period_end", *measured
        ),
    }


def whole(tables, period="2025-12"):
    return one(tables, "training_effect_did", period, by="title", **END)


def grown(starts, effect, people=4, months=12):
    """Sessions of people who rise by 2 a month anyway, and by an effect of the months since."""
    return course({
        f"T{wave}": (start, [
            [10 * rank + 2 * month + (effect(month - start) if month >= start else 0)
             for month in range(1, months + 1)]
            for rank in range(people)
        ])
        for wave, start in enumerate(starts)
    })  # fmt: skip


class TestByHand:
    def test_two_sessions(self):
        # in month 2, the first gained 14 - 10 = 4, who waits gained 1: the effect is 3. In month 3
        # nobody waits: what the first gained then tells nothing
        first, second = (2, [[10, 14, 99]] * 3), (3, [[20, 21, 77]] * 3)
        row = whole(course({"A": first, "B": second}), "2025-03")

        assert row["value"] == exactly(3)
        assert row["n"] == 6
        assert row["details"]["starts"] == 2

    def test_the_mean_is_over_people_trained_while_others_wait(self):
        # A waits for nobody: B and C are its controls in month 2, C alone in month 3. Effects: A 3
        # in month 2 and 5 in month 3, B 1 in month 3: (3 + 5 + 1) / 3
        tables = course({
            "A": (2, [[10, 13, 15, 0]] * 2),
            "B": (3, [[10, 10, 11, 0]] * 2),
            "C": (4, [[10, 10, 10, 0]] * 2),
        })  # fmt: skip

        assert whole(tables, "2025-04")["value"] == exactly(3)


class TestKnownEffects:
    def test_an_effect_that_grows_is_not_told_too_small(self):
        row = whole(grown([4, 6, 9], lambda since: 1.0 * since))
        # while the last waits (until month 8): 0..4 of the first, 0..2 of the second
        truth = np.mean([0, 1, 2, 3, 4, 0, 1, 2])

        assert row["value"] == exactly(truth)

    def test_one_effect_for_all_would_be_wrong_there(self):
        tables = grown([4, 6, 9], lambda since: 1.0 * since)
        measured = tables["kpi_measurements"]
        measured = measured.assign(trained=(measured["phase"] == "after") * 1.0)
        told = kl.fixed_effects(measured, "value", "trained", unit="subject_key",
                                time="period_end").iloc[0]  # fmt: skip

        assert told["value"] < 0.75 * np.mean([0, 1, 2, 3, 4, 0, 1, 2])
        assert told["flags"] == ["approximate"]

    def test_who_rises_anyway_has_no_effect(self):
        assert whole(grown([4, 6, 9], lambda since: 0.0))["value"] == pytest.approx(0, abs=1e-9)

    def test_value_and_error_are_those_of_statsmodels(self):
        smf = pytest.importorskip("statsmodels.formula.api")
        draw = np.random.default_rng(3)
        tables = grown([3, 5, 8], lambda since: 1.0 + since, months=9)
        measured = tables["kpi_measurements"]
        measured["value"] += draw.normal(0, 1, len(measured))
        row = whole(tables, "2025-09")

        frame = measured[measured["period_end"] < "2025-08"].copy()  # from then on nobody waits
        after = frame["phase"] == "after"
        frame["cell"] = (frame["training_id"] + frame["period_end"]).where(after, "no")
        model = smf.ols("value ~ C(cell, Treatment('no')) + C(period_end) + C(subject_key)", frame)
        draws = {"groups": frame["subject_key"], "use_correction": False}
        fit = model.fit(cov_type="cluster", use_t=True, cov_kwds=draws)
        weights = frame.loc[after, "cell"].value_counts()
        contrast = np.zeros(len(fit.params))
        for cell, count in weights.items():
            contrast[list(fit.params.index).index(f"C(cell, Treatment('no'))[T.{cell}]")] = count
        told = fit.t_test(contrast / weights.sum())

        assert row["value"] == pytest.approx(float(told.effect[0]))
        assert row["details"]["standard_error"] == pytest.approx(
            float(told.sd[0, 0]) * np.sqrt(12 / 11)
        )


class TestSaid:
    def test_the_months_and_the_design_are_said(self):
        data = kl.open(grown([4, 6, 9], lambda since: 5.0), **END)
        row = data.evaluate("training_effect_did", "2025-12", by="title").iloc[0]

        assert "approximate" in row["flags"]
        assert (
            "who waits is the control group"
            in kl.table(data.evaluate("training_effect_did", "2025-12", by="title")).to_string()
        )

    def test_ten_teams_give_an_interval_and_fewer_none(self):
        low, high = interval(whole(grown([4, 6, 9], lambda since: 5.0)))
        few = whole(grown([4, 6, 9], lambda since: 5.0, people=3))

        assert low <= 5 + 1e-9 and high >= 5 - 1e-9
        assert "low_n" in few["flags"] and few["ci_low"] != few["ci_low"]

    def test_fewer_than_five_people_are_protected(self):
        tables = course({"A": (2, [[10, 14, 1]] * 2), "B": (3, [[20, 21, 1]] * 2)})

        assert whole(tables, "2025-03")["status"] == "suppressed"


class TestNotThere:
    @pytest.mark.parametrize("starts", [[4], [4, 4, 4]])
    def test_one_start_compares_nobody(self, starts):
        row = whole(grown(starts, lambda since: 5.0, people=6))

        assert row["status"] == "too_few"
        assert row["reason"].startswith("There is no control group")

    def test_sessions_that_were_never_measured_together(self):
        tables = course({
            "A": (3, [[10, 10, 15, 15]] * 6),
            "B": (9, [[None] * 6 + [10, 10, 15, 15]] * 6),
        })  # fmt: skip

        assert whole(tables, "2025-10")["reason"].startswith("There is no control group")

    def test_beside_a_control_group_it_is_not_asked(self):
        tables = grown([4, 6, 9], lambda since: 5.0)
        others = [f"c{number}" for number in range(6)]
        measured = [
            ("T0", key, "sales", phase, 1.0, f"2025-{month}-01", f"2025-{month}-28")
            for key in others
            for phase, month in (("before", "01"), ("after", "12"))
        ]
        tables["training_participants"] = stack(
            tables["training_participants"], arms_of("T0", "control", *others)
        )
        tables["kpi_measurements"] = stack(tables["kpi_measurements"], rows(
            "training_id subject_key kpi_id phase value period_start period_end", *measured
        ))  # fmt: skip

        assert "starts" not in whole(tables)["details"]


class TestRung:
    def test_a_training_stands_on_its_course(self):
        report = kl.report("training", "2025-12", kl.open(grown([8, 10, 12], lambda _: 5.0), **END))
        found = report.proofs()

        assert found["rung"].tolist() == ["waves"] * 3  # better than the own trend of each
        assert found["value"].tolist() == [exactly(5)] * 3
        assert found["next"].tolist() == ["control"] * 3
        assert found["roi"].isna().all()

    def test_without_titles_each_has_its_own_trend(self):
        tables = grown([8, 10, 12], lambda _: 5.0, people=6)
        del tables["trainings"]
        report = kl.report("training", "2025-12", kl.open(tables, **END))

        assert report.proofs()["rung"].tolist() == ["trend"] * 3
