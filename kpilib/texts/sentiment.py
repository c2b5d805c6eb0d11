"""Praise or blame of a text: offline, the same every time, and with the words that decided.

Words have strengths; small words beside them turn, strengthen or weaken them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import Field

from kpilib.yaml_file import Strict, read_yaml

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")
ELISION = re.compile(r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)")
ACCENTS = re.compile("[\u0300-\u036f\ufe0f]")
SIGNS = r"<3|\^\^|[:;=]'?-?[()dp/|](?!\w)|\bxd\b"
TOKENS = re.compile(rf"{SIGNS}|\d+/\d+|[^\W_]+|[^\w\s]")
ANY_END = "*"
REACH = 5  # words that a negation turns
PRAISE_DENIED, BLAME_DENIED = -0.8, -0.5  # "not good" is nearly bad; "not bad" is hardly good
STRONGER, WEAKER = 1.4, 0.6
BEFORE_A_TURN, AFTER_A_TURN = 0.6, 1.3  # "slow, but excellent" praises
EVEN = 15.0  # the larger, the more words it takes to be sure
NEUTRAL = 0.1  # a score between minus this and this
ENDS = frozenset(".!?;…")
PAUSES = ENDS | {",", ":"}


class Written(Strict):
    """The words of one language as they stand in a file: words with commas, by strength."""

    words: dict[float, str] = Field(default_factory=dict)
    negations: str = ""
    paired: str = ""  # negations beside the particle only: "ne ... plus", but "plus beau"
    particle: str = ""
    behind: bool = False  # whether a negation also turns the word before it: "j'aime pas"
    strengthens: str = ""
    weakens: str = ""
    turns: str = ""
    common: str = ""  # by which the language is told


class Own(Strict):
    """A company's words.yaml: words with their strengths by language; 0 takes a word out."""

    fr: dict[float, str] = Field(default_factory=dict)
    en: dict[float, str] = Field(default_factory=dict)


Worth = TypeVar("Worth")


class Entry(NamedTuple, Generic[Worth]):
    """Words that stand one after the other, and what they are worth together."""

    words: tuple[str, ...]
    weight: Worth


def folded(text: str) -> str:
    """Return a text in small letters without accents, its elisions and contractions parted."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = ACCENTS.sub("", plain).replace("’", "'").replace("n't", " not")
    return ELISION.sub(r"\1 ", plain)


def tokens(text: str) -> list[str]:
    """Return the words and signs of a text."""
    return TOKENS.findall(folded(text))


class Words(Generic[Worth]):
    """Words and phrases with what each is worth: a strength, or themes; the longest wins."""

    def __init__(self, weights: Iterable[tuple[str, Worth]]) -> None:
        self._exact: dict[str, Worth] = {}
        self._stems: dict[str, Worth] = {}
        self._phrases: dict[tuple[str, str], list[Entry[Worth]]] = {}  # by their first letters
        self._known: dict[str, Worth | None] = {}
        for parts, weight in {_parts(written): worth for written, worth in weights}.items():
            if len(parts) > 1:
                self._phrases.setdefault(_start(parts), []).append(Entry(parts, weight))
            elif parts and parts[0].endswith(ANY_END):
                self._stems[parts[0][:-1]] = weight
            elif parts:
                self._exact[parts[0]] = weight
        for phrases in self._phrases.values():
            phrases.sort(key=lambda entry: -len(entry.words))

    def at(self, said: list[str], place: int) -> Entry[Worth] | None:
        """Return what stands at a place of a text; None when no word of the set does."""
        for entry in self._phrases.get(_start(said[place : place + 2]), ()):
            found = said[place : place + len(entry.words)]
            if len(found) == len(entry.words) and all(map(_fits, entry.words, found)):
                return Entry(tuple(found), entry.weight)
        word = said[place]
        if word not in self._known:
            self._known[word] = self._of_word(word)
        weight = self._known[word]
        return None if weight is None else Entry((word,), weight)

    def found(self, said: list[str]) -> Iterator[tuple[int, Entry[Worth]]]:
        """Yield where words of the set stand in a text, the longest phrase at each place."""
        place = 0
        while place < len(said):
            entry = self.at(said, place)
            if entry is not None:
                yield place, entry
            place += 1 if entry is None else len(entry.words)

    def _of_word(self, word: str) -> Worth | None:
        if word in self._exact:
            return self._exact[word]
        starts = (word[:length] for length in range(len(word), 2, -1))
        return next((self._stems[start] for start in starts if start in self._stems), None)


def _parts(written: str) -> tuple[str, ...]:
    """Return the words of an entry; an asterisk stays with the word before it."""
    parts: list[str] = []
    for token in tokens(written.strip()):
        if token == ANY_END and parts:
            parts[-1] += token
        elif token != "-":
            parts.append(token)
    return tuple(parts)


def _start(words: Sequence[str]) -> tuple[str, str]:
    return words[0], words[1][:2] if len(words) > 1 else ""


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith(ANY_END) else word == pattern


def listed_words(written: str) -> list[str]:
    """Return the words of a list with commas."""
    return [word.strip() for word in written.split(",") if word.strip()]


class Lexicon:
    """One language: what its words are worth and what turns them.

    Parameters
    ----------
    language : str
        ``fr`` or ``en``.
    own : mapping of float to str
        The company's words by strength, which stand before ours.
    """

    def __init__(self, language: str, own: Mapping[float, str]) -> None:
        written = _written(language)
        sources = (written.words, _written("signs").words, own)
        self.words = Words(
            (word, weight)
            for source in sources
            for weight, words in source.items()
            for word in listed_words(words)
        )
        self.negations = set(listed_words(written.negations))
        self.paired = set(listed_words(written.paired))
        self.particle = set(listed_words(written.particle))
        self.behind = written.behind
        degrees = [(word, 1.0) for word in listed_words(written.strengthens)]
        self.degrees = Words(degrees + [(word, -1.0) for word in listed_words(written.weakens)])
        self.turns = Words((word, 1.0) for word in listed_words(written.turns))
        self.common = set(listed_words(written.common))


@cache
def _written(name: str) -> Written:
    return read_yaml(HERE / f"{'' if name == 'signs' else 'words_'}{name}.yaml", Written)


@cache
def _lexicon(language: str, own: tuple[tuple[float, str], ...]) -> Lexicon:
    return Lexicon(language, dict(own))


def lexicons(folder: Path | None = None) -> dict[str, Lexicon]:
    """Return the lexicon of each language, with the words of a company's words.yaml."""
    path = folder / "words.yaml" if folder is not None else None
    own = read_yaml(path, Own) if path is not None and path.exists() else Own()
    return {each: _lexicon(each, tuple(getattr(own, each).items())) for each in LANGUAGES}


