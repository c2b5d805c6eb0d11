"""What is done at work, and with whom: duties, revenue, applications, initiatives, ties.

Every figure here describes people: below five in a group it is hidden. Who writes to whom is asked
of a company that states what for and on which conditions (company.yaml, ``network``), and withheld
from every other one.
"""

from __future__ import annotations

from typing import Any

from kpilib import definitions as kpi
from kpilib.definitions import Kpi, Ratio
from kpilib.measure import Expression, Fields, belonging, count, distinct, total
from kpilib.methods.network import network_concentration, network_density, network_isolation
from kpilib.topics.customers import REVENUE
from kpilib.topics.employees import FULL_TIME, PRESENT, regular, staff

HOUSE_RULE = "House rule, after the article this kit serves."
DUE = "due_items"
ACTIVITIES, APPLICATIONS = "staff_activities", "applications"
INITIATIVES = ["training", "team_building", "mentoring", "focus_group", "volunteering"]


def initiative(t: Fields):
    """Something that regular staff may take part in and need not."""
    offered = t.activity_kind.is_in(INITIATIVES).fill_null(False) & ~t.is_compulsory
    return regular(t) & offered & (t.known("audience") == "employee").fill_null(False)


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
    return met.fill_null(False)


EXCHANGED = {
    "messages": "message_id sent_at sender_key recipient_key recipients_n is_bot",
    "employees": "employee_id hired_at left_at valid_from valid_to team",
}
EMPLOYED = belonging("closing", "employees", "employee_id")
TIE = (
    "A tie is three messages each way in the period, between people who were present; what goes to"
    " more than 20 people at once and what bots write makes none."
)


def of_network(**declared: Any) -> Kpi:
    """Declare what the network of those who write to each other tells of the staff."""
    usual = {"unit": "rate", "tier": 2, "base": "people", "people": EMPLOYED, "protects": "ties"}
    read = {"needs": EXCHANGED, "wants": {"absences": "employee_id start_date end_date"}}
    return kpi.worked_out(**usual | read | declared)


def of_duties(due: Expression, done: Expression, **declared: Any) -> Kpi:
    """Declare which part of the duties that were due was done as promised."""
    usual = {"better": "higher", "tier": 2, "protects": "performance", "source": HOUSE_RULE}
    return kpi.rate(
        numerator=count(DUE, lambda t: due(t) & done(t)),
        denominator=count(DUE, due),
        people=distinct(DUE, "owner_key", due),  # fewer than five are never told apart
        **usual | declared,
    )


