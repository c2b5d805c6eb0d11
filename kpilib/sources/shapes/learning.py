"""Shapes of learning platforms: who learns what and when; never their names."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

import polars as pl

from kpilib.errors import listed
from kpilib.sources.block import LINE
from kpilib.sources.column import pseudonym
from kpilib.sources.context import Context
from kpilib.sources.keys import key

ANSWER = re.compile(r"(before|during|after)\|([^|]+)\|(\d{4}-\d\d-\d\d)\|(\d+(?:\.\d+)?)", re.ASCII)
ENDING = re.compile(r"\s-\s[^-]+$")
SHOWN = 6
USER = re.compile(r"[Tt]he user with id '(-?\d+)'")
COURSE = re.compile(r"the course with id '(\d+)'")
MODULE = re.compile(r"course module id '(\d+)'")
DISCUSSION = re.compile(r"the discussion with id '(\d+)'")
ACTS = (
    ("post", re.compile(r"created the discussion with id")),
    ("answer", re.compile(r"created the post with id")),
    ("visit", re.compile(r"' viewed the ")),
)
DONE = {"completed", "passed", "mastered"}
LEFT = {"terminated", "exited", "suspended"}
VOIDED = "voided"
INSTANT = pl.Datetime("us", "UTC")
Row = dict[str, Any]


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
        day = date.fromisoformat(said[3])
        graded = context.left_out.keep(
            frame, pl.col(field).is_not_null(), "no grade in {name}", name=name
        )
        part = graded.select(
            subject_key="person",
            training_id=pl.lit(said[2]),
            kpi_id=pl.lit("knowledge_score"),
            period_start=pl.lit(day),
            period_end=pl.lit(day),
            phase=pl.lit(said[1]),
            value=pl.col(field).cast(pl.Float64),
            max_value=pl.lit(float(said[4])),
            source=pl.lit("moodle"),
        )
        parts.append(part)
    if faults or not parts:
        names = listed((faults or list(columns.values()))[:SHOWN])
        raise context.refused(
            "which columns are tests of a training, among {names}? Say it with phase,"
            " training, day and highest grade: --read"
            " '{what}=before|TRAINING|2025-01-31|20'.",
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


def moodle_acts(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn log entries into visits, posts and answers.

    Raises
    ------
    ContractError
        Days and months have probably changed places: the entries are out of order.
    """
    _in_order(frame, context)
    space = context.table.options.get("space", "internal")
    acts: dict[str, Row] = {}
    for line, time, text in frame.select(LINE, "ts", "description").iter_rows():
        user = USER.search(text or "")
        kind = next((kind for kind, sign in ACTS if sign.search(text or "")), "")
        if user is None or int(user[1]) <= 0:
            context.left_out.leave("no person acts", line)
            continue
        if not kind:
            context.left_out.leave("neither a visit nor a post", line)
            continue
        who = pseudonym(f"moodle:{user[1]}", context.secret)
        name = hashlib.sha256(f"moodle|{time}|{who}|{text}".encode()).hexdigest()[:20]
        if name in acts:
            context.left_out.leave("the same act in the same minute", line)
            continue
        discussion = DISCUSSION.search(text) if kind == "answer" else None
        acts[name] = {
            "interaction_id": name,
            "ts": time,
            "space": space,
            "actor_key": who,
            "kind": kind,
            "target_id": _place(text),
            "parent_id": discussion and f"moodle:discussion:{discussion[1]}",
        }
    schema = {
        "interaction_id": pl.String,
        "ts": INSTANT,
        "space": pl.String,
        "actor_key": pl.String,
        "kind": pl.String,
        "target_id": pl.String,
        "parent_id": pl.String,
    }
    return pl.DataFrame(list(acts.values()), schema=schema, orient="row")


def _place(text: str) -> str | None:
    for what, pattern in (("course", COURSE), ("module", MODULE)):
        if found := pattern.search(text):
            return f"moodle:{what}:{found[1]}"
    return None


def _in_order(frame: pl.DataFrame, context: Context) -> None:
    """Refuse a log that is out of order while all its days could be months."""
    times = frame["ts"].drop_nulls()
    name = context.header("ts")
    if context.answer(name) or times.is_sorted() or times.is_sorted(descending=True):
        return
    if times.dt.convert_time_zone(context.zone.key).dt.day().max() <= 12:
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
    facts = context.facts.get(context.table.options["summary"], [])
    pairs = [pair for row in facts for pair in (tuple(row)[:2], tuple(row.values())[:2])]
    training = told or next((pair[1] for pair in pairs if key(pair[0]) in names and pair[1:]), "")
    if not training:
        raise context.refused(
            "nothing says which training this meeting is of. Say it: --read '{title}=TRAINING'.",
            title=context.table.options["title"][0],
        )
    known = context.left_out.keep(
        frame, pl.col("person").is_not_null(), "nobody known by an address"
    )
    return (
        known.group_by("person", maintain_order=True)
        .agg(
            training_id=pl.lit(training),
            hours_attended=pl.col("duration").sum() / 3600,
        )
        .rename({"person": "person_key"})
    )


def statements(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn statements into one row per person and training: hours, completion, success."""
    rows = _standing(frame, context)
    people: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        account = row.get("account") and f"{row.get('home') or ''}|{row['account']}"
        who = (row.get("mailbox") or "").removeprefix("mailto:") or account
        if not who:
            context.left_out.leave("no person acts", row[LINE])
            continue
        people.setdefault((row["object"], pseudonym(who, context.secret)), []).append(row)
    found = [_participant(*mark, several, context) for mark, several in people.items()]
    silent = sum(row["hours_attended"] is None and row["completed_at"] is None for row in found)
    if silent:
        context.note(
            "{count} person(s) x training(s) have neither a duration nor a completion: the"
            " completion rate does not count them as started",
            count=silent,
        )
    schema = {
        "training_id": pl.String,
        "person_key": pl.String,
        "hours_attended": pl.Float64,
        "completed_at": pl.Date,
        "objective_met": pl.Boolean,
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def _standing(frame: pl.DataFrame, context: Context) -> list[Row]:
    """Return the statements that stand, each once."""
    rows = frame.to_dicts()
    voided = {row["object"] for row in rows if _verb(row) == VOIDED}
    kept: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        name = row.get("statement")
        if _verb(row) == VOIDED or (name and name in voided):
            context.left_out.leave("voided", row[LINE])
        elif name and name in seen:
            context.left_out.leave("the same statement twice", row[LINE])
        else:
            kept.append(row)
            seen.add(name or "")
    return kept


def _verb(row: Row) -> str:
    return (row["verb"] or "").rstrip("/").rpartition("/")[2].casefold()


def _participant(training: str, person: str, rows: list[Row], context: Context) -> Row:
    times = {"left": [], "other": []}
    for row in rows:
        if row.get("duration") is not None:
            times["left" if _verb(row) in LEFT else "other"].append(row["duration"])
    # A completion repeats the time of the sessions before it: sessions are added, others are not.
    spent = sum(times["left"]) if times["left"] else max(times["other"], default=None)
    done = [
        row["timestamp"]
        for row in rows
        if row["timestamp"] and (_verb(row) in DONE or row.get("completion") == "true")
    ]
    success = [row["success"] for row in rows if row.get("success")]
    return {
        "training_id": training,
        "person_key": person,
        "hours_attended": None if spent is None else spent / 3600,
        "completed_at": min(done).astimezone(context.zone).date() if done else None,
        "objective_met": "true" in success if success else None,
    }
