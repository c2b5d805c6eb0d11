"""Templates: the only place where HTML is written; and the card of a definition, made of two."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kpilib.definitions import Kpi
from kpilib.display.card import lines, needs
from kpilib.display.numbers import Formatter, reader
from kpilib.language import speaker


@cache
def templates(package: str = "kpilib.show") -> Environment:
    """Return the templates of a package, which escape all that they are given."""
    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def warm() -> None:
    """Compile the templates once, for every process forked from this one."""
    for name in templates().list_templates():
        templates().get_template(name)


def style(name: str) -> str:
    """Return a style sheet that stands beside the templates."""
    return templates().get_template(name).render()


def fill(template: str, write: Formatter | None = None, **slots: Any) -> str:
    """Fill a template for the reader, or for who has a writer of their own; Jinja escapes strings
    from data.
    """
    write = write or reader()
    return templates().get_template(template).render(write=write, say=write.say, **slots)


def card_html(kpi: Kpi, lang: str = "en", *, closed: bool = False) -> str:
    """Return the card of a KPI.

    Parameters
    ----------
    kpi : Kpi
    lang : str
        Language of the reader.
    closed : bool
        As in the glossary: the name alone is seen, an anchor, until somebody opens it; the style is
        the page's. Otherwise the card stands open and brings its style along.
    """
    said = speaker(lang)
    return fill(
        "card_closed.html.j2" if closed else "card.html.j2",
        id=kpi.id,
        lang=lang,
        label=said(kpi.label),
        question=said(kpi.question),
        lines=lines(kpi, said),
        needed_name=said("Data needed"),
        needed=needs(kpi, said),
    )
