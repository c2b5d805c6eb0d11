"""Shapes of learning platforms: who learns what and when; never their names."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import Block
from kpilib.sources.cells import pseudonym
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.preset import TablePreset
from kpilib.sources.shapes.people import header

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


def moodle_acts(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn log entries into visits, posts and answers.

    Raises
    ------
    ContractError
        Days and months have probably changed places: the entries are out of order.
    """
    _in_order(frame, block, table, context)
    space = table.options.get("space", "internal")
    acts: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for time, text in frame.select("ts", "description").iter_rows():
        user = USER.search(text or "")
        kind = next((kind for kind, sign in ACTS if sign.search(text or "")), "")
        if user is None or int(user[1]) <= 0:
            dropped["no person acts"] += 1
            continue
        if not kind:
            dropped["neither a visit nor a post"] += 1
            continue
        who = pseudonym(f"moodle:{user[1]}", context.secret)
        name = hashlib.sha256(f"moodle|{time}|{who}|{text}".encode()).hexdigest()[:20]
        dropped["the same act in the same minute"] += name in acts
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
    context.dropped.update(+dropped)
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


def _in_order(frame: pl.DataFrame, block: Block, table: TablePreset, context: Context) -> None:
    """Refuse a log that is out of order while all its days could be months."""
    times = frame["ts"].drop_nulls()
    name = header(block, table, "ts")
    told = key(name) in map(key, context.told)
    if told or times.is_sorted() or times.is_sorted(descending=True):
        return
    if times.dt.convert_time_zone(context.zone.key).dt.day().max() <= 12:
        raise ContractError(
            [
                f"{block.origin}: column {name}: with the day first, the entries are out of order:"
                f" the month is probably first. Say which: --read '{name}=%m/%d/%y, %H:%M' or"
                f" --read '{name}=%d/%m/%y, %H:%M'."
            ]
        )


def statements(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn statements into one row per person and training: hours, completion, success."""
    rows = _standing(frame, context)
    people: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        account = row.get("account") and f"{row.get('home') or ''}|{row['account']}"
        who = (row.get("mailbox") or "").removeprefix("mailto:") or account
        if not who:
            context.dropped["no person acts"] += 1
            continue
        people.setdefault((row["object"], pseudonym(who, context.secret)), []).append(row)
    found = [_participant(*mark, several, context) for mark, several in people.items()]
    silent = sum(row["hours_attended"] is None and row["completed_at"] is None for row in found)
    if silent:
        block.notes.append(
            f"{silent} person(s) x training(s) have neither a duration nor a completion: the"
            " completion rate does not count them as started"
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
            context.dropped["voided"] += 1
        elif name and name in seen:
            context.dropped["the same statement twice"] += 1
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
