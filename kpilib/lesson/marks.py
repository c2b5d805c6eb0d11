"""What a class got right: each answer is a line of a file that holds a nickname at most."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd

from kpilib.errors import ParameterError, listed
from kpilib.files import slug
from kpilib.saying import error_of

COLUMNS = ("lesson", "question", "right", "mistake")
NICKNAME = re.compile(r"marks-[a-z0-9-]*[a-z0-9]")  # what follows is of a copy: " (1)", " - copie"


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
        counts once, however often he answered or handed his file in.

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
    files = _last_copies(paths)
    return pd.concat([_read(path, folder).assign(student=str(path)) for path in files])


def _last_copies(paths: list[Path]) -> list[Path]:
    """Leave out what begins another file of that nickname: lines are only ever added to one."""
    last: dict[Path, tuple[str, bytes]] = {}
    for path in sorted(paths, key=lambda each: each.stat().st_size, reverse=True):
        named = NICKNAME.match(path.stem)
        name, held = named[0] if named else path.stem, path.read_bytes()
        if not any(name == other and whole.startswith(held) for other, whole in last.values()):
            last[path] = (name, held)
    return sorted(last)


def _read(path: Path, folder: Path) -> pd.DataFrame:
    file = path.relative_to(folder).as_posix()  # names alone are those of several students
    try:
        rows = pd.read_csv(path, encoding="utf-8")
    except ValueError:
        raise error_of(
            ParameterError,
            "{file} is no CSV in UTF-8. Ask for the file again, or take it out of the folder.",
            file=file,
        ) from None
    if tuple(rows.columns) != COLUMNS:
        raise error_of(
            ParameterError,
            "{file} has columns {found}; marks have {wanted}. Is it another file?",
            file=file,
            found=listed(map(str, rows.columns)),
            wanted=listed(COLUMNS),
        )
    other = rows.index[~pd.to_numeric(rows["right"], errors="coerce").isin([0, 1])]
    if len(other):
        raise error_of(
            ParameterError,
            "{file}:{row:d}: right is neither 1 nor 0. Correct it, or delete the row.",
            file=file,
            row=int(other[0]) + 2,
        )
    for column in ("lesson", "question"):
        if rows[column].isna().any():
            raise error_of(
                ParameterError,
                "{file}:{row:d}: column {column} is empty. Correct it, or delete the row.",
                file=file,
                row=int(rows.index[rows[column].isna()][0]) + 2,
                column=column,
            )
    return rows.astype({"right": int})
