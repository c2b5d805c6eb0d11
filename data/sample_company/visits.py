"""Visits: when they happen, where they come from, and how much of a page they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand
from .campaigns import CAMPAIGNS
from .draws import Columns, arrivals, chosen, in_order, looked_up, pick, stack
from .stories import Story

LAST_ARRIVAL = MIDNIGHT_AFTER - np.timedelta64(3600, "s")  # so that no event falls after the period


@dataclass(frozen=True)
class Source:
    """A permanent source of visits."""

    channel: str | None
    source: str | None
    medium: str | None
    visits_a_day: float
    trend: str = "flat"
    profile: str = "business"

    @property
    def origin(self) -> dict[str, str | None]:
        """Return how its visits are labelled."""
        names = ("channel", "source", "medium")
        return {name: getattr(self, name) for name in names} | {"campaign_id": None}

    def visits(self, new_site: Story) -> np.ndarray:
        """Return the visits to expect on each day of the period."""
        return self.visits_a_day * trend(self.trend, new_site) * demand(self.profile)


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


@dataclass(frozen=True)
class Channel:
    """What visitors of a channel do.

    `new`, `engaged`, `leads` and `signs_up` are shares of the visits: by a browser never seen, that
    look at more than a glance, that leave a lead (a campaign has its own share), that subscribe to
    the newsletter. `fit` is what sales adds to the fit of its leads; `landing` weighs first pages.
    """

    new: float
    engaged: float
    leads: float | None
    signs_up: float
    fit: float
    landing: dict[str, int]


CHANNELS = {
    "organic_search": Channel(0.66, 0.655, 0.0285, 0.016, 0.0, {
        "/blog": 30, "/formations": 24, "/": 16, "/ressources": 12, "/tarifs": 5, "/cpf": 13}),
    "direct": Channel(0.47, 0.635, 0.031, 0.016, 1.5, {
        "/": 58, "/formations": 22, "/contact": 10, "/tarifs": 10}),
    "referral": Channel(0.74, 0.68, 0.030, 0.016, 1.0, {
        "/formations": 55, "/": 30, "/cpf": 15}),
    "organic_social": Channel(0.62, 0.50, 0.017, 0.018, -2.0, {
        "/blog": 52, "/ressources": 20, "/": 16, "/formations": 12}),
    "email": Channel(0.0, 0.735, 0.034, 0.016, 4.0, {
        "/blog": 44, "/ressources": 24, "/formations": 32}),
    "paid_search": Channel(0.72, 0.60, None, 0.009, 1.0, {"/formations": 78, "/intra": 22}),
    "paid_social": Channel(0.86, 0.435, None, 0.008, -4.0, {"/ressources": 62, "/formations": 38}),
    "display": Channel(0.93, 0.125, None, 0.0012, -16.0, {"/decouvrir": 100}),
    None: Channel(0.9, 0.5, 0.015, 0.016, -1.0, {"/": 60, "/formations": 40}),
}  # fmt: skip
NEXT_PAGE = {  # page: weight as a next page
    "/": 7, "/formations": 16, "/formations/management": 11, "/formations/commercial": 9,
    "/formations/marketing-digital": 8, "/formations/bureautique-ia": 10, "/formations/langues": 5,
    "/intra": 6, "/cpf": 5, "/tarifs": 9, "/blog": 8, "/ressources": 6, "/contact": 5,
    "/qui-sommes-nous": 4, "/decouvrir": 0,
}  # fmt: skip
PAGES = np.array(list(NEXT_PAGE), dtype=object)
COUNTRIES = {
    "FR": 0.925, "BE": 0.024, "CH": 0.016, "LU": 0.007, "MA": 0.012, "CA": 0.009, None: 0.007,
}  # fmt: skip
KNOWN_BEFORE = 1800  # visitors of before the period


def of_channel(name: str, channels: np.ndarray) -> np.ndarray:
    """Return what is true of the channel of each visit."""
    return looked_up({key: getattr(channel, name) for key, channel in CHANNELS.items()}, channels)


def trend(name: str, new_site: Story) -> np.ndarray:
    """Return the growth of a source over the days of the period, 1 at the start."""
    years = (DAYS - DAYS[0]).astype(int) / 365.25
    if name == "flat":
        return np.ones(len(DAYS))
    if name == "slow":
        return 1 + 0.035 * years
    # Search: a new site costs three weeks, then good rankings arrive within months.
    since = new_site.days_since(DAYS)
    loss = np.where((since >= 0) & (since < 24), 0.85, 1.0)
    gain = new_site.by["visits"] / (1 + np.exp(-(since - 125) / 32.0)) * (since >= 0)
    return (1 + 0.03 * years + gain) * loss


def draw_arrivals(rng: np.random.Generator, new_site: Story) -> Columns:
    """Return the visits of the permanent sources and of the paid campaigns, in order of time."""
    sources = [(each.origin, each.profile, each.visits(new_site)) for each in SOURCES]
    sources += [(each.origin, each.kind.profile, each.visits()) for each in CAMPAIGNS]
    blocks = []
    for origin, profile, a_day in sources:
        # Real traffic varies more than a Poisson count: a day has its own luck.
        luck = rng.gamma(60.0, 1 / 60.0, len(DAYS))
        started_at = arrivals(rng, a_day * luck, profile)
        labels = {
            name: np.full(len(started_at), label, dtype=object) for name, label in origin.items()
        }
        blocks.append({"started_at": started_at} | labels)
    visits = in_order(stack(blocks), "started_at")
    return chosen(visits, visits["started_at"] < LAST_ARRIVAL)


def draw_behaviour(rng: np.random.Generator, visits: Columns, new_site: Story) -> Columns:
    """Add to the visits what people do: pages, seconds, landing page, leaving a lead or not."""
    channel, size = visits["channel"], len(visits["channel"])
    engaged_rate = of_channel("engaged", channel) + np.where(
        new_site.on(visits["started_at"]) & (channel != "display"), new_site.by["engaged"], 0.0
    )
    leaves_lead = rng.random(size) < _lead_rate(visits)
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
    over_night = duration_s + np.floor(rng.uniform(15_000, 43_000, size))

    landing = np.full(size, None, dtype=object)
    for key, each_channel in CHANNELS.items():
        here = np.array([value == key for value in channel])
        landing[here] = pick(rng, each_channel.landing, int(here.sum()))
    return visits | {
        "leaves_lead": leaves_lead,
        "engaged": engaged,
        "pageviews": pageviews,
        "engaged_s": engaged_s,
        "duration_s": np.where(forgotten, over_night, duration_s),
        "landing_page": landing,
        "country": pick(rng, COUNTRIES, size),
    }


def _lead_rate(visits: Columns) -> np.ndarray:
    """Return the chance of a lead: of the campaign; a newsletter has none, its channel decides."""
    of_campaign = {campaign.campaign_id: campaign.kind.lead_rate for campaign in CAMPAIGNS}
    return np.array(
        [
            of_campaign.get(campaign, CHANNELS[channel].leads)
            for campaign, channel in zip(visits["campaign_id"], visits["channel"], strict=True)
        ]
    )


def name_visitors(rng: np.random.Generator, visits: Columns) -> Columns:
    """Add `visitor_id` and `is_new_visitor`.

    A reader who clicks in an e-mail keeps the browser of the sign-up in seven visits of ten.
    """
    size, new_share = len(visits["channel"]), of_channel("new", visits["channel"])
    draw, same_browser = rng.random(size), rng.random(size) < 0.7
    back = rng.exponential(650.0, size)
    browser_of_reader: dict[int, int] = {}
    seen: set[int] = set()
    recent: list[int] = []
    is_new = np.zeros(size, dtype=bool)
    next_number = KNOWN_BEFORE
    for index, (channel, reader) in enumerate(
        zip(visits["channel"], visits["reader"], strict=True)
    ):
        if channel == "email":
            known = browser_of_reader.get(reader, -1 - reader)
            number = known if same_browser[index] else -100_000 - reader
        elif draw[index] < new_share[index]:
            number, next_number = next_number, next_number + 1
        elif back[index] < len(recent):
            number = recent[len(recent) - 1 - int(back[index])]
        else:
            number = int(draw[index] * 1e6) % KNOWN_BEFORE
        if channel != "email" and reader >= 0:
            browser_of_reader[reader] = number
        is_new[index] = number not in seen and (
            number >= KNOWN_BEFORE or (number < 0 and draw[index] < 0.4)
        )
        seen.add(number)
        recent.append(number)
    short: dict[int, str] = {}
    ids = [short.setdefault(number, f"v{len(short) + 1:05d}") for number in recent]
    return visits | {"visitor_id": np.array(ids, dtype=object), "is_new_visitor": is_new}


def sessions_table(rng: np.random.Generator, visits: Columns) -> Columns:
    """Return the columns of `sessions`; a few landing pages are missing, as in real exports."""
    same = (
        "visitor_id started_at duration_s engaged_s pageviews key_events source medium "
        "campaign_id channel country is_new_visitor"
    ).split()
    known = rng.random(len(visits["landing_page"])) >= 0.006
    landing = np.where(known, visits["landing_page"], None)
    return {name: visits[name] for name in same} | {"landing_page": landing}
