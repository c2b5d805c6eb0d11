"""Numbers as people write them, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.definitions import UNITS
from kpilib.objectives.quantity import factor, read, shown, units_of

WAYS = [(unit, word) for unit in UNITS for word in units_of(unit, "EUR")]


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        (20, 20, ""),
        ("20", 20, ""),
        ("3.3 %", 3.3, "%"),
        ("+15%", 15, "%"),
        ("-39 points", -39, "points"),
        ("12 500 EUR", 12500, "EUR"),
        ("12\u202f500\u00a0EUR", 12500, "EUR"),  # as French keyboards and programs write it
    ],
)
def test_a_number_and_its_unit(written, number, unit):
    assert read(written) == (number, unit)


@pytest.mark.parametrize(
    "written", ["", "soon", "10-15 %", "3 or 4", "≥ 12 %", "1e3 %", "12 500 5"]
)
def test_what_is_not_one_number_is_refused(written):
    with pytest.raises(ValueError, match="is not one number with its unit"):
        read(written)


def test_a_comma_is_asked_about():
    with pytest.raises(
        ValueError, match=r"Write '1\.950' if the comma is a decimal one, else '1950'"
    ):
        read("1,950")


@pytest.mark.parametrize(("given", "said"), [("0,05", "0.05"), ("-0,5 %", "-0.5 %")])
def test_a_comma_after_a_zero_is_a_decimal_one(given, said):
    with pytest.raises(ValueError, match=rf"Write '{said}'\.$"):
        read(given)


@pytest.mark.parametrize(
    ("unit", "word", "by"),
    [("rate", "%", 0.01), ("rate", "fraction", 1), ("hours", "min", 1 / 60), ("days", "h", 1 / 24),
     ("EUR_per_lead", "CHF", 1), ("points", "points", 1)],
)  # fmt: skip
def test_units_and_what_they_are_multiplied_by(unit, word, by):
    assert factor(word, unit, "CHF") == by


def test_no_unit_is_a_question():
    with pytest.raises(ValueError, match='no unit: of what. Write unit: "%" or fraction'):
        factor("", "rate", "EUR")


def test_the_nearest_unit_is_proposed():
    with pytest.raises(ValueError, match="Did you mean 'fraction'"):
        factor("fractions", "rate", "EUR")


@given(st.sampled_from(WAYS), st.decimals(-99999, 99999, places=4, allow_nan=False))
def test_a_figure_comes_back_as_it_was_written(way, number):
    unit, word = way
    own = float(number) * factor(word, unit, "EUR")

    back, said = read(shown(own, unit, "EUR", word))

    assert back == pytest.approx(float(number), abs=1e-4)
    assert said in (word, "")
