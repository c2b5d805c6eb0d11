"""Small awkward exports: each gives the right table, a fault with its row, or a question."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest

from kpilib.errors import ContractError
from kpilib.sources.imports import import_files
from tests.faults.desk import HEADER, SITE, TILL
from tests.sources.shop import KEY

PARIS = ZoneInfo("Europe/Paris")
FIRST = (("A1", date(2026, 10, 1), 10.5), ("A2", date(2026, 10, 2), 20.0))


def lines(*amounts: str, sep: str = ",", end: str = "\n") -> str:
    """Return an export: orders A1, A2, ... of 1, 2, ... October, with these amounts."""
    rows = [sep.join(HEADER.split(","))]
    rows += [
        sep.join([f"A{number}", "b@x.example", f"2026-10-{number:02}", amount, "Paid"])
        for number, amount in enumerate(amounts, 1)
    ]
    return end.join(rows) + end


def dated(*days: str, sep: str = ",") -> bytes:
    """Return an export of two orders, of 10.5 and 20, on days written in some way."""
    text = lines(*(("10.5", "20.0") if sep == "," else ("10,5", "20,0")), sep=sep)
    for number, day in enumerate(days, 1):
        text = text.replace(f"2026-10-{number:02}", day)
    return text.encode()


def book(*rows: list, merge: str = "", hidden: list | None = None) -> bytes:
    """Return a workbook of one sheet, and perhaps a hidden one."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if merge:
        made.active.merge_cells(merge)
    if hidden:
        old = made.create_sheet("Old")
        old.sheet_state = "hidden"
        for row in hidden:
            old.append(row)
    made.save(file := io.BytesIO())
    return file.getvalue()


