"""Questions of lesson 3: the audience and its channels."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Number, asked, slip

QUICK = 10  # seconds: a visit of one page and less is a bounce
ROBOT = "SG"
BEGUN, WHOLE = ("2026-10-01", "2026-10-20"), "2026-09"
DAYS_BEGUN, DAYS_WHOLE = 20, 30


def questions(
    visits: pd.DataFrame,
    months: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten visits, two months and the sample company."""
    by = months.set_index(["channel", "month"]).unstack("month")
    every = [
        _bounced(visits),
        _month_begun(company),
        _channels(company),
        _old_mix(by["visits"], by["leads"]),
        _what_moved(by["visits"], by["leads"]),
        _vanity(),
    ]
    return asked("audience", every, lang, nickname)


def _bounced(visits: pd.DataFrame) -> Exercise:
    bounced = (visits["pages"] == 1) & (visits["seconds"] < QUICK)
    people = visits["country"] != ROBOT
    return Number(
        bounced[people].mean(),
        slip(
            "robots",
            bounced.mean(),
            "The robot is in it: three visits a minute apart, of no second.",
        ),
        slip(
            "robots_below",
            bounced[people].sum() / len(visits),
            "You left the robot out above, but its visits are still counted below.",
        ),
        slip("count", bounced[people].sum(), "That is how many. Of how many visits?"),
        hints=[
            "Which visits did nobody make? Look at minutes, seconds and country.",
            "Leave them out of both: of those that bounced, and of all visits.",
        ],
    )


def _month_begun(company: Company) -> Exercise:
    part, whole = (company.evaluate("sessions", each)["value"].item() for each in (BEGUN, WHOLE))
    a_day = (part / DAYS_BEGUN) / (whole / DAYS_WHOLE)
    return Number(
        a_day - 1,
        slip(
            "partial",
            part / whole - 1,
            "You compared twenty days with thirty. Divide each by its days first.",
        ),
        slip("ratio", a_day, "That is the ratio. By how much is it above one?"),
        slip("sign", 1 - a_day, "Which of the two is greater? Mind the sign."),
        hints=["How many days are in each of the two figures?", "Compare visits a day."],
    )


def _channels(company: Company) -> Exercise:
    now, before = (
        company.evaluate("sessions", month, by="channel").set_index("channel")["value"]
        for month in ("2026-10", "2025-10")
    )
    return Chart(
        now,
        slip("year_before", before, "Your bars show the October before."),
        hints=[
            "by_channel has one row a channel: channel on one axis, value on the other.",
            "Let the title name the channel that the director should look at.",
        ],
    )


def _kept_mix(visits: pd.DataFrame, leads: pd.DataFrame) -> float:
    """Return the rate of the second month on the visits of the first."""
    old, new = visits.columns
    return (leads[new] / visits[new] * visits[old]).sum() / visits[old].sum()


def _old_mix(visits: pd.DataFrame, leads: pd.DataFrame) -> Exercise:
    _, new = visits.columns
    return Number(
        _kept_mix(visits, leads),
        slip(
            "new_mix",
            leads[new].sum() / visits[new].sum(),
            "That is the rate of October as it is. Keep the visits of September.",
        ),
        slip(
            "mean_of_rates",
            (leads[new] / visits[new]).mean(),
            "That is the mean of the two rates. Each weighs as many visits as it had.",
        ),
        hints=[
            "Work out the rate of each channel in October.",
            "Let each weigh as many visits as it had in September.",
        ],
    )


def _what_moved(visits: pd.DataFrame, leads: pd.DataFrame) -> Exercise:
    old, _ = visits.columns
    moved = _kept_mix(visits, leads) - leads[old].sum() / visits[old].sum()
    return Choice(
        "b" if abs(moved) < 1e-9 else "a",
        slip("rate", "a", "Look at each channel: its rate is what it was."),
        slip("chance", "c", "Chance moves rates. Here no channel's rate has moved."),
        choices={
            "a": "Visitors are harder to convince",
            "b": "Other visitors came: the mix has changed",
            "c": "Chance alone",
        },
        hints=["Did the rate of any channel move? Did its weight?"],
    )


def _vanity() -> Exercise:
    return Choice(
        "c",
        slip("shown", "a", "A banner that is shown was paid for. Did anybody act?"),
        slip("visits", "b", "They came; most of them left again. What did they come for?"),
        choices={
            "a": "How often the banners were shown",
            "b": "How many visits they brought",
            "c": "What a qualified lead from them costs",
        },
        hints=["Which figure, if it doubled, would change what you decide?"],
    )
