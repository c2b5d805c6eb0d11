"""Audience, leads and e-mailing."""

from __future__ import annotations

from tests.plain_sql.fragments import IN, ratio, there

ENGAGED = """coalesce(engaged_s > 10, false) or coalesce(pageviews >= 2, false)
    or coalesce(key_events >= 1, false)"""
SESSIONS = f"from sessions where {IN.format('started_at')}"
TOP = "cta_id = 'top'"
EVENTS = f"from web_events where {IN.format('ts')}"
SENDS = f"from email_sends where {IN.format('sent_at')}"
CLICKED = """coalesce(human_click, false)
    and (first_click_at is null or first_click_at <= sent_at + interval 168 hours)"""
IN_TIME = "(first_open_at is null or first_open_at <= sent_at + interval 168 hours)"
HUMAN = f"((coalesce(human_open, false) and {IN_TIME}) or ({CLICKED}))"
TRACKABLE = "delivered and not coalesce(is_privacy_proxied, false)"
CLOSING = there("start_at", "end_at", "$last::date")
FIRST_LEADS = f"""(select person_key, min(created_at) as created_at from leads
    where person_key is not null group by person_key) where {IN.format("created_at")}"""
EVENTS_HELD = f"""from participations where {IN.format("activity_at")} and activity_at < $until
    and activity_kind in ('event', 'webinar') and coalesce(audience, '') <> 'employee'"""
NOTED = """activity_id in (select activity_id from participations
    where attended is not null and activity_at < $until)"""
ADS = """from acquisition_daily where date between $first and $last
    and platform in ('google_ads', 'linkedin_ads', 'meta_ads')"""

SQL = {
    "sessions": f"select count(*) {SESSIONS}",
    "channel_sessions": f"select count(*) {SESSIONS}",
    "unique_visitors": f"select count(distinct visitor_id) {SESSIONS}",
    "pages_per_session": f"select sum(pageviews)::double / count(*) {SESSIONS}",
    "avg_session_duration": f"""select sum(case when duration_s > 14400 then 14400
        else duration_s end)::double / count(*) {SESSIONS}""",
    "engaged_session_rate": f"select avg(({ENGAGED})::int) {SESSIONS}",
    "bounce_rate": f"select avg((not ({ENGAGED}))::int) {SESSIONS}",
    "new_visitors": f"select count(distinct visitor_id) {SESSIONS} and is_new_visitor",
    "page_views": f"select sum(pageviews) {SESSIONS}",
    "direct_landing_sessions": f"select count(*) {SESSIONS} and channel = 'direct'",
    "foreign_audience_share": f"""select avg((upper(country) <> 'FR')::int) {SESSIONS}
        and country similar to '[A-Za-z]{{2}}' and upper(country) not in ('XX', 'ZZ')""",
    "top_pages": f"select count(*) {EVENTS} and event_name = 'page_view'",
    "page_clicks": f"select count(*) {EVENTS} and event_name = 'product_click'",
    "organic_sessions": f"select count(*) {SESSIONS} and channel = 'organic_search'",
    "social_sessions": f"""select count(*) {SESSIONS}
        and channel in ('organic_social', 'paid_social')""",
    "avg_search_position": """select sum(sum_position)::double / sum(impressions)
        from acquisition_daily where platform = 'search_console'
        and date between $first and $last""",
    "leads": f"select count(*) from {FIRST_LEADS}",
    "visitor_to_lead_rate": f"""select avg((session_id in
        (select session_id from leads where session_id is not null))::int) {SESSIONS}""",
    "action_rate": ratio(
        f"select count(distinct visitor_id) {EVENTS} and event_name in "
        "('cta_click', 'download', 'form_submit', 'newsletter_signup')",
        f"select count(distinct visitor_id) {SESSIONS}",
    ),
    "cta_click_rate": ratio(
        f"select count(distinct session_id) {EVENTS} and {TOP} and event_name = 'cta_click'",
        f"select count(distinct session_id) {EVENTS} and {TOP} and event_name = 'cta_view'",
    ),
    "content_downloads": f"""select count(*) from (select distinct visitor_id, asset_id {EVENTS}
        and event_name = 'download' and visitor_id is not null and asset_id is not null)""",
    "contact_form_submissions": f"select count(*) {EVENTS} and event_name = 'form_submit'",
    "newsletter_signups": """select count(*) from memberships
        where kind = 'newsletter' and start_at between $first and $last""",
    "qualified_form_submissions": f"""select count(*) from leads
        where {IN.format('created_at')} and form_id <> ''
        and qualified_at <= created_at + interval 720 hours""",
    "meetings_booked": f"select count(*) from leads where {IN.format('meeting_at')}",
    "event_registrations": f"""select count(*) from participations
        where {IN.format('activity_at')} and activity_kind in ('event', 'webinar')
        and coalesce(audience, '') <> 'employee' and registered_at is not null""",
    "event_attendance": f"""select avg(coalesce(attended, false)::int) {EVENTS_HELD}
        and registered_at is not null and {NOTED}""",
    "ad_ctr": f"select sum(clicks)::double / sum(impressions) {ADS}",
    "ad_conversion_rate": f"select sum(conversions)::double / sum(clicks) {ADS}",
    "qualified_leads": f"select count(*) from leads where {IN.format('qualified_at')}",
    "lead_qualification_rate": f"""select avg(coalesce(
        qualified_at <= created_at + interval 720 hours, false)::int)
        from leads where {IN.format('created_at')}""",
    "lead_to_customer_rate": f"""select avg(coalesce(
        won_at <= created_at + interval 2160 hours, false)::int)
        from leads where {IN.format('created_at')}""",
    "cost_per_lead": ratio(
        "select sum(amount_ht) from costs where scope_kind = 'campaign' "
        "and incurred_at between $first and $last",
        f"select count(*) from {FIRST_LEADS}",
    ),
    "email_list_size": f"""select count(*) from (select person_key from memberships
        where kind = 'newsletter' group by 1 having {CLOSING})""",
    "list_churn_rate": f"""select avg((not stay)::int) from (select {CLOSING} as stay
        from memberships where kind = 'newsletter' group by person_key
        having {there("start_at", "end_at", "$first::date - 1")})""",
    "delivery_rate": f"select avg(delivered::int) {SENDS}",
    "messages_per_contact": f"""select count(*)::double / count(distinct recipient_key)
        {SENDS} and delivered""",
    "open_rate": f"""select avg(({HUMAN} or (coalesce(machine_open, false) and {IN_TIME}))::int)
        {SENDS} and delivered""",
    "open_rate_trackable": f"select avg(({HUMAN})::int) {SENDS} and {TRACKABLE}",
    "click_rate": f"select avg(({CLICKED})::int) {SENDS} and delivered",
    "click_to_open_rate": f"select avg(({CLICKED})::int) {SENDS} and {TRACKABLE} and {HUMAN}",
    "unsubscribe_rate": f"""select avg(coalesce(
        unsubscribed_at <= sent_at + interval 168 hours, false)::int) {SENDS} and delivered""",
}  # fmt: skip
