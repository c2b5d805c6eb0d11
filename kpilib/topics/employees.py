"""Employees: who stays, who leaves, who is absent, and what they say of their work.

Every figure here describes people: below five in a group it is hidden, and so is whatever would
let a reader work it out.
"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Benchmark, Kpi, Method, Ratio
from kpilib.measure import SICK, Expression, Fields, Measure, belonging, count, distinct, total
from kpilib.topics.opinions import (
    ANSWERS,
    by_person,
    net_promoters,
    of_kind,
    on_its_scale,
    people,
    recommends,
    response_rate,
)

SURVEYS = ["enps", "engagement"]
recalled = on_its_scale("awareness")  # a valid answer to a recall question
RESPONDENTS = distinct("wave_respondents", "respondent_key", lambda t: t.survey_kind.is_in(SURVEYS))


def regular(t: Fields):
    """Permanent and fixed-term staff; interns and temporary workers are not in the headcount."""
    return t.contract_kind.is_in(["CDI", "CDD"])


def separated(t: Fields):
    """A real exit: not a change of contract, the planned end of a fixed term, or a transfer."""
    left = (t.valid_to.is_null() | (t.valid_to >= t.left_at)).fill_null(False)
    return left & ~t.leave_reason.is_in(["end_fixed_term", "transfer"]).fill_null(False)


def resigned(t: Fields):
    """An exit that the person chose."""
    return separated(t) & (t.leave_reason == "resignation").fill_null(False)


def unexplained(t: Fields):
    """An exit of which no reason was noted: it may have been a resignation."""
    return separated(t) & t.leave_reason.is_null()


def _staff(kind: str, event=None):
    return belonging(kind, "employees", "employee_id", regular, event=event)


PRESENT = _staff("present")
DUE = "due_items"
SPELLS, ACTIVITIES, APPLICATIONS = "absence_spells", "staff_activities", "applications"
INITIATIVES = ["training", "team_building", "mentoring", "focus_group", "volunteering"]


def unplanned(t: Fields):
    """An absence that nobody planned, of regular staff."""
    return regular(t) & t.kind.is_in(list(SICK)).fill_null(False)


def initiative(t: Fields):
    """Something that regular staff may take part in and need not."""
    return regular(t) & t.activity_kind.is_in(INITIATIVES).fill_null(False) & ~t.is_compulsory


def came(t: Fields):
    """Somebody who was there."""
    return initiative(t) & t.attended.fill_null(False)


def asked(t: Fields):
    """Somebody who was invited."""
    return initiative(t) & t.invited.fill_null(False)


def from_inside(t: Fields):
    """An application of somebody who works here."""
    return (t.candidate_kind == "internal").fill_null(False)


APPLICANTS = distinct(APPLICATIONS, "employee_id", from_inside)


def duty(kind: str) -> Expression:
    """A duty of a kind, for `DUE`."""
    return lambda t: (t.kind == kind).fill_null(False)


def owners(kind: str) -> Measure:
    """Those whose duties were due: fewer than five are never told apart."""
    return distinct(DUE, "owner_key", duty(kind))


def marked(t: Fields):
    """A duty whose quality was marked."""
    return ~t.quality_score.is_null()


def aimed(t: Fields):
    """An objective with a target: without one nobody can say whether it was met."""
    return duty("objective")(t) & ~t.target.is_null()


def attained(t: Fields):
    """An objective whose target was met, on the side where it is better."""
    below = (t.direction == "lower").fill_null(False)
    met = (below & (t.achieved <= t.target)) | (~below & (t.achieved >= t.target))
    return aimed(t) & met.fill_null(False)


KPIS = (
    kpi.stock(
        id="headcount",
        label="Headcount",
        question="How many people work here?",
        formula="Employees on permanent or fixed-term contracts on the last day of the period",
        better="neutral",
        who=_staff,
        beside={"average": _staff("average")},
        people=_staff("closing"),
        reading="Closing = opening + entries - exits, in people: two contracts at once are one"
        " person, and by team a move is an exit of one and an entry of the other.",
        caveat="Someone whose last day is the last of the month is no longer in the closing.",
        source="ISO 30414:2018, workforce size.",
    ),
    kpi.cohort_rate(
        id="employee_retention_rate",
        label="Employee retention rate",
        question="Do those who were here stay?",
        formula="Of those employed when the period opens, the share still employed when it closes",
        better="higher",
        numerator=_staff("stayed"),
        denominator=_staff("opening"),
        base="people",
        people=_staff("opening"),
        reading="Follows one group from start to end; newcomers are not in it.",
        caveat="Not one minus turnover: newcomers who leave count in turnover only.",
        source="ISO/TS 30421:2021, turnover and retention metrics.",
        benchmark=Benchmark("92 % a year, for an IT services firm.", ARTICLES),
    ),
    kpi.rate(
        id="turnover_rate",
        label="Turnover rate",
        question="How many people leave?",
        formula="Exits, without ends of fixed terms / average daily headcount",
        better="lower",
        numerator=_staff("exits", separated),
        denominator=_staff("average"),
        interval="poisson_rate",
        people=PRESENT,
        reading="For the period asked; a month is not a year and is not multiplied by twelve.",
        caveat="Headcount is averaged over every day: who left mid-month counts half. Whoever"
        " goes on by another contract, or in another team, has not left.",
        source="ISO 30414:2018, turnover rate.",
        benchmark=Benchmark("15 % a year is costly.", ARTICLES),
    ),
    kpi.rate(
        id="absenteeism_rate",
        label="Absenteeism rate",
        question="How much work time is lost to absence?",
        formula="Hours absent (sickness, accident, unjustified) on scheduled hours"
        " / scheduled hours without paid leave",
        better="lower",
        numerator=total("employee_days", lambda t: t.anact_hours, regular),
        denominator=total("employee_days", lambda t: t.present_hours, regular),
        unit_of_chance="employee_id",
        scale=(0, 1),
        beside={
            "bilan_social_scope": Ratio(
                total("employee_days", lambda t: t.bilan_social_hours, regular),
                total("employee_days", lambda t: t.present_hours, regular),
            ),
            "seed_scope": Ratio(
                total("employee_days", lambda t: t.seed_hours, regular),
                total("employee_days", lambda t: t.scheduled_hours, regular),
            ),
        },
        people=distinct("employee_days", "employee_id", regular),
        protects="absence",
        reading="Counts scheduled hours only: a weekend or a public holiday adds nothing. Hours"
        " of an absence are spread over its own scheduled days, then cut at the period.",
        caveat="There is no legal definition: never compare with a figure of another scope."
        " Sickness within paid leave is sickness: its hours are due, and lost.",
        source="ANACT practice: sickness, accidents, occupational disease, unjustified absence.",
    ),
    Kpi(
        id="enps",
        label="Employee Net Promoter Score (eNPS)",
        question="Would people recommend working here?",
        formula="100 x (answers 9-10 - answers 0-6) / valid answers 0-10",
        unit="points",
        better="higher",
        roll_up="R8",
        value=net_promoters(
            "enps",
            population=total(
                "survey_waves", lambda t: t.population_n, lambda t: t.survey_kind == "enps"
            ),
        ),
        base="people",
        interval="net_score",
        people=people(recommends("enps")),
        protects="answers",
        reading="From -100 to +100; look at the interval before you look at the change.",
        caveat="Never compared with the score that customers give.",
        source="Reichheld (2003); interval of Rocks (2016).",
    ),
    Kpi(
        id="engagement_survey_score",
        label="Engagement score",
        question="How engaged do people say they are?",
        formula="Mean over respondents (80 % of items answered) of their mean answer, 1 to 5",
        unit="score",
        better="higher",
        roll_up="R8",
        value=Method(
            name="survey_index",
            needs={
                "survey_answers": "survey_id wave respondent_key item_id value scale_min"
                " scale_max answered_at survey_kind"
            },
            options={"survey_kind": "engagement"},
        ),
        base="people",
        interval="method",
        people=people(of_kind("engagement")),
        protects="answers",
        reading="Reversed items are turned round first; see also the share of answers 4 and 5.",
        caveat="Below half of the staff answering, those who answer are not those who work here.",
        source="Schaufeli, Bakker and Salanova (2006) for the mean of items; own items, 1 to 5.",
    ),
    kpi.rate(
        id="survey_response_rate",
        label="Survey response rate",
        question="How many people answered?",
        formula="Distinct respondents / people invited, waves closed in the period",
        better="higher",
        numerator=distinct(
            "wave_respondents",
            "survey_id wave respondent_key",
            lambda t: t.survey_kind.is_in(SURVEYS),
        ),
        denominator=total(
            "survey_waves", lambda t: t.invited_n, lambda t: t.survey_kind.is_in(SURVEYS)
        ),
        interval="none",
        people=RESPONDENTS,
        reading="Below 50 %, read every score of the wave with caution.",
        caveat="A high rate with a low score is worth more than the reverse.",
        source="AAPOR, Standard Definitions: response rate 2 without partial answers.",
    ),
    Kpi(
        id="info_awareness_rate",
        label="Awareness of an announcement",
        question="Do people know what they were told?",
        formula="Right answers to a recall question / valid answers",
        unit="rate",
        better="higher",
        roll_up="R8",
        tier=2,
        value=Ratio(
            count(ANSWERS, lambda t: recalled(t) & (t.value == t.scale_max)),
            count(ANSWERS, recalled),
            scales=distinct(ANSWERS, "scale_min scale_max", recalled),
            **by_person(recalled),
        ),
        base="people",
        interval="wilson",
        people=people(of_kind("awareness")),
        protects="answers",
        beside={"response_rate": response_rate("awareness")},
        reading="An answer is right when it has the highest mark of its question: 1 of 0 to 1.",
        caveat="Reads and opens are exposure: they do not say that anybody knows.",
        source="Own definition: correct recall in a short question asked after the announcement.",
    ),
    # Below: in the closed table of the page, after what its strip shows.
    kpi.rate(
        id="voluntary_turnover_rate",
        label="Voluntary turnover",
        question="How many people choose to leave?",
        formula="Resignations / average daily headcount",
        better="lower",
        tier=2,
        numerator=_staff("exits", resigned),
        denominator=_staff("average"),
        interval="poisson_rate",
        people=PRESENT,
        beside={"excluded_without_reason": _staff("exits", unexplained)},
        reading="The part of turnover that people decided: read it with turnover, for the same"
        " period.",
        caveat="An exit without a noted reason may be a resignation: such exits are counted apart"
        " and not in the rate.",
        source="ISO 30414:2018, voluntary turnover.",
    ),
    kpi.rate(
        id="on_time_project_rate",
        label="Projects on time",
        question="Are projects done when they were promised?",
        formula="Projects done on or before the day first promised / projects due in the period",
        better="higher",
        tier=2,
        numerator=count(
            DUE, lambda t: duty("project")(t) & (t.done_at <= t.due_at).fill_null(False)
        ),
        denominator=count(DUE, duty("project")),
        people=owners("project"),
        protects="performance",
        reading="By the day on which they were due: a project that is not done yet counts as late."
        " Read it with the quality of work.",
        caveat="A day that was put off is no new promise: keep the first one in the table.",
        source="House rule, after the article this kit serves.",
    ),
    kpi.rate(
        id="objective_attainment_rate",
        label="Objective attainment",
        question="Are objectives reached when they are due?",
        formula="Objectives due in the period that reached their target / objectives due",
        better="higher",
        tier=2,
        numerator=count(DUE, attained),
        denominator=count(DUE, aimed),
        people=distinct(DUE, "owner_key", aimed),
        protects="performance",
        beside={
            "excluded_without_target": count(
                DUE, lambda t: duty("objective")(t) & t.target.is_null()
            ),
        },
        reading="Each objective has its own direction; one that was not measured was not reached.",
        caveat="Objectives that were set low are reached by all: look at the targets, too.",
        source="House rule, after the article this kit serves.",
    ),
    Kpi(
        id="work_quality_score",
        label="Work quality",
        question="Is the work done well?",
        formula="Mean quality mark, 1 to 5, of what was done in the period and marked",
        unit="score",
        better="higher",
        roll_up="R6",
        tier=2,
        # None of both stands beside the other: fewer people may have had their work marked than
        # had projects due.
        value=Ratio(
            total("work_items", lambda t: t.quality_score, marked, at="done_at"),
            count("work_items", marked, at="done_at"),
            unit_of_chance="owner_key",
        ),
        interval="bootstrap",
        people=distinct("work_items", "owner_key", marked, at="done_at"),
        protects="performance",
        reading="More work done less well is no success: read it with projects on time.",
        caveat="Marks of several judges compare only where they share a grid.",
        source="House rule, after the article this kit serves.",
    ),
    kpi.rate(
        id="interview_completion_rate",
        label="Interviews held",
        question="Do the promised one-to-one interviews take place?",
        formula="Interviews held / interviews due in the period",
        better="higher",
        tier=2,
        numerator=count(DUE, lambda t: duty("interview")(t) & ~t.done_at.is_null()),
        denominator=count(DUE, duty("interview")),
        people=owners("interview"),
        protects="performance",
        reading="One that was held late was held; one that is still to be held is not.",
        caveat="Says that they took place, never what was said.",
        source="House rule, after the article this kit serves.",
    ),
    kpi.rate(
        id="absence_frequency",
        label="Absence frequency",
        question="How often are people absent, however long?",
        formula="Absences (sickness, accident, unjustified) that begin in the period"
        " / average daily headcount",
        better="lower",
        tier=3,
        numerator=distinct(SPELLS, "absence_id", unplanned),
        denominator=_staff("average"),
        interval="poisson_rate",
        people=PRESENT,
        protects="absence",
        beside={
            "people_absent": Ratio(distinct(SPELLS, "employee_id", unplanned), _staff("average")),
        },
        reading="Many short absences and one long one are two things: read it with absenteeism."
        " The share of people who were absent at all stands beside it.",
        caveat="No score of single persons is made of it: that would be surveillance.",
        source="ACAS, frequency rate: absences / average number of staff.",
    ),
    kpi.count(
        id="internal_applications",
        label="Internal applications",
        question="Do people look for their next post here?",
        formula="Applications of employees to vacancies, by the day they applied",
        better="higher",
        measure=count(APPLICATIONS, from_inside),
        interval="poisson",
        people=APPLICANTS,
        beside={
            "applications_per_vacancy": Ratio(
                count(APPLICATIONS, from_inside),
                count("work_items", duty("vacancy"), at="opened_at"),
            ),
            "applicant_rate": Ratio(APPLICANTS, _staff("average")),
        },
        reading="Beside it: for each vacancy opened, those without an applicant included, and the"
        " share of the staff who applied.",
        caveat="Many applications can also mean that people want to leave their team: read them"
        " with turnover.",
        source="House rule, after the article this kit serves.",
    ),
    kpi.rate(
        id="initiative_participation_rate",
        label="Participation in initiatives",
        question="Do people take part in what is offered to them?",
        formula="Employees who came to at least one activity / average daily headcount",
        better="higher",
        roll_up="R3",
        numerator=distinct(ACTIVITIES, "person_key", came),
        denominator=_staff("average"),
        people=PRESENT,
        beside={
            "attended_of_invited": Ratio(
                count(ACTIVITIES, lambda t: asked(t) & came(t)), count(ACTIVITIES, asked)
            ),
        },
        reading="Trainings, team building, mentoring, focus groups, volunteering: whoever comes"
        " three times is one person.",
        caveat="What people have to attend is left out: it says nothing of their engagement.",
        source="House rule, after the article this kit serves.",
    ),
)
