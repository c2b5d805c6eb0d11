"""Questions of lesson 1: rates and denominators."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Frame, Number, asked, slip

MONTH = "2026-10"
BUTTONS = {"cta_simulateur": "a", "cta_guide": "b", "cta_devis": "c"}


def questions(
    sessions: pd.DataFrame,
    leads: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten sessions with their leads and from the sample company."""
    marked = sessions.assign(converted=sessions["session_id"].isin(leads["session_id"]))
    every = [
        _converted(marked["converted"], leads),
        _by_channel(marked, leads),
        _from_two_rates(marked),
        _drawn(marked, leads),
        _without_banners(company.evaluate("visitor_to_lead_rate", MONTH, by="channel")),
        _best_button(company.evaluate("cta_click_rate", MONTH).set_index("cta_id")),
    ]
    return asked("rates", every, lang, nickname)


def _converted(converted: pd.Series, leads: pd.DataFrame) -> Exercise:
    return Number(
        converted.mean(),
        slip(
            "twice",
            len(leads) / len(converted),
            "These are leads over sessions: a session with two leads was counted twice. A "
            "session converts or does not.",
        ),
        slip(
            "without",
            1 - converted.mean(),
            "This is the share of the sessions without any lead. Count the others.",
        ),
        slip(
            "of_leads",
            converted.sum() / len(leads),
            "You divided by the leads. Who could have converted? The sessions.",
        ),
        slip("count", converted.sum(), "That is how many convert. Of how many could they be?"),
        hints=[
            "Mark each session that stands in the table of leads at least once.",
            "How many sessions are marked, and how many could have been?",
            "Marked sessions over all sessions.",
        ],
    )


def _by_channel(marked: pd.DataFrame, leads: pd.DataFrame) -> Exercise:
    return Frame(
        _rates(marked).rename("rate"),
        slip(
            "twice",
            _leads_a_session(marked, leads),
            "These are leads over sessions by channel: one session was counted twice.",
        ),
        slip(
            "share",
            marked[marked["converted"]]["channel"].value_counts(normalize=True),
            "This says where the converted sessions come from. Asked is, within each "
            "channel, how many of its sessions converted.",
        ),
        hints=[
            "A column of true and false has a mean: the share of the true ones.",
            "Group the sessions by channel, then take the mean of that column.",
        ],
    )


def _from_two_rates(marked: pd.DataFrame) -> Exercise:
    rates = _rates(marked)
    return Number(
        marked["converted"].mean(),
        slip(
            "mean_of_rates",
            rates.mean(),
            "That is the mean of the two rates: two sessions weigh as much as eight. Add "
            "up what is above, add up what is below, divide once.",
        ),
        slip(
            "sum",
            rates.sum(),
            "You added rates of different denominators: the sum is a rate of nothing.",
        ),
        hints=[
            "How many sessions has each channel?",
            "Bring each rate back to what was counted, then add up.",
        ],
    )


def _drawn(marked: pd.DataFrame, leads: pd.DataFrame) -> Exercise:
    return Chart(
        _rates(marked),
        slip(
            "counts",
            marked["channel"].value_counts(),
            "Your bars show how many sessions there are, not what share converts.",
        ),
        slip(
            "twice",
            _leads_a_session(marked, leads),
            "Your bars count a session with two leads twice.",
        ),
        hints=[
            "sns.barplot takes a series by x=series.index and y=series.",
            "It gives an Axes: keep it, set its title, then hand it to q4.check.",
        ],
    )


def _without_banners(by: pd.DataFrame) -> Exercise:
    others = by[by["channel"] != "display"]
    whole = by["numerator"].sum() / by["denominator"].sum()
    return Number(
        others["numerator"].sum() / others["denominator"].sum(),
        slip("whole", whole, "That is the rate with the banners in it. Leave them out first."),
        slip(
            "mean_of_rates",
            others["value"].mean(),
            "That is the mean of the channels' rates. Add numerators, add denominators.",
        ),
        slip(
            "old_denominator",
            others["numerator"].sum() / by["denominator"].sum(),
            "You left the banners out above but not below: their sessions are still counted.",
        ),
        hints=[
            "Drop the row of display.",
            "Of the rows that are left, add up the numerators and the denominators.",
        ],
    )


def _best_button(buttons: pd.DataFrame) -> Exercise:
    return Choice(
        BUTTONS[buttons["ci_low"].idxmax()],
        slip(
            "few",
            BUTTONS[buttons["value"].idxmax()],
            "It has the highest rate, of very few sessions: its interval goes down below that "
            "of another button.",
        ),
        slip(
            "many",
            BUTTONS[buttons["denominator"].idxmax()],
            "It was seen most often. That says nothing about how many of those click.",
        ),
        choices={"a": "The simulator", "b": "The guide", "c": "The quote"},
        hints=["Compare the lower ends of the intervals, ci_low."],
    )


def _rates(marked: pd.DataFrame) -> pd.Series:
    return marked.groupby("channel")["converted"].mean()


def _leads_a_session(marked: pd.DataFrame, leads: pd.DataFrame) -> pd.Series:
    counted = marked.merge(leads, on="session_id")["channel"].value_counts()
    return counted / marked["channel"].value_counts()
