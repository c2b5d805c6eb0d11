"""KPIs of one's own: out of the measures of catalogue KPIs, in a notebook or in kpis.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, Field

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.errors import CompanyError, DefinitionError, listed
from kpilib.measure import Measure
from kpilib.saying import error_of, fault_at, meant, say
from kpilib.topics.catalogue import catalogue, faults
from kpilib.yaml_file import Strict, read_yaml

FILE = "kpis.yaml"
ROLES = ("numerator", "denominator", "measure")
SOURCE = "Defined by the company."


def ratio(
    id: str,
    numerator: str | Measure,
    denominator: str | Measure,
    *,
    unit: str = "rate",
    **texts: str,
) -> Kpi:
    """Define a KPI as one measure divided by another, each aggregated on its own, divided once.

    Parameters
    ----------
    id : str
        ``"revenue_per_session"``.
    numerator, denominator : str or Measure
        A KPI of the catalogue that is one count or sum (``"revenue"``); a part of one that is a
        rate (``"click_rate.numerator"``); or a measure of one's own (`kpilib.measure`).
    unit : str
    **texts
        ``label, better, question, formula, reading, caveat, source, interval, topic``; those left
        out are worked out of the parts. ``better`` is ``neutral`` by default.

    Returns
    -------
    Kpi
        Taken wherever an id is.

    Raises
    ------
    DefinitionError
        A part is not one measure; every fault of the definition at once.

    Examples
    --------
    >>> mine = kl.ratio("revenue_per_session", "revenue", "sessions", unit="EUR", better="higher")
    >>> data.evaluate(mine, "2026-10")
    """
    value = Ratio(numerator=_part(numerator), denominator=_part(denominator))
    formula = f"{_name(numerator)} / {_name(denominator)}"
    return _own(id, value, unit, {"roll_up": "R2", "formula": formula} | texts)


def total(id: str, measure: str | Measure, *, unit: str = "count", **texts: str) -> Kpi:
    """Define a KPI as one count or sum.

    Parameters
    ----------
    id : str
    measure : str or Measure
        As in `ratio`.
    unit : str
        ``"count"`` by default.
    **texts
        As in `ratio`.

    Returns
    -------
    Kpi

    Raises
    ------
    DefinitionError
        As `ratio`.

    Examples
    --------
    >>> clicks = kl.total("clicks", "click_rate.numerator", better="higher")
    """
    value = Total(measure=_part(measure))
    return _own(id, value, unit, {"roll_up": "R1", "formula": _name(measure)} | texts)


def _part(given: str | Measure) -> Measure:
    """Return the measure that a part names."""
    if isinstance(given, Measure):
        return given
    name, _, role = given.partition(".")
    known = catalogue()
    if name not in known:
        raise error_of(
            DefinitionError,
            "Unknown KPI {name!r}.{near} kl.kpis() lists all.",
            name=name,
            near=meant(name, known),
        )
    parts = {key: part for key, part in known[name].value.measures().items() if key in ROLES}
    if role in parts:
        return parts[role]
    if role or len(parts) != 1:
        choices = [f"{name}.{key}" for key in parts]
        remedy = say("Write one of {choices}.", choices=listed(choices)) if choices else ""
        raise error_of(
            DefinitionError,
            "{given!r} is not one measure. {remedy}",
            given=given,
            remedy=remedy or say("{kpi} is made of none.", kpi=name),
        )
    return next(iter(parts.values()))


def _name(given: str | Measure) -> str:
    if isinstance(given, Measure):
        return given.table
    known = catalogue().get(given.partition(".")[0])
    return known.label if known else given


def _own(id: str, value: Ratio | Total, unit: str, texts: Mapping[str, str]) -> Kpi:
    label = texts.get("label") or id.replace("_", " ").capitalize()
    told = {
        "label": label,
        "question": f"{label}: where do we stand?",
        "reading": texts.get("formula", ""),
        "caveat": "Read it beside the figures that it is made of.",
        "source": SOURCE,
        "better": "neutral",
    }
    try:
        made = Kpi(id=id, value=value, unit=unit, tier=2, **{**told, **texts})
    except TypeError as error:
        raise error_of(
            DefinitionError,
            "{id}: {error}. Texts are: {told}, formula.",
            id=id,
            error=error,
            told=listed(told),
        ) from None
    wrong = list(faults(made))
    if id in catalogue():
        told = fault_at(id, "the catalogue has a KPI of that name; give yours another.")
        wrong.append(told)
    if wrong:
        raise DefinitionError("\n".join(wrong))
    return made


class Declared(Strict):
    """One KPI of kpis.yaml: a ratio of two measures, or a total of one."""

    model_config = ConfigDict(extra="forbid")

    ratio: list[str] = Field(default_factory=list, max_length=2)
    total: str = ""
    label: str = ""
    unit: str = ""
    better: str = "neutral"
    topic: str = ""
    question: str = ""
    reading: str = ""
    caveat: str = ""
    source: str = ""


class Declarations(Strict):
    """What kpis.yaml holds, by id."""

    kpis: dict[str, Declared] = Field(default_factory=dict)


@cache
def read_kpis(folder: Path | None) -> dict[str, Kpi]:
    """Return the KPIs that a company folder declares; none without kpis.yaml.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its place and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return {}
    found, wrong = {}, []
    for id, each in read_yaml(folder / FILE, Declarations).kpis.items():
        texts = {
            name: text
            for name, text in each.model_dump(exclude={"ratio", "total", "unit"}).items()
            if text
        }
        units = {"unit": each.unit} if each.unit else {}
        try:
            if len(each.ratio) == 2 and not each.total:
                found[id] = ratio(id, *each.ratio, **units, **texts)
            elif each.total and not each.ratio:
                found[id] = total(id, each.total, **units, **texts)
            else:
                told = fault_at(
                    id, "write either ratio: [numerator, denominator] or total: measure."
                )
                wrong.append(f"{FILE}: {told}")
        except DefinitionError as error:
            wrong.append(f"{FILE}: {error}")
    if wrong:
        raise CompanyError("\n".join(wrong))
    return found
