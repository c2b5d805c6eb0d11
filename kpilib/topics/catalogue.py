"""Every KPI by name, checked as a set when it is first used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from kpilib.definitions import BENCHMARKS, BETTER, INTERVALS, PROTECTED, ROLL_UPS, TEXTS, UNITS, Kpi
from kpilib.errors import DefinitionError, UnknownName, listed, nearest_names
from kpilib.language import speaker
from kpilib.saying import error_of, fault_at, meant, no_such

TOPICS = (
    "audience",
    "leads",
    "emailing",
    "social",
    "customers",
    "community",
    "employees",
    "training",
    "okr",
)


@cache
def catalogue() -> dict[str, Kpi]:
    """Return every KPI by id, in the order of the topics.

    Raises
    ------
    DefinitionError
        Two KPIs share an id, or a definition is incomplete; all faults at once.
    """
    declared = _declared()
    every = [replace(kpi, topic=topic) for topic in TOPICS for kpi in declared[topic]]
    found = [fault for kpi in every for fault in faults(kpi)]
    twice = [name for name, times in Counter(kpi.id for kpi in every).items() if times > 1]
    found += [f"{name}: declared twice; give one of them another id." for name in twice]
    if found:
        raise DefinitionError("The catalogue has faults:\n" + "\n".join(f"  - {f}" for f in found))
    return {kpi.id: kpi for kpi in every}


def _declared() -> dict[str, tuple[Kpi, ...]]:
    """Return the KPIs by topic; the names of the topics are known without them."""
    from kpilib.topics import (
        audience,
        community,
        customers,
        emailing,
        employees,
        leads,
        okr,
        participants,
        posts,
        satisfaction,
        social,
        training,
        work,
    )

    return {
        "audience": audience.KPIS,
        "leads": leads.KPIS,
        "emailing": emailing.KPIS,
        "social": (*posts.KPIS, *social.KPIS),
        "customers": (*customers.KPIS, *satisfaction.KPIS),
        "community": community.KPIS,
        "employees": (*employees.KPIS, *work.KPIS),
        "training": (*participants.KPIS, *training.KPIS),
        "okr": okr.KPIS,
    }


def faults(kpi: Kpi) -> Iterator[str]:
    """Yield what is wrong with one definition, each with its remedy."""
    allowed = {
        "unit": UNITS,
        "better": BETTER,
        "roll_up": ROLL_UPS,
        "interval": INTERVALS,
    }
    for name, choices in allowed.items():
        if getattr(kpi, name) not in choices:
            yield _strange(kpi, name, getattr(kpi, name), choices)
    if kpi.protects and (kpi.protects not in PROTECTED or kpi.people is None):
        yield fault_at(
            kpi.id,
            "protects is {found!r}; write one of {choices}, and people.",
            found=kpi.protects,
            choices=listed(PROTECTED),
        )
    for name in TEXTS:
        if not getattr(kpi, name).strip():
            yield fault_at(kpi.id, "{name} is empty; a reader needs it.", name=name)
    status = kpi.benchmark.status if kpi.benchmark else BENCHMARKS[0]
    if status not in BENCHMARKS:
        yield _strange(kpi, "benchmark", status, BENCHMARKS)


def _strange(kpi: Kpi, name: str, found: object, choices: Iterable[str]) -> str:
    return fault_at(
        kpi.id,
        "{name} is {found!r}; write one of {choices}.",
        name=name,
        found=found,
        choices=listed(choices),
    )


def kpi(
    name: str | Kpi, own: Mapping[str, Kpi] = MappingProxyType({}), *, lang: str | None = None
) -> Kpi:
    """Return the definition of a KPI; in a notebook it shows its card.

    Parameters
    ----------
    name : str or Kpi
        Its id, such as ``"bounce_rate"``, or the definition itself.
    own : mapping of str to Kpi, optional
        Definitions that a company adds to the catalogue.
    lang : str, optional
        Language of the card, ``"en"`` or ``"fr"``; by default the kernel's.

    Raises
    ------
    UnknownName
        There is none of that name; the nearest three are suggested.
    ParameterError
        The language is not one that reports are written in.

    Examples
    --------
    >>> kl.kpi("bounce_rate")
    >>> kl.kpi("bounce_rate", lang="fr")
    """
    found = name
    if not isinstance(name, Kpi):
        known = {**catalogue(), **own}
        if not isinstance(name, str) or name not in known:
            raise _unknown(str(name), known)
        found = known[name]
    if lang is None:
        return found
    speaker(lang)
    return replace(found, lang=lang)


def _unknown(name: str, known: Mapping[str, Kpi]) -> Exception:
    near, count = nearest_names(name, known), len(known)
    if not near:
        return error_of(
            UnknownName,
            "Unknown KPI {name!r}. kl.kpis() lists the {count} there are.",
            name=name,
            count=count,
        )
    return error_of(
        UnknownName,
        "Unknown KPI {name!r}.{near} Nearest: {names}. kl.kpis() lists all {count}.",
        name=name,
        near=meant(name, known),
        names=listed(near),
        count=count,
    )


def of_topic(topic: str) -> list[Kpi]:
    """Return the KPIs of one topic, in the order a report shows them."""
    if topic not in TOPICS:
        raise no_such(
            UnknownName,
            "Unknown topic {name!r}. Topics are: {names}.{near}",
            topic,
            TOPICS,
        )
    return [each for each in catalogue().values() if each.topic == topic]


def kpis(topic: str | None = None):
    """Return the catalogue as a table.

    Parameters
    ----------
    topic : str, optional
        Only the KPIs of this topic.

    Returns
    -------
    pandas.DataFrame
        One row a KPI, indexed by id: ``topic, label, unit, better, roll_up, tier, tables,
        formula``.

    Examples
    --------
    >>> kl.kpis("emailing")
    """
    import pandas as pd

    chosen = of_topic(topic) if topic else list(catalogue().values())
    names = ("id", "topic", "label", "unit", "better", "roll_up", "tier", "tables", "formula")
    rows = [[getattr(each, name) for name in names] for each in chosen]
    return pd.DataFrame(rows, columns=list(names)).set_index("id")
