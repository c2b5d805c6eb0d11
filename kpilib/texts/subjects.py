"""What texts are about: an editable dictionary of themes, and the terms that it misses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

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
    return sorted({each for _, entry in themes.found(tokens(body)) for each in entry.weight})


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
    bodies, blamed = list(bodies), list(negative)
    named = range(len(bodies)) if writers is None else writers  # without names, each is another
    each = zip(_terms(bodies, folder), blamed, named, strict=True)
    used = pd.DataFrame(
        [(word, blames, writer) for words, blames, writer in each for word in words],
        columns=["term", "blames", "writer"],
    )
    found = used.groupby("term").agg(
        texts=("blames", "size"), negative=("blames", "sum"), writers=("writer", "nunique")
    )
    worse = (found["negative"] + 0.5) / (sum(blamed) + 1)
    better = (found["texts"] - found["negative"] + 0.5) / (len(blamed) - sum(blamed) + 1)
    found = found.assign(ratio=worse / better).reset_index()
    found = found[found["texts"].ge(FEWEST) & worse.ge(OFTENER * better).to_numpy()]
    found = found[["term", "texts", "negative", "ratio", "writers"]]
    return found.sort_values(["ratio", "term"], ascending=[False, True], ignore_index=True)


def _terms(bodies: Sequence[str], folder: Path | None) -> Iterator[set[str]]:
    """Yield the words of each text that are no name, not common, and known to no dictionary."""
    every = lexicons(folder)
    known = (dictionary(folder), *(each.words for each in every.values()))
    common = {folded(name) for body in bodies for name in NAMES.findall(body)}
    common = common.union(*(every[language].common for language in LANGUAGES))

    def is_term(word: str) -> bool:
        if len(word) < LONG_ENOUGH or not word.isalpha() or word in common:
            return False
        return all(words.at([word], 0) is None for words in known)

    for body in bodies:
        yield set(filter(is_term, tokens(body)))
