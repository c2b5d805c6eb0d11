"""KPIs that people name where the catalogue has none, and what they may have meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from kpilib.answers.own import FILE
from kpilib.errors import CompanyError
from kpilib.saying import meant, say
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import load_yaml


def own_names(folder: Path | None) -> frozenset[str]:
    """Return what kpis.yaml calls its KPIs, whatever else is wrong with the file."""
    path = None if folder is None else folder / FILE
    if path is None or not path.exists():
        return frozenset()
    try:
        data = load_yaml(path)
    except CompanyError:
        return frozenset()  # said where the file is read
    kpis = data.get("kpis") if isinstance(data, Mapping) else None
    return frozenset(map(str, kpis)) if isinstance(kpis, Mapping) else frozenset()


def unknown_kpi(name: str, own: Collection[str]) -> str:
    """Say why a name is none of a KPI of the catalogue."""
    if name in own:
        return say(
            "{name!r} is a KPI of kpis.yaml. Targets, notes and decisions are of KPIs of the"
            " catalogue alone: name one that it is made of (`kpilib kpis` lists them).",
            name=name,
        )
    near = meant(name, catalogue())
    return say(
        "{kpi!r} is not a KPI of the catalogue.{near} `kpilib kpis` lists them.",
        kpi=name,
        near=near,
    )
