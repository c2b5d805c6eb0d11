"""What staff say at the end of a week of moments: how free they were, and what they were told."""

from __future__ import annotations

import numpy as np

from .draws import mark
from .stories import Story

HELPS = ("autonomy", "feedback")
FREE = 0.55  # how far autonomy goes with flow, everywhere


def share_in_flow(told: list[dict]) -> float:
    """Return the share of a person's moments in which both answers reach their own mean."""
    hard, able = (
        np.array([row["value"] for row in told if row["item_id"] == item])
        for item in ("challenge", "skill")
    )
    return float(np.mean((hard >= hard.mean()) & (able >= able.mean())))


def ask_what_helps(rng, moments: list[dict], feedback_helps: Story) -> list[dict]:
    """Ask everybody who told of moments, once: how free they were, how often they got feedback."""
    people: dict[str, list[dict]] = {}
    for row in moments:
        people.setdefault(row["respondent_key"], []).append(row)
    flow = {who: share_in_flow(told) for who, told in people.items()}
    middle, spread = np.mean([*flow.values()]), np.std([*flow.values()])
    rows = []
    for who, told in people.items():
        at = max(row["answered_at"] for row in told)
        helped = told[0]["group_key"] == feedback_helps.whom and feedback_helps.on(at)
        ties = FREE, feedback_helps.by["together"] if helped else 0.0
        for item, tie, usual in zip(HELPS, ties, (4.6, 3.9), strict=True):
            common = tie * (flow[who] - middle) / spread + np.sqrt(1 - tie**2) * rng.normal()
            answer = {"item_id": item, "dimension": item, "subject_id": None}
            answer |= {"value": mark(rng, usual + 1.3 * common, 0.1, (1, 7)), "answered_at": at}
            rows.append(told[0] | answer)
    return rows
