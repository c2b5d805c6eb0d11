"""Real data: a training assigned by lot, and the same people beside a survey."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.worked import exactly, one, stack


def arms(treated, control):
    """People assigned by lot need no measurement before: 0 for both arms."""
    people = pd.DataFrame({
        "training_id": "nsw",
        "person_key": [f"p{number}" for number in range(len(treated) + len(control))],
        "arm": ["treated"] * len(treated) + ["control"] * len(control),
    })  # fmt: skip
    after = pd.DataFrame({
        "training_id": "nsw",
        "subject_key": people["person_key"],
        "kpi_id": "re78",
        "phase": "after",
        "value": [*treated, *control],
        "period_start": "1978-01-01",
        "period_end": "1978-12-31",
    })  # fmt: skip
    before = after.assign(
        phase="before", value=0.0, period_start="1974-01-01", period_end="1974-12-31"
    )
    return {"kpi_measurements": stack(before, after), "training_participants": people}


@pytest.fixture(scope="module")
def experiment():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.nsw_mixtape.load_pandas().data


@pytest.fixture(scope="module")
def survey():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.cps_mixtape.load_pandas().data


class TestMeasuredAfterOnly:
    """Assigned by lot, people need no measurement before."""

    def tables(self, experiment, assignment):
        treated = experiment["treat"] == 1
        tables = arms(experiment.loc[treated, "re78"], experiment.loc[~treated, "re78"])
        rows = tables["kpi_measurements"]
        plan = pd.DataFrame({"training_id": ["nsw"], "assignment": [assignment]})
        return tables | {"kpi_measurements": rows[rows["phase"] == "after"], "trainings": plan}

    def test_by_lot_the_difference_in_means_is_the_effect(self, experiment):
        row = one(self.tables(experiment, "random"), "training_effect_did", "1978",
                  as_of="1978-12-31")  # fmt: skip

        assert row["value"] == pytest.approx(1794.34, abs=0.005)
        assert row["details"]["assigned_by_lot"] == 1
        assert row["details"]["standard_error"] == pytest.approx(671.0, abs=0.5)
        assert "no_baseline" not in row["flags"]

    @pytest.mark.parametrize("assignment", ["matched", "self", None])
    def test_otherwise_nothing_is_known(self, experiment, assignment):
        row = one(self.tables(experiment, assignment), "training_effect_did", "1978",
                  as_of="1978-12-31")  # fmt: skip

        assert (row["status"], row["value"] != row["value"]) == ("no_data", True)


class TestLaLonde:
    """The National Supported Work experiment: earnings in 1978 of 445 people."""

    def test_the_effect_of_the_experiment(self, experiment):
        treated = experiment["treat"] == 1
        row = one(
            arms(experiment.loc[treated, "re78"], experiment.loc[~treated, "re78"]),
            "training_effect_did", "1978", as_of="1978-12-31",
        )  # fmt: skip

        assert row["value"] == pytest.approx(1794.34, abs=0.005)
        assert row["n"] == 445
        assert (row["details"]["treated_people"], row["details"]["control_people"]) == (185, 260)
        # Welch's standard error, without the equal variances that give the published 632.9
        assert row["details"]["standard_error"] == pytest.approx(671.0, abs=0.5)
        assert row["ci_low"] > 0

    def test_the_naive_comparison_is_what_control_groups_are_for(self, experiment, survey):
        """The same trained people beside a survey of the whole population: a loss of 8,498."""
        trained = experiment.loc[experiment["treat"] == 1, "re78"]
        row = one(arms(trained, survey["re78"]), "training_effect_did", "1978", as_of="1978-12-31")

        assert row["value"] == pytest.approx(-8498, abs=0.5)
        assert row["ci_high"] < 0
        assert row["value"] == exactly(
            trained.astype(float).mean() - survey["re78"].astype(float).mean()
        )


def earned(people, key):
    """What people earned in 1974, 1975 and 1978, with the arm they are in."""
    people = people.assign(person_key=[f"{key}{number}" for number in range(len(people))])
    years = (("re74", "1974", "before"), ("re75", "1975", "before"), ("re78", "1978", "after"))
    rows = stack(*(
        pd.DataFrame({
            "training_id": "nsw", "subject_key": people["person_key"], "kpi_id": "earnings",
            "phase": phase, "value": people[column].astype(float),
            "period_start": f"{year}-01-01", "period_end": f"{year}-12-31",
        })
        for column, year, phase in years
    ))  # fmt: skip
    arm = ["treated" if each == 1 else "control" for each in people["treat"]]
    names = {"training_id": "nsw", "person_key": people["person_key"], "arm": arm}
    return {"kpi_measurements": rows, "training_participants": pd.DataFrame(names)}


class TestYearsBefore:
    """Earnings of 1974 and 1975 were measured, too: what they say of who is compared."""

    def test_those_drawn_by_lot_began_alike(self, experiment):
        row = one(earned(experiment, "p"), "training_effect_did", "1978", as_of="1978-12-31")
        years = experiment[["re74", "re75", "re78"]].astype(float)
        change = years["re78"] - (years["re74"] + years["re75"]) / 2
        treated = experiment["treat"] == 1

        assert row["value"] == exactly(change[treated].mean() - change[~treated].mean())
        assert row["details"]["before_periods"] == 2
        assert row["flags"] == ["approximate"]  # nobody's team is known
        assert "warning_levels" not in row["details"]

    def test_a_survey_of_everybody_began_elsewhere(self, experiment, survey):
        """Trained people earned 1,800 dollars a year before, the surveyed 13,800."""
        trained = earned(experiment[experiment["treat"] == 1], "p")
        others = earned(survey.assign(treat=0), "s")
        tables = {name: stack(trained[name], others[name]) for name in trained}
        row = one(tables, "training_effect_did", "1978", as_of="1978-12-31")

        assert row["details"]["warning_levels"]
        assert row["details"]["control_before"] > 7 * row["details"]["treated_before"]
