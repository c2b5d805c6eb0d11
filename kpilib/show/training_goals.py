"""Which figure each course is to move, which way it moved, and what the data say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.objectives.picker import TRAINING_TOPICS
from kpilib.objectives.sentence import topic_in
from kpilib.show.proof import ISOLATED, proofs
from kpilib.show.trainings import BY, RECENT, known_trainings, target_of

RAW = "business_kpi_change"
UP, DOWN, STILL = "↑", "↓", "→"
PLAN = ("title", "topic", "target_kpi_id", "started_at")
COLUMNS = ("goal", "kpi", "label", "declared", "change", "arrow", "state")
STATE_WORDS = {
    "proven": "proven",
    "nothing": "within chance",
    "raw": "not isolated",
    "site": "of the whole company",
    "missing": "no data",
    "none": "no figure chosen",
}
GOAL_WORDS = {"goal": "Course"}
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
    asked = company.period(period)
    plan = _plan(company, asked)
    if plan.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    window = asked.ending(RECENT)
    told: Rows = {row[BY]: row for row in proofs(company, window).to_dict("records")}
    raw = company.over([RAW], [window], by=BY)
    changes = dict(zip(raw[BY], raw["value"], strict=True))
    proposed = {goal: _proposed(own) for goal, own in plan.groupby("goal")}
    site = _of_company(company, asked, proposed.values())
    rows = []
    for goal, own in plan.groupby("goal"):
        declared = own.dropna(subset="target_kpi_id").groupby("target_kpi_id")[BY]
        cells = [(kpi, True, *_judged(ids, told, changes)) for kpi, ids in declared]
        if not cells:
            kpi = proposed[goal]
            cells = [(kpi, False, *site.get(kpi, (None, "", "missing" if kpi else "none")))]
        rows += [(goal, kpi, target_of(kpi)[0], *rest) for kpi, *rest in cells]
    return pd.DataFrame(rows, columns=list(COLUMNS))


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


def _judged(
    ids: pd.Series, told: Rows, changes: Mapping[str, Any]
) -> tuple[float | None, str, str]:
    """Return change, arrow and state of the last session that was measured."""
    for training in reversed(list(ids)):
        proof = told.get(training, {})
        if proof.get("rung") in ISOLATED:
            low, high = proof["ci_low"], proof["ci_high"]
            clear = known(low) and not low <= 0 <= high
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
    return dict(_compared(row) for row in rows.to_dict("records") if known(row["value"]))


def _compared(row: dict[str, Any]) -> tuple[str, tuple[float | None, str, str]]:
    change = row["delta_year_before"]
    if not known(change):
        return row["kpi"], (None, "", "site")
    chance = row["within_noise_year_before"]
    return row["kpi"], (change, STILL if chance is True else _arrow(change), "site")


def _arrow(change: float) -> str:
    return UP if change > 0 else DOWN if change < 0 else STILL


def is_goals(frame: pd.DataFrame) -> bool:
    """Whether a frame holds courses against the figures they are to move."""
    return {"goal", "declared", "arrow", "state"} <= set(frame)


def goals_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix for a reader: one row a course, one column a figure."""
    say = reader().say
    goals = frame["goal"].drop_duplicates()
    told = {say(GOAL_WORDS["goal"]): goals.tolist()}
    named = frame.dropna(subset="kpi").sort_values("declared", ascending=False, kind="stable")
    for _, own in named.groupby("kpi", sort=False):
        cells = {
            row["goal"]: f"{row['arrow']} {say(STATE_WORDS[row['state']])}".strip()
            for row in own.to_dict("records")
        }
        told[own["label"].iloc[0]] = [cells.get(goal, "") for goal in goals]
    without = set(frame.loc[frame["state"].eq("none"), "goal"])
    if without:
        said = say(STATE_WORDS["none"]).capitalize()
        told[said] = ["×" if goal in without else "" for goal in goals]
    return pd.DataFrame(told)


def goals_title() -> str:
    """Say what the closed matrix holds."""
    return reader().say("Courses and their figures")
