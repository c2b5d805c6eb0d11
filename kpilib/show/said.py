"""What people write, as a reader reads it: themes by priority, with how well they were read."""

from __future__ import annotations

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.show.findings import capital
from kpilib.show.group_names import group_name

THEME = "theme"
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
