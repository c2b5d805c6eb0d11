"""Those who work here, what they learn, and what the company wants to reach."""

from __future__ import annotations

from kpilib.tables.contract import table

MODES = (
    "from_to", "relative", "points", "absolute", "count", "maintain", "per_period_compound",
    "binary",
)  # fmt: skip

TABLES = (
    table(
        "employees",
        "one state of one employee",
        """
        employee_id key personal; valid_from date describes absent=;
        valid_to date describes absent=; hired_at date describes; left_at date describes;
        leave_reason enum(resignation, dismissal, retirement, end_fixed_term, death, transfer)
            describes absent=;
        contract_kind enum(CDI, CDD, intern, temp) describes absent=CDI;
        fte float describes min=0 max=1 absent=1; weekly_hours hours describes;
        team key describes; manager_id key personal describes
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
        "work_items",
        "one dated duty",
        """
        item_id key describes; kind enum(project, objective, interview, vacancy);
        owner_key key personal; team key describes; opened_at date; due_at date;
        done_at date later; target float describes; achieved float describes;
        direction enum(higher, lower) absent=higher; quality_score float describes min=1 max=5
        """,
        key="item_id",
        time="due_at",
        planned=True,
    ),
    table(
        "applications",
        "one candidate x vacancy",
        """
        application_id key; item_id key; applied_at date; candidate_kind enum(internal, external);
        employee_id key personal; outcome enum(hired, refused, withdrawn) describes
        """,
        key="application_id",
        time="applied_at",
        links={"item_id": "work_items"},
    ),
    table(
        "messages",
        "one message between colleagues x one recipient, never what was written",
        """
        message_id key; sent_at ts; sender_key key personal; recipient_key key personal;
        channel text absent=; recipients_n int min=1 absent=; is_bot bool absent=false
        """,
        key="message_id recipient_key",
        time="sent_at",
    ),
    table(
        "trainings",
        "one session of a training",
        """
        training_id key; title text; topic text;
        method enum(presentiel, en_ligne, blended, micro_learning, adaptive); started_at date;
        ended_at date; duration_h float min=0; version text; objective_id key; target_kpi_id key;
        is_gamified bool; is_tutored bool absent=;
        assignment enum(random, matched, self) absent=
        """,
        key="training_id",
        time="started_at",
        planned=True,
    ),
    table(
        "training_participants",
        "one person x training",
        """
        training_id key; person_key key personal;
        arm enum(treated, control) describes absent=treated; team key describes;
        hours_planned float describes min=0; hours_attended float describes min=0;
        completed_at date describes later; objective_met bool describes;
        objective_exceeded bool describes; named_ok bool describes;
        quizzes_assigned int describes min=0; quizzes_answered int describes min=0
        """,
        key="training_id person_key",
        links={"training_id": "trainings"},
    ),
    table(
        "kpi_measurements",
        "one subject x KPI x window",
        """
        subject_key key personal; team key describes; training_id key; kpi_id key;
        period_start date; period_end date; phase enum(before, during, after);
        value float describes; numerator float describes; denominator float describes;
        max_value float absent=; unit_value_eur EUR; source text
        """,
        key="subject_key training_id kpi_id period_start phase",
        time="period_end",
        links={"training_id": "trainings"},
    ),
    table(
        "effect_estimates",
        "what one person says a training gained for a participant",
        """
        training_id key; person_key key personal;
        estimated_by enum(participant, manager) describes absent=participant;
        answered_at date describes; gain_eur EUR describes; share float describes min=0 max=1;
        confidence float describes min=0 max=1
        """,
        key="training_id person_key estimated_by",
        time="answered_at",
        links={"training_id": "trainings"},
    ),
    table(
        "objectives",
        "one objective",
        """
        objective_id key; parent_id key absent=; type key absent=;
        kind enum(malin, okr, training) absent=malin;
        status enum(official, secondary, hidden) absent=official;
        statement text absent=; owner text absent=; start date absent=; end date absent=
        """,
        key="objective_id",
        time="start",
        planned=True,
    ),
    table(
        "key_results",
        "one key result of an objective",
        f"""
        kr_id key; objective_id key absent=; kpi_id key absent=; slice text absent=;
        mode enum({", ".join(MODES)}) absent=from_to; baseline float absent=; target float;
        unit text absent=; direction enum(higher, lower) absent=; weight float min=0 absent=1;
        is_headline bool absent=; thresholds list absent=; start date absent=; end date absent=
        """,
        key="kr_id",
        time="start",
        planned=True,
        links={"objective_id": "objectives"},
    ),
    table(
        "checkins",
        "one key result on one day",
        """
        kr_id key; date date; value float; value_low float absent=; value_high float absent=;
        expected float absent=; is_provisional bool absent=; confidence float min=0 max=1 absent=;
        author text absent=; comment text absent=; decision text absent=;
        kind enum(checkin, note, incident, revision) absent=checkin
        """,
        key="kr_id date kind",
        time="date",
        planned=True,
        links={"kr_id": "key_results"},
    ),
)  # fmt: skip
