"""The figures of one KPI as columns, and the outcome that each place becomes."""

from __future__ import annotations

import numpy as np
import pytest

from kpilib.engine.columns import Figures
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, OK
from kpilib.period import Period

JANUARY, FEBRUARY = Period.parse("2026-01"), Period.parse("2026-02")


@pytest.fixture
def figures():
    """January: 1 of 4; February: nothing is known."""
    found = Figures([(JANUARY, ""), (FEBRUARY, "")])
    found.value, found.numerator = np.array([0.25, np.nan]), np.array([1.0, np.nan])
    found.denominator = np.array([4.0, np.nan])
    found.unknown(np.isnan(found.value), NO_DATA, "Silent.")
    return found


def test_each_place_becomes_one_outcome_with_what_is_known_of_it(figures):
    figures.tell("answers", np.array([6.0, np.nan]))
    figures.tell("coverage", np.array([0.5, 0.5]), np.array([True, False]))
    figures.flag("partial", np.array([True, False]))
    figures.flag("partial", np.array([False, False]))  # a flag stays where it was given
    figures.bound(figures.known, (np.array([0.1, np.nan]), np.array([0.6, np.nan])), "wilson")
    first, last = (each for _, each in figures.outcomes())

    assert (first.value, first.numerator, first.denominator) == (0.25, 1, 4)
    assert (first.interval, first.interval_method) == ((0.1, 0.6), "wilson")
    assert (first.status, first.flags) == (OK, ("partial",))
    assert first.details == {"answers": 6, "coverage": 0.5}
    assert (last.value, last.interval, last.interval_method) == (None, None, "")
    assert (last.status, last.reason, last.flags) == (NO_DATA, "Silent.", ())
    assert last.details == {"answers": None}


def test_what_is_forgotten_leaves_nothing_but_the_reason(figures):
    figures.tell("neutral", np.array([2.0, 2.0]))
    figures.forget(np.array([True, False]), NOT_ADDITIVE, "Several scales.")
    first, _ = (each for _, each in figures.outcomes())

    assert (first.value, first.numerator, first.denominator) == (None, None, None)
    assert (first.status, first.reason) == (NOT_ADDITIVE, "Several scales.")
    assert first.details == {}
