"""Faults 1 to 32 where they come in: files that an import refuses, and files that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from tests.faults.desk import CANARY, HEADER, TILL, on, order, orders, parquet
from tests.sources.twins_reading import Formula, Sheet, workbook

VISITS = "Visit,Begun,Country"
DAY = date(2026, 10, 5)
SHEET = [["Order No", "Ordered", "Amount"], ["A1", DAY, 10.0]]
TWICE = orders("10.00", "20.00")
AMBIGUOUS = on("01/10/2026", "05/10/2026", "10/10/2026")
ROW = "{},nobody@client.example,2026-10-31,{},Paid"  # of a total
READS_AS_A_TOTAL = "export.csv:4: column Order No: this row reads as a total"


def visits(*countries: str) -> list[str]:
    return [VISITS, *(f"V{n},2026-10-05,{name}" for n, name in enumerate(countries, 1))]


def long(changed: dict[int, str]) -> list[str]:
    """Return an export that no sample looks through, with other rows in some places."""
    lines = [HEADER, *(order(number) for number in range(1, 30_001))]
    return [changed.get(place, line) for place, line in enumerate(lines, 1)]


def book(*rows: list, name: str = "Orders", **options) -> bytes:
    return workbook(Sheet(name, [*rows], **options))


def refused(name, data, *said, file="export.csv", hidden=CANARY):
    return pytest.param(data, file, said, hidden, id=name)


@pytest.mark.parametrize(("data", "file", "said", "hidden"), [
    refused("f01 an ambiguous day and month", AMBIGUOUS, "export.csv: column Ordered: ",
            "--read 'Ordered=%d/%m/%Y' (day first)", "'Ordered=%m/%d/%Y'", hidden="05/10/2026"),
    refused("f02 the order flips", on("25/10/2026", "10/25/2026"), "export.csv", "column Ordered",
            hidden="25/10"),
    refused("f04 a column is renamed", [HEADER.replace("Amount", "Amount (€)"), order(1)],
            "export.csv", "Amount (€)",  # what was found, what was expected, what to do
            "The nearest is Till", "also has Amount", "--map"),
    refused("f06 a header twice", [f"{HEADER},Amount", f"{order(1)},99.00"],
            "export.csv:1: two columns are called 'Amount'", "Rename or remove the other"),
    refused("f07 an empty file", b"",
            "kpilib: export.csv: the file is empty. Export it again.\nNothing was imported.\n"),
    refused("f08 a page", f"<!doctype html>\n<html><body>Sign in, {CANARY}</body></html>",
            "export.csv", "this is a web page"),
    refused("f08 a message", f'{{"error": {{"code": 401, "message": "{CANARY}"}}}}',
            "export.csv", "a message in JSON"),
    refused("f08 messages", f'[{{"error": "{CANARY}"}}]', "export.csv"),
    refused("f09 cut within a row", "\n".join([*TWICE, "A003,b@client.example"]),
            "export.csv:4: 2 cell(s) in this row, 5 in the header.",
            "the file was cut: export it again"),
    refused("f09 cut within a quoted text", "\n".join([*orders("10.00"), f'A002,"{CANARY}']),
            "export.csv:3: a quote that opens in this row is never closed"),
    refused("f09 cut where a row ends", [*TWICE, "Total,,,60.00,"],
            "column Amount: the rows add up to 30, the totals row says 60."),
    refused("f09 half a parquet file",
            (whole := parquet(**{"Order No": ["A1"], "Amount": [10.0]}))[: len(whole) // 2],
            "export.parquet: a Parquet file that is damaged or cut short. Export it again.",
            file="export.parquet"),
    refused("f10 a comma too many", long({3: f"{order(2)},{CANARY}"}),
            "export.csv:3: 6 cell(s) in this row, 5 in the header.", "export it again"),
    refused("f10 where no sample looks", long({25_000: f"{order(2)},{CANARY}"}),
            "export.csv:25000: 6 cell(s) in this row, 5 in the header.", "export it again"),
    refused("f11 a bad type late in the file",
            long({place: order(place, amount=CANARY) for place in (25_001, 28_001, 29_001)}),
            "export.csv:25001: column Amount: not a number, and in 2 more row(s)."),
    refused("f12 a text among numbers", orders("10.00", "10.00 or so"),
            "export.csv:3: column Amount: not a number."),
    refused("f13 a number with two readings", orders("1.234", "5.678"),
            "export.csv: column Amount: ",
            "--read 'Amount=.' (decimal point) or --read 'Amount=,' (decimal comma)",
            hidden="1.234"),
    refused("f14 bytes that became question marks", visits("R\ufffdunion"), "export.csv:2",
            hidden="R\ufffdunion"),
    refused("f16 two tables side by side that nobody knows",
            book(*[["Shop", "Sum", None, "Street", "Town"], ["A", 1.0, None, "B", "C"]] * 2),
            "put each on a sheet of its own", file="book.xlsx"),
    refused("f16 a formula without its value", book(*SHEET, ["A2", DAY, Formula()]),
            "book.xlsx", "column Amount", "formula", file="book.xlsx"),
    refused("f17 a text that is no date", book(*SHEET, ["A2", CANARY, 20.0]),
            "column Ordered: not a date", file="book.xlsx"),
    refused("f21 a NUL sign", "\n".join([*orders("10.00"), f"A2,{CANARY}\0,2026-10-05,1,Paid"]),
            "export.csv", "NUL"),
    refused("f22 a huge cell", [*orders("10.00"), order(2).replace("Paid", "x" * 2_000_000)],
            "export.csv:3: a cell of more than 1,048,576 signs"),
    refused("f23 a type that is none",
            parquet(**{"Order No": ["1"], "Ordered": [DAY], "Amount": [True]}),
            "one.parquet:1: column Amount: not a number.", file="one.parquet"),
    refused("f26 one id with two values", [HEADER, order(1, "10.00"), order(1, "20.00")],
            "export.csv: orders: 1 row(s) repeat a key (order_id) with other values.",
            "keep the right one"),
    refused("f31 an id that Excel has shortened", [HEADER, "9.00719E+15,b,2026-10-05,10.00,Paid"],
            "export.csv:2: column Order No: a number that Excel has shortened",
            "import the file as it was downloaded"),
    refused("a total that differs", [*TWICE, ROW.format("Somme", "45.00")],
            "column Amount: the rows add up to 30, the totals row says 45."),
    refused("a total with nothing to compare", [*TWICE, ROW.format("Somme", "")], READS_AS_A_TOTAL),
])  # fmt: skip
def test_it_is_refused_and_says_where_and_why(desk, data, file, said, hidden):
    heard = desk.refuses(desk.got(data, file))

    assert not [each for each in said if each not in heard], heard
    assert hidden not in heard


def taken(name, data, figures, *said, file="export.csv", told=""):
    return pytest.param(data, file, told, figures, said, id=name)


@pytest.mark.parametrize(("data", "file", "told", "figures", "said"), [
    # 1, 5 and 10 October; the other answer leaves 10 October alone: the others are other months.
    taken("f01 day first", AMBIGUOUS, {"revenue": 30.0}, told="Ordered=%d/%m/%Y"),
    taken("f01 month first", AMBIGUOUS, {"revenue": 10.0}, told="Ordered=%m/%d/%Y"),
    taken("f05 a new column", [f"{HEADER},Loyalty", *(f"{each},{CANARY}" for each in TWICE[1:])],
          {"revenue": 30.0}, "columns ignored: Loyalty"),
    taken("f07 a header only", [HEADER], {}, "0 row(s) read, 0 kept for orders"),
    taken("f12 semicolons, decimal commas and hard spaces", [
        "Order No;Buyer;Ordered;Amount;State",
        "A1;b@client.example;2026-10-05;1\u00a0234,50;Paid",
        "A2;b@client.example;2026-10-05;12\u202f000,25;Paid",
    ], {"revenue": 13234.75}),  # 1 234,50 + 12 000,25
    taken("f13 a decimal comma", orders("1.234", "5.678"), {"revenue": 6912.0}, told="Amount=,"),
    taken("f15 titles above and a total below",  # not 60
          ["Till of Acme", "Period: October 2026", "", *TWICE, "Total,,,30.00,"],
          {"revenue": 30.0}, "1 row(s) left out: totals row (row 7)",
          "total checked: Amount 30 (rows: 30)"),
    # The sheet is found by its columns, not by its place; what is not used is said.
    taken("f16 the right sheet", workbook(
        Sheet("Cover", [["Prepared by", "On"], ["somebody", "today"]]),
        Sheet("Orders", SHEET),
        Sheet("Old draft", [SHEET[0], ["A9", date(2026, 10, 6), 90.0]], hidden=True),
    ), {"revenue": 10.0}, "Cover", file="book.xlsx"),
    # Three orders of 10 beside two visits, parted by a column without a name.
    taken("f16 two tables side by side", book(
        ["Order No", "Ordered", "Amount", None, "Visit", "Begun", "Country"],
        ["A1", DAY, 10.0, None, "V1", DAY, "FR"],
        ["A2", DAY, 10.0, None, "V2", date(2026, 10, 7), "FR"],
        ["A3", DAY, 10.0, None, None, None, None],
    ), {"revenue": 30.0, "sessions": 2.0}, file="book.xlsx"),
    taken("f16 hidden rows", book(*SHEET, ["A2", DAY, 20.0], hidden_rows=(3,)),
          {"revenue": 30.0}, "hidden", file="book.xlsx"),
    taken("f17 serials, texts and real dates",  # 46320 is 25 October 2026; no row is lost
          book(*SHEET, ["A2", "2026-10-25", 20.0], ["A3", 46320, 40.0]),
          {"revenue": 70.0}, file="book.xlsx"),
    taken("f17 a workbook that counts from 1904",
          workbook(Sheet("Orders", SHEET), since_1904=True), {"revenue": 10.0}, file="book.xlsx"),
    taken("f21 new lines and quotes in a text", [
        f"{HEADER},Comment", order(1) + ',"said ""yes"",\nthen\r\nno"', order(2) + ",fine",
    ], {"revenue": 20.0}),
    taken("f26 exact duplicates", [*TWICE, *[TWICE[1]] * 10], {"revenue": 30.0}),  # not 130
    taken("f28 a group without a name", visits("FR", "FR", "", "  "),
          {("sessions", "country"): {"FR": 2.0, "(unknown)": 2.0}, "sessions": 4.0}),
    *(taken(f"f29 a name that looks like nothing: {name}", visits(name, "FR", ""),
            {("sessions", "country"): {name: 1.0, "FR": 1.0, "(unknown)": 1.0}})
      for name in ("NA", "None", "null", "nan")),
    # Three beside Réunion (spaces around a cell never count), one beside New Zealand.
    taken("f30 variants of a label", visits(
        "Réunion", "Réunion", "Re\u0301union", " Réunion ", "RÉUNION", "R\u200béunion",
        "New\u00a0 Zealand", "New Zealand",
    ), {("sessions", "country"): {"Réunion": 6.0, "New Zealand": 2.0}},
          "Table sessions: column country: 4 spelling(s) merged into 2 label(s)"),
    taken("f30 ids that differ in case", [VISITS, "Ab,2026-10-05,FR", "aB,2026-10-05,FR"],
          {"sessions": 2.0}),
    taken("f31 leading zeros and long ids",  # 2^53 and the next: four orders
          [HEADER, *(f"{each},b,2026-10-05,10.00,Paid"
                     for each in ("007", "7", "9007199254740992", "9007199254740993"))],
          {"revenue": 40.0}),
    taken("f32 refunds lower the revenue", orders("10.00", "20.00", "-5.00"), {"revenue": 25.0}),
    *(taken(f"a total in another word than the preset's: {word}",
            [*TWICE, ROW.format(word, "30.00")],
            {"revenue": 30.0}, "total checked: Amount 30 (rows: 30)")
      for word in ("Somme", "SOUS-TOTAL", "Grand total", "(all)", "Gesamt", "Suma")),
    taken("a total in a workbook",
          book(*(line.split(",") for line in [*TWICE, ROW.format("Somme", "30.00")])),
          {"revenue": 30.0}, file="export.xlsx"),
    taken("the name of a buyer or of a state is no total",
          [*orders("10.00"), ROW.format("Total Energies", "20.00"),
           "A9,Total,2026-10-05,5.00,Paid"], {"revenue": 35.0}),
])  # fmt: skip
def test_it_is_taken_for_what_it_is(desk, data, file, told, figures, said):
    heard = desk.takes(desk.got(data, file), *(["--read", told] if told else []))

    assert not [each for each in said if each not in heard], heard
    found = {
        kpi: desk.groups(*kpi) if isinstance(kpi, tuple) else desk.figure(kpi) for kpi in figures
    }
    assert found == figures


def test_f02_the_order_flips_between_months(desk):
    first = desk.got(on("05/10/2026", "06/10/2026"), "one.csv")
    desk.takes(first, "--read", "Ordered=%d/%m/%Y")
    second = desk.got(on("05/10/2026", "10/25/2026"), "two.csv")
    said = desk.refuses(second, "--read", "Ordered=%d/%m/%Y")

    assert "two.csv:3: column Ordered: not a date written YYYY-MM-DD or %d/%m/%Y" in said
    assert "10/25" not in said


def test_f03_columns_in_another_order(desk):
    desk.takes(desk.got(TWICE, "a.csv"))
    before = desk.state()["tables/orders.parquet"]
    said = desk.takes(desk.got([",".join(reversed(line.split(","))) for line in TWICE], "b.csv"))

    assert "0 row(s) added, 0 changed, 2 the same as before" in said
    assert desk.state()["tables/orders.parquet"] == before
    assert desk.figure() == 30.0


def test_f07_no_row_in_the_month(desk):
    desk.takes(desk.got([VISITS, "V1,2026-08-05,FR", "V2,2026-11-05,FR"]))
    (row,) = desk.rows("sessions")

    assert (row["value"], row["status"]) == (None, "no_data")
    assert row["reason"] == "There is no data for this period."


def test_f14_four_encodings_give_one_figure(desk):
    text = "Visit;Begun;Country\nV1;2026-10-05;Réunion\nV2;2026-10-06;Réunion\n"
    for name in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        said = desk.takes(desk.got(text.encode(name), f"{name}.csv"))
        assert desk.groups("sessions", "country") == {"Réunion": 2.0}
        assert f"encoding {'utf-16' if name == 'utf-16' else name[:6]}" in said.lower()


FEW = {"POLARS_MAX_THREADS": "1", "MALLOC_ARENA_MAX": "1"}  # threads reserve what they do not use
LIMITED = """
import os, resource, sys
from kpilib.sources.imports import Asked, import_files
folder, small, large = sys.argv[1:]
import_files([small], folder, Asked(dry_run=True))  # so that all that is loaded once is there
taken = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
resource.setrlimit(resource.RLIMIT_AS, (taken + (40 << 20),) * 2)
import_files([large], folder)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, as Linux has it")
def test_f22_a_file_larger_than_the_memory_left(desk):
    text, large = "x" * 20_000, desk.downloads / "large.csv"
    with large.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER},Page\n")
        for number in range(4_000):  # 80 MB, and 40 MB of memory that are free
            file.write(f"{order(number)},{text}\n")
    small = desk.got([f"{HEADER},Page", f"{order(1)},x"], "small.csv")
    res = subprocess.run(
        [sys.executable, "-c", LIMITED, desk.folder, small, large],
        capture_output=True, text=True, check=False, env=os.environ | FEW | desk.runner.env,
    )  # fmt: skip

    assert (res.returncode, res.stderr[-2000:]) == (0, "")
    assert "4,000 row(s) added" in res.stdout
    assert desk.figure() == 40_000.0


