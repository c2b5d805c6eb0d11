"""objectives.yaml, read with every fault at its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from kpilib.errors import CompanyError
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.plan_faults import plan_faults
from kpilib.objectives.questions import SHORT_EXAMPLE
from kpilib.objectives.shape_faults import Draft, Place, drafts
from kpilib.objectives.written import Plan
from kpilib.settings import line_of, load_yaml

FILE = "objectives.yaml"


def read_plan(
    folder: Path | None, currency: str = "EUR", breakdowns: Collection[str] | None = None
) -> Plan:
    """Return the plan of a company folder; an empty one when there is no objectives.yaml.

    Parameters
    ----------
    folder : Path or None
    currency : str
        The company's, in which its targets in money are written.
    breakdowns : collection of str, optional
        The columns describing a person by which the company cuts figures.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return Plan()
    cuts = None if breakdowns is None else tuple(breakdowns)
    return _plan((folder / FILE).resolve(), (folder / FILE).read_bytes(), currency, cuts)


@lru_cache(maxsize=4)  # a page asks for it many times, and YAML with lines takes long
def _plan(path: Path, content: bytes, currency: str, breakdowns: tuple[str, ...] | None) -> Plan:
    data = load_yaml(path)
    objectives, faults = drafts(data)
    faults += plan_faults(objectives, currency, breakdowns)
    if not faults:
        return Plan.model_validate(data)
    lines = sorted((line_of(data, place), f"{_name(data, place)}{text}") for place, text in faults)
    said = [f"{FILE}:{line}: {text}" for line, text in dict.fromkeys(lines)]
    if any(_vague(each) for objective in objectives for each in objective.parts["key_results"]):
        said.append(SHORT_EXAMPLE)
    raise CompanyError("\n".join(said))


def goals_of(folder: Path | None, currency: str = "EUR") -> list[Goal]:
    """Return every key result of a company folder, in numbers."""
    return goals(read_plan(folder, currency), currency)


def _vague(draft: Draft) -> bool:
    """Whether a key result says neither which figure nor how much of it."""
    return not any(key in draft.given for key in ("kpi", "target", "segments")) and (
        draft.given.get("mode") != "binary"
    )


def _name(data: Any, place: Place) -> str:
    """Return the keys that lead to a place, by id where there is one: ``objectives.leads:``."""
    names = []
    for key in place:
        inner = None
        if isinstance(data, Mapping):
            inner = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            inner = data[key]
            name = inner.get("id") if isinstance(inner, Mapping) else None
            key = name if isinstance(name, str) else f"#{key + 1}"
        names.append(str(key))
        data = inner
    return f"{'.'.join(names)}: " if names else ""
