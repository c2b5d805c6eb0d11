"""Leads: do visitors act, become prospects, then customers, and at what cost?"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Ratio
from kpilib.measure import Fields, count, days_after, distinct, total
from kpilib.methods.scoring import WON_WITHIN_DAYS, score_distribution

ACTIONS = ["cta_click", "download", "form_submit", "newsletter_signup"]
FIRST_LEADS = count("first_leads")
QUALIFIED_WITHIN_DAYS = 30
LEADS = count("leads")
EVENTS = ["event", "webinar"]
AD_PLATFORMS = ["google_ads", "linkedin_ads", "meta_ads"]
PAID_CHANNELS = ["paid_search", "paid_social", "display"]


def has_lead(t: Fields):
    """At least one prospect left their name during the session."""
    return t.has_lead


def qualified(t: Fields):
    """Later than 30 days after creation no longer counts, so that months compare."""
    return t.qualified_at <= days_after(t.created_at, QUALIFIED_WITHIN_DAYS)


def by_form(t: Fields):
    """The person filled in a form."""
    return (t.form_id != "").fill_null(False)


def for_the_public(t: Fields):
    """An event or a webinar for other people than the company's own."""
    return t.activity_kind.is_in(EVENTS) & (t.audience != "employee").fill_null(True)


def registered(t: Fields):
    """The person had registered."""
    return for_the_public(t) & ~t.registered_at.is_null()


def came(t: Fields):
    """The person was there."""
    return for_the_public(t) & t.attended.fill_null(False)


def advertised(t: Fields):
    """Shown by a platform that is paid for it."""
    return t.platform.is_in(AD_PLATFORMS)


def paid(t: Fields):
    """A session that an ad brought."""
    return t.channel.is_in(PAID_CHANNELS)


CLICKS = total("acquisition_daily", lambda t: t.clicks, advertised)

