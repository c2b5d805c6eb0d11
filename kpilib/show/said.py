"""What people write, as a reader reads it: themes by priority, with how well they were read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.display.numbers import reader
from kpilib.show.findings import capital
from kpilib.show.sentences import group_name

THEME = "theme"
SKILL_WORDS = {"sensitivity": "Found", "specificity": "Others left alone"}
TONE_WORDS = {"positive": "Positive", "neutral": "Neutral", "negative": "Negative"}
TITLE_WORDS = {
    "name": "Theme",
    "texts": "Texts",
    "negative": "Negative texts",
    "negative_share": "Negative share",
    "interval": "95 % interval",
    "priority": "Negative texts x severity",
}


def is_said(frame: pd.DataFrame) -> bool:
    """Whether a frame is the digest of what was written."""
    return {"negative_share", "priority", "macro_f1", "limit"} <= set(frame)


def said_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a digest as texts for a reader: the first theme is the first to work on."""
    write, records = reader(), frame.to_dict("records")
    told = {name: [write.count(row[name]) for row in records] for name in ("texts", "negative")}
    told["priority"] = [write.value(row["priority"], "count") for row in records]
    told["name"] = [
        capital(group_name(THEME, row["name"])) if row["kind"] == THEME else row["name"]
        for row in records
    ]
    told["negative_share"] = [write.value(row["negative_share"], "rate") for row in records]
    told["interval"] = [write.interval(row["low"], row["high"], "rate") for row in records]
    return pd.DataFrame({write.say(title): told[name] for name, title in TITLE_WORDS.items()})


def is_confusion(frame: pd.DataFrame) -> bool:
    """Whether a frame says how a reading of texts errs."""
    return {*TONE_WORDS, "sensitivity", "specificity"} <= set(frame)


def confusion_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how a reading errs as texts for a reader: people's tones down, those read across."""
    write = reader()
    told = {write.say("Read by people"): [write.say(TONE_WORDS[tone]) for tone in frame.index]}
    for tone, word in TONE_WORDS.items():
        told[write.say(word)] = [write.count(each) for each in frame[tone]]
    for name, word in SKILL_WORDS.items():
        told[write.say(word)] = [write.value(each, "rate") for each in frame[name]]
    return pd.DataFrame(told)


def confusion_title(frame: pd.DataFrame) -> str:
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


def said_title(frame: pd.DataFrame) -> str:
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
        share=write.value(first["negative_share"], "rate"),
        texts=write.count(first["texts"]),
        f1=write.value(first["macro_f1"], "ratio"),
    )
