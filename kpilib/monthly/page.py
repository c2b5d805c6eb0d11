"""From an executed notebook to a page: narrative of one language, results, their origin."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from kpilib.monthly import sections
from kpilib.monthly.layout import TEMPLATES, fill
from kpilib.monthly.sections import in_sections
from kpilib.monthly.selection import is_for

HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
TAG = re.compile(r"<[^>]+>")


class Cells(HTMLExporter):
    """The cells of a notebook as HTML, without code, warnings or prompts."""

    def __init__(self) -> None:
        super().__init__(
            extra_template_basedirs=[str(TEMPLATES)],
            template_name="cells",
            exclude_anchor_links=True,
            exclude_input=True,
            default_preprocessors=[],  # the cells of other languages are already gone
        )
        self.headings: list[tuple[int, str, str]] = []

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
        text = Markup(TAG.sub("", content)).unescape().strip()
        anchor = self._anchor(text)
        self.headings.append((level, anchor, text))
        return f'<h{level} id="{anchor}">{content}</h{level}>'

    def _anchor(self, text: str) -> str:
        # ASCII: percent-encoded anchors are not found by every reader and printer.
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
        taken = {anchor for _, anchor, _ in self.headings}
        number, anchor = 1, slug
        while anchor in taken:
            number += 1
            anchor = f"{slug}-{number}"
        return anchor


def render(executed: NotebookNode, lang: str, frame: dict[str, Any]) -> str:
    """Make the page of an executed notebook in one language.

    Parameters
    ----------
    executed : NotebookNode
        The notebook with its outputs.
    lang : str
        The narrative cells of this language stay, those of others go.
    frame : dict
        ``company, title, month, links, twins, basis`` (see `run`).

    Returns
    -------
    str
        A complete document that fetches nothing and runs nothing.
    """
    cells = _cells()
    cells.headings = []
    if in_sections(executed):
        return sections.page(cells, executed, lang, frame)
    kept = [cell for cell in executed.cells if is_for(cell, lang)]
    body, _ = cells.from_notebook_node(NotebookNode({**executed, "cells": kept, "metadata": {}}))
    contents = [(anchor, text) for level, anchor, text in cells.headings if level == 2]
    return fill("page.html.j2", lang, body=Markup(body), contents=contents, **frame)


@cache
def _cells() -> Cells:
    cells = Cells()
    cells.template  # noqa: B018  compiles it, most of the work of a page
    return cells


def warm() -> None:
    """Compile the template of the cells once, for every process forked from this one."""
    _cells()
