"""Names from data, made safe to draw: control characters out, long ones shortened."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 30
SPACES = re.compile(" +")  # no-break spaces stay: figures are written with them
UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(text: object) -> str:
    """Return a name as one line without characters that hide, break or reverse what follows."""
    return SPACES.sub(" ", UNSEEN.sub(" ", str(text))).strip(" ")


def width(text: str) -> int:
    """Return the width of a text in columns: wide characters and emoji count twice."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def shorten(text: object, longest: int = LONGEST) -> str:
    """Return a name cut to `longest` columns, with an ellipsis when something is left out."""
    text = clean(text)
    if width(text) <= longest:
        return text
    kept = ""
    for sign in text:
        if width(kept) + width(sign) > longest - 1:
            break
        kept += sign
    return kept.rstrip() + "…"
