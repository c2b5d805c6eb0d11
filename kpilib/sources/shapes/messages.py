"""Shape of messages between colleagues: who acted when, on whose message; never what was said."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import LINE, Block
from kpilib.sources.column import pseudonym
from kpilib.sources.context import Context
from kpilib.sources.preset import TablePreset

EPOCH = re.compile(r"(\d{9,11})\.(\d{1,6})", re.ASCII)
PEOPLE = ("", "thread_broadcast", "me_message", "file_share")  # what people write themselves
BOT = "USLACKBOT"
NOTE = (
    "who speaks with whom is personal data, pseudonymised or not: have a legal basis, inform those"
    " concerned, and show groups only"
)
SCHEMA = {
    "interaction_id": pl.String,
    "ts": pl.Datetime("us", "UTC"),
    "space": pl.String,
    "actor_key": pl.String,
    "kind": pl.String,
    "target_id": pl.String,
    "parent_id": pl.String,
    "target_author_key": pl.String,
}
Row = dict[str, Any]


def slack_acts(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn messages into acts: messages, answers in threads, mentions and reactions.

    What is said to somebody, in an answer or a mention, is a message from one to another too.

    Raises
    ------
    ContractError
        A message has no time.
    """
    if NOTE not in block.notes:
        block.notes.append(NOTE)
    space = table.options.get("space", "internal")
    acts: list[Row] = []
    untimed, addresses = 0, {}
    for message in frame.iter_rows(named=True):
        reason = _left_out(message)
        if reason:
            context.left_out.add(reason, message[LINE])
            continue
        instant = EPOCH.fullmatch(message["ts"] or "")
        if instant is None:
            untimed += 1
            continue
        # In whole microseconds: a float would lose the last of them, and with them the key.
        time = int(instant[1]) * 1_000_000 + int(instant[2].ljust(6, "0"))
        acts += (act | {"ts": time, "space": space} for act in _acts(message, context))
        known = json.loads(message.get("addresses") or "{}")
        addresses |= {_person(user, context): text for user, text in known.items()}
    if untimed:
        raise ContractError([f"{block.origin}: {untimed} message(s) without a time (ts)."])
    found = pl.DataFrame(acts, schema=SCHEMA | {"ts": pl.Int64}, orient="row")
    found = found.with_columns(pl.col("ts").cast(SCHEMA["ts"])).unique(
        "interaction_id", keep="first", maintain_order=True
    )
    if space == "internal":
        keys = {slack: pseudonym(text, context.secret) for slack, text in addresses.items()}
        context.beside["messages"] = _directed(found, keys)
    return found


def _directed(acts: pl.DataFrame, keys: dict[str, str]) -> pl.DataFrame:
    """Return the acts that are said to somebody as messages, people by their address if known."""
    said = acts.filter(
        pl.col("kind").is_in(["answer", "mention"]), pl.col("target_author_key").is_not_null()
    )
    mention = pl.when(kind="mention")
    return (
        said.select(
            message_id=mention.then("parent_id").otherwise("interaction_id"),
            sent_at="ts",
            sender_key=pl.col("actor_key").replace(keys),
            recipient_key=pl.col("target_author_key").replace(keys),
            channel="target_id",
        )
        .unique(["message_id", "recipient_key"], keep="first", maintain_order=True)
        .with_columns(recipients_n=pl.len().over("message_id").cast(pl.Int64))
    )


def _left_out(message: Row) -> str:
    if message["type"] != "message":
        return "not a message"
    if message["bot"] or message["user"] == BOT or message["subtype"] == "bot_message":
        return "messages of bots"
    if (message["subtype"] or "") not in PEOPLE:
        return "messages of the system (joins, topics, deletions)"
    return "" if message["user"] else "messages without an author"


def _acts(message: Row, context: Context) -> list[Row]:
    author = _person(message["user"], context)
    channel = message["channel"]
    if not message["is_public"]:  # direct messages bear the names of those who write them
        channel = pseudonym(f"slack:{channel}", context.secret)
    name = f"slack:{channel}:{message['ts']}"
    thread = message["thread_ts"] or message["ts"]
    act = {"interaction_id": name, "actor_key": author, "target_id": channel, "kind": "message"}
    if thread != message["ts"]:
        act |= {"kind": "answer", "parent_id": f"slack:{channel}:{thread}"}
        if message["parent_user"]:
            act["target_author_key"] = _person(message["parent_user"], context)
    acts = [act]
    for user in json.loads(message["mentions"] or "[]"):
        whom = _person(user, context)
        acts.append(
            act
            | {
                "interaction_id": f"{name}:mention:{whom}",
                "kind": "mention",
                "parent_id": name,
                "target_author_key": whom,
            }
        )
    for reaction in json.loads(message["reactions"] or "[]"):
        sign = hashlib.sha256(reaction["name"].encode()).hexdigest()[:8]
        for user in reaction["users"]:
            who = _person(user, context)
            acts.append(
                {
                    "interaction_id": f"{name}:{sign}:{who}",
                    "actor_key": who,
                    "target_id": channel,
                    "kind": "reaction",
                    "parent_id": name,
                    "target_author_key": author,
                }
            )
    return acts


def _person(user: str, context: Context) -> str:
    return pseudonym(f"slack:{user}", context.secret)