class Said(NamedTuple):
    """A text as it was read.

    ``score`` is from -1 to 1; ``decided`` holds the words with what each added.
    """

    sentiment: str
    score: float
    decided: list[tuple[str, float]]


def language_of(said: list[str], every: Mapping[str, Lexicon]) -> str:
    """Return the language whose common words are most in a text; French when none is."""
    return max(every, key=lambda each: sum(word in every[each].common for word in said))


def said_in(body: str, every: Mapping[str, Lexicon], language: str | None = None) -> Said:
    """Return the sentiment of one text.

    Parameters
    ----------
    body : str
    every : mapping of str to Lexicon
        By language, as `kpilib.texts.sentiment.lexicons` returns them.
    language : str, optional
        ``fr``, ``en-GB`` ...; without one, or with one that has no lexicon, the language is told
        by its common words.
    """
    said = tokens(body)
    named = (language or "")[:2].lower()
    lexicon = every[named if named in every else language_of(said, every)]
    decided = _decided(said, lexicon)
    total = sum(weight for _, weight in decided)
    score = total / sqrt(total * total + EVEN)
    sentiment = "neutral" if abs(score) < NEUTRAL else "positive" if score > 0 else "negative"
    return Said(sentiment, score, decided)


def _decided(said: list[str], lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return the words that weigh, with their weights as turned by the words around them."""
    found = dict(lexicon.words.found(said))
    if not found:
        return []
    phrases = ((at, len(entry.words)) for at, entry in found.items() if len(entry.words) > 1)
    # A phrase is read whole: the "not" of "not bad" turns nothing else.
    taken = {at + word for at, length in phrases for word in range(length)}
    denied = [at for at in _denials(said, lexicon) if at not in taken]
    turns = [at for at in range(len(said)) if lexicon.turns.at(said, at) and at not in taken]
    degrees = {at: _degree(said, at, lexicon) for at in found}
    spent = {before for at in degrees for before in range(at - degrees[at][1], at)}
    decided = []
    for at, entry in found.items():
        if at in spent:  # the "peu" of "un peu utile" weakens, and blames nothing
            continue
        weight = entry.weight * degrees[at][0] * _side(said, at, turns)
        if _times_denied(said, at, entry, denied, lexicon) % 2:
            weight *= PRAISE_DENIED if weight > 0 else BLAME_DENIED
        if weight:
            decided.append((" ".join(entry.words), round(weight, 2)))
    return decided


def _denials(said: list[str], lexicon: Lexicon) -> list[int]:
    """Return where something is denied; "plus" and "jamais" deny beside "ne" only."""
    return [
        at
        for at, word in enumerate(said)
        if word in lexicon.negations
        or (word in lexicon.paired and lexicon.particle & set(said[max(0, at - 4) : at]))
    ]


def _times_denied(
    said: list[str], at: int, entry: Entry, denied: list[int], lexicon: Lexicon
) -> int:
    """Return how many negations reach a word from before, or from right behind it."""
    before = [each for each in denied if 0 < at - each <= REACH and not PAUSES & set(said[each:at])]
    end = at + len(entry.words)
    near = lexicon.particle & set(said[max(0, at - 2) : at])
    behind = [each for each in denied if lexicon.behind and end <= each <= end + bool(near)]
    return len(before) + len(behind[:1])


def _degree(said: list[str], at: int, lexicon: Lexicon) -> tuple[float, int]:
    """Return what the words right before a word make of its strength, and how many they are."""
    for length in (3, 2, 1):
        entry = lexicon.degrees.at(said, at - length) if length <= at else None
        if entry is not None and len(entry.words) == length:
            return STRONGER if entry.weight > 0 else WEAKER, length
    return 1.0, 0


def _side(said: list[str], at: int, turns: list[int]) -> float:
    """Return what a "but" of the same sentence makes of a word before or behind it."""
    for turn in turns:
        if not ENDS & set(said[min(turn, at) : max(turn, at)]):
            return BEFORE_A_TURN if at < turn else AFTER_A_TURN
    return 1.0
