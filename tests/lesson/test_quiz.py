"""Ten statements a lesson, true or false."""

from __future__ import annotations

import nbformat
import pytest

from kpilib.errors import ParameterError
from kpilib.lesson.quiz import STATEMENT_WORDS, TRUE, Quiz, quiz_notebook
from tests.lesson.silly import silly


@pytest.mark.parametrize("lesson", STATEMENT_WORDS)
class TestEach:
    def test_ten_statements_of_which_some_are_true(self, lesson):
        assert len(set(STATEMENT_WORDS[lesson])) == len(TRUE[lesson]) == 10
        assert 3 <= TRUE[lesson].count("T") <= 7

    def test_all_right_and_one_wrong(self, lesson):
        right = TRUE[lesson]
        other = ("F" if right[0] == "T" else "T") + right[1:]

        assert Quiz(lesson).check(right).right
        assert repr(Quiz(lesson).check(other)) == "9 of 10 are right. Read again: 1."

    def test_in_french(self, lesson):
        quiz = Quiz(lesson, "fr")

        assert quiz.check(TRUE[lesson].replace("T", "V")).right
        assert not set(quiz.statements) & set(STATEMENT_WORDS[lesson])


def test_words_and_truth_values_are_answers():
    truths = [each == "T" for each in TRUE["rates"]]

    assert Quiz("rates").check(truths).right
    assert Quiz("rates").check(["vrai" if each else "faux" for each in truths]).right


def test_silly_answers_and_no_such_quiz():
    assert all(not Quiz("rates").check(each).right for each in silly())
    with pytest.raises(ParameterError, match="There is no quiz 'rate'. .* Did you mean 'rates'?"):
        Quiz("rate")


def test_the_notebook_runs(tmp_path):
    quiz_notebook(tmp_path / "quiz.ipynb", "fr")
    names: dict[str, object] = {}
    for cell in nbformat.read(tmp_path / "quiz.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)

    assert names["quiz"].lesson == "training" and names["lang"] == "fr"
