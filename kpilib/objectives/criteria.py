"""The ten tests of an objective, side by side: five of M.A.L.I.N, five of SMART.

What a test found is kept as a code and what fills its words; `kpilib.display.lint_words` says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MALIN = ("M", "A", "L", "I", "N")
SMART = ("S", "M", "A", "R", "T")
# The same test under two letters. N (negotiable) has no SMART twin, R (relevant) no M.A.L.I.N one.
TWINS = {"M": "M", "A": "A", "L": "T", "I": "S"}


@dataclass(frozen=True)
class Quantity:
    """A figure in the unit of its KPI."""

    value: float
    unit: str


@dataclass(frozen=True)
class Change:
    """A change: of a rate or a score in its own unit, of anything else as part of the start."""

    value: float
    unit: str
    relative: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one test found.

    Parameters
    ----------
    letter : str
        Of `MALIN`, or of `SMART`.
    passed : bool or None
        None when it cannot be known from what is there.
    reason : str
        A code: a key of the words in `kpilib.display.lint_words`.
    slots : mapping
        What fills its words: texts, `Quantity`, `Change`, days, whole numbers.
    """

    letter: str
    passed: bool | None
    reason: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def side_by_side(malin: tuple[Check, ...], relevant: Check) -> tuple[Check, ...]:
    """Return the five tests of SMART: four are twins of M.A.L.I.N's, and R stands alone."""
    own = {TWINS[each.letter]: each for each in malin if each.letter in TWINS} | {"R": relevant}
    return tuple(
        Check(letter=letter, passed=each.passed, reason=each.reason, slots=each.slots)
        for letter in SMART
        for each in [own[letter]]
    )
