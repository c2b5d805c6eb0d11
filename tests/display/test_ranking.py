"""Which group is shown as the best: the one that proves it, never one with few cases."""

from __future__ import annotations

import re

import pytest

import kpilib as kl
from kpilib.display.charts.bars import bars_with_intervals, ordered
from kpilib.display.entry import Entry
from kpilib.display.numbers import Formatter
from kpilib.display.ranking import has_few, standing
from kpilib.display.scorecard import card
from tests.worked import rows, stack

CTA = kl.kpi("cta_click_rate")
DAY = "2025-02-10T10:00:00Z"


def clicks(cta, views, clicked):
    return rows(
        "session_id cta_id ts event_name",
        *((f"{cta}{i}", cta, DAY, "cta_view") for i in range(views)),
        *((f"{cta}{i}", cta, DAY, "cta_click") for i in range(clicked)),
    )


def answered(*calls):
    tables = {"web_events": stack(*(clicks(*each) for each in calls))}
    return kl.open(tables, as_of="2025-02-28").evaluate("cta_click_rate", "2025-02")


def order(*calls):
    found = ordered(answered(*calls), CTA, "cta_id", Formatter("en"))
    return [row["cta_id"] for row in found]


def test_o09_fewer_than_100_views_are_not_ranked_best():
    # A 12 of 40 is 30 % and low_n no more; B 90 of 400 is 22.5 %
    assert order(("A", 40, 12), ("B", 400, 90)) == ["B", "A"]
    assert order(("A", 99, 40), ("B", 400, 10)) == ["B", "A"]
    assert order(("A", 100, 40), ("B", 400, 10)) == ["A", "B"]


def test_o09_the_lower_end_of_the_interval_ranks():
    # 30 of 100 is 30 % [21.9 %, 39.6 %]; 1,100 of 4,000 is 27.5 % [26.1 %, 28.9 %]
    assert order(("few", 100, 30), ("many", 4000, 1100)) == ["many", "few"]


def test_o09_the_card_of_the_month_ranks_the_same_way():
    found = answered(("A", 40, 12), ("B", 400, 90)).to_dict("records")
    shown = re.findall(r"<bdi>(A|B)</bdi>", card(Entry(CTA, found, "cta_id"), Formatter("en")))

    assert shown == ["B", "A"]


def test_o09_the_chart_says_how_it_ranks():
    chart = bars_with_intervals(
        answered(("A", 40, 12), ("B", 400, 90)), CTA, Formatter("en"), by="cta_id"
    )._repr_html_()

    assert "Ranked by the lower end of the interval; fewer than 100 cases come after." in chart
    assert "few: 40" in chart


@pytest.mark.parametrize(
    ("kpi", "n", "flags", "few"),
    [
        ("cta_click_rate", 99, [], True),
        ("cta_click_rate", 100, [], False),
        ("bounce_rate", 40, [], False),
        ("bounce_rate", 12, ["low_n"], True),
    ],
)
def test_few_cases(kpi, n, flags, few):
    assert has_few({"n": n, "flags": flags, "value": 0.5}, kl.kpi(kpi)) is few


def test_no_figure_comes_last():
    row = {"n": 500, "flags": [], "ci_low": None}
    known, unknown = standing(row | {"value": 0.01}, CTA), standing(row | {"value": None}, CTA)

    assert known < unknown
