"""objectives.yaml: which figure is to reach what, by when, who answers for it, and what is next."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ConfigDict, Field, field_validator, model_validator

from kpilib.catalogue import catalogue
from kpilib.errors import nearest
from kpilib.settings import Strict, read_yaml

FILE = "objectives.yaml"


class Words(Strict):
    """A text in the languages of the reports; a missing one falls back on the other."""

    en: str = ""
    fr: str = ""

    def in_language(self, lang: str) -> str:
        """Return the text in a language, or in the other when it was written in one only."""
        return getattr(self, lang) or self.en or self.fr


class KeyResult(Strict):
    """One figure with a start, a target and a date.

    Parameters
    ----------
    id, kpi : str
    by, group : str, optional
        A slice of the KPI: the breakdown and the group.
    baseline, target : float
        In the KPI's own unit; a rate is a fraction.
    start, end : datetime.date
        Between which days it holds.
    thresholds : list of float
        Progress from which it is a success, a moderate success, a moderate failure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kpi: str
    by: str | None = None
    group: str | None = None
    label: Words
    baseline: float
    target: float
    start: date
    end: date
    owner: Words
    action: Words
    thresholds: tuple[float, float, float] = (1.0, 0.7, 0.4)

    @field_validator("kpi")
    @classmethod
    def _in_the_catalogue(cls, name: str) -> str:
        if name not in catalogue():
            raise ValueError(f"{name!r} is not a KPI of the catalogue.{nearest(name, catalogue())}")
        return name

    @model_validator(mode="after")
    def _makes_sense(self) -> KeyResult:
        if self.end <= self.start:
            raise ValueError("end is not after start")
        if self.target == self.baseline:
            raise ValueError("target equals baseline: say what is to change")
        if (self.by is None) != (self.group is None):
            raise ValueError("by and group go together: write both or neither")
        return self


class Objectives(Strict):
    """The whole file."""

    key_results: list[KeyResult] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_once(self) -> Objectives:
        names = [each.id for each in self.key_results]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"key result(s) named twice: {', '.join(twice)}")
        return self


def objectives(folder: Path | None) -> list[KeyResult]:
    """Return the key results of a company folder; none when there is no objectives.yaml.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line.
    """
    if folder is None or not (folder / FILE).exists():
        return []
    return read_yaml(folder / FILE, Objectives).key_results
