"""Paid campaigns and mailings: one list that ads, visits, leads, e-mails and costs share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from .business_calendar import (
    DAYS,
    FIRST_DAY,
    LAST_DAY,
    MONTHS,
    day_number,
    demand,
    workday_on_or_after,
)
from .draws import Columns
from .stories import STORIES, Stories, Story
from .tables import frame

EMPTY = STORIES["empty_campaign"]  # drawn as told; left out, its rows are taken away


@dataclass(frozen=True)
class Kind:
    """What campaigns of a kind have in common.

    `lead_rate` is the share of the sessions that leave a lead, `click_rate` the clicks per
    impression of its ads and `click_cost` the price of a click in EUR.
    """

    platform: str
    channel: str
    source: str
    lead_rate: float
    click_rate: float
    click_cost: float
    creation_cost: float
    items: tuple[str, ...]
    about: tuple[str, str]
    profile: str = "business"
    seasonal: bool = False


KINDS = {
    "sea_marque": Kind(
        "google_ads", "paid_search", "google", 0.046, 0.19, 0.62, 0.0, ("marque_exacte",),
        ("Annonces Google sur notre nom.", "Garder la première place sur notre nom."),
        seasonal=True),
    "sea_inter": Kind(
        "google_ads", "paid_search", "google", 0.031, 0.041, 2.05, 0.0,
        ("inter_management", "inter_commercial", "inter_bureautique"),
        ("Annonces Google sur les formations inter.", "Des demandes de devis."), seasonal=True),
    "rentree": Kind(
        "google_ads", "paid_search", "google", 0.036, 0.046, 2.15, 950.0,
        ("rentree_inter", "rentree_intra"),
        ("Campagne de rentrée : annonces, mailing, page dédiée.", "Remplir l'automne.")),
    "cloture": Kind(
        "linkedin_ads", "paid_social", "linkedin", 0.024, 0.0078, 4.6, 700.0,
        ("budget_formation", "plan_2025_2027"),
        ("Campagne de fin d'année sur LinkedIn : solder les budgets.", "Des devis intra.")),
    "li": Kind(
        "linkedin_ads", "paid_social", "linkedin", 0.026, 0.0074, 4.9, 600.0,
        ("temoignage_rh", "guide_plan"),
        ("Annonces LinkedIn pour les responsables RH.", "Des téléchargements de guides.")),
    "meta": Kind(
        "meta_ads", "paid_social", "facebook", 0.010, 0.0115, 0.85, 450.0, ("reconversion", "cpf"),
        ("Annonces Facebook pour les reconversions.", "Des demandes de particuliers."), "leisure"),
    "display": Kind(
        "google_ads", "display", "google", 0.0011, 0.0034, 0.58, 2400.0,
        ("banniere_large", "banniere_mobile", "video_15s"),
        ("Campagne display grand public.", "Faire connaître la marque et les formations."),
        "leisure"),
}  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """A paid campaign: its days, its sessions on an average day, its mailing."""

    campaign_id: str
    kind: Kind
    first_day: date
    last_day: date
    visits_a_day: float
    mailing_on: date | None = None
    planned_end: date | None = None  # of a campaign that still runs on the last day

    @property
    def origin(self) -> dict[str, str]:
        """Return how its visits are labelled."""
        channel = self.kind.channel
        medium = "display" if channel == "display" else "cpc"
        return {
            "channel": channel,
            "source": self.kind.source,
            "medium": medium,
            "campaign_id": self.campaign_id,
        }

    def visits(self) -> np.ndarray:
        """Return the visits to expect on each day of the period."""
        runs = (np.datetime64(self.first_day) <= DAYS) & (np.datetime64(self.last_day) >= DAYS)
        return self.visits_a_day * demand(self.kind.profile, self.kind.seasonal) * runs


AUTUMN, YEAR_END, LINKEDIN = KINDS["rentree"], KINDS["cloture"], KINDS["li"]
CAMPAIGNS = (
    Campaign("sea_marque", KINDS["sea_marque"], FIRST_DAY, LAST_DAY, 5.2),
    Campaign("sea_inter", KINDS["sea_inter"], FIRST_DAY, LAST_DAY, 7.6),
    Campaign("rentree_2024", AUTUMN, FIRST_DAY, date(2024, 10, 11), 8.0, date(2024, 9, 10)),
    Campaign("rentree_2025", AUTUMN, date(2025, 8, 31), date(2025, 10, 10), 8.7, date(2025, 9, 9)),
    Campaign("rentree_2026", AUTUMN, date(2026, 8, 31), date(2026, 10, 9), 9.4, date(2026, 9, 8)),
    Campaign("cloture_2024", YEAR_END, date(2024, 11, 18), date(2024, 12, 17), 6.5,
             date(2024, 11, 26)),
    Campaign("cloture_2025", YEAR_END, date(2025, 11, 17), date(2025, 12, 16), 7.2,
             date(2025, 11, 25)),
    # A month earlier than the years before: it is seen in October 2026 in ads, visits, leads,
    # e-mails and costs.
    Campaign("cloture_2026", YEAR_END, date(2026, 10, 12), LAST_DAY, 7.2, date(2026, 10, 20),
             date(2026, 12, 15)),
    Campaign("li_rh_2025", LINKEDIN, date(2025, 10, 6), date(2025, 11, 14), 6.5),
    Campaign("li_printemps_2025", LINKEDIN, date(2025, 3, 10), date(2025, 4, 11), 5.5),
    Campaign("li_printemps_2026", LINKEDIN, date(2026, 3, 9), date(2026, 4, 10), 6.0),
    Campaign("meta_cpf_2025", KINDS["meta"], date(2025, 9, 8), date(2025, 10, 31), 6.0),
    Campaign(EMPTY.whom, KINDS["display"], EMPTY.since, LAST_DAY, 92.0,
             planned_end=date(2026, 11, 30)),
)  # fmt: skip
MAILING_ONLY = {"catalogue_2025": date(2025, 1, 14), "catalogue_2026": date(2026, 1, 13)}


def mailings() -> dict[str, date]:
    """Return every mailing of the period, newsletters and campaigns, in the order of sending.

    Newsletters leave on the first and third Tuesday, only one in August.
    """
    every = MAILING_ONLY | {
        campaign.campaign_id: campaign.mailing_on for campaign in CAMPAIGNS if campaign.mailing_on
    }
    for month in MONTHS:
        tuesday = month + timedelta(days=(1 - month.weekday()) % 7)
        for letter, weeks in (("a", 0), ("b", 2)):
            if letter == "a" or month.month != 8:
                day = workday_on_or_after(tuesday + timedelta(weeks=weeks))
                every[f"nl_{month:%Y_%m}{letter}"] = day
    return dict(sorted(every.items(), key=lambda item: (item[1], item[0])))


# query: share of the search visits, rank in September 2024, rank long after the new site
QUERIES = {
    "tavelune": (0.20, 1.2, 1.1),
    "formation management": (0.12, 12.4, 7.1),
    "formation manager de proximite": (0.09, 9.1, 5.4),
    "formation commerciale": (0.09, 14.2, 9.6),
    "formation prospection telephonique": (0.06, 10.8, 6.9),
    "formation intelligence artificielle bureau": (0.10, 19.5, 10.4),
    "formation excel avance": (0.08, 16.3, 12.2),
    "formation marketing digital": (0.07, 21.0, 14.1),
    "plan de developpement des competences": (0.08, 13.3, 7.7),
    "financement opco formation": (0.06, 11.7, 8.3),
    "cpf entreprise abondement": (0.05, 15.4, 9.8),
}


def _by_day(moments: np.ndarray) -> np.ndarray:
    return np.bincount(day_number(moments), minlength=len(DAYS))


def acquisition_table(rng: np.random.Generator, visits: Columns, new_site: Story) -> pl.DataFrame:
    """Return `acquisition_daily`, what the platforms report by day, in the order of dates."""
    rows = [*_searches(rng, visits, new_site), *_adverts(rng, visits)]
    reported = pl.concat([frame("acquisition_daily", columns) for columns in rows])
    return reported.filter(pl.col("impressions") > 0).sort("date", maintain_order=True)


def _searches(rng: np.random.Generator, visits: Columns, new_site: Story) -> Iterator[dict]:
    """Give the searches that showed the site, query by query; positions count from 1."""
    from_google = (visits["channel"] == "organic_search") & (visits["source"] == "google")
    visits_a_day = _by_day(visits["started_at"][from_google])
    since = new_site.days_since(DAYS)
    progress = (since >= 0) / (1 + np.exp(-(since - 120) / 35.0))
    drift = 0.985 ** ((DAYS - DAYS[0]).astype(int) / 365.25)
    dip = np.where((since >= 0) & (since < 24), 1.12, 1.0)
    for query, (share, rank_before, rank_after) in QUERIES.items():
        rank = (rank_before * drift * (1 - progress) + rank_after * progress) * dip
        rank = np.maximum(rank * rng.normal(1, 0.03, len(DAYS)), 1.0)
        clicks = rng.binomial(visits_a_day, share * 0.96)
        # People who search do not depend on the rank; a better rank shows the site to somewhat
        # more of them.
        searched = 36.0 * share * rank_before**1.05 / 0.33 * demand() * (1 + 0.3 * progress)
        impressions = clicks + rng.poisson(searched * rng.gamma(40, 1 / 40, len(DAYS)))
        yield {
            "date": DAYS,
            "platform": "search_console",
            "channel": "organic_search",
            "item": query,
            "impressions": impressions,
            "clicks": clicks,
            "sum_position": np.maximum(np.round(impressions * rank), impressions),
        }


def _adverts(rng: np.random.Generator, visits: Columns) -> Iterator[dict]:
    """Give the rows of the paid platforms, advert by advert.

    Clicks exceed the visits (some leave before the page answers); the conversions are the
    platform's own claim.
    """
    for campaign in CAMPAIGNS:
        kind = campaign.kind
        mine = (visits["campaign_id"] == campaign.campaign_id) & (visits["channel"] == kind.channel)
        started_at = visits["started_at"][mine]
        arrived = _by_day(started_at)
        leads = _by_day(started_at[visits["leaves_lead"][mine]])
        clicks = arrived + rng.poisson(arrived * 0.09)
        first, last = day_number(np.array([campaign.first_day, campaign.last_day], "datetime64[D]"))
        runs = slice(first, last + 1)
        for left, item in zip(range(len(kind.items), 0, -1), kind.items, strict=True):
            here = clicks if left == 1 else rng.binomial(clicks, 1 / left)
            claimed = np.minimum(leads, here) if left == 1 else rng.binomial(leads, 1 / left)
            clicks, leads = clicks - here, leads - claimed
            luck = rng.uniform(0.85, 1.15, len(DAYS))
            shown = here + rng.poisson(here / kind.click_rate * luck)
            price = kind.click_cost * rng.normal(1, 0.07, len(DAYS))
            dearer = 1 + 0.06 * np.arange(len(DAYS)) / 365
            yield {
                "date": DAYS[runs],
                "platform": kind.platform,
                "channel": kind.channel,
                "campaign_id": campaign.campaign_id,
                "item": item,
                "impressions": shown[runs],
                "clicks": here[runs],
                "conversions": (claimed + rng.binomial(here, 0.004))[runs],
                "cost": np.round(here * (price * dearer), 2)[runs],
            }


TOOLS = {"crm": 520.0, "emailing_tool": 189.0, "web_analytics": 95.0}


def cost(scope: str, scope_id: str, kind: str, amount: float, day: date) -> dict:
    """Return a row of `costs`."""
    return {
        "scope_kind": scope,
        "scope_id": scope_id,
        "cost_kind": kind,
        "amount_ht": amount,
        "currency": "EUR",
        "incurred_at": day,
    }


def _campaign_costs(acquisition: pl.DataFrame) -> list[dict]:
    """Return creation, tools, and the media to the cent as the platforms report them, by month."""
    media = (
        acquisition.filter(pl.col("campaign_id").is_not_null())
        .group_by("campaign_id", pl.col("date").dt.month_end())
        .agg(pl.col("cost").sum().round(2))
    )
    rows = [cost("campaign", name, "media", paid, day) for name, day, paid in media.iter_rows()]
    rows += [
        cost("campaign", each.campaign_id, "design", each.kind.creation_cost, each.first_day)
        for each in CAMPAIGNS
        if each.kind.creation_cost
    ]
    rows += [
        cost("tool", tool, "overhead", paid, month)
        for month in MONTHS
        for tool, paid in TOOLS.items()
    ]
    return rows


def costs_table(acquisition: pl.DataFrame, trainings: Iterable[dict]) -> list[dict]:
    """Return the rows of `costs`, of campaigns, tools and trainings, in the order of dates."""
    rows = [*_campaign_costs(acquisition), *trainings]
    names = ("incurred_at", "scope_kind", "scope_id", "cost_kind")
    return sorted(rows, key=lambda row: [row[name] for name in names])


# action, kind, the story that it starts or its first day, end, objective, what, what for
OTHER_ACTIONS = (
    ("salon_2025", "event", date(2025, 3, 19), date(2025, 3, 20), None,
     "Stand à un salon de la formation.", "Des contacts pour la newsletter."),
    ("club_2025", "event", date(2025, 3, 3), date(2025, 3, 3), "kr_answers",
     "Ouverture du Club, l'espace d'entraide en ligne.", "Que les apprenants s'entraident."),
    ("fenetre_newsletter_2026", "improvement", "popup", None, "kr_list",
     "Fenêtre d'inscription à la newsletter sur le site.", "Une liste plus longue."),
    ("nouveau_site_2026", "seo", "new_site", date(2026, 5, 31), "kr_organic",
     "Nouveau site, pages de formation réécrites.", "De meilleures positions dans Google."),
    ("salon_2026", "event", date(2026, 3, 18), date(2026, 3, 19), None,
     "Stand à un salon de la formation.", "Des contacts pour la newsletter."),
    ("rappel_jour_meme_2026", "improvement", "same_day_call", None, None,
     "Le commercial répond à toute demande dans la journée.", "Plus de prospects qualifiés."),
    ("formulaire_unique_2026", "improvement", "one_form", None, "kr_resolution",
     "Un formulaire unique remplace la ligne téléphonique des apprenants.",
     "Des demandes traitées plus vite."),
    ("simulateur_2026", "improvement", "simulator", None, "kr_conversion",
     "Nouveau bouton : le simulateur de financement.", "Plus de demandes de devis."),
    ("webinaire_ia_2026", "event", date(2026, 11, 19), date(2026, 11, 19), None,
     "Webinaire public sur l'IA dans les dossiers.", "Cent inscrits."),
)  # fmt: skip


def actions_table(stories: Stories) -> dict[str, tuple]:
    """Return the columns of `actions`: what the company did and when, in order of time."""
    catalogue = ("Mailing du catalogue annuel.", "Des visites des pages de formation.")
    rows = [(name, "email", day, day, None, *catalogue) for name, day in MAILING_ONLY.items()]
    for each in CAMPAIGNS:
        always = each.kind.seasonal  # search advertising has no planned end
        end = None if always else each.planned_end or each.last_day
        kind = "sea" if always else "campaign"
        rows.append((each.campaign_id, kind, each.first_day, end, None, *each.kind.about))
    for name, kind, start, *others in OTHER_ACTIONS:
        story = stories.get(start)
        if story is None or story.told:
            rows.append((name, kind, story.since if story else start, *others))
    rows.sort(key=lambda row: (row[2], row[0]))
    names = "action_id kind started_at ended_at objective_id description expected_effect".split()
    return dict(zip(names, zip(*rows, strict=True), strict=True))
