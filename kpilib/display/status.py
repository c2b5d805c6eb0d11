"""Words for what can be wrong with a figure: why it is missing, and with what care to read it."""

from __future__ import annotations

from typing import Any

from kpilib.language import Say

STATUS_WORDS = {
    "no_data": "no data in this period",
    "no_denominator": "nothing to divide by in this period",
    "not_additive": "cannot be worked out from totals",
    "suppressed": "hidden to protect a small group",
    "too_few": "too few cases to say",
    "missing_table": "its data was not provided",
}

FLAG_WORDS = {
    "partial": "month not complete",
    "immature": "not final: recent cases have not run their course",
    "low_n": "few cases",
    "approximate": "approximate",
    "excluded_rows": "some rows left out",
    "late": "data arrived late",
}


UNSETTLED = frozenset({"partial", "immature"})  # flags of a figure that can still change


def unsettled(row: Any) -> bool:
    """Tell whether a figure can still change: its point is drawn hollow."""
    return bool(UNSETTLED & set(flags_of(row)))


def flags_of(row: Any) -> list[str]:
    """Return the flags of a row of `evaluate`, whatever holds them."""
    flags = row.get("flags")
    if isinstance(flags, str):
        return [flag for flag in flags.replace(";", " ").replace("|", " ").split() if flag]
    return list(flags) if isinstance(flags, (list, tuple, set, frozenset)) else []


def flag_words(row: Any, say: Say) -> list[str]:
    """Say the flags of a row in words, those a reader must know."""
    return [say(FLAG_WORDS[flag]) for flag in flags_of(row) if flag in FLAG_WORDS]
