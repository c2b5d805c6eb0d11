"""The zip file of a Slack export, a folder a channel, a file a day: who acted when, on what.

What was written is read for whom it mentions and goes no further.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from kpilib.saying import refusal, say
from kpilib.sources.block import LINE, Block, Row
from kpilib.sources.context import Context
from kpilib.sources.decode import Content, undamaged
from kpilib.sources.keys import digest

HEADER = (
    "channel",
    "is_public",
    "type",
    "subtype",
    "user",
    "ts",
    "thread_ts",
    "parent_user_id",
    "bot_id",
    "mentions",
    "reactions",
    "addresses",
)
LISTS = ("channels.json", "users.json", "org_users.json")
DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
MENTION = re.compile(r"<@([UW][A-Z0-9]{1,20})(?:\|[^>]*)?>")
LARGEST_DAY = 256 << 20
MOST_DAYS = 200_000  # files in one export: channels x days
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
Act = dict[str, Any]


def is_slack(names: Iterable[str]) -> bool:
    """Whether the files of a zip are those of a Slack export."""
    places = [PurePosixPath(name) for name in names]
    lists = {place.name for place in places if len(place.parts) <= 2}
    return "channels.json" in lists and bool(lists & set(LISTS[1:]))


def blocks_of_slack(content: Content) -> Iterator[Block]:
    """Yield the one table of a Slack export: a row a message, without its text."""
    yield Block(
        origin=content.name, header=HEADER, line=0, rows=_messages(content), encoding="utf-8"
    )


def _messages(content: Content) -> Iterator[Row]:
    number = 0
    with undamaged(content):
        file = content.open()
    with file, zipfile.ZipFile(file) as archive:
        public: set[str] = set()
        addresses: dict[str, str] = {}
        for name in archive.namelist():
            if PurePosixPath(name).name == "channels.json":
                found = _records(content, archive, name)
                public = {str(each.get("name", "")) for each in found}
            elif PurePosixPath(name).name in LISTS[1:]:
                addresses |= _addresses(_records(content, archive, name))
        for name in sorted(archive.namelist()):
            place = PurePosixPath(name)
            if not DAY.fullmatch(place.name) or len(place.parts) < 2:
                continue
            channel = place.parent.name
            for message in _records(content, archive, name):
                number += 1
                yield number, _row(message, channel, channel in public, addresses)


def _records(content: Content, archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    with undamaged(content):
        info = archive.getinfo(name)
        data = archive.read(name) if info.file_size <= LARGEST_DAY else b""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise refusal(f"{content.name}/{name}", "not a list of messages. Export from Slack again.")
    return found


def _addresses(users: list[dict[str, Any]]) -> dict[str, str]:
    """Return the address of each user: other tools know people by it, not by their id here."""
    profiles = {str(each.get("id", "")): each.get("profile") for each in users}
    return {
        user: profile["email"]
        for user, profile in profiles.items()
        if isinstance(profile, dict) and isinstance(profile.get("email"), str)
    }


def _row(
    message: dict[str, Any], channel: str, is_public: bool, addresses: dict[str, str]
) -> tuple[str, ...]:
    mentioned = MENTION.findall(_text(message, "text"))
    reactions = message.get("reactions")
    given = [
        {"name": str(each.get("name", "")), "users": [str(user) for user in each.get("users", [])]}
        for each in (reactions if isinstance(reactions, list) else [])
        if isinstance(each, dict) and isinstance(each.get("users", []), list)
    ]
    texts = (_text(message, name) for name in HEADER[2:9])
    people = {*mentioned, _text(message, "user"), _text(message, "parent_user_id")}
    known = {user: addresses[user] for user in sorted(people & addresses.keys())}
    return (
        channel,
        str(is_public).lower(),
        *texts,
        json.dumps(list(dict.fromkeys(mentioned))) if mentioned else "",
        json.dumps(given) if given else "",
        json.dumps(known) if known else "",
    )


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def slack_acts(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn messages into acts: messages, answers in threads, mentions and reactions.

    What is said to somebody, in an answer or a mention, is a message from one to another too.

    Raises
    ------
    ContractError
        A message has no time.
    """
    if say(NOTE) not in context.block.notes:
        context.note(NOTE)
    space = context.table.options.get("space", "internal")
    acts: list[Act] = []
    untimed, addresses = 0, {}
    for message in frame.iter_rows(named=True):
        reason = _left_out(message)
        if reason:
            context.left_out.leave(reason, message[LINE])
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
        raise context.refused("{count} message(s) without a time (ts).", count=untimed)
    found = pl.DataFrame(acts, schema=SCHEMA | {"ts": pl.Int64}, orient="row")
    found = found.with_columns(pl.col("ts").cast(SCHEMA["ts"])).unique(
        "interaction_id", keep="first", maintain_order=True
    )
    if space == "internal":
        keys = {slack: context.pseudonym(text) for slack, text in addresses.items()}
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


def _left_out(message: Act) -> str:
    if message["type"] != "message":
        return say("not a message")
    if message["bot"] or message["user"] == BOT or message["subtype"] == "bot_message":
        return say("messages of bots")
    if (message["subtype"] or "") not in PEOPLE:
        return say("messages of the system (joins, topics, deletions)")
    return "" if message["user"] else say("messages without an author")


def _acts(message: Act, context: Context) -> list[Act]:
    author = _person(message["user"], context)
    channel = message["channel"]
    if not message["is_public"]:  # direct messages bear the names of those who write them
        channel = context.pseudonym(f"slack:{channel}")
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
        acts.append(act | _on(name, f"{name}:mention:{whom}", "mention", whom))
    for reaction in json.loads(message["reactions"] or "[]"):
        sign = digest(reaction["name"], 8)
        for user in reaction["users"]:
            who = _person(user, context)
            reacted = _on(name, f"{name}:{sign}:{who}", "reaction", author)
            acts.append(reacted | {"actor_key": who, "target_id": channel})
    return acts


def _on(message: str, act: str, kind: str, whom: str) -> Act:
    return {
        "interaction_id": act,
        "kind": kind,
        "parent_id": message,
        "target_author_key": whom,
    }


def _person(user: str, context: Context) -> str:
    return context.pseudonym(f"slack:{user}")
