"""Columns of cells: values, and one sentence a fault, which never holds a value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import kpilib.sources
from kpilib.sources import column
from kpilib.sources.secret import pseudonym
from tests.sources.one_column import read_column


def read(cells, told=None, **written):
    """Return values and faults of a column called Montant."""
    return read_column("Montant", cells, range(2, 2 + len(cells)), "a.csv", told=told, **written)


def test_fault_1_ambiguous_days_stop_with_the_answer_to_give():
    cells = ["01/02/2024", "03/02/2024"]
    values, faults = read(cells, type="date")

    assert values == [None, None]
    assert faults == [
        "a.csv: column Montant: no day is above 12: day/month/year, or month/day/year? Say which:"
        " --read 'Montant=%d/%m/%Y' (day first) or --read 'Montant=%m/%d/%Y' (month first)."
    ]
    assert read(cells, {"montant": "%d/%m/%Y"}, type="date") == (
        [date(2024, 2, 1), date(2024, 2, 3)],
        [],
    )


def test_fault_2_the_first_row_of_another_format_is_named():
    assert read(["31/01/2024", "02/25/2024", "02/26/2024"], type="date", formats=("%d/%m/%Y",)) == (
        [date(2024, 1, 31), None, None],
        ["a.csv:3: column Montant: not a date written %d/%m/%Y, and in 1 more row(s)."],
    )


def test_fault_12_french_numbers_are_declared_or_seen():
    cells = ["1\u202f234,50", "12,5", "7"]
    assert read(cells, type="money", decimal=",") == ([1234.5, 12.5, 7], [])
    assert read(cells, type="money", decimal="auto") == ([1234.5, 12.5, 7], [])
    assert read(cells, type="money") == (
        [None, None, 7],
        [
            "a.csv:2: column Montant: it is not written as the preset says. Say which: --read"
            " 'Montant=,' (decimal comma)."
        ],
    )


def test_fault_13_thousands_or_decimals_is_asked():
    values, faults = read(["1.234", "5"], type="number", decimal="auto")

    assert faults == [
        "a.csv: column Montant: every number with a sign has three digits behind it: thousands, or"
        " decimals? Say which: --read 'Montant=.' (decimal point) or --read 'Montant=,' (decimal"
        " comma)."
    ]
    assert read(["1.234", "5"], {"Montant": ","}, type="number", decimal="auto")[0] == [1234, 5]


def test_fault_11_a_bad_cell_late_in_the_file_is_found():
    values, faults = read(["1"] * 30_000 + ["x"], type="int")

    assert faults == ["a.csv:30002: column Montant: not a whole number."]
    assert len(values) == 30_001


def test_the_whole_column_decides_how_its_first_rows_are_read():
    texts = ["1,234"] * 120_000 + ["1,5"]  # more than become columns together
    values, faults = read(texts, type="number", decimal="auto")

    assert (values[0], values[-1], len(values), faults) == (1.234, 1.5, 120_001, [])


def test_rates_are_fractions_and_bounds_are_unknown():
    assert read(["15.86%", "0.5", "< 10%", " --"], type="rate")[0] == [0.1586, 0.5, None, None]


def test_two_currencies_in_one_column_are_a_fault():
    assert read(["12 €", "13 €", "$4"], type="money")[1] == [
        "a.csv: column Montant: amounts in $, €. Export one currency at a time."
    ]


def test_amounts_in_another_currency_than_the_company_s_are_a_fault():
    said = "amounts in {}, and the company's currency is EUR. Convert the amounts first"
    for cell, unit in (("$4", "$"), ("CHF 4", "CHF"), ("4 TTC", "TTC"), ("4 £", "£")):
        faults = read(["12", cell], type="money")[1]
        assert faults == [
            f"a.csv:3: column Montant: {said.format(unit)}: two currencies are never added."
        ]
    assert read(["12 €", "13 EUR", "14"], type="money") == ([12, 13, 14], [])
    assert read(["12", "$0"], type="money") == ([12, 0], [])  # nothing is nothing in any currency


@pytest.mark.parametrize(
    ("kind", "cell"), [("number", "90 min"), ("int", "7 h"), ("money", "7 h"), ("rate", "3 s")]
)
def test_a_duration_is_no_other_number(kind, cell):
    values, faults = read([cell], type=kind)

    assert values == [None]
    assert faults[0].startswith("a.csv:2: column Montant: not a")


@pytest.mark.parametrize(
    "pair",
    ["Yes No", "Oui Non", "Ja Nein", "Sí No", "Vero Falso", "Sim Não", "ja nee", "on off", "✓ ✗"],
)
def test_yes_and_no_in_seven_languages(pair):
    assert read(pair.split(), type="bool") == ([True, False], [])


def test_an_empty_box_is_not_ticked_and_says_nothing_where_others_say_no():
    assert read(["x", "", "x"], type="bool") == ([True, False, True], [])
    assert read(["yes", "", "no"], type="bool") == ([True, None, False], [])
    values, faults = read(["yes", "", "no", "perhaps"], type="bool")
    assert values == [True, None, False, None] and len(faults) == 1


def test_fault_31_ids_stay_text_and_shortened_ones_are_a_fault():
    cells = ["0015", "17960320052859139", "17960320052859138"]
    assert read(cells, type="id") == (cells, [])
    assert read(["1,79603E+16"], type="id")[1] == [
        "a.csv:2: column Montant: a number that Excel has shortened, so that its last digits are"
        " lost: import the file as it was downloaded."
    ]


def test_instants_without_an_offset_are_the_company_s():
    assert read(["2024-01-31 23:30"], type="instant")[0] == [
        datetime(2024, 1, 31, 22, 30, tzinfo=UTC)
    ]


def test_choices_are_listed_and_the_cell_is_not():
    values = {"Approuvé": "approved", "Refusé": "refused"}
    assert read(["approuve", "REFUSÉ", "?x"], values=values) == (
        ["approved", "refused", None],
        ["a.csv:4: column Montant: not one of Approuvé, Refusé."],
    )


@pytest.mark.parametrize("again", [0, 20])
def test_a_long_column_is_read_by_parts_as_the_whole_of_it(monkeypatch, again):
    """Ten texts of each kind, apart (0) or each twenty times; parts of three; one cell is wrong."""
    days = [f"{day:02d}/10/2026" for day in range(11, 21)] * max(1, again) + ["31/02/2026"]
    sums = [f"1 2{number}0,5" for number in range(10)] * max(1, again) + ["?"]
    whole = read(days, type="date"), read(sums, type="money", decimal="auto")
    monkeypatch.setattr(column, "AT_ONCE", 3)

    assert (read(days, type="date"), read(sums, type="money", decimal="auto")) == whole
    assert whole[0][0][0] == date(2026, 10, 11) and whole[0][0][-1] is None
    assert whole[1][0][:2] == [1200.5, 1210.5]
    last = len(days) + 1
    assert whole[0][1][0].startswith(f"a.csv:{last}: column Montant: not a date written")
    assert whole[1][1][0].startswith(f"a.csv:{last}: column Montant: not a number")


@pytest.mark.parametrize(
    "kind", ["int", "number", "rate", "money", "seconds", "date", "instant", "bool"]
)
def test_no_fault_holds_a_value(kind):
    _, faults = read(["Zoé Marqueur", "zoe@people.example"], type=kind)

    assert len(faults) == 1
    assert "arqueur" not in faults[0] and "people" not in faults[0]


def test_a_person_has_one_pseudonym_however_the_name_is_typed():
    one = pseudonym("E\u0301lise@people.example ", b"key")

    assert one == pseudonym("élise@People.example", b"key") != pseudonym("x", b"key")
    assert one != pseudonym("élise@People.example", b"other")
    assert len(one) == 20


def test_texts_are_read_by_the_one_reader_of_columns():
    """A second way to read a day, an instant or a number would read some texts otherwise."""
    second = re.compile(r"\.(?:to_date|to_datetime|strptime|to_decimal|to_integer)\(")
    others = [
        path.name
        for path in Path(kpilib.sources.__file__).parent.rglob("*.py")
        if second.search(path.read_text(encoding="utf-8"))
    ]

    assert others == []
