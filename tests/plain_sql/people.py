"""Employees and trainings."""

from __future__ import annotations

from tests.plain_sql.fragments import ANSWERS, WAVES, ratio

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
ENPS = (
    f"from {ANSWERS} where survey_kind = 'enps' and value between 0 and 10 and value = floor(value)"
)
REACTED = f"""from {ANSWERS} where survey_kind = 'training_reaction'
    and value between scale_min and scale_max"""
INFORMED = f"""from {ANSWERS} where survey_kind = 'awareness'
    and value between scale_min and scale_max and value = floor(value)"""
STARTED = """from training_participants join trainings using (training_id)
    where started_at between $first and $last and arm <> 'control'
    and (coalesce(hours_attended, 0) > 0 or completed_at is not null)"""

SQL = {
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
    "info_awareness_rate": f"select avg((value = scale_max)::int) {INFORMED}",
    "training_satisfaction": f"select avg((value >= scale_max - 1)::int) {REACTED}",
    "completion_rate": f"select avg((completed_at is not null)::int) {STARTED}",
    "training_cost": """select coalesce(sum(amount_ht), 0) from costs where scope_kind = 'training'
        and incurred_at between $first and $last""",
}  # fmt: skip
