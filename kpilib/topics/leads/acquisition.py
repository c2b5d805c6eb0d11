"""What prospects cost, and what events and ads bring."""

from __future__ import annotations

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.measure import Fields, count, total
from kpilib.topics.leads.conversion import FIRST_LEADS

EVENTS = ["event", "webinar"]
AD_PLATFORMS = ["google_ads", "linkedin_ads", "meta_ads"]
PAID_CHANNELS = ["paid_search", "paid_social", "display"]


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
        rises="leads cost more",
        falls="leads cost less",
        cuts=("campaign_id",),
        headline=True,
        source="Farris et al. (2010), Marketing Metrics: acquisition cost, applied to leads.",
    ),
    Kpi(
        id="event_registrations",
        label="Event registrations",
        question="How many people register for our events?",
        formula="Registrations for each event or webinar of the period",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(measure=count("participations", registered), unit_of_chance="person_key"),
        by="activity_id",
        passing=True,
        interval="bootstrap",
        reading="Counted on the day of the event, not on the day people register.",
        caveat="A free registration costs nothing: read with those who really come.",
        source="House rule: one registration, on the day of its event.",
    ),
    Kpi(
        id="event_attendance",
        label="Show-up rate of events",
        question="Who really comes to our events?",
        formula="People registered who came / people registered, events already held",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Ratio(
            numerator=count("attendance_lists", lambda t: registered(t) & came(t)),
            denominator=count("attendance_lists", lambda t: registered(t) & t.is_taken),
        ),
        beside={
            "attendees": count("attendance_lists", came),
            "walk_ins": count("attendance_lists", lambda t: came(t) & t.registered_at.is_null()),
            "excluded_without_list": count(
                "attendance_lists", lambda t: registered(t) & ~t.is_taken
            ),
        },
        interval="wilson",
        reading="The number of people who came stands beside, those without registration included.",
        caveat="People who come without registering are not in the rate, or it could pass 100 %.",
        rises="more of those who register come",
        falls="fewer of those who register come",
        cuts=("activity_id",),
        source="House rule, after the article this kit serves: those who really came.",
    ),
    Kpi(
        id="ad_ctr",
        label="Ad click-through rate",
        question="Do people click on our ads?",
        formula="Clicks on ads / times ads were shown",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Ratio(
            numerator=CLICKS,
            denominator=total("acquisition_daily", lambda t: t.impressions, advertised),
            unit_of_chance="date",
            weighed_by="campaign_id",
        ),
        interval="bootstrap",
        pauses=True,
        reading="Compare ads of one platform; the interval draws whole days, as views of one day go"
        " together.",
        caveat="A curious title is clicked and sells nothing: read with the conversion rate.",
        rises="more people click on our ads",
        falls="fewer people click on our ads",
        cuts=("platform", "campaign_id"),
        source="Google Ads help, 'Clickthrough rate (CTR)'.",
    ),
    Kpi(
        id="ad_conversion_rate",
        label="Ad conversion rate",
        question="Do clicks on our ads lead to what we hope for?",
        formula="Conversions that the platforms claim / clicks on ads",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Ratio(
            numerator=total("acquisition_daily", lambda t: t.conversions, advertised),
            denominator=CLICKS,
        ),
        beside={
            "own_site_rate": Ratio(
                numerator=count("sessions", lambda t: paid(t) & (t.key_events >= 1)),
                denominator=count("sessions", paid),
                beside_interval="wilson",
            )
        },
        interval="wilson",
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
