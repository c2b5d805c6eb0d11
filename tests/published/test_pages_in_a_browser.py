"""Every page of the month, opened as a reader does: wide, on a phone, on paper."""

from __future__ import annotations

import re

import pytest

from tests.published.conftest import TOPICS

NAMES = [f"{prefix}{name}.html" for prefix in ("", "fr/") for name in (*TOPICS, "index")]
SIZES = "all => all.map(e => e.getBoundingClientRect()).map(box => [box.width, box.height])"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Tab:
    """One tab, in which page after page is opened: a new one takes longer than all of its tests."""

    def __init__(self, page) -> None:
        self.page, self.asked, self.said = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path, width, until="load"):
        """Open a page afresh; from then on note what it asks for and what it complains about."""
        self.page.emulate_media(media="null")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.asked.clear()
        self.said.clear()
        self.page.goto(path.as_uri(), wait_until=until)
        return self.page


@pytest.fixture(scope="module")
def tab(chromium):
    page = chromium.new_page()
    yield Tab(page)
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(tab, pages, name):
    tab.open(pages[name], 1200, until="networkidle")
    assert tab.asked == [pages[name].as_uri()]
    assert tab.said == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_not_scroll_sideways_on_a_phone(tab, pages, name):
    page = tab.open(pages[name], 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", [name for name in NAMES if "index" not in name])
def test_charts_are_seen_and_named(tab, pages, name):
    page = tab.open(pages[name], 1200)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    charts = page.locator("svg[role=img]")
    assert 3 <= charts.count()  # of trainings three, one of them a panel for each
    assert charts.count() <= 6 or "scoreboard" in name  # whose meters are pictures too
    for width, height in charts.evaluate_all(SIZES):
        assert width > 30 and height > 10
    unnamed = page.evaluate(
        """[...document.querySelectorAll('svg[role=img]')].filter(svg => {
            const ids = (svg.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean);
            const named = ids.length && ids.every(id => document.getElementById(id)?.textContent);
            return !named && !svg.getAttribute('aria-label');
        }).length"""
    )
    assert unnamed == 0


@pytest.mark.parametrize("name", NAMES)
def test_links_inside_the_report_lead_somewhere(tab, pages, name):
    page = tab.open(pages[name], 1200)
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert links
    for link in links:
        place, _, anchor = link.partition("#")
        target = pages[name].parent / place if place else pages[name]
        assert target.exists(), link
        if anchor and not place:
            assert page.locator(f"[id='{anchor}']").count() == 1, link


@pytest.mark.parametrize("name", ["index.html", "fr/index.html"])
def test_the_scoreboard_stands_first_on_the_month(tab, pages, name):
    page = tab.open(pages[name], 1200)
    assert page.locator("main a").first.get_attribute("href") == "scoreboard.html"
    states = page.locator("ul.states li")
    assert 1 < states.count() <= 5 and "level-" in states.first.get_attribute("class")


@pytest.mark.parametrize("name", ["scoreboard.html", "fr/scoreboard.html"])
def test_a_phone_shows_verdict_figure_and_next_step_in_one_column(tab, pages, name):
    page = tab.open(pages[name], 390)
    card = page.locator(".kl-card").first
    parts = [card.locator(each).bounding_box() for each in ("h3", ".kl-verdict", ".kl-next")]
    assert [part["y"] for part in parts] == sorted(part["y"] for part in parts)
    assert parts[0]["y"] + parts[0]["height"] <= parts[1]["y"] + 1


def test_the_way_to_a_target_is_said_in_words(tab, pages):
    page = tab.open(pages["scoreboard.html"], 1200)
    said = page.locator(".kl-meter").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert said and all("of the way" in each for each in said)


@pytest.mark.parametrize("name", [name for name in NAMES if "index" not in name])
def test_on_paper_a_page_ends_with_something_to_read(tab, pages, name):
    """Closed parts cannot be opened there: those of the scoreboard are printed open."""
    page = tab.open(pages[name], 1200)
    sheets = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert sheets in ((4, 5, 6) if "scoreboard" in name else (2, 3, 4))
    page.emulate_media(media="print")
    shown = page.locator("main > section").filter(visible=True)
    last = shown.last.inner_text()
    assert len(last.split()) > 20 or shown.last.locator("figure").count()
    titles = page.locator("details:not([open]) > summary").filter(visible=True)
    within = page.locator(":is(.kl-board, .kl-follow) summary").filter(visible=True)
    assert titles.count() == within.count(), titles.all_inner_texts()  # nothing leads nowhere
