"""What a notebook cell shows: one block of HTML, the same in JupyterLab and on the page."""

from __future__ import annotations

from html import escape
from typing import Any

from kpilib.display import css
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


def name(value: object) -> str:
    """Escape a name that comes from data."""
    return f"<bdi>{text(value)}</bdi>"


def paragraph(*sentences: str) -> Block:
    """Show sentences as one paragraph."""
    body = " ".join(text(sentence) for sentence in sentences if sentence)
    return Block(f'{css.sheet()}<div class="kl"><p>{body}</p></div>')


def notice(title: str, reason: str) -> Block:
    """Show why something is not shown, where it would have been."""
    return Block(
        f'{css.sheet(css.NOTICE)}<div class="kl kl-notice" role="note">'
        f'<span class="kl-title">{text(title)}</span><p>{text(reason)}</p></div>'
    )
