"""Leads: who leaves a request, how sales rates it, and what becomes of it."""

from __future__ import annotations

import numpy as np

from .business_calendar import demand
from .draws import Columns, arrivals, happened, looked_up
from .stories import Story
from .tables import labels
from .visits import of_channel

QUALIFIED_FROM = 60.0  # fit + engagement, the rule agreed with sales
FIT_BY_FORM = {"devis": 5.0, "contact": 1.0, "rappel": 3.0, "guide": -5.0, None: 4.0}


def _after(rng, days_mean: float, size: int, least_days: float = 0.05) -> np.ndarray:
    seconds = (least_days + rng.exponential(days_mean, size)) * 86_400
    return seconds.astype(int).astype("timedelta64[s]")


def draw_leads(
    rng: np.random.Generator, visits: Columns, reader_keys: np.ndarray, same_day_call: Story
) -> Columns:
    """Return the leads in order of creation: those of the site, and some taken on the phone."""
    session = np.flatnonzero(visits["leaves_lead"])
    on_site = visits["started_at"][session] + visits["lead_after_s"][session]
    calls = arrivals(rng, 0.075 * demand())
    session = np.concatenate([session, np.full(len(calls), -1)])
    created = np.concatenate([on_site, calls])
    order = np.argsort(created, kind="stable")
    session, created, size = session[order], created[order], len(created)
    of_visit = {
        name: np.where(session >= 0, visits[name][session], None)
        for name in ("visitor_id", "channel", "campaign_id", "form")
    }
    later = np.where(same_day_call.on(created), same_day_call.by["score"], 0.0)
    fit = rng.normal(29.5, 8.5, size) + of_channel("fit", of_visit["channel"]) + later
    fit = np.clip(np.round(fit + looked_up(FIT_BY_FORM, of_visit["form"])), 0, 50)
    engagement = np.clip(np.round(rng.normal(28.0, 8.5, size) + later), 0, 50)

    qualifies = fit + engagement >= QUALIFIED_FROM
    quick = rng.random(size) < 0.6
    qualified_at = created + np.where(quick, _after(rng, 1.2, size), _after(rng, 9.0, size, 1.0))
    accepted = qualifies & (rng.random(size) < 0.66)
    sql_at = qualified_at + _after(rng, 4.0, size)
    meets = accepted & (rng.random(size) < 0.86)
    meeting_at = sql_at + _after(rng, 6.0, size, 1.0)
    wins = meets & (rng.random(size) < 0.52)
    buys_alone = ~qualifies & (rng.random(size) < 0.02)
    alone_at = created + _after(rng, 12.0, size)
    won_at = np.where(buys_alone, alone_at, meeting_at + _after(rng, 27.0, size, 4.0))
    return {
        "person_key": _people(rng, visits, session, reader_keys),
        "visitor_id": of_visit["visitor_id"],
        "session": session,
        "created_at": created,
        "channel": of_visit["channel"],
        "campaign_id": of_visit["campaign_id"],
        "form_id": of_visit["form"],
        "fit_score": fit,
        "engagement_score": engagement,
        "qualified_at": happened(qualifies, qualified_at),
        "sql_at": happened(accepted, sql_at),
        "meeting_at": happened(meets, meeting_at),
        "won_at": happened(wins | buys_alone, won_at),
    }


def _people(rng, visits: Columns, sessions: np.ndarray, reader_keys: np.ndarray) -> np.ndarray:
    """Return the person of each lead: a reader, someone who asks again, or someone new."""
    again, picked = rng.random(len(sessions)) < 0.045, rng.random(len(sessions))
    keys = []
    fresh = len(reader_keys) + 100
    for index, session in enumerate(sessions):
        reader = visits["reader"][session] if session >= 0 else -1
        if reader >= 0:
            keys.append(reader_keys[reader])
        elif again[index] and index > 40:
            keys.append(keys[int(picked[index] * (index - 20))])
        else:
            fresh += 1
            keys.append(f"p{fresh:05d}")
    return np.array(keys, dtype=object)


def leads_table(leads: Columns, customer_of: dict[str, str]) -> dict:
    """Return the columns of `leads`; a won lead names its customer."""
    session, won = leads["session"], ~np.isnat(leads["won_at"])
    columns = {name: values for name, values in leads.items() if name != "session"}
    customers = [customer_of.get(person) for person in leads["person_key"]]
    return columns | {
        "session_id": np.where(session >= 0, labels("sessions", session + 1), None),
        "customer_id": np.where(won, customers, None),
    }
