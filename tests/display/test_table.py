"""The one table: escaped, captioned, aligned, of a bounded length."""

from __future__ import annotations

import html5lib
import pandas as pd

from kpilib.display.css import once, sheet
from kpilib.display.numbers import Formatter
from kpilib.display.table import MOST_ROWS, table

EN, FR = Formatter("en"), Formatter("fr")


def parsed(block):
    return html5lib.parse(block._repr_html_(), namespaceHTMLElements=False)


def test_cells_headings_and_caption_are_text_only():
    payload = "<script>alert(1)</script>"
    page = parsed(table(pd.DataFrame({payload: [payload]}), EN.say, caption=payload))
    assert not list(page.iter("script"))
    assert [node.text for node in page.iter("caption")] == [payload]


def test_rows_and_columns_are_named_for_screen_readers_and_numbers_aligned():
    frame = pd.DataFrame({"Channel": ["a"], "Sessions": [1234]})
    page = parsed(table(frame, FR.say, caption="c", formats={"Sessions": FR.count}))
    assert [(th.get("scope"), th.text) for th in page.iter("th") if th.text] == [
        ("col", "Channel"),
        ("col", "Sessions"),
    ]
    cell = next(page.iter("td"))
    assert cell.text == "1\u202f234" and cell.get("class") == "kl-number"


def test_missing_values_are_said():
    html = table(pd.DataFrame({"a": ["x"], "b": [float("nan")], "c": [None]}), EN.say)._repr_html_()
    assert html.count("<td>") == 2 == html.count("n/a")


def test_a_long_table_is_cut_and_says_so():
    frame = pd.DataFrame({"n": [str(i) for i in range(MOST_ROWS + 7)]})
    html = table(frame, EN.say)._repr_html_()
    assert html.count("<tr>") == MOST_ROWS + 1
    assert "Rows not shown: 7." in html


def test_a_long_name_is_cut_and_told_in_full():
    html = table(pd.DataFrame({"n": ["N" * 300]}), EN.say)._repr_html_()
    assert f'title="{"N" * 300}"' in html and "…" in html


def test_an_empty_table_is_still_a_table():
    assert "<tbody></tbody>" in table(pd.DataFrame({"a": []}), EN.say)._repr_html_()


def test_a_page_keeps_each_sheet_once():
    page = once(f"{sheet()}a{sheet()}b{sheet('.x{color:red}')}")
    assert page.count("<style") == 2 and page.endswith("</style>")
