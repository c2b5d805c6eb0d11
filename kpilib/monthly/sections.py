"""From an executed notebook of frames and charts to a page: the finding first, then its sections.

The notebook is written in English; its narrative is said in the reader's language, block by block,
out of the catalogue of texts. An author's own text without translation stands as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from kpilib.language import LANGUAGES, messages
from kpilib.monthly.parameters import source_of, tags_of

MARK = re.compile(r"^(#+ +|[-*] +|\d+\. +)?(.*)$", re.S)
PERIOD = re.compile(r"^period\b", re.M)
OBJECTS = re.compile(r"^[\[\(\{]*(array\()?[\[\(]*(<(Axes|Figure|matplotlib|seaborn)|Text\()")


def in_sections(notebook: Any) -> bool:
    """Whether a notebook has the form of frames: its parameter is `period`, not `month`."""
    return any(
        PERIOD.search(source_of(cell))
        for cell in notebook["cells"]
        if "parameters" in tags_of(cell)
    )


def blocks(source: str) -> Iterator[tuple[str, str]]:
    """Yield the mark and the text of each block of a narrative cell: ``("## ", "Do they open?")``.

    The text is what the catalogue of a language holds; lines of one paragraph are one text.
    """
    for block in re.split(r"\n\s*\n", source.strip()):
        mark, text = MARK.fullmatch(block).groups()
        yield mark or "", " ".join(text.split("\n"))


def narrative(source: str, lang: str) -> str:
    """Say a narrative cell in a language; a block without translation is marked as English."""
    known = messages(lang)
    said = []
    for mark, text in blocks(source):
        here = known.get(text, text)
        foreign = lang != LANGUAGES[0] and text not in known
        said.append(f'{mark}<span lang="{LANGUAGES[0]}">{here}</span>' if foreign else mark + here)
    return "\n\n".join(said)


def page(cells: Any, executed: NotebookNode, lang: str, frame: dict[str, Any]) -> str:
    """Make the page of an executed notebook.

    Parameters
    ----------
    cells : Cells
        How cells become HTML.
    executed : NotebookNode
    lang : str
    frame : dict
        ``company, title, month, twins, neighbours, topics, basis`` (see `run`).

    Returns
    -------
    str
        A complete document that fetches nothing and runs nothing.
    """
    parts, lead, eyebrow, about = [], Markup(""), "", Markup("")
    for heading, inside in _sections(executed.cells):
        said = [cell for cell in inside if cell.cell_type == "markdown"]
        shown = [_shown(cell) for cell in inside if cell.cell_type == "code"]
        kept = [NotebookNode({**c, "source": narrative(source_of(c), lang)}) for c in said]
        if heading == 1:
            title, _, rest = kept[0]["source"].partition("\n\n") if kept else ("", "", "")
            eyebrow = title.removeprefix("# ")
            about = _html(cells, [NotebookNode({**kept[0], "source": rest})]) if rest else about
            lead = _html(cells, shown)
            continue
        parts.append(_html(cells, _in_order(inside, kept, shown)))
    from kpilib.monthly.layout import fill  # heavy, and the run itself only asks `in_sections`

    return fill(
        "topic.html.j2", lang, lead=lead, eyebrow=eyebrow, about=about, sections=parts, **frame
    )


def _sections(cells: list[NotebookNode]) -> Iterator[tuple[int, list[NotebookNode]]]:
    """Yield the cells below each heading of the second level, those above the first one first."""
    inside: list[NotebookNode] = []
    level = 1
    for cell in cells:
        if cell.cell_type == "markdown" and source_of(cell).startswith("## "):
            yield level, inside
            inside, level = [], 2
        inside.append(cell)
    yield level, inside


def _shown(cell: NotebookNode) -> NotebookNode:
    """Return a cell without what tells a reader nothing: names of Python objects."""
    kept = [each for each in cell.outputs if page_output(each)]
    return NotebookNode({**cell, "outputs": kept})


def page_output(output: NotebookNode) -> bool:
    """Tell whether an output belongs on a page: not the name of an Axes or another object."""
    data = output.get("data", {})
    text = data.get("text/plain", "")
    text = text if isinstance(text, str) else "".join(text)
    return set(data) != {"text/plain"} or not OBJECTS.match(text.strip())


def _in_order(
    inside: list[NotebookNode], said: list[NotebookNode], shown: list[NotebookNode]
) -> list[NotebookNode]:
    words, results = iter(said), iter(shown)
    return [next(words if cell.cell_type == "markdown" else results) for cell in inside]


def _html(cells: Any, shown: list[NotebookNode]) -> Markup:
    body, _ = cells.from_notebook_node(
        NotebookNode({"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return Markup(body)
