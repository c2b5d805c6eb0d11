"""What columns alone cannot say: tables that are turned, split or counted on the way in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Name in a preset to the room of its function.
HOME = {
    "answers": "surveys",
    "crm_leads": "sales",
    "won_deals": "sales",
    "campaign_report": "email",
    "meta_advertising": "social",
    "nested_recipients": "email",
    "newsletter_members": "email",
    "posts": "social",
    "summed_engagements": "social",
    "ads_costs": "web",
    "summed_visits": "web",
    "events_of_site": "events",
    "log_sessions": "logs",
    "search_position": "web",
    "employee_states": "people",
    "absence_spells": "absences",
    "absence_days": "absences",
    "moodle_acts": "learning",
    "moodle_grades": "tests_taken",
    "moodle_completions": "tests_taken",
    "statements": "learning",
    "slack_acts": "messages",
    "ledger_costs": "ledger",
    "sessions_of_events": "events",
}

# Shapes that look at one row at a time: a large file passes through them in batches.
ROW_BY_ROW = {"search_position", "slack_acts"}


def shape(name: str) -> Callable[..., Any]:
    """Return a function from fields to rows of a target: (frame, block, table, context)."""
    return getattr(import_module(f"kpilib.sources.shapes.{HOME[name]}"), name)
