"""Paid campaigns and mailings: one list that ads, visits, leads, e-mails and costs share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .business_calendar import FIRST_DAY, LAST_DAY, workday_on_or_after


@dataclass(frozen=True)
class Campaign:
    """A paid campaign.

    `visits_a_day` is the mean number of sessions on an average day, `lead_rate` the share of them
    that leave a
    lead, `click_rate` the clicks per impression of its ads and `click_cost` the price of a click
    in EUR.
    """

    campaign_id: str
    platform: str
    channel: str
    source: str
    first_day: date
    last_day: date
    visits_a_day: float
    lead_rate: float
    click_rate: float
    click_cost: float
    creation_cost: float = 0.0
    items: tuple[str, ...] = ("annonce_1", "annonce_2")
    profile: str = "business"
    seasonal: bool = False
    mailing_on: date | None = None

    @property
    def medium(self) -> str:
        return "display" if self.channel == "display" else "cpc"


def _autumn(year: int, end: date, visits: float, mailing: date) -> Campaign:
    return Campaign(
        f"rentree_{year}",
        "google_ads",
        "paid_search",
        "google",
        max(date(year, 8, 31), FIRST_DAY),
        end,
        visits,
        0.036,
        0.046,
        2.15,
        950.0,
        ("rentree_inter", "rentree_intra"),
        mailing_on=mailing,
    )


def _year_end(year: int, start: date, end: date, visits: float, mailing: date) -> Campaign:
    return Campaign(
        f"cloture_{year}",
        "linkedin_ads",
        "paid_social",
        "linkedin",
        start,
        end,
        visits,
        0.024,
        0.0078,
        4.6,
        700.0,
        ("budget_formation", "plan_2025_2027"),
        mailing_on=mailing,
    )


def _linkedin(name: str, start: date, end: date, visits: float) -> Campaign:
    return Campaign(
        name,
        "linkedin_ads",
        "paid_social",
        "linkedin",
        start,
        end,
        visits,
        0.026,
        0.0074,
        4.9,
        600.0,
        ("temoignage_rh", "guide_plan"),
    )


CAMPAIGNS = (
    Campaign(
        "sea_marque",
        "google_ads",
        "paid_search",
        "google",
        FIRST_DAY,
        LAST_DAY,
        5.2,
        0.046,
        0.19,
        0.62,
        items=("marque_exacte",),
        seasonal=True,
    ),
    Campaign(
        "sea_inter",
        "google_ads",
        "paid_search",
        "google",
        FIRST_DAY,
        LAST_DAY,
        7.6,
        0.031,
        0.041,
        2.05,
        items=("inter_management", "inter_commercial", "inter_bureautique"),
        seasonal=True,
    ),
    _autumn(2024, date(2024, 10, 11), 8.0, date(2024, 9, 10)),
    _autumn(2025, date(2025, 10, 10), 8.7, date(2025, 9, 9)),
    _autumn(2026, date(2026, 10, 9), 9.4, date(2026, 9, 8)),
    _year_end(2024, date(2024, 11, 18), date(2024, 12, 17), 6.5, date(2024, 11, 26)),
    _year_end(2025, date(2025, 11, 17), date(2025, 12, 16), 7.2, date(2025, 11, 25)),
    # A month earlier than the years before: it is seen in October 2026 in ads, visits, leads,
    # e-mails and costs.
    _year_end(2026, date(2026, 10, 12), LAST_DAY, 7.2, date(2026, 10, 20)),
    _linkedin("li_rh_2025", date(2025, 10, 6), date(2025, 11, 14), 6.5),
    _linkedin("li_printemps_2025", date(2025, 3, 10), date(2025, 4, 11), 5.5),
    _linkedin("li_printemps_2026", date(2026, 3, 9), date(2026, 4, 10), 6.0),
    Campaign(
        "meta_cpf_2025",
        "meta_ads",
        "paid_social",
        "facebook",
        date(2025, 9, 8),
        date(2025, 10, 31),
        6.0,
        0.010,
        0.0115,
        0.85,
        450.0,
        ("reconversion", "cpf"),
        "leisure",
    ),
    # To find: bought by the thousand, it fills the audience figures and leaves the sales team
    # with nothing.
    Campaign(
        "display_notoriete_2026",
        "google_ads",
        "display",
        "google",
        date(2026, 9, 14),
        LAST_DAY,
        92.0,
        0.0011,
        0.0034,
        0.58,
        2400.0,
        ("banniere_large", "banniere_mobile", "video_15s"),
        "leisure",
    ),
)

MAILING_ONLY = {"catalogue_2025": date(2025, 1, 14), "catalogue_2026": date(2026, 1, 13)}


def newsletters() -> dict[str, date]:
    """Return the newsletters and their days: first and third Tuesday, only one in August."""
    out = {}
    month = FIRST_DAY
    while month <= LAST_DAY:
        tuesday = month + timedelta(days=(1 - month.weekday()) % 7)
        for letter, weeks in (("a", 0), ("b", 2)):
            if letter == "b" and month.month == 8:
                continue
            day = workday_on_or_after(tuesday + timedelta(weeks=weeks))
            out[f"nl_{month:%Y_%m}{letter}"] = day
        month = (month + timedelta(days=31)).replace(day=1)
    return out


def mailings() -> dict[str, date]:
    """Return every mailing of the period, newsletters and campaigns, in the order of sending."""
    campaigns = {
        campaign.campaign_id: campaign.mailing_on for campaign in CAMPAIGNS if campaign.mailing_on
    }
    every = newsletters() | MAILING_ONLY | campaigns
    return dict(sorted(every.items(), key=lambda item: (item[1], item[0])))
