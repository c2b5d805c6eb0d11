"""From prospects to customers: who is worth a call, who meets us, who buys?"""

from __future__ import annotations

from kpilib.definitions import Kpi, Method, Ratio, Total
from kpilib.measure import Fields, count, days_after

QUALIFIED_WITHIN_DAYS, WON_WITHIN_DAYS = 30, 90
LEADS = count("leads")


def qualified(t: Fields):
    """Later than 30 days after creation no longer counts, so that months compare."""
    return t.qualified_at <= days_after(t.created_at, QUALIFIED_WITHIN_DAYS)


def by_form(t: Fields):
    """The person filled in a form."""
    return (t.form_id != "").fill_null(False)


KPIS = (
    Kpi(
        id="qualified_form_submissions",
        label="Qualified forms",
        question="How many forms come from people who may become customers?",
        formula="Leads created by a form in the period and qualified within 30 days",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=count("leads", lambda t: by_form(t) & qualified(t)),
            unit_of_chance="person_key",
        ),
        interval="bootstrap",
        maturity_days=QUALIFIED_WITHIN_DAYS,
        reading="Counted on the day of the form; the last month can only rise.",
        caveat="Who qualifies, and how strictly, is in it: note the day the rule changed.",
        rises="more forms qualify",
        falls="fewer forms qualify",
        cuts=("channel", "form_id"),
        headline=True,
        source="House rule, after the article this kit serves: qualified forms, not forms.",
    ),
    Kpi(
        id="qualified_leads",
        label="Qualified leads",
        question="How many prospects are worth a call?",
        formula="Leads qualified in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=count("leads", at="qualified_at"), unit_of_chance="person_key"),
        interval="bootstrap",
        reading="Counted on the day of qualification, whenever the lead arrived.",
        caveat="A new scoring grid breaks the series: note the day it changed.",
        rises="more leads qualify",
        falls="fewer leads qualify",
        cuts=("channel",),
        source="House rule: marketing-qualified leads; the thresholds are the company's own.",
    ),
    Kpi(
        id="lead_qualification_rate",
        label="Lead qualification rate",
        question="Does the traffic bring people who may become customers?",
        formula="Leads qualified within 30 days of creation / leads created in the period",
        unit="rate",
        better="higher",
        roll_up="R7",
        value=Ratio(
            numerator=count("leads", qualified),
            denominator=LEADS,
        ),
        interval="wilson",
        maturity_days=QUALIFIED_WITHIN_DAYS,
        reading="Follows the leads of one month for 30 days each.",
        caveat="The last month is immature until 30 days have passed: it can only rise.",
        rises="a larger share of leads qualifies",
        falls="a smaller share of leads qualifies",
        cuts=("channel",),
        source="House rule: the group created in the period, followed for 30 days.",
    ),
    Kpi(
        id="lead_to_customer_rate",
        label="Lead-to-customer rate",
        question="What share of prospects becomes customers?",
        formula="Leads won within 90 days of creation / leads created in the period",
        unit="rate",
        better="higher",
        roll_up="R7",
        value=Ratio(
            numerator=count(
                "leads",
                lambda t: t.won_at <= days_after(t.created_at, WON_WITHIN_DAYS),
            ),
            denominator=LEADS,
        ),
        beside={
            "period_win_ratio": Ratio(numerator=count("leads", at="won_at"), denominator=LEADS)
        },
        interval="wilson",
        maturity_days=WON_WITHIN_DAYS,
        reading="Judge it on months that are at least 90 days old.",
        caveat="The wins of a month over its leads mix cohorts and can pass 100 %: that ratio"
        " stands beside (period_win_ratio) and is never this rate.",
        rises="more leads buy",
        falls="fewer leads buy",
        cuts=("channel",),
        headline=True,
        source="House rule: the group created in the period, followed for 90 days.",
    ),
    Kpi(
        id="meetings_booked",
        label="Meetings booked",
        question="How many prospects meet us?",
        formula="Leads whose meeting falls in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(measure=count("leads", at="meeting_at"), unit_of_chance="person_key"),
        interval="bootstrap",
        reading="Counted on the day of the meeting, whenever the lead arrived.",
        caveat="A meeting booked is not a meeting held: those who do not come are in it.",
        rises="more leads meet us",
        falls="fewer leads meet us",
        cuts=("channel",),
        source="House rule: one meeting a lead, on its day.",
    ),
    Kpi(
        id="lead_score",
        label="Lead score",
        question="How promising are the prospects we gain?",
        formula="Median of fit + engagement, in points, over the leads created in the period",
        unit="pt",
        better="higher",
        roll_up="R11",
        tier=2,
        value=Method(
            name="score_distribution",
            needs={"leads": "created_at fit_score engagement_score"},
        ),
        reading="The lead in the middle; quartiles and deciles stand beside. Once a year, check"
        " that the share won rises from one tenth of the scores to the next.",
        caveat="Another version of the scoring grid makes another series: never compare across it.",
        source="House rule: the points of the company's scoring grid, with its version.",
    ),
)
