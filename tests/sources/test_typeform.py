"""Typeform: a first column called "#", and times in UTC."""

from __future__ import annotations

import pytest

from tests.sources.twins_answers import NPS_EN, read, table

HEADER = ["#", NPS_EN, "Why?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
ROWS = [
    ["a1b2", "10", "#1 for me", "2026-09-30 21:00:00", "2026-09-30 22:30:00", "net1"],
    ["#c3d4", "7", "", "2026-09-12 21:00:00", "2026-09-12 22:30:00", "net2"],
    ["e5f6", "6", "", "2026-09-12 21:00:00", "2026-09-12 22:31:00", "net3"],
]


def test_a_number_sign_is_a_name_and_no_comment():
    found = read(table(HEADER, *ROWS))

    assert len(found.rows) == 3 and found.understood.used["response"] == "#"
    # half past ten in the evening in UTC is October in Paris; of the two others, one is against
    assert found.value("nps", "2026-10") == pytest.approx(100.0)
    assert found.value("nps", "2026-09") == pytest.approx(-50.0)


def test_the_network_is_not_kept():
    assert "net1" not in read(table(HEADER, *ROWS)).rows.write_json()
