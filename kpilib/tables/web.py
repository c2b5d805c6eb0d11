"""The site: visits, what visitors do there, the prospects they become, what brought them."""

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
        expected_effect text
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
)  # fmt: skip
