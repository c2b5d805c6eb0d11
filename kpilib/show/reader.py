"""Who reads what this kernel shows: one language, one currency, set once by `kl.report`."""

from __future__ import annotations

from kpilib.display.numbers import Formatter

_ALONE = [Formatter("en")]


def reader() -> Formatter:
    """Return how figures and texts are written for the reader."""
    return _ALONE[0]


def write_for(lang: str, currency: str = "EUR", minimum_group: int = 5) -> Formatter:
    """Write for another reader from now on, and return how."""
    _ALONE[0] = Formatter(lang, currency, minimum_group)
    return _ALONE[0]
