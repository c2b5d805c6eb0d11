"""Countries by their two letters, told from names in English, French or Spanish."""

from __future__ import annotations

from functools import cache

from kpilib.sources.keys import key

OTHER_NAMES = {"turkey": "TR", "hong kong": "HK", "macao": "MO", "palestine": "PS"}


def code(name: str) -> str | None:
    """Return the ISO 3166 code of a country; None when it is not known."""
    return _codes().get(key(name))


@cache
def _codes() -> dict[str, str]:
    from babel import Locale

    codes: dict[str, str] = {}
    for language in ("en", "fr", "es"):
        for letters, name in Locale(language).territories.items():
            if len(letters) == 2 and letters.isalpha() and letters != "ZZ":
                codes[key(name)] = letters
                codes[key(letters)] = letters
    return codes | OTHER_NAMES
