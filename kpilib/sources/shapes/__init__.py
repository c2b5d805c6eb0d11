"""What columns alone cannot say: tables that are turned, split or counted on the way in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Module to the shapes that are its functions.
ROOMS = {
    "shapes.absences": ("absence_days", "absence_spells"),
    "shapes.email": ("campaign_report", "nested_recipients", "newsletter_members"),
    "shapes.fec": ("ledger_costs",),
    "shapes.forms": ("answers",),
    "shapes.ga4_events": ("events_of_site", "sessions_of_events"),
    "shapes.learning": (
        "attendance",
        "moodle_acts",
        "moodle_completions",
        "moodle_grades",
        "statements",
    ),
    "shapes.networks": ("meta_advertising", "posts", "summed_engagements"),
    "shapes.sales": ("crm_leads", "won_deals"),
    "shapes.staff": ("employee_states",),
    "shapes.web_exports": ("ads_costs", "search_position", "summed_visits"),
    "slack": ("slack_acts",),
    "weblog": ("log_sessions",),
}
HOME = {name: room for room, names in ROOMS.items() for name in names}  # by the name in a preset


def shape(name: str) -> Callable[..., Any]:
    """Return a function from fields to rows of a target: (frame, context)."""
    return getattr(import_module(f"kpilib.sources.{HOME[name]}"), name)
