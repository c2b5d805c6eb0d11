"""What public texts point at: accounts that are mentioned, by whom, and hashtags that posts bear.

Functions of frames: what a network knows of its authors is no table of the kit. Only authors who
chose to be public are named; of all others a sum is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd

from kpilib.engine.combine import NOTHING_BELOW
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, Answer, Outcome, unknown
from kpilib.errors import ParameterError, listed
from kpilib.methods.call import Call
from kpilib.methods.own_rows import require_frame
from kpilib.saying import error_of
from kpilib.tables.describing import FLOOR

# What anybody may read; a message to us or an answer to a survey says nothing in public.
PUBLIC = ("comment", "community_post", "mention")
# An account after "@": not the second half of an address (info@acme.fr), nor of a path.
ACCOUNT = re.compile(r"(?<![\w&/.+-])@(\w[\w.-]*)")
OTHERS = "(others)"  # who is not public, together
TEXT_COLUMNS = ("author_key", "source", "body")
AUTHOR_COLUMNS = ("author_key", "name", "reach", "is_public")
COLUMNS = ["author", "authors", "texts", "reach", "engagements", "impressions", "influence"]
ENGAGEMENTS = ["clicks", "reactions", "comments", "shares", "follows"]
# Not a colour after "&" (an entity), not an anchor inside an address.
OPENING = re.compile(r"(?<![\w&/])#")
JOINING = "_·\u200c\u200d"  # inside a word: "étudiant·e", and the joiners of Indic scripts
NO_POST = "None of the period's organic posts is known to bear this hashtag."


def _small(body: str) -> str:
    """Return a text in small letters, signs that look alike being one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", body).casefold())


def mentions_in(body: Any) -> list[str]:
    """Return the accounts that a text mentions, in their order, repetitions included.

    Letters of any alphabet count, in small letters; dots and hyphens at the end belong to the
    sentence.

    Examples
    --------
    >>> mentions_in("#Formation #formation @Acme.")
    ['@acme']
    """
    if not isinstance(body, str):
        return []
    return [f"@{found.rstrip('.-')}" for found in ACCOUNT.findall(_small(body))]


