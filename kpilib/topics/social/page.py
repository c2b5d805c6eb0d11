"""The accounts and those who follow them: how many, how many more, and who they are."""

from __future__ import annotations

from kpilib.definitions import Change, Kpi, Share, Total
from kpilib.measure import Fields, Measure, count, stock, total

FOLLOWERS_HELP = "LinkedIn Page analytics help, 'Follower metrics'"


def whole_account(t: Fields):
    """The rows of a whole account: those of its age groups or countries are parts of it."""
    return t.dimension == "total"


def known_age(t: Fields):
    """Followers whose age group the platform tells."""
    return (t.dimension == "age") & ~t.dimension_value.is_null() & (t.dimension_value != "")


def follower_stock(kind: str) -> Measure:
    """Followers of every account: the ``last`` figure, the one ``before``, or the ``mean``."""
    return stock(kind, "social_daily", lambda t: t.followers, whole_account, per="account_id")


KPIS = (
    Kpi(
        id="followers",
        label="Followers",
        question="How large is the community that follows us?",
        formula="Followers on the last day of the period with a figure, each account's added",
        unit="count",
        better="higher",
        roll_up="R4",
        value=Total(measure=follower_stock("last")),
        reading="A stock: a quarter is its last month, never a sum of months.",
        caveat="Networks added together are not people: many follow us on several.",
        rises="more accounts follow us",
        falls="fewer accounts follow us",
        cuts=("network",),
        headline=True,
        source=FOLLOWERS_HELP + ".",
    ),
    Kpi(
        id="follower_growth",
        label="Follower growth",
        question="Does the community grow?",
        formula="Followers at the end - followers at the start; rate = growth / start",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Change(
            closing=follower_stock("last"),
            opening=follower_stock("before"),
            flows=total(
                "social_daily", lambda t: t.new_followers - t.lost_followers, whole_account
            ),
        ),
        reading="Net of those who leave; compare with the same month last year.",
        caveat="Platforms delete false accounts from time to time: a fall may be a clean-up. What"
        " arrivals and departures do not explain makes the figure approximate.",
        source=FOLLOWERS_HELP + "; net of those who leave.",
    ),
    Kpi(
        id="new_followers",
        label="New followers",
        question="How many people begin to follow us?",
        formula="Sum of the new followers of each day, all accounts",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=total("social_daily", lambda t: t.new_followers, whole_account),
            unit_of_chance="date",
        ),
        beside={
            "lost_followers": total("social_daily", lambda t: t.lost_followers, whole_account),
            "corrected_days": count(
                "social_daily", lambda t: whole_account(t) & (t.new_followers < 0)
            ),
        },
        interval="bootstrap",
        reading="Arrivals only: read with follower growth, which takes off those who leave.",
        caveat="Who follows, stops and follows again on another day counts twice.",
        source=FOLLOWERS_HELP + "; Metricool help, on followers gained and lost.",
    ),
    Kpi(
        id="segment_follower_share",
        label="Followers by age group",
        question="Do those we want to reach follow us?",
        formula="Followers of an age group / followers whose age group is known",
        unit="rate",
        better="neutral",
        roll_up="R4",
        tier=3,
        value=Share(
            measure=stock(
                "last",
                "social_daily",
                lambda t: t.followers,
                known_age,
                per="account_id dimension_value",
            )
        ),
        by="dimension_value",
        reading="A stock at the end of the period; the known groups add up to 100 %.",
        caveat="Platforms guess ages and hide small groups: the share is of those they tell.",
        source="LinkedIn Page analytics help, 'Follower demographics'; Meta Business help,"
        " 'Audience'.",
    ),
)
