"""What is known of one KPI on a page: its rows, its past, its target and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kpilib.definitions import Kpi
from kpilib.steering.goal import Goal
from kpilib.steering.standing import Standing
from kpilib.steering.verdict import Verdict


@dataclass
class Entry:
    """What one card shows.

    Parameters
    ----------
    kpi : Kpi
    rows : list of dict
        The row of the month; several when the KPI is always read by group.
    by : str
        Column of those groups.
    past : sequence of float
        The last thirteen months, for the small line.
    standing : Standing, optional
        Where its key result stands.
    title : str
        Name of the card; by default the KPI's.
    """

    kpi: Kpi
    rows: list[dict[str, Any]]
    by: str = ""
    past: Sequence[float] = field(default_factory=list)
    standing: Standing | None = None
    title: str = ""

    @property
    def goal(self) -> Goal | None:
        """The key result, with the target in force."""
        return self.standing.goal if self.standing else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on it."""
        return self.standing.verdict if self.standing else None
