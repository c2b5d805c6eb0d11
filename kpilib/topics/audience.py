"""Audience: does the site attract visitors, from where, and do they stay?"""

from __future__ import annotations

from kpilib.kpi import Kpi, Ratio, Total
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


SESSIONS = count("sessions")

KPIS = (
    Kpi(
        id="sessions",
        label="Sessions",
        question="How much traffic does the site attract?",
        formula="Sessions that started in the period",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=SESSIONS),
        interval="poisson",
        reading="Compare with the same month last year: training is bought by season.",
        caveat="More sessions are not more prospects: read with the visit-to-lead rate.",
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
        value=Total(measure=distinct("sessions", "visitor_id")),
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
        value=Ratio(numerator=count("sessions", engaged), denominator=SESSIONS),
        interval="wilson",
        reading="The share of visits in which something happened.",
        caveat="Exactly 10 seconds is not engaged; another threshold makes another figure.",
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
        value=Ratio(numerator=count("sessions", lambda t: ~engaged(t)), denominator=SESSIONS),
        interval="wilson",
        reading="One minus the engaged session rate; compare pages and channels, not sites.",
        caveat="Not the bounce of Universal Analytics: targets from before 2023 do not apply.",
        source=GA4 + ".",
    ),
    Kpi(
        id="channel_sessions",
        label="Sessions by channel",
        question="Where do visitors come from?",
        formula="Sessions of each channel; share = sessions of the channel / all sessions",
        unit="count",
        better="neutral",
        roll_up="R1",
        value=Total(measure=SESSIONS),
        by="channel",
        interval="poisson",
        reading="Shares add up to 100 %, the unknown channel included.",
        caveat="'Direct' and 'unassigned' above 30 % mean that links are not tagged.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    Kpi(
        id="organic_sessions",
        label="Organic search sessions",
        question="Does search engine work bring visitors?",
        formula="Sessions whose channel is organic search",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(measure=count("sessions", lambda t: t.channel == "organic_search")),
        interval="poisson",
        reading="Search engine work shows after three to six months, not before.",
        caveat="Searches for the company's own name are in it: brand campaigns raise it too.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    Kpi(
        id="social_sessions",
        label="Sessions from social networks",
        question="Does social media activity bear fruit on the site?",
        formula="Sessions whose channel is organic or paid social",
        unit="count",
        better="higher",
        roll_up="R1",
        value=Total(
            measure=count("sessions", lambda t: t.channel.is_in(["organic_social", "paid_social"]))
        ),
        beside={
            "visitors": distinct(
                "sessions",
                "visitor_id",
                lambda t: t.channel.is_in(["organic_social", "paid_social"]),
            )
        },
        interval="poisson",
        reading="Split by source and read beside leads: paid visits are bought, not earned.",
        caveat="Visits from messaging apps arrive as direct and are missing here.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    Kpi(
        id="avg_search_position",
        label="Average search position",
        question="Does the site rank better in Google?",
        formula="Sum of positions weighted by impressions / impressions",
        unit="rank",
        better="lower",
        roll_up="R2",
        value=Ratio(
            numerator=total(
                "acquisition_daily",
                lambda t: t.sum_position,
                lambda t: t.platform == "search_console",
            ),
            denominator=total(
                "acquisition_daily",
                lambda t: t.impressions,
                lambda t: t.platform == "search_console",
            ),
        ),
        reading="1 is the top of the page; below 10 is the second page, which few people open.",
        caveat="Appearing on new, harder queries lowers it although nothing got worse.",
        source="Google Search Console help, 'What are impressions, position and clicks?'",
    ),
)
