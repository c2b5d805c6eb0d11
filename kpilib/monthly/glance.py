"""The month at a glance: objectives with their verdicts, then the first lines of the topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kpilib.language import Say

SCOREBOARD = "scoreboard"  # its lines stand first, and the topics do not repeat them
LEVELS = {
    "success": "Success",
    "moderate_success": "Moderate success",
    "moderate_failure": "Moderate failure",
    "proven_failure": "Proven failure",
    "not_assessable": "Not assessable",
}
WORST_FIRST = (
    "proven_failure", "moderate_failure", "moderate_success", "not_assessable", "success",
)  # fmt: skip


def objectives(
    shown: Mapping[str, tuple[dict[str, Any], list[dict[str, str]]]], say: Say
) -> dict[str, Any]:
    """Return the key results of the scoreboard by objective, each with its topic's page.

    Parameters
    ----------
    shown : mapping of str to (card, headlines)
        What has a page, by topic.
    say : Say

    Returns
    -------
    dict
        ``href, title, counts, groups``; empty without a scoreboard or without objectives.
    """
    card, lines = shown.get(SCOREBOARD, ({}, []))
    if not lines:
        return {}
    pages = {
        line.get("kpi"): (card["href"], short(card["title"]))
        for topic, (card, theirs) in shown.items()
        if topic != SCOREBOARD
        for line in theirs
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        href, title = pages.get(line.get("kpi"), ("", ""))
        told = {**headline(line, say), "aim": line.get("aim", ""), "href": href, "title": title}
        groups.setdefault(line.get("objective", ""), []).append(told)
    found = Counter(line["level"] for lines in groups.values() for line in lines)
    counts = [
        {
            "level": level,
            "text": say("{label}: {text}", label=say(LEVELS[level]), text=found[level]),
        }
        for level in WORST_FIRST
        if found[level]
    ]
    return {
        "href": card["href"],
        "title": short(card["title"]),
        "counts": counts,
        "groups": groups,
    }


def headline(line: Mapping[str, str], say: Say) -> dict[str, str]:
    """Return one line of the month at a glance, its verdict in words beside its colour."""
    level = line.get("level", "")
    return {
        "level": level if level in LEVELS else "",
        "label": line.get("label", ""),
        "value": line.get("value", ""),
        "text": line["text"],
        "verdict": line.get("verdict") or say(LEVELS.get(level, "")),
    }


def short(title: str) -> str:
    """Return what stands before the colon of a title: its topic."""
    return title.partition(":")[0].strip()
