"""What an analyst may write for KPIs, columns and periods; what she is told of anything else."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import KpilibError

DATA = kl.open(
    {
        "sessions": pd.DataFrame(
            {
                "session_id": ["s1", "s2", "s3"],
                "visitor_id": ["v1", "v2", "v2"],
                "started_at": ["2025-01-01", "2025-02-03", "2025-02-04"],
                "channel": ["email", "email", "direct"],
            }
        )
    },
    as_of="2025-02-28",
)


@pytest.mark.parametrize("one", [kl.kpi("sessions"), ["sessions"], (kl.kpi("sessions"),)])
def test_a_definition_and_a_list_of_one_stand_wherever_an_id_does(one):
    assert DATA.evaluate(one, "2025-02")["value"].item() == 2
    assert DATA.explain(one, "2025-02", by="channel")["effect"].sum() == 1
    assert DATA.before_after(one, on="2025-02-01", months=1)["after"].item() == 2


def test_a_definition_is_its_own():
    kpi = kl.kpi("sessions")

    assert kl.kpi(kpi) is kpi
    assert kl.kpi(kpi, lang="fr").lang == "fr"


def test_columns_of_one_and_no_comparison_may_be_written_as_lists_and_as_nothing():
    rows = DATA.evaluate("sessions", "2025-02", by=("channel",), compare=None)

    assert rows["channel"].tolist() == ["direct", "email"]


def test_one_period_is_a_list_of_one():
    assert DATA.over("sessions", "2025-02")["value"].tolist() == [2]


WRONG = {
    "no KPI": (
        lambda: DATA.evaluate(None, "2025-02"),
        "Found None where KPIs are wanted. Write an id, such as 'sessions', or a list of them.",
    ),
    "several KPIs": (
        lambda: DATA.explain(["sessions", "page_views"], "2025-02", by="channel"),
        "One KPI is wanted here, and these are 2: sessions, page_views. Ask for one at a time.",
    ),
    "no column": (
        lambda: DATA.evaluate("sessions", "2025-02", by=3),
        "by is 3. Write a column, such as by='channel', or a list of them.",
    ),
    "no periods": (
        lambda: DATA.over("sessions", None),
        "Found None where periods are wanted. Write a list of them: ['2026-09', '2026-10'].",
    ),
    "several columns where one is taken": (
        lambda: DATA.explain("sessions", "2025-02", by=["channel", "weekday"]),
        "sessions cannot be explained by 'channel, weekday'. It can be by: channel. Did you"
        " mean 'channel'?",
    ),
    "waves": (
        lambda: DATA.waves("engagement_survey_score", "2025-02", -1),
        "most is -1. Write how many, a whole number from 1.",
    ),
    "a table that is not there": (
        lambda: DATA.cohorts("2025-02"),
        "There is no table orders here. There is: sessions.",
    ),
    "tables of which one would do": (
        lambda: DATA.migration("2025-01", "2025-02"),
        "There is no table memberships, orders here. There is: sessions.",
    ),
    "backwards": (
        lambda: DATA.migration("2025-02", "2025-01"),
        "2025-01 ends before 2025-02: name the earlier period first.",
    ),
    "nobody of that name": (
        lambda: DATA.digest("2025-02", ["customers"]),
        "of is ['customers']; write one of customers, employees.",
    ),
    "no frame": (
        lambda: kl.across(3),
        "Found int where a pandas frame is wanted. Give one: kl.across(report.figures('enps',"
        " by='team')).",
    ),
    "no texts": (
        lambda: kl.sentiment(3),
        'Found int where texts are wanted. Give a list or a column: [text, ...] or frame["body"].',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_anything_else_is_told_what_is_wanted(case):
    ask, told = WRONG[case]

    with pytest.raises(KpilibError) as caught:
        ask()

    assert str(caught.value) == told
