"""Leads: who leaves a request, how sales rates it, and what becomes of it."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand, moments

QUALIFIED_FROM = 60.0  # fit + engagement, the rule agreed with sales
FIT_BY_CHANNEL = {
    "organic_search": 0.0,
    "direct": 1.5,
    "referral": 1.0,
    "organic_social": -2.0,
    "email": 4.0,
    "paid_search": 1.0,
    "paid_social": -4.0,
    "display": -16.0,
    None: -1.0,
}
FIT_BY_FORM = {"devis": 5.0, "contact": 1.0, "rappel": 3.0, "guide": -5.0, None: 4.0}
BETTER_SCRIPT_FROM = np.datetime64("2026-04-01")  # sales answers the same day


def _after(rng, days_mean: float, size: int, least_days: float = 0.05) -> np.ndarray:
    seconds = (least_days + rng.exponential(days_mean, size)) * 86_400
    return seconds.astype(int).astype("timedelta64[s]")


def draw_leads(
    rng: np.random.Generator, visits: dict[str, np.ndarray], reader_keys: np.ndarray
) -> dict:
    """Return the leads in order of creation: those of the site, and some taken on the phone."""
    session = np.flatnonzero(visits["leaves_lead"])
    created = visits["started_at"][session] + visits["lead_after_s"][session].astype(
        "timedelta64[s]"
    )
    calls = np.repeat(DAYS, rng.poisson(0.075 * demand()))
    calls_at = moments(rng, calls)
    phone = np.full(len(calls), -1)
    origin = np.concatenate([session, phone])
    created = np.concatenate([created, calls_at])
    order = np.argsort(created, kind="stable")
    origin, created = origin[order], created[order]
    on_site = origin >= 0

    def of_visit(name):
        return np.where(on_site, visits[name][origin], None)

    channel, form = of_visit("channel"), of_visit("form")
    size = len(created)
    later = np.where(created >= BETTER_SCRIPT_FROM, 1.6, 0.0)
    fit = rng.normal(29.5, 8.5, size) + [FIT_BY_CHANNEL[key] for key in channel] + later
    fit = np.clip(np.round(fit + [FIT_BY_FORM[key] for key in form]), 0, 50)
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
    won_at = np.where(
        buys_alone, created + _after(rng, 12.0, size), meeting_at + _after(rng, 27.0, size, 4.0)
    )

    def happened(condition, moment):
        never = np.datetime64("NaT")
        return np.where(condition & (moment < MIDNIGHT_AFTER), moment, never)

    return {
        "person_key": _people(rng, visits, origin, reader_keys),
        "visitor_id": of_visit("visitor_id"),
        "session": origin,
        "created_at": created,
        "channel": channel,
        "campaign_id": of_visit("campaign_id"),
        "form_id": form,
        "fit_score": fit,
        "engagement_score": engagement,
        "qualified_at": happened(qualifies, qualified_at),
        "sql_at": happened(accepted, sql_at),
        "meeting_at": happened(meets, meeting_at),
        "won_at": happened(wins | buys_alone, won_at),
    }


def _people(rng, visits, origin, reader_keys) -> np.ndarray:
    """Return the person of each lead: a reader, someone who asks again, or someone new."""
    again = rng.random(len(origin)) < 0.045
    pick = rng.random(len(origin))
    keys = []
    fresh = len(reader_keys) + 100
    for index, session in enumerate(origin):
        reader = visits["reader"][session] if session >= 0 else -1
        if reader >= 0:
            keys.append(reader_keys[reader])
        elif again[index] and index > 40:
            keys.append(keys[int(pick[index] * (index - 20))])
        else:
            fresh += 1
            keys.append(f"p{fresh:05d}")
    return np.array(keys, dtype=object)


def leads_table(leads: dict, session_ids: np.ndarray, customer_of: dict[str, str]) -> dict:
    """Return the columns of `leads`; a won lead names its customer."""
    session = leads["session"]
    won = ~np.isnat(leads["won_at"])
    columns = {name: values for name, values in leads.items() if name != "session"}
    return columns | {
        "lead_id": [f"l{number:05d}" for number in range(1, len(session) + 1)],
        "session_id": np.where(session >= 0, session_ids[session], None),
        "customer_id": [
            customer_of[person] if is_won else None
            for person, is_won in zip(leads["person_key"], won, strict=True)
        ],
    }
