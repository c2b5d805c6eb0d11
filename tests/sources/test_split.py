"""Text into tables: what parts cells, where a table begins and where it ends."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from kpilib.errors import ContractError
from kpilib.sources.decode import delimiter_of
from kpilib.sources.downloads import blocks, contents
from tests.sources.twins_reading import saved, table, tables


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("sep=;\na;b,c\n1;2,3\n", ";"),
        ('"sep=,"\na,b;c\n1,2;3\n', ","),
        ("sep=\t\na\tb\n1\t2\n", "\t"),
        ("Jour;Coût\n1;12,5\n2;13,5\n3;14,5\n", ";"),  # decimal commas in every row
        ("Jour;Coût\n", ";"),  # a header alone
        ("Titre de page;Vues, total\n", ";"),
        ("Page,Views\nHome | Site,4\nShop | Site,5\nBlog | Site,6\n", ","),
        ("Nom, prénom;Ville\nDupont, Jean;Lyon\nDurand, Anne;Nice\n", ";"),
        ("Day\tTitle\n1\tTue, Aug 26, 2025\n2\tMon, Aug 25, 2025\n", "\t"),
        ("Comment\nGood\nI like it, really\nNo\n", ""),  # a single column
        ("E-mail\nx\ny\n", ""),
        ('"a;b","c"\n"1;2","3"\n', ","),
        ("p;q\n1;a, b\n2;c, d\n3;e, f\n", ";"),
        # Two rows of two hundred are broken; the other sign is in every row but the header.
        ("u,t,n\n" + "/x,Home | Site,1\n" * 50 + "/y,A, B | Site,1\n" * 2, ","),
    ],
)
def test_the_delimiter_is_told_by_structure(text, sign):
    assert delimiter_of(text) == sign


def test_titles_comments_and_numbers_signs_stay_apart(tmp_path):
    text = (
        "# ----\n# Pages\n# Property: Shop, Inc\n#  \n# Start date: 20250101\n"
        "Page title,Views\n#1 Free Timer,5\nFoo #2 bar,6\n\n# Next\n"
    )
    block, rows = table(saved(tmp_path, text))

    assert block.header == ("Page title", "Views")
    assert block.line == 6
    assert block.preamble[2] == "# Property: Shop, Inc"
    assert block.title == ""
    assert rows == [(7, ("#1 Free Timer", "5")), (8, ("Foo #2 bar", "6"))]
    assert block.below == [10]


def test_a_number_sign_may_be_the_name_of_a_column(tmp_path):
    block, rows = table(saved(tmp_path, "#,Question,Submit Date (UTC)\nk1,8,2024-01-01\n"))

    assert block.header == ("#", "Question", "Submit Date (UTC)")
    assert rows == [(2, ("k1", "8", "2024-01-01"))]


def test_fault_15_lines_above_the_header_are_kept_and_totals_are_rows(tmp_path):
    text = (
        "Campaign report\n27 January 2026 - 23 February 2026\n"
        "Campaign,Clicks,Cost\nSpring,10,1.50\nTotal: Campaigns,10,1.50\n"
    )
    block, rows = table(saved(tmp_path, text))

    assert block.preamble == ("Campaign report", "27 January 2026 - 23 February 2026")
    assert block.title == "27 January 2026 - 23 February 2026"
    assert [line for line, _ in rows] == [4, 5]


def test_stacked_tables_with_and_without_titles(tmp_path):
    text = (
        'sep=,\n"Visits"\n"Date","Primary"\n"2024-01-01","5"\n\n"Reach"\n"Date","Primary"\n'
        '"2024-01-01","7"\n"2024-01-02","8"\n\n"Country","Users"\n"FR","9"\n'
    )
    found = tables(saved(tmp_path, text))

    assert [(block.title, block.line, len(rows)) for block, rows in found] == [
        ("Visits", 3, 1),
        ("Reach", 7, 2),
        ("", 11, 1),
    ]


def test_an_empty_line_does_not_end_a_table_whose_rows_go_on(tmp_path):
    _, rows = table(saved(tmp_path, "Campaign,Day,Clicks\na,2024-01-01,5\n\n,,\nb,2024-01-02,6\n"))

    assert rows == [(2, ("a", "2024-01-01", "5")), (5, ("b", "2024-01-02", "6"))]


def test_footers_after_empty_lines_are_no_rows(tmp_path):
    text = "Lead,Stage\nx,New\n\n\nGrand Totals (1 records)\n\nConfidential Information\n"
    block, rows = table(saved(tmp_path, text))

    assert rows == [(2, ("x", "New"))]
    assert block.below == [5, 7]


def test_a_totals_row_one_cell_too_long_stays_as_it_is(tmp_path):
    text = "Page,Views,Users\n,30,20,Grand total\n/a,10,9\n/b,20,11\n"
    block, rows = table(saved(tmp_path, text))

    assert block.header == ("Page", "Views", "Users")
    assert rows[0] == (2, ("", "30", "20", "Grand total"))


def test_fault_10_rows_of_another_length_keep_their_line(tmp_path):
    text = "a,b,c\n" + "1,2,3\n" * 30_000 + "1,2,3,4\n" + "1,2\n"
    _, rows = table(saved(tmp_path, text))

    assert [(line, len(cells)) for line, cells in rows if len(cells) != 3] == [
        (30002, 4),
        (30003, 2),
    ]


def test_fault_21_line_breaks_in_quotes_are_fine_and_lines_still_right(tmp_path):
    text = 'id,text\n1,"one\ntwo\r\nthree ""said"" so"\n2,x\n'
    _, rows = table(saved(tmp_path, text))

    assert rows == [(2, ("1", 'one\ntwo\r\nthree "said" so')), (5, ("2", "x"))]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'a,b\n1,2\n3,"half of a te',
            "export.csv:3: a quote that opens in this row is never closed: the download was cut"
            " short, or a text holds a single quote. Export it again.",
        ),
        (
            'a,b\n1,2\n3,"said "so" again"\n',
            "export.csv:3: a quote closes before the end of a cell in this row: a text holds"
            " quotes that are not doubled. Export it again.",
        ),
        (
            'a,b\n1,2\n3,"' + "long\n" * 300_000 + '"\n',
            "export.csv:3: a cell of more than 1,048,576 signs: a quote is not closed, or this is"
            " not a table. Export it again.",
        ),
    ],
)
def test_fault_9_and_22_cut_files_and_huge_cells_name_the_line(tmp_path, text, fault):
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, text))


def test_fault_7_header_only_is_a_table_without_rows(tmp_path):
    block, rows = table(saved(tmp_path, "Date,Clicks\n"))

    assert (block.header, rows) == (("Date", "Clicks"), [])


def test_rows_without_a_header_are_no_table(tmp_path):
    fault = "^export.csv:1: this row holds values like those below, and none above it holds the"
    with pytest.raises(ContractError, match=fault):
        tables(saved(tmp_path, "2024-01-01,5,6\n2024-01-02,7,8\n"))


def test_a_second_header_row_is_the_first_row(tmp_path):
    text = 'Id,Which?,Why?,""\n"",Response,Response,Other\n7,8,y,x\n'
    block, rows = table(saved(tmp_path, text))

    assert block.header == ("Id", "Which?", "Why?", "")
    assert rows[0] == (2, ("", "Response", "Response", "Other"))


def test_fault_22_a_large_file_is_never_held(tmp_path):
    path = saved(
        tmp_path, "day,text,n\n" + "2024-01-01,un texte assez long,5\n" * 200_000
    )  # 6.6 MB
    tracemalloc.start()
    try:
        rows = sum(1 for content in contents(path) for block in blocks(content) for _ in block.rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert rows == 200_000
    assert peak < 5 << 20  # a chunk of bytes, its text, and the sample of the delimiter


def test_a_row_with_an_address_is_no_header(tmp_path):
    with pytest.raises(ContractError) as caught:
        tables(saved(tmp_path, "ann@client.example,Ann,Lee\nbob@client.example,Bob,Roe\n"))

    assert "ann@" not in str(caught.value)
