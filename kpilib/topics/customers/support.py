"""Customers: what they ask for, and how soon they are helped."""

from __future__ import annotations

from kpilib.definitions import Kpi, Method, Ratio, Share, Total
from kpilib.measure import belonging, count
from kpilib.topics.answers import (
    left_out,
    mean_answer,
    on_its_scale,
    people,
    response_rate,
    top_two_boxes,
)

TICKETS = "support_tickets"

COMPLAINTS = Ratio(
    numerator=count(TICKETS, lambda t: t.is_complaint.fill_null(False)),
    denominator=count(TICKETS, lambda t: ~t.is_complaint.is_null()),
    beside_interval="wilson",
)

KPIS = (
    Kpi(
        id="support_requests",
        label="Support requests",
        question="How often do customers ask for help?",
        formula="Requests opened in the period",
        unit="count",
        better="neutral",
        roll_up="R1",
        tier=2,
        value=Total(measure=count(TICKETS), unit_of_chance="customer_id"),
        beside={
            "per_active_customer": Ratio(
                numerator=count(TICKETS),
                denominator=belonging("closing", "customer_spans", "customer_id"),
            ),
            "complaint_share": COMPLAINTS,
        },
        interval="bootstrap",
        reading="More customers ask more: read it per active customer before you worry.",
        caveat="Fewer requests may mean fewer problems, or customers who have given up asking.",
        rises="more people ask for help",
        falls="fewer people ask for help",
        cuts=("kind",),
        source="House rule: a request counts on the day it is opened.",
    ),
    Kpi(
        id="median_resolution_time",
        label="Median resolution time",
        question="By when is half of the requests settled?",
        formula="Hours from opening within which half of the requests opened in the period are"
        " resolved, those still open included",
        unit="hours",
        better="lower",
        roll_up="R6",
        value=Method(name="median_resolution_time", needs={TICKETS: "opened_at resolved_at"}),
        interval="method",
        reading="One request in two is settled sooner. It is known as soon as half of them are"
        " resolved, and what stays open after that no longer moves it.",
        caveat="It says nothing of the slow half: read the share resolved beside it.",
        rises="people wait longer for help",
        falls="people wait less for help",
        headline=True,
        source="Kaplan and Meier (1958); interval by Brookmeyer and Crowley (1982).",
    ),
    Kpi(
        id="avg_resolution_time",
        label="Average resolution time",
        question="How soon are requests settled?",
        formula="Hours from opening to resolution / requests opened in the period and resolved",
        unit="hours",
        better="lower",
        roll_up="R6",
        tier=2,
        value=Method(name="resolution_time", needs={TICKETS: "opened_at resolved_at"}),
        interval="method",
        reading="Read it with the share resolved and the median, which counts those still open.",
        caveat="While requests stay open, the mean is too low: it knows only what is settled, and"
        " gets no verdict.",
        source="Kaplan and Meier (1958) for the median with open requests.",
    ),
    Kpi(
        id="support_satisfaction",
        label="Satisfaction with support",
        question="Are those who asked for help satisfied with it?",
        formula="Answers in the two highest boxes of the scale / valid answers about support",
        unit="rate",
        better="higher",
        roll_up="R8",
        tier=2,
        value=top_two_boxes("support"),
        beside={
            "mean": mean_answer("support"),
            "excluded_answers": left_out("support", on_its_scale("support")),
            "response_rate": response_rate("support"),
        },
        base="people",
        interval="wilson",
        people=people(on_its_scale("support")),
        reading="As customer satisfaction, among those who have just been helped.",
        caveat="Those whose request is still open have not been asked yet.",
        rises="those who were helped are more satisfied",
        falls="those who were helped are less satisfied",
        source="Delighted and Qualtrics usage: satisfied is one of the two highest boxes.",
    ),
    Kpi(
        id="request_mix",
        label="Kinds of requests",
        question="Do customers ask for help, or complain?",
        formula="Requests of a kind / all requests opened in the period",
        unit="rate",
        better="neutral",
        roll_up="R2",
        tier=2,
        value=Share(measure=count(TICKETS)),
        by="kind",
        beside={"complaint_share": COMPLAINTS},
        interval="wilson",
        reading="The kinds add up to 100 %; a growing share of complaints is the one to look at.",
        caveat="Who opens the ticket chooses its kind: a change of habit looks like a change.",
        source="House rule: the kind and the complaint mark of each ticket.",
    ),
)
