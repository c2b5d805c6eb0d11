"""What people write, as a reader reads it: themes by priority, with how well they were read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpilib.display.numbers import reader
from kpilib.show.findings import capital
from kpilib.show.sentences import group_name
from kpilib.show.telling import Told

THEME = "theme"
TONE_WORDS = {"positive": "Positive", "neutral": "Neutral", "negative": "Negative"}
ERROR_WORDS = {
    "people": "Read by people",
    **TONE_WORDS,
    "sensitivity": "Found",
    "specificity": "Others left alone",
    "precision": "Rightly called so",
    "kappa": "Two readers agree (kappa)",
}
TITLE_WORDS = {
    "name": "Theme",
    "texts": "Texts",
    "negative": "Negative texts",
    "negative_share": "Negative share",
    "interval": "95 % interval",
    "priority": "Negative texts x severity",
}


def _name(row: dict[str, Any]) -> str:
    return capital(group_name(THEME, row["name"])) if row["kind"] == THEME else row["name"]


def _interval(row: dict[str, Any]) -> str:
    return reader().interval(row["low"], row["high"], "rate")


def _agreed(row: dict[str, Any]) -> str:
    """Say how far two people agree on a tone; that one read alone where no second did."""
    write = reader()
    return write.value(row["kappa"], "ratio") if row["labelled_twice"] else write.say("read once")


def _read_right(frame: pd.DataFrame) -> str:
    """Say how many texts people read, and how many of them our words read alike."""
    write, counts = reader(), frame[[*TONE_WORDS]]
    every, alike = int(counts.to_numpy().sum()), int(np.diag(counts).sum())
    if not every:
        return write.say("Texts read right: not known, as people read none")
    return write.say(
        "Texts read right: {share} of {count}",
        share=write.value(alike / every, "rate"),
        count=write.count(every),
    )


def _first(frame: pd.DataFrame) -> str:
    """Say what comes first and how well it was read; where that is too little, why it does not.

    What comes first was held against two hundred texts and more.
    """
    if frame.empty:  # no table of texts, or none of the period
        return ""
    write, themes = reader(), frame[frame["kind"].eq(THEME)]
    limit = frame["limit"].iloc[0]
    if limit or themes.empty:
        return limit or write.say("No theme is mentioned in ten texts; terms are")
    first = themes.iloc[0]
    return write.say(
        "{theme} first: {share} of {texts} texts are negative (macro-F1 {f1})",
        theme=capital(group_name(THEME, first["name"])),
        share=write.share(first["negative_share"], first["texts"]),
        texts=write.count(first["texts"]),
        f1=write.value(first["macro_f1"], "ratio"),
    )


SAID = Told(
    frozenset({"negative_share", "priority", "macro_f1", "limit"}),
    _first,
    TITLE_WORDS,
    {
        **dict.fromkeys(("texts", "negative", "priority"), "count"),
        "name": _name,
        "negative_share": "rate",
        "interval": _interval,
    },
)
CONFUSION = Told(
    frozenset({*TONE_WORDS, "sensitivity", "specificity", "precision", "kappa"}),
    _read_right,
    ERROR_WORDS,
    {
        **dict.fromkeys(TONE_WORDS, "count"),
        **dict.fromkeys(("sensitivity", "specificity", "precision"), "rate"),
        "kappa": _agreed,
        "people": TONE_WORDS,
    },
    always=frozenset({"kappa"}),
)
OF_TEXTS = (SAID, CONFUSION)
