"""The score of a key result: from its baseline to its target, whatever the direction."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpilib.steering.objectives import KeyResult
from kpilib.steering.verdict import kr_score, progress

FIGURES = st.floats(-1e6, 1e6, allow_nan=False)


def key_result(baseline, target):
    words = {"en": "A goal", "fr": "Un but"}
    return KeyResult(
        id="k", kpi="bounce_rate", label=words, baseline=baseline, target=target,
        start=date(2026, 1, 1), end=date(2026, 12, 31), owner=words, action=words,
    )  # fmt: skip


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
    goal = key_result(baseline, target)

    assert kr_score(goal, value) == pytest.approx(score, rel=1e-9)
    assert progress(goal, value) == pytest.approx(raw, rel=1e-9)


@given(FIGURES, FIGURES, FIGURES)
def test_p18_negating_value_baseline_and_target_changes_nothing(value, baseline, target):
    assume(abs(target - baseline) > 1e-6)

    assert kr_score(key_result(baseline, target), value) == kr_score(
        key_result(-baseline, -target), -value
    )
