"""Visits: when they happen, where they come from, and how much of a page they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, demand, moments
from .campaigns import CAMPAIGNS

REDESIGN = np.datetime64("2026-02-16")
POPUP = np.datetime64("2026-01-12")


@dataclass(frozen=True)
class Source:
    """A permanent source of visits."""

    channel: str | None
    source: str | None
    medium: str | None
    visits_a_day: float
    trend: str = "flat"
    profile: str = "business"


SOURCES = (
    Source("organic_search", "google", "organic", 36.0, "search"),
    Source("organic_search", "bing", "organic", 3.0, "search"),
    Source("direct", "(direct)", "(none)", 16.5, "slow"),
    Source("referral", "annuaire-formation.example", "referral", 5.2),
    Source("referral", "presse-rh.example", "referral", 2.8),
    Source("organic_social", "linkedin", "social", 6.2, "slow"),
    Source("organic_social", "facebook", "social", 1.9, "flat", "leisure"),
    Source("organic_social", "instagram", "social", 1.6, "slow", "leisure"),
    Source(None, None, None, 0.8),  # consent refused: the tool counts the visit and knows no source
)

LEAD_RATE = {
    "organic_search": 0.0285,
    "direct": 0.031,
    "referral": 0.030,
    "organic_social": 0.017,
    "email": 0.034,
    None: 0.015,
}
ENGAGED = {
    "organic_search": 0.655,
    "direct": 0.635,
    "referral": 0.68,
    "organic_social": 0.50,
    "email": 0.735,
    "paid_search": 0.60,
    "paid_social": 0.435,
    "display": 0.125,
    None: 0.5,
}
LANDING = {
    "organic_search": {
        "/blog": 30,
        "/formations": 24,
        "/": 16,
        "/ressources": 12,
        "/tarifs": 5,
        "/cpf": 13,
    },
    "direct": {"/": 58, "/formations": 22, "/contact": 10, "/tarifs": 10},
    "referral": {"/formations": 55, "/": 30, "/cpf": 15},
    "organic_social": {"/blog": 52, "/ressources": 20, "/": 16, "/formations": 12},
    "email": {"/blog": 44, "/ressources": 24, "/formations": 32},
    "paid_search": {"/formations": 78, "/intra": 22},
    "paid_social": {"/ressources": 62, "/formations": 38},
    "display": {"/decouvrir": 100},
    None: {"/": 60, "/formations": 40},
}
PAGES = (
    "/",
    "/formations",
    "/formations/management",
    "/formations/commercial",
    "/formations/marketing-digital",
    "/formations/bureautique-ia",
    "/formations/langues",
    "/intra",
    "/cpf",
    "/tarifs",
    "/blog",
    "/ressources",
    "/contact",
    "/qui-sommes-nous",
    "/decouvrir",
)
NEXT_PAGE = (7, 16, 11, 9, 8, 10, 5, 6, 5, 9, 8, 6, 5, 4, 0)
FIRST_COURSE, LAST_COURSE = 2, 6
COUNTRIES = ("FR", "BE", "CH", "LU", "MA", "CA", None)
COUNTRY_SHARES = (0.925, 0.024, 0.016, 0.007, 0.012, 0.009, 0.007)


def trend(name: str) -> np.ndarray:
    """Return the growth of a source over the days of the period, 1 at the start."""
    years = (DAYS - DAYS[0]).astype(int) / 365.25
    if name == "flat":
        return np.ones(len(DAYS))
    if name == "slow":
        return 1 + 0.035 * years
    # Search: the redesign of February 2026 costs three weeks, then good rankings arrive within
    # months.
    since = (DAYS - REDESIGN).astype(int)
    loss = np.where((since >= 0) & (since < 24), 0.85, 1.0)
    gain = 0.40 / (1 + np.exp(-(since - 125) / 32.0)) * (since >= 0)
    return (1 + 0.03 * years + gain) * loss


def draw_arrivals(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the visits of the permanent sources and of the paid campaigns, in order of time."""
    parts = []
    for source in SOURCES:
        expected = source.visits_a_day * trend(source.trend) * demand(source.profile)
        parts.append((source.channel, source.source, source.medium, None, source.profile, expected))
    for campaign in CAMPAIGNS:
        running = (np.datetime64(campaign.first_day) <= DAYS) & (
            np.datetime64(campaign.last_day) >= DAYS
        )
        expected = campaign.visits_a_day * demand(campaign.profile, campaign.seasonal) * running
        keys = (
            campaign.channel,
            campaign.source,
            campaign.medium,
            campaign.campaign_id,
            campaign.profile,
        )
        parts.append((*keys, expected))
    blocks = []
    for channel, source, medium, campaign_id, profile, expected in parts:
        # Real traffic varies more than a Poisson count: a day has its own luck.
        luck = rng.gamma(60.0, 1 / 60.0, len(DAYS))
        days = np.repeat(DAYS, rng.poisson(expected * luck))
        block = {"started_at": moments(rng, days, profile)}
        labels = {
            "channel": channel,
            "source": source,
            "medium": medium,
            "campaign_id": campaign_id,
        }
        for name, label in labels.items():
            block[name] = np.full(len(days), label, dtype=object)
        blocks.append(block)
    return sort_by_start(
        {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    )


def sort_by_start(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the columns in the order of `started_at`."""
    order = np.argsort(columns["started_at"], kind="stable")
    return {name: values[order] for name, values in columns.items()}


def draw_behaviour(
    rng: np.random.Generator, visits: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Add to the visits what people do: pages, seconds, landing page, leaving a lead or not."""
    channel, campaign = visits["channel"], visits["campaign_id"]
    size = len(channel)
    redesigned = visits["started_at"] >= REDESIGN
    lead_rates = LEAD_RATE | {item.campaign_id: item.lead_rate for item in CAMPAIGNS}
    # A newsletter is a campaign without a rate of its own: its channel decides.
    lead_rate = np.array(
        [
            lead_rates[name] if name is not None and name in lead_rates else lead_rates[key]
            for name, key in zip(campaign, channel, strict=True)
        ]
    )
    engaged_rate = np.array([ENGAGED[key] for key in channel])
    engaged_rate = engaged_rate + np.where(redesigned & (channel != "display"), 0.028, 0.0)

    leaves_lead = rng.random(size) < lead_rate
    engaged = leaves_lead | (rng.random(size) < engaged_rate)
    deep = np.where(channel == "email", 0.56, 0.50)
    pageviews = np.where(engaged & (rng.random(size) > 0.24), 1 + rng.geometric(deep), 1)
    pageviews = np.where(leaves_lead, np.maximum(pageviews, 2), pageviews)
    pageviews = np.minimum(pageviews, 14)

    reading = np.floor(rng.lognormal(3.55, 0.75, size) * (0.55 + 0.45 * pageviews)) + 11
    glance = np.floor(rng.random(size) * 11) * (rng.random(size) > 0.35)
    engaged_s = np.where(engaged, reading, glance)
    idle = np.where(rng.random(size) < 0.55, np.floor(rng.exponential(70.0, size)), 0.0)
    duration_s = np.where(engaged_s == 0, 0.0, engaged_s + idle)
    # A few tabs left open over night: longer than the cap of four hours.
    forgotten = engaged & (rng.random(size) < 0.00012)
    duration_s = np.where(
        forgotten, duration_s + np.floor(rng.uniform(15_000, 43_000, size)), duration_s
    )

    landing = np.zeros(size, dtype=int)
    for key, weights in LANDING.items():
        chosen = np.array([value == key for value in channel])
        codes = [PAGES.index(page) for page in weights]
        shares = np.array(list(weights.values())) / sum(weights.values())
        landing[chosen] = rng.choice(codes, size=int(chosen.sum()), p=shares)
    country = np.array(COUNTRIES, dtype=object)[
        rng.choice(len(COUNTRIES), size=size, p=COUNTRY_SHARES)
    ]
    return visits | {
        "leaves_lead": leaves_lead,
        "engaged": engaged,
        "pageviews": pageviews,
        "engaged_s": engaged_s,
        "duration_s": duration_s,
        "landing": landing,
        "country": country,
    }


def name_visitors(rng: np.random.Generator, visits: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add `visitor_id` and `is_new_visitor`.

    A reader who clicks in an e-mail keeps the browser of the sign-up in seven visits of ten.
    """
    new_share = {
        "organic_search": 0.66,
        "direct": 0.47,
        "referral": 0.74,
        "organic_social": 0.62,
        "paid_search": 0.72,
        "paid_social": 0.86,
        "display": 0.93,
        None: 0.9,
    }
    known_before = 1800  # visitors of before the period
    size = len(visits["channel"])
    draw, same_browser, back = (
        rng.random(size),
        rng.random(size) < 0.7,
        rng.exponential(650.0, size),
    )
    browser_of_reader: dict[int, int] = {}
    seen: set[int] = set()
    recent: list[int] = []
    is_new = np.zeros(size, dtype=bool)
    next_number = known_before
    for index, (channel, reader) in enumerate(
        zip(visits["channel"], visits["reader"], strict=True)
    ):
        if channel == "email":
            number = (
                browser_of_reader.get(reader, -1 - reader)
                if same_browser[index]
                else -100_000 - reader
            )
        elif draw[index] < new_share[channel]:
            number, next_number = next_number, next_number + 1
        elif back[index] < len(recent):
            number = recent[len(recent) - 1 - int(back[index])]
        else:
            number = int(draw[index] * 1e6) % known_before
        if channel != "email" and reader >= 0:
            browser_of_reader[reader] = number
        is_new[index] = number not in seen and (
            number >= known_before or (number < 0 and draw[index] < 0.4)
        )
        seen.add(number)
        recent.append(number)
    short: dict[int, str] = {}
    ids = [short.setdefault(number, f"v{len(short) + 1:05d}") for number in recent]
    return visits | {"visitor_id": np.array(ids, dtype=object), "is_new_visitor": is_new}
