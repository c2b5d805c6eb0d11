"""Closed polls: whether members were told the result; the oracle of M31 counted by hand."""

from __future__ import annotations

import pandas as pd

import kpilib as kl
from kpilib.language import speaking

# Of June three polls are closed by the 30th: p1 told, p2 not, p3 told only in July; p4 runs on, and
# a survey of customers is none.
WAVES = pd.DataFrame({
    "survey_id": ["p1", "p2", "p3", "p4", "nps"],
    "wave": ["1"] * 5,
    "survey_kind": ["poll"] * 4 + ["nps"],
    "group_key": ["all"] * 5,
    "opened_at": pd.to_datetime(["2025-06-01T08:00:00Z"] * 5),
    "closed_at": pd.to_datetime([
        "2025-06-10T08:00:00Z", "2025-06-12T08:00:00Z", "2025-06-14T08:00:00Z",
        "2025-07-02T08:00:00Z", "2025-06-12T08:00:00Z",
    ]),
    "results_at": pd.to_datetime(
        ["2025-06-20T08:00:00Z", None, "2025-07-04T08:00:00Z", None, None], utc=True
    ),
    "what_changed": ["Shorter pages", None, None, None, None],
})  # fmt: skip


def company(waves):
    return kl.open({"survey_waves": waves}, as_of="2025-06-30", timezone="Europe/Paris")


def test_every_closed_poll_without_a_published_result_is_listed():
    found = company(WAVES).polls()

    assert found["survey_id"].tolist() == ["p1", "p2", "p3"]
    assert found["is_published"].tolist() == [True, False, False]
    assert found["what_changed"].iloc[0] == "Shorter pages"


def test_the_check_names_them_and_says_what_to_do():
    doubts = company(WAVES).doubts()

    assert [each.split(",")[0].split()[-1] for each in doubts] == ["p2", "p3"]
    assert "closed on 2025-06-12" in doubts[0] and "results_at" in doubts[0]


def test_they_are_named_in_french_too():
    with speaking("fr"):
        doubts = company(WAVES).doubts()

    assert "clos le 12/06/2025" in doubts[0] and "communiqué aux membres" in doubts[0]


def test_where_no_day_is_kept_none_is_known_to_be_told_and_nobody_is_blamed():
    data = company(WAVES.drop(columns=["results_at", "what_changed"]))

    assert data.polls()["is_published"].tolist() == [False] * 3
    assert data.doubts() == []


def test_without_surveys_there_is_none():
    assert kl.open({}).polls().empty
