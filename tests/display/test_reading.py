"""Sentences say what moved, whether chance could explain it, and with what care to read it."""

from __future__ import annotations

import pandas as pd
import pytest

from kpilib.display.numbers import Formatter
from kpilib.display.reading import group_finding, moved, sentence
from tests.display import frames

EN, FR = Formatter("en"), Formatter("fr")


def compared(value: float, before: float, noise: bool | None = False, **more) -> dict:
    delta = value - before
    return frames.row(value=value, **more) | {
        "year_before": before,
        "delta_year_before": delta,
        "change_year_before": delta / before if before else None,
        "within_noise_year_before": noise,
    }


def said(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_rise_beyond_chance_in_the_right_direction():
    text = sentence(frames.kpi(), compared(12345, 11022), EN)
    assert said(text) == (
        "Sessions rose by 12 % on October 2025 (12,345 against 11,022), more than chance would"
        " explain. This is the right direction."
    )


def test_the_same_in_french():
    text = sentence(frames.kpi(), compared(12345, 11022), FR)
    assert said(text).startswith("Sessions : hausse de 12 % par rapport à octobre 2025 (12 345")


def test_a_rate_moves_in_points_and_lower_can_be_better():
    bounce = frames.kpi("bounce_rate", "Bounce rate", "rate", better="lower")
    text = said(sentence(bounce, compared(0.55, 0.383, unit="rate"), EN))
    assert text.startswith(
        "Bounce rate rose by 16.7 points on October 2025 (55.0 % against 38.3 %)"
    )
    assert text.endswith("This is the wrong direction.")


def test_a_change_that_chance_explains_is_neither_good_nor_bad():
    text = sentence(frames.kpi(), compared(116, 110, noise=True), EN)
    assert "a difference that chance alone could explain" in text
    assert "direction" not in text


def test_without_an_interval_nothing_is_said_about_chance():
    text = sentence(frames.kpi(), compared(116, 110, noise=None), EN)
    assert "chance" not in text and "right direction" in text


def test_a_neutral_kpi_has_no_direction():
    assert "direction" not in sentence(frames.kpi(better="neutral"), compared(12, 9), EN)


def test_a_stock_moves_by_its_net_flow():
    followers = frames.kpi("followers", "Followers", roll_up="R4")
    assert moved(followers, compared(8575, 7739), EN) == "Followers rose by 836 on October 2025"


def test_no_change_is_said_as_such():
    assert moved(frames.kpi(), compared(5, 5), EN) == "Sessions did not move on October 2025"


def test_the_month_before_is_used_when_there_is_no_year_before():
    row = frames.row(value=12) | {
        "previous": 10, "delta_previous": 2, "change_previous": 0.2, "within_noise_previous": None,
        "year_before": None, "delta_year_before": None,
    }  # fmt: skip
    assert "on September 2026" in moved(frames.kpi(), row, EN)


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("partial", "not complete"),
        ("immature", "can still change"),
        ("low_n", "Few cases (12)"),
        ("late", "stops before the end"),
        ("approximate", "approximate"),
    ],
)
def test_every_caution_is_said(flag, words):
    assert words in sentence(frames.kpi(), compared(12, 9, flags=[flag], n=12), EN)


def test_a_missing_figure_is_a_reason_not_a_sentence_about_change():
    row = frames.missing(status="no_denominator")
    assert sentence(frames.kpi(), row, EN) == (
        "Sessions: n/a: nothing to divide by in this period."
    )


def test_the_group_that_stands_out_is_named_with_enough_cases_only():
    rate = frames.kpi("visitor_to_lead_rate", "Visit-to-lead rate", "rate")
    rows, whole = frames.groups(), frames.row(value=0.031)
    # Paid search moves the whole most: 2,400 x 1.9 points = 45.6 leads, e-mail 900 x 3.0 = 27.
    assert "Paid search is below the whole" in group_finding(rate, rows, "channel", whole, EN)
    unclear = rows[rows["channel"].isin(["organic_social", "referral"])]
    assert group_finding(rate, unclear, "channel", whole, EN) == ""


def test_the_unknown_group_is_never_the_finding():
    rate = frames.kpi("visitor_to_lead_rate", "Visit-to-lead rate", "rate")
    rows = pd.DataFrame([frames.rate_row(None, 0.9, 5000)])
    assert group_finding(rate, rows, "channel", frames.row(value=0.03), EN) == ""
