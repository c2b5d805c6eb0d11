"""What the small company's site, prospects, campaigns and events add to its tables."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tests.maker import FIRST, Maker, keys

PAGES = ["/formations", "/formations/", "/formations?utm=x", "/guide#haut", "/", "/contact", None]


def web(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with the columns that the KPIs of audience and leads read besides.

    Parameters
    ----------
    m : Maker
        With a seed of its own, so that the other tables stay as they are.
    tables : dict of str to pandas.DataFrame
    """
    sessions, events, leads = tables["sessions"], tables["web_events"], tables["leads"]
    feed, visits = tables["acquisition_daily"], len(sessions)
    paid = feed["platform"] != "search_console"
    plain = events["event_name"].mask(events.index % 7 == 3, "product_click")
    seen = events["event_id"].str.startswith("seen") | (events["event_name"] == "cta_click")
    # what was not clicked was not shown either: the small feed has clicks on its ads alone
    clicks = pd.Series(m.number(0, 9, len(feed))).where(paid)
    meeting = leads["created_at"] + pd.to_timedelta(m.rng.integers(0, 40, len(leads)), unit="D")
    return tables | {
        "sessions": sessions.assign(
            landing_page=m.pick(PAGES, visits),
            is_new_visitor=m.truth(0.5, visits, 0.05),
            campaign_id=m.pick(["c1", "c2"], visits, 0.5),
        ),
        "web_events": events.assign(
            event_name=plain.where(~seen, events["event_name"]),
            page=m.pick(PAGES, len(events)),
            form_id=m.pick(["contact", "quote"], len(events), 0.3),
        ),
        "acquisition_daily": feed.assign(
            impressions=feed["impressions"].fillna(0) + clicks.fillna(0),
            clicks=clicks,
            conversions=pd.Series(m.number(0, 2, len(feed))).where(paid & (clicks > 1)),
            cost=pd.Series(m.quarters(50, len(feed))).where(paid),
        ),
        "leads": leads.assign(
            form_id=m.pick(["contact", "quote", ""], len(leads), 0.2),
            fit_score=m.quarters(50, len(leads), 0.1),
            engagement_score=m.quarters(50, len(leads), 0.1),
            meeting_at=meeting.mask(m.rng.random(len(leads)) < 0.5),
            customer_id=pd.Series(m.pick(keys("q", 30), len(leads))).where(
                leads["won_at"].notna()
            ),
        ),
        "actions": pd.DataFrame({
            "action_id": ["c2", "c1", "site"],
            "kind": ["campaign", "campaign", "seo"],
            "started_at": [date(2025, 2, 10), date(2025, 2, 12), date(2025, 2, 1)],
            "ended_at": [date(2025, 2, 20), None, None],
        }),
        "participations": _participations(m),
    }  # fmt: skip


def _participations(m: Maker) -> pd.DataFrame:
    """Events of both months, one after the last day; some came without having registered."""
    count = 240
    begins = {f"w{number}": at for number, at in enumerate(m.instant(12))}
    begins["later"] = pd.Timestamp(2025, 3, 20, 9, tz="UTC").as_unit("us")
    kinds = ["event", "webinar", "collaboration", "team_building"]
    activity = m.pick(list(begins), count)
    at = pd.Series([begins[name] for name in activity])
    days = pd.to_timedelta(m.rng.integers(1, 20, count), unit="D")
    opened = pd.Timestamp(FIRST, tz="UTC").as_unit("us") - pd.Timedelta(days=20)
    registered = (at - days).clip(lower=opened).mask(m.rng.random(count) < 0.2)
    audience = {"collaboration": "member", "team_building": "employee"}
    kind = [kinds[len(name) % 2 if name == "later" else int(name[1:]) % 4] for name in activity]
    return pd.DataFrame({
        "participation_id": keys("g", count),
        "activity_id": activity,
        "activity_kind": kind,
        "activity_at": at,
        "audience": [audience.get(name, "public") for name in kind],
        "person_key": m.pick(keys("p", 15), count),
        "registered_at": registered,
        "attended": pd.Series(m.truth(0.6, count, 0.05)).where(at < "2025-03-01"),
    })  # fmt: skip
