"""The executed notebook under docs/: of today's sources, and fit to be published."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOWN, SOURCE = ROOT / "docs" / "emailing.ipynb", ROOT / "notebooks" / "03_emailing.ipynb"
AGAIN = "03_emailing.ipynb has changed: `make docs` runs it again"


@pytest.fixture(scope="module")
def shown():
    return nbformat.read(SHOWN, as_version=4)


def test_its_cells_are_those_of_the_notebook(shown):
    source = nbformat.read(SOURCE, as_version=4)
    cells = [[(cell.cell_type, cell.source) for cell in each.cells] for each in (shown, source)]
    assert cells[0] == cells[1], AGAIN


def test_it_shows_charts_and_frames(shown):
    nbformat.validate(shown)
    outputs = [each for cell in shown.cells for each in cell.get("outputs", [])]
    pictures = [each for each in outputs if "image/svg+xml" in each.data]
    assert len(pictures) == sum("kl.plot." in c.source or "sns." in c.source for c in shown.cells)
    assert any("dataframe" in each.data.get("text/html", "") for each in outputs)


def test_it_is_small_and_says_nothing_of_where_and_when_it_was_run(shown):
    text = SHOWN.read_text("utf-8")
    assert len(text) < 150_000
    assert not re.search(r"/home/|/root/|/tmp/|/Users/| at 0x|papermill|iopub", text)
    kept = {key for cell in shown.cells for key in cell.metadata}
    assert kept <= {"tags"}
