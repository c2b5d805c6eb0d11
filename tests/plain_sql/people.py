"""Employees and trainings."""

from __future__ import annotations

from tests.plain_sql.fragments import ANSWERS, IN, WAVES, ratio, there

REGULAR = "coalesce(contract_kind, 'CDI') in ('CDI', 'CDD')"
LAST_DAY = "least(coalesce(left_at, date '2999-01-01'), coalesce(valid_to, date '2999-01-01'))"
POSTS = f"""(select employee_id, fte, weekly_hours, left_at, leave_reason,
        greatest(hired_at, coalesce(valid_from, hired_at)) as begun, {LAST_DAY} as ended
    from employees where {REGULAR})"""
# every day in post of four years, one row for each contract
POST_DAYS = f"""(select employee_id, weekly_hours, unnest(generate_series(
        greatest(begun, date '2024-01-01'), least(ended, date '2027-12-31'),
        interval 1 day))::date as day from {POSTS})"""
IN_PERIOD = "day between $first::date and $last::date"
WORKED = f"{IN_PERIOD} and day <= $known::date"  # a day that is still to come has no hours yet
DUE = f"""(select employee_id, day, sum(weekly_hours[isodow(day)]) as due from {POST_DAYS}
    where day not in (select date from work_calendar where is_public_holiday)
    group by all having due > 0)"""
# a spell without hours takes whole days, one with hours spreads them over all of its days
TAKEN = f"""(select employee_id, day, due,
        sum(case when kind in ('sickness', 'work_accident', 'commuting_accident',
            'occupational_disease', 'unjustified') then taken else 0 end) as sick,
        sum(case when kind in ('maternity', 'authorised') then taken else 0 end) as excused,
        sum(case when kind = 'paid_leave' then taken else 0 end) as on_leave
    from (select d.employee_id, d.day, d.due, a.kind,
            coalesce(a.hours * d.due / sum(d.due) over (partition by a.absence_id), d.due) as taken
        from {DUE} d join absences a on a.employee_id = d.employee_id
            and d.day >= a.start_date and d.day <= coalesce(a.end_date, $last::date))
    where {WORKED} group by all)"""
# an hour is lost once: to sickness first, to leave last
SICK = f"(select coalesce(sum(least(sick, due)), 0) from {TAKEN})"
PRESENT = f"""((select sum(due) from {DUE} where {WORKED}) - (select coalesce(sum(least(on_leave,
    greatest(due - least(sick, due) - excused, 0))), 0) from {TAKEN}))"""
CLOSING, OPENING = (there("begun", "ended", day) for day in ("$last::date", "$first::date - 1"))
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
ENROLLED = """from training_participants join trainings using (training_id)
    where started_at between $first and $last and arm <> 'control'"""
CLOCKED = f"{ENROLLED} and hours_planned > 0 and hours_attended is not null"
APPLYING = f"""select count(distinct r.survey_id || '/' || r.wave || '/' || r.respondent_key)
    from (select * from survey_responses qualify row_number() over (
        partition by survey_id, wave, respondent_key, item_id, subject_id
        order by answered_at desc) = 1) r
    join (select survey_id, wave, max(closed_at) as closed_at from survey_waves
        where survey_kind = 'training_application' group by all) w using (survey_id, wave)
    where {IN.format("closed_at")} and value between scale_min and scale_max
    and value = floor(value) and value >= scale_max - 1 and 2 * value > scale_min + scale_max"""
DUTIES = "from work_items where due_at between $first and least($last::date, $known::date)"
MARKED = "from work_items where done_at between $first and $last and quality_score is not null"

AVERAGE = f"""select count(distinct (employee_id, day))::double
    / ($last::date - $first::date + 1) from {POST_DAYS} where {IN_PERIOD}"""
CAME = """attended and activity_kind in ('training', 'team_building', 'mentoring', 'focus_group',
    'volunteering')"""

