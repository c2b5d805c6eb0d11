"""Who takes part, and whether we answer those who speak to us."""

from __future__ import annotations

from kpilib.definitions import Benchmark, Kpi, Method, Ratio
from kpilib.measure import Fields, count, distinct, hours_until, median
from kpilib.topics.social.content import REACTIONS
from kpilib.topics.social.page import follower_stock


def answered_in_time(t: Fields):
    """Comments that had their 24 hours and a reply within them; 24:00:00 is in time."""
    return t.is_due & (t.first_reply_at <= t.due_at)


KPIS = (
    Kpi(
        id="engagement_rate_followers",
        label="Engaged follower rate",
        question="What share of our followers takes part?",
        formula="Distinct followers who reacted, commented or shared / average followers",
        unit="rate",
        better="higher",
        roll_up="R3",
        value=Ratio(
            numerator=distinct(
                "interactions",
                "actor_key",
                lambda t: (
                    (t.space == "social")
                    & t.actor_is_follower.fill_null(False)
                    & ~t.actor_is_brand.fill_null(False)
                    & (t.kind != "visit")
                ),
            ),
            denominator=follower_stock("mean"),
        ),
        beside={
            "interactions_per_follower": Ratio(
                numerator=REACTIONS, denominator=follower_stock("mean")
            )
        },
        interval="wilson",
        reading="People, not acts: the follower who comments ten times counts once.",
        caveat="Tools that divide acts by followers show a larger figure under the same name.",
        rises="more followers take part",
        falls="fewer followers take part",
        headline=True,
        source="House rule, after the article this kit serves: people who interact over followers.",
    ),
    Kpi(
        id="comment_response_rate_24h",
        label="Comments answered within 24 hours",
        question="Do we answer those who comment?",
        formula="Comments with a reply of ours within 24 hours / comments that are 24 hours old",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Ratio(
            numerator=count("audience_comments", answered_in_time),
            denominator=count("audience_comments", lambda t: t.is_due),
        ),
        beside={
            "median_hours_to_reply": median(
                "audience_comments",
                lambda t: hours_until(t.ts, t.first_reply_at),
                lambda t: t.is_due,
            ),
            "not_yet_due": count("audience_comments", lambda t: ~t.is_due),
        },
        interval="wilson",
        maturity_days=1,
        reading="Comments of the audience only; those younger than 24 hours do not count yet.",
        caveat="A reply in time is not an answer: read some of them too.",
        rises="more comments are answered in time",
        falls="fewer comments are answered in time",
        headline=True,
        source="House rule, after the article's goal of answering all comments within 24 hours.",
    ),
    Kpi(
        id="participation_90_9_1",
        label="Creators, actives, spectators",
        question="Who creates, who reacts, who watches?",
        formula="Members with a post; with a reaction, comment or share only; the rest / members,"
        " over the last 30 days of the period",
        unit="rate",
        better="neutral",
        roll_up="R3",
        value=Method(
            name="participation",
            needs={"interactions": "ts actor_key kind space actor_is_brand"},
        ),
        by="role",
        interval="method",
        reading="A description of the community, never a target.",
        caveat="Always of 30 days: over a longer time spectators turn into actives by themselves.",
        source="Nielsen (2006), 'Participation inequality'.",
        benchmark=Benchmark(
            "1 / 9 / 90 %; it varies by sector and medium.", "Nielsen (2006)", "published"
        ),
    ),
)
