"""Social networks: who follows us, what is published, and what it sets off."""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Change, Kpi, Ratio, Share, Total
from kpilib.measure import (
    Fields,
    Measure,
    count,
    each,
    follower_stock,
    stock,
    total,
    unsummable,
    whole_account,
)
from kpilib.methods.mentions import hashtags

FOLLOWERS_HELP = "LinkedIn Page analytics help, 'Follower metrics'"
MATURITY_DAYS = 7
LEAST_IMPRESSIONS = 100
CONTENT_HELP = "LinkedIn Page analytics help, 'Content metrics'"


def known_age(t: Fields):
    """Followers whose age group the platform tells."""
    return (
        (t.known("dimension") == "age") & ~t.dimension_value.is_null() & (t.dimension_value != "")
    )


def reactions(t: Fields):
    """Reactions, comments and shares of a post; clicks are kept apart."""
    return t.reactions.fill_null(0) + t.comments.fill_null(0) + t.shares.fill_null(0)


def engagements(t: Fields):
    """Whatever the network calls an engagement: clicks and follows too."""
    return reactions(t) + t.clicks.fill_null(0) + t.follows.fill_null(0)


def organic(t: Fields):
    """Posts whose views were not bought."""
    return ~t.is_paid.fill_null(False)


def seen_enough(t: Fields):
    """Organic posts with enough views for a rate of their own."""
    return organic(t) & (t.impressions >= LEAST_IMPRESSIONS)


def corrected(*columns: str) -> Measure:
    """Count the posts on which a network took back more than it counted (unlikes)."""

    def below_zero(t: Fields):
        found = [(getattr(t, column) < 0).fill_null(False) for column in columns]
        first, *others = found
        for other in others:
            first = first | other
        return first

    return count("social_posts", below_zero)


REACTIONS = total("social_posts", reactions)
# Posts are what chance draws, and each goes on collecting for a week.
POST_BY_POST = {"unit_of_chance": "post_id", "maturity_days": MATURITY_DAYS}
CORRECTED_ACTS = corrected("reactions", "comments", "shares")
CORRECTED_ENGAGEMENTS = corrected("reactions", "comments", "shares", "clicks", "follows")

