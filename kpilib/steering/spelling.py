"""Words as they are compared: without accents, capitals, or what stands between them."""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """Return a text without accents and capitals, its words one space apart.

    Signs that figures need (``%``, ``+``, ``-``, ``.``, ``,``) stay.
    """
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[^\w%€+.,-]+", " ", bare).strip()


def words_only(text: str) -> str:
    """Return the plain words of a name, for matching names whatever their punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))
