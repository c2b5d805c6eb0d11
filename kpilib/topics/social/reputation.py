"""What is said of us, of our leader, and what we do to be spoken of."""

from __future__ import annotations

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.measure import Fields, count, distinct, total
from kpilib.topics.social.content import reactions
from kpilib.topics.social.page import whole_account

REVIEWS = ["google_review", "comment", "private_message"]


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


KPIS = (
    Kpi(
        id="positive_reviews",
        label="Positive reviews and messages",
        question="Do people speak well of us?",
        formula="Reviews, comments and private messages with 4 stars or more, or positive in tone",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=count("texts", lambda t: review(t) & positive(t)), unit_of_chance="author_key"
        ),
        beside={
            "positive_share": Ratio(
                numerator=count("texts", lambda t: review(t) & positive(t)),
                denominator=count("texts", review),
                beside_interval="wilson",
            ),
            "negative": count("texts", lambda t: review(t) & negative(t)),
        },
        interval="bootstrap",
        reading="Read with the share of positive ones: the count alone grows with traffic.",
        caveat="The tone of a text is an estimate; where there are stars, the stars count.",
        source="House rule: four stars or more; the tone only where there are no stars.",
    ),
    Kpi(
        id="brand_mentions",
        label="Brand mentions",
        question="Do people speak of us where we are not?",
        formula="Texts of others that mention the brand; positive ones counted beside",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=count("texts", lambda t: t.source == "mention"), unit_of_chance="author_key"
        ),
        beside={
            "positive_mentions": count(
                "texts",
                lambda t: (t.source == "mention") & (t.sentiment == "positive").fill_null(False),
            )
        },
        interval="bootstrap",
        reading="Read with the positive ones: to be spoken of is not yet to be praised.",
        caveat="What a listening tool finds depends on its words and its sources, not on us alone.",
        source="House rule, after the article's goal of more positive mentions each month.",
    ),
    Kpi(
        id="leader_profile_reach",
        label="Contacts gained by the leader",
        question="Is our leader becoming known?",
        formula="Sum of the new contacts of the leader's profile; interactions on the leader's"
        " posts beside",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=total("social_daily", lambda t: t.profile_contacts, whole_account),
            unit_of_chance="date",
        ),
        beside={
            "leader_interactions": total(
                "social_posts", reactions, lambda t: t.author_kind == "leader"
            )
        },
        interval="bootstrap",
        reading="Contacts and interactions answer two questions: who comes, and who reacts.",
        caveat="Accepted invitations are contacts too: many sent make the figure by themselves.",
        source="House rule, after the article on making a leader known.",
    ),
    Kpi(
        id="pr_outputs",
        label="Webinars held",
        question="What do we do to be spoken of?",
        formula="Distinct webinars that took place in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=3,
        value=Total(
            measure=distinct(
                "held_activities", "activity_id", lambda t: t.activity_kind == "webinar"
            )
        ),
        reading="An output, not an outcome: it says what we did, not what it brought.",
        caveat="Never the only key result of an objective: add what the webinars are to bring."
        " Press releases are in no table and are not counted.",
        source="House rule: activities that have taken place, each once.",
    ),
)
