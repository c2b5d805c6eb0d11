"""Employees: who stays, who leaves, who is absent, and what they say of their work.

Every figure here describes people: below five in a group it is hidden, and so is whatever would
let a reader work it out.
"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Benchmark, Ratio
from kpilib.measure import SICK, Expression, Fields, Measure, belonging, count, distinct, total
from kpilib.methods.flow import flow_share
from kpilib.methods.survey import survey_index
from kpilib.methods.themes import feedback_themes
from kpilib.topics.opinions import (
    answered,
    asked_of,
    of_kind,
    people,
    recommended,
    response_rate,
)

FIXED = "end_fixed_term"
SURVEYS = ("enps", "engagement")
HEARD = response_rate(*SURVEYS)


def regular(t: Fields):
    """Permanent and fixed-term staff; interns and temporary workers are not in the headcount.

    Who has no kind of contract is staff, as everybody is where no column says it.
    """
    return t.contract_kind.fill_null("CDI").is_in(["CDI", "CDD"])


def last_day(t: Fields):
    """The state in which somebody left, and not one that a change of contract or team ended."""
    return (t.valid_to.is_null() | (t.valid_to >= t.left_at)).fill_null(False)


def separated(t: Fields):
    """A real exit: not a change of contract, the planned end of a fixed term, or a transfer."""
    return last_day(t) & ~t.leave_reason.is_in([FIXED, "transfer"]).fill_null(False)


def ended(t: Fields):
    """The planned end of a fixed term: no exit that anybody decided."""
    return last_day(t) & (t.leave_reason == FIXED).fill_null(False)


def resigned(t: Fields):
    """An exit that the person chose."""
    return separated(t) & (t.known("leave_reason") == "resignation").fill_null(False)


def unexplained(t: Fields):
    """An exit of which no reason was noted: it may have been a resignation."""
    return separated(t) & t.known("leave_reason").is_null()


def staff(kind: str, event: Expression | None = None) -> Measure:
    """Return those who work here, as in `kpilib.measure.belonging`."""
    return belonging(kind, "employees", "employee_id", regular, event=event)


PRESENT = staff("present")
FULL_TIME = belonging(
    "average", "employees", "employee_id", regular, value=lambda t: t.fte.fill_null(1.0)
)
EXITS = staff("exits", separated)
SPELLS = "absence_spells"


def unplanned(t: Fields):
    """An absence that nobody planned, of regular staff."""
    return regular(t) & t.kind.is_in(list(SICK)).fill_null(False)


KPIS = (
    kpi.stock(
        id="headcount",
        label="Headcount",
        question="How many people work here?",
        formula="Employees on permanent or fixed-term contracts on the last day of the period",
        better="neutral",
        who=staff,
        beside={"average": staff("average"), "full_time_equivalents": FULL_TIME},
        people=staff("closing"),
        reading="Closing = opening + entries - exits, in people: two contracts at once are one"
        " person, and by team a move is an exit of one and an entry of the other.",
        caveat="Someone whose last day is the last of the month is no longer in the closing.",
        rises="more people work here",
        falls="fewer people work here",
        headline=True,
        source="ISO 30414:2018, workforce size.",
    ),
    kpi.cohort_rate(
        id="employee_retention_rate",
        label="Employee retention rate",
        question="Do those who were here stay?",
        formula="Of those employed when the period opens, the share still employed when it closes",
        better="higher",
        numerator=staff("stayed"),
        denominator=staff("opening"),
        base="people",
        people=staff("opening"),
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
        numerator=EXITS,
        denominator=staff("average"),
        interval="poisson_rate",
        people=PRESENT,
        happened={"leave_reason": EXITS},
        beside={"fixed_term_ends": staff("exits", ended)},
        reading="For the period asked; a month is not a year and is not multiplied by twelve.",
        caveat="Headcount is averaged over every day: who left mid-month counts half. Whoever"
        " goes on by another contract, or in another team, has not left.",
        rises="more people leave",
        falls="fewer people leave",
        headline=True,
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
        rises="more work time is lost to absence",
        falls="less work time is lost to absence",
        headline=True,
        source="ANACT practice: sickness, accidents, occupational disease, unjustified absence.",
    ),
    recommended(
        "enps",
        id="enps",
        label="Employee Net Promoter Score (eNPS)",
        question="Would people recommend working here?",
        formula="100 x (answers 9-10 - answers 0-6) / valid answers 0-10",
        population=asked_of("enps"),
        beside={"response_rate": response_rate("enps")},
        protects="answers",
        reading="From -100 to +100; look at the interval before you look at the change.",
        caveat="Never compared with the score that customers give.",
        rises="more people recommend working here",
        falls="fewer people recommend working here",
        headline=True,
        source="Reichheld (2003); interval of Rocks (2016).",
    ),
    kpi.worked_out(
        id="engagement_survey_score",
        label="Engagement score",
        question="How engaged do people say they are?",
        formula="Mean over respondents (80 % of items answered) of their mean answer, 1 to 5",
        unit="score",
        better="higher",
        roll_up="R8",
        method=survey_index,
        needs={
            "survey_answers": "survey_id wave respondent_key item_id value scale_min"
            " scale_max answered_at survey_kind"
        },
        options={"survey_kind": "engagement"},
        parts=("dimension", "item_id"),
        cuts=("dimension",),
        base="people",
        people=people(of_kind("engagement")),
        beside={"response_rate": response_rate("engagement")},
        protects="answers",
        reading="Reversed items are turned round first; see also the share of answers 4 and 5. From"
        " a Cronbach's alpha of 0.7 on the items are one figure.",
        caveat="Below half of the staff answering, those who answer are not those who work here.",
        rises="people say that they are more engaged",
        falls="people say that they are less engaged",
        headline=True,
        source="Schaufeli, Bakker and Salanova (2006) for the mean of items; own items, 1 to 5.",
    ),
    kpi.rate(
        id="survey_response_rate",
        label="Survey response rate",
        question="How many people answered?",
        formula="Distinct respondents / people invited, waves closed in the period",
        better="higher",
        numerator=HEARD.numerator,
        denominator=HEARD.denominator,
        interval="none",
        people=distinct("wave_respondents", "respondent_key", of_kind(*SURVEYS)),
        reading="Below 50 %, read every score of the wave with caution.",
        caveat="A high rate with a low score is worth more than the reverse.",
        source="AAPOR, Standard Definitions: response rate 2 without partial answers.",
    ),
    answered(
        "awareness",
        lambda t: t.value == t.scale_max,
        id="info_awareness_rate",
        label="Awareness of an announcement",
        question="Do people know what they were told?",
        formula="Right answers to a recall question / valid answers",
        tier=2,
        population=asked_of("awareness"),
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
        numerator=staff("exits", resigned),
        denominator=staff("average"),
        interval="poisson_rate",
        people=EXITS,  # that somebody left is known to all, why is not
        protects="leaving",
        happened={"leave_reason": staff("exits", resigned)},
        beside={"excluded_without_reason": staff("exits", unexplained)},
        reading="The part of turnover that people decided: read it with turnover, for the same"
        " period.",
        caveat="An exit without a noted reason may be a resignation: such exits are counted apart"
        " and not in the rate.",
        source="ISO 30414:2018, voluntary turnover.",
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
        denominator=staff("average"),
        interval="poisson_rate",
        people=PRESENT,
        happened={"kind": distinct(SPELLS, "employee_id", unplanned)},
        protects="absence",
        beside={
            "people_absent": Ratio(distinct(SPELLS, "employee_id", unplanned), staff("average")),
        },
        reading="Many short absences and one long one are two things: read it with absenteeism."
        " The share of people who were absent at all stands beside it.",
        caveat="No score of single persons is made of it: that would be surveillance.",
        source="ACAS, frequency rate: absences / average number of staff.",
    ),
    kpi.worked_out(
        id="flow_share",
        label="Time in flow",
        question="How often does work absorb people?",
        formula="Mean over people of the share of their moments in which challenge and skill are"
        " both at their own mean or above",
        unit="rate",
        better="higher",
        roll_up="R8",
        tier=2,
        method=flow_share,
        needs={
            "flow_answers": "respondent_key item_id about sample value scale_min scale_max"
            " answered_at"
        },
        base="people",
        people=distinct("flow_answers", "respondent_key"),
        protects="answers",
        reading="Of people who told of ten moments or more; the mean of the Flow Short Scale"
        " stands beside where it was asked.",
        caveat="Everybody is held against themselves: two teams with the same share need not work"
        " on tasks of the same difficulty. Only what people say counts, never what they type.",
        source="Csikszentmihalyi and LeFevre (1989), four channels; Engeser and Rheinberg (2008),"
        " Flow Short Scale.",
    ),
    kpi.worked_out(
        id="feedback_themes",
        label="Themes of anonymous feedback",
        question="What do people here complain about?",
        formula="Negative texts of employees that mention the theme x its severity",
        unit="count",
        better="neutral",
        roll_up="R11",
        tier=2,
        method=feedback_themes,
        needs={"employee_texts": "ts source sentiment themes"},
        by="theme",
        people=count("employee_texts"),
        protects="answers",
        reading="The first of the list is the first to talk about; see its share of negative texts."
        " A theme of fewer than ten texts is not named.",
        caveat="Whoever is content writes less: these are themes to ask about, not a poll. Nobody"
        " should try to find out who wrote.",
        source="House rule, after the article this kit serves; intervals of shares by Wilson.",
    ),
)
