"""The log of improvements of courses: what was changed, why, what was expected, what it changed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.show.trainings import BY, RECENT, known_trainings

EFFECT, KIND = "improvement_effect", "improvement"
LOGGED = (BY, "version", "started_at", "description", "reason", "expected_effect")
STATE_WORDS = {
    "clear": "beyond chance",
    "none": "no measurable effect",
    "few": "one session each: proves nothing",
    "unknown": "not measured yet",
}
TITLE_WORDS = {
    "name": "Training",
    "version": "Version",
    "description": "What was changed",
    "reason": "Why",
    "expected_effect": "Expected",
    "value": "Return, points",
    "state": "What is known",
}


def improvements(company: Company, period: Any) -> pd.DataFrame:
    """Return what was improved in courses up to the end of a period, and what it changed.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        One row an improvement of ``actions`` that names a training, the last first: ``training_id,
        name, version, started_at, description, reason, expected_effect``; ``value, ci_low,
        ci_high``, the points by which the return of its sessions rose; ``state``: ``clear``,
        ``none`` (no measurable effect), ``few`` or ``unknown``.

    Examples
    --------
    >>> kl.improvements(data, "2026-10")
    """
    asked = company.period(period)
    log = _log(company, pd.Timestamp(asked.end_day))
    columns = [BY, "name", *LOGGED[1:], "value", "ci_low", "ci_high", "state"]
    if log.empty:
        return pd.DataFrame(columns=columns)
    rows = company.over([EFFECT], [asked.ending(RECENT)], by=BY, intervals=True)
    effects = {row[BY]: row for row in rows.to_dict("records")}
    names = known_trainings(company, "title").dropna().set_index(BY)["title"].to_dict()
    found = []
    for line in log.to_dict("records"):
        effect = effects.get(line[BY], {})
        found.append(
            line
            | {"name": names.get(line[BY], line[BY]), "state": _state(effect)}
            | {name: effect.get(name) for name in ("value", "ci_low", "ci_high")}
        )
    return pd.DataFrame(found, columns=columns)


def _log(company: Any, until: pd.Timestamp) -> pd.DataFrame:
    held = company.tables.columns("actions") if "actions" in company.tables else set()
    if not {BY, "kind", "started_at"} <= set(held):
        return pd.DataFrame()
    log = company.table("actions", columns=["kind", *(name for name in LOGGED if name in held)])
    log = log.assign(started_at=pd.to_datetime(log["started_at"]))
    log = log[log["kind"].eq(KIND) & log[BY].notna() & (log["started_at"] <= until)]
    log = log.reindex(columns=LOGGED)
    return log.sort_values("started_at", ascending=False, kind="stable", ignore_index=True)


def _state(effect: dict[str, Any]) -> str:
    if not known(effect.get("value")):
        return "unknown"
    if "low_n" in flags_of(effect) or not known(effect["ci_low"]):
        return "few"
    return "none" if effect["ci_low"] <= 0 <= effect["ci_high"] else "clear"


def is_improved(frame: pd.DataFrame) -> bool:
    """Whether a frame is a log of improvements."""
    return {BY, "expected_effect", "state"} <= set(frame)


def improved_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return it as texts for a reader."""
    write, records = reader(), frame.to_dict("records")
    told = {
        name: ["–" if pd.isna(row[name]) or row[name] == "" else str(row[name]) for row in records]
        for name in ("name", "version", "description", "reason", "expected_effect")
    }
    told["value"] = [
        write.difference(row["value"], "pt") if known(row["value"]) else "–" for row in records
    ]
    told["state"] = [write.say(STATE_WORDS[row["state"]]) for row in records]
    return pd.DataFrame({write.say(title): told[name] for name, title in TITLE_WORDS.items()})


def improved_title() -> str:
    """Say what the closed log holds."""
    return reader().say("Improvements: expected, measured")
