"""Leads: do visitors act, become prospects, then customers, and at what cost?"""

from __future__ import annotations

from kpilib.topics.leads import acquisition, conversion, qualification

KPIS = (*conversion.KPIS, *qualification.KPIS, *acquisition.KPIS)
