"""What to call the columns of a form: by question and row, each by a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpilib.sources.block import Cells
from kpilib.sources.keys import key

PART = " | "  # between a question and its row
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
CONTROL = re.compile("[\x80-\x9f]")  # signs of cp1252 that were taken for those of Unicode
# What the second header of SurveyMonkey says of a question that has one column.
ONLY = {"", "response", "open-ended response", "reponse", "reponse ouverte"}


def unescaped(text: str) -> str:
    """Return a text without the marks that Microsoft writes for signs: ``_x0092_`` is ’."""

    def sign(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return "" if 0xD800 <= code < 0xE000 else chr(code)

    return CONTROL.sub(
        lambda found: found[0].encode("latin-1").decode("cp1252", "ignore"), ESCAPED.sub(sign, text)
    )


def names_of(header: Cells, second: Cells, fixed: set[str]) -> Iterator[str]:
    """Yield a name for each column: the question it belongs to, its row, a number when repeated."""
    seen: dict[str, int] = {}
    question = ""
    for place, name in enumerate(header):
        row = unescaped(second[place]).strip() if place < len(second) else ""
        name = unescaped(name).strip()
        if name:
            question = name
        elif row:  # the cell above belongs to the question to the left
            name = question
        alone = not (place + 1 < len(header) and not header[place + 1] and second)
        if row and not (key(row) in ONLY and (alone or header[place])):
            name = f"{name}{PART}{row}"
        if not name:
            yield ""
            continue
        seen[key(name)] = seen.get(key(name), 0) + 1
        again = seen[key(name)]
        yield name if again == 1 or key(name) in fixed else f"{name} ({again})"
