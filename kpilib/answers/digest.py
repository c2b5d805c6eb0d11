"""What was written in a period, in one frame: themes by priority, and terms that no theme has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from kpilib.engine.outcome import OK
from kpilib.engine.printed import texts_said
from kpilib.engine.question import Question
from kpilib.engine.slices import of_period
from kpilib.methods.themes import writers_of
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables
from kpilib.texts.learned import agreement, limit, macro_f1
from kpilib.texts.sentiment import lexicons, said_in
from kpilib.texts.subjects import FEWEST, terms_missed

SPEAKERS = {"customers": "complaint_themes", "employees": "feedback_themes"}
SECOND = "second_sentiment"
DETAILS = ("count", "negative", "negative_share", "negative_share_low", "negative_share_high")
COLUMNS = ["kind", "name", "texts", "negative", "negative_share", "low", "high", "priority"]


def _terms(question: Question, table: str, folder: Path | None) -> pd.DataFrame:
    """Return the words that no theme has and that blame; none where a few could be told apart."""
    tables, period = question.tables, question.periods[0]
    of_staff = question.kpis[0].protects  # of two months together, one less the other is few
    several = of_staff and period.whole_months != 1
    if several or not tables.holds(table, {"body", "sentiment"}):
        return pd.DataFrame(columns=COLUMNS)
    named = tables.holds(table, {"author_key"})
    columns = {"body", "sentiment", CONTRACTS[table].time, *["author_key"] * named}
    said = in_pandas(of_period(tables.frame(table, columns), CONTRACTS[table].time, period, tables))
    said = said.dropna(subset=["body", "sentiment"])
    blames = said["sentiment"] == "negative"
    missed = terms_missed(said["body"], blames, folder, writers_of(said))
    missed = missed[missed["writers"] >= (question.minimum if of_staff else 0)].copy()
    missed["share"] = missed["negative"] / missed["texts"]
    if of_staff and question.printed:  # as the figures of themes are
        pairs = [*map(texts_said, missed["texts"], missed["negative"])]
        missed[["texts", "share"]] = pd.DataFrame(pairs, missed.index, dtype=float, columns=[0, 1])
        missed["negative"] = (missed["texts"] * missed["share"]).round()
    renamed = {"term": "name", "share": "negative_share"}
    return missed.rename(columns=renamed).assign(kind="term")


def digest(question: Question, themes: pd.DataFrame, folder: Path | None) -> pd.DataFrame:
    """Return the digest of a period; see `kpilib.company.Company.digest`."""
    tables = question.tables
    table = next(iter(question.kpis[0].needs))
    rows = [
        ("theme", row.theme, *map(row.details.get, DETAILS), row.value)
        for row in themes.itertuples()
        if row.status == OK and row.details["count"] >= FEWEST
    ]
    found = pd.DataFrame(rows, columns=COLUMNS)
    terms = _terms(question, table, folder)
    parts = [each.reindex(columns=COLUMNS) for each in (found, terms) if len(each)]
    both = pd.concat(parts, ignore_index=True) if parts else found
    truth, read, second = held_against(tables, table, folder)
    f1 = macro_f1(truth, read) if len(truth) else None
    twice = np.array([label is not None for label in second], dtype=bool)
    return both.assign(
        labelled=len(truth),
        macro_f1=np.nan if f1 is None else f1,
        limit=limit(len(truth), f1, int(twice.sum())),
        labelled_twice=int(twice.sum()),
        kappa=agreement(truth[twice], second[twice]),
    )


def held_against(
    tables: Tables, table: str, folder: Path | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the tones of texts marked ``is_gold``: of people, of our words, of second readers.

    The last is None where nobody else read a text.
    """
    needed, nothing = {"body", "sentiment", "is_gold"}, np.array([], dtype=object)
    if not tables.holds(table, needed) or "is_gold" not in tables.columns("texts"):
        return nothing, nothing, nothing
    again = {SECOND} & set(tables.columns("texts"))
    rows = in_pandas(tables.frame(table, needed | again)).reindex(columns=[*needed, SECOND])
    gold = rows[rows["is_gold"].eq(True)].dropna(subset=["body", "sentiment"])
    every = lexicons(folder)
    read = np.array([said_in(body, every).sentiment for body in gold["body"]], dtype=object)
    second = gold[SECOND].astype(object).where(gold[SECOND].notna(), None)
    return gold["sentiment"].to_numpy(dtype=object), read, second.to_numpy(dtype=object)
