"""What every chart keeps: inert, described, one of a kind on its page, the same in every run."""

from __future__ import annotations

import re
import warnings
from xml.etree import ElementTree

import html5lib
import matplotlib
import pandas as pd
import pytest

from kpilib.display.charts.bars import bars_with_intervals
from kpilib.display.charts.dots import dot_interval
from kpilib.display.charts.heatmap import heatmap
from kpilib.display.charts.shares import stacked_share
from kpilib.display.charts.trend import trend
from kpilib.display.css import once
from kpilib.display.numbers import Formatter
from kpilib.monthly.checks import faults_of
from tests.display import frames
from tests.display.gallery import CHARTS

EN, FR = Formatter("en"), Formatter("fr")
EVERY = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
SVG = "{http://www.w3.org/2000/svg}"
NASTY = {
    "markup": "$x_1$ | $y | {name} {0} %s \\frac{1}{2} &lt;b&gt; & ' \" ]]> <!-- -->",
    "scripts": '<script>alert(1)</script><img src=x onerror=alert(1)>"><svg onload=alert(1)>',
    "scripts of the world": "\U0001f600 \u05e9\u05dc\u05d5\u05dd \u202e \u0645\u0631\u062d \u4e2d",
    "control": "_line\nbreak\ttab\x00\x0b\x1f\ufffe",
    "long": "N" * 300,
    "empty": "",
}


def page(*charts) -> str:
    body = once("".join(chart._repr_html_() for chart in charts))
    policy = (
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">"
    )
    return f"<!doctype html><html lang=en>{policy}<title>t</title><body>{body}</body></html>"


def words(html: str) -> str:
    """Return all that a reader of a page can read, tooltips and descriptions included."""
    parsed = html5lib.parse(html, namespaceHTMLElements=False)
    for style in parsed.iter("style"):
        style.text = ""
    told = [*parsed.itertext(), *(element.get("title", "") for element in parsed.iter())]
    return " ".join(told)


