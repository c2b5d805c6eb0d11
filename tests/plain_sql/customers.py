"""Customers and community."""

from __future__ import annotations

from tests.plain_sql.fragments import ANSWERS, IN, WAVES, ratio, there

ORDERS = f"""from orders where {IN.format("ordered_at")}
    and (status = 'paid' or (status = 'refunded' and amount_ht < 0))"""
SOLD = f"select coalesce(sum(amount_ht), 0) {ORDERS}"
BOUGHT = f"{ORDERS} and amount_ht > 0"
COUNTED = "status = 'paid' and amount_ht > 0 and customer_id is not null"
A_YEAR = "ordered_at >= $year_start and ordered_at < $stop and status = 'paid' and amount_ht > 0"


def customers(moment):
    """Return who had an order in the 365 days before a moment."""
    return f"""select distinct customer_id from orders where {COUNTED}
        and ordered_at < {moment} and ordered_at + interval 8760 hours >= {moment}"""


STAYED = f"""select avg((customer_id in ({customers("$stop")}))::int)
    from ({customers("$start")})"""
TICKETS = f"from support_tickets where {IN.format('opened_at')}"
TEXTS = f"""from texts where {IN.format("ts")}
    and coalesce(source, '') not in ('feedback_box', 'survey_open')"""


def valid(kind):
    """Return the valid answers to a survey of a kind."""
    return f"""from {ANSWERS} where survey_kind = '{kind}' and value = floor(value)
        and value between {"0 and 10" if kind == "nps" else "scale_min and scale_max"}"""


MEMBERS = "(select * from memberships where kind = 'community' and person_key is not null)"
PRESENT_DAYS = f"""(select distinct person_key, unnest(generate_series(
    greatest($first::date, start_at), least($last::date, coalesce(end_at, $last::date)),
    interval 1 day))::date as day from {MEMBERS})"""
AVERAGE = f"select count(*)::double / ($last::date - $first::date + 1) from {PRESENT_DAYS}"
# acts of people who are members on the day, in Paris
ACTS = f"""from interactions where {IN.format("ts")} and space = 'community'
    and not coalesce(actor_is_brand, false) and exists (select 1 from {MEMBERS} m
        where m.person_key = actor_key
        and m.start_at <= (ts at time zone 'Europe/Paris')::date
        and coalesce(m.end_at, date '2999-01-01') >= (ts at time zone 'Europe/Paris')::date)"""
# a question of a member a week old, and whether another member answered within it
QUESTIONS = f"""(select coalesce(min(a.ts) <= q.ts + interval 168 hours, false) as answered
    from interactions q left join interactions a on a.parent_id = q.interaction_id
        and a.kind = 'answer' and a.ts >= q.ts and a.actor_key <> q.actor_key
        and not coalesce(a.actor_is_brand, false)
    where {IN.format("q.ts")} and q.space = 'community' and q.kind = 'question'
        and not coalesce(q.actor_is_brand, false) and q.actor_key is not null
        and q.ts + interval 168 hours <= $until group by q.interaction_id, q.ts)"""
# a spell begins where no membership of the same person goes on, and ends with the last of them
NEW_MEMBERS = f"""(select m.person_key, max(coalesce(m.referred_by, '') not in ('', m.person_key))
        as referred from {MEMBERS} m where m.start_at between $first and $last
    and not exists (select 1 from {MEMBERS} o where o.person_key = m.person_key
        and o.start_at < m.start_at and coalesce(o.end_at, date '2999-01-01') >= m.start_at - 1)
    group by m.person_key)"""

SQL = {
    "revenue": SOLD,
    "intra_training_sales": f"{SOLD} and product_kind = 'intra'",
    "units_sold": f"""select coalesce(sum(units), 0) {ORDERS}
        and (amount_ht > 0 or (amount_ht < 0 and units < 0))""",
    "average_order_value": f"select avg(amount_ht) {BOUGHT}",
    "purchase_frequency": ratio(
        f"select count(*) {BOUGHT} and customer_id is not null",
        f"select count(distinct customer_id) {BOUGHT}",
    ),
    "donations_dues": f"""{SOLD}
        and product_kind in ('donation', 'dues')""",
    "affiliate_revenue": f"{SOLD} and product_kind = 'affiliate'",
    "active_customers": f"select count(*) from ({customers('$stop')})",
    "customer_retention_rate": STAYED,
    "churn_rate": f"select 1 - ({STAYED})",
    "repeat_purchase_rate": f"""select avg((orders > 1)::int) from (select count(*) as orders
        from orders where {A_YEAR} and customer_id is not null group by customer_id)""",
    "referral_rate": f"""select avg((coalesce(referred_by, '') <> '')::int) from customers
        where {IN.format('first_order_at')}""",
    "nps": f"""select 100 * avg(case when value >= 9 then 1 when value <= 6 then -1 else 0 end)
        {valid("nps")}""",
    "csat": f"select avg((value >= scale_max - 1)::int) {valid('csat')}",
    "support_satisfaction": f"select avg((value >= scale_max - 1)::int) {valid('support')}",
    "review_score": f"select avg(rating) {TEXTS} and rating between 1 and 5",
    "net_sentiment": f"""select 100 * avg(case sentiment when 'positive' then 1
        when 'negative' then -1 else 0 end) {TEXTS}
        and sentiment in ('positive', 'neutral', 'negative')""",
    "support_requests": f"select count(*) {TICKETS}",
    "community_members": f"""select count(*) from (select person_key from {MEMBERS}
        group by 1 having {there("start_at", "end_at", "$last::date")})""",
    "active_member_rate": ratio(
        f"select count(distinct actor_key) {ACTS} and kind <> 'visit'", AVERAGE
    ),
    "community_referrals": f"select avg(referred::int) from {NEW_MEMBERS}",
    "time_on_platform": ratio(
        f"select sum(minutes) {ACTS}",
        f"select count(distinct actor_key) {ACTS} and minutes is not null",
    ),
    "answer_rate": f"select avg(answered::int) from {QUESTIONS}",
    "poll_participation_rate": ratio(
        f"""select count(distinct survey_id || '/' || wave || '/' || respondent_key)
            from survey_responses semi join (select * {WAVES} and survey_kind = 'poll') w
            using (survey_id, wave) where value is not null""",
        f"select sum(invited_n) {WAVES} and survey_kind = 'poll'",
    ),
    "external_mentions": f"""select count(*) from texts where {IN.format('ts')}
        and source = 'mention' and coalesce(medium, '') not in ('community', 'internal', 'own')""",
}  # fmt: skip
