"""KPIs that are read in pairs: a volume says nothing of success when its quality gives way (M57).

Effect and counter-effect: what a target pushes up has a figure beside it that must not pay for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpilib.definitions import Kpi
from kpilib.engine.catalogue import catalogue
from kpilib.engine.compare import adds_up
from kpilib.engine.intervals import difference
from kpilib.engine.outcome import OK
from kpilib.period import Period

# The KPI that a target may be on, and the one that must not worsen meanwhile. One way only: fewer
# leads in summer are no counter-effect of a better qualification.
PAIRS: dict[str, str] = {
    "sessions": "bounce_rate",
    "unique_visitors": "engaged_session_rate",
    "leads": "lead_qualification_rate",
    "visitor_to_lead_rate": "lead_qualification_rate",
    "cost_per_lead": "lead_qualification_rate",
    "qualified_leads": "lead_to_customer_rate",
    "newsletter_signups": "open_rate_trackable",
    "email_list_size": "open_rate_trackable",
    "open_rate": "unsubscribe_rate",
    "open_rate_trackable": "unsubscribe_rate",
    "click_rate": "unsubscribe_rate",
    "followers": "engagement_rate_followers",
    "new_followers": "engagement_rate_followers",
    "follower_growth": "engagement_rate_followers",
    "impressions": "engagement_rate_impressions",
    "reach": "engagement_rate_impressions",
    "avg_resolution_time": "support_satisfaction",
    "median_resolution_time": "support_satisfaction",
    "units_sold": "average_order_value",
    "community_members": "active_member_rate",
    "activity_per_member": "content_quality_score",
    "revenue_per_employee": "work_quality_score",
    "on_time_project_rate": "work_quality_score",
    "objective_attainment_rate": "work_quality_score",
    "absenteeism_rate": "engagement_survey_score",
    "training_roi": "training_satisfaction",
    "completion_rate": "training_satisfaction",
}
NOTABLE = 0.05  # of a figure without an interval: a relative change that is more than noise


@dataclass(frozen=True, kw_only=True)
class Twin:
    """The paired KPI of a key result, since its baseline.

    Parameters
    ----------
    kpi : str
    then, now : float
    since : Period
        The month of `then`.
    worsened : bool
        Beyond noise.
    """

    kpi: str
    then: float
    now: float
    since: Period
    worsened: bool


def twin(kpi: str, then: Mapping[str, Any], now: Mapping[str, Any], since: Period) -> Twin | None:
    """Return how a paired KPI moved; None when either figure is missing.

    It worsened when the 95 % interval of the difference (from the two figures' intervals) lies
    wholly on the worse side; without intervals, when it is more than 5 % worse. A figure that is
    still filling up has not worsened yet.

    Parameters
    ----------
    kpi : str
        The paired KPI.
    then, now : mapping
        Its rows of `evaluate`, of the baseline's month and of this one.
    since : Period
        The month of the baseline.
    """
    if then["status"] != OK or now["status"] != OK:
        return None
    known = catalogue().get(kpi)
    filling = "immature" in now["flags"] or ("partial" in now["flags"] and _adds_up(known))
    worse = not filling and worsened(then, now, known.better if known else "higher")
    return Twin(kpi=kpi, then=then["value"], now=now["value"], since=since, worsened=worse)


def worsened(then: Mapping[str, Any], now: Mapping[str, Any], better: str) -> bool:
    """Whether a figure became worse beyond noise."""
    sign = 1 if better == "lower" else -1
    worse_by = sign * (now["value"] - then["value"])
    if better == "neutral" or worse_by <= 0:
        return False
    intervals = _interval(now), _interval(then)
    if None in intervals:
        return then["value"] == 0 or worse_by / abs(then["value"]) > NOTABLE
    low, high = difference(now["value"], intervals[0], then["value"], intervals[1])
    return low > 0 if better == "lower" else high < 0


def _interval(row: Mapping[str, Any]) -> tuple[float, float] | None:
    low, high = row.get("ci_low"), row.get("ci_high")
    known = low is not None and high is not None and low == low and high == high
    return (low, high) if known else None


def _adds_up(kpi: Kpi | None) -> bool:
    return kpi is not None and adds_up(kpi)
