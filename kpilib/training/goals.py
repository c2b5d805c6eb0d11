"""Courses against the figures that they are to move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known
from kpilib.engine.columns import counted_in
from kpilib.objectives.picker import TRAINING_TOPICS
from kpilib.objectives.sentence import topic_in
from kpilib.opening import opened
from kpilib.training.proof import ISOLATED, proofs
from kpilib.training.rows import BY, RECENT, known_trainings, target_of

RAW = "business_kpi_change"
UP, DOWN, STILL = "↑", "↓", "→"
PLAN = ("title", "topic", "target_kpi_id", "started_at")
GOALS = ("goal", "kpi", "label", "declared", "change", "arrow", "state")
Rows = Mapping[str, dict[str, Any]]


def training_goals(company: Company, period: Any) -> pd.DataFrame:
    """Return what each course is to move: learning goals against marketing figures.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
        Courses of the two years that end with it.

    Returns
    -------
    pandas.DataFrame
        One row a course and figure: ``goal, kpi, label``; ``declared``, whether its trainings name
        the figure (``target_kpi_id``) or it is what `kl.pick` proposes for such a topic; ``change``
        and ``arrow``, which way it moved; ``state``: ``proven`` or ``nothing`` (isolated, beyond
        chance or within it), ``raw`` (not isolated), ``site`` (a figure of the whole company
        against a year before), ``missing``. A course without figure has one row, with ``none``.

    Examples
    --------
    >>> kl.training_goals(data, "2026-10").query("state == 'proven'")
    """
    company = opened(company)
    asked = company.period(period)
    plan = _plan(company, asked)
    if plan.empty:
        return counted_in(pd.DataFrame(columns=list(GOALS)), "change")
    window = asked.ending(RECENT)
    told: Rows = {row[BY]: row for row in proofs(company, window).to_dict("records")}
    changes = company.over([RAW], [window], by=BY).set_index(BY)["value"].to_dict()
    proposed = {goal: _proposed(own) for goal, own in plan.groupby("goal")}
    site = _of_company(company, asked, proposed.values())
    rows = []
    for goal, own in plan.groupby("goal"):
        declared = own.dropna(subset="target_kpi_id").groupby("target_kpi_id")[BY]
        cells = [(kpi, True, *_judged(ids, told, changes)) for kpi, ids in declared]
        cells = cells or [_of_proposal(proposed[goal], site)]
        rows += [(goal, kpi, target_of(kpi)[0], *rest) for kpi, *rest in cells]
    return counted_in(pd.DataFrame(rows, columns=list(GOALS)), "change")


def _plan(company: Any, period: Any) -> pd.DataFrame:
    """Return the trainings of the two years before, each with its course as ``goal``."""
    plan = known_trainings(company, *PLAN).sort_values("started_at", kind="stable")
    began = pd.to_datetime(plan["started_at"])
    first, last = period.ending(RECENT).start, period.end_day
    plan = plan[(began >= pd.Timestamp(first)) & (began <= pd.Timestamp(last))]
    return plan.assign(goal=plan["title"].fillna(plan[BY]))


def _proposed(own: pd.DataFrame) -> str | None:
    """Return the figure that `kl.pick` puts first for the topic of a course, if it knows one."""
    heard = topic_in(" ".join(own[["goal", "topic"]].iloc[-1].fillna("")))
    return TRAINING_TOPICS[heard.id].kpis[0] if heard.id else None


def _of_proposal(kpi: str | None, site: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what is said of a figure that the trainings of a course do not name themselves."""
    return kpi, False, *site.get(kpi, (None, "", "missing" if kpi else "none"))


def _judged(
    ids: pd.Series, told: Rows, changes: Mapping[str, Any]
) -> tuple[float | None, str, str]:
    """Return change, arrow and state of the last session that was measured."""
    for training in reversed(list(ids)):
        proof = told.get(training, {})
        if proof.get("rung") in ISOLATED:
            clear = bool(proof["clear"])
            arrow = _arrow(proof["value"]) if clear else STILL
            return proof["value"], arrow, "proven" if clear else "nothing"
        if known(changes.get(training)):
            return changes[training], _arrow(changes[training]), "raw"
    return None, "", "missing"


def _of_company(company: Any, period: Any, kpis: Any) -> dict[str, tuple[float, str, str]]:
    """Return how figures of the whole company stand against a year before, where both are known."""
    wanted = sorted({each for each in kpis if each})
    if not wanted:
        return {}
    rows = company.evaluate(wanted, period, compare=["year_before"])
    told = {}
    for row in rows[rows["value"].notna()].to_dict("records"):
        change, chance = row["delta_year_before"], row["within_noise_year_before"]
        arrow = "" if not known(change) else STILL if chance is True else _arrow(change)
        told[row["kpi"]] = (change if known(change) else None, arrow, "site")
    return told


def _arrow(change: float) -> str:
    return UP if change > 0 else DOWN if change < 0 else STILL