KPIS = (
    # Duties and how well they are done, revenue, applications and initiatives.
    of_duties(
        id="on_time_project_rate",
        label="Projects on time",
        question="Are projects done when they were promised?",
        formula="Projects done on or before the day first promised / projects due in the period",
        due=duty("project"),
        done=lambda t: (t.done_at <= t.due_at).fill_null(False),
        reading="By the day on which they were due: a project that is not done yet counts as late."
        " Read it with the quality of work.",
        caveat="A day that was put off is no new promise: keep the first one in the table.",
    ),
    of_duties(
        id="objective_attainment_rate",
        label="Objective attainment",
        question="Are objectives reached when they are due?",
        formula="Objectives due in the period that reached their target / objectives due",
        due=aimed,
        done=attained,
        beside={
            "excluded_without_target": count(
                DUE, lambda t: duty("objective")(t) & t.target.is_null()
            ),
        },
        reading="Each objective has its own direction; one that was not measured was not reached.",
        caveat="Objectives that were set low are reached by all: look at the targets, too.",
    ),
    kpi.ratio(
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
        numerator=total("work_items", lambda t: t.quality_score, marked, at="done_at"),
        denominator=count("work_items", marked, at="done_at"),
        unit_of_chance="owner_key",  # the marks of one person's work are alike
        interval="student",
        scale=(1.0, 5.0),
        people=distinct("work_items", "owner_key", marked, at="done_at"),
        protects="performance",
        reading="More work done less well is no success: read it with projects on time.",
        caveat="Marks of several judges compare only where they share a grid.",
        source=HOUSE_RULE,
    ),
    of_duties(
        id="interview_completion_rate",
        label="Interviews held",
        question="Do the promised one-to-one interviews take place?",
        formula="Interviews held / interviews due in the period",
        due=duty("interview"),
        done=lambda t: ~t.done_at.is_null(),
        reading="One that was held late was held; one that is still to be held is not.",
        caveat="Says that they took place, never what was said.",
    ),
    kpi.ratio(
        id="revenue_per_employee",
        label="Revenue per employee",
        question="How much does the house sell for each full-time post?",
        formula="Revenue of the period / average full-time equivalents of its days",
        unit="EUR",
        better="higher",
        numerator=REVENUE,
        denominator=FULL_TIME,
        people=PRESENT,
        reading="Of the period asked: a month is not a twelfth of a year where sales have seasons.",
        caveat="Productivity that rises while the quality of work falls is no success: read it"
        " with work quality and with the engagement score.",
        source="ISO 30414:2018, productivity: revenue per full-time equivalent.",
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
        protects="leaving",
        beside={
            "applications_per_vacancy": Ratio(
                count(APPLICATIONS, from_inside),
                count("work_items", duty("vacancy"), at="opened_at"),
            ),
            "applicant_rate": Ratio(APPLICANTS, staff("average")),
        },
        reading="Beside it: for each vacancy opened, those without an applicant included, and the"
        " share of the staff who applied.",
        caveat="Many applications can also mean that people want to leave their team: read them"
        " with turnover.",
        source=HOUSE_RULE,
    ),
    kpi.rate(
        id="initiative_participation_rate",
        label="Participation in initiatives",
        question="Do people take part in what is offered to them?",
        formula="Employees who came to at least one activity / average daily headcount",
        better="higher",
        roll_up="R3",
        numerator=distinct(ACTIVITIES, "person_key", came),
        denominator=staff("average"),
        people=PRESENT,
        happened={"activity_kind": distinct(ACTIVITIES, "person_key", came)},
        beside={
            "attended_of_invited": Ratio(
                count(ACTIVITIES, lambda t: asked(t) & came(t)), count(ACTIVITIES, asked)
            ),
        },
        reading="Trainings, team building, mentoring, focus groups, volunteering: whoever comes"
        " three times is one person.",
        caveat="What people have to attend is left out: it says nothing of their engagement.",
        source=HOUSE_RULE,
    ),
    # Who writes to whom: who is cut off, on whom the exchange rests, how dense it is.
    of_network(
        id="network_isolation_rate",
        label="Isolated people",
        question="Who is cut off?",
        formula="Staff present without a tie / staff present; a tie is three messages each way",
        better="lower",
        roll_up="R3",
        method=network_isolation,
        by="team",
        interval="wilson",
        reading=TIE,
        caveat="Written messages alone: who speaks with the others at the next desk looks isolated."
        " It starts a conversation with a team, never one about a person.",
        source="Degree 0 in the network of mutual ties; thresholds are a house rule.",
    ),
    of_network(
        id="network_hubs",
        label="Concentration on hubs",
        question="On how few people does the exchange rest?",
        formula="Shortest paths between two others that lead past the foremost 5 % / past anybody",
        better="neutral",
        roll_up="R9",
        method=network_concentration,
        interval="none",
        reading="The higher, the more breaks when a few people are away. Above 500 people it is"
        " estimated from the paths of 150 of them.",
        caveat="A hub connects others (betweenness) and is not whoever writes most (degree), nor"
        " whoever is close to the well connected (eigenvector).",
        source="Freeman (1977), betweenness; Krackhardt (1990) for a network where the three part.",
    ),
    of_network(
        id="network_density",
        label="Network density",
        question="How closely do people work together?",
        formula="Ties / possible ties between the staff present, or within each team",
        better="higher",
        roll_up="R9",
        method=network_density,
        interval="none",
        reading="Beside it stand the share of ties that lead to another team, and the part that"
        " comes back of what is written often.",
        caveat="It falls as a group grows: compare groups of one size, or the mean number of ties.",
        source="Wasserman and Faust (1994), Social Network Analysis.",
    ),
)
