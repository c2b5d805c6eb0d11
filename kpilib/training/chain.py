"""Kirkpatrick's chain over all trainings: how many of those asked liked it, learnt, apply it."""

from __future__ import annotations

from copy import copy
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import reader
from kpilib.engine.printed import people_said
from kpilib.opening import opened
from kpilib.period import Period
from kpilib.training.proof import EFFECTS, ISOLATED, proofs
from kpilib.training.rows import RECENT

ASKED = ("training_satisfaction", "learning_goal_attainment", "skill_application_rate")
LEVEL_WORDS = {
    "training_satisfaction": "1 · Satisfied",
    "learning_goal_attainment": "2 · Reached the learning goal",
    "skill_application_rate": "3 · Apply it at work",
    "training_effect_did": "4 · Result proven",
}
NOT_MEASURED = "No training was measured for its result."


def training_chain(company: Company, period: Any) -> pd.DataFrame:
    """Return Kirkpatrick's four levels over the two years that end with a period.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        Rows of figures, one a level, with ``level, step, counted``; ``value`` is a share of those
        asked (levels 1 to 3), and of the trainings measured at level 4: proven is what a control
        group or a lot isolates beyond chance and for the better. ``fall`` is by how much less it
        is than the level before, of a band at least; ``breaks`` the level with the deepest fall.
        Each level asks other people: it is a chain of questions, not a funnel of persons.

    Examples
    --------
    >>> kl.plot.chain(kl.training_chain(data, "2026-10"))
    """
    company = opened(company)
    window = company.period(period).ending(RECENT)
    rows = company.over(list(ASKED), [window], intervals=True)
    last = _proven(rows.iloc[-1], proofs(company, window))
    rows = pd.concat([rows, pd.DataFrame([last])], ignore_index=True)
    say = reader().say
    fall = falls(rows)
    rows = rows.assign(
        label=say("From liking to result"),
        level=range(1, len(rows) + 1),
        step=[say(LEVEL_WORDS[each]) for each in rows["kpi"]],
        counted=[_counted(row, company, window) for row in rows.to_dict("records")],
        fall=fall,
        breaks=fall.eq(fall.max()) & fall.gt(0),
    )
    return rows


def falls(rows: pd.DataFrame) -> pd.Series:
    """Return by how much less each level is than the last one known; of a band, at least."""
    most = rows["value"].astype(float).fillna(rows["ci_high"].astype(float))
    return most.ffill().shift() - most


def _proven(like: pd.Series, told: pd.DataFrame) -> dict[str, Any]:
    """Return the fourth level: of the trainings measured, those whose effect is proven.

    One whose effect nobody can tell was not measured: it breaks no chain.
    """
    told = told[told["value"].notna()]
    proven = told["rung"].isin(ISOLATED) & told["gained"].eq(True)
    base, count = float(len(told)), float(proven.sum())
    head = {name: like[name] for name in ("period", "period_start", "period_end", "better")}
    head |= {"kpi": EFFECTS[0], "label": "", "unit": "rate", "n": base, "flags": [], "details": {}}
    if not base:
        return head | dict(value=float("nan"), status="no_data", reason=NOT_MEASURED)
    counts = {"numerator": count, "denominator": base}
    return head | counts | {"value": count / base, "status": "ok", "reason": ""}


def _counted(row: dict[str, Any], company: Company, window: Period) -> str:
    """Say of whom a share is; printed for readers, persons are counted to the nearest five."""
    if row["status"] != "ok":
        return ""
    write = reader()
    if row["kpi"] == ASKED[-1]:  # who does not answer does not apply it
        return write.say("{count} people asked", count=write.count(_asked(company, window)))
    base = write.count(row["n"])
    if row["kpi"] == EFFECTS[0]:
        if row["n"] == 1:
            return write.say("one training measured")
        return write.say("{count} trainings measured", count=base)
    return write.say("{count} people", count=base)


def _asked(company: Company, window: Period) -> float:
    """Return how many were asked what they apply: a printed row tells how many answered."""
    exact = copy(company)
    exact.printed = False
    asked = exact.over([ASKED[-1]], [window])["denominator"].iloc[0]
    return people_said(asked) if company.printed else asked
