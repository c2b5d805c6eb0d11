"""Customers: what they are worth, whether they stay, and what they say."""

from __future__ import annotations

from kpilib.topics.customers import loyalty, support, value, voice

KPIS = (*value.KPIS, *loyalty.KPIS, *voice.KPIS, *support.KPIS)
