"""Rows about trainings: the unit and the direction of what each was to move."""

from __future__ import annotations

import kpilib as kl
from tests.trainings import experiment
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
