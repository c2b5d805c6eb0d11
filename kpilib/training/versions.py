"""Versions of a course: what was improved, and what that changed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known
from kpilib.display.status import flags_of
from kpilib.engine.columns import counted_in
from kpilib.opening import opened
from kpilib.training.rows import BY, RECENT, beyond_chance, known_rows, known_trainings

EFFECT, LEARNT, KIND = "improvement_effect", "knowledge_gain", "improvement"
VERSIONS = ("figure", "unit", "before", "after", "value")
NUMBERS = (*VERSIONS[2:], "ci_low", "ci_high")
LOGGED = (BY, "version", "started_at", "description", "reason", "expected_effect")


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
        name, version, started_at, description, reason, expected_effect``; ``figure`` compared, the
        return or else what people learnt; ``before, after`` in ``unit``; ``value, ci_low, ci_high``
        of the difference; ``state``: ``clear``, ``none`` (measurable), ``few`` or ``unknown``.

    Examples
    --------
    >>> kl.improvements(data, "2026-10")
    """
    company = opened(company)
    asked = company.period(period)
    log = _log(company, pd.Timestamp(asked.end_day))
    columns = [BY, "name", *LOGGED[1:], *VERSIONS, "ci_low", "ci_high", "state"]
    if log.empty:
        return counted_in(pd.DataFrame(columns=columns), *NUMBERS)
    rows = company.over([EFFECT], [asked.ending(RECENT)], by=BY, intervals=True)
    effects = rows.set_index(BY).to_dict("index")
    plan = known_trainings(company, "title", "started_at").dropna()
    names = plan.set_index(BY)["title"].to_dict()
    found = []
    for line in log.to_dict("records"):
        name = names.get(line[BY], line[BY])
        told = _of_returns(effects.get(line[BY], {}))
        if told["state"] == "unknown":
            began = pd.to_datetime(plan.loc[plan["title"].eq(name), "started_at"])
            told = _of_learning(company, asked, name, line["started_at"], began) or told
        found.append(line | {"name": name} | told)
    return counted_in(pd.DataFrame(found, columns=columns), *NUMBERS)


def _of_returns(effect: dict[str, Any]) -> dict[str, Any]:
    """Compare the versions of a course by the return of their sessions."""
    few = "low_n" in flags_of(effect) or not known(effect.get("ci_low"))
    details = effect.get("details") or {}
    told = {name: effect.get(name) for name in ("value", "ci_low", "ci_high")}
    told |= {"figure": EFFECT, "unit": "rate"}
    told |= {side: details.get(f"return_{side}") for side in ("before", "after")}
    return told | {"state": _state(told | {"flags": flags_of(effect)}, few)}


def _of_learning(
    company: Any, period: Any, title: str, day: pd.Timestamp, began: pd.Series
) -> dict[str, Any] | None:
    """Compare them by what people learnt, where no return is known; None without either."""
    first, last = pd.Timestamp(period.ending(RECENT).start), pd.Timestamp(period.end_day)
    if not first < day <= last:
        return None
    spans = [(first, day - pd.Timedelta(days=1)), (day, last)]
    spans = [tuple(str(each.date()) for each in span) for span in spans]
    rows = company.over([LEARNT], spans, by="title")
    sides = rows[rows["title"].eq(title)].to_dict("records")
    if len(sides) < 2 or not all(known(each["value"]) for each in sides):
        return None
    before, after = (each["value"] for each in sides)
    told = {"figure": LEARNT, "unit": "pt", "before": before, "after": after}
    told |= {"value": after - before, "ci_low": None, "ci_high": None}
    ends = [each[end] for each in sides for end in ("ci_low", "ci_high")]
    if all(map(known, ends)):  # people of two versions are others: their chances add in squares
        half = sum(((each["ci_high"] - each["ci_low"]) / 2) ** 2 for each in sides) ** 0.5
        told |= {"ci_low": told["value"] - half, "ci_high": told["value"] + half}
    sessions = [int(began.between(*map(pd.Timestamp, span)).sum()) for span in spans]
    return told | {"state": _state(told, min(sessions) < 2)}


def _log(company: Any, until: pd.Timestamp) -> pd.DataFrame:
    log = known_rows(company, "actions", "kind", *LOGGED)
    log = log.assign(started_at=pd.to_datetime(log["started_at"]))
    log = log[log["kind"].eq(KIND) & log[BY].notna() & (log["started_at"] <= until)]
    return log[[*LOGGED]].sort_values(
        "started_at", ascending=False, kind="stable", ignore_index=True
    )


def _state(told: dict[str, Any], few: bool) -> str:
    if not known(told["value"]):
        return "unknown"
    if few or not known(told["ci_low"]):
        return "few"
    return "clear" if beyond_chance(told) else "none"
