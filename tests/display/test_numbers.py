"""Figures as readers see them, with the real no-break characters of each language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.definitions import UNITS
from kpilib.display.numbers import Formatter, known

SPACE, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"
EN, FR = Formatter("en"), Formatter("fr")


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (12345, "count", "12,345", f"12{NARROW}345"),
        (7, "people", "7", "7"),
        (60.8, "people", "60.8", "60,8"),
        (0.1234, "rate", f"12.3{SPACE}%", f"12,3{SPACE}%"),
        (5 / 950, "rate", f"0.53{SPACE}%", f"0,53{SPACE}%"),
        (0.0, "rate", f"0{SPACE}%", f"0{SPACE}%"),
        (1.0, "rate", f"100{SPACE}%", f"100{SPACE}%"),
        (0.99996, "rate", f"99.996{SPACE}%", f"99,996{SPACE}%"),
        (0.0000001, "rate", f"<{SPACE}0.001{SPACE}%", f"<{SPACE}0,001{SPACE}%"),
        (-0.91, "rate", f"{MINUS}91.0{SPACE}%", f"{MINUS}91,0{SPACE}%"),
        (155, "seconds", "02:35", "02:35"),
        (3725.4, "seconds", "1:02:05", "1:02:05"),
        (12345.6, "EUR", "€12,346", f"12{NARROW}346{SPACE}€"),
        (-1234.0, "EUR", f"{MINUS}€1,234", f"{MINUS}1{NARROW}234{SPACE}€"),
        (45.2, "EUR_per_lead", "€45.20", f"45,20{SPACE}€"),
        (14, "points", "+14", "+14"),
        (-3, "points", f"{MINUS}3", f"{MINUS}3"),
        (0, "points", "0", "0"),
        (24.63, "pt", f"24.6{SPACE}pt", f"24,6{SPACE}pt"),
        (8.44, "rank", "8.4", "8,4"),
        (2.714, "pages", "2.71", "2,71"),
        (1.2, "ratio", "1.20", "1,20"),
        (3.58, "score", f"3.6{SPACE}/{SPACE}5", f"3,6{SPACE}/{SPACE}5"),
        (1794.34, "target", "1,794", f"1{NARROW}794"),
    ],
)
def test_a_value_is_written_in_its_unit(value, unit, english, french):
    assert EN.value(value, unit).replace(" ", SPACE) == english
    assert FR.value(value, unit).replace(" ", SPACE) == french


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "value",
    [None, float("nan"), float("inf"), -float("inf"), pd.NA, pd.NaT, np.nan, -0.0, -1e-12, 1e-12],
)
def test_no_reader_ever_sees_nan_inf_none_or_minus_zero(unit, value):
    for formatter in (EN, FR):
        texts = [
            formatter.value(value, unit),
            formatter.difference(value, unit),
            formatter.relative(value),
            formatter.interval(value, value, unit),
        ]
        for text in texts:
            assert not set(text.lower().split()) & {"nan", "inf", "none", "nat", "<na>"}
            assert f"{MINUS}0" not in text.replace(f"{MINUS}0.", "").replace(f"{MINUS}0,", "")
            assert text not in (f"{MINUS}0.0", f"{MINUS}0,0", "-0.0")


def test_missing_figures_are_not_known():
    assert not any(known(value) for value in (None, float("nan"), float("inf"), pd.NA, "12"))
    assert all(known(value) for value in (0, 1.5, np.float64(2), np.int64(3)))


def test_halves_are_rounded_away_from_zero():
    assert EN.value(0.12250, "rate") == f"12.3{SPACE}%"  # half-even would say 12.2
    assert EN.value(-0.12250, "rate") == f"{MINUS}12.3{SPACE}%"


def test_a_figure_below_its_target_never_reads_like_the_target():
    shown = EN.value(0.7996, "rate", against=0.8)
    assert (shown, EN.value(0.8, "rate", against=0.7996)) == (
        f"79.96{SPACE}%",
        f"80.00{SPACE}%",
    )


@pytest.mark.parametrize(
    ("low", "high", "unit", "english", "french"),
    [
        (0.101, 0.142, "rate", f"10.1 to 14.2{SPACE}%", f"10,1 à 14,2{SPACE}%"),
        (0.00225, 0.01226, "rate", f"0.23 to 1.23{SPACE}%", f"0,23 à 1,23{SPACE}%"),
        (95.9, 139.1, "count", "96 to 139", "96 à 139"),
        (-3, 14, "points", f"{MINUS}3 to +14", f"{MINUS}3 à +14"),
        (150, 190, "seconds", "02:30 to 03:10", "02:30 à 03:10"),
        (1200, 6600, "EUR", "€1,200 to €6,600", f"1{NARROW}200 à 6{NARROW}600{SPACE}€"),
        (3.38, 3.78, "score", f"3.4 to 3.8{SPACE}/{SPACE}5", f"3,4 à 3,8{SPACE}/{SPACE}5"),
    ],
)
def test_an_interval_says_its_unit_once(low, high, unit, english, french):
    assert EN.interval(low, high, unit) == english
    assert FR.interval(low, high, unit) == french


@pytest.mark.parametrize(
    ("value", "flags", "said"),
    [
        (0.2, ["rounded"], "20\u00a0%"),  # to the nearest 20 points: a decimal would be made up
        (0.075, ["rounded"], "7.5\u00a0%"),
        (0.2, ["low_n"], "20.0\u00a0%"),
    ],
)
def test_what_was_rounded_for_people_has_no_decimal_that_it_does_not_need(value, flags, said):
    assert EN.figure({"value": value, "unit": "rate", "flags": flags}) == said


def test_a_share_of_few_has_no_decimal():
    # 8 of 14, and 571 of 1,000
    assert (EN.share(8 / 14, 14), EN.share(0.571, 1000)) == ("57\u00a0%", "57.1\u00a0%")


def test_an_interval_with_a_missing_end_is_not_written():
    assert EN.interval(0.1, None, "rate") == ""


@pytest.mark.parametrize(
    ("delta", "relative", "unit", "roll_up", "english", "french"),
    [
        (0.03, 1.5, "rate", "R2", "+3.0 pt", "+3,0 pt"),
        (-0.0004, None, "rate", "R2", f"{MINUS}0.04 pt", f"{MINUS}0,04 pt"),
        (1323, 0.12, "count", "R1", f"+12{SPACE}%", f"+12{SPACE}%"),
        (-44, -0.015172, "count", "R1", f"{MINUS}1.5{SPACE}%", f"{MINUS}1,5{SPACE}%"),
        (5, None, "count", "R1", "+5", "+5"),  # from zero: no percentage
        (123, 0.01, "count", "R4", "+123 net", "+123 net"),
        (12, 0.1, "seconds", "R6", f"+12{SPACE}s", f"+12{SPACE}s"),
        (4, None, "points", "R8", "+4 points", f"+4{SPACE}pt"),
        (-1, None, "points", "R8", f"{MINUS}1 point", f"{MINUS}1{SPACE}pt"),
        (0, 0, "count", "R1", "no change", "inchangé"),
    ],
)
def test_a_change_is_written_the_way_its_unit_is_compared(
    delta, relative, unit, roll_up, english, french
):
    for formatter, text in ((EN, english), (FR, french)):
        said = formatter.change(delta, relative, unit, roll_up=roll_up)
        assert said.replace(SPACE, " ") == text.replace(SPACE, " ")


def test_one_month_is_no_plural():
    assert [EN.value(each, "months").replace(SPACE, " ") for each in (1, 2)] == [
        "1 month", "2 months"
    ]  # fmt: skip


def test_places_are_one_or_several_as_the_language_counts():
    said = [EN.change(each, None, "rank") for each in (-1, -0.1, 5)]
    assert [each.replace(SPACE, " ") for each in said] == [
        f"{MINUS}1.0 places", f"{MINUS}0.1 places", "+5.0 places"
    ]  # fmt: skip
    said = [FR.change(each, None, "rank") for each in (-1.9, -0.1, 2)]
    assert [each.replace(SPACE, " ") for each in said] == [
        f"{MINUS}1,9 place", f"{MINUS}0,1 place", "+2,0 places"
    ]  # fmt: skip


def test_what_remains_of_a_sum_that_cancels_out_is_no_change():
    """ "0.0000 pt" stood in the table of what moved a rate."""
    assert EN.difference(-3e-8, "rate") == EN.difference(2e-6, "ratio") == "no change"
    assert EN.difference(2e-6, "rate").replace(SPACE, " ") == "+0.0002 pt"


def test_the_size_of_a_change_has_no_sign():
    assert EN.size(-0.167, -0.27, "rate").replace(SPACE, " ") == "16.7 points"
    assert EN.size(-44, -0.12, "count") == f"12{SPACE}%"
    assert EN.size(-869, -0.4, "count", roll_up="R4") == "869"


def test_axis_labels_share_their_decimals():
    assert EN.ticks([0.02, 0.021], "rate") == [f"2.0{SPACE}%", f"2.1{SPACE}%"]
    assert EN.ticks([0.3, 0.4], "rate") == [f"30{SPACE}%", f"40{SPACE}%"]
    assert FR.ticks([0, 12000], "count") == ["0", f"12{NARROW}000"]
    assert EN.ticks([-50, 0, 50], "points") == [f"{MINUS}50", "0", "+50"]


def test_dates_and_periods_are_written_in_words():
    assert EN.month("2026-10") == "October 2026"
    assert FR.month("2026-10") == "octobre 2026"
    assert EN.month("2026-Q4") == "Q4 2026"
    assert FR.month("2026-Q4") == "T4 2026"
    assert EN.day(date(2026, 10, 12)) == "12 October 2026"
    assert FR.day(date(2026, 10, 1)) == "1er octobre 2026"
    assert FR.day_short(date(2026, 10, 1)) == "1er oct."
    assert FR.day(date(2026, 10, 11)) == "11 octobre 2026"
    assert EN.month("2026-01-06..2026-01-12") == "6 January 2026 to 12 January 2026"
    assert FR.weekday(0) == "lun."


@pytest.mark.parametrize(
    ("row", "english"),
    [
        ({"status": "no_denominator", "reason": ""}, "n/a: no case to count in this period"),
        (
            {"status": "missing_table", "reason": "Missing table: sessions."},
            "n/a: missing table: sessions",
        ),
        (
            {"status": "suppressed", "reason": "Hidden: fewer than {minimum} people."},
            "n/a: hidden: fewer than 7 people",
        ),
        ({"status": "odd", "reason": None}, "n/a: the figure could not be worked out"),
        ({"status": "odd", "reason": "A level has no pace."}, "n/a: a level has no pace"),
        ({"status": "not_additive", "reason": ""}, "n/a: cannot be worked out from totals"),
    ],
)
def test_a_missing_figure_says_why(row, english):
    formatter = Formatter("en", minimum_group=7)
    assert formatter.missing(row) == english
    assert formatter.row_value(row | {"value": 12.0, "unit": "rate"}) == english


def test_people_who_cannot_be_added_up_have_two_bounds():
    row = {"status": "not_additive", "unit": "people", "ci_low": 83_976.0, "ci_high": 224_174.0}
    assert EN.missing(row) == EN.row_value(row | {"value": None}) == "between 83,976 and 224,174"
    assert FR.missing(row) == f"entre 83{NARROW}976 et 224{NARROW}174"


def test_the_bounds_of_a_rounded_figure_have_its_decimals():
    """ "Between 0 % and 10.0 %" stood beside 10 %."""
    row = {"status": "not_additive", "unit": "rate", "ci_low": 0.0, "ci_high": 0.1}
    assert EN.missing(row | {"flags": ["rounded"]}).replace(SPACE, " ") == "between 0 % and 10 %"


class TestPrintedChanges:
    """What is printed adds up with what is printed beside it."""

    @staticmethod
    def number(text):
        return Decimal("".join(sign for sign in text.replace(MINUS, "-") if sign in "-.0123456789"))

    @pytest.mark.parametrize(
        ("now", "then", "unit", "said"),
        [
            (0.02149, 0.03051, "rate", f"{MINUS}1.0{SPACE}pt"),  # 2.1 % and 3.1 %
            (0.0214, 0.0053, "rate", f"+1.57{SPACE}pt"),  # 2.1 % and 0.53 %
            (28.6, 31.4, "points", f"{MINUS}2"),  # 29 and 31, though 2.8 apart
            (8.444, 8.436, "rank", "+0.01"),  # both read 8.4: the change itself
            (2803, 1934, "people", "+869"),
        ],
    )
    def test_a_change_is_that_of_the_printed_figures(self, now, then, unit, said):
        assert EN.difference(now - then, unit, of=(now, then)) == said

    @given(
        st.tuples(st.floats(0, 1), st.floats(0, 1)),
        st.sampled_from(["rate", "points", "pt", "score", "rank", "ratio", "EUR", "hours"]),
        st.sampled_from([1, 10, 100, 5000]),
    )
    def test_then_and_the_change_give_now(self, pair, unit, size):
        now, then = (each if unit == "rate" else each * size for each in pair)
        shown = [EN.value(each, unit).removesuffix("/\u00a05") for each in (now, then)]
        first, last = (self.number(text) for text in shown)
        change = EN.difference(now - then, unit, of=(now, then))

        if first != last and "<" not in "".join(shown):
            assert self.number(change) == first - last


class TestBase:
    @pytest.mark.parametrize(
        ("kpi", "cases", "english", "french"),
        [
            ("training_satisfaction", 35.0, f"35{SPACE}people", f"35{SPACE}personnes"),
            ("enps", 1.0, f"1{SPACE}person", f"1{SPACE}personne"),
            ("bounce_rate", 35.0, "35", "35"),
            ("a_kpi_of_ones_own", 1234.0, "1,234", f"1{NARROW}234"),
            ("nps", float("nan"), "", ""),
        ],
    )
    def test_says_people_where_cases_are_people(self, kpi, cases, english, french):
        row = {"kpi": kpi, "n": cases}

        assert (EN.base(row), FR.base(row)) == (english, french)
