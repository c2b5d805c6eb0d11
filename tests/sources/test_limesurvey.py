"""LimeSurvey: answers never sent in are dropped and counted; its status is said."""

from __future__ import annotations

import pytest

from kpilib.sources.preset import presets
from tests.sources.rows_left import left_out
from tests.sources.twins_answers import table, told_read

FULL = table(
    ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ", "Tête de série",
     "Êtes-vous satisfait ?", "Sujets [Excel]"],
    ["1", "2026-09-13 10:00:00", "3", "fr", "12", "5", "Oui"],
    ["2", "", "1", "fr", "13", "1", ""],
    ["3", "2026-09-14 10:00:00", "3", "fr", "14", "N/A", "Non"],
    ["4", "2026-09-15 10:00:00", "3", "fr", "15", "2", "Non"],
    delimiter=";",
)  # fmt: skip


def test_complete_answers():
    found = told_read(FULL, {"Êtes-vous satisfait ?": "csat 1-5"})

    assert left_out(found.understood) == {"never sent in": (1, [3])}
    # 5 and 2 are valid; N/A is no answer, and the 1 was never sent in
    assert found.value("csat", "2026-09") == pytest.approx(1 / 2)
    assert found.rows.sort("answered_at")["value"].to_list() == [5, None, 2]


def test_codes_for_headers():
    codes = table(
        ["id", "submitdate", "lastpage", "startlanguage", "seed", "G1Q1", "G1Q2[SQ001]"],
        ["1", "2026-09-13 10:00:00", "3", "en", "12", "4", "Y"],
    )

    assert told_read(codes, {"G1Q1": "csat 1-5"}).rows["value"].to_list() == [4]


def test_no_real_file_was_read():
    assert presets()["limesurvey"].status == "unverified"
