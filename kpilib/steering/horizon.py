"""How long the effect of an action takes to show: before that there is no verdict.

Search engines answer in months and ads in weeks (source articles); training changes behaviour
after two or three months, results after three to twelve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kpilib.kpi import Kpi

ActionKind = Literal[
    "campaign", "seo", "sea", "email", "social", "training", "improvement", "event"
]  # fmt: skip


@dataclass(frozen=True)
class Horizon:
    """Days after its start from which an action can be judged, and by which it should be."""

    earliest: int
    latest: int


HORIZONS: dict[str, Horizon] = {
    "seo": Horizon(90, 180),
    "sea": Horizon(14, 28),
    "campaign": Horizon(14, 28),
    "email": Horizon(7, 30),
    "social": Horizon(30, 90),
    "training": Horizon(60, 365),
    "improvement": Horizon(30, 180),
    "event": Horizon(1, 30),
}
assert set(HORIZONS) == set(get_args(ActionKind))

# What moves a KPI where the objective does not say: by KPI, then by topic.
BY_KPI = {
    "organic_sessions": "seo",
    "avg_search_position": "seo",
    "ad_ctr": "sea",
    "ad_conversion_rate": "sea",
    "cost_per_lead": "sea",
    "event_attendance": "event",
    "event_registrations": "event",
}
BY_TOPIC = {"emailing": "email", "social": "social", "community": "social", "training": "training"}


def usual_kind(kpi: Kpi) -> str:
    """Return the kind of action that usually moves a KPI."""
    return BY_KPI.get(kpi.id) or BY_TOPIC.get(kpi.topic, "improvement")
