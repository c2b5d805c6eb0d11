"""The zip file of a Slack export: a folder a channel, a file a day, one table of all messages.

What was written is read for whom it mentions and goes no further.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from kpilib.errors import ContractError
from kpilib.sources.block import Block, Row
from kpilib.sources.decode import Content, undamaged

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


def is_slack(names: Iterable[str]) -> bool:
    """Whether the files of a zip are those of a Slack export."""
    places = [PurePosixPath(name) for name in names]
    lists = {place.name for place in places if len(place.parts) <= 2}
    return "channels.json" in lists and bool(lists & set(LISTS[1:]))


def is_slack_zip(content: Content) -> bool:
    """Whether a file, which is a zip file, is a Slack export."""
    with undamaged(content), content.open() as file, zipfile.ZipFile(file) as archive:
        return is_slack(archive.namelist())


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
        raise ContractError(
            [f"{content.name}/{name}: not a list of messages. Export from Slack again."]
        )
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
