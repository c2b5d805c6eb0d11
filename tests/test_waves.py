"""Waves of a survey compared by persons, and what goes with a figure from team to team."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from tests.worked import exactly, rows

KPI = "engagement_survey_score"
BASE = (2, 3, 4, 5, 3, 4)


def company(keys, population=None):
    """Six persons; in the second wave each grade is one lower, given by the persons named."""
    first = [("g", "1", f"R{n}", "i1", float(grade), "2025-03-10") for n, grade in enumerate(BASE)]
    last = [("g", "2", keys(n), "i1", float(grade - 1), "2025-06-10")
            for n, grade in enumerate(BASE)]  # fmt: skip
    return kl.open(
        {
            "survey_responses": rows(
                "survey_id wave respondent_key item_id value answered_at", *first, *last
            ),
            "survey_waves": rows(
                "survey_id wave survey_kind invited_n population_n closed_at",
                ("g", "1", "engagement", 9, population, "2025-03-20"),
                ("g", "2", "engagement", 9, population, "2025-06-20"),
            ),
        },
        as_of="2025-06-30",
    )


def last_of(data):
    return data.waves(KPI, "2025-06").iloc[-1]


def test_who_answers_both_waves_is_drawn_with_both():
    # each of them says exactly one less: no draw of persons gives another change
    row = last_of(company(lambda n: f"R{n}"))

    assert (row["change"], row["change_low"], row["change_high"]) == (exactly(-1),) * 3
    assert row["is_clear"]


def test_other_persons_may_differ_by_chance():
    # means 3.5 and 2.5 of six each, spread 0.957: the error of the change is about 0.55
    row = last_of(company(lambda n: f"S{n}"))

    assert -2.3 < row["change_low"] < -1.8 and -0.2 < row["change_high"] < 0.3


def test_almost_all_who_were_asked_leave_little_to_chance():
    row = last_of(company(lambda n: f"S{n}", population=7))  # errors shrink by the root of 1 / 6

    assert -1.6 < row["change_low"] < -1.2 and -0.8 < row["change_high"] < -0.4


def test_of_a_full_count_the_process_is_in_doubt():
    full, unknown = (last_of(company(lambda n: f"S{n}", population=each)) for each in (6, None))

    assert full["change_low"] == unknown["change_low"] < full["change_high"]


def test_only_an_index_has_waves():
    with pytest.raises(ParameterError, match="enps is no index of a survey's items"):
        company(str).waves("enps", "2025-06")


def by_team(kpi, values):
    return pd.DataFrame({
        "kpi": kpi, "label": kpi, "period": "2025", "period_end": "2025-12-31",
        "team": list("abcdefg"[: len(values)]), "value": values,
    })  # fmt: skip


class TestDrivers:
    FLOW = by_team("flow_share", [0.1, 0.2, 0.3, 0.4, 0.5])

    def test_the_strongest_first_adjusted_for_their_number(self):
        # in the same order, 2 of the 120 orders are as far from chance; two are looked at: x 2
        more = pd.concat([by_team("noise", [3, 1, 4, 2, 5]), by_team("same", [1, 2, 3, 4, 9])])
        found = kl.drivers(self.FLOW, more)

        assert list(found["kpi"]) == ["same", "noise"]
        assert found.loc[0, "correlation"] == exactly(1)
        assert found.loc[0, "p_value"] == exactly(2 / 120)
        assert found.loc[0, "p_holm"] == exactly(4 / 120)

    def test_three_teams_tell_nothing(self):
        found = kl.drivers(self.FLOW, by_team("few", [1, 2, 3]))

        assert found.loc[0, "teams"] == 3
        assert pd.isna(found.loc[0, "correlation"])

    def test_frames_without_common_groups_are_refused(self):
        with pytest.raises(ParameterError, match="same groups"):
            kl.drivers(self.FLOW, self.FLOW.rename(columns={"team": "campus"}))
