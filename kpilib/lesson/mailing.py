"""Questions of lesson 5: e-mailing."""

from __future__ import annotations

from math import sqrt

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Number, asked, slip

TWICE_THE_ERROR = 1.96  # beyond it, chance alone gives a difference once in twenty


def questions(
    letters: pd.DataFrame,
    subjects: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten letters, two subjects and the sample company."""
    arrived = letters[letters["delivered"]]
    opened = arrived["opened_by_person"] | arrived["opened_by_machine"]
    seen = arrived[~arrived["hidden"]]["opened_by_person"]
    certain = arrived["opened_by_person"] | arrived["clicked"]
    rates = {"raw": opened.mean(), "trackable": seen.mean(), "certain": certain.mean()}
    old, new = subjects.set_index("subject").loc[["A", "B"]].to_dict("records")
    every = [
        _raw(opened, len(letters)),
        _trackable(seen, len(arrived), rates["raw"]),
        _certain(arrived, rates),
        _drawn(pd.Series(rates)),
        _why_raw_rises(company),
        _gained(old, new),
        _which_subject(old, new),
    ]
    return asked("emailing", every, lang, nickname)


def _raw(opened: pd.Series, sent: int) -> Exercise:
    return Number(
        opened.mean(),
        slip(
            "sent",
            opened.sum() / sent,
            "You divided by all that were sent. One did not arrive: it could not be opened.",
        ),
        slip("count", opened.sum(), "That is how many were opened. Of how many?"),
        hints=[
            "A letter is opened by a person or by a machine: count both.",
            "Only what was delivered can be opened.",
        ],
    )


def _trackable(seen: pd.Series, arrived: int, raw: float) -> Exercise:
    return Number(
        seen.mean(),
        slip(
            "all_below",
            seen.sum() / arrived,
            "Above you left the hidden readers out; below they are still counted.",
        ),
        slip("raw", raw, "That is the raw rate, with what machines opened."),
        hints=[
            "Leave out the readers whose opening is hidden: above and below.",
            "How many are left, and how many of these opened?",
        ],
    )


def _certain(arrived: pd.DataFrame, rates: dict[str, float]) -> Exercise:
    return Number(
        rates["certain"],
        slip(
            "without_clicks",
            arrived["opened_by_person"].mean(),
            "Who clicks has opened, hidden or not. One hidden reader clicked.",
        ),
        slip("raw", rates["raw"], "That is the raw rate. Which openings are certain?"),
        hints=[
            "Certain are openings by a person, and clicks.",
            "Count readers, not events: some did both.",
        ],
    )


def _drawn(rates: pd.Series) -> Exercise:
    return Chart(
        rates,
        slip("percent", 100 * rates, "These are percent. Draw the fractions."),
        hints=[
            "three is a series: its index on one axis, its values on the other.",
            "Say in the title which of the three may be compared over years.",
        ],
    )


def _why_raw_rises(company: Company) -> Exercise:
    raw, trackable = (
        company.evaluate(kpi, "2026-10", compare="year_before").iloc[0]
        for kpi in ("open_rate", "open_rate_trackable")
    )
    hides = raw["value"] > raw["year_before"] and trackable["value"] < trackable["year_before"]
    return Choice(
        "b" if hides else "a",
        slip("interest", "a", "Those whom we can see open less. Look at the second row."),
        slip("list", "c", "New readers would show in both rates."),
        choices={
            "a": "Readers are more interested",
            "b": "More letters are opened by machines, and people open less",
            "c": "The list has grown",
        },
        hints=["Compare the two rows: which of them a machine can raise?"],
    )


def _gained(old: dict, new: dict) -> Exercise:
    first, second = (each["clicks"] / each["delivered"] for each in (old, new))
    return Number(
        second / first - 1,
        slip(
            "points",
            second - first,
            "That is the difference in points. Asked is the change in relation to A.",
        ),
        slip("ratio", second / first, "That is the ratio. By how much is it above one?"),
        hints=["Work out both click rates.", "By what share of A's rate is B's higher?"],
    )


def _which_subject(old: dict, new: dict) -> Exercise:
    first, second = (each["clicks"] / each["delivered"] for each in (old, new))
    pooled = (old["clicks"] + new["clicks"]) / (old["delivered"] + new["delivered"])
    error = sqrt(pooled * (1 - pooled) * (1 / old["delivered"] + 1 / new["delivered"]))
    clear = (second - first) / error > TWICE_THE_ERROR
    return Choice(
        "a" if clear else "b",
        slip("winner", "a", "Four clicks more, of two hundred letters each. Throw coins."),
        slip("equal", "c", "Not proven is not equal: it may well be better."),
        choices={
            "a": "B is better: use it from now on",
            "b": "It cannot be told yet: try again with more letters",
            "c": "Both are equally good",
        },
        hints=["If both were alike, how often would four clicks more come about?"],
    )
