"""Questions of lesson 4: leads and the funnel."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.exercises import Chart, Choice, Exercise, Frame, Number, asked, slip

RIPE = pd.Timedelta(days=90)
TODAY = pd.Timestamp("2026-10-31")
MONTHS = {"2026-07": "a", "2026-09": "b", "2026-10": "c"}
STAGES = {"lead_id": "leads", "qualified_at": "qualified", "meeting_at": "met", "won_at": "won"}
MONTH = "2026-05"


def questions(
    requests: pd.DataFrame,
    campaigns: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten requests, two campaigns and the sample company."""
    dated = requests.assign(
        **{name: pd.to_datetime(requests[name]) for name in ("created", "qualified", "won")}
    )
    every = [
        _of_july(dated),
        _ripe(dated),
        _whole(campaigns),
        _by_kind(campaigns),
        _stages(company),
        _unripe(company),
    ]
    return asked("leads", every, lang, nickname)


def _of_july(dated: pd.DataFrame) -> Exercise:
    created, won = (dated[name].dt.to_period("M") for name in ("created", "won"))
    july = dated[created == "2026-07"]
    return Number(
        july["won"].notna().mean(),
        slip(
            "two_groups",
            (won == "2026-10").sum() / (created == "2026-10").sum(),
            "You divided the sales of October by the requests of October. Most of these "
            "sales come from earlier requests: two groups that have not met.",
        ),
        slip(
            "same_month",
            (won[july.index] == "2026-07").mean(),
            "You counted sales in July only. A request of July may be won until October.",
        ),
        slip("qualified", july["qualified"].notna().mean(), "That is the share qualified."),
        hints=[
            "Mark the requests created in July; only these.",
            "How many of them were won, whenever that was?",
        ],
    )


def _ripe(dated: pd.DataFrame) -> Exercise:
    last = dated.groupby(dated["created"].dt.strftime("%Y-%m"))["created"].max()
    (judged,) = [letter for month, letter in MONTHS.items() if last[month] + RIPE <= TODAY]
    return Choice(
        judged,
        *(
            slip(f"unripe_{each}", each, "Some of its requests have not had their ninety days yet.")
            for each in MONTHS.values()
            if each != judged
        ),
        choices={"a": "July", "b": "September", "c": "October"},
        hints=["Add ninety days to the last request of each month."],
    )


def _rates_by_kind(campaigns: pd.DataFrame) -> pd.DataFrame:
    rates = campaigns.assign(rate=campaigns["customers"] / campaigns["leads"])
    return rates.pivot(index="kind", columns="campaign", values="rate")


def _whole(campaigns: pd.DataFrame) -> Exercise:
    sums = campaigns.groupby("campaign")[["leads", "customers"]].sum()
    return Frame(
        (sums["customers"] / sums["leads"]).rename("rate"),
        slip(
            "mean_of_rates",
            _rates_by_kind(campaigns).mean(),
            "You took the mean of the two kinds. Add customers, add leads, divide once.",
        ),
        slip("counts", sums["customers"], "These are customers. Of how many leads?"),
        hints=["Group by campaign and add up both columns.", "Divide one sum by the other."],
    )


def _by_kind(campaigns: pd.DataFrame) -> Exercise:
    better = set(_rates_by_kind(campaigns).idxmax(axis=1))
    return Choice(
        "a" if better == {"A"} else "b" if better == {"B"} else "c",
        slip("whole", "b", "That is what the whole says. Work it out for firms alone."),
        slip("each_one", "c", "Work out both kinds again, campaign by campaign."),
        choices={"a": "A, for firms and for individuals", "b": "B, for both", "c": "Each for one"},
        hints=["Four rates: two kinds, two campaigns."],
    )


def _stages(company: Company) -> Exercise:
    leads = company.table("leads", MONTH, columns=list(STAGES))
    counts = leads[list(STAGES)].notna().sum().rename(STAGES)
    shares = counts / counts["leads"]
    return Chart(
        counts,
        slip("shares", shares, "Your bars show shares; counts are asked for."),
        hints=[
            "stages is a series: four steps, four bars.",
            "Say in the title where most are lost.",
        ],
    )


def _unripe(company: Company) -> Exercise:
    october = company.evaluate("lead_to_customer_rate", "2026-10")["flags"].item()
    return Choice(
        "b" if "immature" in october else "a",
        slip("sales", "a", "Look at the flag beside the figure before you look at sales."),
        slip("chance", "c", "Chance is not needed: something is known to be missing."),
        choices={
            "a": "Sales has become worse",
            "b": "Leads of October have not had their ninety days",
            "c": "Chance",
        },
        hints=["Read the column flags."],
    )