def packed(**members: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return file.getvalue()


NAMES = HEADER.split(",")
ONE = ["A1", "b@x.example", "2026-10-01", 10.5, "Paid"]
TWO = ["A2", "b@x.example", "2026-10-02", 20, "Paid"]
THIN, HARD = "\u202f", "\u00a0"

# Name of the file, its bytes, what stands in `orders` then.
READ = {
    "byte_order_mark_and_semicolons.csv": ("\ufeff" + lines("10,50", "20,00", sep=";")).encode(),
    "utf16_with_tabs.csv": lines("10.50", "20.00", sep="\t").encode("utf-16"),
    "utf16_without_mark.csv": lines("10.50", "20.00", sep="\t").encode("utf-16-be"),
    "windows_1252.csv": lines("10,50", "20", sep=";").replace("b@x", "é€").encode("cp1252"),
    "pipes.txt": lines("10.50", "20", sep="|").encode(),
    "separator_said.csv": ("sep=;\n" + lines("10,5", "20", sep=";")).encode(),
    "old_mac_lines.csv": lines("10.50", "20", end="\r").encode(),
    "spaces_behind_commas.csv": lines("10.50", "20", sep=", ").encode(),
    "quoted_semicolons.csv": lines("10,5", "20", sep=";")
    .replace("b@x.example", '"Doe; Jane ""JJ"""')
    .encode(),
    "lines_in_cells.csv": lines("10.50", "20").replace("b@x.example", '"Doe\nJane"').encode(),
    "hard_space_and_euro.csv": lines(f"10,50{HARD}€", f"20,00{HARD}€", sep=";").encode(),
    "comments_above.csv": ("# exported by till\n# 2026\n" + lines("10.50", "20")).encode(),
    "empty_rows.csv": lines("10.50", "20").replace("\nA2", "\n\n,,,,\nA2").encode(),
    "empty_columns.csv": lines("10.5", "20")
    .replace("Paid\n", "Paid,,\n")
    .replace("State\n", "State,,\n")
    .encode(),
    "french_total.csv": (lines("10,50", "20", sep=";") + "Total général;;;30,50;\n").encode(),
    "french_months.csv": dated("1er octobre 2026", "2 oct. 2026"),
    "english_months.csv": dated("Oct 1, 2026", "October 2, 2026", sep=";"),
    "months_between_dashes.csv": dated("01-Oct-2026", "02-Okt-26"),
    "days_of_a_message.csv": dated(
        "Thu, 01 Oct 2026 10:12:00 GMT", "Fri, Oct 2, 2026 at 10:12", sep=";"
    ),
    "spanish_and_german_months.csv": dated("1 de octubre de 2026", "2. Oktober 2026"),
    "guarded_from_formulas.csv": lines('="10.50"', "'20").replace("A1,", '="A1",').encode(),
    "a_header_of_groups.csv": ("Order,,Money,,\n" + lines("10.50", "20")).encode(),
    "one_currency_in_two_ways.csv": lines("10,50 €", "EUR 20,00", sep=";").encode(),
    "days_without_signs.csv": dated("20261001", "20261002"),
    "excel_serials.xlsx": book(
        NAMES, [*ONE[:2], 46296, *ONE[3:]], [*TWO[:2], datetime(2026, 10, 2), *TWO[3:]]
    ),
    "lines_above.xlsx": book([], ["Orders of October"], [], NAMES, ONE, TWO),
    "merged_header.xlsx": book(["Order", "", "Money", "", ""], NAMES, ONE, TWO, merge="A1:B1"),
    "merged_cells.xlsx": book(NAMES, ONE, [TWO[0], None, *TWO[2:]], merge="B2:B3"),
    "hidden_sheet.xlsx": book(NAMES, ONE, TWO, hidden=[NAMES, ["A9", *ONE[1:]]]),
    "a_workbook.csv": book(NAMES, ONE, TWO),
    "a_text.xlsx": lines("10.50", "20").encode(),
    "several.zip": packed(
        a=lines("10.50"), b=lines("9", "20").replace("A1,b@x.example,2026-10-01,9,Paid\n", "")
    ),
    "header_again.csv": (lines("10.50", "20") + HEADER + "\n").encode(),
    "the_same_row_twice.csv": (
        lines("10.50", "20") + "A2,b@x.example,2026-10-02,20,Paid\n"
    ).encode(),
}


@pytest.fixture
def till(tmp_path, monkeypatch):
    """Return a function that imports one file and gives order, local day and amount of each row."""
    monkeypatch.setenv("KPILIB_KEY", KEY)
    folder = tmp_path / "acme"
    (folder / "presets").mkdir(parents=True)
    (folder / "company.yaml").write_text("name: Acme\ntimezone: Europe/Paris\n", encoding="utf-8")
    for name, text in (("till", TILL), ("site", SITE)):
        (folder / "presets" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def take(name: str, data: bytes, said: list | None = None) -> tuple:
        (tmp_path / name).write_bytes(data)
        import_files([tmp_path / name], folder, say=[].append if said is None else said.append)
        found = pl.read_parquet(folder / "tables" / "orders.parquet").sort("order_id")
        rows = found.select("order_id", "ordered_at", "amount_ht").rows()
        return tuple((name, at.astimezone(PARIS).date(), amount) for name, at, amount in rows)

    return take


@pytest.mark.parametrize("name", READ)
def test_the_right_table(till, name):
    assert till(name, READ[name]) == FIRST


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (f"1{THIN}234,50", 1234.5),
        (f"1{HARD}234,50 €", 1234.5),
        ("(12,50)", -12.5),
        ("\u221212,50", -12.5),
        ("-", None),
        ("n/a", None),
    ],
)
def test_an_amount(till, written, amount):
    text = lines("10,5", written, sep=";")
    assert [row[2] for row in till("a.csv", text.encode())] == [10.5, amount]


@pytest.mark.parametrize(("written", "amount"), [("1'234.50", 1234.5), ('"1,23,456.50"', 123456.5)])
def test_thousands_of_other_countries(till, written, amount):
    assert till("a.csv", lines("10.5", written).encode())[1][2] == amount


def test_an_instant_is_of_the_day_that_the_company_has_then(till):
    """23:30 of 31 October in London is November in Paris, 23:30 of 31 October in Paris is not."""
    rows = till("a.csv", dated("2026-10-31T23:30:00Z", "2026-10-31T23:30:00+01:00"))

    assert [day for _, day, _ in rows] == [date(2026, 11, 1), date(2026, 10, 31)]


def test_rows_that_come_twice_are_said(till):
    till("a.csv", READ["the_same_row_twice.csv"], said := [])

    assert said[-1] == (
        "Table orders: 2 row(s) added, 0 changed, 0 the same as before; 1 came twice, counted once"
    )


def test_two_tables_under_each_other(till, tmp_path):
    visits = "\nVisits\nVisit,Begun,Country\nV1,2026-10-05,FR\nV2,2026-10-06,FR\n"

    assert till("a.csv", ("Orders\n" + lines("10.5", "20") + visits).encode()) == FIRST
    assert len(pl.read_parquet(tmp_path / "acme" / "tables" / "sessions.parquet")) == 2


