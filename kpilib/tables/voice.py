"""What customers and the public write, apart from what employees say among themselves.

Texts that come without a sentiment, or without themes, are read here.
"""

from __future__ import annotations

from functools import cache
from itertools import zip_longest
from pathlib import Path

import narwhals as nw
import polars as pl

from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.texts.lexicon import lexicons
from kpilib.texts.sentiment import said_in
from kpilib.texts.subjects import dictionary, themes_of

OF_EMPLOYEES = ("feedback_box", "survey_open")


def _customer_texts(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Leave out the sources in which employees speak: their words are never mixed with others'.

    Where no source is known, every text is taken for one of the public.
    """
    texts = frames["texts"]
    if "source" not in texts.collect_schema().names():
        return texts
    return texts.filter((~nw.col("source").is_in(OF_EMPLOYEES)).fill_null(True))


def _employee_texts(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Keep the sources in which employees speak."""
    return frames["texts"].filter(nw.col("source").is_in(OF_EMPLOYEES).fill_null(False))


# What is read in a text, where no column says it.
READ = {"sentiment": pl.String, "sentiment_score": pl.Float64, "themes": pl.String}


def unread(frame: nw.LazyFrame) -> list[str]:
    """Return the columns that can be read in the texts of a table that does not have them.

    A database or Spark reads none: texts are read before they go there, by an import.
    """
    names = frame.collect_schema().names()
    if "body" not in names or not frame.implementation.is_polars():
        return []
    return [column for column in READ if column not in names]


def with_read(frame: nw.LazyFrame, folder: Path | None) -> nw.LazyFrame:
    """Add what is read in texts; nothing is read before it is asked for, and each text once."""
    languages = ["language"] if "language" in frame.collect_schema().names() else []
    words = cache(lambda: lexicons(folder))
    themes = cache(lambda: dictionary(folder))
    said = cache(lambda body, lang: said_in(body, words(), lang))
    readers = {
        "sentiment": lambda body, lang: said(body, lang).sentiment,
        "sentiment_score": lambda body, lang: round(said(body, lang).score, 4),
        "themes": lambda body, _: ";".join(themes_of(body, themes())),
    }

    def reading(column: str) -> pl.Expr:
        def read(rows: pl.Series) -> pl.Series:
            bodies = rows.struct.field("body").cast(pl.String)
            known = rows.struct.field("language").cast(pl.String) if languages else []
            pairs = zip_longest(bodies, known)
            found = [readers[column](*pair) if (pair[0] or "").strip() else None for pair in pairs]
            return pl.Series(found, dtype=READ[column])

        return pl.struct("body", *languages).map_batches(read, return_dtype=READ[column])

    added = {column: reading(column) for column in unread(frame)}
    return nw.from_native(frame.to_native().with_columns(**added)) if added else frame


DERIVATIONS = (
    Derivation(
        contract=extended("employee_texts", "texts", "", key=("text_id",)),
        base="texts",
        needs={"texts": "ts source"},
        build=_employee_texts,
    ),
    Derivation(
        contract=extended("customer_texts", "texts", "", key=("text_id",)),
        base="texts",
        needs={"texts": "ts"},
        wants={"texts": "source"},
        build=_customer_texts,
    ),
)
