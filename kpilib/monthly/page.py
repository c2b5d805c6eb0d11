"""From an executed notebook of frames and charts to a page: the finding, then its sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from kpilib.files import shortened
from kpilib.language import narrative
from kpilib.monthly.layout import TEMPLATES, fill
from kpilib.monthly.parameters import joined, source_of

HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
OWN_ID = re.compile(r"\bkl\d+")  # by which the parts of one picture are told from another's
TAG = re.compile(r"<[^>]+>")
OBJECTS = re.compile(r"^[\[\(\{]*(array\()?[\[\(]*(<(Axes|Figure|matplotlib|seaborn)|Text\()")


class Cells(HTMLExporter):
    """The cells of a notebook as HTML, without code, warnings or prompts."""

    def __init__(self) -> None:
        super().__init__(
            extra_template_basedirs=[str(TEMPLATES)],
            template_name="cells",
            exclude_anchor_links=True,
            exclude_input=True,
            default_preprocessors=[],
        )
        self.taken: set[str] = set()  # anchors of the page

    def default_filters(self) -> Any:
        """Return nbconvert's filters, with headings that can be linked to in any language."""
        yield from super().default_filters()
        yield "markdown2html", self._markdown

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Any:
        """Convert without HTMLExporter's last step.

        That one parses and rewrites the whole page, ten times the time of the rest, to give images
        alternative texts that say there is none.
        """
        resources = self._init_resources(resources)
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(notebook_metadata={}, parent=self, resources=resources),
        )
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)

    @pass_context
    def _markdown(self, context: Any, source: str) -> str:
        return HEADING.sub(self._with_anchor, self.markdown2html(context, source))

    def _with_anchor(self, heading: re.Match[str]) -> str:
        level, content = int(heading[1]), heading[2]
        anchor = self._anchor(Markup(TAG.sub("", content)).unescape().strip())
        self.taken.add(anchor)
        return f'<h{level} id="{anchor}">{content}</h{level}>'

    def _anchor(self, text: str) -> str:
        # ASCII: percent-encoded anchors are not found by every reader and printer.
        plain = shortened(text, otherwise="section")
        number, anchor = 1, plain
        while anchor in self.taken:
            number += 1
            anchor = f"{plain}-{number}"
        return anchor


def render(executed: NotebookNode, lang: str, frame: dict[str, Any]) -> str:
    """Make the page of an executed notebook in one language: the finding first, then its sections.

    Parameters
    ----------
    executed : NotebookNode
        The notebook with its outputs.
    lang : str
    frame : dict
        ``company, short, month, twins, neighbours, basis`` (see `run`).

    Returns
    -------
    str
        A complete document that fetches nothing and runs nothing.
    """
    _cells().taken = set()
    parts, lead, eyebrow, about = [], Markup(""), "", Markup("")
    for heading, inside in _sections(executed.cells):
        said = [cell for cell in inside if cell.cell_type == "markdown"]
        shown = _once(_shown(cell) for cell in inside if cell.cell_type == "code")
        kept = [NotebookNode({**c, "source": narrative(source_of(c), lang)}) for c in said]
        if heading == 1:
            title, _, rest = kept[0]["source"].partition("\n\n") if kept else ("", "", "")
            eyebrow = title.removeprefix("# ")
            about = _html([NotebookNode({**kept[0], "source": rest})]) if rest else about
            lead = _html(shown)
            continue
        parts.append(_html(_in_order(inside, kept, shown)))
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


def _once(shown: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return the cells of a section, each picture once: two that lack a table say the same."""
    said: set[str] = set()
    found = []
    for cell in shown:
        kept = []
        for each in cell.outputs:
            same = OWN_ID.sub("", joined(each.get("data", {}).get("text/html", "")))
            if "<figure" not in same or same not in said:
                kept.append(each)
            said.add(same)
        found.append(NotebookNode({**cell, "outputs": kept}))
    return found


def page_output(output: NotebookNode) -> bool:
    """Tell whether an output belongs on a page: not the name of an Axes or another object."""
    data = output.get("data", {})
    text = joined(data.get("text/plain", ""))
    return set(data) != {"text/plain"} or not OBJECTS.match(text.strip())


def _in_order(
    inside: list[NotebookNode], said: list[NotebookNode], shown: list[NotebookNode]
) -> list[NotebookNode]:
    words, results = iter(said), iter(shown)
    return [next(words if cell.cell_type == "markdown" else results) for cell in inside]


def _html(shown: list[NotebookNode]) -> Markup:
    body, _ = _cells().from_notebook_node(
        NotebookNode({"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return Markup(body)


@cache
def _cells() -> Cells:
    cells = Cells()
    cells.template  # noqa: B018  compiles it, most of the work of a page
    return cells


def warm() -> None:
    """Compile the template of the cells once, for every process forked from this one."""
    _cells()
