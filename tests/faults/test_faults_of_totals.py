"""Dated rows that add up others, in exports: never an order, and what they say is compared."""

from __future__ import annotations

import pytest

from tests.faults.desk import HEADER, TILL, order, orders
from tests.sources.twins_reading import Sheet, workbook

# Two orders of 10 and 20; the till of the desk names what a totals row must repeat.
ROW = "{},nobody@client.example,2026-10-31,{},Paid"


def silent(desk) -> None:
    """Let the preset say nothing of totals, as one that `--map` made."""
    path = desk.folder / "presets" / "till.yaml"
    text = TILL.partition("    totals:")[0]
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("word", ["Somme", "SOUS-TOTAL", "Grand total", "(all)", "Gesamt", "Suma"])
def test_a_total_in_another_word_than_the_presets_is_dropped_and_compared(desk, word):
    said = desk.takes(desk.got([*orders("10.00", "20.00"), ROW.format(word, "30.00")]))

    assert "total checked: Amount 30 (rows: 30)" in said
    assert desk.figure() == 30.0


def test_one_that_differs_is_refused(desk):
    said = desk.refuses(desk.got([*orders("10.00", "20.00"), ROW.format("Somme", "45.00")]))

    assert "column Amount: the rows add up to 30, the totals row says 45." in said


@pytest.mark.parametrize("word", ["Total", "sous-total", "(all)"])
def test_a_preset_of_ones_own_that_says_nothing_of_totals_refuses_it(desk, word):
    silent(desk)
    said = desk.refuses(desk.got([*orders("10.00", "20.00"), ROW.format(word, "30.00")]))

    assert said == (
        "kpilib: export.csv:4: column Order No: this row reads as a total, and would be counted as"
        " one row more. Take it out; or name in the preset what it adds up, so that it is compared:"
        " additive: [amount_ht].\nNothing was imported.\n"
    )


def test_a_total_that_says_nothing_to_compare_is_refused(desk):
    said = desk.refuses(desk.got([*orders("10.00", "20.00"), ROW.format("Somme", "")]))

    assert "export.csv:4: column Order No: this row reads as a total" in said


def test_in_a_workbook(desk):
    rows = [line.split(",") for line in [*orders("10.00", "20.00"), ROW.format("Somme", "30.00")]]

    desk.takes(desk.got(workbook(Sheet("Orders", rows)), "export.xlsx"))

    assert desk.figure() == 30.0


def test_the_name_of_a_buyer_or_of_an_order_is_no_total(desk):
    desk.takes(desk.got([*orders("10.00"), ROW.format("Total Energies", "20.00"),
                         "A9,Total,2026-10-05,5.00,Paid"]))  # fmt: skip

    assert desk.figure() == 35.0


def test_each_of_the_three_ways_in(desk):
    lines = ["order_id,ordered_at,amount_ht,status", "A1,2026-10-05,10,paid"]
    desk.table("orders", *lines, "Total,2026-10-31,10,paid")

    code, said = desk.checked()

    assert code == 1
    assert "orders.csv: column order_id, 1 row(s), the first in row 3: the key reads as a" in said


def test_a_map_that_was_just_made_says_how_to_compare_totals(desk):
    file = desk.got([HEADER.replace("Order No", "Bon"), order(1)], "bons.csv")

    desk.run("import", file, "--map", "--target", "orders")

    text = (desk.folder / "presets" / "bons.yaml").read_text(encoding="utf-8")
    assert "# additive: [amount_ht" in text
