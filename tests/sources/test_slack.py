"""A Slack export: who acts when and on whose message, and nothing of what was said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.convert import convert
from kpilib.sources.downloads import blocks, contents
from kpilib.sources.incoming import recognise
from kpilib.sources.preset import presets
from kpilib.sources.secret import pseudonym
from tests.sources.held import Held
from tests.sources.rows_left import left_out
from tests.sources.twins_people import SECRET, context, read, slack


def who(user: str) -> str:
    return pseudonym(f"slack:{user}", SECRET)


@pytest.fixture(scope="module", params=["", "My export/"])
def acts(request):
    return read(slack(request.param), "export.zip")


def test_kinds(acts):
    frame, _ = acts

    # U1, U2, U4, U5 and the direct message; two answers; one mention; three reactions
    counts = dict(frame["kind"].value_counts().rows())
    assert counts == {"message": 5, "answer": 2, "mention": 1, "reaction": 3}
    assert set(frame["space"]) == {"internal"}


def test_times_are_exact_to_the_microsecond(acts):
    frame, _ = acts

    names = set(frame.filter(kind="message")["interaction_id"])
    assert {"slack:general:1748851200.000001", "slack:general:1748851200.000002"} < names
    last = frame.filter(interaction_id="slack:general:1748937700.123456")
    assert last["ts"].item() == datetime(2025, 6, 3, 8, 1, 40, 123456, UTC)


def test_answers_name_what_they_answer_and_whom(acts):
    frame, _ = acts

    answer = frame.filter(kind="answer").sort("ts")
    assert set(answer["parent_id"]) == {"slack:general:1748851200.000001"}
    assert set(answer["target_author_key"]) == {who("U1")}
    assert answer["actor_key"].to_list() == [who("U2"), who("U3")]
    mention = frame.filter(kind="mention")
    assert mention.select("actor_key", "target_author_key").row(0) == (who("U1"), who("U2"))
    reactions = frame.filter(kind="reaction")
    assert set(reactions["target_author_key"]) == {who("U3")}


def test_what_is_left_out_is_counted(acts):
    _, understood = acts

    assert left_out(understood) == {
        "messages of bots": (2, [4, 5]),
        "messages of the system (joins, topics, deletions)": (2, [1, 10]),
    }
    assert any("have a legal basis" in note for note in understood.block.notes)


def test_no_text_no_user_no_private_channel(acts):
    frame, understood = acts

    kept = frame.write_json() + json.dumps([*understood.used.values(), *understood.ignored])
    assert not any(word in kept for word in ("secret", "hello", '"U1', "ada", "mpdm", "tada"))


def test_no_text_in_what_is_read_from_the_file(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(slack())

    (content,) = contents(path)
    (block,) = blocks(content)
    assert "secret" not in str(list(block.rows)) and "text" not in block.header


def test_exchanges_when_slack_is_the_community():
    frame, _ = read(slack(), "export.zip")
    frame = frame.with_columns(space=pl.lit("community"))

    # U1 U2 U3 U4 U5 act. Said to another: two answers and one mention, 3 / 5
    company = kl.open({"interactions": frame}, as_of="2025-06-30")
    row = company.evaluate("member_interaction_level", "2025-06").iloc[0]
    assert row["value"] == pytest.approx(3 / 5)


def test_one_day_alone_has_no_channel():
    day = json.dumps([{"type": "message", "user": "U1", "ts": "1748851200.000001", "text": "x"}])

    with pytest.raises(ContractError, match="import the zip file"):
        read(day, "2025-06-02.json")


def test_what_is_said_to_somebody_is_a_message_people_by_their_address():
    block = next(iter(blocks(Held(name="export.zip", data=slack()))))
    asked = context()
    convert(block, *recognise(block, presets().values()), asked)
    found = asked.beside["messages"].sort("sent_at", "recipient_key")

    ada = pseudonym("ada@acme.example", SECRET)  # U1, in users.json
    # the mention of U2, answers of U2 and of U3 to U1
    pairs = found.select("sender_key", "recipient_key").rows()
    assert pairs == [(ada, who("U2")), (who("U2"), ada), (who("U3"), ada)]
    assert set(found["recipients_n"]) == {1}
    assert not any(word in found.write_json() for word in ("@", "secret", "hello"))
