"""Shapes of learning platforms: who learns what and when; never their names."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl

from kpilib.errors import listed
from kpilib.sources.block import LINE, completed
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key

ANSWER = re.compile(r"(before|during|after)\|([^|]+)\|(\d{4}-\d\d-\d\d)\|(\d+(?:\.\d+)?)", re.ASCII)
ENDING = re.compile(r"\s-\s[^-]+$")
SHOWN = 6
USER = r"[Tt]he user with id '(-?\d+)'"
COURSE = r"the course with id '(\d+)'"
MODULE = r"course module id '(\d+)'"
DISCUSSION = r"the discussion with id '(\d+)'"
ACTS = {
    "post": "created the discussion with id",
    "answer": "created the post with id",
    "visit": "' viewed the ",
}
DONE = {"completed", "passed", "mastered"}
LEFT = {"terminated", "exited", "suspended"}
VOIDED = "voided"
# What a statement may lack.
FIELDS = {
    **dict.fromkeys(
        ("statement", "mailbox", "account", "home", "completion", "success"), pl.String()
    ),
    "duration": pl.Float64(),
}


def _measured(
    graded: pl.DataFrame, field: str, phase: str, training: str, day: str, highest: str
) -> pl.DataFrame:
    on = date.fromisoformat(day)
    return graded.select(
        subject_key="person",
        training_id=pl.lit(training),
        kpi_id=pl.lit("knowledge_score"),
        period_start=pl.lit(on),
        period_end=pl.lit(on),
        phase=pl.lit(phase),
        value=pl.col(field).cast(pl.Float64),
        max_value=pl.lit(float(highest)),
        source=pl.lit("moodle"),
    )


def moodle_grades(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn the grades of the tests that the analyst named into measurements of knowledge.

    Raises
    ------
    ContractError
        No test was named, or not with its phase, training, day and highest grade.
    """
    columns = _columns(frame, "grade")
    parts, faults = [], []
    for field, name in columns.items():
        answer = context.answer(name)
        said = ANSWER.fullmatch(answer)
        if said is None:
            faults += [name] if answer and answer not in (".", ",") else []
            continue
        graded = context.left_out.keep(
            frame, pl.col(field).is_not_null(), "no grade in {name}", name=name
        )
        parts.append(_measured(graded, field, *said.groups()))
    if faults or not parts:
        names = listed((faults or list(columns.values()))[:SHOWN])
        raise context.refused(
            "which columns are tests of a training, among {names}? Say it with phase, training, day"
            " and highest grade: --read '{what}=before|TRAINING|2025-01-31|20'.",
            names=names,
            what=(faults or list(columns.values()) or ["NAME"])[0],
        )
    return pl.concat(parts)


