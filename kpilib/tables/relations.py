"""Those we speak with: subscribers, members, followers, and what they say and do."""

from __future__ import annotations

from kpilib.tables.contract import table

TABLES = (
    table(
        "email_sends",
        "one recipient x campaign",
        """
        send_id key; campaign_id key; recipient_key key personal; sent_at ts; delivered bool;
        bounce_kind enum(hard, soft); is_privacy_proxied bool; human_open bool later=first_open_at;
        machine_open bool later=first_open_at;
        first_open_at ts absent= later; human_click bool later=first_click_at;
        first_click_at ts absent= later;
        click_count int min=0; unsubscribed_at ts later; complained bool;
        is_aggregate bool absent=false; sends int min=0 absent=
        """,
        key="send_id",
        time="sent_at",
        links={"recipient_key": "subscribers"},  # worked out of memberships
        summed={"": "sends"},
    ),
    table(
        "memberships",
        "one interval of belonging",
        """
        membership_id key; kind enum(newsletter, community, subscription, association);
        person_key key personal; start_at date; end_at date; end_reason text;
        referred_by key personal absent=
        """,
        key="membership_id",
        time="start_at",
        span="start_at end_at",
        aliases={"product_kind": "kind"},  # a subscription is a product, too
    ),
    table(
        "social_posts",
        "one post, at a snapshot",
        """
        post_id key; account_id key; network text; author_kind enum(brand, leader) absent=brand;
        published_at ts; is_paid bool absent=false; format text; impressions int min=0;
        reach int min=0; reactions int; comments int; shares int; clicks int;
        follows int absent=0 approximates; snapshot_at ts
        """,
        key="post_id",
        time="published_at",
    ),
    table(
        "social_daily",
        "one day x account x dimension value",
        """
        date date; account_id key absent=all; network text;
        dimension enum(total, age, country, job) absent=total; dimension_value text absent=;
        followers int min=0; new_followers int; lost_followers int; impressions int; reach int;
        profile_contacts int; profile_visits int min=0 absent=; engagements int absent=
        """,
        key="date account_id dimension dimension_value",
        time="date",
        daily=True,
        feed="account_id network",
    ),
    table(
        "interactions",
        "one act by one actor",
        """
        interaction_id key; ts ts; space enum(social, community, internal) absent=social;
        actor_key key personal; actor_is_brand bool absent=false; actor_is_follower bool;
        kind enum(visit, reaction, comment, share, post, question, answer, mention, quote,
            message);
        target_id key; parent_id key; target_author_key key personal; recipients_n int min=0;
        minutes float min=0
        """,
        key="interaction_id",
        time="ts",
    ),
    table(
        "texts",
        "one verbatim",
        """
        text_id key; ts ts;
        source enum(google_review, comment, private_message, support, survey_open, feedback_box,
            community_post, mention);
        author_key key personal; subject_id key; group_key key; language text;
        rating float min=0 max=10; body text personal;
        sentiment enum(positive, neutral, negative); sentiment_score float; themes list;
        is_gold bool absent=false; medium text absent=
        """,
        key="text_id",
        time="ts",
    ),
    table(
        "participations",
        "one person x activity",
        """
        participation_id key; activity_id key;
        activity_kind enum(event, webinar, training, team_building, mentoring, focus_group,
            volunteering, collaboration, poll);
        activity_at ts; audience enum(public, employee, member) absent=public;
        person_key key personal; invited bool; registered_at ts; attended bool;
        is_compulsory bool absent=false
        """,
        key="participation_id",
        time="activity_at",
        planned=True,
    ),
)  # fmt: skip
