"""Every additive figure and every ratio, a second time in plain SQL.

``start`` and ``stop`` are the edges of the period in UTC; ``first`` and ``last`` its days.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.catalogue import catalogue
from kpilib.kpi import Method
from tests.small_company import LAST, MONTHS, small_company

SAMPLE = Path(__file__).parents[1] / "data" / "sample"

IN = "{0} >= $start and {0} < $stop"
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
POSTS = f"from social_posts where {IN.format('published_at')}"
ORGANIC = f"{POSTS} and not coalesce(is_paid, false)"
REACTIONS = "coalesce(reactions, 0) + coalesce(comments, 0) + coalesce(shares, 0)"
FIRST_LEADS = f"""(select person_key, min(created_at) as created_at from leads
    where person_key is not null group by person_key) where {IN.format("created_at")}"""
REGULAR = "contract_kind in ('CDI', 'CDD')"
DAYS_IN_POST = f"""(select employee_id, unnest(generate_series(
        greatest($first::date, hired_at, coalesce(valid_from, date '1900-01-01')),
        least($last::date, coalesce(left_at, date '2999-01-01'),
            coalesce(valid_to, date '2999-01-01')),
        interval 1 day))::date as day, weekly_hours
    from employees where {REGULAR})"""
DUE = f"""(select employee_id, day, weekly_hours[isodow(day)] as due from {DAYS_IN_POST}
    where weekly_hours[isodow(day)] > 0
    and day not in (select date from work_calendar where is_public_holiday))"""
# a spell without hours takes whole days, one with hours spreads them over its days
TAKEN = f"""(select employee_id, day, due,
        sum(case when kind in ('sickness', 'work_accident', 'commuting_accident',
            'occupational_disease', 'unjustified') then taken else 0 end) as sick,
        sum(case when kind = 'paid_leave' then taken else 0 end) as on_leave
    from (select d.employee_id, d.day, d.due, a.kind,
            coalesce(a.hours * d.due / sum(d.due) over (partition by a.absence_id), d.due) as taken
        from {DUE} d join absences a on a.employee_id = d.employee_id
            and d.day >= a.start_date and d.day <= coalesce(a.end_date, $last::date))
    group by all)"""
SICK = f"(select coalesce(sum(least(sick, due)), 0) from {TAKEN})"
PRESENT = f"""((select sum(due) from {DUE})
    - (select coalesce(sum(least(on_leave, due)), 0) from {TAKEN}))"""
WAVES = f"from survey_waves where {IN.format('closed_at')}"
ANSWERS = f"""(select w.survey_kind, r.* from (
        select * from survey_responses qualify row_number() over (
            partition by survey_id, wave, respondent_key, item_id order by answered_at desc) = 1) r
    join (select distinct survey_id, wave, survey_kind from survey_waves) w using (survey_id, wave)
    where {IN.format("answered_at")})"""
ENPS = (
    f"from {ANSWERS} where survey_kind = 'enps' and value between 0 and 10 and value = floor(value)"
)
REACTED = f"""from {ANSWERS} where survey_kind = 'training_reaction'
    and value between scale_min and scale_max"""
STARTED = """from training_participants join trainings using (training_id)
    where started_at between $first and $last and arm <> 'control'
    and (coalesce(hours_attended, 0) > 0 or completed_at is not null)"""
REVIEWS = f"""from texts where {IN.format("ts")}
    and source in ('google_review', 'comment', 'private_message')"""


def ratio(up, down):
    return f"select ({up})::double / nullif(({down}), 0)"


SQL = {
    "sessions": f"select count(*) {SESSIONS}",
    "channel_sessions": f"select count(*) {SESSIONS}",
    "unique_visitors": f"select count(distinct visitor_id) {SESSIONS}",
    "pages_per_session": f"select sum(pageviews)::double / count(*) {SESSIONS}",
    "avg_session_duration": f"""select sum(case when duration_s > 14400 then 14400
        else duration_s end)::double / count(*) {SESSIONS}""",
    "engaged_session_rate": f"select avg(({ENGAGED})::int) {SESSIONS}",
    "bounce_rate": f"select avg((not ({ENGAGED}))::int) {SESSIONS}",
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
    "email_list_size": """select count(distinct person_key) from memberships
        where kind = 'newsletter' and start_at <= $last and (end_at is null or end_at > $last)""",
    "delivery_rate": f"select avg(delivered::int) {SENDS}",
    "open_rate": f"""select avg(({HUMAN} or (coalesce(machine_open, false) and {IN_TIME}))::int)
        {SENDS} and delivered""",
    "open_rate_trackable": f"select avg(({HUMAN})::int) {SENDS} and {TRACKABLE}",
    "click_rate": f"select avg(({CLICKED})::int) {SENDS} and delivered",
    "click_to_open_rate": f"select avg(({CLICKED})::int) {SENDS} and {TRACKABLE} and {HUMAN}",
    "unsubscribe_rate": f"""select avg(coalesce(
        unsubscribed_at <= sent_at + interval 168 hours, false)::int) {SENDS} and delivered""",
    "followers": """select sum(followers) from (select followers from social_daily
        where dimension = 'total' and date between $first and $last
        qualify row_number() over (partition by account_id order by date desc) = 1)""",
    "follower_growth": """select
        (select sum(f) from (select arg_max(followers, date) as f from social_daily
            where dimension = 'total' and date between $first and $last group by account_id))
        - (select sum(f) from (select arg_max(followers, date) as f from social_daily
            where dimension = 'total' and date < $first group by account_id))""",
    "interactions": f"""select (select sum({REACTIONS}) {POSTS}) + (select count(*)
        from interactions where {IN.format('ts')} and kind = 'mention' and space = 'social'
        and not coalesce(actor_is_brand, false))""",
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
    "headcount": f"""select count(distinct employee_id) from employees where {REGULAR}
        and hired_at <= $last and (left_at is null or left_at > $last)
        and coalesce(valid_from, date '1900-01-01') <= $last
        and coalesce(valid_to, date '2999-01-01') >= $last""",
    "employee_retention_rate": f"""select avg((left_at is null or left_at > $last)::int)
        from employees where {REGULAR} and hired_at < $first
        and (left_at is null or left_at >= $first)
        and coalesce(valid_from, date '1900-01-01') <= $first::date - 1
        and coalesce(valid_to, date '2999-01-01') >= $first::date - 1""",
    "turnover_rate": ratio(
        f"""select count(distinct employee_id) from employees where {REGULAR}
            and left_at between $first and $last
            and coalesce(leave_reason, '') not in ('end_fixed_term', 'transfer')""",
        f"select count(*)::double / ($last::date - $first::date + 1) from {DAYS_IN_POST}",
    ),
    "absenteeism_rate": f"select {SICK}::double / {PRESENT}",
    "enps": f"""select 100 * avg(case when value >= 9 then 1
        when value <= 6 then -1 else 0 end) {ENPS}""",
    "survey_response_rate": ratio(
        f"""select count(distinct survey_id || '/' || wave || '/' || respondent_key)
            from survey_responses semi join (select * {WAVES} and survey_kind in
            ('enps', 'engagement')) w using (survey_id, wave) where value is not null""",
        f"select sum(invited_n) {WAVES} and survey_kind in ('enps', 'engagement')",
    ),
    "training_satisfaction": f"select avg((value >= scale_max - 1)::int) {REACTED}",
    "completion_rate": f"select avg((completed_at is not null)::int) {STARTED}",
    "training_cost": """select sum(amount_ht) from costs where scope_kind = 'training'
        and incurred_at between $first and $last""",
}  # fmt: skip
GROUPED = {  # kpi: breakdown and the SQL of a group's name
    "sessions": (
        "channel",
        f"select coalesce(channel, '(unknown)'), count(*) {SESSIONS} group by 1",
    ),
    "bounce_rate": (
        "country",
        f"""select coalesce(nullif(country, ''), '(unknown)'), avg((not ({ENGAGED}))::int)
        {SESSIONS} group by 1""",
    ),
    "click_rate": (
        "campaign_id", f"select campaign_id, avg(({CLICKED})::int) {SENDS} and delivered group by 1"
    ),
    "training_cost": (
        "training_id",
        """select scope_id, sum(amount_ht) from costs where scope_kind = 'training'
        and incurred_at between $first and $last group by 1""",
    ),
}  # fmt: skip


def asked(month, query):
    """The parameters that a query uses."""
    from zoneinfo import ZoneInfo

    from kpilib.period import Period

    period = Period.parse(month)
    start, stop = period.bounds(ZoneInfo("Europe/Paris"))
    every = {"start": start, "stop": stop, "first": period.start, "last": period.end_day}
    return {name: value for name, value in every.items() if f"${name}" in query}


def database(tables):
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name, frame in tables.items():
        con.register(f"arrow_{name}", pa.Table.from_pandas(frame, preserve_index=False))
        con.execute(f"create table {name} as select * from arrow_{name}")
    return con


@pytest.fixture(scope="module")
def both():
    """The same company for us and for plain SQL."""
    tables = small_company(seed=11, size=120)
    data = kl.open(tables, as_of=LAST)
    ids = [name for name in SQL if name in catalogue()]
    res = data.series(ids, MONTHS[-1], months=2)
    return data, res, database(tables)


def test_every_additive_figure_and_ratio_has_its_sql():
    first = {"audience", "leads", "emailing", "social", "employees", "training"}
    declared = {
        each.id
        for each in catalogue().values()
        if each.topic in first and not isinstance(each.value, Method) and each.tier == 1
    }

    assert declared - {"channel_sessions"} <= set(SQL)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("kpi", SQL)
def test_a_figure_equals_its_sql(both, kpi, month):
    _, res, con = both
    own = res[(res["kpi"] == kpi) & (res["period"] == month)]
    if kpi == "cta_click_rate":
        own = own[own["cta_id"] == "top"]
    found = own["value"].sum() if kpi == "channel_sessions" else own["value"].item()
    expected = con.execute(SQL[kpi], asked(month, SQL[kpi])).fetchone()[0]

    assert expected is not None
    assert found == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("kpi", GROUPED)
def test_groups_equal_their_sql(both, kpi):
    data, _, con = both
    by, query = GROUPED[kpi]
    res = data.evaluate(kpi, MONTHS[0], by=by)
    expected = dict(con.execute(query, asked(MONTHS[0], query)).fetchall())

    assert dict(zip(res[by], res["value"], strict=True)) == pytest.approx(
        {group: float(value) for group, value in expected.items()}, rel=1e-9
    )


@pytest.fixture(scope="module")
def sample():
    """The sample company, opened by us, and its files in plain SQL."""
    files = sorted((SAMPLE / "tables").glob("*.parquet"))
    if not files:
        pytest.skip("data/sample has no tables: make them with data/make_sample.py")
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for path in files:
        con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
    data = kl.open(SAMPLE)
    ids = [name for name in SQL if name not in ("channel_sessions", "cta_click_rate")]
    return data, con, data.series(ids, data.last_month(), months=1)


@pytest.mark.parametrize(
    "kpi", [name for name in SQL if name not in ("channel_sessions", "cta_click_rate")]
)
def test_a_figure_of_the_sample_company_equals_its_sql(sample, kpi):
    data, con, res = sample
    row = res[res["kpi"] == kpi].iloc[0]
    month = data.last_month()
    expected = con.execute(SQL[kpi], asked(month, SQL[kpi])).fetchone()[0]

    if expected is None or row["status"] == "suppressed":
        assert row["status"] in ("no_data", "no_denominator", "suppressed")
        return
    assert row["value"] == pytest.approx(float(expected), rel=1e-9)
