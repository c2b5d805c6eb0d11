"""Names as they compare, whatever their case, accents and spaces; and marks of longer texts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from kpilib.files import APOSTROPHES

SORTED = dict.fromkeys(map(ord, "↑↓▲▼"))  # by which column a report was sorted
UNSEEN = {"Mn", "Cf"}  # accents that stand apart; zero width signs


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Return the form of a name in which two spellings of it are equal.

    Case, accents, no-break spaces, curly apostrophes, repeated spaces and arrows of a sorted column
    do not tell names apart.
    """
    plain = unicodedata.normalize("NFKC", name.translate(APOSTROPHES | SORTED)).casefold()
    plain = unicodedata.normalize("NFD", plain)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in UNSEEN)
    return re.sub(r"\s+", " ", plain).strip()


def digest(text: str, length: int) -> str:
    """Return a mark of a text, the same wherever the text is met: hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def place_of(names: Iterable[str], headers: Sequence[str], taken: Container[int]) -> int | None:
    """Return which header is called by one of these names; None when there is none.

    Parameters
    ----------
    names : iterable of str
        The first that is there counts. A ``*`` stands for any text, as the currency in
        ``Amount spent (*)``.
    headers : sequence of str
        Already keys.
    taken : container of int
        Places that a ``*`` passes over.
    """
    wanted = [key(name) for name in names]
    for name in wanted:
        if name in headers:
            return headers.index(name)
    open_ones = [re.escape(name).replace(r"\*", ".+") for name in wanted if "*" in name]
    for place, header in enumerate(headers):
        if place not in taken and any(re.fullmatch(each, header) for each in open_ones):
            return place
    return None
