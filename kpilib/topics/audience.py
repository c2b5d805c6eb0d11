"""Audience: does the site attract visitors, from where, and do they stay?"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Ratio
from kpilib.measure import Fields, count, distinct, median, total
from kpilib.methods.campaigns import campaign_uplift

GA4 = "Google Analytics 4 help, 'Engagement rate and bounce rate' and 'Sessions'"
LONGEST_SECONDS = 4 * 3600
SESSIONS = count("sessions")
VISITORS = distinct("sessions", "visitor_id")


def engaged(t: Fields):
    """Longer than 10 seconds (or what the company decided), or two pages, or a key event (GA4)."""
    return (
        (t.engaged_s > t.assumed.engaged_seconds).fill_null(False)
        | (t.pageviews >= 2).fill_null(False)
        | (t.key_events >= 1).fill_null(False)
    )


def new(t: Fields):
    """The visitor's first session ever, as far as cookies tell."""
    return t.is_new_visitor.fill_null(False)


def from_networks(t: Fields):
    """A visit from a social network, paid for or not."""
    return t.channel.is_in(["organic_social", "paid_social"])


def by_google(t: Fields):
    """What Google's search shows, unpaid."""
    return t.platform == "search_console"


KPIS = (
    # The site's visits: how many, by whom, and do visitors stay?
    kpi.count(
        id="sessions",
        label="Sessions",
        question="How much traffic does the site attract?",
        formula="Sessions that started in the period",
        better="higher",
        measure=SESSIONS,
        unit_of_chance="visitor_id",
        reading="Compare with the same month last year: training is bought by season.",
        caveat="More sessions are not more prospects: read with the visit-to-lead rate.",
        rises="more visits come",
        falls="fewer visits come",
        cuts=("channel",),
        headline=True,
        source=f"{GA4}; a session belongs to the day it starts and ends after 30 idle minutes.",
    ),
    kpi.count(
        id="unique_visitors",
        label="Unique visitors",
        question="How many different visitors came?",
        formula="Distinct visitors with a session in the period",
        better="higher",
        roll_up="R3",
        measure=VISITORS,
        reading="People, as far as cookies tell: one person on two devices counts twice.",
        caveat="Never add days, months or channels: someone who comes back would count again.",
        source="Google Analytics 4 help, 'Total users'; users are non-summable.",
    ),
    kpi.ratio(
        id="pages_per_session",
        label="Pages per session",
        question="Do visitors look at several pages?",
        formula="Page views / sessions",
        unit="pages",
        better="higher",
        numerator=total("sessions", lambda t: t.pageviews),
        denominator=SESSIONS,
        unit_of_chance="visitor_id",
        reading="Rising with engagement, visitors explore; rising alone, they may be lost.",
        caveat="Not the average of each visitor's pages: a few heavy readers would weigh too much.",
        rises="visits see more pages",
        falls="visits see fewer pages",
        cuts=("channel",),
        source="Google Analytics 4 help, 'Views per session'.",
    ),
    kpi.ratio(
        id="avg_session_duration",
        label="Average session duration",
        question="How long do visitors stay: 45 seconds or 10 minutes?",
        formula="Total duration of sessions (each capped at 4 hours) / sessions",
        unit="seconds",
        better="higher",
        roll_up="R6",
        numerator=total("sessions", lambda t: t.duration_s, cap=LONGEST_SECONDS),
        denominator=SESSIONS,
        unit_of_chance="visitor_id",
        beside={
            "median": median("sessions", lambda t: t.duration_s),
            "engaged_seconds_per_session": Ratio(
                total("sessions", lambda t: t.engaged_s), SESSIONS
            ),
            "capped_sessions": count("sessions", lambda t: t.duration_s > LONGEST_SECONDS),
        },
        reading="A mean with a long tail: a few very long sessions move it.",
        caveat="Sessions of one page last 0 seconds in many tools; they stay in the mean.",
        source="Google Analytics 4 help, 'Average session duration'.",
    ),
    kpi.rate(
        id="engaged_session_rate",
        label="Engaged session rate",
        question="Does the content make visitors stay?",
        formula="Sessions longer than 10 s, or with 2 pages or a key event / sessions",
        better="higher",
        numerator=count("sessions", engaged, of_sums=lambda t: t.engaged_sessions),
        denominator=SESSIONS,
        reading="The share of visits in which something happened.",
        caveat="Exactly 10 seconds is not engaged; another threshold makes another figure.",
        rises="more visits go beyond the first page",
        falls="fewer visits go beyond the first page",
        cuts=("channel",),
        headline=True,
        source=GA4 + ".",
    ),
    kpi.rate(
        id="bounce_rate",
        label="Bounce rate",
        question="How many visitors leave at once?",
        formula="Sessions that are not engaged / sessions",
        better="lower",
        numerator=count(
            "sessions", lambda t: ~engaged(t), of_sums=lambda t: t.sessions - t.engaged_sessions
        ),
        denominator=SESSIONS,
        reading="One minus the engaged session rate; compare pages and channels, not sites.",
        caveat="Not the bounce of Universal Analytics: targets from before 2023 do not apply.",
        rises="more visitors leave at once",
        falls="fewer visitors leave at once",
        cuts=("channel",),
        source=GA4 + ".",
    ),
    kpi.count(
        id="new_visitors",
        label="New visitors",
        question="Do we attract visitors who had never come?",
        formula="Distinct visitors whose first session falls in the period",
        better="higher",
        roll_up="R3",
        tier=2,
        measure=distinct("sessions", "visitor_id", new),
        beside={
            "new_visitor_share": Ratio(
                distinct("sessions", "visitor_id", new), VISITORS, beside_interval="wilson"
            )
        },
        reading="Read with their share of all visitors: a site needs both new and faithful ones.",
        caveat="Whoever clears their cookies, or changes device, is new again.",
        source="Google Analytics 4 help, 'New users': visitors with their first visit.",
    ),
    kpi.count(
        id="page_views",
        label="Page views",
        question="How many pages are looked at?",
        formula="Sum of the pages viewed in the sessions that started in the period",
        better="neutral",
        tier=2,
        measure=total("sessions", lambda t: t.pageviews),
        unit_of_chance="visitor_id",
        beside={"page_view_events": count("web_events", lambda t: t.event_name == "page_view")},
        reading="A volume, neither good nor bad: read it per session.",
        caveat="Sessions and single events must tell the same number: more than 2 % apart, the"
        " check of the data says so, and neither is to be trusted before the cause is known.",
        source="Google Analytics 4 help, 'Views'.",
    ),
    # Where visits come from: channels, search engines, networks, countries, campaigns.
    kpi.count(
        id="channel_sessions",
        label="Sessions by channel",
        question="Where do visitors come from?",
        formula="Sessions of each channel; share = sessions of the channel / all sessions",
        better="neutral",
        measure=SESSIONS,
        unit_of_chance="visitor_id",
        by="channel",
        reading="Shares add up to 100 %, the unknown channel included.",
        caveat="'Direct' and 'unassigned' above 30 % mean that links are not tagged.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    kpi.count(
        id="organic_sessions",
        label="Organic search sessions",
        question="Does search engine work bring visitors?",
        formula="Sessions whose channel is organic search",
        better="higher",
        measure=count("sessions", lambda t: t.channel == "organic_search"),
        unit_of_chance="visitor_id",
        reading="Search engine work shows after three to six months, not before.",
        caveat="Searches for the company's own name are in it: brand campaigns raise it too.",
        rises="more visits come from search engines",
        falls="fewer visits come from search engines",
        headline=True,
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    kpi.count(
        id="social_sessions",
        label="Sessions from social networks",
        question="Does social media activity bear fruit on the site?",
        formula="Sessions whose channel is organic or paid social",
        better="higher",
        measure=count("sessions", from_networks),
        unit_of_chance="visitor_id",
        beside={"visitors": distinct("sessions", "visitor_id", from_networks)},
        reading="Split by source and read beside leads: paid visits are bought, not earned.",
        caveat="Visits from messaging apps arrive as direct and are missing here.",
        rises="more visits come from social networks",
        falls="fewer visits come from social networks",
        cuts=("channel",),
        headline=True,
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    kpi.ratio(
        id="avg_search_position",
        label="Average search position",
        question="Does the site rank better in Google?",
        formula="Sum of positions weighted by impressions / impressions",
        unit="rank",
        better="lower",
        numerator=total("acquisition_daily", lambda t: t.sum_position, by_google),
        denominator=total("acquisition_daily", lambda t: t.impressions, by_google),
        reading="1 is the top of the page; below 10 is the second page, which few people open.",
        caveat="Appearing on new, harder queries lowers it although nothing got worse.",
        rises="Google shows us further down",
        falls="Google shows us further up",
        headline=True,
        source="Google Search Console help, 'What are impressions, position and clicks?'",
    ),
    kpi.worked_out(
        id="campaign_traffic_uplift",
        label="Sessions gained by a campaign",
        question="Did the campaign bring more traffic?",
        formula="Sessions on the campaign's days in the period - what the same weekdays had on"
        " average in the 4 to 8 whole weeks before it began, times how the year before went on from"
        " these weeks, where it is known",
        unit="count",
        better="higher",
        roll_up="R9",
        tier=2,
        method=campaign_uplift,
        needs={"sessions": "started_at", "actions": "action_id kind started_at ended_at"},
        by="action_id",
        reading="An interval that holds 0 means that the campaign cannot be told from an ordinary"
        " week.",
        caveat="Sessions with its tag are attributed to a campaign, not caused by it. And whatever"
        " else changed in those weeks is in the figure, a campaign of the year before too:"
        " campaigns that run together cannot be told apart, and share what their days gained.",
        source="House rule: the same weekdays before; interval of Welch (1947) on daily"
        " differences.",
    ),
    kpi.count(
        id="direct_landing_sessions",
        label="Direct sessions by landing page",
        question="Which pages do people come to directly?",
        formula="Sessions whose channel is direct, by the page they landed on",
        better="higher",
        tier=2,
        measure=count("landings", lambda t: t.channel == "direct"),
        unit_of_chance="visitor_id",
        by="landing_page",
        reading="People who knew the address: read it after a press release or a webinar.",
        caveat="Direct is also the dustbin of links without a tag: tag them first.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    kpi.rate(
        id="foreign_audience_share",
        label="International audience share",
        question="What share of the audience comes from abroad?",
        formula="Sessions from another country than the home one / sessions whose country is known",
        better="higher",
        tier=3,
        numerator=count("located_sessions", lambda t: t.is_foreign.fill_null(False)),
        denominator=count("located_sessions", lambda t: ~t.is_foreign.is_null()),
        beside={
            "sessions_without_country": count("located_sessions", lambda t: t.is_foreign.is_null())
        },
        reading="A target of +25 % must say whether it means percent or points.",
        caveat="Sessions without a country are on neither side; a proxy or a traveller misleads.",
        source="House rule: the home country is the company's, unknown countries are left out.",
    ),
    # The site's pages: which are read, and which are clicked.
    kpi.count(
        id="top_pages",
        label="Most visited pages",
        question="Which pages do visitors look at most?",
        formula="Views of each page, the most viewed first",
        better="neutral",
        roll_up="R11",
        tier=2,
        measure=count("page_events", lambda t: t.event_name == "page_view"),
        by="page",
        reading="One page is one line, whatever follows a question mark in its address.",
        caveat="A page seen often may be one that people have to pass through.",
        source="Google Analytics 4 help, 'Pages and screens report'.",
    ),
    kpi.count(
        id="page_clicks",
        label="Clicks on product pages",
        question="Do visitors click on our offers?",
        formula="Clicks on a product, by the page they were made on",
        better="higher",
        tier=2,
        measure=count("page_events", lambda t: t.event_name == "product_click"),
        unit_of_chance="visitor_id",
        by="page",
        reading="Compare with the views of the same page: a page seen twice as often is clicked"
        " more.",
        caveat="Several clicks by one person all count: it is not a number of people.",
        source="Google Analytics 4 help, 'Events': one click, one event.",
    ),
)
