"""Questions of lesson 8: did the training pay?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Number, asked, slip

MARGIN, MONTHS = 150, 12  # euros a contract; months that the effect lasts
CLOSE = 0.05  # contracts: nearer to the line than this is on the line
UNPROVEN = "tr_2603_ia_dossiers"


def questions(
    sellers: pd.DataFrame,
    costs: pd.DataFrame,
    line: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten sellers, the costs, a rising team and the sample company."""
    means = sellers.groupby("arm")[["before", "after"]].mean()
    change = means["after"] - means["before"]
    trained = (sellers["arm"] == "trained").sum()
    a_month = (change["trained"] - change["control"]) * trained * MARGIN
    whole = costs["amount"].sum()
    paid = costs[costs["item"] != "participants_time"]["amount"].sum()
    every = [
        _gained(change["trained"], means["after"]["trained"], trained),
        _effect(change, means["after"]),
        _drawn(sellers, change),
        _returned(a_month * MONTHS, whole, paid),
        _paid_back(a_month, whole, paid),
        _on_the_line(line),
        _proven(company),
    ]
    return asked("training", every, lang, nickname)


def _gained(change: float, after: float, trained: int) -> Exercise:
    return Number(
        change,
        slip("after", after, "That is where they are. From where?"),
        slip("sum", change * trained, "That is all of them: take the mean."),
        unit="ratio",
        hints=[
            "Take the mean of the trained, before and after.",
            "How far is it from one to the other?",
        ],
    )


def _effect(change: pd.Series, after: pd.Series) -> Exercise:
    return Number(
        change["trained"] - change["control"],
        slip(
            "before_after",
            change["trained"],
            "The control group, which learnt nothing, rose too. Take its change off.",
        ),
        slip(
            "after_only",
            after["trained"] - after["control"],
            "The groups differed before: compare changes, not places.",
        ),
        unit="ratio",
        hints=[
            "By how much did the control group change?",
            "The change of the trained less the change of the others.",
        ],
    )


def _drawn(sellers: pd.DataFrame, change: pd.Series) -> Exercise:
    bars = sellers.melt(id_vars="arm", value_vars=["before", "after"]).groupby(["arm", "variable"])
    return Chart(
        bars["value"].mean(),
        slip("changes", change, "Your bars show the two changes; four means are asked for."),
        hints=[
            "sns.barplot(long, x='arm', y='value', hue='variable', errorbar=None) takes a "
            "long frame.",
            "Say in the title what is left once the others' change is taken off.",
        ],
    )


def _returned(benefit: float, whole: float, paid: float) -> Exercise:
    return Number(
        (benefit - whole) / whole,
        slip("bcr", benefit / whole, "That is the BCR: benefit over cost. Take one off."),
        slip(
            "cheap",
            (benefit - paid) / paid,
            "You forgot the time of those who were trained: it was paid too.",
        ),
        slip(
            "of_benefit",
            (benefit - whole) / benefit,
            "You divided by the benefit. A return is measured on what was put in.",
        ),
        hints=[
            "Benefit: effect, times sellers, times margin, times months.",
            "What is left once all costs are paid, over these costs.",
        ],
    )


def _paid_back(a_month: float, whole: float, paid: float) -> Exercise:
    years = whole / (a_month * MONTHS)
    return Number(
        whole / a_month,
        slip("cheap", paid / a_month, "You forgot the time of those who were trained."),
        slip("years", years, "That is in years. How many months?"),
        unit="ratio",
        hints=["What does the training bring a month?", "How many of these months pay its cost?"],
    )


def _on_the_line(line: pd.DataFrame) -> Exercise:
    past, later = line[line["month"] < 0], line[line["month"] > 0]
    # Months count without a zero: the first after the training is one step after the last before.
    slope, start = np.polyfit(past["month"] + 1, past["contracts"], 1)
    beyond = (later["contracts"] - (start + slope * later["month"])).mean()
    return Choice(
        "b" if abs(beyond) < CLOSE else "a",
        slip("effect", "a", "Lay a ruler on the four months before, and go on."),
        slip("chance", "c", "Eight months on one line are hardly chance."),
        choices={
            "a": "The training raised their sales",
            "b": "They went on as they had begun",
            "c": "Chance",
        },
        hints=["By how much did they rise each month before the training?"],
    )


def _proven(company: Company) -> Exercise:
    rows = company.evaluate("training_effect_did", "2026-10", by="training_id")
    low = rows.set_index("training_id")["ci_low"][UNPROVEN]
    return Choice(
        "b" if low < 0 else "a",
        slip("loved", "a", "Its interval holds nothing at all as well. Satisfaction is no effect."),
        slip("none", "c", "Not proven is not absent: its interval also holds a real effect."),
        choices={
            "a": "It works: repeat it",
            "b": "Nothing is proven: measure longer, or with more people",
            "c": "It is proven that it has no effect",
        },
        hints=["Does the interval from ci_low to ci_high hold zero?"],
    )
