"""Every additive figure and every ratio in plain SQL, written apart from kpilib.

``start`` and ``stop`` are the edges of the period in UTC, ``first`` and ``last`` its days,
``year_start`` the edge twelve months before ``stop``, ``until`` the end of the data.
"""

from __future__ import annotations

from tests.plain_sql import customers, people, social, web

SQL = {**web.SQL, **social.SQL, **customers.SQL, **people.SQL}
GROUPED = {  # kpi and breakdown: the SQL of each group
    ("sessions", "channel"): f"""select coalesce(channel, '(unknown)'), count(*)
        {web.SESSIONS} group by 1""",
    ("bounce_rate", "country"): f"""select coalesce(nullif(country, ''), '(unknown)'),
        avg((not ({web.ENGAGED}))::int) {web.SESSIONS} group by 1""",
    ("click_rate", "campaign_id"): f"""select campaign_id, avg(({web.CLICKED})::int)
        {web.SENDS} and delivered group by 1""",
    ("training_cost", "training_id"): """select scope_id, sum(amount_ht) from costs
        where scope_kind = 'training' and incurred_at between $first and $last group by 1""",
    ("request_mix", "kind"): f"""select coalesce(kind, '(unknown)'),
        count(*)::double / sum(count(*)) over () {customers.TICKETS} group by 1""",
    ("segment_follower_share", "dimension_value"): """select dimension_value,
        sum(followers)::double / sum(sum(followers)) over () from (select * from social_daily
            where dimension = 'age' and coalesce(dimension_value, '') <> ''
            and date between $first and $last qualify row_number() over (
                partition by account_id, dimension_value order by date desc) = 1) group by 1""",
    ("nps", "customer_kind"): f"""select group_key, 100 * avg(case when value >= 9 then 1
        when value <= 6 then -1 else 0 end) {customers.valid("nps")} group by 1""",
    ("revenue", "customer_kind"): f"""select coalesce(c.customer_kind, '(unknown)'),
        sum(o.amount_ht) from (select * {customers.ORDERS}) o
        left join customers c using (customer_id) group by 1""",
    ("average_order_value", "product_kind"): f"""select product_kind, avg(amount_ht)
        {customers.BOUGHT} group by 1""",
    ("top_pages", "page"): f"""select coalesce(nullif(case when page in ('/', '/#', '/?') then '/'
        else rtrim(regexp_replace(page, '[?#].*', ''), '/') end, ''), '(unknown)'), count(*)
        {web.EVENTS} and event_name = 'page_view' group by 1""",
    ("contact_form_submissions", "form_id"): f"""select coalesce(form_id, '(unknown)'), count(*)
        {web.EVENTS} and event_name = 'form_submit' group by 1""",
    ("external_mentions", "medium"): f"""select coalesce(nullif(medium, ''), '(unknown)'),
        count(*) {social.MENTIONS} group by 1""",
}  # fmt: skip
