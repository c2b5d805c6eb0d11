"""Names that are safe in a file name and in YAML."""

from __future__ import annotations

import re

from kpilib.sources.keys import key


def slug(name: str, between: str = "-") -> str:
    """Return a name in small letters without accents, anything else replaced by one sign."""
    plain = key(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between) or "company"
