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
    for frame in (before, after):  # the calendar of reports begins in 1990
        for day in ("period_start", "period_end"):
            frame[day] = frame[day].str.replace("19", "20", n=1)
    return {"kpi_measurements": stack(before, after), "training_participants": people}


@pytest.fixture(scope="module")
def experiment():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.nsw_mixtape.load_pandas().data


@pytest.fixture(scope="module")
def survey():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.cps_mixtape.load_pandas().data


class TestLaLonde:
    """The National Supported Work experiment: earnings in 1978 of 445 people."""

    def test_the_effect_of_the_experiment(self, experiment):
        treated = experiment["treat"] == 1
        row = one(
            arms(experiment.loc[treated, "re78"], experiment.loc[~treated, "re78"]),
            "training_effect_did", "2078", as_of="2078-12-31",
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
        row = one(arms(trained, survey["re78"]), "training_effect_did", "2078", as_of="2078-12-31")

        assert row["value"] == pytest.approx(-8498, abs=0.5)
        assert row["ci_high"] < 0
        assert row["value"] == exactly(
            trained.astype(float).mean() - survey["re78"].astype(float).mean()
        )
