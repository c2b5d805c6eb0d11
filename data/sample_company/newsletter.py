"""The newsletter: who is on the list, what they are sent, what the mail tool sees, who clicks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER
from .campaigns import CAMPAIGNS, mailings
from .draws import NEVER, Columns, in_order, seconds, stack
from .stories import Stories, Story
from .visits import draw_behaviour, of_channel

READERS_BEFORE = 1560
FAIRS = {"2025-03-20": 70, "2026-03-19": 210}  # visiting cards typed in: the only import
DAY = np.timedelta64(1, "D")


@dataclass
class Readers:
    """One entry a membership, in the order of joining.

    `taste` multiplies the chance of opening; `apple` is the moment of adopting a mail program that
    hides opens, as a rank in [0, 1): those below the share of the day have adopted it.
    """

    start: np.ndarray
    taste: np.ndarray
    apple: np.ndarray
    scanned: np.ndarray
    end: np.ndarray = field(init=False)
    reason: np.ndarray = field(init=False)

    def __post_init__(self):
        self.end = np.full(len(self.start), NEVER, dtype="datetime64[D]")
        self.reason = np.full(len(self.start), None, dtype=object)

    def on_list(self, day: np.datetime64) -> np.ndarray:
        """Return which readers belong to the list on a day."""
        return (self.start <= day) & (np.isnat(self.end) | (self.end > day))

    def leave(self, who: np.ndarray, at: np.ndarray | np.datetime64, reason: str) -> None:
        """End memberships; the day is the last day on the list."""
        self.end[who] = at.astype("datetime64[D]")
        self.reason[who] = reason


def draw_sign_ups(rng: np.random.Generator, visits: Columns, popup: Story) -> np.ndarray:
    """Return the visits (their positions, in order of time) that subscribe to the newsletter."""
    started_at = visits["started_at"]
    rate = of_channel("signs_up", visits["channel"])
    rate = np.where(popup.on(started_at), rate * popup.by["sign_ups"], rate)
    early_enough = (started_at - started_at.astype("datetime64[D]")).astype(int) < 22 * 3600
    wants = rng.random(len(rate)) < rate / np.mean(visits["engaged"])
    return np.flatnonzero(wants & visits["engaged"] & early_enough)


def draw_readers(
    rng: np.random.Generator, visits: Columns, sign_ups: np.ndarray, popup: Story
) -> tuple[Readers, Columns]:
    """Return the readers, and the visits with the number of the reader that a sign-up became."""
    sign_up_days = visits["started_at"][sign_ups].astype("datetime64[D]")
    years_before = rng.power(1.6, READERS_BEFORE) * 5.5
    before = DAYS[0] - 1 - np.floor((5.5 - years_before) * 365).astype(int)
    fairs = np.repeat(np.array(list(FAIRS), dtype="datetime64[D]"), list(FAIRS.values()))
    start = np.concatenate([before, sign_up_days, fairs])
    order = np.argsort(start, kind="stable")
    number = np.empty(len(start), dtype=int)
    number[order] = np.arange(len(start))
    start, size = start[order], len(start)
    # The pop-up and the second fair bring people who wanted the guide, not the letter.
    lukewarm = popup.on(start) & (rng.random(size) < popup.by["lukewarm"])
    taste = np.minimum(rng.gamma(1.5, 1 / 1.5, size), 2.9) * np.where(lukewarm, 0.72, 1.0)
    readers = Readers(start, taste, rng.random(size), rng.random(size) < 0.03)
    became = np.full(len(visits["channel"]), -1)
    became[sign_ups] = number[READERS_BEFORE : READERS_BEFORE + len(sign_ups)]
    return readers, visits | {"reader": became}


def person_keys(rng: np.random.Generator, readers: Readers) -> np.ndarray:
    """Return a pseudonym for each membership; a few people left the list and came back."""
    numbers = rng.permutation(len(readers.start)) + 1
    keys = np.array([f"p{number:05d}" for number in numbers], dtype=object)
    gone = np.flatnonzero(readers.reason == "unsubscribe")
    back = np.flatnonzero(readers.start > np.datetime64("2026-05-01"))[10:400:80][:5]
    for leaver, returning in zip(gone[5:200:35], back, strict=False):
        if readers.end[leaver] < readers.start[returning]:
            keys[returning] = keys[leaver]
    return keys


def memberships_table(readers: Readers, keys: np.ndarray) -> dict:
    """Return the columns of `memberships` for the newsletter."""
    return {
        "kind": "newsletter",
        "person_key": keys,
        "start_at": readers.start,
        "end_at": readers.end,
        "end_reason": readers.reason,
    }


def send_all(
    rng: np.random.Generator, readers: Readers, stories: Stories
) -> tuple[Columns, Readers]:
    """Send every mailing of the period; return the readers too, who leave the list on the way."""
    readers = deepcopy(readers)
    campaign_ids = {campaign.campaign_id for campaign in CAMPAIGNS}
    blocks = []
    for mailing, on in mailings().items():
        day = np.datetime64(on)
        after_nine = 900 * int(rng.integers(0, 5))
        sent_at = day.astype("datetime64[s]") + 9 * 3600 + after_nine
        who = np.flatnonzero(readers.on_list(day) & (readers.start < day))
        if mailing in campaign_ids:  # an offer goes to a part of the list
            who = who[rng.random(len(who)) < 0.7]
        block = _send(rng, readers, sent_at, who, mailing.startswith("nl_"), stories)
        blocks.append(block | {"campaign_id": np.full(len(who), mailing, dtype=object)})
    return stack(blocks), readers


def _send(rng, readers: Readers, sent_at, who: np.ndarray, is_letter: bool, stories: Stories):
    """Send one mailing: what arrives, what is read and clicked, who leaves."""
    size = len(who)
    first_send = readers.start[who] > sent_at.astype("datetime64[D]") - 22
    hard = rng.random(size) < np.where(first_send, 0.010, 0.0016)
    soft = ~hard & (rng.random(size) < 0.0095)
    late = soft & (rng.random(size) < 0.12)  # refused at first, delivered by a later attempt
    delivered = ~hard & (~soft | late)
    scanned = readers.scanned[who] & delivered & (rng.random(size) < 0.6)

    luck = rng.normal(1.0, 0.025)
    chance = stories["weary_readers"].between("attention", sent_at) * luck * readers.taste[who]
    reads = delivered & (rng.random(size) < np.minimum(chance, 0.9))
    clicks = reads & (rng.random(size) < (0.135 if is_letter else 0.155))
    seen_at = sent_at + seconds(rng.lognormal(9.2, 1.55, size))
    out_of_window = rng.random(size) < 0.012  # read after the window of 7 days
    seen_at = np.where(out_of_window, seen_at + 8 * DAY, seen_at)
    clicked_at = seen_at + seconds(rng.integers(8, 400, size))
    in_time = clicked_at < MIDNIGHT_AFTER - np.timedelta64(3600, "s")
    reads, clicks = reads & in_time, clicks & in_time

    proxied = readers.apple[who] < stories["hidden_opens"].between("proxied", sent_at)
    images_blocked = clicks & (rng.random(size) < 0.04)
    human_open = (reads & ~proxied & ~images_blocked) | (clicks & proxied)
    machine_open = (delivered & proxied & (rng.random(size) < 0.97)) | scanned
    machine_at = sent_at + seconds(rng.integers(20, 5400, size))
    scanner_at = sent_at + seconds(rng.integers(1, 9, size))
    scanner_clicks = scanned & ~clicks & (rng.random(size) < 0.5)
    counted = np.where(clicks, 1 + rng.poisson(0.35, size), np.where(scanner_clicks, 6, 0))

    weariness = stories["weary_readers"].between("leaving", sent_at)
    leaves = delivered & (rng.random(size) < weariness)
    left_at = sent_at + seconds(np.minimum(rng.exponential(40_000, size), 900_000))
    leaves &= left_at < MIDNIGHT_AFTER
    complained = delivered & ~leaves & (rng.random(size) < 0.00022)
    readers.leave(who[hard], sent_at, "bounce")
    readers.leave(who[complained], sent_at, "complaint")
    readers.leave(who[leaves], left_at[leaves], "unsubscribe")
    return {
        "reader": who,
        "sent_at": np.full(size, sent_at),
        "delivered": delivered,
        "bounce_kind": np.where(hard, "hard", np.where(soft, "soft", None)),
        "is_privacy_proxied": proxied,
        "human_open": human_open,
        "machine_open": machine_open,
        "first_open_at": np.where(machine_open, machine_at, np.where(human_open, seen_at, NEVER)),
        "human_click": clicks,
        "first_click_at": np.where(clicks, clicked_at, np.where(scanner_clicks, scanner_at, NEVER)),
        "click_count": counted,
        "unsubscribed_at": np.where(leaves, left_at, NEVER),
        "complained": complained,
    }


def with_clicks(
    rng: np.random.Generator, visits: Columns, sends: Columns, new_site: Story
) -> Columns:
    """Add the visits that human clicks start; one in seven is not measured (no consent)."""
    measured = sends["human_click"] & (rng.random(len(sends["human_click"])) < 0.86)
    size = int(measured.sum())
    labels = {"channel": "email", "source": "newsletter", "medium": "email"}
    clicks = {name: np.full(size, label, dtype=object) for name, label in labels.items()} | {
        "started_at": sends["first_click_at"][measured] + seconds(rng.integers(1, 6, size)),
        "campaign_id": sends["campaign_id"][measured],
        "reader": sends["reader"][measured],
    }
    clicks = draw_behaviour(rng, in_order(clicks, "started_at"), new_site)
    return in_order(stack([visits, clicks]), "started_at")


def email_sends_table(sends: Columns, keys: np.ndarray) -> Columns:
    """Return the columns of `email_sends`."""
    columns = {name: values for name, values in sends.items() if name != "reader"}
    return columns | {"recipient_key": keys[sends["reader"]]}
