"""Names that are safe in a file name and in YAML."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from kpilib.sources.keys import key

DIGITS = 8


def slug(name: str, between: str = "-") -> str:
    """Return a name in small letters without accents, anything else replaced by one sign.

    Where letters are lost that way (東京, Ωmega), or nothing is left, a digest of the whole name
    stands behind, so that two names do not become one.
    """
    lost = any(sign.isalnum() and not sign.isascii() for sign in key(name))
    if not lost and any(sign.isalnum() for sign in name):
        return shortened(name, between)
    whole = unicodedata.normalize("NFKC", name).casefold()  # the same from every file system
    digest = hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
    return f"{shortened(name, between)}{between}{digest}"


def shortened(name: str, between: str = "-") -> str:
    """Return what is left of a name in small letters without accents, as all were once called."""
    plain = key(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between) or "company"