def test_f22_when_memory_ends_it_is_said(desk, monkeypatch):
    def starved(*_, **__):
        raise MemoryError

    monkeypatch.setattr("kpilib.sources.importing.take", starved)
    said = desk.refuses(desk.got(orders("10.00")))

    assert said.startswith("kpilib: there is not enough memory")


def test_f23_numbers_become_texts_and_decimals_floats(desk):
    from decimal import Decimal

    one = {"Order No": [1, 2], "Ordered": [DAY] * 2, "Amount": [Decimal("10.10")] * 2}
    two = {"Order No": [*"123"], "Ordered": ["2026-10-05"] * 3, "Amount": [10.10] * 3}
    desk.takes(desk.got(parquet(**one), "one.parquet"))
    said = desk.takes(desk.got(parquet(**two), "two.parquet"))

    assert "1 row(s) added, 0 changed, 2 the same as before" in said
    assert desk.figure() == pytest.approx(30.3, abs=1e-9)  # 3 x 10.10


def test_f30_the_spelling_of_the_table_stays(desk):
    desk.takes(desk.got([VISITS, "W1,2026-10-04,Belgique"], "a.csv"))
    file = desk.got(visits("BELGIQUE", "BELGIQUE", "belgique"), "b.csv")
    desk.takes(file)
    before = desk.state()["tables/sessions.parquet"]
    desk.takes(file, "--again")

    assert desk.groups("sessions", "country") == {"Belgique": 4.0}
    assert desk.state()["tables/sessions.parquet"] == before


