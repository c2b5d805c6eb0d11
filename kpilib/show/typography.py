"""How a finished page is set: apostrophes, spaces, percent, minus, superscripts of its language."""

from __future__ import annotations

import re
from collections.abc import Callable

NO_BREAK, NARROW, MINUS, APOSTROPHE = "\u00a0", "\u202f", "\u2212", "\u2019"
TEXT = re.compile(r"(<(?:style|code|pre|script)\b.*?</(?:style|code|pre|script)>|<[^>]*>)", re.S)
ENTITY = {"&#39;": "'", "&#x27;": "'"}

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
EVERYWHERE: tuple[Rule, ...] = (
    (re.compile(r"(?<=\w)'(?=\w)"), APOSTROPHE),
    (re.compile(r"(?<![\w\u2212-])-(?=\d)"), MINUS),
    (re.compile(r"(?<=\d)[ ](?=\d{3}(?!\d))"), NARROW),  # a number is never broken
    (re.compile(r"\bm2\b"), "m\u00b2"),
    (re.compile(r"\be-(?=mail)"), "e\u2011"),  # no line ends after its first letter
)
RULES: dict[str, tuple[Rule, ...]] = {
    "en": ((re.compile(rf"(?<=\d)[ {NO_BREAK}{NARROW}]%"), "%"),),
    "fr": (
        (re.compile(r"(?<=\w)'(?=\s|$)"), APOSTROPHE),
        (re.compile(rf"[ {NARROW}](?=[:%\u00bb])"), NO_BREAK),
        (re.compile(rf"[ {NO_BREAK}](?=[;?!])"), NARROW),
        (re.compile(r"(?<=\u00ab)[ ]"), NO_BREAK),
        (re.compile(r"(?<=\d)%"), f"{NO_BREAK}%"),
        (re.compile(r"\b1er\b"), "1\u1d49\u02b3"),
    ),
}


def typeset(text: str, lang: str) -> str:
    """Return a text as a printer of its language would set it.

    Parameters
    ----------
    text : str
    lang : str
        ``"en"``: ``16.8%``. ``"fr"``: curly apostrophes, no-break spaces before ``: ; ? ! %``.

    Examples
    --------
    >>> typeset("16.8 % of 2 803", "en")
    '16.8% of 2\\u202f803'
    """
    for entity, sign in ENTITY.items():
        text = text.replace(entity, sign)
    for pattern, into in (*EVERYWHERE, *RULES[lang]):
        text = pattern.sub(into, text)
    return text


def typeset_page(html: str, lang: str) -> str:
    """Set the texts of a page, and leave its tags, styles and code as they are."""
    parts = TEXT.split(html)
    return "".join(part if place % 2 else typeset(part, lang) for place, part in enumerate(parts))
