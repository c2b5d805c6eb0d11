"""One picture each, whatever ends a cell: in a forked kernel and in a cold one.

JupyterLab's own turn is in tests/published/test_in_jupyterlab.py.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import nbformat
import papermill
import pytest

from kpilib.monthly import kernel, notebook
from kpilib.monthly.job import Job
from kpilib.monthly.page import page_output
from tests.show import ways

ONE_EACH = [1] * 10 + [0]  # the last one changes the picture above it


def cold(path, tmp_path):
    return papermill.execute_notebook(str(path), None, kernel_name="python3", progress_bar=False)


def forked(path, tmp_path):
    job = Job(
        topic="ways", lang="en", month="2026-10", notebook=path, parameters={}, expected=(),
        work=tmp_path, frame={}, cell_limit=120,
    )  # fmt: skip
    # As in the run: forked from a process in which no other test has left a figure or a shell.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as clean:
        return clean.submit(notebook.run, job).result()


@pytest.fixture(
    params=[
        cold,
        pytest.param(forked, marks=pytest.mark.skipif(sys.platform != "linux", reason="no fork")),
    ],
    scope="module",
    ids=["cold", "forked"],
)
def executed(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("ways")
    nbformat.write(ways.notebook(), place / "ways.ipynb")
    return request.param(place / "ways.ipynb", place)


def test_each_way_shows_one_picture(executed):
    assert ways.pictures(executed) == ONE_EACH


def test_a_later_cell_changes_the_picture_where_it_stands(executed):
    html = executed.cells[-2].outputs[0]["data"]["text/html"]
    assert "later" in html


def test_no_name_of_a_python_object_reaches_the_page(executed):
    shown = [each for cell in executed.cells for each in cell.outputs if page_output(each)]
    plain = [each for each in shown if set(each.get("data", {})) == {"text/plain"}]
    assert plain == []


def test_the_kernel_starts_forked_where_the_system_can():
    assert kernel.Kernel.starter.__name__ == (
        "ForkedStart" if sys.platform == "linux" else "ColdStart"
    )
