"""What a figure says, in a sentence: how it moved, whether that means something, with what care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.evaluated import evaluated, other_subjects
from kpilib.display.numbers import Formatter, known
from kpilib.display.status import DOMINATED_WORDS, flags_of, missing_days, under_way, warnings_of
from kpilib.display.words import UNKNOWN, group_words
from kpilib.language import Say
from kpilib.period import Period

BASES = ("year_before", "previous")
# What is said of a change by whether it is news, where chance does not explain it and where
# chance is not known.
BEYOND_WORDS = {
    True: "{finding} ({now} against {then}), more than chance and its usual moves would explain.",
    False: "{finding} ({now} against {then}), more than chance would explain, but no more than it"
    " usually moves.",
    None: "{finding} ({now} against {then}), more than chance would explain; how far it usually"
    " moves is not known.",
}
USUAL_WORDS = {
    True: "{finding} ({now} against {then}), further than it usually moves.",
    False: "{finding} ({now} against {then}), no more than it usually moves.",
    None: "{finding} ({now} against {then}).",
}
WEIGHT_WORDS = {
    True: "beyond noise and its usual moves",
    False: "beyond noise, within its usual moves",
    None: "beyond noise, usual moves unknown",
}
USUAL_WEIGHT_WORDS = {True: "beyond its usual moves", False: "within its usual moves"}


def base_of(row: Mapping[str, Any], wanted: str = "year_before") -> str:
    """Return the period a row can be compared with: the one wanted, else the other, else none."""
    others = [wanted, *(base for base in BASES if base != wanted)]
    return next((base for base in others if known(row.get(f"delta_{base}"))), "")


def base_month(row: Mapping[str, Any], base: str) -> Period:
    """Return the month that a comparison is made with."""
    period = Period.parse(row["period"]) if ".." not in row["period"] else None
    if period is None:
        period = Period.parse(tuple(row["period"].split("..")))
    return period.previous() if base == "previous" else period.year_before()


def moved(
    kpi: Kpi, row: Mapping[str, Any], formatter: Formatter, *, base: str = "year_before"
) -> str:
    """Say how a KPI moved, as a finding: a title, without full stop.

    Returns
    -------
    str
        ``"Sessions rose by 12 % on October 2025"``; the value alone when there is nothing to
        compare it with; the reason when there is no value.
    """
    say, label = formatter.say, formatter.say(kpi.label)
    if row.get("status") != "ok" or not known(row["value"]):
        return formatter.pair(label, formatter.missing(row))
    now = formatter.value(row["value"], kpi.unit)
    base = base_of(row, base)
    if not base:
        return formatter.pair(label, now)
    slots = {
        "label": label,
        "month": formatter.month(base_month(row, base)),
        "change": formatter.size(
            row[f"delta_{base}"],
            row.get(f"change_{base}"),
            kpi.unit,
            roll_up=kpi.roll_up,
            of=(row["value"], row[base]),
        ),
    }
    if row[f"delta_{base}"] > 0:
        return say("{label} rose by {change} on {month}", **slots)
    if row[f"delta_{base}"] < 0:
        return say("{label} fell by {change} on {month}", **slots)
    return say("{label} did not move on {month}", **slots)


def sentence(
    kpi: Kpi, row: Mapping[str, Any], formatter: Formatter, *, base: str = "year_before"
) -> str:
    """Say in full how a KPI moved, whether chance could explain it, and with what care to read it.

    Parameters
    ----------
    kpi : Kpi
    row : mapping
        A row of `evaluate` with comparisons.
    formatter : Formatter
    base : str
        ``year_before`` (the season is then the same) or ``previous``.
    """
    finding, base = moved(kpi, row, formatter, base=base), base_of(row, base)
    if row.get("status") != "ok" or not known(row["value"]):
        return finding + "."
    parts = [_with_figures(finding, kpi, row, formatter, base)] if base else [finding + "."]
    daily = per_day(row, base, formatter) if base else ""
    if daily:
        parts.append(formatter.say("Per day, as the periods differ in days: {change}.",
                                   change=daily))  # fmt: skip
    # What fills up has no direction yet, nor has an estimate that shares what it is compared with.
    settled = "immature" not in flags_of(row) and kpi.roll_up != "R9"
    if base and settled and row.get(f"news_{base}") is True:
        change = row[f"change_per_day_{base}"] if daily else row[f"delta_{base}"]
        parts.append(_direction(kpi, change, formatter))
    parts.extend(cares(kpi, row, formatter))
    return " ".join(part for part in parts if part)


def per_day(row: Mapping[str, Any], base: str, formatter: Formatter) -> str:
    """Write the change per day of a total, where months of unequal length make it another one."""
    daily, whole = row.get(f"change_per_day_{base}"), row.get(f"change_{base}")
    if not (known(daily) and known(whole)):
        return ""
    said = formatter.relative(daily)
    return "" if said == formatter.relative(whole) else said


def _with_figures(
    finding: str, kpi: Kpi, row: Mapping[str, Any], formatter: Formatter, base: str
) -> str:
    say, noise = formatter.say, row.get(f"within_noise_{base}")
    slots = {
        "finding": finding,
        "now": formatter.value(row["value"], kpi.unit, against=row[base]),
        "then": formatter.value(row[base], kpi.unit, against=row["value"]),
    }
    if by_chance(noise):
        return say(
            "{finding} ({now} against {then}), a difference that chance alone could explain.",
            **slots,
        )
    if not row[f"delta_{base}"]:
        return say("{finding} ({now} against {then}).", **slots)
    news = row.get(f"news_{base}")
    if beyond_chance(noise):
        return say(BEYOND_WORDS[_told(news)], **slots)
    return say(USUAL_WORDS[_told(news)], **slots)


def _told(news: object) -> bool | None:
    """Return whether a change is news, None where that is not known."""
    return news if isinstance(news, bool) else None


def weight(row: Mapping[str, Any], base: str, say: Say) -> str:
    """Say in a few words how much a change weighs, beside its figure; empty where it is unknown."""
    noise, news = row.get(f"within_noise_{base}"), _told(row.get(f"news_{base}"))
    if not row.get(f"delta_{base}"):
        return ""
    if by_chance(noise):
        return say("within noise")
    words = WEIGHT_WORDS if beyond_chance(noise) else USUAL_WEIGHT_WORDS
    return say(words[news]) if news in words else ""


def by_chance(noise: object) -> bool:
    """Tell whether chance could explain a change; not when that is not known."""
    return noise is not None and noise == noise and bool(noise)


def beyond_chance(noise: object) -> bool:
    """Tell whether chance could not explain a change; not when that is not known."""
    return noise is not None and noise == noise and not bool(noise)


def _direction(kpi: Kpi, delta: float, formatter: Formatter) -> str:
    if kpi.better == "neutral" or delta == 0:
        return ""
    if (delta > 0) == (kpi.better == "higher"):
        return formatter.say("This is the right direction.")
    return formatter.say("This is the wrong direction.")


def cares(kpi: Kpi, row: Mapping[str, Any], formatter: Formatter) -> list[str]:
    """Say what a reader must know before concluding, one sentence a flag."""
    say, flags = formatter.say, flags_of(row)
    lacking = missing_days(row)
    words = {
        "partial": say("The month is not complete: it is compared with as many days."),
        "immature": say("Recent cases have not run their course: the figure can still change."),
        "low_n": say(
            "Few cases ({count}): read with care.",
            count=formatter.base(row) or say("n/a"),
        ),
        "late": say("The data stops before the end of the month."),
        "approximate": say("The figure is approximate, or its interval is."),
        "not_parallel": say(
            "The trained and the control group already moved apart before: the training cannot be"
            " told from that."
        ),
        "no_baseline": say(
            "What was measured before is too little to tell the training from a course that one"
            " group was on: more periods before would."
        ),
        "not_fully_loaded": say("A cost is missing, so the return is at most that."),
    }
    if "warning_independent" in (row.get("details") or {}):
        del words["approximate"]
    if lacking and not under_way(row):
        del words["partial"]
    said = [text for flag, text in words.items() if flag in flags]
    said += [hangs_on_one(kpi, row, formatter)] if "dominated" in flags else []
    said += [say(sentence) for _, sentence in warnings_of(row)]
    said += [*evaluated(kpi, row, formatter), *other_subjects(row, formatter)]
    if lacking:
        said.insert(0, say("No data for {days}: the figure lacks these days.",
                           days=formatter.days(lacking)))  # fmt: skip
    return said


def hangs_on_one(kpi: Kpi, row: Mapping[str, Any], formatter: Formatter) -> str:
    """Say how much of a figure one unit makes up, and what it would be without."""
    details = row["details"]
    return formatter.say(
        DOMINATED_WORDS[kpi.weighed_by],
        share=formatter.value(details["largest_share"], "rate"),
        value=formatter.value(details["without_largest"], kpi.unit, against=row.get("value")),
    )


def group_finding(
    kpi: Kpi,
    rows: pd.DataFrame,
    by: str,
    whole: Mapping[str, Any] | None,
    formatter: Formatter,
) -> str:
    """Name the group that stands out from the others, as a title; empty when none does."""
    if whole is None or not known(whole.get("value")):
        return ""
    away = [
        row
        for row in rows.to_dict("records")
        if row.get("stands_out") is True and group_words(row[by], str) != UNKNOWN
    ]
    if not away:
        return ""
    # The group that moves the whole most, not a small one that is only far from it.
    furthest = max(away, key=lambda row: row["n"] * abs(row["value"] - whole["value"]))
    slots = {
        "group": formatter.group(by, furthest[by]),
        "value": formatter.value(furthest["value"], kpi.unit, against=whole["value"]),
        "whole": formatter.value(whole["value"], kpi.unit, against=furthest["value"]),
        "label": formatter.say(kpi.label),
    }
    if furthest["value"] > whole["value"]:
        return formatter.say(
            "{label}: {group} is above the whole, {value} against {whole}", **slots
        )
    return formatter.say("{label}: {group} is below the whole, {value} against {whole}", **slots)
