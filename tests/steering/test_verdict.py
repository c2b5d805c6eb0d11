"""The verdict on a row of figures, and the score behind it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpilib.methods.attainment import Aim, level, reached

FIGURES = st.floats(-1e6, 1e6, allow_nan=False)
END = date(2026, 12, 31)


def scored(baseline, target, value):
    return reached(Aim(mode="from_to", baseline=baseline, target=target), END, [value], None)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "score", "raw"),
    [
        (40, 20, 28, 0.6, 0.6),  # not 20/28 = 0.714
        (40, 20, 45, 0.0, -0.25),
        (40, 20, 15, 1.0, 1.25),
        (40, 20, 40, 0.0, 0.0),  # not 20/40 = 0.5 before any work
        (2, 5, 3.5, 0.5, 0.5),
        (85, 90, 89, 0.8, 0.8),
    ],
)
def test_o62_a_score_goes_from_baseline_to_target(baseline, target, value, score, raw):
    assert scored(baseline, target, value).score == pytest.approx(score, rel=1e-9)
    assert scored(baseline, target, value).attainment == pytest.approx(raw, rel=1e-9)


@given(FIGURES, FIGURES, FIGURES)
def test_p18_negating_value_baseline_and_target_changes_nothing(value, baseline, target):
    assume(abs(target - baseline) > 1e-6)

    assert scored(baseline, target, value).score == scored(-baseline, -target, -value).score


@pytest.mark.parametrize(
    ("reach", "at_best", "unsure", "expected"),
    [
        (1.05, None, False, "success"),
        (1.00, None, False, "success"),
        (0.85, None, False, "moderate_success"),
        (0.70, None, False, "moderate_success"),
        (0.55, None, False, "moderate_failure"),
        (0.40, None, False, "moderate_failure"),
        (0.20, 0.35, False, "proven_failure"),
        (0.20, 0.60, False, "moderate_failure"),  # not proven
        (0.20, 0.35, True, "moderate_failure"),  # provisional
        (0.20, None, False, "moderate_failure"),  # no interval, nothing proven
    ],
)
def test_o64_verdicts(reach, at_best, unsure, expected):
    assert level(reach, at_best, (1.0, 0.7, 0.4), unsure) == expected