SQL = {
    "headcount": f"""select count(*) from (select employee_id from {POSTS}
        group by 1 having {CLOSING})""",
    "employee_retention_rate": f"""select avg(stay::int) from (select {CLOSING} as stay
        from {POSTS} group by employee_id having {OPENING})""",
    "turnover_rate": ratio(
        f"""select count(distinct p.employee_id) from {POSTS} p
            where left_at = ended and left_at between $first and $last
            and coalesce(leave_reason, '') not in ('end_fixed_term', 'transfer')
            and not exists (select 1 from {POSTS} o where o.employee_id = p.employee_id
                and o.begun <= p.left_at + 1 and o.ended > p.left_at)""",
        AVERAGE,
    ),
    "voluntary_turnover_rate": ratio(
        f"""select count(distinct p.employee_id) from {POSTS} p
            where left_at = ended and left_at between $first and $last
            and leave_reason = 'resignation'
            and not exists (select 1 from {POSTS} o where o.employee_id = p.employee_id
                and o.begun <= p.left_at + 1 and o.ended > p.left_at)""",
        AVERAGE,
    ),
    "on_time_project_rate": f"""select avg(coalesce(done_at <= due_at, false)::int) {DUTIES}
        and kind = 'project'""",
    "objective_attainment_rate": f"""select avg(coalesce(case when direction = 'lower'
        then achieved <= target else achieved >= target end, false)::int) {DUTIES}
        and kind = 'objective' and target is not null""",
    "work_quality_score": f"select avg(quality_score) {MARKED}",
    "interview_completion_rate": f"""select avg((done_at is not null)::int) {DUTIES}
        and kind = 'interview'""",
    "absence_frequency": ratio(
        f"""select count(distinct absence_id) from absences a join {POSTS} p
            on a.employee_id = p.employee_id and start_date between begun and ended
            where start_date between $first and least($last::date, $known::date) and kind in
            ('sickness', 'work_accident', 'commuting_accident', 'occupational_disease',
            'unjustified')""",
        AVERAGE,
    ),
    "revenue_per_employee": ratio(
        """select sum(amount_ht) from orders where status = 'paid'
            and ordered_at >= $start and ordered_at < $stop""",
        f"""select sum(coalesce(fte, 1) * greatest(0, least(ended, $last::date)
            - greatest(begun, $first::date) + 1))::double / ($last::date - $first::date + 1)
            from {POSTS}""",
    ),
    "internal_applications": """select count(*) from applications
        where candidate_kind = 'internal' and applied_at between $first and $last""",
    "initiative_participation_rate": ratio(
        f"""select count(distinct person_key) from participations join {POSTS} p
            on person_key = employee_id and
            (activity_at at time zone 'Europe/Paris')::date between begun and ended
            where audience = 'employee' and {CAME} and {IN.format("activity_at")}
            and activity_at < $until""",
        AVERAGE,
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
    "attendance_rate": f"select sum(hours_attended)::double / sum(hours_planned) {CLOCKED}",
    "quiz_participation_rate": f"""select sum(coalesce(quizzes_answered, 0))::double
        / sum(quizzes_assigned) {ENROLLED} and quizzes_assigned > 0""",
    "learning_goal_attainment": f"""select avg(objective_met::int) {ENROLLED}
        and objective_met is not null""",
    "skill_application_rate": ratio(
        APPLYING, f"select sum(invited_n) {WAVES} and survey_kind = 'training_application'"
    ),
    "cost_per_participant": ratio(
        """select sum(amount_ht) from costs join trainings on scope_id = training_id
            where scope_kind = 'training' and started_at between $first and $last""",
        f"""select count(*) {STARTED} and training_id in (select scope_id from costs
            where scope_kind = 'training' and amount_ht is not null)""",
    ),
    "training_cost": """select coalesce(sum(amount_ht), 0) from costs where scope_kind = 'training'
        and incurred_at between $first and $last""",
}  # fmt: skip
