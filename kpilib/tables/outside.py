"""Those outside: who visits the site, who is spoken with, who buys, and what they say."""

from __future__ import annotations

from kpilib.tables.contract import table

CHANNELS = (
    "organic_search, paid_search, organic_social, paid_social, email, direct, referral, display,"
    " affiliate, unassigned"
)

TABLES = (
    table(
        "sessions",
        "one web session",
        f"""
        session_id key; visitor_id key personal; started_at ts; duration_s float min=0;
        engaged_s float min=0; pageviews int min=0; key_events int min=0; source text;
        medium text; campaign_id key; channel enum({CHANNELS}); landing_page text; country text;
        is_new_visitor bool; is_aggregate bool absent=false; sessions int min=0 absent=;
        engaged_sessions int min=0 absent=; unique_visitors int min=0 absent=
        """,
        key="session_id",
        time="started_at",
        daily=True,
        summed={"": "sessions", "visitor_id": "unique_visitors"},
    ),
    table(
        "web_events",
        "one event on the site",
        """
        event_id key; session_id key; visitor_id key personal; ts ts;
        event_name enum(page_view, cta_view, cta_click, download, form_start, form_submit,
            newsletter_signup, product_click);
        page text; cta_id key; asset_id key; form_id key
        """,
        key="event_id",
        time="ts",
        daily=True,
        links={"session_id": "sessions"},
    ),
    table(
        "acquisition_daily",
        "one day x platform x item",
        f"""
        date date; platform enum(search_console, google_ads, linkedin_ads, meta_ads);
        channel enum({CHANNELS}); campaign_id key; item text; impressions int min=0;
        clicks int min=0; conversions int min=0; cost EUR min=0; sum_position float min=0;
        currency text absent=
        """,
        key="date platform campaign_id item",
        time="date",
        daily=True,
        feed="platform",
    ),
    table(
        "leads",
        "one person's lead record",
        f"""
        lead_id key; person_key key personal; visitor_id key personal; session_id key;
        created_at ts; channel enum({CHANNELS}); campaign_id key; form_id key; fit_score float;
        engagement_score float; qualified_at ts later;
        sql_at ts later; meeting_at ts later; won_at ts later;
        customer_id key personal
        """,
        key="lead_id",
        time="created_at",
    ),
    table(
        "actions",
        "one action that was taken",
        """
        action_id key; objective_id key;
        kind enum(campaign, seo, sea, email, social, training, improvement, event);
        training_id key; version text; started_at date; ended_at date; description text;
        reason text absent=; expected_effect text
        """,
        key="action_id",
        time="started_at",
        planned=True,
    ),
    table(
        "costs",
        "one cost line",
        """
        cost_id key; scope_kind enum(campaign, training, community, tool); scope_id key;
        cost_kind enum(analysis, design, delivery, material, venue, travel, participant_time,
            evaluation, overhead, media);
        amount_ht EUR; currency text; incurred_at date
        """,
        key="cost_id",
        time="incurred_at",
        aliases={"campaign_id": "scope_id", "training_id": "scope_id"},
    ),
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
        is_gold bool absent=false; second_sentiment enum(positive, neutral, negative);
        medium text absent=
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
    table(
        "customers",
        "one customer",
        """
        customer_id key personal; customer_kind enum(RH, individual, OPCO, other);
        first_order_at ts; acquisition_channel text; referred_by key personal; segment text
        """,
        key="customer_id",
        time="first_order_at",
        planned=True,
        aliases={"channel": "acquisition_channel"},  # of an order: the channel of its customer
    ),
    table(
        "orders",
        "one order line total",
        """
        order_id key; customer_id key personal; ordered_at ts; amount_ht EUR; margin_ht EUR;
        currency text;
        product_kind enum(intra, inter, elearning, product, subscription, donation, dues,
            affiliate);
        units int; status enum(paid, cancelled, refunded)
        """,
        key="order_id",
        time="ordered_at",
        links={"customer_id": "customers"},
    ),
    table(
        "support_tickets",
        "one request to customer service",
        """
        ticket_id key; customer_id key personal; opened_at ts; first_response_at ts later;
        resolved_at ts later; kind enum(simple, complex, complaint); is_complaint bool
        """,
        key="ticket_id",
        time="opened_at",
        links={"customer_id": "customers"},
    ),
    table(
        "survey_waves",
        "one survey x wave x group",
        """
        survey_id key; wave text;
        survey_kind enum(nps, csat, support, enps, engagement, training_reaction,
            training_application, content_quality, awareness, flow, poll);
        population text; group_key key describes; invited_n int describes min=0;
        population_n int describes min=0 absent=; opened_at ts; closed_at ts; results_at ts;
        what_changed text
        """,
        key="survey_id wave group_key",
        planned=True,
        time="closed_at",
        aliases={
            "team": "group_key",
            "customer_kind": "group_key",
            "training_id": "survey_id",
        },
    ),
    table(
        "survey_responses",
        "one respondent x item",
        """
        response_id key; survey_id key; wave text; respondent_key key personal;
        group_key key describes; item_id key absent=; dimension text; scale_min int absent=1;
        scale_max int absent=5; is_reversed bool absent=false; value float describes lenient;
        answered_at ts describes; subject_id key
        """,
        key="response_id",
        time="answered_at",
        links={"survey_id": "survey_waves"},
        aliases={
            "team": "group_key",
            "customer_kind": "group_key",
            "training_id": "subject_id",
        },
    ),
)  # fmt: skip
