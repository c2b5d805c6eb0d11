"""What people write and answer, as a reader reads it.

Themes by priority, with how well they were read; and a row a driver of time in flow, for everybody
and by group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpilib.display.numbers import reader
from kpilib.show.findings import capital
from kpilib.show.sentences import group_name
from kpilib.show.telling import Told, with_interval

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
DRIVER = "dimension"  # whose labels drivers have
ONE_DECIMAL = "rank"  # a number as it stands, as a page has it
TOGETHER_WORDS = {
    "clear": "beyond chance",
    "none": "may be chance",
    "few": "all answered alike",
}
DRIVER_WORDS = {
    "driver": "Goes with time in flow",
    "group": "Among",
    "correlation": "Correlation, from -1 to 1",
    "state": "What is known",
    "people": "People",
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


# Time in flow ------------------------------------------------------------------------------------


def _driver(row: dict[str, Any]) -> str:
    return capital(group_name(DRIVER, row["driver"]))


def _among(row: dict[str, Any]) -> str:
    everybody = pd.isna(row["group"])
    return reader().say("everybody") if everybody else group_name(row["by"], row["group"])


def _correlation(row: dict[str, Any]) -> str:
    return with_interval(reader().value(row["correlation"], ONE_DECIMAL), row, ONE_DECIMAL)


def _goes_with(frame: pd.DataFrame) -> str:
    """Say what goes with flow beyond chance: over everybody, and the first group of its own."""
    write = reader()
    if frame.empty:
        return ""
    clear = frame[frame["state"].eq("clear")]
    alone = clear["group"].notna() & ~clear["driver"].isin(clear["driver"][clear["group"].isna()])
    shown = pd.concat([clear[clear["group"].isna()].head(1), clear[alone].head(1)])
    told = [
        _driver(row) if pd.isna(row["group"]) else f"{_driver(row)} ({_among(row)})"
        for row in shown.to_dict("records")
    ]
    if not told:
        return write.say("Flow goes with nothing beyond chance")
    return write.say("Flow goes with: {drivers}", drivers=", ".join(told))


DRIVERS = Told(
    frozenset({"driver", "correlation", "p_holm", "state"}),
    _goes_with,
    DRIVER_WORDS,
    {
        "driver": _driver,
        "group": _among,
        "people": "count",
        "correlation": _correlation,
        "state": TOGETHER_WORDS,
    },
    always=frozenset({"group"}),
)
OF_PEOPLE = (SAID, CONFUSION, DRIVERS)
