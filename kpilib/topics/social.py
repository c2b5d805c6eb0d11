"""Social networks: who takes part, whom we answer, and what is said of us."""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Benchmark, Ratio
from kpilib.measure import (
    Fields,
    count,
    distinct,
    follower_stock,
    hours_until,
    median,
    total,
    whole_account,
)
from kpilib.methods.participation import participation
from kpilib.topics.posts import REACTIONS, reactions

REVIEWS = ["google_review", "comment", "private_message"]


def answered_in_time(t: Fields):
    """Comments that had their 24 hours and a reply within them; 24:00:00 is in time."""
    return t.is_due & (t.first_reply_at <= t.due_at)


def review(t: Fields):
    """Where people write to us or of us."""
    return t.source.is_in(REVIEWS)


def positive(t: Fields):
    """Four stars or more; the sentiment only where there is no rating."""
    rated = ~t.rating.is_null()
    return (rated & (t.rating >= 4)).fill_null(False) | (
        ~rated & (t.sentiment == "positive").fill_null(False)
    )


def negative(t: Fields):
    """Two stars or fewer; the sentiment only where there is no rating."""
    rated = ~t.rating.is_null()
    return (rated & (t.rating <= 2)).fill_null(False) | (
        ~rated & (t.sentiment == "negative").fill_null(False)
    )


WELL_REVIEWED = count("texts", lambda t: review(t) & positive(t))

KPIS = (
    # Who takes part, and whether we answer those who speak to us.
    kpi.rate(
        id="engagement_rate_followers",
        label="Engaged follower rate",
        question="What share of our followers takes part?",
        formula="Distinct followers who reacted, commented or shared / average followers",
        better="higher",
        roll_up="R3",
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
        beside={"interactions_per_follower": Ratio(REACTIONS, follower_stock("mean"))},
        reading="People, not acts: the follower who comments ten times counts once.",
        caveat="Tools that divide acts by followers show a larger figure under the same name.",
        rises="more followers take part",
        falls="fewer followers take part",
        headline=True,
        source="House rule, after the article this kit serves: people who interact over followers.",
    ),
    kpi.rate(
        id="comment_response_rate_24h",
        label="Comments answered within 24 hours",
        question="Do we answer those who comment?",
        formula="Comments with a reply of ours within 24 hours / comments that are 24 hours old",
        better="higher",
        tier=2,
        numerator=count("audience_comments", answered_in_time),
        denominator=count("audience_comments", lambda t: t.is_due),
        beside={
            "median_hours_to_reply": median(
                "audience_comments",
                lambda t: hours_until(t.ts, t.first_reply_at),
                lambda t: t.is_due,
            ),
            "not_yet_due": count("audience_comments", lambda t: ~t.is_due),
        },
        maturity_days=1,
        reading="Comments of the audience only; those younger than 24 hours do not count yet.",
        caveat="A reply in time is not an answer: read some of them too.",
        rises="more comments are answered in time",
        falls="fewer comments are answered in time",
        headline=True,
        source="House rule, after the article's goal of answering all comments within 24 hours.",
    ),
    kpi.worked_out(
        id="participation_90_9_1",
        label="Creators, actives, spectators",
        question="Who creates, who reacts, who watches?",
        formula="Members with a post; with a reaction, comment or share only; the rest / members,"
        " over the last 30 days of the period",
        unit="rate",
        better="neutral",
        roll_up="R3",
        method=participation,
        needs={"interactions": "ts actor_key kind space actor_is_brand"},
        by="role",
        reading="A description of the community, never a target.",
        caveat="Always of 30 days: over a longer time spectators turn into actives by themselves.",
        source="Nielsen (2006), 'Participation inequality'.",
        benchmark=Benchmark(
            "1 / 9 / 90 %; it varies by sector and medium.", "Nielsen (2006)", "published"
        ),
    ),
    # What is said of us, of our leader, and what we do to be spoken of.
    kpi.count(
        id="positive_reviews",
        label="Positive reviews and messages",
        question="Do people speak well of us?",
        formula="Reviews, comments and private messages with 4 stars or more, or positive in tone",
        better="higher",
        measure=WELL_REVIEWED,
        unit_of_chance="author_key",
        beside={
            "positive_share": Ratio(
                WELL_REVIEWED, count("texts", review), beside_interval="wilson"
            ),
            "negative": count("texts", lambda t: review(t) & negative(t)),
        },
        reading="Read with the share of positive ones: the count alone grows with traffic.",
        caveat="The tone of a text is an estimate; where there are stars, the stars count.",
        source="House rule: four stars or more; the tone only where there are no stars.",
    ),
    kpi.count(
        id="brand_mentions",
        label="Brand mentions",
        question="Do people speak of us where we are not?",
        formula="Texts of others that mention the brand; positive ones counted beside",
        better="higher",
        tier=2,
        measure=count("texts", lambda t: t.source == "mention"),
        unit_of_chance="author_key",
        beside={
            "positive_mentions": count(
                "texts",
                lambda t: (t.source == "mention") & (t.sentiment == "positive").fill_null(False),
            )
        },
        reading="Read with the positive ones: to be spoken of is not yet to be praised.",
        caveat="What a listening tool finds depends on its words and its sources, not on us alone.",
        source="House rule, after the article's goal of more positive mentions each month.",
    ),
    kpi.count(
        id="leader_profile_reach",
        label="Contacts gained by the leader",
        question="Is our leader becoming known?",
        formula="Sum of the new contacts of the leader's profile; interactions on the leader's"
        " posts beside",
        better="higher",
        tier=2,
        measure=total("social_daily", lambda t: t.profile_contacts, whole_account),
        unit_of_chance="date",
        beside={
            "leader_interactions": total(
                "social_posts", reactions, lambda t: t.known("author_kind") == "leader"
            )
        },
        reading="Contacts and interactions answer two questions: who comes, and who reacts.",
        caveat="Accepted invitations are contacts too: many sent make the figure by themselves.",
        source="House rule, after the article on making a leader known.",
    ),
    kpi.count(
        id="pr_outputs",
        label="Webinars held",
        question="What do we do to be spoken of?",
        formula="Distinct webinars that took place in the period",
        better="higher",
        tier=3,
        measure=distinct("held_activities", "activity_id", lambda t: t.activity_kind == "webinar"),
        reading="An output, not an outcome: it says what we did, not what it brought.",
        caveat="Never the only key result of an objective: add what the webinars are to bring."
        " Press releases are in no table and are not counted.",
        source="House rule: activities that have taken place, each once.",
    ),
)
