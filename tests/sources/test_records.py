"""JSON, JSON lines, Parquet and web logs: each a table of text."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import polars as pl
import pytest

from kpilib.errors import ContractError
from tests.sources.twins_reading import saved, table, tables

CUT = (
    "a.json:{0}: not valid JSON here. The download was cut short, or this is not JSON: export it"
    " again."
)
LINE = (
    '{0} - - [09/Jun/2024:21:30:00 +0200] "GET /a HTTP/1.1" 200 {1} "-" "Mozilla/5.0 (X) \\"y\\""'
)


def test_an_array_of_records_is_a_table_of_text(tmp_path):
    text = (
        '[\n {"id": 17960320052859139, "user": {"name": "é", "geo": {"city": "Lyon"}}},\n'
        ' {"id": "0015", "score": 7.50, "done": true, "tags": ["a", {"k": 1}], "user": null}\n]\n'
    )
    block, rows = table(saved(tmp_path, text, "a.json"))

    assert block.header == ("id", "user.name", "user.geo.city", "score", "done", "tags", "user")
    assert rows == [
        (2, ("17960320052859139", "é", "Lyon", "", "", "", "")),
        (3, ("0015", "", "", "7.5", "true", '["a", {"k": 1}]', "")),
    ]


def test_json_lines_keep_their_line(tmp_path):
    _, rows = table(saved(tmp_path, '{"a": 1}\n\n{"b": [1]}\r\n{"a": null}', "a.json"))

    assert rows == [(1, ("1", "")), (3, ("", "[1]")), (4, ("", ""))]


def test_the_one_list_of_an_object_is_the_table(tmp_path):
    block, rows = table(saved(tmp_path, '{"statements": [{"id": "x"}], "more": ""}', "a.json"))

    assert (block.title, rows) == ("statements", [(1, ("x",))])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[\n{"a": 1},\n{"a": 2},\n{"a": "hal', CUT.format(4)),
        ('{"a": 1}\n{"a": 2}\n{"a": \n', CUT.format(3)),
        ('[{"a": 1}] x', CUT.format(1)),
        ("[" * 100_000, CUT.format(1)),
        ('[{"a": ' + "9" * 5000 + "}]", CUT.format(1)),
        ("[1, 2]", "a.json:1: not a record with names. A list of records is expected."),
        ('[{"a": "x\\u0000"}]', "a.json:1: a NUL sign in a text. Export it again."),
        ('[{"a": "\\ud800"}]', "a.json:1: half a letter in a text. Export it again."),
        (
            "[{" + ",".join(f'"k{n}": 1' for n in range(2001)) + "}]",
            "a.json:1: more than 2,000 different keys: names are values here. Export it as a"
            " table.",
        ),
    ],
)
def test_fault_9_json_that_is_not_a_table_names_the_line(tmp_path, text, fault):
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, text, "a.json"))


def parquet() -> bytes:
    frame = pl.DataFrame(
        {
            "id": [17960320052859139, 2],
            "at": [datetime(2024, 1, 31, 22, 30, tzinfo=UTC), None],
            "params": [[{"key": "page", "value": "/x"}], []],
            "geo": [{"city": "Lyon"}, {"city": None}],
        }
    )
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def test_parquet_is_a_table_of_text(tmp_path):
    block, rows = table(saved(tmp_path, parquet(), "a.parquet"))

    assert block.header == ("id", "at", "params", "geo.city")
    assert rows == [
        (
            1,
            (
                "17960320052859139",
                "2024-01-31T22:30:00+00:00",
                '[{"key": "page", "value": "/x"}]',
                "Lyon",
            ),
        ),
        (2, ("2", "", "[]", "")),
    ]


def test_fault_9_parquet_cut_in_half(tmp_path):
    data = parquet()
    fault = "a.parquet: a Parquet file that is damaged or cut short. Export it again."
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, data[: len(data) // 2], "a.parquet"))


def test_a_web_log_is_a_table_and_odd_lines_are_counted(tmp_path):
    text = "\n".join([LINE.format("10.0.0.1", 512), "\\x16\\x03", LINE.format("10.0.0.2", "-"), ""])
    block, rows = table(saved(tmp_path, text, "access.log"))

    assert block.header == ("host", "time", "request", "status", "bytes", "referrer", "agent")
    assert rows[0] == (
        1,
        (
            "10.0.0.1",
            "09/Jun/2024:21:30:00 +0200",
            "GET /a HTTP/1.1",
            "200",
            "512",
            "",
            'Mozilla/5.0 (X) \\"y\\"',
        ),
    )
    assert [line for line, _ in rows] == [1, 3]
    assert rows[1][1][4] == ""
    assert block.notes == ["1 line(s) left out: not in the combined format (line 2)"]


def test_a_web_log_with_many_odd_lines_is_refused(tmp_path):
    text = LINE.format("10.0.0.1", 5) + "\n" + "odd\n" * 11
    fault = (
        "access.log:2: not in the combined format of web logs, and so 10 more line(s). Ask for the"
        " log in the combined format."
    )
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, text, "access.log"))
