"""The comparison that a change of the engine is held to sees whatever differs, and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.equality import different, places_of


def answer(**changed):
    columns = {"kpi": ["leads"], "period": ["2026-10"], "value": [0.1], "flags": [["late"]],
               "details": [{"days": 31, "coverage": np.nan}], "reason": [None]}  # fmt: skip
    return pd.DataFrame(columns | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"value": [0.1 + 1e-10]},
        {"value": [np.nan]},
        {"value": [1]},  # of another type
        {"flags": [["late", "partial"]]},
        {"details": [{"days": 30, "coverage": np.nan}]},
        {"details": [{"days": 31}]},
        {"reason": ["Silent."]},
        {"more": [1]},
    ],
)
def test_what_differs_is_named(changed):
    assert different(answer(), answer(**changed))
    assert next(iter(changed)) in places_of(answer(), answer(**changed))


def test_noise_of_the_last_digits_is_no_difference():
    assert not different(answer(), answer(value=[0.1 + 1e-14]))
    assert not different(answer(), answer(value=[np.float64(0.1)]))


def test_refusals_are_compared_to_the_letter():
    assert different("No breakdown by 'x'.", "No breakdown by 'y'.")
    assert different(answer(), "No breakdown by 'x'.")
    assert not different(None, None)
