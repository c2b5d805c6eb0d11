"""A figure told by what happened (a reason, a kind) and not by whom: per head of all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from kpilib.definitions import Kpi


def by_event(kpi: Kpi, by: str | None) -> Kpi:
    """Return what a KPI is by a column: another than itself where that says what happened.

    Nobody belongs to a reason, so that all of the staff stands below the line of each, and those to
    whom it happened are the people who may not be fewer than five.
    """
    return _by_event(kpi, by) if by in kpi.happened else kpi


@cache  # each asking gets the same one: what is worked out is kept by it
def _by_event(kpi: Kpi, by: str) -> Kpi:
    below = replace(kpi.value.denominator, whole=True)
    value = replace(kpi.value, denominator=below)
    return replace(kpi, people=kpi.happened[by], value=value, beside={}, happened={})
