"""How long the month takes to read, and that nobody reads a thing twice.

What is read is what an eye meets on a page as it opens: every word or figure of the text, the bar
of topics and the foot included; of a closed block its summary alone; of a chart its title, its
notes, the figures and names written into it, but not the marks of its scales and of its calendar,
which are looked up and not read. What only a machine says (descriptions, tooltips, what stands out
of the screen) is not read. A sign alone, without letter or digit, is no word.

Counted with the marks of the axes, the month of 28 November 2026 held 8,778 words (38 minutes).
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.dates import get_month_names
from bs4 import BeautifulSoup

from tests.published.conftest import TOPICS

PAGES = (*TOPICS, "index")
LANGUAGES = {"en": "", "fr": "fr/"}
A_MINUTE, MINUTES = 230, 25
UNSEEN = "head, style, script, .skip, svg title, svg desc, details:not([open]) > :not(summary)"
OF_AN_AXIS = 5  # elements between a chart and the text of an axis; all other texts lie above
FEW = 4  # words up to which the same may stand twice: a label, a date, "No target"
pytestmark = pytest.mark.slow


def seen(path) -> BeautifulSoup:
    """Return a page as it opens, without what no eye meets."""
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    months = {
        name.rstrip(".").casefold()[:3]
        for lang in LANGUAGES
        for name in get_month_names("abbreviated", locale=lang).values()
    }
    for element in page.select(UNSEEN):
        element.extract()
    for chart in page("svg"):
        for text in chart("text"):
            said = text.get_text().strip()
            depth = len(list(text.parents)) - len(list(chart.parents)) - 1
            scale = not said[:1].isalpha() or said.casefold()[:3] in months
            if depth >= OF_AN_AXIS and scale:
                text.extract()
    return page


def words(text: str) -> int:
    """Count the words and figures of a text."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_month_is_read_in_25_minutes(pages, lang, capsys):
    counts = {name: words(seen(pages[f"{LANGUAGES[lang]}{name}.html"]).get_text(" "))
              for name in PAGES}  # fmt: skip
    lines = [f"{name:14}{count:6}{count / A_MINUTE:6.1f}" for name, count in counts.items()]
    total = sum(counts.values())
    told = "\n".join([*lines, f"{lang:14}{total:6}{total / A_MINUTE:6.1f}"])
    with capsys.disabled():
        print(f"\n{told}")
    assert total <= MINUTES * A_MINUTE, told


@pytest.mark.parametrize("prefix", LANGUAGES.values())
@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_opens_with_four_to_six_figures_and_at_most_six_charts(pages, topic, prefix):
    page = seen(pages[f"{prefix}{topic}.html"])
    assert len(page.select("svg[role=img]:not(.kl-meter)")) <= 6
    if topic != "scoreboard":
        assert 4 <= len(page.select(".kl-strip tbody tr")) <= 6


@pytest.mark.parametrize("prefix", LANGUAGES.values())
@pytest.mark.parametrize("topic", PAGES)
def test_nothing_is_said_twice_on_a_page(pages, topic, prefix):
    page = seen(pages[f"{prefix}{topic}.html"])
    for state in page.select(".kl-card > :not(h3, .kl-next), .cards .quiet"):  # two may be alike
        state.extract()
    said = Counter(
        re.sub(r"\s+", " ", each.get_text(" ")).strip()
        for each in page.select("h1, h2, h3, p, li, figcaption, summary, .kl-quiet")
    )
    said.pop("", None)
    assert [text for text, count in said.items() if count > 1 and words(text) > FEW] == []
