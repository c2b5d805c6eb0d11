"""From an objective or a training to at most four KPIs, and what their data lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpilib.errors import UnknownName, listed, nearest
from kpilib.language import LANGUAGES, speaker
from kpilib.steering.malin import lacking
from kpilib.steering.objective_types import OBJECTIVE_TYPE_WORDS, OBJECTIVE_TYPES, ObjectiveType
from kpilib.steering.spelling import words_only
from kpilib.steering.training_topics import TRAINING_TOPIC_WORDS, TRAINING_TOPICS, TrainingTopic

if TYPE_CHECKING:
    from kpilib.company import Company

MOST = 4


@dataclass(frozen=True, kw_only=True)
class Pick:
    """What was chosen.

    Parameters
    ----------
    objective : ObjectiveType or None
    training : TrainingTopic or None
    kpis : tuple of str
        At most four ids, the headline first.
    lost : mapping of str to list of str
        The tables and columns that each KPI lacks; empty where no data was given.
    """

    objective: ObjectiveType | None
    training: TrainingTopic | None
    kpis: tuple[str, ...]
    lost: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The KPI that speaks for the objective."""
        return self.kpis[0]


def picked(
    objective: str | None = None, training: str | None = None, company: Company | None = None
) -> Pick:
    """Choose KPIs.

    Parameters
    ----------
    objective : str, optional
        An objective type: its id or its name, in either language, accents or not.
    training : str, optional
        A training topic, likewise. With both, the objective's KPIs come first.
    company : Company, optional
        KPIs beside the headline that its data cannot give come last.

    Raises
    ------
    UnknownName
        There is none of that name; the nearest is suggested and all are listed.
    """
    chosen = topic = None
    if objective is not None:
        chosen = OBJECTIVE_TYPES[find(objective, OBJECTIVE_TYPE_WORDS, "objective type")]
    if training is not None:
        topic = TRAINING_TOPICS[find(training, TRAINING_TOPIC_WORDS, "training topic")]
    if chosen is None and topic is None:
        raise UnknownName(
            "Name an objective type or a training topic. Objective types are: "
            f"{listed(OBJECTIVE_TYPES)}. Training topics are: {listed(TRAINING_TOPICS)}."
        )
    every = [kpi for each in (chosen, topic) if each is not None for kpi in each.kpis]
    every = list(dict.fromkeys(every))
    lost = {kpi: lacking(kpi, company) for kpi in every} if company is not None else {}
    beside = sorted(every[1:], key=lambda kpi: bool(lost.get(kpi)))  # stable: order is kept
    kpis = (every[0], *beside)[:MOST]
    return Pick(
        objective=chosen, training=topic, kpis=kpis, lost={kpi: lost[kpi] for kpi in kpis if lost}
    )


def find(name: str, words: Mapping[str, str], what: str) -> str:
    """Return the id of a choice by its id or name; a part of a name will do if no other has it."""
    said = _spelt(words)
    asked = words_only(name)
    if asked in said:
        return said[asked]
    parts = {key for spelling, key in said.items() if asked and f" {asked} " in f" {spelling} "}
    if len(parts) == 1:
        return parts.pop()
    choices = ", ".join(f"{key} ({text})" for key, text in words.items())
    raise UnknownName(f"Unknown {what} {name!r}. There are: {choices}.{_nearest(name, words)}")


def _spelt(words: Mapping[str, str]) -> dict[str, str]:
    """Return every spelling of the choices, and the id each stands for."""
    found = {words_only(key.replace("_", " ")): key for key in words}
    for lang in LANGUAGES:
        say = speaker(lang)
        for key, text in words.items():
            found.setdefault(words_only(say(text)), key)
    return found


def _nearest(name: str, words: Mapping[str, str]) -> str:
    names: Iterable[str] = [
        *words,
        *(speaker(lang)(text) for lang in LANGUAGES for text in words.values()),
    ]
    return nearest(name, names) or nearest(words_only(name), _spelt(words))
