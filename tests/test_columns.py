"""The figures of one KPI as columns."""

from __future__ import annotations

import numpy as np
import pytest

from kpilib.engine.columns import Figures
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, OK, Outcome
from kpilib.period import Period
from tests.one_figure import outcomes

JANUARY, FEBRUARY = Period.parse("2026-01"), Period.parse("2026-02")


@pytest.fixture
def figures():
    """January: 1 of 4; February: nothing is known."""
    found = Figures([(JANUARY, ""), (FEBRUARY, "")])
    found.value, found.numerator = np.array([0.25, np.nan]), np.array([1.0, np.nan])
    found.denominator = np.array([4.0, np.nan])
    found.unknown(np.isnan(found.value), NO_DATA, "Silent.")
    return found


def test_each_place_has_what_is_known_of_it(figures):
    figures.tell("answers", np.array([6.0, np.nan]))
    figures.tell("coverage", np.array([0.5, 0.5]), np.array([True, False]))
    figures.flag("partial", np.array([True, False]))
    figures.flag("partial", np.array([False, False]))  # a flag stays where it was given
    figures.bound(figures.known, (np.array([0.1, np.nan]), np.array([0.6, np.nan])), "wilson")
    first, last = outcomes(figures).values()

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
    first, _ = outcomes(figures).values()

    assert (first.value, first.numerator, first.denominator) == (None, None, None)
    assert (first.status, first.reason) == (NOT_ADDITIVE, "Several scales.")
    assert first.details == {}


def test_what_a_method_answers_becomes_columns_and_loses_nothing():
    answer = {
        (JANUARY, "a"): Outcome(
            value=2.0, numerator=4.0, denominator=2.0, n=2.0, people=3.0, interval=(1.0, 3.0),
            interval_method="student", flags=("partial", "late"), details={"teams": 2},
        ),
        (FEBRUARY, "a"): Outcome(status=NO_DATA, reason="Silent."),
    }  # fmt: skip

    assert outcomes(Figures.of(answer)) == answer
    assert outcomes(Figures.of({})) == {}


def test_the_figures_of_a_period_are_taken_out_and_put_together_again(figures):
    figures.flag("late", np.array([False, True]))
    parts = figures.by_period([FEBRUARY, JANUARY])
    again = Figures.joined(parts.values())

    assert [*parts] == [FEBRUARY, JANUARY]
    assert outcomes(again) == outcomes(figures)
    assert [period for period, _ in again.places] == [FEBRUARY, JANUARY]
    assert len(Figures.joined([]).places) == 0


def test_what_is_taken_out_is_changed_alone_until_it_is_put_back(figures):
    own = figures.at([0])
    own.value[:], own.flags[:] = 0.5, True
    assert figures.value[0] == 0.25

    figures.put(np.array([0]), own)
    assert (figures.value[0], figures.flags[0].all(), figures.flags[1].any()) == (0.5, True, False)
