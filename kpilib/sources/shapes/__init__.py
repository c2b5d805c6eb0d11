"""What columns alone cannot say: tables that are turned, split or counted on the way in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Name in a preset to the room of its function.
HOME = {
    "answers": "forms",
    "crm_leads": "sales",
    "won_deals": "sales",
    "campaign_report": "email",
    "meta_advertising": "networks",
    "nested_recipients": "email",
    "newsletter_members": "email",
    "posts": "networks",
    "summed_engagements": "networks",
    "ads_costs": "web_exports",
    "summed_visits": "web_exports",
    "events_of_site": "ga4_events",
    "log_sessions": "logs",
    "search_position": "web_exports",
    "employee_states": "staff",
    "absence_spells": "absences",
    "absence_days": "absences",
    "attendance": "learning",
    "moodle_acts": "learning",
    "moodle_grades": "learning",
    "moodle_completions": "learning",
    "statements": "learning",
    "slack_acts": "messages",
    "ledger_costs": "fec",
    "sessions_of_events": "ga4_events",
}


def shape(name: str) -> Callable[..., Any]:
    """Return a function from fields to rows of a target: (frame, block, table, context)."""
    return getattr(import_module(f"kpilib.sources.shapes.{HOME[name]}"), name)
