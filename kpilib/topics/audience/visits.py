"""The site's visits: how many, by whom, and do visitors stay?"""

from __future__ import annotations

from kpilib.definitions import Kpi, Ratio, Total
from kpilib.measure import Fields, count, distinct, median, total

GA4 = "Google Analytics 4 help, 'Engagement rate and bounce rate' and 'Sessions'"
LONGEST_SECONDS = 4 * 3600
ENGAGED_SECONDS = 10


def engaged(t: Fields):
    """Longer than 10 seconds, or two pages, or a key event (GA4)."""
    return (
        (t.engaged_s > ENGAGED_SECONDS).fill_null(False)
        | (t.pageviews >= 2).fill_null(False)
        | (t.key_events >= 1).fill_null(False)
    )


def new(t: Fields):
    """The visitor's first session ever, as far as cookies tell."""
    return t.is_new_visitor.fill_null(False)


SESSIONS = count("sessions")
VISITORS = distinct("sessions", "visitor_id")

KPIS = (
    Kpi(
        id="sessions",
        label="Sessions",
        question="How much traffic does the site attract?",
        formula="Sessions that started in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=SESSIONS, unit_of_chance="visitor_id"),
        interval="bootstrap",
        reading="Compare with the same month last year: training is bought by season.",
        caveat="More sessions are not more prospects: read with the visit-to-lead rate.",
        rises="more visits come",
        falls="fewer visits come",
        cuts=("channel",),
        headline=True,
        source=f"{GA4}; a session belongs to the day it starts and ends after 30 idle minutes.",
    ),
    Kpi(
        id="unique_visitors",
        label="Unique visitors",
        question="How many different visitors came?",
        formula="Distinct visitors with a session in the period",
        unit="count",
        better="higher",
        roll_up="R3",
        value=Total(measure=VISITORS),
        reading="People, as far as cookies tell: one person on two devices counts twice.",
        caveat="Never add days, months or channels: someone who comes back would count again.",
        source="Google Analytics 4 help, 'Total users'; users are non-summable.",
    ),
    Kpi(
        id="pages_per_session",
        label="Pages per session",
        question="Do visitors look at several pages?",
        formula="Page views / sessions",
        unit="pages",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=total("sessions", lambda t: t.pageviews),
            denominator=SESSIONS,
            unit_of_chance="visitor_id",
        ),
        interval="bootstrap",
        reading="Rising with engagement, visitors explore; rising alone, they may be lost.",
        caveat="Not the average of each visitor's pages: a few heavy readers would weigh too much.",
        rises="visits see more pages",
        falls="visits see fewer pages",
        cuts=("channel",),
        source="Google Analytics 4 help, 'Views per session'.",
    ),
    Kpi(
        id="avg_session_duration",
        label="Average session duration",
        question="How long do visitors stay: 45 seconds or 10 minutes?",
        formula="Total duration of sessions (each capped at 4 hours) / sessions",
        unit="seconds",
        better="higher",
        roll_up="R6",
        value=Ratio(
            numerator=total("sessions", lambda t: t.duration_s, cap=LONGEST_SECONDS),
            denominator=SESSIONS,
            unit_of_chance="visitor_id",
        ),
        beside={
            "median": median("sessions", lambda t: t.duration_s),
            "engaged_seconds_per_session": Ratio(
                numerator=total("sessions", lambda t: t.engaged_s), denominator=SESSIONS
            ),
            "capped_sessions": count("sessions", lambda t: t.duration_s > LONGEST_SECONDS),
        },
        interval="bootstrap",
        reading="A mean with a long tail: a few very long sessions move it.",
        caveat="Sessions of one page last 0 seconds in many tools; they stay in the mean.",
        source="Google Analytics 4 help, 'Average session duration'.",
    ),
    Kpi(
        id="engaged_session_rate",
        label="Engaged session rate",
        question="Does the content make visitors stay?",
        formula="Sessions longer than 10 s, or with 2 pages or a key event / sessions",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(
            numerator=count("sessions", engaged, of_sums=lambda t: t.engaged_sessions),
            denominator=SESSIONS,
        ),
        interval="wilson",
        reading="The share of visits in which something happened.",
        caveat="Exactly 10 seconds is not engaged; another threshold makes another figure.",
        rises="more visits go beyond the first page",
        falls="fewer visits go beyond the first page",
        cuts=("channel",),
        headline=True,
        source=GA4 + ".",
    ),
    Kpi(
        id="bounce_rate",
        label="Bounce rate",
        question="How many visitors leave at once?",
        formula="Sessions that are not engaged / sessions",
        unit="rate",
        better="lower",
        roll_up="R2",
        value=Ratio(
            numerator=count(
                "sessions",
                lambda t: ~engaged(t),
                of_sums=lambda t: t.sessions - t.engaged_sessions,
            ),
            denominator=SESSIONS,
        ),
        interval="wilson",
        reading="One minus the engaged session rate; compare pages and channels, not sites.",
        caveat="Not the bounce of Universal Analytics: targets from before 2023 do not apply.",
        rises="more visitors leave at once",
        falls="fewer visitors leave at once",
        cuts=("channel",),
        source=GA4 + ".",
    ),
    Kpi(
        id="new_visitors",
        label="New visitors",
        question="Do we attract visitors who had never come?",
        formula="Distinct visitors whose first session falls in the period",
        unit="count",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Total(measure=distinct("sessions", "visitor_id", new)),
        beside={
            "new_visitor_share": Ratio(
                numerator=distinct("sessions", "visitor_id", new),
                denominator=VISITORS,
                beside_interval="wilson",
            )
        },
        reading="Read with their share of all visitors: a site needs both new and faithful ones.",
        caveat="Whoever clears their cookies, or changes device, is new again.",
        source="Google Analytics 4 help, 'New users': visitors with their first visit.",
    ),
    Kpi(
        id="page_views",
        label="Page views",
        question="How many pages are looked at?",
        formula="Sum of the pages viewed in the sessions that started in the period",
        unit="count",
        better="neutral",
        roll_up="R1",
        tier=2,
        value=Total(measure=total("sessions", lambda t: t.pageviews), unit_of_chance="visitor_id"),
        beside={
            "page_view_events": count("web_events", lambda t: t.event_name == "page_view"),
        },
        interval="bootstrap",
        reading="A volume, neither good nor bad: read it per session.",
        caveat="Sessions and single events must tell the same number: more than 2 % apart, the"
        " check of the data says so, and neither is to be trusted before the cause is known.",
        source="Google Analytics 4 help, 'Views'.",
    ),
)
