"""From an executed notebook of frames and charts to a page: the finding, then its sections."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cache, partial
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup, escape
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from kpilib.files import shortened
from kpilib.language import between, marked, narrative
from kpilib.monthly.checks import charts_in, faults_in
from kpilib.monthly.layout import TEMPLATES, fill
from kpilib.monthly.parameters import joined, source_of, tags_of, written_in
from kpilib.saying import say

HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
OWN_ID = re.compile(r"\bkl\d+")  # by which the parts of one picture are told from another's
TAG = re.compile(r"<[^>]+>")
WIDGET = "application/vnd.jupyter.widget-view+json"
SEEN = 'data-described="axes"'  # as the template of a figure writes it
OBJECTS = re.compile(
    r"<(Axes|Figure|matplotlib|mpl_toolkits|seaborn|\w*Container object)\b|\bText\(-?[\d.]+, "
)


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
    own = written_in(executed)
    said = partial(_said, lang=lang, own=own)
    first, *sections = _sections(executed.cells)
    head = next((cell for cell in first if cell.cell_type == "markdown"), None)
    title, _, rest = source_of(head).partition("\n\n") if head else ("", "", "")
    about = NotebookNode({"cell_type": "markdown", "metadata": {}, "source": said(rest)})
    return fill(
        "topic.html.j2",
        lang,
        eyebrow=_title(title.removeprefix("# "), lang, own),
        about=_html([about]) if rest else "",
        lead=_html(_told([cell for cell in first if cell is not head], said)),
        sections=[_html(_told(section, said)) for section in sections],
        **frame,
    )


def _said(source: str, lang: str, own: str) -> str:
    """Say a narrative cell in a language; what has no translation is marked as of its own."""
    return narrative(source, between(own, lang), str if own == lang else partial(marked, lang=own))


def _title(title: str, lang: str, own: str) -> str:
    """Say the title of a notebook likewise."""
    if own == lang or not title or title in between(own, lang):
        return between(own, lang).get(title, title)
    return Markup('<span lang="{}">{}</span>').format(own, title)


def _sections(cells: list[NotebookNode]) -> Iterator[list[NotebookNode]]:
    """Yield the cells above the first heading of the second level, then those below each."""
    inside: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "markdown" and source_of(cell).startswith("## "):
            yield inside
            inside = []
        inside.append(cell)
    yield inside


def _told(
    cells: list[NotebookNode], narrated: Callable[[str], str] = str
) -> Iterator[NotebookNode]:
    """Yield the cells of a section, as narrated, with what a page shows of their results."""
    said: set[str] = set()
    for cell in cells:
        if cell.cell_type == "markdown":
            yield NotebookNode({**cell, "source": narrated(source_of(cell))})
        elif cell.cell_type == "code":
            shown = [each for each in cell.outputs if page_output(each) and _is_new(each, said)]
            yield NotebookNode({**cell, "outputs": shown})


def _is_new(output: NotebookNode, said: set[str]) -> bool:
    """Tell whether a picture stands there for the first time: two without a table say the same."""
    same = OWN_ID.sub("", joined(output.get("data", {}).get("text/html", "")))
    again = "<figure" in same and same in said
    said.add(same)
    return not again


def page_output(output: NotebookNode) -> bool:
    """Tell whether an output belongs on a page: no name of an Axes, no widget, no other object."""
    data = output.get("data", {})
    if WIDGET in data:  # a progress bar would stand there as it began
        return False
    text = joined(data.get("text/plain", ""))
    return set(data) != {"text/plain"} or not OBJECTS.search(text.strip())


def charts_of(executed: NotebookNode) -> int:
    """Return how many charts the page of a notebook is to show.

    One that only another program can draw counts too: its page lacks it, and would not say so.
    """
    cells = (cell for part in _sections(executed.cells) for cell in _told(part))
    drawn = (output for cell in cells for output in cell.get("outputs", ()))
    return sum(_charts(output.get("data", {})) for output in drawn)


def faults_of_cells(executed: NotebookNode, named: Set[str]) -> Iterator[str]:
    """Yield what cells show that no page may, by their numbers in the file of the notebook."""
    for number, outputs in _numbered(executed):
        faults = faults_in("".join(map(_shown, outputs)), named)
        if any(_drawn_elsewhere(each.get("data", {})) for each in outputs):
            faults.append(
                say(
                    "It shows a picture that only another program can draw. Draw it with matplotlib"
                    " or seaborn, or display it as PNG or SVG."
                )
            )
        yield from (say("Cell {cell}: {error}", cell=number, error=fault) for fault in faults)


def heaviest(executed: NotebookNode) -> str:
    """Say which cell of a notebook weighs most, and what to do about it."""
    weights = {
        number: sum(len(json.dumps(each.get("data", each.get("text", "")))) for each in outputs)
        for number, outputs in _numbered(executed)
    }
    if not any(weights.values()):
        return ""
    number = max(weights, key=weights.__getitem__)
    return say(
        "Cell {cell} alone makes {size} of them: show fewer rows (head), or draw many marks as"
        " pixels (rasterized=True).",
        cell=number,
        size=weights[number] // 1000,
    )


def seen_alone(executed: NotebookNode) -> list[int]:
    """Return the cells with a picture that nothing but its axes describes."""
    return [
        number
        for number, outputs in _numbered(executed)
        if any(SEEN in _shown(each) for each in outputs)
    ]


def _numbered(executed: NotebookNode) -> Iterator[tuple[int, list[NotebookNode]]]:
    """Yield what each cell shows, with its number in the file of the notebook."""
    cells = (each for each in executed.cells if "injected-parameters" not in tags_of(each))
    for number, cell in enumerate(cells, 1):
        yield number, cell.get("outputs", [])


def _shown(output: NotebookNode) -> str:
    """Return an output as HTML: a table, a picture, or what is printed."""
    data = output.get("data", {})
    if "text/html" in data:
        return joined(data["text/html"])
    image = next((kind for kind in data if kind.startswith("image/")), "")
    if image:
        alt = output.get("metadata", {}).get(image, {}).get("alt", "")
        return f'<img src="data:image/" alt="{escape(alt)}">'
    return f"<pre>{escape(joined(output.get('text', data.get('text/plain', ''))))}</pre>"


def _charts(data: dict[str, Any]) -> int:
    if "text/html" in data:
        return charts_in(joined(data["text/html"]))
    return int(_drawn_elsewhere(data) or any(kind.startswith("image/") for kind in data))


def _drawn_elsewhere(data: dict[str, Any]) -> bool:
    """Tell whether only another program, which no page may run, can draw an output."""
    if any(kind == "text/html" or kind.startswith("image/") for kind in data):
        return False
    kinds = (kind for kind in data if not kind.startswith("application/vnd.jupyter"))
    return any(kind.startswith("application/vnd.") for kind in kinds)


def _html(shown: Iterable[NotebookNode]) -> Markup:
    body, _ = _cells().from_notebook_node(
        NotebookNode({"cells": list(shown), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
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
