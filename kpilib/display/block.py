"""What a notebook cell shows: one block of HTML, the same in JupyterLab and on the page."""

from __future__ import annotations

from html import escape
from typing import Any

from kpilib.display.label import clean


class Block:
    """One self-contained piece of HTML. Everything given to it must already be escaped."""

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_()}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def text(value: object) -> str:
    """Escape a text for HTML; a name written right to left does not disturb its neighbours."""
    return escape(clean(value), quote=True)
