"""The Club, where people who were trained help one another: who belongs to it, what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand
from .draws import NEVER, Columns, moments
from .stories import Story
from .tables import labels

OPENING = np.datetime64("2025-03-03")
FOUNDERS = 90
HELPER = 6  # the member who answers more than anybody else, in the order of joining
SHARE_OF_CUSTOMERS = 0.45
BRAND = "brand_club"
LATEST = MIDNIGHT_AFTER - np.timedelta64(120, "s")
# Acts of an ordinary member on a day of visit.
ACTS = {"question": 0.042, "post": 0.026, "comment": 0.11, "reaction": 0.24, "mention": 0.012,
        "quote": 0.008}  # fmt: skip


@dataclass
class Members:
    """One entry a member, in the order of joining.

    `zeal` is how much a member does, about 1 on average; many do next to nothing.
    """

    key: np.ndarray
    start: np.ndarray
    end: np.ndarray
    reason: np.ndarray
    sponsor: np.ndarray
    zeal: np.ndarray

    def present(self, day: np.datetime64) -> np.ndarray:
        """Return which members belong on a day."""
        return (self.start <= day) & (np.isnat(self.end) | (self.end >= day))

    def rows(self) -> Columns:
        """Return the columns of `memberships` for the Club."""
        return {
            "kind": "community",
            "person_key": self.key,
            "start_at": self.start,
            "end_at": self.end,
            "end_reason": self.reason,
            "referred_by": self.sponsor,
        }


def draw_members(rng: np.random.Generator, customers: Columns) -> Members:
    """Return the members: ninety who opened the Club with the company, then those who joined."""
    later = DAYS > OPENING
    joined = np.repeat(DAYS[later], rng.poisson(0.6 * demand()[later]))
    start = np.concatenate([np.full(FOUNDERS, OPENING), joined])
    size = len(start)
    quiet = rng.random(size) < 0.45
    zeal = np.minimum(rng.lognormal(-0.45, 1.0, size), 6.0) * np.where(quiet, 0.08, 1.0)
    zeal[HELPER] = 7.0
    stays = np.ceil(rng.exponential(2400, size) * np.clip(zeal + 0.5, 0.5, 3.0)).astype(int) + 20
    stays[HELPER] = 10_000
    end = (start + stays).astype("datetime64[D]")
    gone = end <= DAYS[-1]
    reason = np.where(rng.random(size) < 0.7, "left", "inactive").astype(object)
    key, sponsor = _who_they_are(rng, start, zeal, customers)
    return Members(
        key, start, np.where(gone, end, NEVER), np.where(gone, reason, None), sponsor, zeal
    )


def _who_they_are(rng, start: np.ndarray, zeal: np.ndarray, customers: Columns) -> tuple:
    """Return the key of each member, a customer's or a new one, and of the member who sent them."""
    first_order, ids = customers["first_order_at"].astype("datetime64[D]"), customers["customer_id"]
    taken = np.zeros(len(ids), dtype=bool)
    key, sponsor = [], []
    for number, day in enumerate(start):
        known = np.flatnonzero((first_order <= day) & ~taken)
        if rng.random() < SHARE_OF_CUSTOMERS:
            chosen = int(rng.choice(known))
            taken[chosen] = True
            key.append(ids[chosen])
        else:
            key.append(f"c{number + 1:04d}")
        others = np.flatnonzero(start[:number] < day)
        sent = number >= FOUNDERS and rng.random() < 0.22
        weight = zeal[others] + 0.05
        sponsor.append(key[rng.choice(others, p=weight / weight.sum())] if sent else None)
    return np.array(key, dtype=object), np.array(sponsor, dtype=object)


@dataclass(frozen=True)
class Act:
    """One act in the Club; `parent` is the act it responds to."""

    at: np.datetime64
    actor: str
    kind: str
    parent: Act | None = None
    towards: str | None = None
    minutes: float | None = None


