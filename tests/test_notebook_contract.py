"""What every report notebook promises: see CONTRIBUTING, 'Add a notebook in five steps'."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from kpilib.catalogue import TOPICS

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
PARAMETERS = ["month", "data", "lang", "out"]
MOST_LINES = 5
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If,
    ast.Try, ast.With, ast.comprehension,
)  # fmt: skip
LANGUAGES = ["lang-en", "lang-fr"]
SCOREBOARD = "00_scoreboard"  # of all topics, so it is opened without one

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def test_it_is_committed_without_outputs(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


def test_parameters_come_first_and_are_literals_with_type_and_help(path):
    cells = code(path)
    assert [tags(cell) for cell in cells].count(["parameters"]) == 1
    assert tags(cells[0]) == ["parameters"]
    statements = ast.parse(cells[0].source).body
    assert all(isinstance(each, ast.AnnAssign) for each in statements)
    assert [each.target.id for each in statements] == PARAMETERS
    assert all(isinstance(each.value, ast.Constant) for each in statements)
    assert all("  # " in line for line in cells[0].source.splitlines())


def test_code_is_short_and_has_no_logic(path):
    for cell in code(path)[1:]:
        assert len(cell.source.splitlines()) <= MOST_LINES
        logic = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)]
        assert not logic


def test_only_the_public_name_is_imported(path):
    imports = [
        alias.name
        for cell in code(path)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    ]
    assert imports == ["kpilib"]


def test_the_page_is_of_a_topic_and_takes_every_parameter(path):
    source = code(path)[1].source
    call = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    if path.stem == SCOREBOARD:
        assert (call.func.attr, call.args) == ("scoreboard", [])
    else:
        assert call.func.attr == "page" and call.args[0].value in TOPICS
    assert {word.arg: word.value.id for word in call.keywords} == {p: p for p in PARAMETERS}


def test_freshness_and_what_to_do_open_and_writing_closes(path):
    first, at_a_glance = ("board", "verdicts") if path.stem == SCOREBOARD else ("page", "scorecard")
    sources = [cell.source for cell in code(path)]
    assert sources[2:4] == [f"{first}.freshness()", f"{first}.{at_a_glance}()"]
    assert sources[-2:] == [f"{first}.limits()", f"{first}.write()"]


def test_every_narrative_cell_has_its_twin_in_the_other_language(path):
    cells = read(path).cells
    spoken = [cell for cell in cells if cell.cell_type == "markdown"]
    assert [tags(cell) for cell in spoken] == [[lang] for lang in LANGUAGES] * (len(spoken) // 2)
    for english, french in zip(spoken[::2], spoken[1::2], strict=True):
        marks = [text.source.split(" ")[0] for text in (english, french)]
        assert marks[0].startswith("#") == marks[1].startswith("#")
        assert english.source != french.source


def test_words_come_before_code(path):
    cells = read(path).cells
    assert tags(cells[0]) == ["lang-en"]
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown" or "parameters" in tags(cell)


def test_it_runs_on_any_python_kernel_and_hides_no_failure(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not any("raises-exception" in tags(cell) for cell in notebook.cells)
