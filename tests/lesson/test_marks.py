"""What a class got right, from files that hold a nickname at most."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.errors import ParameterError
from kpilib.lesson import Number, asked, slip
from kpilib.lesson.marks import marks


def answered(folder, monkeypatch, nickname, *answers):
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    half = slip("half", 0.5, "That is a half.")
    (question,) = asked("rates", [Number(0.25, half)], nickname=nickname)
    for answer in answers:
        question.check(answer)


def test_by_exercise_with_the_common_mistake(tmp_path, monkeypatch):
    answered(tmp_path / "a", monkeypatch, "Zoé", 0.5, 0.5, None, 0.25)
    answered(tmp_path / "b", monkeypatch, "max", 0.25)
    answered(tmp_path / "b", monkeypatch, "ann", 0.9)

    (row,) = marks(tmp_path).to_dict("records")
    assert row == {
        "lesson": "rates", "question": 1, "students": 3, "right": 2, "first_time": 1,
        "answers": 5, "common_mistake": "half",
    }  # fmt: skip


def test_the_file_holds_no_answer_and_no_name_but_its_own(tmp_path, monkeypatch):
    answered(tmp_path, monkeypatch, "Zoé", 0.5, 0.25)

    assert (tmp_path / "marks-zoe.csv").read_text(encoding="utf-8").splitlines() == [
        "lesson,question,right,mistake", "rates,1,0,half", "rates,1,1,",
    ]  # fmt: skip


def test_without_a_nickname_nothing_is_noted(tmp_path, monkeypatch):
    answered(tmp_path, monkeypatch, "  ", 0.5)

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ParameterError, match=r"There is no marks-\*.csv"):
        marks(tmp_path)


def test_a_file_handed_in_twice_is_one_student(tmp_path):
    begun = "lesson,question,right,mistake\nrates,1,0,half\n"
    (tmp_path / "zoe").mkdir()
    (tmp_path / "zoe" / "marks-zoe.csv").write_text(begun, encoding="utf-8")
    for name in ("marks-zoe.csv", "marks-zoe (1).csv", "marks-zoe - Copie.csv"):
        (tmp_path / name).write_text(begun + "rates,1,1,\n", encoding="utf-8")
    (tmp_path / "marks-zoe-m.csv").write_text(begun, encoding="utf-8")

    (row,) = marks(tmp_path).to_dict("records")
    assert (row["students"], row["right"], row["answers"]) == (2, 1, 3)


@pytest.mark.parametrize("held", [b"", "lesson,question,right,mistake\né,1,1,".encode("cp1252")])
def test_what_is_no_csv_is_said_with_its_folder_and_a_remedy(tmp_path, held):
    (tmp_path / "zoe").mkdir()
    (tmp_path / "zoe" / "marks-x.csv").write_bytes(held)

    with pytest.raises(ParameterError, match=r"^zoe/marks-x.csv is no CSV in UTF-8. Ask for"):
        marks(tmp_path)


@pytest.mark.parametrize(
    ("row", "said"),
    [("rates,,1,", "column question is empty"), ("rates,2,yes,", "right is neither 1 nor 0")],
)
def test_a_row_that_counts_for_nothing_is_named(tmp_path, row, said):
    text = f"lesson,question,right,mistake\nrates,1,1,\n{row}\n"
    (tmp_path / "marks-x.csv").write_text(text, encoding="utf-8")

    with pytest.raises(ParameterError, match=f"marks-x.csv:3: {said}"):
        marks(tmp_path)


def test_another_file_of_that_name(tmp_path):
    (tmp_path / "marks-x.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    with pytest.raises(ParameterError, match="marks-x.csv has columns a, b"):
        marks(tmp_path)


def test_the_command(tmp_path, monkeypatch):
    answered(tmp_path, monkeypatch, "Zoé", 0.5)
    res = CliRunner().invoke(commands, ["marks", str(tmp_path)])

    assert res.exit_code == 0 and res.stdout.split()[-1] == "half"
