"""What texts are about: an editable dictionary of themes, and the terms that it misses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from kpilib.texts.sentiment import LANGUAGES, Words, folded, lexicons, listed_words, tokens
from kpilib.yaml_file import Strict, read_yaml

FEWEST = 10  # texts: of fewer nothing is told
LONG_ENOUGH = 4  # letters of a word that may be a term
OFTENER = 2.0  # times as often in texts that blame as in the others
NAMES = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w-]+")  # of somebody, within a sentence: never told
THEMES = Path(__file__).with_name("themes.yaml")


class Themes(Strict):
    """The words of each theme, with commas."""

    themes: dict[str, str] = Field(default_factory=dict)


def dictionary(folder: Path | None = None) -> Words[frozenset[str]]:
    """Return the words that tell a theme, with those of a company's themes.yaml."""
    path = folder / "themes.yaml" if folder is not None else None
    own = read_yaml(path, Themes).themes if path is not None and path.exists() else {}
    return _dictionary(tuple((read_yaml(THEMES, Themes).themes | own).items()))


@cache
def _dictionary(every: tuple[tuple[str, str], ...]) -> Words[frozenset[str]]:
    told: dict[str, set[str]] = {}
    for theme, written in every:
        for word in listed_words(written):
            told.setdefault(word, set()).add(theme)
    return Words((word, frozenset(themes)) for word, themes in told.items())


def themes_of(body: str, themes: Words[frozenset[str]]) -> list[str]:
    """Return the themes of a text by name; a text may have several."""
    said, found, place = tokens(body), set(), 0
    while place < len(said):
        entry = themes.at(said, place)
        found |= entry.weight if entry is not None else set()
        place += len(entry.words) if entry is not None else 1
    return sorted(found)


def terms_missed(
    bodies: Iterable[str],
    negative: Iterable[bool],
    folder: Path | None = None,
    writers: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return words that no theme has and that texts that blame use oftener than others.

    Parameters
    ----------
    bodies : iterable of str
    negative : iterable of bool
        Whether each of them blames.
    folder : Path, optional
        The company's.
    writers : iterable of str, optional
        Who wrote each of them; without it, each is another's.

    Returns
    -------
    pandas.DataFrame
        ``term, texts, negative, ratio, writers``, the highest ratio first; each in ten texts. The
        ratio is of shares with one half added to every count, so that no text is no zero.
    """
    themes, every = dictionary(folder), lexicons(folder)
    bodies = list(bodies)
    named = range(len(bodies)) if writers is None else writers  # without names, each is another
    who: dict[str, set[Any]] = {}
    common = {folded(name) for body in bodies for name in NAMES.findall(body)}
    common = common.union(*(every[language].common for language in LANGUAGES))
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    sizes: Counter[bool] = Counter()
    for body, blames, writer in zip(bodies, negative, named, strict=True):
        said = tokens(body)
        sizes[blames] += 1
        terms = {
            word
            for word in said
            if len(word) >= LONG_ENOUGH and word.isalpha() and word not in common
            if themes.at([word], 0) is None
            if not any(each.words.at([word], 0) for each in every.values())
        }
        counts[blames].update(terms)
        for term in terms:
            who.setdefault(term, set()).add(writer)
    rows = []
    for word, worse in counts[True].items():
        better = counts[False][word]
        shares = [
            (each + 0.5) / (sizes[kind] + 1) for each, kind in ((worse, True), (better, False))
        ]
        if worse + better >= FEWEST and shares[0] >= OFTENER * shares[1]:
            rows.append((word, worse + better, worse, shares[0] / shares[1], len(who[word])))
    found = pd.DataFrame(rows, columns=["term", "texts", "negative", "ratio", "writers"])
    return found.sort_values(["ratio", "term"], ascending=[False, True], ignore_index=True)
