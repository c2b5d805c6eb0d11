"""From visitors to prospects: what people do on the site, and who leaves their name."""

from __future__ import annotations

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.measure import Fields, count, distinct

ACTIONS = ["cta_click", "download", "form_submit", "newsletter_signup"]
FIRST_LEADS = count("first_leads")


def has_lead(t: Fields):
    """At least one prospect left their name during the session."""
    return t.has_lead


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
        rises="more people become leads",
        falls="fewer people become leads",
        cuts=("channel",),
        headline=True,
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
            numerator=count("lead_sessions", has_lead),
            denominator=count("lead_sessions"),
        ),
        beside={
            "per_visitor": Ratio(
                numerator=distinct("lead_sessions", "visitor_id", has_lead),
                denominator=distinct("lead_sessions", "visitor_id"),
            ),
            # A channel that brought leads and no visit (a fair) has a row, which says so.
            "leads": count("leads"),
        },
        interval="wilson",
        reading="The headline of inbound marketing: compare channels and campaigns by it.",
        caveat="A campaign that brings cheap visits lowers it without losing a single lead.",
        rises="a larger share of visits becomes leads",
        falls="a smaller share of visits becomes leads",
        cuts=("channel", "campaign_id"),
        headline=True,
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
        rises="more visitors act",
        falls="fewer visitors act",
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
        ranked_from=100,
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
            ),
            unit_of_chance="visitor_id",
        ),
        interval="bootstrap",
        reading="The same person with the same document counts once.",
        caveat="A download is interest in a subject, not yet in a training.",
        rises="more guides are downloaded",
        falls="fewer guides are downloaded",
        cuts=("channel",),
        source="House rule: distinct pairs of visitor and document.",
    ),
    Kpi(
        id="contact_form_submissions",
        label="Forms submitted",
        question="Do visitors fill in our contact forms?",
        formula="Submissions of each form",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=count("web_events", lambda t: t.event_name == "form_submit"),
            unit_of_chance="visitor_id",
        ),
        beside={
            "completion_rate": Ratio(
                numerator=distinct(
                    "web_events", "session_id", lambda t: t.event_name == "form_submit"
                ),
                denominator=distinct(
                    "web_events", "session_id", lambda t: t.event_name == "form_start"
                ),
                beside_interval="wilson",
            )
        },
        by="form_id",
        interval="bootstrap",
        reading="Read with the completion rate: sessions that sent the form over those that began"
        " it.",
        caveat="Forms sent are not prospects: one person may send several, and robots do too.",
        source="Google Analytics 4 help, 'Enhanced measurement': form start and form submit.",
    ),
    Kpi(
        id="newsletter_signups",
        label="Newsletter sign-ups",
        question="Do visitors ask for our newsletter?",
        formula="Newsletter subscriptions that begin in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=count("memberships", lambda t: t.kind == "newsletter"),
            unit_of_chance="person_key",
        ),
        interval="bootstrap",
        reading="Read with those who leave: the list grows by the difference.",
        caveat="Where readers confirm by e-mail, a sign-up counts on the day it is confirmed.",
        rises="more visitors sign up for the newsletter",
        falls="fewer visitors sign up for the newsletter",
        source="House rule: one subscription, on its first day.",
    ),
)
