"""Copies of notebooks for somebody who works on them: one language, the data beside them.

A lesson's copy leaves out the solutions; an analyst's copy of the report's notebooks has all.
"""

from __future__ import annotations

import re
from os.path import relpath
from pathlib import Path
from typing import Any

from kpilib.errors import ParameterError, listed
from kpilib.language import messages, narrative
from kpilib.opening import beside
from kpilib.saying import error_of

DATA = re.compile(r'data: str = "([^"]*)"')
SOLUTION = "solution"


def _to_copy(source: Path, target: Path) -> list[Path]:
    """Return the files of a folder of notebooks, unless one of them is in the target already."""
    sources = sorted(path for path in source.glob("*.*") if path.suffix in (".ipynb", ".csv"))
    if not any(path.suffix == ".ipynb" for path in sources):
        raise error_of(
            ParameterError, "There is no notebook in {name!r}. Check the folder.", name=source.name
        )
    there = [path.name for path in sources if (target / path.name).exists()]
    if there:
        raise error_of(
            ParameterError,
            "{name} already has {there}: somebody may have written in it. Choose another folder.",
            name=target.name,
            there=listed(there),
        )
    return sources


def copies(
    source: Path, target: Path, lang: str, *, solved: bool = True, data: Path | None = None
) -> list[Path]:
    """Copy the notebooks of a folder in one language, each reading the data it reads today.

    Parameters
    ----------
    source, target : Path
        Folder of the notebooks, and where the copy goes: no file is overwritten there.
    lang : str
    solved : bool
        Whether the solutions of lessons come along.
    data : Path, optional
        Folder of the company that the copies read; by default the one that is read today.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        A file of the copy exists already, or there is no notebook.
    """
    import nbformat  # half a second, and only this needs it

    sources = _to_copy(source, target)
    target.mkdir(parents=True, exist_ok=True)
    for path in sources:
        if path.suffix == ".csv":
            (target / path.name).write_bytes(path.read_bytes())
            continue
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if solved or not _solves(cell)]
        for cell in notebook.cells:
            _turn(cell, lang, target, data or _read_by(cell.source, source))
        nbformat.write(notebook, target / path.name)
    return [target / path.name for path in sources]


def _turn(cell: Any, lang: str, target: Path, data: Path | None) -> None:
    """Put a cell of a copy into a language; that of the parameters reads a company's folder."""
    if cell.cell_type == "code":  # a kept output is for tests, not to copy from
        cell.outputs, cell.execution_count = [], None
    if "parameters" in cell.metadata.get("tags", []):
        cell.source = _parameters(cell.source, lang, target, data)
    elif cell.cell_type == "markdown":
        cell.source = _said(cell.source, lang)


def _solves(cell: Any) -> bool:
    """Tell whether a cell is a solution: by its tag, or because it asks a question for it."""
    asks = cell.cell_type == "code" and ".solution(" in cell.source
    return asks or SOLUTION in cell.metadata.get("tags", [])


def _said(source: str, lang: str) -> str:
    """Say a narrative cell in a language, block by block; one without translation stays."""
    known = messages(lang) | messages(lang, "lessons")
    return narrative(source, known)


def _read_by(source: str, folder: Path) -> Path | None:
    """Return the folder of the data that a notebook reads; None where it is nowhere."""
    given = DATA.search(source)
    found = beside(given[1], folder.resolve()) if given else None
    return None if given is None or found == given[1] else Path(found)


def _parameters(source: str, lang: str, target: Path, data: Path | None) -> str:
    """Set the language, and lead from the copy to the data that the notebook reads."""
    source = source.replace('lang: str = "en"', f'lang: str = "{lang}"')
    if data is None:  # it is nowhere: as it stands
        return source
    led = Path(relpath(data.resolve(), target.resolve())).as_posix()
    return DATA.sub(lambda _: f'data: str = "{led}"', source)
