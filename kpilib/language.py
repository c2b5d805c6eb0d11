"""What a reader sees, in the language of the reader: written in English, looked up in French.

The French catalogue is read from its ``.po`` file at run time: it is never older than the text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

from kpilib.errors import ParameterError, listed

LANGUAGES = ("en", "fr")

Say = Callable[..., str]
SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")  # where a system says its language, the first one first
OF_COMPANY = re.compile(r"^lang:\s*(?:\[|-)?\s*[\"']?(\w\w)\b", re.M)
BLOCK = re.compile(r"(?:```.*?(?:```|\Z)|(?!\n\s*\n).)+", re.S)  # code may hold blank lines
MARK = re.compile(r"^(#+ +|[-*] +|\d+\. +)?(.*)$", re.S)  # of a heading, a list

_HERE = ["en"]  # the language of this kernel, one for all that it shows


def speak(lang: str) -> Say:
    """Make a language the one of this kernel, and return its speaker.

    Raises
    ------
    ParameterError
        The language is not one that reports are written in.
    """
    say = speaker(lang)
    _HERE[0] = lang
    return say


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak a language for a while, then the one before again."""
    before = here()
    speak(lang)
    try:
        yield
    finally:
        speak(before)


def language_of(folder: Path) -> str:
    """Return the language of whoever works on a company: the first one of its reports.

    Of a folder without company.yaml, the system's. A look at the file is enough to say an error:
    what is wrong with it is said where it is read.
    """
    path = folder / "company.yaml"
    if not path.is_file():
        return _known(next(filter(None, map(os.environ.get, SYSTEM)), "")[:2])
    found = OF_COMPANY.search(path.read_text(encoding="utf-8", errors="replace"))
    return _known(found[1] if found else "")


def _known(lang: str) -> str:
    return lang if lang in LANGUAGES else LANGUAGES[0]


def here() -> str:
    """Return this kernel's language."""
    return _HERE[0]


def spoken() -> Say:
    """Return the speaker of this kernel's language: English, until `kl.report` says another."""
    return speaker(_HERE[0])


@cache
def messages(lang: str, catalogue: str = "kpilib") -> dict[str, str]:
    """Read a catalogue of one language.

    Parameters
    ----------
    lang : str
        One of `LANGUAGES`.
    catalogue : str
        ``kpilib``, or ``lessons``, which no report needs.

    Returns
    -------
    dict of str to str
        English message to translated message; empty for English.
    """
    if lang == "en":
        return {}
    from babel.messages.pofile import read_po  # heavy, and English does not need it

    source = files("kpilib") / "locale" / lang / "LC_MESSAGES" / f"{catalogue}.po"
    with source.open("rb") as file:
        return {
            message.id: message.string
            for message in read_po(file, locale=lang)
            if message.id and message.string and not message.fuzzy
        }


@cache
def between(own: str, lang: str) -> dict[str, str]:
    """Return what is known of a text's language in another one: a copy may be in French."""
    return messages(lang) or {there: here for here, there in messages(own).items()}


def speaker(lang: str, catalogue: str = "") -> Say:
    """Return the function that says an English message in a language.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"fr"``.
    catalogue : str
        A further catalogue than that of the reports, such as ``lessons``.

    Returns
    -------
    callable
        ``say(message, **slots)``: the message in that language, its ``{slots}`` filled.

    Raises
    ------
    ParameterError
        The language is not one that reports are written in.
    """
    if lang not in LANGUAGES:
        raise ParameterError(
            f"Unknown language {lang!r}. Reports are written in: {listed(LANGUAGES)}."
        )
    known = messages(lang) | (messages(lang, catalogue) if catalogue else {})

    def say(message: str, **slots: object) -> str:
        text = known.get(message, message)
        return text.format(**slots) if slots else text

    return say


def blocks(source: str) -> Iterator[tuple[str, str]]:
    """Yield the mark and the text of each block of a narrative cell: ``("## ", "Do they open?")``.

    The text is what the catalogue of a language holds; lines of one paragraph are one text.
    """
    for block in _written(source):
        yield _parted(block)


def _written(source: str) -> Iterator[str]:
    return filter(None, map(str.strip, BLOCK.findall(source)))


def _parted(block: str) -> tuple[str, str]:
    mark, text = MARK.fullmatch(block).groups()
    return mark or "", " ".join(text.split("\n"))


def narrative(source: str, known: Mapping[str, str], unknown: Callable[[str], str] = str) -> str:
    """Say a narrative cell of a notebook, block by block, by what a catalogue knows.

    What it does not know, an author's own, stands as written: lists, tables and code are lines.
    """
    told: list[str] = []
    own: list[str] = []  # in a row: what belongs together stays so, HTML around several blocks
    for block in (*_written(source), ""):
        mark, text = _parted(block)
        if block and text not in known and not mark.startswith("#"):
            own.append(block)
            continue
        told += [unknown("\n\n".join(own))] if own else []
        own = []
        told += [mark + known[text] if text in known else unknown(block)] if block else []
    return "\n\n".join(told)


def marked(block: str, lang: str) -> str:
    """Mark a block of Markdown as of a language: within its mark of a heading, or around it."""
    mark, text = MARK.fullmatch(block).groups()
    if "\n" in block or not text[:1].isalnum():
        return f'<div lang="{lang}">\n\n{block}\n\n</div>'
    return f'{mark or ""}<span lang="{lang}">{text}</span>'
