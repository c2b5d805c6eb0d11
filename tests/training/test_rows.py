"""Rows about trainings: the unit and the direction of what each was to move."""

from __future__ import annotations

import pytest
from pandas.api.types import is_float_dtype

import kpilib as kl
from kpilib.training import arms, versions, ways
from tests.trainings import experiment, opened
from tests.worked import rows


def moved(target):
    """A training that was to move a KPI of the catalogue."""
    tables = experiment([(1.0, 2.0)] * 6, [(1.0, 1.0)] * 6)
    tables["trainings"] = rows("training_id title target_kpi_id", ("T1", "Course", target))
    data = kl.open(tables, as_of="2025-04-30")
    report = kl.report("training", "2025-03", data)
    return report.figures("business_kpi_change", by="training_id").iloc[0]


def test_what_a_training_was_to_lower_is_better_lower():
    row = moved("bounce_rate")

    assert (row["unit"], row["better"]) == ("rate", "lower")


def test_a_figure_of_the_companys_own_keeps_the_usual_direction():
    assert moved("files_processed")["better"] == "higher"


def test_sessions_of_one_title_are_told_apart_by_when_they_began():
    sample = kl.report("training", "2026-03", "data/sample")
    asked = sample.figures("training_roi", by="training_id").set_index("training_id")["name"]

    assert asked["tr_2504_relance"] == "Relancer au téléphone, April 2025"
    assert asked["tr_2510_relance"] == "Relancer au téléphone, October 2025"
    assert asked["tr_2602_prospection"] == "Prospection commerciale B2B"
    assert sample.net()["part"].is_unique  # as a waterfall needs them: the page of March failed
    kl.plot.waterfall(sample.net())


def test_what_a_course_brings_beside_its_return_is_of_all_its_sessions():
    told = kl.intangibles(kl.open("data/sample"), "2026-03").query("what != ''")

    assert {"tr_2504_relance", "tr_2510_relance"} <= set(told["training_id"])


FRAMES = {
    kl.training_arms: arms.NUMBERS,
    kl.improvements: versions.NUMBERS,
    kl.training_ways: ways.NUMBERS,
    kl.training_goals: ("change",),
    kl.training_chain: ("value", "ci_low", "ci_high"),
    kl.training_differences: ("difference", "ci_low", "ci_high", "p", "p_holm", "hedges_g"),
}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.__name__)
@pytest.mark.parametrize("planned", [True, False])
def test_a_frame_in_which_nothing_is_known_counts_in_numbers(frame, planned):
    """A training that nobody was asked about, with an improvement; or one that is long over."""
    day = "2025-02-10" if planned else "1999-02-10"
    data = opened({
        "trainings": rows("training_id title topic method started_at",
                          ("T1", "Calls", "sales", "presentiel", day)),
        "actions": rows("action_id kind training_id version started_at description expected_effect",
                        ("A1", "improvement" if planned else "seo", "T1", "2", day, "Games", "")),
        "survey_waves": rows("survey_id wave survey_kind training_id invited_n closed_at",
                             ("S1", "1", "training_application", "T1", 1, "2025-04-20")),
    })  # fmt: skip
    found = frame(data, "2025-04")

    assert {name for name in FRAMES[frame] if not is_float_dtype(found[name])} == set()
