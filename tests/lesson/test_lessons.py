"""The lessons as a class meets them: in both languages, with right, wrong and silly answers."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest

from kpilib.copies import copies
from kpilib.errors import ParameterError
from kpilib.language import messages, speak
from kpilib.lesson import Chart, Choice, Said
from kpilib.monthly.narrative import blocks
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
    speak("en")


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
            declared = question._mistakes()
            assert declared or isinstance(question, Said), name
            for each in declared:
                found = question.check(given(question, each.answer))
                assert (found.right, found.mistake) == (False, each.name), f"{name}: {found!r}"

    def test_no_silly_answer_makes_it_fail(self, path, lang):
        for question in questions(path, lang).values():
            for answer in silly():
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


def test_the_figures_of_lesson_1():
    sessions, leads = pd.read_csv("ten_sessions.csv"), pd.read_csv("ten_leads.csv")
    q1, q2, q3, *_ = questions(lessons()[0], "en").values()

    # s01, s04 (twice) and s09 of ten sessions; by channel 1/2 and 2/8, whose mean is 37.5 %
    assert (len(sessions), len(leads)) == (10, 4)
    assert q1.check("3/10").right and q1.check(0.4).mistake == "twice"
    assert q2.check({"email": 0.5, "organic_search": 0.25}).right
    assert q3.check("37.5 %").mistake == "mean_of_rates"
