"""Verbatims: reviews, comments, messages, mentions, requests, posts of the Club, feedback.

`words.csv` holds what is said, all invented, and what it is about: a tone, a kind of request, a
kind of act in the Club. What the staff drops into the feedback box, in French and English, without
a name, is put together from a small grammar: a theme, a verdict in a tone, a frame for both.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np

from .business_calendar import MIDNIGHT_AFTER, MONTHS, demand
from .club import Act
from .draws import Columns, arrivals, one_of, pick
from .networks import is_viral
from .stories import Stories, Story

WORDS: dict[tuple[str, str], list[dict[str, str | None]]] = {}
with (Path(__file__).parent / "words.csv").open(encoding="utf-8", newline="") as file:
    for word in csv.DictReader(file):
        key = word.pop("source"), word.pop("about")
        WORDS.setdefault(key, []).append(word | {"themes": word["themes"] or None})
TONES = ("positive", "neutral", "negative")
A_DAY = {"google_review": 0.22, "comment": 0.40, "private_message": 0.34}
SHARES = {
    "google_review": (0.80, 0.09, 0.11),
    "comment": (0.56, 0.36, 0.08),
    "private_message": (0.47, 0.40, 0.13),
    "mention": (0.52, 0.4, 0.08),
    "complaint": (0.1, 0.1, 0.35, 0.38, 0.07),
}
MEDIA = {"social": 0.72, "online_media": 0.17, "other": 0.11}
HASHTAGS = (
    "#formation #management", "#formation #rh", "#management", "#ia #formation",
    "#cpf #reconversion", "#rh #entretienpro", "#competences", "#formation",
)  # fmt: skip


def _shares(one_form: Story, source: str, at: np.datetime64) -> tuple[float, ...]:
    """Return the shares of what is said: nobody answers the phone while the one form is told."""
    since = "since" if source == "complaint" or source == "mention" else "slow_from"
    told = one_form.by["tones"].get(source) if one_form.on(at, since) else None
    return told or SHARES[source]


def first_texts(rng: np.random.Generator, posts: Columns, one_form: Story) -> list[dict]:
    """Return reviews, comments and private messages, in order of time.

    A review has a rating; of comments and messages one in forty is not read yet.
    """
    rows = []
    for source, a_day in A_DAY.items():
        for at in np.sort(arrivals(rng, a_day * (0.4 + 0.6 * demand()))):
            tone = TONES[pick(rng, _shares(one_form, source, at))]
            row = {"ts": at, "source": source}
            if source == "google_review":
                best, worst = 4.0 + (rng.random() < 0.68), 1.0 + (rng.random() < 0.4)
                row["rating"] = {"positive": best, "neutral": 3.0, "negative": worst}[tone]
            if source == "comment":
                last = max(int(np.searchsorted(posts["published_at"], at)) - 1, 0)
                row["subject_id"] = posts["post_id"][last]
            waits = rng.random() < 0.025 and source != "google_review"
            row |= one_of(rng, WORDS[source, tone])
            rows.append(row | {"sentiment": None} if waits else row)
    return sorted(rows, key=lambda row: (row["ts"], row["source"]))


def further_texts(
    rng: np.random.Generator, posts: Columns, tickets: Columns, in_club: dict, acts: list[Act],
    stories: Stories,
) -> list[dict]:  # fmt: skip
    """Return mentions, requests to customer service and posts of the Club, in order of time."""
    rows = _mentions(rng, posts, stories) + _requests(rng, tickets, stories["one_form"])
    for act_id, act in zip(in_club["interaction_id"], acts, strict=True):
        if act.kind in ("question", "post") and rng.random() < 0.42:
            # the last sentence about posts asks after an answer that does not come
            too_early = act.kind == "post" and act.at < np.datetime64("2026-08-01")
            words = WORDS["community_post", act.kind]
            row = {"ts": act.at, "source": "community_post", "author_key": act.actor}
            said = one_of(rng, words[:-1] if too_early else words)
            rows.append(row | {"subject_id": act_id} | said)
    return sorted(rows, key=lambda row: (row["ts"], row["source"], str(row.get("subject_id"))))


def _mentions(rng: np.random.Generator, posts: Columns, stories: Stories) -> list[dict]:
    published, out = posts["published_at"], []
    viral = is_viral(posts, stories["viral_post"])
    for at in np.sort(arrivals(rng, 0.8 * demand())):
        tone = TONES[pick(rng, _shares(stories["one_form"], "mention", at))]
        medium = pick(rng, MEDIA)
        row = {"ts": at, "source": "mention", "medium": medium} | one_of(
            rng, WORDS["mention", tone]
        )
        recent = np.flatnonzero((published < at) & (published > at - 6 * 86_400))
        if medium == "social" and len(recent) and rng.random() < 0.7:
            post = one_of(rng, recent)
            if rng.random() < 0.6 and viral[recent].any():
                post = recent[viral[recent]][0]
            tags = "#humour #formation" if viral[post] else HASHTAGS[post * 7 % len(HASHTAGS)]
            row |= {"subject_id": posts["post_id"][post], "body": f"{row['body']} {tags}"}
        if at < MIDNIGHT_AFTER:
            out.append(row)
    return out


def _requests(rng: np.random.Generator, tickets: Columns, one_form: Story) -> list[dict]:
    out = []
    for ticket in np.flatnonzero(rng.random(len(tickets["ticket_id"])) < 0.66):
        at, kind = tickets["opened_at"][ticket], tickets["kind"][ticket]
        shares = (0.24, 0.24, 0.22, 0.2, 0.1)
        if kind == "complaint":
            shares = _shares(one_form, kind, at)
        row = {
            "ts": at,
            "source": "support",
            "author_key": tickets["customer_id"][ticket],
            "subject_id": tickets["ticket_id"][ticket],
        }
        out.append(row | WORDS["support", kind][pick(rng, shares)])
    return out


AGAIN = 20_260_129  # the seed of what a second person reads
SCORES = {"positive": 0.62, "neutral": 0.0, "negative": -0.58}


def _score(mean: float, slip: float) -> float:
    return float(np.clip(np.round(mean + slip, 2), -1, 1))


def read(rng: np.random.Generator, rows: list[dict], by_a_person: float) -> list[dict]:
    """Return verbatims as they were read; one in forty waits.

    A share of them was read by a person (`is_gold`). The score stays the machine's, from -1 to 1:
    right four times out of five.
    """
    waits, gold = rng.random(len(rows)) < 0.025, rng.random(len(rows)) < by_a_person
    noise, out = rng.normal(0, 0.38, len(rows)), []
    for row, waiting, is_gold, slip in zip(rows, waits, gold, noise, strict=True):
        drawn_before = row["source"] in ("comment", "private_message")
        tone = None if waiting and not drawn_before else row["sentiment"]
        score = _score(SCORES[tone], slip) if tone else None
        judged = {"sentiment": tone, "sentiment_score": score, "is_gold": bool(is_gold and tone)}
        out.append({"language": "fr"} | row | judged)
    return read_again(out)


def read_again(rows: list[dict]) -> list[dict]:
    """Return verbatims with what a second person says of those that one has read.

    One in ten is told apart by a step: neutral where the first heard praise or blame, or back. It
    is drawn apart, so that nothing else of the company changes with it.
    """
    slips = np.random.default_rng(AGAIN).random((len(rows), 2))
    out = []
    for row, (slip, side) in zip(rows, slips, strict=True):
        said = row["sentiment"] if row["is_gold"] else None
        if said and slip < 0.1:
            said = "neutral" if said != "neutral" else ("positive", "negative")[int(side < 0.5)]
        out.append(row | {"second_sentiment": said})
    return out


BEGINS = date(2025, 11, 1)  # when the feedback box was put up
A_MONTH = 44
GOLD = 200  # read by two people
ENGLISH = 0.3
# theme and tone: shares of the texts, and of half of them once a team is unhappy
BOX_THEMES = {"charge": (0.26, 0.3), "management": (0.18, 0.34), "communication": (0.2, 0.14),
              "reconnaissance": (0.18, 0.12), "environnement": (0.18, 0.1)}  # fmt: skip
BOX_TONES = {"positive": (0.3, 0.16), "neutral": (0.2, 0.14), "negative": (0.5, 0.7)}
BOX_SCORES = {"positive": 0.6, "neutral": 0.0, "negative": -0.6}


def feedback(rng: np.random.Generator, unrest: Story) -> list[dict]:
    """Return the texts of the box in order of time, of which two people read two hundred."""
    rows: list[dict] = []
    for month in (each for each in MONTHS if each >= BEGINS):
        first, told = np.datetime64(month, "s"), bool(unrest.on(month))
        length = int(((np.datetime64(month, "M") + 1) - first).astype(int))
        for second in np.sort(rng.integers(0, length, A_MONTH + int(rng.integers(-6, 7)))):
            rows.append({"ts": first + second} | _dropped(rng, told and rng.random() < 0.5))
    gold = set(rng.choice(len(rows), GOLD, replace=False).tolist())
    return read_again([row | {"is_gold": number in gold} for number, row in enumerate(rows)])


def _dropped(rng: np.random.Generator, unhappy: bool) -> dict:
    def said(source: str, about: str) -> str:
        return one_of(rng, WORDS[source, about])["body"]

    language = "en" if rng.random() < ENGLISH else "fr"
    theme, tone = (
        pick(rng, {name: both[unhappy] for name, both in shares.items()})
        for shares in (BOX_THEMES, BOX_TONES)
    )
    verdict = said("box_verdict", f"{language} {tone}")
    body = said("box_frame", language).format(
        subject=said("box_subject", f"{language} {theme}"),
        verdict=verdict,
        Verdict=verdict[0].upper() + verdict[1:],
    )
    judged = {"sentiment": tone, "sentiment_score": _score(BOX_SCORES[tone], rng.normal(0, 0.35))}
    said_in = {"source": "feedback_box", "language": language}
    return said_in | {"body": body, "themes": theme} | judged
