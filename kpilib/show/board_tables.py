"""Frames of the scoreboard as a reader reads them: names, units, days, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.show.standing_words import CHANGE_WORDS, STATE_WORDS

NAMES = ("key_result", "objective")  # a frame that has one of them is of the scoreboard
TITLE_WORDS = {
    "label": "Key result",
    "statement": "Objective",
    "change": "What changed",
    "before": "A month before",
    "now": "Now",
    "verdict": "Verdict",
    "value": "Reached",
    "figure_before": "Figure before",
    "figure": "Figure",
    "expected": "Expected by now",
    "target": "Target",
    "due": "Due on",
    "attainment": "Share of the way",
    "confidence": "Owner's confidence",
    "score": "Score",
    "expected_score": "Expected by now",
    "judged": "Judged",
    "red_below": "Red below it",
    "owner": "Owner",
    "next_action": "Next action",
    "late": "Reviews not held",
    "first_late": "The first",
    "last_late": "The last",
    "next_review": "Next review",
    "date": "Day",
    "text": "What happened",
    "kind": "Kind",
    "who": "Who",
    "passed": "Tests passed",
    "to_put_right": "What to put right",
}
FIGURES = ("value", "expected", "target", "figure_before", "figure")
SHARES = ("attainment", "confidence")
DAYS = ("due", "first_late", "last_late", "next_review", "date")
SCORES = ("score", "expected_score")
CODES = {"change": CHANGE_WORDS, "before": STATE_WORDS, "now": STATE_WORDS}
DIARY = {"date", "text", "kind", "who"}
DONE_WORDS = {True: "done", False: "not done"}


def of_board(frame: pd.DataFrame) -> bool:
    """Tell whether a frame is one of the scoreboard."""
    return bool(set(NAMES) & set(frame)) or set(frame) >= DIARY


def board_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of the scoreboard as texts; columns that would be empty are left out."""
    rows, told = frame.to_dict("records"), {}
    for name in frame:
        if name in TITLE_WORDS:
            told[reader().say(TITLE_WORDS[name])] = [_written(name)(row, row[name]) for row in rows]
    made = pd.DataFrame(told, index=frame.index)
    return made.loc[:, [any(made[column] != "") for column in made]]


def _written(name: str) -> Callable[[dict[str, Any], Any], str]:
    """Return how a column is written."""
    write = reader()
    if name in FIGURES:
        return lambda row, value: amount(value, row["unit"], row.get("target"))
    if name in SHARES:
        return lambda row, value: share_words(value)
    if name in SCORES:
        return lambda row, value: write.value(value, "ratio") if known(value) else ""
    if name in DAYS:
        return lambda row, value: "" if pd.isna(value) else write.day(value)
    if name in CODES:
        return lambda row, value: write.say(CODES[name][value]) if value in CODES[name] else ""
    if name == "statement":
        return lambda row, value: f"{'– ' * row['depth']}{value}"
    if name == "judged":
        return lambda row, value: _of(value, row["key_results"])
    if name == "passed":
        return lambda row, value: _of(value, row["of"])
    return lambda row, value: _plain(value)


def _of(count: int, total: int) -> str:
    return reader().say("{count} of {total}", count=count, total=total) if total else ""


def share_words(share: Any) -> str:
    """Write a share of the way to a target; of a figure that moves away there is none."""
    if not known(share):
        return ""
    if share < 0:
        return reader().say("moving away")
    return reader().ticks([round(share, 2)], "rate")[0]


def amount(value: Any, unit: str, against: Any = None) -> str:
    """Write a number in the unit of a key result; of a milestone, whether it is done."""
    if not known(value):
        return ""
    if unit == "done":
        return reader().say(DONE_WORDS[value >= 1])
    return reader().value(value, unit, against=against if known(against) else None)


def _plain(value: Any) -> str:
    if isinstance(value, int):
        return reader().count(value) if value else ""
    return "" if value is None or pd.isna(value) else str(value)
