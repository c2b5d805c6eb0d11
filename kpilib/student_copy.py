"""The students' copy of the lessons: one language, no solutions, the data beside them."""

from __future__ import annotations

import re
from os.path import relpath
from pathlib import Path
from typing import Any

from kpilib.errors import ParameterError, listed

DATA = re.compile(r'data: str = "([^"]*)"')
SOLUTION, SPOKEN = "solution", "lang-"


def student_copy(lessons: Path, target: Path, lang: str) -> list[Path]:
    """Copy lessons for students: in one language, without solutions, with their data.

    Parameters
    ----------
    lessons : Path
        Folder of the lessons.
    target : Path
        Where the copy goes; files that are there already are never overwritten.
    lang : str

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        A file of the copy exists already, or there is no lesson.
    """
    import nbformat  # half a second, and only this needs it

    sources = sorted(path for path in lessons.iterdir() if path.suffix in (".ipynb", ".csv"))
    if not any(path.suffix == ".ipynb" for path in sources):
        raise ParameterError(f"There is no lesson in {lessons.name!r}. Check --lessons.")
    there = [path.name for path in sources if (target / path.name).exists()]
    if there:
        raise ParameterError(
            f"{target.name} already has {listed(there)}: a student may have written in it. "
            "Choose another folder."
        )
    target.mkdir(parents=True, exist_ok=True)
    for path in sources:
        if path.suffix == ".csv":
            (target / path.name).write_bytes(path.read_bytes())
            continue
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if _for_student(cell, lang)]
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = _parameters(cell.source, lessons, target, lang)
        nbformat.write(notebook, target / path.name)
    return [target / path.name for path in sources]


def _for_student(cell: Any, lang: str) -> bool:
    tags = cell.metadata.get("tags", [])
    other = [tag for tag in tags if tag.startswith(SPOKEN) and tag != SPOKEN + lang]
    return SOLUTION not in tags and not other


def _parameters(source: str, lessons: Path, target: Path, lang: str) -> str:
    """Set the language, and lead from the copy to the data that the lesson reads."""
    source = source.replace('lang: str = "en"', f'lang: str = "{lang}"')
    given = DATA.search(source)
    if given is None:
        return source
    data = relpath((lessons / given[1]).resolve(), target.resolve())
    return source.replace(given[0], f'data: str = "{Path(data).as_posix()}"')
