"""The frame around every page: one Jinja environment that escapes all it is given, one style."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from posixpath import dirname, relpath

from jinja2 import Environment

from kpilib.display.numbers import Formatter
from kpilib.language import LANGUAGES
from kpilib.show.pages import templates
from kpilib.show.typography import typeset_page

TEMPLATES = Path(__file__).resolve().parent / "templates"
# Nothing may run and nothing may be fetched; the style and the pictures are in the page.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
PAGES = ("topic.html.j2", "month.html.j2", "months.html.j2", "glossary.html.j2")
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


@cache
def environment() -> Environment:
    """Return the environment of the page and index templates."""
    made = templates("kpilib.monthly")
    made.globals.update(
        policy=POLICY,
        language_names=LANGUAGE_NAMES,
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        topic_style=(TEMPLATES / "topic.css").read_text(encoding="utf-8"),
    )
    return made


@cache
def formatter(lang: str) -> Formatter:
    """Return the writer of figures and months for a language."""
    return Formatter(lang)


def fill(name: str, lang: str, **content: object) -> str:
    """Fill a template in a language.

    Parameters
    ----------
    name : str
        One of the templates, such as ``topic.html.j2``.
    lang : str
        The language of the page.
    **content
        What the template asks for; every text is escaped.

    Returns
    -------
    str
        The whole document.
    """
    write = formatter(lang)
    made = environment().get_template(name)
    said = {"say": write.say, "month_name": write.month, "write": write}
    return typeset_page(made.render(lang=lang, **said, **content), lang)


def warm() -> None:
    """Compile the templates and load the languages once, for every process forked from this one."""
    for name in PAGES:
        environment().get_template(name)
    for lang in LANGUAGES:
        formatter(lang).month("2000-01")  # loads what the language calls days and months


def place(lang: str, languages: Sequence[str], name: str) -> str:
    """Return where a page of a language lies: the first one's at the root, others in a folder."""
    return name if lang == languages[0] else f"{lang}/{name}"


def twins(lang: str, languages: Sequence[str], name: str) -> list[tuple[str, str]]:
    """Return the other languages of a page, and the link from it to each."""
    here = place(lang, languages, name)
    others = (each for each in languages if each != lang)
    return [(each, link(here, place(each, languages, name))) for each in others]


def link(here: str, there: str) -> str:
    """Return the relative link from one page to another, both given from the same folder."""
    return relpath(there, dirname(here) or ".")
