"""Hashtags: which are used, and how people react to the posts that bear them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd

from kpilib.engine.combine import NOTHING_BELOW
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, Outcome, unknown
from kpilib.errors import ContractError
from kpilib.methods.call import Call
from kpilib.period import Period

# What anybody may read; a message to us or an answer to a survey says nothing in public.
PUBLIC = ("comment", "community_post", "mention")
ENGAGEMENTS = ["clicks", "reactions", "comments", "shares", "follows"]
# Not a colour after "&" (an entity), not an anchor inside an address.
OPENING = re.compile(r"(?<![\w&/])#")
JOINING = "_·\u200c\u200d"  # inside a word: "étudiant·e", and the joiners of Indic scripts
NO_POST = "None of the period's organic posts is known to bear this hashtag."


def hashtags(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the pooled engagement rate of the posts that bear each hashtag.

    Hashtags are read in the public texts about a post (``texts.subject_id``); a text whose post is
    not one of the period's organic posts is a use of the hashtag and nothing more. ``details``
    hold the uses and the posts. The texts themselves go no further than here.

    Raises
    ------
    ContractError
        Another breakdown than ``hashtag`` was asked.
    """
    if call.by not in (None, "hashtag"):
        raise ContractError([f"{call.kpi.id} is always by hashtag; by={call.by!r} is not."])
    plain = replace(call, by=None)
    answer = {}
    for period in call.periods:
        texts = plain.rows_of("texts", "ts source subject_id body", period)
        posts = plain.rows_of("social_posts", call.kpi.value.needs["social_posts"], period)
        for hashtag, outcome in ranking(texts, posts, intervals=call.intervals).items():
            answer[period, hashtag] = outcome
    return answer


def hashtags_in(body: Any) -> list[str]:
    """Return the hashtags of a text in their order, repetitions included, in small letters.

    Letters of any alphabet count; a number alone (``#1``) is no hashtag.
    """
    if not isinstance(body, str):
        return []
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", body).casefold())
    words = ("".join(takewhile(_of_word, text[found.end() :])) for found in OPENING.finditer(text))
    return [f"#{word}" for word in words if any(sign.isalpha() for sign in word)]


def ranking(
    texts: pd.DataFrame, posts: pd.DataFrame, *, intervals: bool = True
) -> dict[str, Outcome]:
    """Return one outcome a hashtag.

    Parameters
    ----------
    texts : pandas.DataFrame
        ``source``, ``subject_id``, ``body``.
    posts : pandas.DataFrame
        ``post_id``, ``is_paid``, ``impressions`` and the kinds of engagement.
    intervals : bool
        Whether to draw posts again for an interval.
    """
    public = texts[texts["source"].isin(PUBLIC)]
    organic = posts[~posts["is_paid"].eq(True) & posts["impressions"].notna()]
    seen = organic.drop_duplicates("post_id").set_index("post_id")
    uses: Counter[str] = Counter()
    borne: dict[str, set[str]] = {}
    for subject, body in zip(public["subject_id"], public["body"], strict=True):
        found = hashtags_in(body)
        uses.update(found)
        for hashtag in found:
            borne.setdefault(hashtag, set()).update({subject} & set(seen.index))
    return {
        hashtag: _pooled(seen.loc[sorted(borne[hashtag])], float(count), intervals)
        for hashtag, count in uses.items()
    }


def _pooled(posts: pd.DataFrame, uses: float, intervals: bool) -> Outcome:
    known: Mapping[str, Any] = {
        "n": float(len(posts)),
        "details": {"uses": uses, "posts": float(len(posts))},
    }
    if posts.empty:
        return unknown(NO_DATA, NO_POST, **known)
    up = posts[ENGAGEMENTS].astype(float).fillna(0).sum(axis=1).to_numpy()
    down = posts["impressions"].to_numpy(dtype=float)
    gained, shown = float(np.sum(up)), float(np.sum(down))
    if shown == 0:
        return unknown(NO_DENOMINATOR, NOTHING_BELOW, numerator=gained, denominator=0.0, **known)
    outcome = Outcome(
        value=gained / shown,
        numerator=gained,
        denominator=shown,
        **known,
    )
    return outcome.drawn(up, down) if intervals else outcome


def _of_word(sign: str) -> bool:
    return sign.isalnum() or sign in JOINING or unicodedata.category(sign).startswith("M")
