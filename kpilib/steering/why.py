"""What an objective is for: the question that goes on until a result of the business answers it.

More visits are no end in themselves: for income from affiliates, for sales or subscriptions, or
to be shown to investors? Each answer has its own KPI (source article on social media).
"""

from __future__ import annotations

from dataclasses import dataclass

from kpilib.steering.goal import headline_of
from kpilib.steering.objectives import Objective

REASON_WORDS = {
    "affiliation": "income from affiliates",
    "sales": "sales or subscriptions",
    "funding": "raising funds",
}
VISITS = ("sessions", "unique_visitors", "social_sessions", "organic_sessions", "page_views")


@dataclass(frozen=True)
class Reason:
    """One answer to "why more visits?", and the KPI that then counts."""

    id: str
    kpi: str


MORE_VISITS = (
    Reason("affiliation", "affiliate_revenue"),
    Reason("sales", "units_sold"),
    Reason("funding", "unique_visitors"),
)


def reasons_for(objective: Objective) -> tuple[Reason, ...]:
    """Return the usual answers to why an objective is pursued; none where we know of none."""
    headline = headline_of(objective)
    visits = objective.type == "visits" or (headline is not None and headline.kpi in VISITS)
    return MORE_VISITS if visits else ()
