"""From an executed notebook to a page."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from kpilib.monthly.checks import charts_in
from kpilib.monthly.page import charts_of, render

FRAME = {
    "company": "Example", "short": "Trainings", "month": "2026-10",
    "twins": [], "neighbours": [],
    "basis": SimpleNamespace(
        first=date(2026, 10, 1), last=date(2026, 10, 31), as_of=None, timezone="Europe/Paris",
        versions={},
    ),
}  # fmt: skip


def picture(number, said):
    """A cell that shows a chart: the parts of each have ids of their own."""
    html = f'<figure><svg id="kl{number}-1"><text>{said}</text></svg></figure>'
    return new_code_cell(outputs=[new_output("display_data", {"text/html": html})])


def test_two_pictures_of_a_section_that_say_the_same_stand_once():
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## What did it change?"),
        picture(1, "Missing table: costs."),
        picture(2, "Missing table: costs."),
        picture(3, "Missing table: trainings."),
        new_markdown_cell("## Did it pay?"),
        picture(4, "Missing table: costs."),
    ]
    page = render(new_notebook(cells=cells), "en", FRAME)

    assert [f'id="kl{number}-1"' in page for number in (1, 2, 3, 4)] == [True, False, True, True]


def test_a_raw_cell_is_for_programs_and_no_part_of_a_page():
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## Did it pay?"),
        new_raw_cell("for LaTeX alone"),
        picture(1, "It did."),
    ]
    page = render(new_notebook(cells=cells), "en", FRAME)

    assert "It did." in page and "LaTeX" not in page


def test_a_chart_that_only_another_program_can_draw_is_missed():
    """A picture of plotly is data for its own script, which no page runs: a page says nothing."""
    plotly = new_output("display_data", {"application/vnd.plotly.v1+json": {"data": []}})
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## Did it pay?"),
        picture(1, "It did."),
        picture(2, "It did."),
        new_code_cell(outputs=[new_output("display_data", {"image/png": "AAAA"}), plotly]),
    ]
    executed = new_notebook(cells=cells)

    assert charts_of(executed, "en") == 3
    with pytest.warns(UserWarning, match="plotly"):
        page = render(executed, "en", FRAME)
    assert charts_in(page) == 2
