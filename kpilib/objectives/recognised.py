"""What a question in everyday words asks about: a training and its topic, or an objective.

It knows the words of `asked_words.yaml` and understands nothing else: what it took a question for,
and by which word, is always said with the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from kpilib.texts.lexicon import ANY_END, Words, listed_words, tokens
from kpilib.yaml_file import Strict, read_yaml

FILE = Path(__file__).with_name("asked_words.yaml")
ALIKE = 0.85  # of a word and one that is known: below, it is another word, not a slip of the pen
LONG = 5  # letters of a word that may hold a slip
NEAREST = 3


class Asked(Strict):
    """The words of a course, of each topic of trainings and of each type of objective."""

    course: str
    trainings: dict[str, str] = Field(default_factory=dict)
    objectives: dict[str, str] = Field(default_factory=dict)


class Heard(NamedTuple):
    """The topic or objective that a question names, by which word; both empty for none."""

    id: str
    word: str


def speaks_of_a_course(question: str) -> bool:
    """Tell whether a question is about a training at all."""
    return any(_places(_said(question), _words("course")))


def topic_in(question: str) -> Heard:
    """Return the topic of a training that a question names.

    Of several, the one whose word stands nearest to that of the course: « la formation e-mailing
    a-t-elle augmenté les ventes ? » is about e-mailing.
    """
    courses = list(_places(_said(question), _words("course")))
    return _chosen(question, "trainings", courses)


def objective_in(question: str) -> Heard:
    """Return the type of objective that a question names first."""
    return _chosen(question, "objectives", [])


def nearest_topics(question: str) -> list[str]:
    """Return the topics of trainings whose words look most like those of a question."""
    said = _said(question)
    likeness = {
        each: max((_alike(word, known) for word in said for known in _plain(each)), default=0.0)
        for each in _read().trainings
    }
    return sorted(likeness, key=lambda each: -likeness[each])[:NEAREST]


@cache
def _read() -> Asked:
    return read_yaml(FILE, Asked)


@cache
def _words(kind: str) -> Words[str]:
    """Return the words of a kind, each with the id that it names."""
    told = getattr(_read(), kind)
    told = {kind: told} if isinstance(told, str) else told
    return Words((word, each) for each, written in told.items() for word in listed_words(written))


def _said(question: str) -> list[str]:
    return [word for word in tokens(question) if word.isalnum()]


def _places(said: list[str], words: Words[str]) -> Iterable[tuple[int, Heard]]:
    """Yield where the known words of a question stand, the longest phrase at each place."""
    place = 0
    while place < len(said):
        entry = words.at(said, place)
        if entry is not None:
            yield place, Heard(entry.weight, " ".join(entry.words))
        place += 1 if entry is None else len(entry.words)


def _chosen(question: str, kind: str, courses: Sequence[tuple[int, Heard]]) -> Heard:
    said = _said(question)
    found = list(_places(said, _words(kind)))
    if not found and courses:
        found = list(_slips(said, kind))

    def distance(each: tuple[int, Heard]) -> int:
        return min((abs(each[0] - place) for place, _ in courses), default=each[0])

    if not found:
        return Heard("", "")
    heard = min(found, key=distance)[1]
    return heard._replace(word=_as_written(question, heard.word.split()))


def _as_written(question: str, words: list[str]) -> str:
    """Return known words with the accents, capitals and hyphens of the question."""
    parts = [part for part in question.split() if set(words) & set(_said(part))]
    return " ".join(parts[: len(words)]).strip(",.;:!?()\"'«» ")


def _slips(said: list[str], kind: str) -> Iterable[tuple[int, Heard]]:
    """Yield the words that are known but for a letter or two."""
    for place, word in enumerate(said):
        if len(word) < LONG or _words("course").at(said, place):
            continue
        known = {each: _closest(word, each, kind) for each in getattr(_read(), kind)}
        best = max(known, key=known.__getitem__)
        if known[best] >= ALIKE:
            yield place, Heard(best, word)


def _closest(word: str, each: str, kind: str) -> float:
    return max((_alike(word, known) for known in _plain(each, kind)), default=0.0)


@cache
def _plain(each: str, kind: str = "trainings") -> tuple[str, ...]:
    """Return the single words of a topic, without signs for endings."""
    words = listed_words(getattr(_read(), kind)[each])
    bare = (word.removesuffix(ANY_END) for word in words)
    return tuple(word for word in bare if len(word) >= LONG and " " not in word)


def _alike(word: str, known: str) -> float:
    return SequenceMatcher(None, word, known, autojunk=False).ratio()
