"""The style that a block brings along."""

from __future__ import annotations

from kpilib.display.css import once, sheet


def test_a_page_keeps_each_sheet_once():
    page = once(f"{sheet()}a{sheet()}b{sheet('.x{color:red}')}")
    assert page.count("<style") == 2 and page.endswith("</style>")
