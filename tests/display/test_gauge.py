"""Gauges: the colour of a figure, and that nobody needs the colour to read it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from kpilib.display.gauge import SCORE, gauge, threshold_words, zone
from kpilib.display.numbers import Formatter
from kpilib.monthly.checks import faults_of

EN, FR = Formatter("en"), Formatter("fr")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(html: str) -> ElementTree.Element:
    svg = re.search(r"<svg.*</svg>", html)[0]
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def mark(html: str) -> ElementTree.Element:
    """The mark of the figure: the one shape with a white rim."""
    return next(each for each in drawn(html).iter() if each.get("stroke") == "#fff")


def place(html: str) -> float:
    found = mark(html)
    return float(found.get("cx") or re.match(r"M([\d.]+)", found.get("d"))[1])


@pytest.mark.parametrize(
    ("value", "colour"), [(0.39, "red"), (0.40, "amber"), (0.69, "amber"), (0.70, "green")]
)
def test_m12_a_score_is_red_amber_or_green(value, colour):
    assert zone(value, SCORE) == colour


@pytest.mark.parametrize(("value", "colour"), [(18, "green"), (25, "amber"), (35, "red")])
def test_m12_where_lower_is_better_the_scale_turns(value, colour):
    assert zone(value, (20, 30), "lower") == colour


def test_a_limit_belongs_to_the_better_side_in_both_directions():
    assert zone(20, (20, 30), "lower") == "green"
    assert zone(30, (20, 30), "lower") == "amber"
    # 0.1 + 0.6 is 0.7 for a reader, and 0.7 - 1e-16 for a computer.
    assert zone(0.1 + 0.6, (0.4, 0.7)) == "green"


@pytest.mark.parametrize("value", [None, float("nan")])
def test_without_a_figure_there_is_no_colour_and_no_mark(value):
    assert zone(value, SCORE) == ""
    html = gauge(value, SCORE, "higher", EN, label="Score")
    assert "No figure" in html and "n/a" in html
    assert not [each for each in drawn(html).iter() if each.get("stroke") == "#fff"]


def test_shapes_and_words_tell_what_colours_tell():
    made = [gauge(each, SCORE, "higher", EN, label="Score") for each in (0.2, 0.5, 0.9)]
    shapes = [(mark(each).tag, mark(each).get("d", "")[-1:]) for each in made]
    assert len(set(shapes)) == 2 and mark(made[2]).tag == f"{SVG}circle"
    assert mark(made[0]).get("d").count("h") == 2  # a square; the triangle has one
    assert mark(made[1]).get("d").count("h") == 1
    said = ("Red: far behind", "Amber: behind", "Green: on its path or close to it")
    for html, words in zip(made, said, strict=True):
        assert f"<strong>{words}</strong>" in html


def test_zones_are_told_apart_by_their_hatching():
    zones = [each for each in drawn(gauge(0.5, SCORE, "higher", EN, label="Score"))
             if each.tag == f"{SVG}path" and each.get("stroke") not in ("#fff", None)]  # fmt: skip
    slopes = []
    for each in zones:
        steps = re.findall(r"l\d+ (-?\d+)", each.get("d"))
        if steps:
            slopes.append({int(step) > 0 for step in steps})
    assert slopes == [{True, False}, {False}]  # red is crossed, amber striped, green plain


def test_a_better_figure_stands_on_the_green_side():
    better, worse = (gauge(each, (20, 30), "lower", EN, label="Cost", target=18)
                     for each in (19, 33))  # fmt: skip
    assert place(better) < place(worse)
    green = drawn(better)[0]
    assert green.get("fill") == "#bfe3d6"  # leftmost, where lower is better


def test_a_figure_far_off_stays_inside_and_says_so():
    html = gauge(900, (20, 30), "lower", EN, label="Cost", unit="count", target=18, baseline=35)
    assert place(html) <= 300
    assert "900 ›" in html
    # The zones keep most of the scale: it is stretched by a third of its span at most.
    assert gauge(24, (20, 30), "lower", EN, label="Cost") and place(html) > 200


def test_thresholds_are_said_in_words_in_both_languages():
    assert threshold_words((0.4, 0.7), "higher", "ratio", EN) == (
        "Green from 0.70, amber from 0.40, red below."
    )
    assert threshold_words((20, 30), "lower", "count", EN) == (
        "Green up to 20, amber up to 30, red above."
    )
    assert threshold_words((20, 30), "lower", "count", FR) == (
        "Vert jusqu'à 20, orange jusqu'à 30, rouge au-delà."
    )


def test_a_figure_never_reads_as_a_limit_that_it_misses():
    # Both read 3.4 % with one decimal.
    html = gauge(0.0341, (0.03, 0.0342), "higher", EN, label="Leads", unit="rate")
    assert "Green from 3.42\u00a0%" in html and ">3.41\u00a0%</text>" in html


def test_the_text_for_those_who_do_not_see_is_written_from_the_data():
    html = gauge(0.031, (0.03, 0.034), "higher", EN, label="Leads", unit="rate", target=0.036)
    alt = drawn(html).get("aria-label")
    assert alt == (
        "Gauge of Leads: 3.1\u00a0%, target 3.6\u00a0%. Amber: behind. "
        "Green from 3.4\u00a0%, amber from 3.0\u00a0%, red below."
    )


def test_a_label_from_a_file_is_only_a_text():
    html = gauge(0.5, SCORE, "higher", EN, label='"><script>alert(1)</script>')
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    page = f"<!doctype html><html lang=en>{policy}<body>{html}</body></html>"
    assert faults_of(page, 1) == []
