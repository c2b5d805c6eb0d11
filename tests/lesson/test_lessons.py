"""The lessons as a class meets them: in both languages, with right, wrong and silly answers."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest

from kpilib.copies import copies
from kpilib.errors import ParameterError
from kpilib.language import blocks, messages
from kpilib.lesson import Chart, Choice, Said
from tests.lesson.silly import silly

LESSONS = Path(__file__).parents[2] / "notebooks" / "lessons"
MOST_WORDS = 1500
KEPT = "# NBVAL_CHECK_OUTPUT"


def lessons():
    return sorted(LESSONS.glob("*.ipynb"))


@cache
def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


@cache
def questions(path, lang):
    """Run the student's copy from top to bottom; return its questions by name."""
    names: dict[str, object] = {"lang": lang}
    for cell in read(path).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "solution" not in tags:
            source = cell.source.replace('lang: str = "en"', f'lang: str = "{lang}"')
            exec(compile(source, path.stem, "exec"), names)
    plt.close("all")
    return {name: names[name] for name in sorted(names) if re.fullmatch(r"q\d+", name)}


@pytest.fixture(autouse=True)
def in_the_folder(monkeypatch):
    monkeypatch.chdir(LESSONS)
    yield
    plt.close("all")


def given(question, answer):
    """Return an answer as a student would give it."""
    if isinstance(question, Chart):
        ax = plt.figure().subplots()
        ax.bar([str(each) for each in range(len(answer))], answer)
        ax.set_title("What it shows")
        return ax
    return question.say(answer) if isinstance(question, Said) else answer


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
class TestText:
    def test_committed_without_outputs_in_one_language_the_other_is_in_the_catalogue(self, path):
        cells = read(path).cells
        spoken = [cell for cell in cells if cell.cell_type == "markdown"]
        assert all(not cell.get("outputs") or KEPT in cell.source for cell in cells)
        assert not [cell for cell in spoken if cell.metadata.get("tags")]
        texts = [text for cell in spoken for _, text in blocks(cell.source)]
        known = messages("fr") | messages("fr", "lessons")
        assert [text for text in texts if text not in known] == []

    def test_it_is_read_in_its_time_in_both_languages(self, path):
        known = messages("fr") | messages("fr", "lessons")
        texts = [text for cell in read(path).cells if cell.cell_type == "markdown"
                 for _, text in blocks(cell.source)]  # fmt: skip
        assert sum(len(text.split()) for text in texts) <= MOST_WORDS
        assert sum(len(known[text].split()) for text in texts) <= MOST_WORDS

    def test_code_is_short_and_types_no_expected_value(self, path):
        for cell in read(path).cells:
            if cell.cell_type != "code":
                continue
            assert len(cell.source.splitlines()) <= 5
            assert not [
                node
                for node in ast.walk(ast.parse(cell.source))
                if isinstance(node, ast.Constant) and isinstance(node.value, float)
            ]

    def test_every_question_is_asked_and_solved_in_a_cell_of_its_own(self, path):
        sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
        names = list(questions(path, "en"))
        assert [f"{name}.solution()" for name in names] == [
            source for source in sources if source.endswith(".solution()")
        ]
        assert [
            name for name in names if not any(f"{name}.check(" in each for each in sources)
        ] == []

    def test_one_cell_keeps_its_output_and_one_chart_is_the_students(self, path):
        assert [cell for cell in read(path).cells if KEPT in cell.source and cell.outputs]
        assert [each for each in questions(path, "en").values() if isinstance(each, Chart)]


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
class TestAnswers:
    def test_the_right_one_is_taken(self, path, lang):
        for name, question in questions(path, lang).items():
            found = question.check(given(question, question._answer))
            assert found.right, f"{name}: {found!r}"

    def test_the_mistakes_of_the_lesson_are_named(self, path, lang):
        for name, question in questions(path, lang).items():
            declared = question._slips
            assert declared or isinstance(question, Said), name
            for each in declared:
                found = question.check(given(question, each.answer))
                assert (found.right, found.mistake) == (False, each.name), f"{name}: {found!r}"

    def test_no_silly_answer_makes_it_fail(self, path, lang):
        for question, answer in product(questions(path, lang).values(), silly()):
            assert not question.check(answer).right

    def test_neither_hints_nor_printing_give_the_answer_away(self, path, lang):
        for question in questions(path, lang).values():
            hints = [repr(question.hint()) for _ in question._all_hints()]
            assert len(hints) >= (1 if isinstance(question, Choice | Said) else 2)
            if not isinstance(question, Choice | Said):
                told = " ".join([repr(question), *hints])
                assert question._shown() not in told


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_students_copy_has_no_solution_and_never_overwrites(tmp_path, lang):
    written = copies(LESSONS, tmp_path, lang, solved=False)
    cells = [cell for path in written if path.suffix == ".ipynb" for cell in read(path).cells]
    sources = [cell.source for cell in cells]

    assert {path.name for path in written} == {path.name for path in LESSONS.glob("*.*")}
    assert not [source for source in sources if ".solution()" in source]
    assert not [cell for cell in cells if cell.get("outputs")]
    with pytest.raises(ParameterError, match="somebody may have written in it"):
        copies(LESSONS, tmp_path, lang, solved=False)


def test_a_solution_that_its_trainer_forgot_to_tag_is_left_out_too(tmp_path):
    cells = [nbformat.v4.new_code_cell(each) for each in ("q1.check(None)", "q1.solution()")]
    (tmp_path / "mine").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "mine" / "9_mine.ipynb")
    (copied,) = copies(tmp_path / "mine", tmp_path / "students", "en", solved=False)

    assert [cell.source for cell in read(copied).cells] == ["q1.check(None)"]


BY_HAND = {  # lesson: question and its answer, counted with a pencil; or a mistake and its name
    "1": {"q1": "3/10", "q2": {"email": 0.5, "organic_search": 0.25}, "q3": "30 %"},
    "2": {"q1": 6, "q2": {"M": 4, "L": 5, "I": 2}, "q7": "c",
          "q6": {"clicks": 2 / 3, "bounces": 1.1, "leads": 0.75, "readers": 0.1}},
    "3": {"q1": "2/7", "q2": "20 %", "q4": "3.4 %", "q5": "b"},
    "4": {"q1": "2/4", "q2": "a", "q3": {"A": 0.13, "B": 0.29}, "q4": "a"},
    "5": {"q1": "6/9", "q2": "2/5", "q3": "3/9", "q6": "44 %", "q7": "b"},
    "6": {"q1": "810/99000", "q2": "4.0 %", "q4": 7, "q6": "60/70"},
    "7": {"q1": "2/8", "q2": "7/8", "q3": "21/245", "q4": "-8.3", "q6": "c"},
    "8": {"q1": 2.6, "q2": 1.6, "q4": "140 %", "q5": 5, "q6": "b"},
}  # fmt: skip


@pytest.mark.parametrize("number", BY_HAND)
def test_the_answers_are_those_counted_by_hand(number):
    found = questions(LESSONS / next(LESSONS.glob(f"{number}_*.ipynb")).name, "en")

    wrong = {name: found[name].check(answer) for name, answer in BY_HAND[number].items()}
    assert {name: said for name, said in wrong.items() if not said.right} == {}
