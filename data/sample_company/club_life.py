"""What members of the Club do: visits, posts, questions, answers, comments, reactions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand, moments
from .club import HELPER, OPENING, Members

BRAND = "brand_club"
LATEST = MIDNIGHT_AFTER - np.timedelta64(120, "s")
# To find: the member who answers so much has less time from July 2026 on, and nobody steps in.
HELPER_AWAY = np.datetime64("2026-07-01")
# Acts of an ordinary member on a day of visit.
ACTS = {"question": 0.042, "post": 0.026, "comment": 0.11, "reaction": 0.24, "mention": 0.012,
        "quote": 0.008}  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One act in the Club; `parent` is the act it responds to."""

    at: np.datetime64
    actor: str
    kind: str
    parent: Act | None = None
    towards: str | None = None
    minutes: float | None = None


def draw_acts(rng: np.random.Generator, members: Members) -> list[Act]:
    """Return every act of the Club, in order of time."""
    zeal_of = dict(zip(members.key, members.zeal, strict=True))
    acts = _visits(rng, members)
    visits = list(acts)
    threads: list[Act] = []
    for visit in visits:
        zeal = zeal_of[visit.actor]
        for kind, rate in ACTS.items():
            for _ in range(int(rng.poisson(rate * (0.5 + 0.5 * zeal)))):
                acts.append(_say(rng, kind, visit, threads, members))
                if kind in ("question", "post"):
                    threads.append(acts[-1])
    acts += _answers(rng, members, [act for act in threads if act.kind == "question"])
    acts = [act for act in acts if act.at < LATEST]
    return sorted(acts, key=lambda act: (act.at, act.actor, act.kind))


def _visits(rng: np.random.Generator, members: Members) -> list[Act]:
    rhythm = np.sqrt(demand())
    out = []
    for place, key in enumerate(members.key):
        last = DAYS[-1] if np.isnat(members.end[place]) else members.end[place]
        inside = (max(members.start[place], OPENING) <= DAYS) & (last >= DAYS)
        often = np.clip(0.115 * members.zeal[place] * rhythm, 0, 0.8)
        if place == HELPER:
            often = np.where(HELPER_AWAY <= DAYS, 0.28, 0.72) * (rhythm > 0.3)
        days = DAYS[inside & (rng.random(len(DAYS)) < often)]
        spent = np.round(rng.lognormal(1.75, 0.75, len(days)), 1)
        for at, minutes in zip(moments(rng, days), spent, strict=True):
            out.append(Act(at, key, "visit", minutes=min(float(minutes), 90.0)))
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


def _answers(rng, members: Members, questions: list[Act]) -> list[Act]:
    """Answer the questions: the helper first, others later, the company and the author at times."""
    out = []
    helper = members.key[HELPER]
    for asked in questions:
        away = asked.at >= HELPER_AWAY
        inside = np.flatnonzero(members.present(asked.at.astype("datetime64[D]")))
        inside = inside[(members.key[inside] != asked.actor) & (inside != HELPER)]
        weight = members.zeal[inside] ** 1.2
        if asked.actor != helper and rng.random() < (0.16 if away else 0.68):
            out.append(_answer(rng, asked, helper, 3.0))
        for _ in range(int(rng.poisson(0.6 if away else 0.62))):
            who = members.key[rng.choice(inside, p=weight / weight.sum())]
            out.append(_answer(rng, asked, who, 52.0 if away else 26.0))
        if rng.random() < 0.05:
            out.append(_answer(rng, asked, BRAND, 20.0))
        if rng.random() < 0.04:
            out.append(_answer(rng, asked, asked.actor, 60.0))
    return out


def _answer(rng, asked: Act, who: str, hours: float) -> Act:
    after = 240 + int(rng.lognormal(np.log(hours * 3600), 1.0))
    return Act(asked.at + after, who, "answer", asked, asked.actor)


def interaction_rows(acts: list[Act], first_number: int) -> dict[str, list]:
    """Return the columns of `interactions` for the Club, numbered from `first_number` on."""
    ids = {id(act): f"i{first_number + place:05d}" for place, act in enumerate(acts)}
    parents = [ids.get(id(act.parent)) if act.parent else None for act in acts]
    return {
        "interaction_id": list(ids.values()),
        "ts": np.array([act.at for act in acts], dtype="datetime64[s]"),
        "space": ["community"] * len(acts),
        "actor_key": [act.actor for act in acts],
        "actor_is_brand": [act.actor == BRAND for act in acts],
        "kind": [act.kind for act in acts],
        "target_id": parents,
        "parent_id": parents,
        "target_author_key": [act.towards for act in acts],
        "minutes": [act.minutes for act in acts],
    }
