"""The canonical tables that every export is brought into, and every KPI is computed from.

Types and rules are in `kpilib.contract`. A column with ``absent=`` may be left out of a file.
"""

from __future__ import annotations

from kpilib.contract import Table, table

CHANNELS = (
    "organic_search, paid_search, organic_social, paid_social, email, direct, referral, display,"
    " affiliate, unassigned"
)

_DECLARED = (
    table(
        "sessions",
        "one web session",
        f"""
        session_id key; visitor_id key personal; started_at ts; duration_s float min=0;
        engaged_s float min=0; pageviews int min=0; key_events int min=0; source text;
        medium text; campaign_id key; channel enum({CHANNELS}); landing_page text; country text;
        is_new_visitor bool; is_aggregate bool absent=false; sessions int min=0 absent=;
        unique_visitors int min=0 absent=
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
        clicks int min=0; conversions int min=0; cost EUR min=0; sum_position float min=0
        """,
        key="date platform campaign_id item",
        time="date",
        daily=True,
    ),
    table(
        "leads",
        "one person's lead record",
        f"""
        lead_id key; person_key key personal; visitor_id key personal; session_id key;
        created_at ts; channel enum({CHANNELS}); campaign_id key; form_id key; fit_score float;
        engagement_score float; qualified_at ts; sql_at ts; meeting_at ts; won_at ts;
        customer_id key personal
        """,
        key="lead_id",
        time="created_at",
    ),
    table(
        "email_sends",
        "one recipient x campaign",
        """
        send_id key; campaign_id key; recipient_key key personal; sent_at ts; delivered bool;
        bounce_kind enum(hard, soft); is_privacy_proxied bool; human_open bool; machine_open bool;
        first_open_at ts absent=; human_click bool; first_click_at ts absent=;
        click_count int min=0; unsubscribed_at ts; complained bool
        """,
        key="send_id",
        time="sent_at",
    ),
    table(
        "memberships",
        "one interval of belonging",
        """
        membership_id key; kind enum(newsletter, community, subscription, association);
        person_key key personal; start_at date; end_at date; end_reason text
        """,
        key="membership_id",
        time="start_at",
        span="start_at end_at",
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
        profile_contacts int
        """,
        key="date account_id dimension dimension_value",
        time="date",
        daily=True,
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
        sentiment enum(positive, neutral, negative); sentiment_score float; themes text;
        is_gold bool absent=false
        """,
        key="text_id",
        time="ts",
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
        "survey_waves",
        "one survey x wave x group",
        """
        survey_id key; wave text;
        survey_kind enum(nps, csat, support, enps, engagement, training_reaction,
            content_quality, awareness, flow, poll);
        population text; group_key key; invited_n int min=0; population_n int min=0 absent=;
        opened_at ts; closed_at ts
        """,
        key="survey_id wave group_key",
        planned=True,
        time="closed_at",
        aliases={"team": "group_key", "training_id": "survey_id"},
    ),
    table(
        "survey_responses",
        "one respondent x item",
        """
        response_id key; survey_id key; wave text; respondent_key key personal; group_key key;
        item_id key absent=; dimension text; scale_min int absent=1; scale_max int absent=5;
        is_reversed bool absent=false; value float lenient; answered_at ts; subject_id key
        """,
        key="response_id",
        time="answered_at",
        links={"survey_id": "survey_waves"},
        aliases={"team": "group_key", "training_id": "subject_id"},
    ),
    table(
        "employees",
        "one state of one employee",
        """
        employee_id key personal; valid_from date absent=; valid_to date absent=; hired_at date;
        left_at date;
        leave_reason enum(resignation, dismissal, retirement, end_fixed_term, death, transfer)
            absent=;
        contract_kind enum(CDI, CDD, intern, temp) absent=CDI; fte float min=0 max=1 absent=1;
        weekly_hours hours; team key; manager_id key personal
        """,
        key="employee_id valid_from",
        time="hired_at",
        span="hired_at left_at",
        state="valid_from valid_to",
    ),
    table(
        "absences",
        "one spell of absence",
        """
        absence_id key; employee_id key personal; start_date date; end_date date;
        kind enum(sickness, work_accident, commuting_accident, occupational_disease,
            unjustified, maternity, authorised, paid_leave, training, strike);
        hours float min=0 absent=
        """,
        key="absence_id",
        time="start_date",
        span="start_date end_date",
    ),
    table(
        "work_calendar",
        "one day x site",
        """
        date date; site key absent=all; is_public_holiday bool; label text
        """,
        key="date site",
        time="date",
        planned=True,
    ),
    table(
        "trainings",
        "one session of a training",
        """
        training_id key; title text; topic text;
        method enum(presentiel, en_ligne, blended, micro_learning, adaptive); started_at date;
        ended_at date; duration_h float min=0; version text; objective_id key; target_kpi_id key;
        is_gamified bool
        """,
        key="training_id",
        time="started_at",
        planned=True,
    ),
    table(
        "training_participants",
        "one person x training",
        """
        training_id key; person_key key personal; arm enum(treated, control) absent=treated;
        team key; hours_planned float min=0; hours_attended float min=0; completed_at date;
        objective_met bool; objective_exceeded bool
        """,
        key="training_id person_key",
        links={"training_id": "trainings"},
    ),
    table(
        "kpi_measurements",
        "one subject x KPI x window",
        """
        subject_key key personal; team key; training_id key; kpi_id key; period_start date;
        period_end date; phase enum(before, during, after); value float; numerator float;
        denominator float; max_value float absent=; unit_value_eur EUR; source text
        """,
        key="subject_key training_id kpi_id period_start phase",
        time="period_end",
        links={"training_id": "trainings"},
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

TABLES: dict[str, Table] = {declared.name: declared for declared in _DECLARED}
