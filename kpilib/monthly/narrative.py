"""What a narrative cell says, block by block, in the language of the reader.

Notebooks are written in English; their narrative is said out of the catalogue of texts. An author's
own text without translation stands as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpilib.language import LANGUAGES, messages

MARK = re.compile(r"^(#+ +|[-*] +|\d+\. +)?(.*)$", re.S)


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
