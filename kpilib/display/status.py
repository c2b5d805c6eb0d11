"""Words for what can be wrong with a figure: why it is missing, and with what care to read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kpilib.language import Say

STATUS_WORDS = {
    "no_data": "no data in this period",
    "no_denominator": "nothing to divide by in this period",
    "not_additive": "cannot be worked out from totals",
    "suppressed": "hidden to protect a small group",
    "too_few": "too few cases to say",
    "missing_table": "its data was not provided",
    "missing_column": "its data does not say it",
}

FLAG_WORDS = {
    "partial": "month not complete",
    "immature": "not final: recent cases have not run their course",
    "low_n": "few cases",
    "approximate": "approximate",
    "excluded_rows": "some rows left out",
    "late": "data arrived late",
}

# Details that warn of something, by name: in a few words, and in a sentence.
WARNING_WORDS = {
    "warning_dependence": (
        "depends on a few people",
        "More than 30 % rests on a few people: thank them, share their work, find successors.",
    ),
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
    lacking = missing_days(row)
    flags = [flag for flag in flags_of(row) if flag in FLAG_WORDS]
    if lacking and not under_way(row):
        flags = [flag for flag in flags if flag != "partial"]
    words = [say(FLAG_WORDS[flag]) for flag in flags]
    words += [say(short) for short, _ in warnings_of(row)]
    return [*words, *([say("days without data: {count}", count=len(lacking))] if lacking else [])]


def warnings_of(row: Any) -> list[tuple[str, str]]:
    """Return what the details of a row warn of: in a few words, and in a sentence."""
    details = row.get("details")
    found = details if isinstance(details, Mapping) else {}
    return [said for name, said in WARNING_WORDS.items() if found.get(name)]


def missing_days(row: Any) -> list[date]:
    """Return the days of which the feed of a figure has no row."""
    details = row.get("details")
    found = details.get("missing_days") if isinstance(details, Mapping) else None
    return [date.fromisoformat(day) for day in found or ()]


def under_way(row: Any) -> bool:
    """Tell whether the period of a partial figure is not over, its missing days set aside."""
    if "partial" not in flags_of(row):
        return False
    lacking = missing_days(row)
    if not lacking:
        return True
    elapsed = round(len(lacking) / (1 - row["details"]["coverage"]))
    return elapsed < (row["period_end"] - row["period_start"]).days + 1
