"""Sentences say what moved, whether chance could explain it, and with what care to read it."""

from __future__ import annotations

import pandas as pd
import pytest

from kpilib.display.numbers import Formatter
from kpilib.display.reading import group_finding, moved, sentence, weight
from kpilib.display.status import flag_words
from tests.display import frames

EN, FR = Formatter("en"), Formatter("fr")


def compared(
    value: float,
    before: float,
    noise: bool | None = False,
    news: bool | None = True,
    **more,
) -> dict:
    delta = value - before
    return frames.row(value=value, **more) | {
        "year_before": before,
        "delta_year_before": delta,
        "change_year_before": delta / before if before else None,
        "within_noise_year_before": noise,
        "news_year_before": news if delta else False,
    }


def said(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_rise_beyond_chance_in_the_right_direction():
    text = sentence(frames.kpi(), compared(12345, 11022), EN)
    assert said(text) == (
        "Sessions rose by 12 % on October 2025 (12,345 against 11,022), more than chance and its"
        " usual moves would explain. This is the right direction."
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
    text = sentence(frames.kpi(), compared(116, 110, noise=True, news=False), EN)
    assert "a difference that chance alone could explain" in text
    assert "direction" not in text


@pytest.mark.parametrize(
    ("noise", "news", "words"),
    [
        (False, True, "), more than chance and its usual moves would explain. This is the right"),
        (False, False, "), more than chance would explain, but no more than it usually moves."),
        (False, None, "), more than chance would explain; how far it usually moves is not known."),
        (None, True, "), further than it usually moves. This is the right direction."),
        (None, False, "), no more than it usually moves."),
        (None, None, " (116 against 110)."),
    ],
)
def test_only_news_has_a_direction(noise, news, words):
    text = said(sentence(frames.kpi(), compared(116, 110, noise, news), EN))
    assert words in text
    assert ("direction" in text) is (news is True)


@pytest.mark.parametrize(
    ("noise", "news", "words"),
    [
        (True, False, "within noise"),
        (False, True, "beyond noise and its usual moves"),
        (False, False, "beyond noise, within its usual moves"),
        (False, None, "beyond noise, usual moves unknown"),
        (None, True, "beyond its usual moves"),
        (None, False, "within its usual moves"),
        (None, None, ""),
    ],
)
def test_what_a_change_weighs(noise, news, words):
    assert weight(compared(116, 110, noise, news), "year_before", EN.say) == words
    assert weight(compared(116, 116, noise, news), "year_before", EN.say) == ""


def test_a_figure_that_is_still_filling_up_has_no_direction():
    text = sentence(frames.kpi(), compared(12, 9, None, None, flags=["immature"]), EN)
    assert "direction" not in text and "can still change" in text


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


LACKING = ["2026-10-03", "2026-10-04", "2026-10-05", "2026-10-12"]


def lacking(**more) -> dict:
    """The row of a month whose feed lacks four of 31 days."""
    details = {"coverage": 27 / 31, "missing_days": LACKING}
    return compared(27, 31, flags=["partial"], details=details) | more


def test_days_without_data_are_named():
    english, french = (said(sentence(frames.kpi(), lacking(), write)) for write in (EN, FR))

    assert "No data for 3 October 2026 to 5 October 2026; 12 October 2026" in english
    assert "not complete" not in english
    assert "Aucune donnée pour ces jours : 3 octobre 2026 au 5 octobre 2026" in french
    assert flag_words(lacking(), EN.say) == ["days without data: 4"]


def test_a_month_under_way_that_lacks_days_says_both():
    """Of twelve days so far, eight are there."""
    row = lacking(details={"coverage": 8 / 12, "missing_days": LACKING})

    assert "not complete" in sentence(frames.kpi(), row, EN)
    assert flag_words(row, EN.say) == ["month not complete", "days without data: 4"]


def test_o65_months_of_unequal_length_are_told_per_day():
    """Fewer in all and more a day: the direction is that of the days."""
    row = compared(2856, 2900) | {"change_per_day_year_before": 0.02}
    text = said(sentence(frames.kpi(), row, EN))

    assert "Sessions fell by 1.5 % on October 2025" in text
    assert "Per day, as the periods differ in days: +2.0 %. This is the right direction." in text


def test_of_months_of_one_length_nothing_is_said_per_day():
    row = compared(120, 100) | {"change_per_day_year_before": 0.2}

    assert "Per day" not in sentence(frames.kpi(), row, EN)


def test_a_missing_figure_is_a_reason_not_a_sentence_about_change():
    row = frames.missing(status="no_denominator")
    assert sentence(frames.kpi(), row, EN) == (
        "Sessions: n/a: nothing to divide by in this period."
    )


def test_the_group_that_is_named_is_one_that_stands_out_as_the_engine_says():
    rate = frames.kpi("visitor_to_lead_rate", "Visit-to-lead rate", "rate")
    rows, whole = frames.groups(), frames.row(value=0.031)
    # Paid search moves the whole most: 2,400 x 1.9 points = 45.6 leads, e-mail 900 x 3.0 = 27.
    assert "Paid search is below the whole" in group_finding(rate, rows, "channel", whole, EN)
    unclear = rows[rows["stands_out"].ne(True)]  # referral: 9 % of 22, far outside its interval
    assert group_finding(rate, unclear, "channel", whole, EN) == ""


def test_the_unknown_group_is_never_the_finding():
    rate = frames.kpi("visitor_to_lead_rate", "Visit-to-lead rate", "rate")
    rows = pd.DataFrame([frames.rate_row(None, 0.9, 5000, stands_out=True)])
    assert group_finding(rate, rows, "channel", frames.row(value=0.03), EN) == ""