KPIS = (
    # From visitors to prospects: what people do on the site, and who leaves their name.
    kpi.count(
        id="leads",
        label="New leads",
        question="How many prospects did we gain?",
        formula="People whose first lead record was created in the period",
        better="higher",
        measure=FIRST_LEADS,
        interval="poisson",
        reading="People, not forms: someone who writes again is not a new lead.",
        caveat="A count without quality: read with the qualification rate.",
        rises="more people become leads",
        falls="fewer people become leads",
        cuts=("channel",),
        headline=True,
        source="House rule: the first record of each person; a returning person is not a new lead.",
    ),
    kpi.rate(
        id="visitor_to_lead_rate",
        label="Visit-to-lead rate",
        question="What share of the traffic becomes prospects?",
        formula="Sessions with at least one lead created / sessions",
        better="higher",
        numerator=count("lead_sessions", has_lead),
        denominator=count("lead_sessions"),
        beside={
            "per_visitor": Ratio(
                distinct("lead_sessions", "visitor_id", has_lead),
                distinct("lead_sessions", "visitor_id"),
            ),
            # A channel that brought leads and no visit (a fair) has a row, which says so.
            "leads": count("leads"),
        },
        reading="The headline of inbound marketing: compare channels and campaigns by it.",
        caveat="A campaign that brings cheap visits lowers it without losing a single lead.",
        rises="a larger share of visits becomes leads",
        falls="a smaller share of visits becomes leads",
        cuts=("channel", "campaign_id"),
        headline=True,
        source="Google Analytics 4 help, 'Session key event rate'.",
    ),
    kpi.rate(
        id="action_rate",
        label="Action rate",
        question="What share of visitors does something we hope for?",
        formula="Visitors who clicked a call to action, downloaded, sent a form or signed up"
        " / visitors",
        better="higher",
        roll_up="R3",
        numerator=distinct("web_events", "visitor_id", lambda t: t.event_name.is_in(ACTIONS)),
        denominator=distinct("sessions", "visitor_id"),
        reading="People on both sides, so someone who acts ten times counts once.",
        caveat="Not additive: monthly rates cannot be averaged into a yearly one.",
        rises="more visitors act",
        falls="fewer visitors act",
        source="Google Analytics 4 help, 'User key event rate': actors over visitors, not the"
        " reverse.",
    ),
    kpi.rate(
        id="cta_click_rate",
        label="Call-to-action click rate",
        question="Which calls to action work best?",
        formula="Sessions that clicked the call to action / sessions that saw it; where no view of"
        " it is recorded, sessions that saw a page on which it was clicked",
        better="higher",
        numerator=distinct("cta_events", "session_id", lambda t: t.event_name == "cta_click"),
        denominator=distinct("cta_events", "session_id", lambda t: t.event_name == "cta_view"),
        beside={"corrected_views": distinct("cta_events", "session_id", lambda t: t.is_on_page)},
        by="cta_id",
        ranked_from=100,
        reading="Rank by the lower end of the interval, and only above 100 views. It is approximate"
        " where page views stand for views of the call to action: not all of them saw it.",
        caveat="3 clicks out of 10 views look better than 90 out of 400, and prove less.",
        source="Google Ads help, 'Clickthrough rate', by session; ranking by interval: Wilson"
        " (1927).",
    ),
    kpi.count(
        id="content_downloads",
        label="Content downloads",
        question="Do visitors download our guides?",
        formula="Distinct pairs of visitor and document downloaded",
        better="higher",
        roll_up="R3",
        measure=distinct("web_events", "visitor_id asset_id", lambda t: t.event_name == "download"),
        unit_of_chance="visitor_id",
        reading="The same person with the same document counts once.",
        caveat="A download is interest in a subject, not yet in a training.",
        rises="more guides are downloaded",
        falls="fewer guides are downloaded",
        cuts=("channel",),
        source="House rule: distinct pairs of visitor and document.",
    ),
    kpi.count(
        id="contact_form_submissions",
        label="Forms submitted",
        question="Do visitors fill in our contact forms?",
        formula="Submissions of each form",
        better="higher",
        tier=2,
        measure=count("web_events", lambda t: t.event_name == "form_submit"),
        unit_of_chance="visitor_id",
        beside={
            "completion_rate": Ratio(
                distinct("web_events", "session_id", lambda t: t.event_name == "form_submit"),
                distinct("web_events", "session_id", lambda t: t.event_name == "form_start"),
                beside_interval="wilson",
            )
        },
        by="form_id",
        reading="Read with the completion rate: sessions that sent the form over those that began"
        " it.",
        caveat="Forms sent are not prospects: one person may send several, and robots do too.",
        source="Google Analytics 4 help, 'Enhanced measurement': form start and form submit.",
    ),
    kpi.count(
        id="newsletter_signups",
        label="Newsletter sign-ups",
        question="Do visitors ask for our newsletter?",
        formula="Newsletter subscriptions that begin in the period",
        better="higher",
        tier=2,
        measure=count("memberships", lambda t: t.kind == "newsletter"),
        unit_of_chance="person_key",
        reading="Read with those who leave: the list grows by the difference.",
        caveat="Where readers confirm by e-mail, a sign-up counts on the day it is confirmed.",
        rises="more visitors sign up for the newsletter",
        falls="fewer visitors sign up for the newsletter",
        source="House rule: one subscription, on its first day.",
    ),
    # From prospects to customers: who is worth a call, who meets us, who buys?
    kpi.count(
        id="qualified_form_submissions",
        label="Qualified forms",
        question="How many forms come from people who may become customers?",
        formula="Leads created by a form in the period and qualified within 30 days",
        better="higher",
        measure=count("leads", lambda t: by_form(t) & qualified(t)),
        unit_of_chance="person_key",
        maturity_days=QUALIFIED_WITHIN_DAYS,
        reading="Counted on the day of the form; the last month can only rise.",
        caveat="Who qualifies, and how strictly, is in it: note the day the rule changed.",
        rises="more forms qualify",
        falls="fewer forms qualify",
        cuts=("channel", "form_id"),
        headline=True,
        source="House rule, after the article this kit serves: qualified forms, not forms.",
    ),
    kpi.count(
        id="qualified_leads",
        label="Qualified leads",
        question="How many prospects are worth a call?",
        formula="Leads qualified in the period",
        better="higher",
        measure=count("leads", at="qualified_at"),
        unit_of_chance="person_key",
        reading="Counted on the day of qualification, whenever the lead arrived.",
        caveat="A new scoring grid breaks the series: note the day it changed.",
        rises="more leads qualify",
        falls="fewer leads qualify",
        cuts=("channel",),
        source="House rule: marketing-qualified leads; the thresholds are the company's own.",
    ),
    kpi.cohort_rate(
        id="lead_qualification_rate",
        label="Lead qualification rate",
        question="Does the traffic bring people who may become customers?",
        formula="Leads qualified within 30 days of creation / leads created in the period",
        better="higher",
        numerator=count("leads", qualified),
        denominator=LEADS,
        maturity_days=QUALIFIED_WITHIN_DAYS,
        reading="Follows the leads of one month for 30 days each.",
        caveat="The last month is immature until 30 days have passed: it can only rise.",
        rises="a larger share of leads qualifies",
        falls="a smaller share of leads qualifies",
        cuts=("channel",),
        source="House rule: the group created in the period, followed for 30 days.",
    ),
    kpi.cohort_rate(
        id="lead_to_customer_rate",
        label="Lead-to-customer rate",
        question="What share of prospects becomes customers?",
        formula="Leads won within 90 days of creation / leads created in the period",
        better="higher",
        numerator=count("leads", lambda t: t.won_at <= days_after(t.created_at, WON_WITHIN_DAYS)),
        denominator=LEADS,
        beside={"period_win_ratio": Ratio(count("leads", at="won_at"), LEADS)},
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
    kpi.count(
        id="meetings_booked",
        label="Meetings booked",
        question="How many prospects meet us?",
        formula="Leads whose meeting falls in the period",
        better="higher",
        tier=2,
        measure=count("leads", at="meeting_at"),
        unit_of_chance="person_key",
        reading="Counted on the day of the meeting, whenever the lead arrived.",
        caveat="A meeting booked is not a meeting held: those who do not come are in it.",
        rises="more leads meet us",
        falls="fewer leads meet us",
        cuts=("channel",),
        source="House rule: one meeting a lead, on its day.",
    ),
    kpi.worked_out(
        id="lead_score",
        label="Lead score",
        question="How promising are the prospects we gain?",
        formula="Median of fit + engagement, in points, over the leads created in the period",
        unit="pt",
        better="higher",
        roll_up="R11",
        tier=2,
        method=score_distribution,
        needs={"leads": "created_at fit_score engagement_score"},
        interval="none",
        reading="The lead in the middle; quartiles and deciles stand beside. Once a year, check"
        " that the share won rises from one tenth of the scores to the next.",
        caveat="Another version of the scoring grid makes another series: never compare across it.",
        source="House rule: the points of the company's scoring grid, with its version.",
    ),
    # What prospects cost, and what events and ads bring.
    kpi.ratio(
        id="cost_per_lead",
        label="Cost per lead",
        question="What does a prospect cost?",
        formula="Campaign costs of the period / new leads of the period",
        unit="EUR_per_lead",
        better="lower",
        numerator=total("costs", lambda t: t.amount_ht, lambda t: t.scope_kind == "campaign"),
        denominator=FIRST_LEADS,
        interval="poisson_inverse",
        reading="All campaign costs count, also those of campaigns that brought nobody.",
        caveat="Never the mean of months or campaigns: add the costs, add the leads, divide once.",
        rises="leads cost more",
        falls="leads cost less",
        cuts=("campaign_id",),
        headline=True,
        source="Farris et al. (2010), Marketing Metrics: acquisition cost, applied to leads.",
    ),
    kpi.count(
        id="event_registrations",
        label="Event registrations",
        question="How many people register for our events?",
        formula="Registrations for each event or webinar of the period",
        better="higher",
        tier=2,
        measure=count("participations", registered),
        unit_of_chance="person_key",
        by="activity_id",
        passing=True,
        reading="Counted on the day of the event, not on the day people register.",
        caveat="A free registration costs nothing: read with those who really come.",
        source="House rule: one registration, on the day of its event.",
    ),
    kpi.rate(
        id="event_attendance",
        label="Show-up rate of events",
        question="Who really comes to our events?",
        formula="People registered who came / people registered, events already held",
        better="higher",
        tier=2,
        numerator=count("attendance_lists", lambda t: registered(t) & came(t)),
        denominator=count("attendance_lists", lambda t: registered(t) & t.is_taken),
        beside={
            "attendees": count("attendance_lists", came),
            "walk_ins": count("attendance_lists", lambda t: came(t) & t.registered_at.is_null()),
            "excluded_without_list": count(
                "attendance_lists", lambda t: registered(t) & ~t.is_taken
            ),
        },
        reading="The number of people who came stands beside, those without registration included.",
        caveat="People who come without registering are not in the rate, or it could pass 100 %.",
        rises="more of those who register come",
        falls="fewer of those who register come",
        cuts=("activity_id",),
        source="House rule, after the article this kit serves: those who really came.",
    ),
    kpi.rate(
        id="ad_ctr",
        label="Ad click-through rate",
        question="Do people click on our ads?",
        formula="Clicks on ads / times ads were shown",
        better="higher",
        tier=2,
        numerator=CLICKS,
        denominator=total("acquisition_daily", lambda t: t.impressions, advertised),
        unit_of_chance="date",
        weighed_by="campaign_id",
        pauses=True,
        reading="Compare ads of one platform; the interval draws whole days, as views of one day go"
        " together.",
        caveat="A curious title is clicked and sells nothing: read with the conversion rate.",
        rises="more people click on our ads",
        falls="fewer people click on our ads",
        cuts=("platform", "campaign_id"),
        source="Google Ads help, 'Clickthrough rate (CTR)'.",
    ),
    kpi.rate(
        id="ad_conversion_rate",
        label="Ad conversion rate",
        question="Do clicks on our ads lead to what we hope for?",
        formula="Conversions that the platforms claim / clicks on ads",
        better="higher",
        tier=2,
        numerator=total("acquisition_daily", lambda t: t.conversions, advertised),
        denominator=CLICKS,
        beside={
            "own_site_rate": Ratio(
                count("sessions", lambda t: paid(t) & (t.key_events >= 1)),
                count("sessions", paid),
                beside_interval="wilson",
            )
        },
        pauses=True,
        reading="Where the two differ, believe your own site: its rate among paid sessions stands"
        " beside.",
        caveat="A platform may claim those who saw an ad without clicking: leave such conversions"
        " out of the export.",
        rises="more clicks on ads convert",
        falls="fewer clicks on ads convert",
        cuts=("platform", "campaign_id"),
        source="Google Ads help, 'Conversion rate'.",
    ),
)
