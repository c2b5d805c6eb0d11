"""What people answer when they are asked, and what they write: customers apart from employees.

Texts that come without a sentiment, or without themes, are read here.
"""

from __future__ import annotations

from functools import cache
from itertools import zip_longest
from pathlib import Path

import narwhals as nw
import polars as pl

from kpilib.tables.contract import table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended, order
from kpilib.texts.sentiment import lexicons, said_in
from kpilib.texts.subjects import dictionary, themes_of

OF_EMPLOYEES = ("feedback_box", "survey_open")


def _nameless(answers: nw.LazyFrame) -> nw.Expr:
    """Number anonymous answers within their item, so that seven items do not make seven people."""
    present = answers.collect_schema().names()
    asked = [c for c in ("survey_id", "wave", "group_key", "item_id") if c in present]
    number = nw.col("survey_id").cum_count().over(*asked, order_by=order(answers, "answered_at"))
    parts = [nw.col(name).fill_null("") for name in asked if name != "item_id"]
    return nw.concat_str(nw.lit("nameless"), *parts, number.cast(nw.String), separator="\x1f")


def _survey_answers(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each answer the kind of its survey; keep a respondent's last answer in a wave.

    Anonymous answers have no respondent: each stays, as none can be said to replace another.
    Reversed items are recoded here, once: lowest + highest - value. What answers the first item of
    a wave is marked: without a name, it tells how many answered. What is answered about a training
    names it, so that ways of training can be told apart.
    """
    kinds = frames["survey_waves"].select("survey_id", "wave", "survey_kind").unique()
    recoded = nw.when(nw.col("is_reversed")).then(
        nw.col("scale_min") + nw.col("scale_max") - nw.col("value")
    )
    answers = frames["survey_responses"]
    one = ["survey_id", "wave", "respondent_key", "item_id"]
    # Who rates two contents, or two trainings, on one item gives two answers.
    present = answers.collect_schema().names()
    one += {"subject_id"} & set(present)
    named = answers.filter(~nw.col("respondent_key").is_null())
    last = named.unique(subset=one, keep="last", order_by=order(answers, "answered_at"))
    anonymous = answers.filter(nw.col("respondent_key").is_null())
    # Without a subject a survey of a training bears its name, as its waves do.
    about = nw.col("survey_id")
    about = nw.coalesce("subject_id", about) if "subject_id" in present else about
    return (
        nw.concat(
            [
                last.with_columns(person=nw.col("respondent_key")),
                anonymous.with_columns(person=_nameless(answers)),
            ]
        )
        .join(kinds, on=["survey_id", "wave"], how="inner")
        .with_columns(
            value=recoded.otherwise(nw.col("value")), item=nw.col("item_id").fill_null("")
        )
        .with_columns(
            is_first_item=nw.col("item") == nw.col("item").min().over("survey_id", "wave"),
            training_id=about,
        )
        .drop("item")
    )


def _of_trainings(frames: Frames, waves: nw.LazyFrame) -> nw.LazyFrame:
    """Name the training whose name a survey bears, if its answers name no other.

    A wave about several trainings says how many it asked, not of which training: it names none.
    """
    answers = frames["survey_responses"]
    if "subject_id" not in answers.collect_schema().names():
        return waves.with_columns(training_id=nw.col("survey_id"))
    others = answers.filter(nw.col("subject_id") != nw.col("survey_id"))
    others = others.select("survey_id", "wave").unique().with_columns(others=nw.lit(True))
    own = nw.when(nw.col("others").is_null()).then(nw.col("survey_id"))
    known = waves.join(others, on=["survey_id", "wave"], how="left")
    return known.with_columns(training_id=own).drop("others")


def _closed_answers(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Date the answers by the closing of their wave, as those who were invited to it are.

    They name the training that their wave names: both sides of a rate are of one training.
    """
    closed = frames["survey_waves"].group_by("survey_id", "wave").agg(nw.col("closed_at").max())
    answers = _survey_answers(frames, setting).drop("training_id")
    return answers.join(_of_trainings(frames, closed), on=["survey_id", "wave"], how="inner")


def _training_waves(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Name the training that each wave is about, where it is about one."""
    return _of_trainings(frames, frames["survey_waves"])


def _wave_respondents(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """List who answered each wave, dated by the closing of the wave.

    Who answered without a name is counted by the answers to the first item: nobody is known, but
    how many is.
    """
    waves = (
        frames["survey_waves"]
        .group_by("survey_id", "wave", "survey_kind")
        .agg(nw.col("closed_at").max())
    )
    waves = _of_trainings(frames, waves)
    answers = frames["survey_responses"].filter(~nw.col("value").is_null())
    if "response_id" in answers.collect_schema().names():
        item, nameless = nw.col("item_id").fill_null(""), nw.col("respondent_key").is_null()
        key = nw.when(nameless).then(nw.concat_str(nw.lit("nameless "), nw.col("response_id")))
        answers = (
            answers.with_columns(item_id=item)
            .with_columns(first_item=nw.col("item_id").min().over("survey_id", "wave"))
            .filter(~nameless | (nw.col("item_id") == nw.col("first_item")))
            .with_columns(respondent_key=key.otherwise(nw.col("respondent_key")))
        )
    names = ("survey_id", "wave", "respondent_key", "group_key")
    present = answers.collect_schema().names()
    return (
        answers.select(*(name for name in names if name in present))
        .unique()
        .join(waves, on=["survey_id", "wave"], how="inner")
    )


def _flow_answers(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """List every answer about flow, several a day of one person: what it is about, which sample.

    Two answers belong to one sample by their subject, or by their instant where none is given.
    """
    kinds = frames["survey_waves"].select("survey_id", "wave", "survey_kind").unique()
    answers = frames["survey_responses"]
    present = answers.collect_schema().names()
    item = nw.col("item_id").fill_null("")
    named = nw.col("dimension").fill_null("") if "dimension" in present else nw.lit("")
    sample = nw.col("subject_id") if "subject_id" in present else nw.lit(None, dtype=nw.String)
    return answers.join(
        kinds.filter(nw.col("survey_kind") == "flow"), on=["survey_id", "wave"], how="inner"
    ).with_columns(about=nw.when(named == "").then(item).otherwise(named), sample=sample)


ANSWER = "survey_id wave respondent_key item_id value answered_at scale_min scale_max is_reversed"


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
        contract=extended(
            "survey_answers",
            "survey_responses",
            "survey_kind text; is_first_item bool; person key personal; training_id key",
            links={"survey_id": "survey_waves", "training_id": "trainings"},
            aliases={"team": "group_key", "customer_kind": "group_key"},
        ),
        base="survey_responses",
        needs={"survey_responses": ANSWER, "survey_waves": "survey_id wave survey_kind"},
        wants={"survey_responses": "subject_id group_key"},
        build=_survey_answers,
    ),
    Derivation(
        contract=extended(
            "flow_answers", "survey_responses", "survey_kind text; about text; sample key"
        ),
        base="survey_responses",
        needs={
            "survey_responses": "survey_id wave item_id",
            "survey_waves": "survey_id wave survey_kind",
        },
        wants={"survey_responses": "subject_id group_key dimension"},
        build=_flow_answers,
    ),
    Derivation(
        contract=extended(
            "closed_answers",
            "survey_responses",
            "survey_kind text; is_first_item bool; person key personal; closed_at ts;"
            " training_id key",
            time="closed_at",
            links={"survey_id": "survey_waves", "training_id": "trainings"},
            aliases={"team": "group_key", "customer_kind": "group_key"},
        ),
        base="survey_responses",
        needs={"survey_responses": ANSWER, "survey_waves": "survey_id wave survey_kind closed_at"},
        wants={"survey_responses": "subject_id group_key"},
        build=_closed_answers,
    ),
    Derivation(
        contract=extended(
            "training_waves",
            "survey_waves",
            "training_id key",
            key=("survey_id", "wave", "group_key"),
            links={"training_id": "trainings"},
            aliases={"team": "group_key"},
        ),
        base="survey_waves",
        needs={"survey_waves": "survey_id wave", "survey_responses": "survey_id wave"},
        wants={"survey_responses": "subject_id"},
        build=_training_waves,
    ),
    Derivation(
        contract=table(
            "wave_respondents",
            "one respondent x wave",
            "survey_id key; wave text; respondent_key key personal;"
            " group_key key describes; survey_kind text; closed_at ts; training_id key",
            time="closed_at",
            links={"survey_id": "survey_waves"},
            aliases={"team": "group_key", "customer_kind": "group_key"},
        ),
        base="survey_responses",
        needs={
            "survey_responses": "survey_id wave respondent_key item_id value",
            "survey_waves": "survey_id wave survey_kind closed_at",
        },
        wants={"survey_responses": "response_id subject_id"},
        build=_wave_respondents,
    ),
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
