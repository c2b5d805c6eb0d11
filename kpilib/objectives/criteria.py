"""The ten tests of an objective, side by side: five of M.A.L.I.N, five of SMART.

What a test found is kept as a code and what fills its words; `kpilib.display.lint_words` says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

MALIN = ("M", "A", "L", "I", "N")
SMART = ("S", "M", "A", "R", "T")
# What each test may find, as a code: what passes it, what fails it, and what cannot be known.
FOUND: dict[str, tuple[str, str, str]] = {
    "M": (
        "measurable milestone number",
        "unknown_kpi no_source milestone_unnamed number_alone no_number",
        "number_of_what",
    ),
    "A": (
        "justified within_past within_past_beyond_benchmark within_benchmark"
        " within_benchmark_beyond_past",
        "beyond_past beyond_benchmark beyond_both",
        "no_history milestone_attainable sentence_attainable",
    ),
    "L": ("dated ends limited says_when", "too_short no_end", ""),
    "I": ("identifiable names_kpi", "no_owner several_owners no_object vague", "sentence_object"),
    "N": ("negotiable revised", "no_review review_outside", "sentence_negotiable"),
    "R": ("serves has_why says_why", "no_why", "sentence_why"),
}
REASONS = {
    reason: (letter, passed)
    for letter, every in FOUND.items()
    for passed, reasons in zip((True, False, None), every, strict=True)
    for reason in reasons.split()
}
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
        A code of `FOUND`: a key of the words in `kpilib.display.lint_words`.
    slots : mapping
        What fills its words: texts, `Quantity`, `Change`, days, whole numbers.
    """

    letter: str
    passed: bool | None
    reason: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def check(reason: str, **slots: Any) -> Check:
    """Return what a test found by its code, which says the test and whether it is passed."""
    letter, passed = REASONS[reason]
    return Check(letter=letter, passed=passed, reason=reason, slots=slots)


def side_by_side(malin: tuple[Check, ...], relevant: Check) -> tuple[Check, ...]:
    """Return the five tests of SMART: four are twins of M.A.L.I.N's, and R stands alone."""
    own = {TWINS[each.letter]: each for each in malin if each.letter in TWINS} | {"R": relevant}
    return tuple(replace(own[letter], letter=letter) for letter in SMART)