def draw_acts(rng: np.random.Generator, members: Members, helper_away: Story) -> list[Act]:
    """Return every act of the Club, in order of time."""
    zeal_of = dict(zip(members.key, members.zeal, strict=True))
    visits = _visits(rng, members, helper_away)
    said: list[Act] = []
    threads: list[Act] = []
    for visit in visits:
        zeal = zeal_of[visit.actor]
        for kind, rate in ACTS.items():
            for _ in range(int(rng.poisson(rate * (0.5 + 0.5 * zeal)))):
                said.append(_say(rng, kind, visit, threads, members))
                if kind in ("question", "post"):
                    threads.append(said[-1])
    questions = [act for act in threads if act.kind == "question"]
    acts = visits + said + _answers(rng, members, questions, helper_away)
    acts = [act for act in acts if act.at < LATEST]
    return sorted(acts, key=lambda act: (act.at, act.actor, act.kind))


def _visits(rng, members: Members, helper_away: Story) -> list[Act]:
    rhythm = np.sqrt(demand())
    out = []
    for place, key in enumerate(members.key):
        last = DAYS[-1] if np.isnat(members.end[place]) else members.end[place]
        inside = (max(members.start[place], OPENING) <= DAYS) & (last >= DAYS)
        often = np.clip(0.115 * members.zeal[place] * rhythm, 0, 0.8)
        if place == HELPER:
            comes = np.where(helper_away.on(DAYS), helper_away.by["comes"], 0.72)
            often = comes * (rhythm > 0.3)
        days = DAYS[inside & (rng.random(len(DAYS)) < often)]
        spent = np.minimum(np.round(rng.lognormal(1.75, 0.75, len(days)), 1), 90.0).tolist()
        for at, minutes in zip(moments(rng, days), spent, strict=True):
            out.append(Act(at, key, "visit", minutes=minutes))
    return sorted(out, key=lambda act: (act.at, act.actor))


def _say(rng, kind: str, visit: Act, threads: list[Act], members: Members) -> Act:
    """Return an act made during a visit: alone, on a recent thread, or towards somebody."""
    at = visit.at + int(rng.integers(20, 600))
    parent = None
    if kind in ("comment", "reaction", "quote"):
        posts = [act for act in threads[-40:] if act.at < at]
        parent = posts[-1 - int(rng.integers(0, min(len(posts), 12)))] if posts else None
    towards = parent.actor if parent else None
    if kind == "mention":
        inside = np.flatnonzero(members.present(at.astype("datetime64[D]")))
        weight = members.zeal[inside] / members.zeal[inside].sum()
        towards = members.key[rng.choice(inside, p=weight)]
    return Act(at, visit.actor, kind, parent, towards)


def _answers(rng, members: Members, questions: list[Act], helper_away: Story) -> list[Act]:
    """Answer the questions: the helper first, others later, the company and the author at times."""
    out = []
    helper, by = members.key[HELPER], helper_away.by

    def answer(asked: Act, who: str, hours: float) -> None:
        after = 240 + int(rng.lognormal(np.log(hours * 3600), 1.0))
        out.append(Act(asked.at + after, who, "answer", asked, asked.actor))

    for asked in questions:
        away = helper_away.on(asked.at)
        inside = np.flatnonzero(members.present(asked.at.astype("datetime64[D]")))
        inside = inside[(members.key[inside] != asked.actor) & (inside != HELPER)]
        weight = members.zeal[inside] ** 1.2
        if asked.actor != helper and rng.random() < (by["helps"] if away else 0.68):
            answer(asked, helper, 3.0)
        for _ in range(int(rng.poisson(by["others"] if away else 0.62))):
            who = members.key[rng.choice(inside, p=weight / weight.sum())]
            answer(asked, who, by["hours"] if away else 26.0)
        if rng.random() < 0.05:
            answer(asked, BRAND, 20.0)
        if rng.random() < 0.04:
            answer(asked, asked.actor, 60.0)
    return out


def interaction_rows(acts: list[Act], on_posts: list[dict]) -> dict:
    """Return the columns of `interactions` for the Club, numbered after those on posts."""
    first = len(on_posts) + 1
    ids = labels("interactions", range(first, first + len(acts)))
    id_of = {id(act): name for act, name in zip(acts, ids, strict=True)}
    parents = [id_of.get(id(act.parent)) for act in acts]
    return {
        "interaction_id": ids,
        "ts": [act.at for act in acts],
        "space": "community",
        "actor_key": [act.actor for act in acts],
        "actor_is_brand": [act.actor == BRAND for act in acts],
        "kind": [act.kind for act in acts],
        "target_id": parents,
        "parent_id": parents,
        "target_author_key": [act.towards for act in acts],
        "minutes": [act.minutes for act in acts],
    }
