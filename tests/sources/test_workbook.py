"""Workbooks: what the program showed, and a fault where the file does not hold it."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from kpilib.errors import ContractError
from kpilib.sources.block import Broken
from tests.sources.one_column import read_column
from tests.sources.twins_reading import (
    Error,
    Formula,
    Sheet,
    archive,
    old_workbook,
    saved,
    table,
    tables,
    workbook,
)


def read(path, column, **written):
    """Read one column of the only table of a file; return its values and faults."""
    block, rows = table(path)
    place = block.header.index(column)
    lines, texts = [n for n, _ in rows], [r[place] for _, r in rows]
    return read_column(column, texts, lines, block.origin, serials=block.serials, **written)


def test_cells_become_text_that_loses_nothing(tmp_path):
    rows = [
        ["Notice: exported today"],
        ["Date", "Id", "Share", "Done", "At"],
        [date(2024, 2, 1), 15, 0.0035, "oui", datetime(2024, 2, 1, 9, 30)],
        [date(2024, 2, 2), "0015", 12.0, None, None],
    ]
    block, found = table(saved(tmp_path, workbook(Sheet("Feuille 1", rows)), "a.xlsx"))

    assert (block.origin, block.sheet, block.line) == ("a.xlsx [Feuille 1]", "Feuille 1", 2)
    assert block.title == "Notice: exported today"
    assert found == [
        (3, ("2024-02-01", "15", "0.0035", "oui", "2024-02-01T09:30:00")),
        (4, ("2024-02-02", "0015", "12", "", "")),
    ]


def test_fault_16_hidden_sheets_are_left_out_and_hidden_rows_read_and_both_said(tmp_path):
    data = workbook(
        Sheet("Draft", [["Day", "Sales"], ["a", 9]], hidden=True),
        Sheet("Sales", [["Day", "Sales"], ["a", 1], ["b", 2]], hidden_rows=(3,)),
    )
    block, rows = table(saved(tmp_path, data, "a.xlsx"))

    assert block.sheet == "Sales"
    assert [cells for _, cells in rows] == [("a", "1"), ("b", "2")]
    assert block.notes == [
        "hidden sheet left out: Draft",
        "[Sales]: 1 hidden row(s) are read like the others",
    ]


def test_fault_16_merged_groups_are_repeated_for_each_row(tmp_path):
    rows = [["Team", "Name", "Days"], ["Sales", "a", 1], [None, "b", 2], ["Legal", "c", 3]]
    data = workbook(Sheet("S", rows, merged=("A2:A3",)))

    assert [cells[0] for _, cells in table(saved(tmp_path, data, "a.xlsx"))[1]] == [
        "Sales",
        "Sales",
        "Legal",
    ]


def test_fault_16_formulas_without_value_and_errors_are_faults_where_they_are_used(tmp_path):
    rows = [
        ["Day", "Sales", "Cost"],
        ["2024-01-01", Formula(5), 1],
        ["2024-01-02", Formula(), Error()],
        ["2024-01-03", Formula(), 2],
    ]
    path = saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx")

    assert read(path, "Day", type="date") == (
        [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)],
        [],
    )
    lost = "holds a formula whose value was not stored: open the file in Excel, save it and import"
    assert read(path, "Sales", type="int") == (
        [5, None, None],
        [
            f"a.xlsx [S]:3: column Sales: cell B3 {lost} it again.",
            f"a.xlsx [S]:4: column Sales: cell B4 {lost} it again.",
        ],
    )
    assert read(path, "Cost", type="text")[1] == [
        "a.xlsx [S]:3: column Cost: cell C3 holds an error instead of a value: mend its formula in"
        " Excel, or empty it."
    ]


def test_fault_16_a_last_row_of_formulas_without_value_is_not_lost(tmp_path):
    rows = [["Day", "Sales"], ["a", 5], [Formula(), Formula()]]
    _, found = table(saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx"))

    assert [line for line, _ in found] == [2, 3]
    assert all(isinstance(cell, Broken) for cell in found[1][1])


@pytest.mark.parametrize("since_1904", [False, True])
def test_fault_17_real_dates_serials_and_texts_are_one_column(tmp_path, since_1904):
    serial = (date(2024, 2, 2) - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days
    rows = [
        ["Date", "Visits"],
        [date(2024, 1, 31), 1],
        [serial, 2],
        ["03/02/2024", 3],
        ["2024-02-04", 4],
    ]
    path = saved(tmp_path, workbook(Sheet("S", rows), since_1904=since_1904), "a.xlsx")

    assert read(path, "Date", type="date", formats=("%d/%m/%Y",)) == (
        [date(2024, 1, 31), date(2024, 2, 2), date(2024, 2, 3), date(2024, 2, 4)],
        [],
    )


def test_fault_17_months_taken_for_days_are_a_fault_that_names_the_rows(tmp_path):
    # 5 March, 13 March and 6 March, day first, opened by an Excel that puts the month first.
    rows = [["Date", "N"], [date(2024, 5, 3), 1], ["13/03/2024", 2], [date(2024, 6, 3), 3]]
    path = saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx")

    assert read(path, "Date", type="date", formats=("%d/%m/%Y",))[1] == [
        "a.xlsx [S]: column Date: row(s) 3 hold dates as text among real dates, none of which is"
        " later than a 12th: Excel has probably taken months for days when the file was opened."
        " Import the file as it was downloaded."
    ]


def test_fault_17_a_serial_number_in_a_text_file_is_no_date(tmp_path):
    path = saved(tmp_path, "Date,Visits\nx,2\n45324,3\n")

    assert read(path, "Date", type="date") == (
        [None, None],
        ["export.csv:2: column Date: not a date written YYYY-MM-DD, and in 1 more row(s)."],
    )


def test_fault_31_ids_are_text_and_lost_digits_are_a_fault(tmp_path):
    rows = [["Post ID", "Likes"], [1796032005285913, 1], [17960320052859139, 2], ["0015", 3]]
    path = saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx")

    assert read(path, "Post ID", type="id") == (
        ["1796032005285913", None, "0015"],
        [
            "a.xlsx [S]:3: column Post ID: a number of more than 15 digits, whose last ones are"
            " lost: export it again with this column as text, or as CSV."
        ],
    )
    assert read(path, "Likes", type="int") == ([1, 2, 3], [])


def test_numbers_of_a_workbook_have_points_whatever_the_texts_have(tmp_path):
    rows = [["Day", "Cost"], ["a", 1.234], ["b", "1 286,58"], ["c", 1164.5]]
    path = saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx")

    assert read(path, "Cost", type="money", decimal=",") == ([1.234, 1286.58, 1164.5], [])
    assert read(path, "Cost", type="money", decimal="auto") == ([1.234, 1286.58, 1164.5], [])


def test_a_header_whose_last_names_stand_in_the_second_row(tmp_path):
    rows = [
        ["Id", "Why?", "Which?"],
        [None, "Text", "This", "Other"],
        [7, "p", "x", None],
        [8, "q", None, "y"],
    ]
    block, found = table(saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx"))

    assert block.header == ("Id", "Why?", "Which?", "")
    assert [cells for _, cells in found] == [
        ("", "Text", "This", "Other"),
        ("7", "p", "x", ""),
        ("8", "q", "", "y"),
    ]


def test_a_second_table_of_a_sheet_may_be_narrower(tmp_path):
    rows = [["Day", "Reach", "Likes"], ["2024-01-01", 5, 6], [], ["Country", "Users"], ["FR", 7]]
    found = tables(saved(tmp_path, workbook(Sheet("S", rows)), "a.xlsx"))

    assert [(block.header, [cells for _, cells in rows]) for block, rows in found] == [
        (("Day", "Reach", "Likes"), [("2024-01-01", "5", "6")]),
        (("Country", "Users"), [("FR", "7")]),
    ]


@pytest.mark.parametrize("since_1904", [False, True])
def test_an_old_workbook(tmp_path, since_1904):
    path = saved(tmp_path, old_workbook(since_1904), "a.xls")
    block, rows = table(path)
    # Serial 45324 is 2 February 2024, and four years and a day later when counted from 1904.
    days = [date(2028, 2, 21), date(2028, 2, 3)] if since_1904 else [date(2024, 2, 20)]

    assert block.notes == ["hidden sheet left out: Brouillon"]
    assert rows[0][1][0] == "0015"
    assert read(path, "Date", type="date")[0][: len(days)] == days


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (
            workbook(Sheet("S", [["a", "b"]]))[:400],
            "a.xlsx: damaged, locked by a password, or cut short. Download it again.",
        ),
        (
            old_workbook()[:900],
            "a.xlsx: not a workbook that can be read. It is damaged, locked by a password, or of"
            " another kind: open it and save it as .xlsx.",
        ),
        (
            archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
            "a.xlsx: not a workbook of a kind that can be read. Save it as .xlsx.",
        ),
        (
            archive({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}),
            "a.xlsx: not a workbook of a kind that can be read. Save it as .xlsx.",
        ),
    ],
)
def test_workbooks_that_cannot_be_read_say_so(tmp_path, data, fault):
    path = saved(tmp_path, data, "a.xlsx")
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(path)


def test_a_sheet_that_reaches_too_far_is_refused_before_it_is_opened(tmp_path):
    far = Sheet("S", [["a"], ["b", 1]], first_row=1048575, columns=["A", "XFD"])
    fault = "a.xlsx [S]: 1,048,576 rows of 16,384 columns is too large. Save it as CSV UTF-8."
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, workbook(far), "a.xlsx"))
