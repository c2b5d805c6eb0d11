"""One parser of numbers: what each writing means, and what is asked or refused."""

from __future__ import annotations

import pytest

from kpilib.tables.cells import Ambiguous
from tests.sources.one_column import decimal_sign, number, seconds


@pytest.mark.parametrize(
    ("text", "decimal", "value", "unit"),
    [
        ("1164.09", ".", 1164.09, ""),
        ("1,286.58", ".", 1286.58, ""),
        ("1,234", ".", 1234, ""),
        ("1.234", ",", 1234, ""),
        ("1 234,50", ",", 1234.5, ""),
        ("1\u00a0234,50", ",", 1234.5, ""),
        ("1\u202f234\u202f567,5", ",", 1234567.5, ""),
        ("1\u2009234", ".", 1234, ""),
        ("1'234.50", ".", 1234.5, ""),
        ("1’234.50", ".", 1234.5, ""),
        ("12,34,567.89", ".", 1234567.89, ""),  # Indian
        (" 000000000003000,00", ",", 3000, ""),  # as Odoo pads
        ("12 345 €", ",", 12345, "€"),
        ("€1.50", ".", 1.5, "€"),
        ("-$1,234.50", ".", -1234.5, "$"),
        ("EUR 12.30", ".", 12.3, "EUR"),
        ("12,30 EUR", ",", 12.3, "EUR"),
        ("15.86%", ".", 15.86, "%"),
        ("100\u00a0%", ".", 100, "%"),
        ("5 (0.5%)", ".", 5, ""),
        ("350 (35,18 %)", ",", 350, ""),
        ("\u22125", ".", -5, ""),
        ("(1,234.50)", ".", -1234.5, ""),
        ("$(12.50)", ".", -12.5, "$"),
        ("($12.50)", ".", -12.5, "$"),
        ("(12,50) €", ",", -12.5, "€"),
        ("12,50-", ",", -12.5, ""),  # as SAP writes
        ("1.234,50 -", ",", -1234.5, ""),
        ("12,50- €", ",", -12.5, "€"),
        ("12,50 €-", ",", -12.5, "€"),
        ("EUR 12,50-", ",", -12.5, "EUR"),
        ("1.5e-3", ".", 0.0015, ""),
        (".5", ".", 0.5, ""),
    ],
)
def test_one_number_in_each_writing(text, decimal, value, unit):
    assert number(text, decimal) == (value, unit, "")


@pytest.mark.parametrize("text", ["", " ", " --", "-", "–", "—", "N/A", "null", "(not set)", "NaN"])
def test_nothing_is_not_nought(text):
    assert number(text) == (None, "", "empty")


def test_a_bound_is_no_value():
    assert number("< 10%") == (None, "", "bound")
    assert number("> 90") == (None, "", "bound")


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("1.5", ","),  # fault 13: not fifteen
        ("1,5", "."),
        ("1.234,50", "."),
        ("12 34", "."),
        ("1,23", "."),
        ("1.2K", "."),
        ("#N/A", "."),
        ("#DIV/0!", "."),
        ("inf", "."),
        ("1e999", "."),
        ("03/02/2021", "."),
        ("12-5", "."),
        ("٣", "."),
        ("9" * 65, "."),
        ("1" + " " * 100_000 + "x", "."),
        ("abc", "."),
        ("%", "."),
    ],
)
def test_fault_13_what_is_not_a_number_as_declared_is_refused(text, decimal):
    with pytest.raises(ValueError, match="^not a number$"):
        number(text, decimal)


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1164.09", "1,286.58"], "."),  # Google Ads: both in one row
        (["1 234,50", "12"], ","),
        (["1.234.567", "1.000"], ","),
        (["0,123"], ","),
        (["12345,678"], ","),
        (["5 (0.5%)", "7,25"], ","),
        (["12", "", " --"], "."),
    ],
)
def test_fault_12_the_decimal_sign_is_decided_by_the_column(cells, sign):
    assert decimal_sign(cells) == sign


def test_fault_13_a_sign_before_three_digits_is_asked():
    question = "^every number with a sign has three digits behind it: thousands, or decimals\\?$"
    with pytest.raises(Ambiguous, match=question):
        decimal_sign(["1,234", "12", "5,678"])
    with pytest.raises(Ambiguous, match="^points and commas both part decimals in this column.$"):
        decimal_sign(["1.5", "1,5"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00:10:55", 655),
        ("14m 59s", 899),
        ("1h 2m", 3720),
        ("1 min 29s", 89),
        ("PT1H2M3.5S", 3723.5),
        ("P1DT1S", 86401),
        ("53.5", 53.5),
        ("1.5 h", 5400),
        ("1,5 h", 5400),
        ("(1.5 min)", -90),
        ("2 hrs 3 mins", 7380),
        ("1 Std. 2 Min.", 3720),
        ("1 hora 2 minutos 3 segundos", 3723),
        ("1 day, 3 hours", 97200),
        ("-", None),
    ],
)
def test_durations(text, value):
    assert seconds(text) == value


def test_a_duration_of_two_parts_is_not_guessed_at():
    with pytest.raises(ValueError, match="^not a duration"):
        seconds("10:55")
