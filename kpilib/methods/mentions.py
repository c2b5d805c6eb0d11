"""Who speaks of whom in public: accounts that are mentioned, and who reaches many of the readers.

Functions of frames: what a network knows of its authors is no table of the kit. Only authors who
chose to be public are named; of all others a sum is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpilib.engine.privacy import FLOOR
from kpilib.errors import ParameterError, listed
from kpilib.methods.hashtags import PUBLIC

# An account after "@": not the second half of an address (info@acme.fr), nor of a path.
ACCOUNT = re.compile(r"(?<![\w&/.+-])@(\w[\w.-]*)")
OTHERS = "(others)"  # who is not public, together
TEXT_COLUMNS = ("author_key", "source", "body")
AUTHOR_COLUMNS = ("author_key", "name", "reach", "is_public")
COLUMNS = ["author", "authors", "texts", "reach", "engagements", "impressions", "influence"]


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
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", body).casefold())
    return [f"@{found.rstrip('.-')}" for found in ACCOUNT.findall(text)]


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
    asked = {account for each in accounts for account in mentions_in(f"@{each.lstrip('@')}")}
    if not asked:
        raise ParameterError('accounts is empty. Name those of the company: ["@acme"].')
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
        missing = [column for column in needed if column not in frame]
        if missing:
            raise ParameterError(
                f"{name} lacks {listed(missing)}; it has {listed(map(str, frame))}. Rename or add"
                " them."
            )
    if authors["author_key"].duplicated().any():
        raise ParameterError("authors lists somebody twice. Keep one row an author.")
    rows = texts[texts["source"].isin(PUBLIC)].dropna(subset=["author_key"])
    rows = rows.merge(authors[list(AUTHOR_COLUMNS)], on="author_key", how="left")
    open_ones = rows["is_public"].eq(True) & rows["name"].notna()
    return rows.assign(author=rows["name"].where(open_ones, OTHERS))