def tree(chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


@EVERY
@pytest.mark.parametrize("write", [EN, FR], ids=["en", "fr"])
def test_a_chart_is_well_formed_described_and_scales_with_its_page(draw, write):
    chart = draw(write)
    root = tree(chart)
    assert root.get("role") == "img"
    names = root.get("aria-labelledby").split()
    told = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert [told[name] for name in names] == [chart.title, chart.alt.replace("  ", " ")]
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.get("viewBox") and not root.get("width") and not root.get("height")
    assert "<?xml" not in chart.svg and "metadata" not in chart.svg and "<style" not in chart.svg
    assert faults_of(page(chart), 1) == []


@EVERY
def test_every_reference_inside_a_chart_leads_somewhere(draw):
    root = tree(draw(EN))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    used = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            used.update(re.findall(r"url\(#([^)]+)\)", value))
            used.update([value[1:]] if name == "href" else [])
    assert used <= set(ids)


def test_no_id_is_shared_by_two_charts_of_a_page_even_the_same_chart_twice():
    charts = [draw(EN, key=f"social-{i}") for i, draw in enumerate(CHARTS.values())]
    charts.append(CHARTS["trend"](EN, key="social-99"))
    ids = re.findall(r'\bid="([^"]+)"', page(*charts))
    assert len(ids) == len(set(ids)) and len(ids) > 3 * len(charts)


def test_different_charts_without_a_key_do_not_share_ids():
    ids = re.findall(r'\bid="([^"]+)"', page(*(draw(EN) for draw in CHARTS.values())))
    assert len(ids) == len(set(ids))


@EVERY
def test_the_same_figures_give_the_same_bytes(draw):
    assert draw(FR)._repr_html_() == draw(FR)._repr_html_()


@EVERY
@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_no_name_breaks_or_enters_a_chart(draw, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = draw(EN, name)
    html = page(chart)
    assert faults_of(html, 1) == []
    parsed = html5lib.parse(html, namespaceHTMLElements=False)
    assert not list(parsed.iter("script")) and not list(parsed.iter("img"))
    ElementTree.fromstring(chart.svg)


def test_a_long_name_is_shortened_and_told_in_full_where_it_is_pointed_at():
    chart = CHARTS["bars"](EN, "N" * 300)
    texts = [element.text for element in tree(chart).iter(f"{SVG}text")]
    titles = [element.text for element in tree(chart).iter(f"{SVG}title")]
    assert any(text.endswith("…") and len(text) < 40 for text in texts)
    assert "N" * 300 in titles


@EVERY
def test_drawing_leaves_no_figure_and_no_setting_behind(draw):
    before = dict(matplotlib.rcParams)
    draw(EN)
    assert dict(matplotlib.rcParams) == before


def test_a_chart_shows_its_figures_in_the_readers_language():
    html = CHARTS["trend"](FR)._repr_html_()
    assert "octobre 2026" in html and "10\u202f609" in html
    assert "October" not in html and "10,609" not in html


def test_the_alternative_text_of_a_trend_has_its_figures():
    chart = CHARTS["trend"](EN)
    for figure in ("10,609 in October 2025", "15,032 in October 2026", "Target 14,000"):
        assert figure in chart.alt
    assert "Lowest" in chart.alt and "Highest" in chart.alt
    assert "Months without a figure: 1" in chart.alt


def test_the_alternative_text_of_bars_names_every_group_and_the_whole():
    chart = CHARTS["bars"](EN, "Fairs")
    for text in ("Fairs 3.4", "E-mail 6.1", "Display ads n/a: nothing to divide by", "(unknown)"):
        assert text in chart.alt.replace("\u00a0", " ")
    assert "All together: 3.1" in chart.alt


def test_few_cases_and_the_unknown_group_come_last_in_bars():
    labels = list(CHARTS["bars"](EN, "Fairs").data.iloc[:, 0])
    assert labels[0] == "E-mail"  # referral has a higher rate, from 22 cases
    assert labels[-3:] == ["Other sites", "Display ads", "(unknown)"]


def test_a_partial_month_is_hollow_and_a_gap_is_said():
    chart = CHARTS["trend"](EN)
    assert "A hollow point can still change" in chart.note
    texts = [element.text for element in tree(chart).iter(f"{SVG}text")]
    titles = [element.text for element in tree(chart).iter(f"{SVG}title")]
    assert "n/a" in texts
    assert "June 2026: no data in this period" in " ".join(titles).replace("n/a: ", "")


def test_notes_are_numbered_on_the_trend_and_listed_below_it():
    chart = CHARTS["trend"](EN, "Fair in Lyon")
    assert chart.notes == ("12 March 2026: Fair in Lyon", "20 March 2026: New site")
    texts = [element.text for element in tree(chart).iter(f"{SVG}text")]
    assert {"1", "2"} <= set(texts)


def test_an_axis_that_leaves_zero_out_says_so():
    rows = frames.rates(level=0.97, n=200_000)
    rows["value"] = 0.97 + rows.index * 0.0001
    rows[["ci_low", "ci_high"]] = float("nan")
    chart = trend(rows, frames.kpi("delivery_rate", "Delivery rate", "rate"), EN)
    assert "does not start at zero" in chart.note
    assert "does not start at zero" not in CHARTS["trend"](EN).note


def test_surveys_have_no_gaps_between_their_waves():
    rows = pd.DataFrame(
        frames.row("enps", month, 10.0 + i, unit="points")
        if i % 3 == 0
        else frames.missing("enps", period=month, unit="points")
        for i, month in enumerate(frames.months(25))
    )
    chart = trend(rows, frames.kpi("enps", "eNPS", "points", roll_up="R8"), EN)
    assert "n/a" not in [element.text for element in tree(chart).iter(f"{SVG}text")]
    assert "Each point is a survey" in chart.note


def test_a_suppressed_figure_is_nowhere_in_a_chart():
    secret = {
        "value": 77.77, "numerator": 7.77, "n": 3.33, "ci_low": 66.66, "ci_high": 88.88,
        "status": "suppressed", "reason": "", "details": {"favourable": 5.55},
    }  # fmt: skip
    rows = frames.teams()
    leaked = pd.concat([rows, pd.DataFrame([rows.iloc[0].to_dict() | secret | {"team": "Tiny"}])])
    score = frames.kpi("enps", "eNPS", "points")
    months = pd.DataFrame(
        frames.row("enps", month, 20.0, unit="points") | (secret if i == 5 else {})
        for i, month in enumerate(frames.months(13))
    )
    html = page(
        dot_interval(leaked, score, EN),
        bars_with_intervals(leaked, score, EN),
        trend(months, score, EN),
    )
    told = words(html)
    assert "+38" in told  # a figure that may be shown is found this way
    for figure in ("77", "78", "7.8", "3.3", "66", "67", "88", "89", "5.6"):
        assert figure not in told, figure
    assert "hidden to protect a small group" in html


def test_the_unknown_channel_is_last_and_shares_add_up():
    rows = frames.channels()
    rows.loc[rows["channel"] == "referral", "channel"] = None
    chart = stacked_share(rows, frames.kpi(), EN)
    last = chart.data.iloc[-1, 1:].str.removesuffix("\u00a0%").astype(float)
    assert abs(last.sum() - 100) < 0.5
    assert "others" in chart.data.columns


def test_a_grid_says_why_a_cell_is_empty_and_marks_few_cases():
    cells = pd.DataFrame([[0.1, float("nan")]], index=["a"], columns=["x", "y"])
    chart = heatmap(
        cells, "rate", EN, title="T", reasons={("a", "y"): "no visits"}, few={("a", "x")}
    )
    titles = [element.text for element in tree(chart).iter(f"{SVG}title")]
    assert "a, y: n/a: no visits" in titles
    assert "(10.0)" in [element.text for element in tree(chart).iter(f"{SVG}text")]
    assert "few cases" in chart.note


def test_a_chart_gives_one_block_of_html():
    chart = CHARTS["split"](EN)
    assert chart._repr_mimebundle_() == {"text/html": chart._repr_html_()}
    assert chart._repr_html_().count("<figure") == 1 == chart._repr_html_().count("<details>")
