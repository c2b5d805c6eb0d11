"""Faults 7 to 9, 14 to 17, 21 and 22: files that are not what they seem."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

import kpilib as kl
from kpilib.objectives.standing import standings
from kpilib.period import Period
from tests.faults.desk import CANARY, HEADER, MONTH, order, orders
from tests.sources.twins_reading import Formula, Sheet, workbook

PLAN = """
objectives:
  - id: growth
    statement: Sell more
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr, kpi: revenue, mode: from_to, unit: EUR, baseline: 100, target: 200}
"""


def test_f07_an_empty_file(desk):
    said = desk.refuses(desk.got(b""))

    empty = "kpilib: export.csv: the file is empty. Export it again.\n"
    assert said == f"{empty}Nothing was imported.\n"


def test_f07_a_header_only_is_no_data_and_never_zero(desk):
    desk.table("orders", "order_id,ordered_at,amount_ht,status")
    (row,) = desk.rows("revenue")

    assert (row["value"], row["status"]) == (None, "no_data")


def test_f07_an_export_of_a_header_only_brings_nothing(desk):
    said = desk.takes(desk.got([HEADER]))

    assert "0 row(s) read, 0 kept for orders" in said


def test_f07_no_row_in_the_month(desk):
    desk.takes(desk.got(["Visit,Begun,Country", "V1,2026-08-05,FR", "V2,2026-11-05,FR"]))
    (row,) = desk.rows("sessions")

    assert (row["value"], row["status"]) == (None, "no_data")
    assert row["reason"] == "There is no data for this period."


def test_f07_an_objective_without_data_is_not_assessable_rather_than_missed(desk):
    desk.table("orders", "order_id,ordered_at,amount_ht,status")
    (desk.folder / "objectives.yaml").write_text(PLAN, encoding="utf-8")
    (standing,) = standings(kl.open(desk.folder), Period.parse(MONTH))

    assert (standing.verdict.level, standing.verdict.reason) == ("not_assessable", "missing")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (f"<!doctype html>\n<html><body>Sign in, {CANARY}</body></html>", "this is a web page"),
        (f'{{"error": {{"code": 401, "message": "{CANARY}"}}}}', "a message in JSON"),
        (f'[{{"error": "{CANARY}"}}]', "export.csv"),
    ],
)
def test_f08_a_page_or_a_message_saved_as_csv(desk, data, what):
    said = desk.refuses(desk.got(data))

    assert "export.csv" in said and what in said


def test_f09_a_csv_cut_in_the_middle_of_a_row(desk):
    text = "\n".join(orders("10.00", "20.00", "30.00"))
    said = desk.refuses(desk.got(text[: -len(",2026-10-05,30.00,Paid")]))

    assert "export.csv:4: 2 cell(s) in this row, 5 in the header." in said
    assert "the file was cut: export it again" in said


def test_f09_a_csv_cut_within_a_quoted_text(desk):
    said = desk.refuses(desk.got("\n".join([*orders("10.00"), f'A002,"{CANARY}'])))

    assert "export.csv:3: a quote that opens in this row is never closed" in said


def test_f09_a_csv_cut_where_a_row_ends_has_another_total(desk):
    lines = [*orders("10.00", "20.00"), "Total,,,60.00,"]
    said = desk.refuses(desk.got(lines))

    assert "column Amount: the rows add up to 30, the totals row says 60." in said


def test_f09_half_a_parquet_file(desk):
    whole = io.BytesIO()
    pl.DataFrame({"Order No": ["A1"], "Ordered": [date(2026, 10, 5)], "Amount": [10.0]}
                 ).write_parquet(whole)  # fmt: skip
    said = desk.refuses(desk.got(whole.getvalue()[: len(whole.getvalue()) // 2], "export.parquet"))

    assert "export.parquet: a Parquet file that is damaged or cut short. Export it again." in said


def test_f14_four_encodings_give_one_figure(desk):
    text = "Visit;Begun;Country\nV1;2026-10-05;Réunion\nV2;2026-10-06;Réunion\n"
    for name in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        said = desk.takes(desk.got(text.encode(name), f"{name}.csv"))
        assert desk.groups("sessions", "country") == {"Réunion": 2.0}
        assert f"encoding {'utf-16' if name == 'utf-16' else name[:6]}" in said.lower()


def test_f14_bytes_that_became_question_marks_are_refused(desk):
    said = desk.refuses(desk.got("Visit,Begun,Country\nV1,2026-10-05,R\ufffdunion\n"))

    assert "export.csv:2" in said and "R\ufffdunion" not in said


def test_f15_titles_above_and_a_total_below(desk):
    lines = ["Till of Acme", "Period: October 2026", "", *orders("10.00", "20.00")]
    said = desk.takes(desk.got([*lines, "Total,,,30.00,"]))

    assert (
        "1 row(s) left out: totals row (row 7)" in said
        and "total checked: Amount 30 (rows: 30)" in said
    )
    assert desk.figure() == 30.0  # not 60


SHEET = [["Order No", "Ordered", "Amount"], ["A1", date(2026, 10, 5), 10.0]]


def test_f16_the_sheet_is_found_by_its_columns_not_by_its_place(desk):
    book = workbook(
        Sheet("Cover", [["Prepared by", "On"], ["somebody", "today"]]),
        Sheet("Orders", SHEET),
        Sheet("Old draft", [SHEET[0], ["A9", date(2026, 10, 6), 90.0]], hidden=True),
    )
    said = desk.takes(desk.got(book, "book.xlsx"))

    assert desk.figure() == 10.0  # not the hidden sheet's
    assert "Cover" in said  # what is not used is said


def test_f16_two_tables_side_by_side_are_read_as_two(desk):
    """Three orders of 10 beside two visits, parted by a column without a name."""
    rows = [
        ["Order No", "Ordered", "Amount", None, "Visit", "Begun", "Country"],
        ["A1", date(2026, 10, 5), 10.0, None, "V1", date(2026, 10, 5), "FR"],
        ["A2", date(2026, 10, 6), 10.0, None, "V2", date(2026, 10, 7), "FR"],
        ["A3", date(2026, 10, 6), 10.0, None, None, None, None],
    ]
    desk.takes(desk.got(workbook(Sheet("Both", rows)), "book.xlsx"))

    assert (desk.figure(), desk.figure("sessions")) == (30.0, 2.0)


def test_f16_two_tables_side_by_side_that_nobody_knows(desk):
    rows = [["Shop", "Sum", None, "Street", "Town"], ["A", 1.0, None, "B", "C"]] * 2
    said = desk.refuses(desk.got(workbook(Sheet("Both", rows)), "book.xlsx"))

    assert "put each on a sheet of its own" in said


def test_f16_hidden_rows_are_read_and_said(desk):
    rows = [*SHEET, ["A2", date(2026, 10, 6), 20.0]]
    said = desk.takes(desk.got(workbook(Sheet("Orders", rows, hidden_rows=(3,))), "book.xlsx"))

    assert desk.figure() == 30.0 and "hidden" in said


def test_f16_a_formula_without_its_value(desk):
    rows = [*SHEET, ["A2", date(2026, 10, 6), Formula()]]
    said = desk.refuses(desk.got(workbook(Sheet("Orders", rows)), "book.xlsx"))

    assert "book.xlsx" in said and "column Amount" in said and "formula" in said


def test_f17_serials_texts_and_real_dates_in_one_column(desk):
    rows = [*SHEET, ["A2", "2026-10-25", 20.0], ["A3", 46320, 40.0]]  # 46320: 25 October 2026
    desk.takes(desk.got(workbook(Sheet("Orders", rows)), "book.xlsx"))

    assert desk.figure() == 70.0  # no row is lost


def test_f17_a_workbook_that_counts_from_1904(desk):
    desk.takes(desk.got(workbook(Sheet("Orders", SHEET), since_1904=True), "book.xlsx"))

    assert desk.figure() == 10.0


def test_f17_a_text_that_is_no_date_is_never_dropped(desk):
    rows = [*SHEET, ["A2", CANARY, 20.0]]
    said = desk.refuses(desk.got(workbook(Sheet("Orders", rows)), "book.xlsx"))

    assert "column Ordered: not a date" in said


def test_f21_new_lines_and_quotes_in_a_text(desk):
    lines = [
        f"{HEADER},Comment",
        order(1) + ',"said ""yes"",\nthen\r\nno"',
        order(2) + ",fine",
    ]
    desk.takes(desk.got(lines))

    assert desk.figure() == 20.0


def test_f21_a_nul_sign(desk):
    said = desk.refuses(desk.got("\n".join([*orders("10.00"), f"A2,{CANARY}\0,2026-10-05,1,Paid"])))

    assert "export.csv" in said and "NUL" in said


def test_f22_a_huge_cell(desk):
    said = desk.refuses(desk.got([*orders("10.00"), order(2).replace("Paid", "x" * 2_000_000)]))

    assert "export.csv:3: a cell of more than 1,048,576 signs" in said


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
    small = desk.got([f"{line},x" for line in orders("10.00")], "small.csv")
    small.write_text(small.read_text().replace("State,x", "State,Page"))
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
