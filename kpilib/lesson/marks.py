"""What a class got right: each answer is a line of a file that holds a nickname at most."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from kpilib.errors import ParameterError, listed
from kpilib.files import slug
from kpilib.saying import error_of

COLUMNS = ("lesson", "question", "right", "mistake")


def mark(lesson: str, question: int, nickname: str, *, right: bool, mistake: str) -> None:
    """Note one answer in ``marks-<nickname>.csv`` of the working folder; without name nowhere."""
    if not nickname.strip():
        return
    path = Path(f"marks-{slug(nickname)}.csv")
    begun = path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        if not begun:
            rows.writerow(COLUMNS)
        rows.writerow([lesson, question, int(right), mistake])


def marks(folder: Path) -> pd.DataFrame:
    """Say what a class got right, by exercise.

    Parameters
    ----------
    folder : Path
        Holds the students' ``marks-*.csv``, in folders of theirs or not.

    Returns
    -------
    pandas.DataFrame
        ``lesson, question, students, right, first_time, answers, common_mistake``; a student
        counts once, however often he answered.

    Raises
    ------
    ParameterError
        There is no such file, or one that is something else.
    """
    answers = _answers(folder)
    one = answers.groupby(["lesson", "question", "student"], sort=True)["right"]
    students = one.agg(["max", "first", "size"]).groupby(["lesson", "question"])
    mistakes = answers[(answers["right"] == 0) & answers["mistake"].notna()]
    common = mistakes.groupby(["lesson", "question"])["mistake"].agg(
        lambda every: every.value_counts(sort=True).index[0]
    )
    found = pd.DataFrame(
        {
            "students": students.size(),
            "right": students["max"].sum(),
            "first_time": students["first"].sum(),
            "answers": students["size"].sum(),
            "common_mistake": common,
        }
    )
    return found.fillna({"common_mistake": ""}).reset_index()


def _answers(folder: Path) -> pd.DataFrame:
    paths = sorted(folder.rglob("marks-*.csv"))
    if not paths:
        raise error_of(
            ParameterError,
            "There is no marks-*.csv in {folder!r}. Students write a nickname into the first cell"
            " of a lesson, then bring the file beside it.",
            folder=folder.resolve().name,
        )
    return pd.concat([_read(path).assign(student=str(path)) for path in paths])


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as error:
        raise error_of(
            ParameterError, "{file} cannot be read: {error}", file=path.name, error=error
        ) from None
    if tuple(rows.columns) != COLUMNS:
        raise error_of(
            ParameterError,
            "{file} has columns {found}; marks have {wanted}. Is it another file?",
            file=path.name,
            found=listed(map(str, rows.columns)),
            wanted=listed(COLUMNS),
        )
    other = rows.index[~pd.to_numeric(rows["right"], errors="coerce").isin([0, 1])]
    if len(other):
        raise error_of(
            ParameterError,
            "{file}:{row:d}: right is neither 1 nor 0. Correct it, or delete the row.",
            file=path.name,
            row=int(other[0]) + 2,
        )
    return rows.astype({"right": int})
