"""Questions of lesson 6: social networks and the community."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Number, asked, slip


def questions(
    posts: pd.DataFrame,
    views: pd.DataFrame,
    members: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten posts, ten views, ten members and the sample company."""
    rates = posts["interactions"] / posts["reach"]
    whole = posts["interactions"].sum() / posts["reach"].sum()
    every = [
        _of_month(rates, whole),
        _typical(rates, whole),
        _drawn(rates, posts["reach"]),
        _reached(views),
        _reach_of_month(company.evaluate("reach", "2026-10")["status"].item()),
        _first_member(members["contributions"]),
    ]
    return asked("social", every, lang, nickname)


def _of_month(rates: pd.Series, whole: float) -> Exercise:
    return Number(
        whole,
        slip(
            "mean_of_rates",
            rates.mean(),
            "That is the mean of the posts' rates. Asked is the rate of the whole month.",
        ),
        slip("upside_down", 1 / whole, "You divided reach by interactions."),
        hints=["Add up the interactions, add up the reach.", "Divide one sum by the other."],
    )


def _typical(rates: pd.Series, whole: float) -> Exercise:
    return Number(
        rates.median(),
        slip("mean", rates.mean(), "That is the mean. The viral post pulls it down."),
        slip("whole", whole, "That is the rate of the month: nearly all of it is one post."),
        hints=[
            "Work out the rate of each post, then sort.",
            "The typical post stands in the middle of the sorted list.",
        ],
    )


def _drawn(rates: pd.Series, reach: pd.Series) -> Exercise:
    return Chart(
        rates,
        slip("reach", reach, "Your bars show the reach, not the rate."),
        hints=[
            "posts['rate'] is one figure a post.",
            "Say in the title what the most seen post did not bring.",
        ],
    )


def _reached(views: pd.DataFrame) -> Exercise:
    each, people = views.groupby("post")["person"].nunique(), views["person"].nunique()
    return Number(
        people,
        slip("sum", each.sum(), "You added the reach of both: some people were seen twice."),
        slip("max", each.max(), "That is one post's reach. Some saw only the other one."),
        slip("both", each.sum() - people, "These saw both posts. How many saw at least one?"),
        unit="count",
        hints=["Strike out every name that you have met before.", "Count the names left."],
    )


def _reach_of_month(status: str) -> Exercise:
    return Choice(
        "c" if status == "not_additive" else "a",
        slip("sum", "a", "Whoever saw three posts would be three people."),
        slip("most", "b", "That is the fewest it can be: others saw other posts only."),
        choices={
            "a": "The sum of the posts' reach",
            "b": "The reach of the most seen post",
            "c": "Not known: between these two",
        },
        hints=["Read the column status, and the two bounds beside it."],
    )


def _first_member(acts: pd.Series) -> Exercise:
    active = (acts > 0).mean()
    return Number(
        acts.max() / acts.sum(),
        slip("people", 1 / len(acts), "That is the share of the members. Count their acts."),
        slip("active", active, "That is the share of members who did anything at all."),
        hints=[
            "One member in ten is the most active tenth.",
            "How many of all contributions are hers?",
        ],
    )
