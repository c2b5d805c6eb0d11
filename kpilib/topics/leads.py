"""Leads: do visitors act, become prospects, then customers, and at what cost?"""

from __future__ import annotations

from kpilib.kpi import Kpi, Ratio, Total
from kpilib.measure import count, days_after, distinct, total

ACTIONS = ["cta_click", "download", "form_submit", "newsletter_signup"]
QUALIFIED_WITHIN_DAYS, WON_WITHIN_DAYS = 30, 90
FIRST_LEADS = count("first_leads")

KPIS = (
    Kpi(
        id="leads",
        label="New leads",
        question="How many prospects did we gain?",
        formula="People whose first lead record was created in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=FIRST_LEADS),
        interval="poisson",
        reading="People, not forms: someone who writes again is not a new lead.",
        caveat="A count without quality: read with the qualification rate.",
        source="House rule: the first record of each person; a returning person is not a new lead.",
    ),
    Kpi(
        id="visitor_to_lead_rate",
        label="Visit-to-lead rate",
        question="What share of the traffic becomes prospects?",
        formula="Sessions with at least one lead created / sessions",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=count("lead_sessions", lambda t: t.has_lead),
            denominator=count("lead_sessions"),
        ),
        interval="wilson",
        reading="The headline of inbound marketing: compare channels and campaigns by it.",
        caveat="A campaign that brings cheap visits lowers it without losing a single lead.",
        source="Google Analytics 4 help, 'Session key event rate'.",
    ),
    Kpi(
        id="action_rate",
        label="Action rate",
        question="What share of visitors does something we hope for?",
        formula="Visitors who clicked a call to action, downloaded, sent a form or signed up"
        " / visitors",
        unit="rate",
        better="higher",
        roll_up="R3",
        value=Ratio(
            numerator=distinct("web_events", "visitor_id", lambda t: t.event_name.is_in(ACTIONS)),
            denominator=distinct("sessions", "visitor_id"),
        ),
        interval="wilson",
        reading="People on both sides, so someone who acts ten times counts once.",
        caveat="Not additive: monthly rates cannot be averaged into a yearly one.",
        source="Google Analytics 4 help, 'User key event rate': actors over visitors, not the"
        " reverse.",
    ),
    Kpi(
        id="cta_click_rate",
        label="Call-to-action click rate",
        question="Which calls to action work best?",
        formula="Sessions that clicked the call to action / sessions that saw it",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=distinct("web_events", "session_id", lambda t: t.event_name == "cta_click"),
            denominator=distinct("web_events", "session_id", lambda t: t.event_name == "cta_view"),
        ),
        by="cta_id",
        interval="wilson",
        reading="Rank by the lower end of the interval, and only above 100 views.",
        caveat="3 clicks out of 10 views look better than 90 out of 400, and prove less.",
        source="Google Ads help, 'Clickthrough rate', by session; ranking by interval: Wilson"
        " (1927).",
    ),
    Kpi(
        id="content_downloads",
        label="Content downloads",
        question="Do visitors download our guides?",
        formula="Distinct pairs of visitor and document downloaded",
        unit="count",
        better="higher",
        roll_up="R3",
        value=Total(
            measure=distinct(
                "web_events", "visitor_id asset_id", lambda t: t.event_name == "download"
            )
        ),
        interval="poisson",
        reading="The same person with the same document counts once.",
        caveat="A download is interest in a subject, not yet in a training.",
        source="House rule: distinct pairs of visitor and document.",
    ),
    Kpi(
        id="qualified_leads",
        label="Qualified leads",
        question="How many prospects are worth a call?",
        formula="Leads qualified in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=count("leads", at="qualified_at")),
        interval="poisson",
        reading="Counted on the day of qualification, whenever the lead arrived.",
        caveat="A new scoring grid breaks the series: note the day it changed.",
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
            numerator=count(
                "leads",
                lambda t: t.qualified_at <= days_after(t.created_at, QUALIFIED_WITHIN_DAYS),
            ),
            denominator=count("leads"),
        ),
        interval="wilson",
        maturity_days=QUALIFIED_WITHIN_DAYS,
        reading="Follows the leads of one month for 30 days each.",
        caveat="The last month is immature until 30 days have passed: it can only rise.",
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
            denominator=count("leads"),
        ),
        interval="wilson",
        maturity_days=WON_WITHIN_DAYS,
        reading="Judge it on months that are at least 90 days old.",
        caveat="Wins of a month over leads of the same month mix cohorts and can pass 100 %.",
        source="House rule: the group created in the period, followed for 90 days.",
    ),
    Kpi(
        id="cost_per_lead",
        label="Cost per lead",
        question="What does a prospect cost?",
        formula="Campaign costs of the period / new leads of the period",
        unit="EUR_per_lead",
        better="lower",
        roll_up="R2",
        value=Ratio(
            numerator=total("costs", lambda t: t.amount_ht, lambda t: t.scope_kind == "campaign"),
            denominator=FIRST_LEADS,
        ),
        interval="poisson_inverse",
        reading="All campaign costs count, also those of campaigns that brought nobody.",
        caveat="Never the mean of months or campaigns: add the costs, add the leads, divide once.",
        source="Farris et al. (2010), Marketing Metrics: acquisition cost, applied to leads.",
    ),
)
