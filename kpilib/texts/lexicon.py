"""Words with their strengths, and the small words that turn, strengthen or weaken them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
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
