"""A scorecard says value, changes, interval, target, verdict and care, in words."""

from __future__ import annotations

import html5lib

from kpilib.display.entry import Entry
from kpilib.display.numbers import Formatter
from kpilib.display.scorecard import scorecard
from kpilib.steering.goal import Goal
from tests import goals
from tests.display import frames
from tests.standings import standing

EN, FR = Formatter("en"), Formatter("fr")


def goal(**more) -> Goal:
    given = {
        "owner": {"en": "Marketing <b>", "fr": "Marketing"},
        "next_action": {"en": "Move the budget.", "fr": "Déplacer le budget."},
    }
    return goals.goal(**given | more)


def entry(value: float = 0.021, **more) -> Entry:
    row = frames.rate_row(None, value, 4000, flags=["partial"]) | {
        "previous": 0.025, "delta_previous": value - 0.025, "change_previous": -0.16,
        "within_noise_previous": True,
        "year_before": 0.03, "delta_year_before": value - 0.03, "change_year_before": -0.3,
        "within_noise_year_before": False,
    }  # fmt: skip
    row = row | more
    aim = goal()
    rate = frames.kpi("visitor_to_lead_rate", "Visit-to-lead rate", "rate", topic="leads")
    return Entry(rate, [row], "", [0.02, float("nan"), 0.03, 0.021], standing(aim, row))


def words(block) -> str:
    parsed = html5lib.parse(block._repr_html_(), namespaceHTMLElements=False)
    for style in parsed.iter("style"):
        style.text = ""
    return " ".join(" ".join(parsed.itertext()).split())


def test_a_card_has_all_that_a_reading_needs():
    text = words(scorecard([entry()], EN))
    for part in (
        "2.1 %", "vs Sept 2026 −0.4 pt from 2.5 %, within noise",
        "vs Oct 2025 −0.9 pt from 3.0 %, beyond noise, usual moves unknown", "95 % interval",
        "Base 4,000",
        "Target 4.0 % by 31 December 2026", "Path 3.7 % by 31 October 2026",
        "month not complete", "Moderate failure so far (provisional)",
    ):  # fmt: skip
        assert part in text


def test_a_total_of_months_of_unequal_length_is_told_per_day_too():
    row = frames.row(value=3100, unit="count") | {
        "previous": 3000, "delta_previous": 100, "change_previous": 1 / 30,
        "change_per_day_previous": 0.0, "within_noise_previous": True,
    }  # fmt: skip
    text = words(scorecard([Entry(frames.kpi(), [row])], EN))

    assert "vs Sept 2026 +3.3 % from 3,000, no change per day, within noise" in text


def test_what_to_do_comes_first_with_the_action_and_its_owner():
    text = words(scorecard([entry()], EN))
    assert text.startswith("What to do")
    assert "(2.1 %, the path asks for 3.7 % by 31 October 2026). Change. Move the budget." in text
    assert "Move the budget." in text and "Owner: Marketing <b>." in text


def test_an_old_target_stays_beside_the_new_one():
    changed = {"date": "2026-05-04", "was": 0.03, "why": "Too easy", "by": "The board"}
    row = frames.rate_row(None, 0.03, 4000)
    shown = Entry(frames.kpi(unit="rate"), [row], "", [], standing(goal(revisions=[changed]), row))
    text = words(scorecard([shown], EN))
    assert "by 31 December 2026, target raised from 3.0 % on 4 May 2026" in text


def test_nothing_is_to_be_done_when_targets_are_met():
    assert words(scorecard([entry(0.05)], EN)).startswith("No target is missed this month.")


def test_without_targets_there_is_no_list():
    plain = Entry(frames.kpi(), [frames.row(value=12)])
    assert "target" not in words(scorecard([plain], EN)).lower()


def test_a_verdict_has_an_icon_beside_its_words_that_readers_of_words_skip():
    html = scorecard([entry()], EN)._repr_html_()
    assert html.count('class="kl-icon"') == 1 == html.count('class="kl-spark"')
    assert html.count("<svg") == html.count('aria-hidden="true"')


def test_a_missing_figure_says_why_instead():
    gone = Entry(frames.kpi(), [frames.missing(status="missing_table", reason="Missing table: a.")])
    assert "n/a: missing table: a" in words(scorecard([gone], EN))
    assert "n/a" in words(scorecard([Entry(frames.kpi(), [])], EN))


def test_a_kpi_read_by_group_shows_its_largest_groups():
    rows = frames.channels(1).to_dict("records")
    text = words(scorecard([Entry(frames.kpi(), rows, "channel")], FR))
    assert "4 000" in text.replace("\u202f", " ") and "organic_search" not in text