def mentions(texts: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """Return who mentions which account, and how often: the edges of a graph.

    Parameters
    ----------
    texts : pandas.DataFrame
        ``author_key, source, body``; only public ones count (comments, posts, mentions).
    authors : pandas.DataFrame
        ``author_key, name, reach, is_public``; who is missing is not public.

    Returns
    -------
    pandas.DataFrame
        ``author, account, texts``, the most first; a text that mentions an account twice counts
        once. Authors who are not public are ``(others)``.

    Raises
    ------
    ParameterError
        A column is missing, or an author is listed twice.

    Examples
    --------
    >>> mentions(texts, authors).query("account == '@acme'")
    """
    public = _public(texts, authors)
    edges = public.assign(account=[sorted({*mentions_in(each)}) for each in public["body"]])
    edges = edges.explode("account").dropna(subset=["account"])
    found = edges.groupby(["author", "account"]).size().rename("texts").reset_index()
    return found.sort_values(
        ["texts", "author", "account"], ascending=[False, True, True], ignore_index=True
    )


def influencers(
    texts: pd.DataFrame, authors: pd.DataFrame, accounts: Sequence[str]
) -> pd.DataFrame:
    """Return the authors who mention a company, by reach x engagement.

    Parameters
    ----------
    texts : pandas.DataFrame
        As for `mentions`; ``engagements``, what others did with the text, where it is known.
    authors : pandas.DataFrame
        ``author_key, name, reach, is_public``: reach is how many follow the author.
    accounts : sequence of str
        The company's, such as ``["@acme"]``.

    Returns
    -------
    pandas.DataFrame
        One row a public author, the first the most influential: ``author``, ``authors`` (1),
        ``texts``, ``reach``, ``engagements`` of these texts, ``impressions`` = texts x reach, and
        ``influence`` = reach x engagements / texts; missing where one of them is not known. Last
        ``(others)``: all who are not public, their reach where they are five or more.

    Raises
    ------
    ParameterError
        A column is missing, an author is listed twice, or no account was named.

    Notes
    -----
    ``reach x engagement`` is the rule of the article that this kit serves: it ranks, and is no
    number of people. Followers of two authors are often the same ones.

    Examples
    --------
    >>> influencers(texts, authors, ["@acme"]).head(3)
    """
    accounts = [accounts] if isinstance(accounts, str) else accounts or []
    asked = {
        account for each in map(str, accounts) for account in mentions_in(f"@{each.lstrip('@')}")
    }
    if not asked:
        raise error_of(ParameterError, 'accounts is empty. Name those of the company: ["@acme"].')
    public = _public(texts, authors)
    if "engagements" not in public:
        public["engagements"] = float("nan")
    ours = public[[bool(asked & {*mentions_in(each)}) for each in public["body"]]]
    ours = ours.assign(times=1, impressions=ours["reach"])
    sums = {"times": "sum", "engagements": _sum, "impressions": _sum}
    by_author = ours.groupby(["author", "author_key"]).agg({**sums, "reach": "first"})
    found = by_author.reset_index().rename(columns={"times": "texts"}).assign(authors=1)
    named = found[found["author"] != OTHERS]
    each_time = named["engagements"] / named["texts"]
    named = named.assign(influence=named["reach"] * each_time)
    named = named.sort_values(
        ["influence", "impressions", "author"], ascending=[False, False, True]
    )
    rest = found[found["author"] == OTHERS]
    return pd.concat([named, _together(rest)], ignore_index=True)[COLUMNS]


def _together(rest: pd.DataFrame) -> pd.DataFrame:
    """Return all who are not public as one row; of fewer than five no reach."""
    if rest.empty:
        return rest
    told = {"author": OTHERS, "authors": len(rest), "texts": rest["texts"].sum()}
    if len(rest) >= FLOOR:
        told |= {name: _sum(rest[name]) for name in ("reach", "engagements", "impressions")}
    return pd.DataFrame([told]).reindex(columns=COLUMNS)


def _sum(values: pd.Series) -> float:
    """Return a sum that is not known where a part is not."""
    return float(values.sum(skipna=False))


def _public(texts: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """Return the public texts with who wrote them: a name, or that it is somebody else."""
    for name, frame, needed in (
        ("texts", texts, TEXT_COLUMNS),
        ("authors", authors, AUTHOR_COLUMNS),
    ):
        require_frame(frame, f"{name}, {listed(needed)}")
        missing = [column for column in needed if column not in frame]
        if missing:
            raise error_of(
                ParameterError,
                "{name} lacks {missing}; it has {columns}. Rename or add them.",
                name=name,
                missing=listed(missing),
                columns=listed(map(str, frame)),
            )
    if authors["author_key"].duplicated().any():
        raise error_of(ParameterError, "authors lists somebody twice. Keep one row an author.")
    rows = texts[texts["source"].isin(PUBLIC)].dropna(subset=["author_key"])
    rows = rows.merge(authors[list(AUTHOR_COLUMNS)], on="author_key", how="left")
    open_ones = rows["is_public"].eq(True) & rows["name"].notna()
    return rows.assign(author=rows["name"].where(open_ones, OTHERS))


def hashtags(call: Call) -> Answer:
    """Return the pooled engagement rate of the posts that bear each hashtag.

    Hashtags are read in the public texts about a post (``texts.subject_id``); a text whose post is
    not one of the period's organic posts is a use of the hashtag and nothing more. ``details``
    hold the uses and the posts. The texts themselves go no further than here.

    Raises
    ------
    ContractError
        Another breakdown than ``hashtag`` was asked.
    """
    call.only_by("hashtag")
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
    text = _small(body)
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
