"""What a sentence or a question in everyday words says, in French or in English.

A sentence is read by a few signs: figures with units, dates, names of KPIs, vague verbs; what it
cannot tell is not known, never failed. A question is about a training and its topic, or about an
objective, by the words of `asked_words.yaml`. Nothing else is understood, and what a question was
taken for, by which word, is always said with the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kpilib.language import LANGUAGES, speaker
from kpilib.texts.sentiment import ANY_END, Words, listed_words, tokens
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import Strict, read_yaml

FILE = Path(__file__).with_name("asked_words.yaml")
ALIKE = 0.85  # of a word and one that is known: below, it is another word, not a slip of the pen
LONG = 5  # letters of a word that may hold a slip
NEAREST = 3
MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
BEFORE_MONTH = "en|in|by|d ici|avant|before|until|fin|end of|debut|mi|d ici fin|d ici a"
ORDINAL = (
    "1er|premier|deuxieme|second|troisieme|quatrieme|first|third|fourth|next|prochain|2e|3e|4e"
)
NUMBERS = {
    1: "un une one",
    2: "deux two",
    3: "trois three",
    4: "quatre four",
    5: "cinq five",
    6: "six",
    7: "sept seven",
    8: "huit eight",
    9: "neuf nine",
    10: "dix ten",
    12: "douze twelve",
}
WRITTEN = {word: number for number, words in NUMBERS.items() for word in words.split()}
SPAN = r"(?:jours?|days?|semaines?|weeks?|mois|months?|trimestres?|quarters?|ans?|annees?|years?)"
DAYS = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30, "t": 91, "q": 91, "a": 365, "y": 365}
# "each month" is a pace, not an end; it goes first.
PACE = re.compile(rf"\b(?:chaque|tous les|toutes les|par|each|every|per) {SPAN}")
DURATION = re.compile(rf"\b(\d+|{'|'.join(WRITTEN)}) (?:prochaine?s |next |full )?({SPAN})\b")
ENDS = (
    re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b"),
    re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
    re.compile(rf"\b\d{{1,2}}(?:er|st|nd|rd|th)? (?:of )?(?:{MONTHS})\b(?: \d{{4}})?"),
    re.compile(rf"\b(?:{MONTHS}) \d{{1,4}}\b(?:,? \d{{4}}\b)?"),
    re.compile(rf"\b(?:{BEFORE_MONTH}) (?:{MONTHS})\b"),  # alone, "may" and "mars" are no dates
    re.compile(r"\b[tqs][1-4](?: ?\d{4})?\b"),
    re.compile(rf"\b(?:{ORDINAL}) (?:trimestre|semestre|quarter)\b(?: (?:of |de )?\d{{4}})?"),
    re.compile(
        rf"\b(?:fin|end)(?: (?:du|de|de la|de l|of|of the))? ?(?:ce |cette |this )?"
        rf"(?:{SPAN}|\d{{4}})"
    ),
    re.compile(rf"\b(?:ce|cette|this|le|the) (?:prochaine? |next )?{SPAN}\b(?: prochaine?\b)?"),
    re.compile(rf"\b(?:next|prochaine?) {SPAN}|\b{SPAN} (?:prochaine?|a venir)\b"),
    re.compile(r"\b(?:en|in|by|d ici|avant|before) \d{4}\b"),
)
SIGNED = r"(?<![\w.,])[+-]?\d+(?: \d{3})*(?:[.,]\d+)?"
MEASURED = re.compile(
    rf"€ ?\d|{SIGNED} ?(?:%|€|pts?\b|points?\b|pour cent|percent|per cent|eur\b|euros?\b|k€|"
    r"(?!a\b|to\b|de\b|et\b|and\b|par\b|en\b|in\b|by\b|d\b|sur\b|grace\b|d ici\b)[a-z]{2,})"
)
NUMBER = re.compile(SIGNED)
REASONED = re.compile(
    r"\b(?:afin de?|pour que|pour [a-z]+(?:er|ir|re)|car|parce que|so that|in order to|because)\b"
)


class Vocabulary(Strict):
    """The words of a course, of each topic of trainings, type of objective and KPI; and vague ones.

    `subjects` are what a sentence may be about when it names no KPI.
    """

    course: str
    trainings: dict[str, str]
    objectives: dict[str, str]
    vague: str
    spoken: dict[str, str]
    subjects: dict[str, str]


class Heard(NamedTuple):
    """The topic or objective that a question names, by which word; both empty for none."""

    id: str
    word: str


def plain(text: str) -> str:
    """Return a text without accents and capitals, its words one space apart.

    Signs that figures need (``%``, ``+``, ``-``, ``.``, ``,``) stay.
    """
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[^\w%€+.,-]+", " ", bare).strip()


def words_only(text: str) -> str:
    """Return the plain words of a name, for matching names whatever their punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


