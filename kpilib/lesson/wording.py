"""Questions of lesson 2: the objective first."""

from __future__ import annotations

import pandas as pd

from kpilib.lesson.exercises import Chart, Choice, Exercise, Frame, Number, Said, asked, slip
from kpilib.methods.attainment import STANDARD
from kpilib.objectives.ten_tests import lint_sentence

LETTERS = ("M", "L", "I")  # what a sentence can fail by itself
TASK = "s03"  # the sentence that says what is done


def questions(
    sentences: pd.DataFrame, results: pd.DataFrame, lang: str = "en", nickname: str = ""
) -> tuple[Exercise, ...]:
    """Return the questions, from ten sentences and from four key results."""
    texts = sentences.set_index("id")[lang]
    found = texts.map(lint_sentence)
    failed = pd.Series(
        {letter: sum(letter in each.failed() for each in found) for letter in LETTERS},
        name="failed",
    )
    by = results.set_index("result")
    way = (by["reached"] - by["baseline"]) / (by["target"] - by["baseline"])
    every = [
        _measurable(failed["M"], texts),
        _failed(failed, len(texts)),
        _drawn(failed, len(texts)),
        _task(found[TASK].kpi),
        _own_sentence(),
        _ways(by, way),
        _clicks(way["clicks"]),
    ]
    return asked("objectives", every, lang, nickname)


def _measurable(failed: int, texts: pd.Series) -> Exercise:
    return Number(
        len(texts) - failed,
        slip(
            "digits",
            texts.str.contains(r"\d").sum(),
            "You counted digits. The year of a date is no figure to be reached.",
        ),
        slip("failed", failed, "These are the sentences without any figure."),
        unit="count",
        hints=[
            "Underline the figure that is to be reached. A date is not one.",
            "One sentence has digits in its date only.",
        ],
    )


def _failed(failed: pd.Series, size: int) -> Exercise:
    passed = (size - failed).rename("passed")
    return Frame(
        failed,
        slip("passed", passed, "These pass. Count those that fail."),
        hints=[
            "verdicts['failed'] holds the letters of each sentence, such as MLI.",
            "str.contains('M').sum() counts the sentences with that letter.",
        ],
    )


def _drawn(failed: pd.Series, size: int) -> Exercise:
    return Chart(
        failed,
        slip("passed", size - failed, "Your bars show the sentences that pass."),
        hints=[
            "Draw the series of question 2: its index on one axis, its values on the other.",
            "Say in the title what is missing most often.",
        ],
    )


def _task(kpi: str) -> Exercise:
    return Choice(
        "a" if kpi else "b",
        slip("goal", "a", "A figure and a date, true. But whose situation is better then?"),
        slip("figure", "c", "There is a figure: twelve. Of what is it a figure?"),
        choices={
            "a": "A good objective",
            "b": "A task: it says what we do, not what comes of it",
            "c": "It has no figure",
        },
        hints=["Ask: and if we do it, what has changed for anybody?"],
    )


def _own_sentence() -> Exercise:
    return Said(
        "Raise the click rate from 2.6 % to 3.2 % by 31 March 2027.",
        about="click_rate",
        hints=["Say which figure, from how much to how much, and by which day."],
    )


def _ways(by: pd.DataFrame, way: pd.Series) -> Exercise:
    return Frame(
        way.rename("way"),
        slip(
            "of_target",
            by["reached"] / by["target"],
            "You divided what was reached by the target: whoever does nothing is nearly there. "
            "Start from the baseline.",
        ),
        slip(
            "of_baseline",
            by["reached"] / by["baseline"] - 1,
            "That is the change since the baseline. How much of the way to the target is it?",
        ),
        hints=[
            "How long is the way, from baseline to target? It may go downwards.",
            "How far along it is what was reached?",
        ],
    )


def _clicks(way: float) -> Exercise:
    success, moderate, _ = STANDARD
    return Choice(
        "a" if way >= success else "b" if way >= moderate else "c",
        slip("reached", "a", "A success has reached its target."),
        slip("nearly", "b", "A moderate success has gone seven tenths of the way or more."),
        slip("proven", "d", "It has gone more than four tenths of the way."),
        choices={
            "a": "Success",
            "b": "Moderate success",
            "c": "Moderate failure",
            "d": "Proven failure",
        },
        hints=["Compare the share of the way with one, seven tenths and four tenths."],
    )
