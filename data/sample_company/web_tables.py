"""The tables `sessions` and `web_events` out of the visits and what happened in them."""

from __future__ import annotations

import numpy as np

from .web_events import EVENTS
from .web_traffic import PAGES


def session_ids(count: int) -> np.ndarray:
    """Return `s00001` to the number of sessions."""
    return np.array([f"s{number:05d}" for number in range(1, count + 1)], dtype=object)


def sessions_table(
    rng: np.random.Generator, visits: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the columns of `sessions`; a few landing pages are missing, as in real exports."""
    landing = np.array(PAGES, dtype=object)[visits["landing"]]
    landing = np.where(rng.random(len(landing)) < 0.006, None, landing)
    same = (
        "visitor_id",
        "started_at",
        "duration_s",
        "engaged_s",
        "pageviews",
        "key_events",
        "source",
        "medium",
        "campaign_id",
        "channel",
        "country",
        "is_new_visitor",
    )
    columns = {name: visits[name] for name in same}
    return {"session_id": session_ids(len(landing)), "landing_page": landing} | columns


def web_events_table(
    visits: dict[str, np.ndarray], events: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the columns of `web_events`."""
    session = events["session"]
    return {
        "event_id": [f"e{number:06d}" for number in range(1, len(session) + 1)],
        "session_id": session_ids(len(visits["channel"]))[session],
        "visitor_id": visits["visitor_id"][session],
        "ts": visits["started_at"][session] + events["offset"].astype("timedelta64[s]"),
        "event_name": np.array(EVENTS, dtype=object)[events["event"]],
        "page": events["page"],
        "cta_id": events["cta"],
        "asset_id": events["asset"],
        "form_id": events["form"],
    }
