"""Where visits come from: channels, search engines, networks, countries, campaigns."""

from __future__ import annotations

from kpilib.definitions import Kpi, Method, Ratio, Total
from kpilib.measure import count, distinct, total
from kpilib.topics.audience.visits import SESSIONS

KPIS = (
    Kpi(
        id="channel_sessions",
        label="Sessions by channel",
        question="Where do visitors come from?",
        formula="Sessions of each channel; share = sessions of the channel / all sessions",
        unit="count",
        better="neutral",
        roll_up="R1",
        value=Total(measure=SESSIONS, unit_of_chance="visitor_id"),
        by="channel",
        interval="bootstrap",
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
        value=Total(
            measure=count("sessions", lambda t: t.channel == "organic_search"),
            unit_of_chance="visitor_id",
        ),
        interval="bootstrap",
        reading="Search engine work shows after three to six months, not before.",
        caveat="Searches for the company's own name are in it: brand campaigns raise it too.",
        rises="more visits come from search engines",
        falls="fewer visits come from search engines",
        headline=True,
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
            measure=count("sessions", lambda t: t.channel.is_in(["organic_social", "paid_social"])),
            unit_of_chance="visitor_id",
        ),
        beside={
            "visitors": distinct(
                "sessions",
                "visitor_id",
                lambda t: t.channel.is_in(["organic_social", "paid_social"]),
            )
        },
        interval="bootstrap",
        reading="Split by source and read beside leads: paid visits are bought, not earned.",
        caveat="Visits from messaging apps arrive as direct and are missing here.",
        rises="more visits come from social networks",
        falls="fewer visits come from social networks",
        cuts=("channel",),
        headline=True,
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
        rises="Google shows us further down",
        falls="Google shows us further up",
        headline=True,
        source="Google Search Console help, 'What are impressions, position and clicks?'",
    ),
    Kpi(
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
        value=Method(
            name="campaign_uplift",
            needs={"sessions": "started_at", "actions": "action_id kind started_at ended_at"},
        ),
        by="action_id",
        interval="method",
        reading="An interval that holds 0 means that the campaign cannot be told from an ordinary"
        " week.",
        caveat="Sessions with its tag are attributed to a campaign, not caused by it. And whatever"
        " else changed in those weeks is in the figure, a campaign of the year before too:"
        " campaigns that run together cannot be told apart, and share what their days gained.",
        source="House rule: the same weekdays before; interval of Welch (1947) on daily"
        " differences.",
    ),
    Kpi(
        id="direct_landing_sessions",
        label="Direct sessions by landing page",
        question="Which pages do people come to directly?",
        formula="Sessions whose channel is direct, by the page they landed on",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=count("landings", lambda t: t.channel == "direct"), unit_of_chance="visitor_id"
        ),
        by="landing_page",
        interval="bootstrap",
        reading="People who knew the address: read it after a press release or a webinar.",
        caveat="Direct is also the dustbin of links without a tag: tag them first.",
        source="Google Analytics 4 help, 'Default channel group'.",
    ),
    Kpi(
        id="foreign_audience_share",
        label="International audience share",
        question="What share of the audience comes from abroad?",
        formula="Sessions from another country than the home one / sessions whose country is known",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=3,
        value=Ratio(
            numerator=count("located_sessions", lambda t: t.is_foreign.fill_null(False)),
            denominator=count("located_sessions", lambda t: ~t.is_foreign.is_null()),
        ),
        beside={
            "sessions_without_country": count("located_sessions", lambda t: t.is_foreign.is_null())
        },
        interval="wilson",
        reading="A target of +25 % must say whether it means percent or points.",
        caveat="Sessions without a country are on neither side; a proxy or a traveller misleads.",
        source="House rule: the home country is the company's, unknown countries are left out.",
    ),
)
