"""Questions of lesson 4: leads and the funnel."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.lesson.asked import Question, asked, slip
from kpilib.lesson.kinds import Chart, Choice, Frame, Number

RIPE = pd.Timedelta(days=90)
TODAY = pd.Timestamp("2026-10-31")
STAGES = {"lead_id": "leads", "qualified_at": "qualified", "meeting_at": "met", "won_at": "won"}
MONTH = "2026-05"


def questions(
    requests: pd.DataFrame,
    campaigns: pd.DataFrame,
    company: Company,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Question, ...]:
    """Return the questions, from ten requests, two campaigns and the sample company."""
    dated = requests.assign(
        **{name: pd.to_datetime(requests[name]) for name in ("created", "qualified", "won")}
    )
    month = dated["created"].dt.to_period("M")
    july, october = (dated[month == each] for each in ("2026-07", "2026-10"))
    sold = (dated["won"].dt.to_period("M") == "2026-10").sum()
    ripe = dated.groupby(month)["created"].max() + RIPE <= TODAY
    months = {"2026-07": "a", "2026-09": "b", "2026-10": "c"}
    (judged,) = [letter for name, letter in months.items() if ripe[pd.Period(name, "M")]]
    return asked(
        "leads",
        [
            Number(
                july["won"].notna().mean(),
                slip(
                    "two_groups",
                    sold / len(october),
                    "You divided the sales of October by the requests of October. Most of these "
                    "sales come from earlier requests: two groups that have not met.",
                ),
                slip(
                    "same_month",
                    (july["won"].dt.to_period("M") == "2026-07").mean(),
                    "You counted sales in July only. A request of July may be won until October.",
                ),
                slip("qualified", july["qualified"].notna().mean(), "That is the share qualified."),
                hints=[
                    "Mark the requests created in July; only these.",
                    "How many of them were won, whenever that was?",
                ],
            ),
            Choice(
                judged,
                *(
                    slip(
                        f"unripe_{letter}",
                        letter,
                        "Some of its requests have not had their ninety days yet.",
                    )
                    for letter in months.values()
                    if letter != judged
                ),
                choices={"a": "July", "b": "September", "c": "October"},
                hints=["Add ninety days to the last request of each month."],
            ),
            *_of_campaigns(campaigns),
            *_of_company(company),
        ],
        lang,
        nickname,
    )


def _of_campaigns(campaigns: pd.DataFrame) -> list[Question]:
    sums = campaigns.groupby("campaign")[["leads", "customers"]].sum()
    rates = campaigns.assign(rate=campaigns["customers"] / campaigns["leads"])
    by_kind = rates.pivot(index="kind", columns="campaign", values="rate")
    better = set(by_kind.idxmax(axis=1))
    return [
        Frame(
            (sums["customers"] / sums["leads"]).rename("rate"),
            slip(
                "mean_of_rates",
                by_kind.mean(),
                "You took the mean of the two kinds. Add customers, add leads, divide once.",
            ),
            slip("counts", sums["customers"], "These are customers. Of how many leads?"),
            hints=[
                "Group by campaign and add up both columns.",
                "Divide one sum by the other.",
            ],
        ),
        Choice(
            {frozenset("A"): "a", frozenset("B"): "b"}.get(frozenset(better), "c"),
            slip("whole", "b", "That is what the whole says. Work it out for firms alone."),
            slip("each_one", "c", "Work out both kinds again, campaign by campaign."),
            choices={
                "a": "A, for firms and for individuals",
                "b": "B, for both",
                "c": "Each for one",
            },
            hints=["Four rates: two kinds, two campaigns."],
        ),
    ]


def _of_company(company: Company) -> list[Question]:
    leads = company.table("leads", MONTH, columns=list(STAGES))
    counts = leads[list(STAGES)].notna().sum().rename(STAGES)
    october = company.evaluate("lead_to_customer_rate", "2026-10")["flags"].item()
    return [
        Chart(
            counts,
            slip(
                "shares", counts / counts["leads"], "Your bars show shares; counts are asked for."
            ),
            hints=[
                "stages is a series: four steps, four bars.",
                "Say in the title where most are lost.",
            ],
        ),
        Choice(
            "b" if "immature" in october else "a",
            slip("sales", "a", "Look at the flag beside the figure before you look at sales."),
            slip("chance", "c", "Chance is not needed: something is known to be missing."),
            choices={
                "a": "Sales has become worse",
                "b": "Leads of October have not had their ninety days",
                "c": "Chance",
            },
            hints=["Read the column flags."],
        ),
    ]
