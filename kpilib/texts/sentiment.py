"""Praise or blame of a text: offline, the same every time, and with the words that decided."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

from kpilib.texts.lexicon import Entry, Lexicon, tokens

REACH = 5  # words that a negation turns
PRAISE_DENIED, BLAME_DENIED = -0.8, -0.5  # "not good" is nearly bad; "not bad" is hardly good
STRONGER, WEAKER = 1.4, 0.6
BEFORE_A_TURN, AFTER_A_TURN = 0.6, 1.3  # "slow, but excellent" praises
EVEN = 15.0  # the larger, the more words it takes to be sure
NEUTRAL = 0.1  # a score between minus this and this
ENDS = frozenset(".!?;…")
PAUSES = ENDS | {",", ":"}


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
        By language, as `kpilib.texts.lexicon.lexicons` returns them.
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
    found: dict[int, Entry] = {}
    place = 0
    taken: set[int] = set()  # a phrase is read whole: the "not" of "not bad" turns nothing else
    while place < len(said):
        entry = lexicon.words.at(said, place)
        if entry is not None:
            found[place] = entry
            if len(entry.words) > 1:
                taken.update(range(place, place + len(entry.words)))
        place += len(entry.words) if entry is not None else 1
    if not found:
        return []
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
