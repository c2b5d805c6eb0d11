"""Words for what can be wrong with a figure: why it is missing, and with what care to read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kpilib.language import Say

STATUS_WORDS = {
    "no_data": "no data in this period",
    "no_denominator": "no case to count in this period",
    "not_additive": "cannot be worked out from totals",
    "suppressed": "hidden to protect a small group",
    "too_few": "too few cases to say",
    "missing_table": "its data was not provided",
    "missing_column": "its data was not provided",
}
MISSING_WORDS = {
    "missing_table": "missing table: {names}",
    "missing_column": "missing column: {names}",
}

FLAG_WORDS = {
    "partial": "period not complete",
    "immature": "not final: recent cases have not run their course",
    "low_n": "few cases",
    "approximate": "approximate",
    "excluded_rows": "some rows left out",
    "late": "data arrived late",
    "not_parallel": "groups that moved apart before",
    "no_baseline": "time before not known",
    "not_fully_loaded": "cost not complete",
    "rounded": "rounded to protect people",
    "dominated": "one unit weighs more than all others",
    "mpp": "opens by machines included",
}

# What a figure is said to hang on, by the unit that weighs more than all others together.
DOMINATED_WORDS = {
    "post_id": "One post makes up {share} of it; without it: {value}.",
    "order_id": "One order makes up {share} of it; without it: {value}.",
    "customer_id": "One customer makes up {share} of it; without this customer: {value}.",
    "campaign_id": "One campaign makes up {share} of it; without it: {value}.",
}

# Details that warn of something, by name.
WARNING_WORDS = {
    "records_begin": "records begin within it",
    "warning_dependence": "depends on a few people",
    "warning_levels": "other level at the start",
    "warning_attrition": "not everyone was measured to the end",
    "warning_staggered": "who waits is the control group",
    "warning_few_teams": "too few teams",
    "warning_independent": "people taken as independent",
    "warning_season": "less than a year before",
    "warning_other_actions": "other actions began meanwhile",
}


def flags_of(row: Any) -> list[str]:
    """Return the flags of a row of `evaluate`, whatever holds them."""
    flags = row.get("flags")
    if isinstance(flags, str):
        return [flag for flag in flags.replace(";", " ").replace("|", " ").split() if flag]
    return list(flags) if isinstance(flags, (list, tuple, set, frozenset)) else []


def details_of(row: Any) -> Mapping[str, Any]:
    """Return what a row of `evaluate` tells beside its figure; nothing where it tells nothing."""
    details = row.get("details")
    return details if isinstance(details, Mapping) else {}


def of_a_part(row: Any) -> bool:
    """Tell whether a figure is of a part of its period: nothing whole is held against it."""
    return "records_begin" in details_of(row) or "partial" in flags_of(row)


def flag_words(row: Any, say: Say) -> list[str]:
    """Say the flags of a row in words, those a reader must know."""
    lacking = missing_days(row)
    flags = [flag for flag in flags_of(row) if flag in FLAG_WORDS]
    if lacking and not under_way(row):
        flags = [flag for flag in flags if flag != "partial"]
    words, found = [say(FLAG_WORDS[flag]) for flag in flags], details_of(row)
    words += [say(said) for name, said in WARNING_WORDS.items() if found.get(name)]
    return [*words, *([say("days without data: {count}", count=len(lacking))] if lacking else [])]


def lacking(row: Any) -> list[str]:
    """Return the tables or columns for want of which a figure is missing."""
    given = row.get("reason")
    told = row.get("status") in MISSING_WORDS and isinstance(given, str) and ":" in given
    return given.strip(" .").partition(": ")[2].split(", ") if told else []


def missing_days(row: Any) -> list[date]:
    """Return the days of which the feed of a figure has no row."""
    return [date.fromisoformat(day) for day in details_of(row).get("missing_days") or ()]


def under_way(row: Any) -> bool:
    """Tell whether the period of a partial figure is not over, its missing days set aside."""
    if "partial" not in flags_of(row):
        return False
    lacking = missing_days(row)
    if not lacking:
        return True
    elapsed = round(len(lacking) / (1 - row["details"]["coverage"]))
    return elapsed < (row["period_end"] - row["period_start"]).days + 1
