"""Mailings: who receives them, what the mail tool sees, and the visits that clicks bring."""

from __future__ import annotations

import numpy as np

from .business_calendar import MIDNIGHT_AFTER
from .campaigns import CAMPAIGNS, mailings
from .newsletter_list import Readers

DAY = np.timedelta64(1, "D")
# Attention for the letter, and the share of mail programs that hide opens, between dated points.
ATTENTION = {"2024-09-01": 0.275, "2025-09-15": 0.268, "2025-12-01": 0.256, "2026-10-31": 0.192}
APPLE_SHARE = {"2024-09-01": 0.22, "2025-10-15": 0.30, "2026-10-31": 0.455}


def _between(points: dict[str, float], day: np.datetime64) -> float:
    days = np.array(list(points), dtype="datetime64[D]").astype(int)
    return float(np.interp(day.astype("datetime64[D]").astype(int), days, list(points.values())))


def _seconds(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 1).astype("timedelta64[s]")


def send_all(rng: np.random.Generator, readers: Readers) -> dict[str, np.ndarray]:
    """Send every mailing of the period; readers leave the list on the way."""
    campaign_ids = {campaign.campaign_id for campaign in CAMPAIGNS}
    blocks = []
    for mailing, day in mailings().items():
        sent_at = np.datetime64(day, "s") + np.timedelta64(
            9 * 3600 + 900 * int(rng.integers(0, 5)), "s"
        )
        who = np.flatnonzero(
            readers.on_list(np.datetime64(day)) & (readers.start < np.datetime64(day))
        )
        if mailing in campaign_ids:  # an offer goes to a part of the list
            who = who[rng.random(len(who)) < 0.7]
        blocks.append(_send(rng, readers, mailing, sent_at, who))
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _send(
    rng, readers: Readers, mailing: str, sent_at: np.datetime64, who: np.ndarray
) -> dict[str, np.ndarray]:
    size = len(who)
    never = np.full(size, np.datetime64("NaT"), dtype="datetime64[s]")
    first_send = readers.start[who] > sent_at.astype("datetime64[D]") - 22
    hard = rng.random(size) < np.where(first_send, 0.010, 0.0016)
    soft = ~hard & (rng.random(size) < 0.0095)
    late = soft & (rng.random(size) < 0.12)  # refused at first, delivered by a later attempt
    delivered = ~hard & (~soft | late)

    proxied = readers.apple[who] < _between(APPLE_SHARE, sent_at)
    scanned = readers.scanned[who] & delivered & (rng.random(size) < 0.6)
    luck = rng.normal(1.0, 0.025)
    chance = np.minimum(_between(ATTENTION, sent_at) * luck * readers.taste[who], 0.9)
    reads = delivered & (rng.random(size) < chance)
    clicks = reads & (rng.random(size) < (0.135 if mailing.startswith("nl_") else 0.155))
    seen_at = sent_at + _seconds(rng.lognormal(9.2, 1.55, size))
    seen_at = np.where(
        rng.random(size) < 0.012, seen_at + 8 * DAY, seen_at
    )  # read after the window of 7 days
    clicked_at = seen_at + _seconds(rng.integers(8, 400, size))
    in_time = clicked_at < MIDNIGHT_AFTER - np.timedelta64(3600, "s")
    reads, clicks = reads & in_time, clicks & in_time

    images_blocked = clicks & (rng.random(size) < 0.04)
    human_open = (reads & ~proxied & ~images_blocked) | (clicks & proxied)
    machine_open = (delivered & proxied & (rng.random(size) < 0.97)) | scanned
    machine_at = sent_at + _seconds(rng.integers(20, 5400, size))
    first_open_at = np.where(machine_open, machine_at, np.where(human_open, seen_at, never))
    scanner_at = sent_at + _seconds(rng.integers(1, 9, size))
    scanner_clicks = scanned & ~clicks & (rng.random(size) < 0.5)
    first_click_at = np.where(clicks, clicked_at, np.where(scanner_clicks, scanner_at, never))
    click_count = np.where(clicks, 1 + rng.poisson(0.35, size), np.where(scanner_clicks, 6, 0))

    weariness = _between(
        {"2024-09-01": 0.0023, "2025-10-15": 0.0025, "2026-10-31": 0.0042}, sent_at
    )
    leaves = delivered & (rng.random(size) < weariness)
    left_at = sent_at + _seconds(np.minimum(rng.exponential(40_000, size), 900_000))
    leaves &= left_at < MIDNIGHT_AFTER
    complained = delivered & ~leaves & (rng.random(size) < 0.00022)
    readers.leave(who[hard], sent_at.astype("datetime64[D]"), "bounce")
    readers.leave(who[complained], sent_at.astype("datetime64[D]"), "complaint")
    readers.leave(who[leaves], left_at[leaves].astype("datetime64[D]"), "unsubscribe")
    return {
        "reader": who,
        "campaign_id": np.full(size, mailing, dtype=object),
        "sent_at": np.full(size, sent_at),
        "delivered": delivered,
        "bounce_kind": np.where(hard, "hard", np.where(soft, "soft", None)),
        "is_privacy_proxied": proxied,
        "human_open": human_open,
        "machine_open": machine_open,
        "first_open_at": first_open_at,
        "human_click": clicks,
        "first_click_at": first_click_at,
        "click_count": click_count,
        "unsubscribed_at": np.where(leaves, left_at, never),
        "complained": complained,
    }


def visits_from_clicks(
    rng: np.random.Generator, sends: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the visits that human clicks start; one in seven is not measured (no consent)."""
    measured = sends["human_click"] & (rng.random(len(sends["human_click"])) < 0.86)
    size = int(measured.sum())
    labels = {"channel": "email", "source": "newsletter", "medium": "email"}
    return {name: np.full(size, label, dtype=object) for name, label in labels.items()} | {
        "started_at": sends["first_click_at"][measured] + _seconds(rng.integers(1, 6, size)),
        "campaign_id": sends["campaign_id"][measured],
        "reader": sends["reader"][measured],
    }


def email_sends_table(sends: dict[str, np.ndarray], keys: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of `email_sends`."""
    columns = {name: values for name, values in sends.items() if name != "reader"}
    ids = [f"x{number:06d}" for number in range(1, len(sends["reader"]) + 1)]
    return {"send_id": ids, "recipient_key": keys[sends["reader"]]} | columns