KPIS = (
    # The accounts and those who follow them: how many, how many more, and who they are.
    Kpi(
        id="followers",
        label="Followers",
        question="How large is the community that follows us?",
        formula="Followers on the last day of the period with a figure, each account's added",
        unit="count",
        better="higher",
        roll_up="R4",
        value=Total(follower_stock("last")),
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
    kpi.count(
        id="new_followers",
        label="New followers",
        question="How many people begin to follow us?",
        formula="Sum of the new followers of each day, all accounts",
        better="higher",
        tier=2,
        measure=total("social_daily", lambda t: t.new_followers, whole_account),
        unit_of_chance="date",
        beside={
            "lost_followers": total("social_daily", lambda t: t.lost_followers, whole_account),
            "corrected_days": count(
                "social_daily", lambda t: whole_account(t) & (t.new_followers < 0)
            ),
        },
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
            stock(
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
    # What is published: how often it is seen, and what those who see it do.
    kpi.count(
        id="interactions",
        label="Interactions",
        question="Are our posts commented, shared, relayed?",
        formula="Reactions + comments + shares of the period's posts, plus mentions of the brand;"
        " our own reactions left out",
        better="higher",
        measure=REACTIONS,
        plus=count(
            "interactions",
            lambda t: (
                (t.kind == "mention") & (t.space == "social") & ~t.actor_is_brand.fill_null(False)
            ),
        ),
        minus=count("own_reactions"),
        **POST_BY_POST,
        beside={
            "interactions_per_follower": Ratio(REACTIONS, follower_stock("mean")),
            "corrected_posts": CORRECTED_ACTS,
        },
        reading="Counted on the day of the post; a post goes on collecting for a week.",
        caveat="One viral post can make a month: look at the posts before you celebrate.",
        rises="posts get more reactions",
        falls="posts get fewer reactions",
        cuts=("network", "format"),
        headline=True,
        source=CONTENT_HELP + "; clicks are kept apart.",
    ),
    kpi.count(
        id="comments_count",
        label="Comments",
        question="Do people answer what we publish?",
        formula="Sum of the comments on the period's posts",
        better="higher",
        tier=2,
        measure=total("social_posts", lambda t: t.comments),
        **POST_BY_POST,
        beside={"corrected_posts": corrected("comments")},
        reading="The most costly sign of interest: few comments tell more than many reactions.",
        caveat="Our own replies are among them on most networks, and a quarrel fills the count.",
        source=CONTENT_HELP + ".",
    ),
    kpi.count(
        id="shares_count",
        label="Shares and reposts",
        question="Are our posts passed on?",
        formula="Sum of the shares of the period's posts; per post = shares / posts",
        better="higher",
        tier=2,
        measure=total("social_posts", lambda t: t.shares),
        **POST_BY_POST,
        beside={
            "shares_per_post": Ratio(
                total("social_posts", lambda t: t.shares), count("social_posts")
            ),
            "corrected_posts": corrected("shares"),
        },
        reading="Read with the shares per post: publishing more raises the count by itself.",
        caveat="A target such as 'from 2 to 4' says nothing until it says per post or per month.",
        source=CONTENT_HELP + ".",
    ),
    kpi.rate(
        id="engagement_rate_impressions",
        label="Engagement rate (by impressions)",
        question="Do those who see our posts react?",
        formula="Clicks + reactions + comments + shares + follows / impressions, organic posts",
        better="higher",
        numerator=total(
            "social_posts", engagements, lambda t: organic(t) & ~t.impressions.is_null()
        ),
        denominator=total("social_posts", lambda t: t.impressions, organic),
        **POST_BY_POST,
        beside={"corrected_posts": CORRECTED_ENGAGEMENTS},
        reading="All posts pooled: every impression weighs the same.",
        caveat="The mean of the posts' own rates is another figure: small posts would dominate.",
        rises="posts engage more of those who see them",
        falls="posts engage fewer of those who see them",
        cuts=("format", "network"),
        headline=True,
        source="LinkedIn Page analytics help, 'Engagement rate'.",
    ),
    kpi.rate(
        id="avg_post_engagement_rate",
        label="Mean engagement rate per post",
        question="How does an ordinary post do?",
        formula="Sum of the posts' own engagement rates / organic posts with 100 impressions or"
        " more",
        better="higher",
        roll_up="R6",
        tier=2,
        numerator=total(
            "social_posts", lambda t: each(engagements(t), of=t.impressions), seen_enough
        ),
        denominator=count("social_posts", seen_enough),
        **POST_BY_POST,
        beside={
            "small_posts": count(
                "social_posts", lambda t: organic(t) & (t.impressions < LEAST_IMPRESSIONS)
            ),
            "corrected_posts": CORRECTED_ENGAGEMENTS,
        },
        reading="Every post weighs the same, whether a hundred people saw it or a hundred"
        " thousand.",
        caveat="Not the engagement rate: small posts dominate, and the pooled rate is the one to"
        " steer by.",
        source="House rule, after the article that asks for a mean interaction rate.",
    ),
    kpi.count(
        id="impressions",
        label="Impressions",
        question="How often are our posts shown?",
        formula="Sum of the impressions of the period's posts",
        better="higher",
        tier=2,
        measure=total("social_posts", lambda t: t.impressions),
        weighed_by="post_id",
        beside={
            "paid_impressions": total(
                "social_posts",
                lambda t: t.impressions,
                lambda t: t.known("is_paid").fill_null(False),
            )
        },
        maturity_days=MATURITY_DAYS,
        reading="Times shown, not people: the same person may see a post several times.",
        caveat="Each network has its own idea of seen: half of a post for 0.3 seconds on LinkedIn.",
        rises="posts are shown more often",
        falls="posts are shown less often",
        cuts=("format", "network"),
        source=CONTENT_HELP + ".",
    ),
    Kpi(
        id="reach",
        label="Reach",
        question="How many people see our posts?",
        formula="The network's own count of people reached; bounds where it comes by day",
        unit="people",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Total(unsummable("social_daily", lambda t: t.reach, whole_account)),
        reading="People, each once. From daily figures only two bounds are known: the best day,"
        " and the sum of all days.",
        caveat="Adding days, posts or networks counts the same people again and again.",
        source=CONTENT_HELP + "; Meta Business help, 'Reach'.",
    ),
    kpi.ratio(
        id="avg_reach_per_post",
        label="Average reach per post",
        question="How many people does a post reach?",
        formula="Sum of the reach of each post / posts",
        unit="people",
        better="higher",
        roll_up="R6",
        tier=2,
        numerator=total("social_posts", lambda t: t.reach),
        denominator=count("social_posts", lambda t: ~t.reach.is_null()),
        **POST_BY_POST,
        reading="A mean of posts, never to be multiplied by their number: posts share readers.",
        caveat="One viral post lifts the mean: most posts of the month reached fewer people.",
        source=CONTENT_HELP + ".",
    ),
    kpi.rate(
        id="social_ctr",
        label="Post click-through rate",
        question="Do our posts bring people to click?",
        formula="Clicks / impressions of the period's posts",
        better="higher",
        tier=2,
        numerator=total("social_posts", lambda t: t.clicks, lambda t: ~t.impressions.is_null()),
        denominator=total("social_posts", lambda t: t.impressions),
        **POST_BY_POST,
        beside={"corrected_posts": corrected("clicks")},
        reading="All posts pooled. A goal of so much more each month compounds: +10 % a month is"
        " +33 % after three.",
        caveat="Networks count clicks on the name or on 'see more' too: not all are visits to the"
        " site.",
        source=CONTENT_HELP + ".",
    ),
    kpi.worked_out(
        id="hashtag_performance",
        label="Engagement by hashtag",
        question="Which hashtags go with engagement?",
        formula="Engagements / impressions of the organic posts that bear a hashtag",
        unit="rate",
        better="neutral",
        roll_up="R11",
        tier=3,
        method=hashtags,
        needs={
            "social_posts": "post_id published_at is_paid impressions reactions comments"
            " shares clicks follows",
            "texts": "ts source subject_id body",
        },
        by="hashtag",
        ranked_from=10,
        maturity_days=MATURITY_DAYS,
        reading="Posts with the same hashtag pooled; a post counts under each of its hashtags.",
        caveat="A hashtag does not cause: it goes with a subject, a format, a day.",
        source="House rule; letters of any alphabet, capitals and small letters alike.",
    ),
)
