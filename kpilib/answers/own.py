"""KPIs of one's own: out of the measures of catalogue KPIs, in a notebook or in kpis.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.errors import CompanyError, DefinitionError, listed
from kpilib.measure import Measure, distinct
from kpilib.saying import error_of, fault_at, meant, say
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.topics.catalogue import TOPICS, catalogue, faults
from kpilib.yaml_file import Strict, read_yaml

FILE = "kpis.yaml"
ROLES = ("numerator", "denominator", "measure")
TEXT_WORDS = {
    "question": "Where do we stand?",
    "caveat": "Read it beside the figures that it is made of.",
    "source": "Defined by the company.",
}
# Rows of these are of some of a group alone: whom they tell of are those of a catalogue KPI.
WHOM = {
    "absences": "absence_frequency",
    "absence_spells": "absence_frequency",
    "employees": "headcount",
    "employee_texts": "feedback_themes",
    "messages": "network_density",
    "staff_activities": "initiative_participation_rate",
}
REASON, OF_REASONS = "leave_reason", "voluntary_turnover_rate"


def ratio(
    id: str, numerator: str | Measure, denominator: str | Measure, *, unit: str = "", **texts: str
) -> Kpi:
    """Define a KPI as one measure divided by another, each aggregated on its own, divided once.

    Parameters
    ----------
    id : str
        ``"revenue_per_session"``.
    numerator, denominator : str or Measure
        A KPI that is one count or sum (``"revenue"``); a part of a rate
        (``"click_rate.numerator"``); or a measure of one's own (`kpilib.measure`).
    unit : str
        By default ``rate``; ``EUR``, the company's currency, of an amount by what is none.
    **texts
        ``label, better, question, formula, reading, caveat, source, interval, topic``; those left
        out are worked out of the parts. ``better`` is ``neutral`` by default.

    Returns
    -------
    Kpi
        Taken wherever an id is. Whom its parts tell of is protected as by the catalogue.

    Raises
    ------
    DefinitionError
        A part is not one measure, the parts tell of different people; every fault at once.

    Examples
    --------
    >>> mine = kl.ratio("revenue_per_session", "revenue", "sessions", unit="EUR", better="higher")
    >>> data.evaluate(mine, "2026-10")
    """
    numerator, denominator = map(_given, (numerator, denominator))
    value = Ratio(numerator=_part(numerator), denominator=_part(denominator))
    money = value.numerator.is_money and not value.denominator.is_money
    told = {"roll_up": "R2", "formula": f"{_name(numerator)} / {_name(denominator)}"} | texts
    told |= _protection(id, numerator, denominator)
    return _own(id, value, unit or ("EUR" if money else "rate"), told)


def total(id: str, measure: str | Measure, *, unit: str = "", **texts: str) -> Kpi:
    """Define a KPI as one count or sum.

    Parameters
    ----------
    id : str
    measure : str or Measure
        As in `ratio`.
    unit : str
        ``"count"`` by default, ``"EUR"`` of an amount.
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
    measure = _given(measure)
    value = Total(measure=_part(measure))
    told = {"roll_up": "R1", "formula": _name(measure)} | texts | _protection(id, measure)
    return _own(id, value, unit or ("EUR" if value.measure.is_money else "count"), told)


def _given(part: Any) -> str | Measure:
    """Return a part as a measure, or as the id of a KPI, which may be given itself."""
    return part if isinstance(part, Measure) else str(getattr(part, "id", part))


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


def _protection(id: str, *parts: str | Measure) -> dict[str, Any]:
    """Return whom a KPI of these parts tells of, and what: it would show what they hide."""
    about = [(whom, of) for whom, of in map(_whom, parts) if whom is not None]
    told = [each for each in about if each[1]] or about[-1:]
    if len({whom for whom, _ in told}) > 1:
        raise error_of(
            DefinitionError,
            "{id}: {first} and {second} tell of different people, so that nobody could say whose"
            " group is too small. Take both parts of one KPI, or one that tells of nobody.",
            id=id,
            first=_name(parts[0]),
            second=_name(parts[1]),
        )
    return {"people": told[0][0], "protects": told[0][1]} if told else {}


def _whom(part: str | Measure) -> tuple[Measure | None, str]:
    """Return the people whom a part tells of, and what it could tell of them, as a `Kpi` has both.

    Of a measure of one's own, those are all that its table names, whatever rows it counts.
    """
    known = catalogue()
    if isinstance(part, str):
        kpi = known[part.partition(".")[0]]
        return kpi.people, kpi.protects
    if part.table in WHOM:
        kpi = known[OF_REASONS if REASON in part.columns else WHOM[part.table]]
        return kpi.people, kpi.protects
    columns = CONTRACTS[part.table].columns.values()
    person = next((each.name for each in columns if each.personal), None)
    if person is None or not any(each.describes for each in columns):
        return None, ""
    base, guarded = base_of(part.table), (each for each in known.values() if each.protects)
    alike = (each.protects for each in guarded if base in map(base_of, each.tables))
    return distinct(part.table, person, at=part.at), next(alike, "")


def _name(given: str | Measure) -> str:
    if isinstance(given, Measure):
        return given.table
    known = catalogue().get(given.partition(".")[0])
    return known.label if known else given


def _own(id: str, value: Ratio | Total, unit: str, texts: Mapping[str, str]) -> Kpi:
    label = texts.get("label") or id.replace("_", " ").capitalize()
    told = {
        "label": label,
        "reading": texts.get("formula", ""),
        "better": "neutral",
        **TEXT_WORDS,
    }
    if odd := [name for name in told if not isinstance(texts.get(name, ""), str)]:
        raise error_of(
            DefinitionError, "{id}: {names}: write one text each.", id=id, names=listed(odd)
        )
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
    if made.topic not in ("", *TOPICS):
        told = fault_at(
            id,
            "topic is {topic!r}; write one of {topics}.",
            topic=made.topic,
            topics=listed(TOPICS),
        )
        wrong.append(told)
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


def declared_for(topic: str, own: Mapping[str, Kpi]) -> list[Kpi]:
    """Return the KPIs of a company that stand on the page of a topic."""
    return [each for each in own.values() if each.topic == topic]


def read_kpis(folder: Path | None) -> dict[str, Kpi]:
    """Return the KPIs that a company folder declares; none without kpis.yaml.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its place and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return {}
    return _read(folder, (folder / FILE).read_bytes())


@cache
def _read(folder: Path, _content: bytes) -> dict[str, Kpi]:
    """Read kpis.yaml once as it is: one that was changed declares anew."""
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
            own = [text.removeprefix(f"{id}: ") for text in str(error).splitlines()]
            wrong.extend(f"{FILE}: {id}: {text}" for text in own)
    if wrong:
        raise CompanyError("\n".join(wrong))
    return found