def test_two_tables_beside_each_other(till, tmp_path):
    names = [*NAMES, "", "Visit", "Begun", "Country"]
    both = book(names, [*ONE, "", "V1", "2026-10-05", "FR"], [*TWO, "", "V2", "2026-10-06", "FR"])

    assert till("a.xlsx", both) == FIRST
    assert len(pl.read_parquet(tmp_path / "acme" / "tables" / "sessions.parquet")) == 2


# Name of the file, its bytes, what is said of it.
REFUSED = {
    "percent.csv": (lines("10", "12 %").encode(), ":3: column Amount: not a number."),
    "two_currencies.csv": (lines("10 €", "10 $").encode(), "amounts in $, €. Export one currency"),
    "another_currency.csv": (
        lines("10.50", "US$20").encode(),
        ":3: column Amount: amounts in US$, and the company's currency is EUR.",
    ),
    "pounds.csv": (lines("£10.50", "£20").encode(), ":2: column Amount: amounts in £, and the"),
    "a_row_too_short.csv": (
        lines("10", "20").replace(",10,Paid", ",10").encode(),
        ":2: 4 cell(s) in this row, 5 in",
    ),
    "two_decimal_signs.csv": (
        lines('"1,234.50"', '"1.234,50"').encode(),
        "points and commas both part decimals",
    ),
    "thousands_or_decimals.csv": (lines('"1,234"', '"2,500"').encode(), "thousands, or decimals?"),
    "days_or_months.csv": (
        dated("01/10/2026", "02/10/2026"),
        "--read 'Ordered=%d/%m/%Y' (day first)",
    ),
    "both_orders.csv": (dated("25/10/2026", "10/25/2026"), "day and month change places"),
    "no_such_day.csv": (
        dated("2026-10-01", "2026-02-30"),
        ":3: column Ordered: not a date written",
    ),
    "comma_without_quotes.csv": (
        lines("10", "1,234.50").encode(),
        ":3: 6 cell(s) in this row, 5 in",
    ),
    "a_row_of_units.xlsx": (
        book(NAMES, ["", "", "day", "EUR", ""], ONE, TWO),
        "]:2: column Amount: not a number",
    ),
    "unit_in_the_header.csv": (
        lines("10").replace("Amount", "Amount (EUR)").encode(),
        "The nearest is Till, which also has",
    ),
    "months_as_columns.csv": (
        b"Order No;2026-01;2026-02\nA1;10;20\n",
        ":1: its columns are periods",
    ),
    "wrong_total.csv": (
        (lines("10", "20") + "Total,,,31,\n").encode(),
        "add up to 30, the totals row says 31",
    ),
    "one_order_two_amounts.csv": (
        (lines("10", "20") + "A2,b@x.example,2026-10-02,21,Paid\n").encode(),
        "repeat a key (order_id)",
    ),
    "shortened_numbers.csv": (
        lines("10").replace("A1,", "1.23E+15,").encode(),
        ":2: column Order No: a number that Excel",
    ),
    "lost_formula.xlsx": (book(NAMES, [*ONE[:3], "=5+5", "Paid"]), "cell D2 holds a formula"),
    "dates_turned_by_excel.xlsx": (
        book(
            NAMES, [*ONE[:2], datetime(2026, 5, 10), *ONE[3:]], [*TWO[:2], "25/10/2026", *TWO[3:]]
        ),
        "row(s) 3 hold dates as text among real dates",
    ),
    "a_page.xls": (
        b"<html><table><tr><td>Order No</td></tr></table>",
        "not a workbook: this is a web",
    ),
    "damaged.csv": (lines("10", "2\0").encode(), ":3: the file holds a NUL byte"),
    "a_state_of_its_own.csv": (
        lines("10", "20").replace("20,Paid", "20,Lost").encode(),
        ":3: column State: not one of Paid",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_with_its_place_or_a_question(till, tmp_path, name):
    data, said = REFUSED[name]
    with pytest.raises(ContractError) as caught:
        till(name, data)

    assert str(caught.value).replace("2 faults in the data:", "").count(name) >= 1
    assert said in str(caught.value)
    assert not (tmp_path / "acme" / "tables").exists()