def moodle_completions(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn the dates of the activities that end a training into participants.

    Raises
    ------
    ContractError
        No activity was named with its training.
    """
    columns = {field: ENDING.sub("", name) for field, name in _columns(frame, "done").items()}
    parts = [
        frame.select(training_id=pl.lit(training), person_key="person", completed_at=field)
        for field, activity in columns.items()
        if (training := context.answer(activity))
    ]
    if not parts:
        names = list(columns.values())
        raise context.refused(
            "which activity ends which training, among {names}? Say it: --read '{what}=TRAINING'.",
            names=listed(names[:SHOWN]),
            what=(names or ["NAME"])[0],
        )
    context.note(
        "who started and how long it took is not in this report: the completion rate needs"
        " hours_attended from elsewhere"
    )
    return pl.concat(parts)


def _columns(frame: pl.DataFrame, name: str) -> dict[str, Any]:
    """Return field to header, of the columns of one kind."""
    return {
        field: field.removeprefix(f"{name} ")
        for field in frame.columns
        if field.startswith(f"{name} ")
    }


def _acts(frame: pl.DataFrame) -> pl.DataFrame:
    """Read in the sentence of each entry who did what, and where."""
    text = pl.col("description").fill_null("")
    kinds = (
        pl.when(text.str.contains(sign, literal=True)).then(pl.lit(kind))
        for kind, sign in ACTS.items()
    )
    return frame.select(
        LINE,
        "ts",
        "description",
        user=text.str.extract(USER).cast(pl.Int64, strict=False),
        kind=pl.coalesce(kinds),
        target_id=pl.coalesce(
            "moodle:course:" + text.str.extract(COURSE), "moodle:module:" + text.str.extract(MODULE)
        ),
        parent_id="moodle:discussion:" + text.str.extract(DISCUSSION),
    )


def moodle_acts(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn log entries into visits, posts and answers.

    Raises
    ------
    ContractError
        Days and months have probably changed places: the entries are out of order.
    """
    _in_order(frame, context)
    read = _acts(frame)
    left_out = context.left_out
    read = left_out.keep(read, pl.col("user") > 0, "no person acts")
    read = left_out.keep(read, pl.col("kind").is_not_null(), "neither a visit nor a post")
    read = read.with_columns(
        actor_key=context.pseudonyms(f"moodle:{each}" for each in read["user"])
    )
    acts = read.select("ts", "actor_key", "description").iter_rows()
    names = [digest(f"moodle|{time}|{actor}|{said}", 20) for time, actor, said in acts]
    found = read.with_columns(pl.Series("interaction_id", names, dtype=pl.String))
    once = pl.col("interaction_id").is_first_distinct()
    return left_out.keep(found, once, "the same act in the same minute").select(
        "interaction_id",
        "ts",
        "actor_key",
        "kind",
        "target_id",
        space=pl.lit(context.table.options.get("space", "internal")),
        parent_id=pl.when(kind="answer").then("parent_id"),
    )


def _in_order(frame: pl.DataFrame, context: Context) -> None:
    """Refuse a log that is out of order while all its days could be months."""
    times = frame["ts"].drop_nulls()
    name = context.header("ts")
    if context.answer(name) or times.is_sorted() or times.is_sorted(descending=True):
        return
    if frame.select(context.local_day("ts").dt.day().max()).item() <= 12:
        raise context.refused(
            "column {name}: with the day first, the entries are out of order: the"
            " month is probably first. Say which: --read '{name}=%m/%d/%y, %H:%M' or"
            " --read '{name}=%d/%m/%y, %H:%M'.",
            name=name,
        )


def attendance(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn who was in a meeting, and for how long, into hours of a training.

    Raises
    ------
    ContractError
        Nothing says which training it was.
    """
    names = set(map(key, context.table.options["title"]))
    told = next(filter(None, map(context.answer, names)), "")
    pairs = context.pairs(context.table.options["summary"])
    training = told or next((value for name, value in pairs if key(name) in names), "")
    if not training:
        raise context.refused(
            "nothing says which training this meeting is of. Say it: --read '{title}=TRAINING'.",
            title=context.table.options["title"][0],
        )
    known = context.left_out.keep(
        frame, pl.col("person").is_not_null(), "nobody known by an address"
    )
    return known.group_by(person_key="person", maintain_order=True).agg(
        training_id=pl.lit(training), hours_attended=pl.col("duration").sum() / 3600
    )


def statements(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn statements into one row per person and training: hours, completion, success."""
    frame = completed(frame, FIELDS)
    verb = pl.col("verb").fill_null("").str.strip_chars_end("/").str.split("/").list.last()
    rows = _standing(frame.with_columns(verb=verb.str.to_lowercase()), context)
    account = pl.concat_str(pl.col("home").fill_null(""), pl.lit("|"), "account")
    address = pl.col("mailbox").str.strip_prefix("mailto:").replace("", None)
    rows = rows.with_columns(who=pl.coalesce(address, account))
    rows = context.left_out.keep(rows, pl.col("who").is_not_null(), "no person acts")
    rows = rows.with_columns(person_key=context.pseudonyms(rows["who"]))
    spent, left = pl.col("duration"), pl.col("verb").is_in(LEFT)
    sessions, others = spent.filter(left), spent.filter(~left)
    done = pl.col("verb").is_in(DONE) | (pl.col("completion") == "true").fill_null(False)
    success = pl.col("success").drop_nulls()
    found = rows.group_by("person_key", training_id="object", maintain_order=True).agg(
        # A completion repeats the time of the sessions before it: sessions are added, others not.
        hours_attended=pl.when(sessions.count() > 0).then(sessions.sum()).otherwise(others.max())
        / 3600,
        completed_at=context.local_day("timestamp").filter(done).min(),
        objective_met=pl.when(success.len() > 0).then((success == "true").any()),
    )
    silent = found["hours_attended"].is_null() & found["completed_at"].is_null()
    if silent.any():
        context.note(
            "{count} person(s) x training(s) have neither a duration nor a completion: the"
            " completion rate does not count them as started",
            count=silent.sum(),
        )
    return found


def _standing(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return the statements that stand, each once."""
    void, name = pl.col("verb") == VOIDED, pl.col("statement")
    voided = rows.filter(void)["object"].drop_nulls().implode()
    rows = context.left_out.keep(rows, ~void & ~name.is_in(voided).fill_null(False), "voided")
    once = name.is_null() | name.is_first_distinct()
    return context.left_out.keep(rows, once, "the same statement twice")
