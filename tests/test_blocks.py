"""What a Parquet file tells of itself, and how a large table is read by portions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

import kpilib as kl
from kpilib.engine import slices
from kpilib.tables.read import blocks

START = datetime(2025, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def sessions(tmp_path):
    """One session a day for a year, in order, ten rows to a block."""
    days = [START + timedelta(days=day) for day in range(365)]
    frame = pl.DataFrame({"started_at": days, "visitor_id": [f"v{n % 7}" for n in range(365)]})
    path = tmp_path / "sessions.parquet"
    frame.write_parquet(path, row_group_size=10)
    return path


def test_blocks_follow_one_another(sessions):
    told = blocks(sessions, "started_at")

    assert sum(block.rows for block in told) == 365
    assert (told[0].first, told[-1].last) == (START, START + timedelta(days=364))
    assert all(one.last < other.first for one, other in zip(told, told[1:], strict=False))


def test_what_does_not_tell(sessions, tmp_path):
    assert blocks(sessions, "no_such_column") == []
    assert blocks(sessions, "visitor_id") == []  # of no time
    assert blocks(pl.DataFrame(), "started_at") == []
    assert blocks(tmp_path / "sessions.csv", "started_at") == []


def test_an_instant_without_a_zone_is_in_utc(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"at": [datetime(2025, 1, 1)], "day": [date(2025, 1, 1)]}).write_parquet(path)

    assert blocks(path, "at")[0].first == datetime(2025, 1, 1, tzinfo=UTC)
    assert blocks(path, "day")[0].first == date(2025, 1, 1)


def test_reading_by_portions_changes_no_figure(sessions, monkeypatch):
    asked = (["sessions", "unique_visitors"], "2025-12")
    whole = kl.open({"sessions": sessions}).series(*asked, months=12)
    monkeypatch.setattr(slices, "ROWS_AT_ONCE", 40)
    data = kl.open({"sessions": sessions})
    by_month = data.series(*asked, months=12)

    assert whole["value"].tolist()[:2] == [31, 28]
    assert by_month["value"].tolist() == whole["value"].tolist()
    assert data.as_of == date(2025, 12, 31)


class TestTheLastDay:
    @pytest.fixture
    def sends(self, tmp_path):
        """Two rows a day after the sessions end."""
        path = tmp_path / "email_sends.parquet"
        day = START + timedelta(days=365)
        pl.DataFrame({"sent_at": [day, day], "send_id": ["1", "2"]}).write_parquet(path)
        return path

    def test_files_tell_it_and_the_smallest_of_the_latest_is_looked_at(self, sessions, sends):
        tables = kl.open({"sessions": sessions, "email_sends": sends}).tables

        assert tables.as_of == date(2026, 1, 1)
        assert list(tables._opened) == ["email_sends"]

    def test_a_file_that_cannot_be_read_does_not_tell_it(self, sessions, sends):
        frame = pl.read_parquet(sends).with_columns(send_id=pl.Series(["Total", "2"]))
        frame.write_parquet(sends)
        tables = kl.open({"sessions": sessions, "email_sends": sends}).tables

        assert tables.as_of == date(2025, 12, 31)
        assert list(tables.unreadable) == ["email_sends"]

    def test_a_broken_file_is_told_as_such(self, sessions, tmp_path):
        (tmp_path / "orders.parquet").write_bytes(b"no file of this kind")
        tables = kl.open({"sessions": sessions, "orders": tmp_path / "orders.parquet"}).tables

        assert tables.as_of == date(2025, 12, 31)
        assert "not a readable parquet file" in tables.unreadable["orders"][0]
