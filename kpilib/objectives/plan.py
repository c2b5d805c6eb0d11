"""objectives.yaml, read with every fault at its line."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from kpilib.errors import CompanyError
from kpilib.objectives.draft import Draft, drafts
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.plan_faults import plan_faults
from kpilib.objectives.questions import SHORT_EXAMPLE
from kpilib.objectives.written import Plan
from kpilib.yaml_file import at_lines, load_yaml

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
    said = at_lines(FILE, data, faults)
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
