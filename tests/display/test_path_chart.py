"""The chart of a key result: its months, the path to its target, the targets it had before."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kpilib.catalogue import kpi as find
from kpilib.display.charts.path import path
from kpilib.display.charts.path_words import finding
from kpilib.display.numbers import Formatter
from kpilib.monthly.checks import faults_of
from tests.display import frames
from tests.goals import goal

EN, FR = Formatter("en"), Formatter("fr")
OCTOBER = date(2026, 10, 31)
POLICY = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"


def rows(*values, name="visitor_to_lead_rate", last="2026-10", **more):
    """One row a month, the last one of October 2026; the last may be unsettled."""
    names = frames.months(len(values), last)
    lines = [
        frames.row(name, month, each, unit="rate", ci_low=each - 0.004, ci_high=each + 0.004)
        for month, each in zip(names, values, strict=True)
    ]
    lines[-1] |= more
    return pd.DataFrame(lines)


def drawn(aim=None, given=None, write=EN, **more):
    aim = aim or goal()
    given = rows(0.019, 0.02, 0.024, 0.028, 0.031) if given is None else given
    return path(given, aim, find(aim.kpi), write, day=OCTOBER, **more)


# A path from 2 % to 4 % over the 365 days of 2026: by 31 October, 304/365 of 2 points are due,
# so 2 % + 1.666 points = 3.67 %.
def test_the_title_says_where_it_is_and_where_it_should_be():
    assert drawn().title == "Behind its path: 3.1\u00a0%, where 3.7\u00a0% is due"
    ahead = drawn(given=rows(0.02, 0.038))
    assert ahead.title == "On its path: 3.8\u00a0%, where 3.7\u00a0% is due"


# Of 1.666 points due, 1.2 make 72 %: above 70 %, the threshold of a moderate success.
def test_a_moderate_success_is_close_to_its_path():
    assert drawn(given=rows(0.02, 0.032)).title.startswith("Close to its path: 3.2")


def test_down_is_good_where_the_target_lies_below():
    # From 30 to 24 by the end of the year: 30 - 6 * 304/365 = 25.0 is due by 31 October.
    aim = goal(kpi="cost_per_lead", unit="EUR", baseline=30, target=24)
    at = frames.row("cost_per_lead", value=24.5, unit="EUR_per_lead")
    assert finding(aim, at, OCTOBER, EN).startswith("On its path: €24.50")
    assert finding(aim, at | {"value": 28.0}, OCTOBER, EN).startswith("Behind its path: €28.00")


@pytest.mark.parametrize(
    ("day", "value", "said"),
    [
        (date(2025, 12, 31), 0.02, "Begins on 1 January 2026"),
        (date(2026, 12, 31), 0.04, "Target reached: 4.0\u00a0% for 4.0\u00a0%"),
        (date(2026, 12, 31), 0.039, "Target missed: 3.9\u00a0% for 4.0\u00a0%"),
        (OCTOBER, float("nan"), "No figure this month, where 3.7\u00a0% is due"),
    ],
)
def test_before_the_start_at_the_end_and_without_a_figure(day, value, said):
    assert finding(goal(), frames.row(value=value), day, EN) == said


def test_a_level_is_held_or_not():
    aim = goal(kpi="absenteeism_rate", mode="maintain", target=0.03, baseline=None)
    assert finding(aim, frames.row(value=0.029), OCTOBER, EN).startswith("Level held")
    assert finding(aim, frames.row(value=0.031), OCTOBER, EN).startswith("Level not held")


def test_a_target_that_was_revised_stays_visible():
    aim = goal(revisions=[{"date": "2026-07-01", "was": 0.05, "why": "Fewer sales staff"}])
    chart = drawn(aim)
    assert "Until 30 June 2026 the target was 5.0\u00a0%." in chart.note
    assert "Until 30 June 2026 the target was 5.0\u00a0%." in chart.alt
    assert ">was 5.0\u00a0%<" in chart.svg and ">target 4.0\u00a0%<" in chart.svg
    assert "Target until 30 June 2026: 5.0\u00a0%" in chart.svg


def test_the_table_gives_the_path_month_by_month():
    aim = goal(path={"2026-03": 0.021, "2026-10": 0.03})
    table = drawn(aim).data.set_index("Month")["Path"]
    assert table["March 2026"] == "2.1\u00a0%"
    assert table["October 2026"] == "3.0\u00a0%"
    assert table["December 2026"] == "4.0\u00a0%"
    # Between the two, 30 of the 214 days from 1 April to 31 October: 2.1 % + 0.9 * 30/214.
    assert table["April 2026"] == "2.2\u00a0%"
    assert table["December 2025"] == ""


def test_months_still_to_come_are_not_gaps():
    chart = drawn()
    assert chart.data["Month"].iloc[-1] == "December 2026"
    assert chart.data["Value"].iloc[-1] == ""
    assert ">n/a<" in drawn(given=rows(0.02, float("nan"), 0.03)).svg
    assert ">n/a<" not in drawn(given=rows(0.02, 0.025, 0.03)).svg


def test_a_figure_that_can_still_change_is_hollow_and_said():
    chart = drawn(given=rows(0.02, 0.031, flags=["partial"]))
    assert "A hollow point can still change" in chart.note
    assert "A hollow point" not in drawn().note


def test_actions_and_notes_are_numbered_and_listed():
    notes = [(date(2026, 9, 14), "Campaign begins"), (date(2026, 7, 1), "<b>New form</b>"),
             (date(2020, 1, 1), "Long ago")]  # fmt: skip
    chart = drawn(notes=notes)
    assert list(chart.notes) == [
        "1 July 2026: <b>New form</b>", "14 September 2026: Campaign begins",
    ]  # fmt: skip
    assert "<b>" not in chart._repr_html_() and "&lt;b&gt;" in chart._repr_html_()


@pytest.mark.parametrize("write", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("mode", ["from_to", "per_period_compound", "maintain"])
def test_it_may_be_published_and_is_small(write, mode):
    more = {"per_period_compound": {"target": 5, "unit": "%", "baseline": "2 %"}}.get(mode, {})
    html = drawn(goal(mode=mode, **more), write=write)._repr_html_()
    page = f"<!doctype html><html lang=en>{POLICY}<body>{html}</body></html>"
    assert faults_of(page, 1) == []
    assert len(html) < 22_000
