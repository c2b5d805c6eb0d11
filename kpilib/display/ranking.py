"""Which group is the best: never one with few cases, however high its figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpilib.definitions import Kpi
from kpilib.display.numbers import known
from kpilib.display.status import flags_of


def has_few(row: Mapping[str, Any], kpi: Kpi) -> bool:
    """Tell whether a group has too few cases to be ranked among the others (catalogue, E3)."""
    cases = row.get("n")
    return "low_n" in flags_of(row) or (known(cases) and cases < kpi.ranked_from)


def standing(row: Mapping[str, Any], kpi: Kpi, *, proven: bool = False) -> tuple[bool, bool, float]:
    """Return the sort key of a group: the best first, those with few cases or no figure last.

    Parameters
    ----------
    row : mapping
        A row of `evaluate`.
    kpi : Kpi
    proven : bool
        Rank by the lower end of the interval, as KPIs with a `ranked_from` always are: 3 of 17 is
        not above 100 of 1,006.
    """
    value = row.get("value")
    if (proven or kpi.ranked_from) and known(row.get("ci_low")):
        value = row["ci_low"]
    return not known(value), has_few(row, kpi), -value if known(value) else 0.0
