"""What every report notebook promises: see CONTRIBUTING, 'Add a notebook in five steps'."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from kpilib.catalogue import TOPICS
from kpilib.monthly.sections import in_sections
from kpilib.show.board import SCOREBOARD

EVERY = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# One language and frames in the cells; the others follow, one by one, to that form.
OF_FRAMES = [path for path in EVERY if in_sections(nbformat.read(path, as_version=4))]
NOTEBOOKS = [path for path in EVERY if path not in OF_FRAMES]
LIBRARIES = {"kpilib", "matplotlib.pyplot", "numpy", "pandas", "seaborn"}
PARAMETERS = ["month", "data", "lang", "out"]
MOST_LINES = 5
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If,
    ast.Try, ast.With, ast.comprehension,
)  # fmt: skip
LANGUAGES = ["lang-en", "lang-fr"]

twins = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
frames = pytest.mark.parametrize("path", OF_FRAMES, ids=lambda path: path.stem)
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


@twins
def test_parameters_come_first_and_are_literals_with_type_and_help(path):
    cells = code(path)
    assert [tags(cell) for cell in cells].count(["parameters"]) == 1
    assert tags(cells[0]) == ["parameters"]
    statements = ast.parse(cells[0].source).body
    assert all(isinstance(each, ast.AnnAssign) for each in statements)
    assert [each.target.id for each in statements] == PARAMETERS
    assert all(isinstance(each.value, ast.Constant) for each in statements)
    assert all("  # " in line for line in cells[0].source.splitlines())


@twins
def test_code_is_short_and_has_no_logic(path):
    for cell in code(path)[1:]:
        assert len(cell.source.splitlines()) <= MOST_LINES
        logic = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)]
        assert not logic


@twins
def test_only_the_public_name_is_imported(path):
    imports = [
        alias.name
        for cell in code(path)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    ]
    assert imports == ["kpilib"]


@twins
def test_the_page_is_of_a_topic_and_takes_every_parameter(path):
    source = code(path)[1].source
    call = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    assert call.func.attr == "page" and call.args[0].value in TOPICS
    assert {word.arg: word.value.id for word in call.keywords} == {p: p for p in PARAMETERS}


@twins
def test_freshness_and_what_to_do_open_and_writing_closes(path):
    sources = [cell.source for cell in code(path)]
    assert sources[2:4] == ["page.freshness()", "page.scorecard()"]
    assert sources[-2:] == ["page.limits()", "page.write()"]


@twins
def test_every_narrative_cell_has_its_twin_in_the_other_language(path):
    cells = read(path).cells
    spoken = [cell for cell in cells if cell.cell_type == "markdown"]
    assert [tags(cell) for cell in spoken] == [[lang] for lang in LANGUAGES] * (len(spoken) // 2)
    for english, french in zip(spoken[::2], spoken[1::2], strict=True):
        marks = [text.source.split(" ")[0] for text in (english, french)]
        assert marks[0].startswith("#") == marks[1].startswith("#")
        assert english.source != french.source


@twins
def test_words_come_before_code(path):
    cells = read(path).cells
    assert tags(cells[0]) == ["lang-en"]
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown" or "parameters" in tags(cell)


@every
def test_it_runs_on_any_python_kernel_and_hides_no_failure(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not any("raises-exception" in tags(cell) for cell in notebook.cells)


class TestNotebooksOfFrames:
    """The form that design.md, 'Notebooks', describes."""

    @frames
    def test_parameters_come_first_and_are_literals_with_type_and_help(self, path):
        cells = code(path)
        assert tags(cells[0]) == ["parameters"]
        statements = ast.parse(cells[0].source).body
        assert all(isinstance(each, ast.AnnAssign) for each in statements)
        assert [each.target.id for each in statements] == ["period", *PARAMETERS[1:]]
        assert all(isinstance(each.value, ast.Constant) for each in statements)
        assert all("  # " in line for line in cells[0].source.splitlines())

    @frames
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

    @frames
    def test_it_opens_a_report_of_its_topic_with_every_parameter(self, path):
        source = code(path)[1].source
        call = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        assert ast.unparse(call.func) == "kl.report"
        assert call.args[0].value in (*TOPICS, SCOREBOARD)
        given = {word.arg: word.value.id for word in call.keywords}
        assert given == {name: name for name in ("period", *PARAMETERS[1:])}

    @frames
    def test_the_finding_opens_and_what_misleads_closes(self, path):
        sources = [cell.source for cell in code(path)]
        assert sources[2] == "report.lead()"
        assert sources[-3:] == ["report.limits()", "report.sources()", "report.write()"]

    @frames
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
