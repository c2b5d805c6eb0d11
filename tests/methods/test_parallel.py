"""What is looked at before an effect speaks, counted by hand."""

from __future__ import annotations

import pandas as pd

from kpilib.methods.measured import Measured
from kpilib.methods.parallel import before


def test_each_arm_counts_the_periods_in_which_it_was_measured() -> None:
    # Treated: 1 in January, 2 in February: a slope of 1. Control: 0 in January, 1 in March, which
    # is its second period: a slope of 1, and no trend. Numbered over both arms it would be a half.
    marks = [
        *(
            ("treated", person, month, mark)
            for person in (1, 2)
            for month, mark in ((1, 1), (2, 2))
        ),
        *(
            ("control", person, month, mark)
            for person in (3, 4)
            for month, mark in ((1, 0), (3, 1))
        ),
        *(("treated", person, 5, 9) for person in (1, 2)),
        *(("control", person, 5, 9) for person in (3, 4)),
    ]
    rows = pd.DataFrame(marks, columns=["arm", "person", "month", "value"])
    rows = rows.assign(
        subject_key=rows["person"].astype(float),
        team=float("nan"),
        by_lot=False,
        training_id=pd.Categorical(["T1"] * len(rows)),
        phase=pd.Categorical(["after" if month == 5 else "before" for month in rows["month"]]),
        period_end=pd.to_datetime([f"2026-{month:02d}-28" for month in rows["month"]]),
        arm=rows["arm"].astype("category"),
    )
    measured = Measured.of(rows)
    details, _ = before(measured, measured.arms())
    assert details["before_trend"] == 0.0
