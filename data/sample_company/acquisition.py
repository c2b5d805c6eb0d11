"""What the platforms report by day: searches that showed the site, adverts and their cost."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, demand
from .campaigns import CAMPAIGNS
from .web_traffic import REDESIGN

# query: share of the search visits, rank in September 2024, rank long after the redesign
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


def _day_index(moments: np.ndarray) -> np.ndarray:
    return (moments.astype("datetime64[D]") - DAYS[0]).astype(int)


def search_console(
    rng: np.random.Generator, visits: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the rows of `search_console`: one a day and query; positions count from 1."""
    from_google = (visits["channel"] == "organic_search") & (visits["source"] == "google")
    visits_a_day = np.bincount(_day_index(visits["started_at"][from_google]), minlength=len(DAYS))
    since = (DAYS - REDESIGN).astype(int)
    progress = (since >= 0) / (1 + np.exp(-(since - 120) / 35.0))
    blocks = []
    for query, (share, rank_before, rank_after) in QUERIES.items():
        drift = 0.985 ** ((DAYS - DAYS[0]).astype(int) / 365.25)
        dip = np.where((since >= 0) & (since < 24), 1.12, 1.0)
        rank = (rank_before * drift * (1 - progress) + rank_after * progress) * dip
        rank = np.maximum(rank * rng.normal(1, 0.03, len(DAYS)), 1.0)
        clicks = rng.binomial(visits_a_day, share * 0.96)
        # People who search do not depend on the rank; a better rank shows the site to somewhat
        # more of them.
        searched = 36.0 * share * rank_before**1.05 / 0.33 * demand() * (1 + 0.3 * progress)
        impressions = clicks + rng.poisson(searched * rng.gamma(40, 1 / 40, len(DAYS)))
        blocks.append(
            {
                "date": DAYS,
                "item": np.full(len(DAYS), query, dtype=object),
                "impressions": impressions,
                "clicks": clicks,
                "sum_position": np.round(impressions * rank),
            }
        )
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    keep = columns["impressions"] > 0
    columns = {name: values[keep] for name, values in columns.items()}
    columns["sum_position"] = np.maximum(columns["sum_position"], columns["impressions"])
    size = len(columns["date"])
    return columns | {
        "platform": np.full(size, "search_console", dtype=object),
        "channel": np.full(size, "organic_search", dtype=object),
        "campaign_id": np.full(size, None, dtype=object),
        "conversions": np.full(size, np.nan),
        "cost": np.full(size, np.nan),
    }


def adverts(rng: np.random.Generator, visits: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the rows of the paid platforms: one a day, campaign and advert.

    Clicks exceed the visits (some leave before the page answers); the conversions are the
    platform's own claim.
    """
    blocks = []
    for campaign in CAMPAIGNS:
        mine = (visits["campaign_id"] == campaign.campaign_id) & (
            visits["channel"] == campaign.channel
        )
        days = _day_index(visits["started_at"][mine])
        arrivals = np.bincount(days, minlength=len(DAYS))
        leads = np.bincount(days[visits["leaves_lead"][mine]], minlength=len(DAYS))
        clicks = arrivals + rng.poisson(arrivals * 0.09)
        first = (np.datetime64(campaign.first_day) - DAYS[0]).astype(int)
        last = (np.datetime64(campaign.last_day) - DAYS[0]).astype(int)
        rest_clicks, rest_leads = clicks.copy(), leads.copy()
        for rank, item in enumerate(campaign.items):
            left = len(campaign.items) - rank
            mine_clicks = rest_clicks if left == 1 else rng.binomial(rest_clicks, 1 / left)
            mine_leads = (
                np.minimum(rest_leads, mine_clicks)
                if left == 1
                else rng.binomial(rest_leads, 1 / left)
            )
            rest_clicks, rest_leads = rest_clicks - mine_clicks, rest_leads - mine_leads
            shown = mine_clicks + rng.poisson(
                mine_clicks / campaign.click_rate * rng.uniform(0.85, 1.15, len(DAYS))
            )
            price = (
                campaign.click_cost
                * rng.normal(1, 0.07, len(DAYS))
                * (1 + 0.06 * np.arange(len(DAYS)) / 365)
            )
            blocks.append(
                {
                    "date": DAYS[first : last + 1],
                    "platform": np.full(last + 1 - first, campaign.platform, dtype=object),
                    "channel": np.full(last + 1 - first, campaign.channel, dtype=object),
                    "campaign_id": np.full(last + 1 - first, campaign.campaign_id, dtype=object),
                    "item": np.full(last + 1 - first, item, dtype=object),
                    "impressions": shown[first : last + 1],
                    "clicks": mine_clicks[first : last + 1],
                    "conversions": (mine_leads + rng.binomial(mine_clicks, 0.004))[
                        first : last + 1
                    ].astype(float),
                    "cost": np.round(mine_clicks * price, 2)[first : last + 1],
                }
            )
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    keep = columns["impressions"] > 0
    columns = {name: values[keep] for name, values in columns.items()}
    return columns | {"sum_position": np.full(keep.sum(), np.nan)}


def acquisition_table(
    rng: np.random.Generator, visits: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the columns of `acquisition_daily`, in the order of dates."""
    search, paid = search_console(rng, visits), adverts(rng, visits)
    columns = {name: np.concatenate([search[name], paid[name]]) for name in search}
    order = np.argsort(columns["date"], kind="stable")
    return {name: values[order] for name, values in columns.items()}
