"""What columns alone cannot say: tables that are turned, split or counted on the way in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Name in a preset to the module of its function.
HOME = {
    "answers": "shapes.forms",
    "crm_leads": "shapes.sales",
    "won_deals": "shapes.sales",
    "campaign_report": "shapes.email",
    "meta_advertising": "shapes.networks",
    "nested_recipients": "shapes.email",
    "newsletter_members": "shapes.email",
    "posts": "shapes.networks",
    "summed_engagements": "shapes.networks",
    "ads_costs": "shapes.web_exports",
    "summed_visits": "shapes.web_exports",
    "events_of_site": "shapes.ga4_events",
    "log_sessions": "weblog",
    "search_position": "shapes.web_exports",
    "employee_states": "shapes.staff",
    "absence_spells": "shapes.absences",
    "absence_days": "shapes.absences",
    "attendance": "shapes.learning",
    "moodle_acts": "shapes.learning",
    "moodle_grades": "shapes.learning",
    "moodle_completions": "shapes.learning",
    "statements": "shapes.learning",
    "slack_acts": "slack",
    "ledger_costs": "shapes.fec",
    "sessions_of_events": "shapes.ga4_events",
}


def shape(name: str) -> Callable[..., Any]:
    """Return a function from fields to rows of a target: (frame, context)."""
    return getattr(import_module(f"kpilib.sources.{HOME[name]}"), name)
