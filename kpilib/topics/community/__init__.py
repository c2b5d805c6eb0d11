"""Community: who belongs to it, who is active, and whether members help one another."""

from __future__ import annotations

from kpilib.topics.community import activity, conversation, membership

KPIS = (*membership.KPIS, *activity.KPIS, *conversation.KPIS)