def vague_word(text: str) -> str:
    """Return the first vague word of a sentence as it stands there, empty if there is none."""
    bare = plain(text)
    found = _vague().search(bare)
    if found is None:
        return ""
    place = len(bare[: found.start()].split())
    # The same word with its accents, where the words still correspond one to one.
    written = text.split()
    return written[place].strip(",.;:!?\"'«»") if place < len(written) else found[0]


def named_kpi(text: str) -> str:
    """Return the id of the KPI that a text names, the longest name first; empty if none."""
    words = f" {words_only(text)} "
    return next((kpi for name, kpi in _names() if f" {name} " in words), "")


def about(text: str) -> str:
    """Return the id of the KPI that a text names, or of one that shows its subject; or nothing."""
    words = f" {words_only(text)} "
    shown = (kpi for subject, kpi in _called("subjects").items() if f" {subject} " in words)
    return named_kpi(text) or next(shown, "")


@cache
def _names() -> tuple[tuple[str, str], ...]:
    labels = {kpi.id: kpi.label for kpi in catalogue().values()}
    found = spellings(labels) | _called("spoken")
    return tuple(sorted(found.items(), key=lambda each: -len(each[0])))


def spellings(labels: Mapping[str, str]) -> dict[str, str]:
    """Return every spelling of things by their ids and labels, and the id each stands for."""
    found = {words_only(each.replace("_", " ")): each for each in labels}
    for lang in LANGUAGES:
        say = speaker(lang)
        for each, label in labels.items():
            found.setdefault(words_only(say(label)), each)
    return found


def without_time(bare: str) -> tuple[str, bool, int | None]:
    """Take dates and durations out, so that their figures are not taken for targets."""
    rest = PACE.sub(" ", bare)
    days = None
    for number, span in DURATION.findall(rest):
        days = (WRITTEN.get(number) or int(number)) * DAYS[span[0]]
    ended = days is not None
    rest = DURATION.sub(" ", rest)
    for finder in ENDS:
        ended = ended or finder.search(rest) is not None
        rest = finder.sub(" ", rest)
    return rest, ended, days


@cache
def _called(kind: str) -> dict[str, str]:
    """Return the KPI that each word of a kind stands for."""
    told: dict[str, str] = getattr(_read(), kind)
    return {words_only(word): kpi for kpi, every in told.items() for word in listed_words(every)}


@cache
def _vague() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(listed_words(_read().vague))})\w*")


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
def _read() -> Vocabulary:
    return read_yaml(FILE, Vocabulary)


@cache
def _words(kind: str) -> Words[str]:
    """Return the words of a kind, each with the id that it names."""
    told = getattr(_read(), kind)
    told = {kind: told} if isinstance(told, str) else told
    return Words((word, each) for each, written in told.items() for word in listed_words(written))


def _said(question: str) -> list[str]:
    return [word for word in tokens(question) if word.isalnum()]


def _places(said: list[str], words: Words[str]) -> Iterable[tuple[int, Heard]]:
    """Yield where the known words of a question stand, and what they name."""
    for place, entry in words.found(said):
        yield place, Heard(entry.weight, " ".join(entry.words))


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
