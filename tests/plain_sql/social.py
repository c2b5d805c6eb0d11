"""Social networks."""

from __future__ import annotations

from tests.plain_sql.fragments import IN, ratio

POSTS = f"from social_posts where {IN.format('published_at')}"
ORGANIC = f"{POSTS} and not coalesce(is_paid, false)"
REACTIONS = "coalesce(reactions, 0) + coalesce(comments, 0) + coalesce(shares, 0)"
REVIEWS = f"""from texts where {IN.format("ts")}
    and source in ('google_review', 'comment', 'private_message')"""
ENOUGH = f"{ORGANIC} and impressions >= 100"
DAILY = "from social_daily where dimension = 'total' and date between $first and $last"
MENTIONS = f"from texts where {IN.format('ts')} and source = 'mention'"
# a comment of the audience, and whether words of the brand came within a day
ANSWERED = f"""(select coalesce(min(r.ts) <= c.ts + interval 24 hours, false) as in_time
    from interactions c left join interactions r on r.parent_id = c.interaction_id
        and r.actor_is_brand and r.kind in ('comment', 'answer', 'message', 'mention', 'quote')
    where {IN.format("c.ts")} and c.space = 'social' and c.kind = 'comment'
        and not coalesce(c.actor_is_brand, false) and c.ts + interval 24 hours <= $until
    group by c.interaction_id, c.ts)"""

SQL = {
    "followers": """select sum(followers) from (select followers from social_daily
        where dimension = 'total' and date between $first and $last
        qualify row_number() over (partition by account_id order by date desc) = 1)""",
    "follower_growth": """select
        (select sum(f) from (select arg_max(followers, date) as f from social_daily
            where dimension = 'total' and date between $first and $last group by account_id))
        - (select sum(f) from (select arg_max(followers, date) as f from social_daily
            where dimension = 'total' and date < $first group by account_id))""",
    "new_followers": f"select sum(new_followers) {DAILY}",
    "comments_count": f"select sum(comments) {POSTS}",
    "shares_count": f"select sum(shares) {POSTS}",
    "avg_post_engagement_rate": f"""select avg(({REACTIONS} + coalesce(clicks, 0)
        + coalesce(follows, 0))::double / impressions) {ENOUGH}""",
    "impressions": f"select sum(impressions) {POSTS}",
    "avg_reach_per_post": f"select avg(reach) {POSTS}",
    "social_ctr": f"""select sum(clicks)::double / sum(impressions) {POSTS}
        and impressions is not null""",
    "comment_response_rate_24h": f"select avg(in_time::int) from {ANSWERED}",
    "brand_mentions": f"select count(*) {MENTIONS}",
    "leader_profile_reach": f"select sum(profile_contacts) {DAILY}",
    "pr_outputs": f"""select count(distinct activity_id) from participations
        where {IN.format('activity_at')} and activity_at < $until and activity_kind = 'webinar'""",
    "interactions": f"""select (select sum({REACTIONS}) {POSTS}) + (select count(*)
        from interactions where {IN.format('ts')} and kind = 'mention' and space = 'social'
        and not coalesce(actor_is_brand, false)) - (select count(*) from interactions
        where kind = 'reaction' and space = 'social' and coalesce(actor_is_brand, false)
        and target_id in (select post_id {POSTS}))""",
    "engagement_rate_impressions": f"""select sum({REACTIONS} + coalesce(clicks, 0)
        + coalesce(follows, 0))::double / sum(impressions) {ORGANIC}""",
    "engagement_rate_followers": ratio(
        f"""select count(distinct actor_key) from interactions where {IN.format('ts')}
            and space = 'social' and actor_is_follower and not coalesce(actor_is_brand, false)
            and kind <> 'visit'""",
        """select avg(f) from (select sum(followers) as f from social_daily
            where dimension = 'total' and date between $first and $last group by date)""",
    ),
    "positive_reviews": f"""select count(*) {REVIEWS}
        and (rating >= 4 or (rating is null and sentiment = 'positive'))""",
}  # fmt: skip
