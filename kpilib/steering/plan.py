"""objectives.yaml, read with every fault at its line."""

from __future__ import annotations

from pathlib import Path

from kpilib.settings import read_yaml
from kpilib.steering.goal import Goal, goals
from kpilib.steering.objectives import Plan

FILE = "objectives.yaml"


def read_plan(folder: Path | None, currency: str = "EUR") -> Plan:
    """Return the plan of a company folder; an empty one when there is no objectives.yaml.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return Plan()
    return read_yaml(folder / FILE, Plan)


def goals_of(folder: Path | None, currency: str = "EUR") -> list[Goal]:
    """Return every key result of a company folder, in numbers."""
    return goals(read_plan(folder, currency), currency)
