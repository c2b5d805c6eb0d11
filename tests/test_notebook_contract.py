"""What every report notebook promises: see CONTRIBUTING, 'Add a notebook in five steps'."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from kpilib.show.board import SCOREBOARD
from kpilib.topics.catalogue import TOPICS

EVERY = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
LIBRARIES = {"kpilib", "matplotlib.pyplot", "numpy", "pandas", "seaborn"}
PARAMETERS = ["period", "data", "lang", "out"]
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If,
    ast.Try, ast.With, ast.comprehension,
)  # fmt: skip

every = pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)


def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


@every
def test_it_is_committed_without_outputs(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


@every
def test_it_runs_on_any_python_kernel_and_hides_no_failure(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not any("raises-exception" in tags(cell) for cell in notebook.cells)


class TestCells:
    """The form that design.md, 'Notebooks', describes."""

    @every
    def test_parameters_come_first_and_are_literals_with_type_and_help(self, path):
        cells = code(path)
        assert tags(cells[0]) == ["parameters"]
        statements = ast.parse(cells[0].source).body
        assert all(isinstance(each, ast.AnnAssign) for each in statements)
        assert [each.target.id for each in statements] == PARAMETERS
        assert all(isinstance(each.value, ast.Constant) for each in statements)
        assert all("  # " in line for line in cells[0].source.splitlines())

    @every
    def test_code_is_short_plain_pandas_and_seaborn(self, path):
        for cell in code(path)[1:]:
            assert len(cell.source.splitlines()) <= 6
            tree = ast.parse(cell.source)
            assert not [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]
            names = [
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.Import)
                for alias in node.names
            ]
            assert set(names) <= LIBRARIES

    @every
    def test_it_opens_a_report_of_its_topic_with_every_parameter(self, path):
        source = code(path)[1].source
        call = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        assert ast.unparse(call.func) == "kl.report"
        assert call.args[0].value in (*TOPICS, SCOREBOARD)
        given = {word.arg: word.value.id for word in call.keywords}
        assert given == {name: name for name in PARAMETERS}

    @every
    def test_the_finding_opens_and_what_misleads_closes(self, path):
        sources = [cell.source for cell in code(path)]
        assert sources[2] == "report.lead()"
        assert sources[-3:] == ["report.limits()", "report.sources()", "report.write()"]

    @every
    def test_every_section_has_a_frame_of_its_own_and_shows_something_made_of_it(self, path):
        cells = read(path).cells
        starts = [i for i, cell in enumerate(cells) if cell.source.startswith("## ")]
        for first, last in pairwise(starts):  # the last section is what misleads
            body = [cell.source for cell in cells[first:last] if cell.cell_type == "code"]
            tree = ast.parse("\n".join(body))
            named = {
                target.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            used = {
                argument.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                for argument in node.args
                if isinstance(argument, ast.Name)
            }
            assert named & used, cells[first].source
