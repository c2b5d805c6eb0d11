"""What a report shows of figures about people is rounded, so that nobody's part is solved for."""

from __future__ import annotations

import kpilib as kl
from tests.trainings import experiment


def test_figures_about_people_are_rounded_and_have_no_numerator():
    tables = experiment([(10.0, 12.3)] * 4 + [(9.0, 12.0)] * 4, [(10.0, 11.0)] * 8)
    report = kl.report("training", "2025-03", kl.open(tables, as_of="2025-03-31"))
    row = report.figures("business_kpi_change").iloc[0]

    assert "rounded" in row["flags"]
    assert report.rows["numerator"].isna().all()
