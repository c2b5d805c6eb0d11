"""Salesforce reports: what stands below the rows, and the page that calls itself a workbook."""

from __future__ import annotations

import pytest

from kpilib.errors import ContractError
from tests.sources.rows_left import left_out
from tests.sources.twins_answers import read, table
from tests.sources.twins_reading import Sheet, workbook

HEADER = ["Lead Owner", "First Name", "Last Name", "Title", "Company / Account", "Email",
          "Lead Source", "Lead Status", "Create Date", "Rating"]  # fmt: skip
ROWS = [
    ["Zoe Z", "Ada", "A", "CEO", "Total", "ada@client.example", "Web", "Open", "9/13/2026", "Hot"],
    [
        "Zoe Z",
        "Bo",
        "B",
        "",
        "Beta",
        "bo@client.example",
        "Partner Referral",
        "Open",
        "9/2/2026",
        "",
    ],
    ["Zoe Z", "Bo", "B", "", "Beta", "BO@client.example", "", "Closed", "9/20/2026", ""],
]
FOOTER = """

"Grand Totals ({} records)"
"Confidential Information - Do Not Distribute"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"""


def report(said: str = "3") -> str:
    return table(HEADER, *ROWS) + FOOTER.format(said)


def test_leads():
    found = read(report())

    # a company called Total is no totals row; Bo wrote twice and is one person
    assert len(found.rows) == 3
    assert found.value("leads", "2026-09") == 2
    assert found.rows.sort("created_at")["channel"].to_list() == ["referral", "unassigned", None]
    assert left_out(found.understood) == {
        "totals row": (1, [7]),
        "message of the tool": (2, [8, 9]),
    }


def test_nothing_personal_is_kept():
    text = read(report()).rows.write_json()

    assert not any(word in text for word in ("client.example", "Ada", "Zoe", "Beta"))


def test_rows_are_missing():
    with pytest.raises(ContractError, match="says that it has 5,700 rows, and 3 are there"):
        read(report("5700"))


def test_without_an_empty_line_above_the_footer():
    found = read(table(HEADER, *ROWS) + FOOTER.format(3).lstrip())

    assert len(found.rows) == 3 and left_out(found.understood)["totals row"] == (1, [5])


def test_formatted_workbook_with_lines_above():
    above = [["Leads this month"], ["As of 2026-09-30 10:00:00"], ["Filtered By"],
             ["Show: All leads"], ["Date Field: Create Date"], []]  # fmt: skip
    rows = [[*each[:8], "2026-09-13", each[9]] for each in ROWS]
    below = [[], ["Grand Totals (3 records)"], ["Confidential Information - Do Not Distribute"]]
    found = read(workbook(Sheet("Report", [*above, HEADER, *rows, *below])), "report.xlsx")

    assert len(found.rows) == 3 and left_out(found.understood)["totals row"] == (1, [12])


def test_a_page_that_calls_itself_a_workbook():
    with pytest.raises(ContractError, match=r"a web page with a table.* as CSV or \.xlsx"):
        read("<html><body><table><tr><td>Lead Owner</td></tr></table></body></html>", "report.xls")


def test_the_same_report_again_is_the_same_rows():
    assert read(report()).rows.equals(read(report()).rows)
