"""Social networks: does the community grow, does it react, and who takes part?"""

from __future__ import annotations

from kpilib.kpi import Change, Kpi, Method, Ratio, Total
from kpilib.measure import Fields, count, distinct, stock, total

MATURITY_DAYS = 7
REVIEWS = ["google_review", "comment", "private_message"]


def reactions(t: Fields):
    """Reactions, comments and shares of a post; clicks are kept apart."""
    return t.reactions.fill_null(0) + t.comments.fill_null(0) + t.shares.fill_null(0)


def positive(t: Fields):
    """Four stars or more; the sentiment only where there is no rating."""
    rated = ~t.rating.is_null()
    return (rated & (t.rating >= 4)).fill_null(False) | (
        ~rated & (t.sentiment == "positive").fill_null(False)
    )


def follower_stock(kind: str):
    """Followers of every account: the ``last`` figure, the one ``before``, or the ``mean``."""
    return stock(
        kind,
        "social_daily",
        lambda t: t.followers,
        lambda t: t.dimension == "total",
        per="account_id",
    )


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
        source="LinkedIn Page analytics help, 'Follower metrics'.",
    ),
    Kpi(
        id="follower_growth",
        label="Follower growth",
        question="Does the community grow?",
        formula="Followers at the end - followers at the start; rate = growth / start",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Change(closing=follower_stock("last"), opening=follower_stock("before")),
        reading="Net of those who leave; compare with the same month last year.",
        caveat="Platforms delete false accounts from time to time: a fall may be a clean-up.",
        source="LinkedIn Page analytics help, 'Follower metrics'; net of those who leave.",
    ),
    Kpi(
        id="interactions",
        label="Interactions",
        question="Are our posts commented, shared, relayed?",
        formula="Reactions + comments + shares of the period's posts, plus mentions of the brand",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=total("social_posts", reactions),
            plus=count(
                "interactions",
                lambda t: (
                    (t.kind == "mention")
                    & (t.space == "social")
                    & ~t.actor_is_brand.fill_null(False)
                ),
            ),
            unit_of_chance="post_id",
        ),
        interval="bootstrap",
        maturity_days=MATURITY_DAYS,
        reading="Counted on the day of the post; a post goes on collecting for a week.",
        caveat="One viral post can make a month: look at the posts before you celebrate.",
        source="LinkedIn Page analytics help, 'Content metrics'; clicks are kept apart.",
    ),
    Kpi(
        id="engagement_rate_impressions",
        label="Engagement rate (by impressions)",
        question="Do those who see our posts react?",
        formula="Clicks + reactions + comments + shares + follows / impressions, organic posts",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=total(
                "social_posts",
                lambda t: reactions(t) + t.clicks.fill_null(0) + t.follows.fill_null(0),
                lambda t: ~t.is_paid.fill_null(False),
            ),
            denominator=total(
                "social_posts", lambda t: t.impressions, lambda t: ~t.is_paid.fill_null(False)
            ),
            unit_of_chance="post_id",
        ),
        interval="bootstrap",
        maturity_days=MATURITY_DAYS,
        reading="All posts pooled: every impression weighs the same.",
        caveat="The mean of the posts' own rates is another figure: small posts would dominate.",
        source="LinkedIn Page analytics help, 'Engagement rate'.",
    ),
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
        interval="wilson",
        reading="People, not acts: the follower who comments ten times counts once.",
        caveat="Tools that divide acts by followers show a larger figure under the same name.",
        source="House rule, after the article this kit serves: people who interact over followers.",
    ),
    Kpi(
        id="participation_90_9_1",
        label="Creators, actives, spectators",
        question="Who creates, who reacts, who watches?",
        formula="Members with a post; with a reaction, comment or share only; the rest / members",
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
        caveat="A longer period turns spectators into actives: compare periods of one length.",
        source="Nielsen (2006), 'Participation inequality'.",
        benchmark="1 / 9 / 90 %, quoted by the source article; it varies by sector and medium.",
    ),
    Kpi(
        id="positive_reviews",
        label="Positive reviews and messages",
        question="Do people speak well of us?",
        formula="Reviews, comments and private messages with 4 stars or more, or positive in tone",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=count("texts", lambda t: t.source.is_in(REVIEWS) & positive(t))),
        beside={
            "positive_share": Ratio(
                numerator=count("texts", lambda t: t.source.is_in(REVIEWS) & positive(t)),
                denominator=count("texts", lambda t: t.source.is_in(REVIEWS)),
            )
        },
        interval="poisson",
        reading="Read with the share of positive ones: the count alone grows with traffic.",
        caveat="The tone of a text is an estimate; where there are stars, the stars count.",
        source="House rule: four stars or more; the tone only where there are no stars.",
    ),
)
