"""Values that need more than a numerator and a denominator, by the name a definition gives them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from kpilib.methods.call import Call
from kpilib.outcome import Outcome
from kpilib.period import Period

Answer = dict[tuple[Period, str], Outcome]

HOME = {
    "campaign_uplift": "uplift",
    "score_distribution": "scoring",
    "hashtags": "hashtags",
    "attributed_return": "campaigns",
    "lifetime_value": "lifetime",
    "participation": "participation",
    "contributions": "activity",
    "visit_days": "activity",
    "exchanges": "activity",
    "conversion": "conversion",
    "content_rubric": "rubric",
    "super_users": "super_users",
    "recurrent_themes": "themes",
    "resolution_time": "resolution",
    "median_resolution_time": "resolution",
    "high_potential_promoters": "promoters",
    "engagement_segments": "segments",
    "survey_index": "survey",
    "paired_gain": "training",
    "raw_change": "training",
    "difference_in_differences": "training",
    "benefit": "returns",
    "return_on_investment": "returns",
    "benefit_cost_ratio": "returns",
    "key_result_score": "key_results",
    "goal_attainment": "key_results",
    "key_result_pace": "key_results",
    "key_result_verdict": "key_results",
    "objective_score": "objectives",
    "objective_reached": "objectives",
}


def method(name: str) -> Callable[[Call], Answer]:
    """Return a method by name: from a `Call` to one outcome per period and group."""
    return getattr(import_module(f"kpilib.methods.{HOME[name]}"), name)
