"""Audience: does the site attract visitors, from where, and do they stay?"""

from __future__ import annotations

from kpilib.topics.audience import origins, pages, visits

KPIS = (*visits.KPIS, *origins.KPIS, *pages.KPIS)