def test_f32_an_import_of_impossible_values_is_refused(desk):
    preset = desk.folder / "presets" / "site.yaml"
    preset.write_text(preset.read_text() + "      pageviews: {names: Pages, type: int}\n")
    said = desk.refuses(desk.got([f"{VISITS},Pages", "V1,2026-10-05,FR,-3"]))

    assert "export.csv: sessions: column pageviews, 1 row(s)" in said and "is below 0" in said


@pytest.mark.parametrize("word", ["Total", "sous-total", "(all)"])
def test_a_preset_of_ones_own_that_says_nothing_of_totals_refuses_it(desk, word):
    (desk.folder / "presets" / "till.yaml").write_text(TILL.partition("    totals:")[0])
    said = desk.refuses(desk.got([*TWICE, ROW.format(word, "30.00")]))

    assert said == (
        f"kpilib: {READS_AS_A_TOTAL}, and would be counted as"
        " one row more. Take it out; or name in the preset what it adds up, so that it is compared:"
        " additive: [amount_ht].\nNothing was imported.\n"
    )


def test_a_map_that_was_just_made_says_how_to_compare_totals(desk):
    file = desk.got([HEADER.replace("Order No", "Bon"), order(1)], "bons.csv")
    desk.run("import", file, "--map", "--target", "orders")

    text = (desk.folder / "presets" / "bons.yaml").read_text(encoding="utf-8")
    assert "# additive: [amount_ht" in text
