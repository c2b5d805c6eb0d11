"""Every page of the month, opened as a reader does: wide, on a phone, on paper."""

from __future__ import annotations

import re

import pytest

from tests.published.conftest import TOPICS

NAMES = [f"{prefix}{name}.html" for prefix in ("", "fr/") for name in (*TOPICS, "index")]
SIZES = "all => all.map(e => e.getBoundingClientRect()).map(box => [box.width, box.height])"
pytestmark = [pytest.mark.browser, pytest.mark.slow]
OPEN = """document.querySelectorAll('details:not([open])').forEach(each => {
    each.open = true; each.dataset.was = 'closed' })"""
CLOSE = """document.querySelectorAll('details[data-was]').forEach(each => {
    each.open = false; delete each.dataset.was })"""
CHARTS = {"scoreboard": (3, 99), "index": (0, 0)}  # its meters are pictures too; others: 3 to 6
SHEETS = {"scoreboard": (4, 5, 6), "index": (1, 2)}  # others: 2 to 4


class Tab:
    """One tab, in which page after page is opened, each once for all that is asked of it."""

    def __init__(self, page) -> None:
        self.page, self.asked, self.said, self.path = page, [], [], None
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path, width):
        """Show a page on a screen of a width; what it asks for and complains about is noted."""
        self.page.emulate_media(media="null")
        self.page.set_viewport_size({"width": width, "height": 900})
        if path != self.path:
            self.asked.clear()
            self.said.clear()
            self.page.goto(path.as_uri(), wait_until="networkidle")
            self.path = path
        return self.page


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    """A page, of which everything is asked before the next one is opened."""
    return request.param


def kind_of(name):
    return name.removeprefix("fr/").removesuffix(".html")


@pytest.fixture(scope="module")
def tab(chromium):
    page = chromium.new_page()
    yield Tab(page)
    page.close()


def test_a_page_asks_for_nothing_and_complains_of_nothing(tab, pages, name):
    tab.open(pages[name], 1200)
    assert tab.asked == [pages[name].as_uri()]
    assert tab.said == []


def test_a_page_does_not_scroll_sideways_on_a_phone(tab, pages, name):
    page = tab.open(pages[name], 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_charts_are_seen_and_named(tab, pages, name):
    page = tab.open(pages[name], 1200)
    page.evaluate(OPEN)
    charts = page.locator("svg[role=img]")
    fewest, most = CHARTS.get(kind_of(name), (3, 6))
    assert fewest <= charts.count() <= most
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
    page.evaluate(CLOSE)


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


@pytest.mark.parametrize("index", ["index.html", "fr/index.html"])
def test_the_scoreboard_stands_first_on_the_month(tab, pages, index):
    page = tab.open(pages[index], 1200)
    assert page.locator("main a").first.get_attribute("href") == "scoreboard.html"
    states = page.locator("ul.states li")
    assert 1 < states.count() <= 5 and "level-" in states.first.get_attribute("class")


@pytest.mark.parametrize("scoreboard", ["scoreboard.html", "fr/scoreboard.html"])
def test_a_phone_shows_verdict_figure_and_next_step_in_one_column(tab, pages, scoreboard):
    page = tab.open(pages[scoreboard], 390)
    card = page.locator(".kl-card").first
    parts = [card.locator(each).bounding_box() for each in ("h3", ".kl-verdict", ".kl-next")]
    assert [part["y"] for part in parts] == sorted(part["y"] for part in parts)
    assert parts[0]["y"] + parts[0]["height"] <= parts[1]["y"] + 1


def test_the_way_to_a_target_is_said_in_words(tab, pages):
    page = tab.open(pages["scoreboard.html"], 1200)
    said = page.locator(".kl-meter").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert said and all("of the way" in each for each in said)


def test_on_paper_a_page_ends_with_something_to_read(tab, pages, name):
    """Closed parts cannot be opened there: those of the scoreboard are printed open."""
    page = tab.open(pages[name], 1200)
    sheets = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert sheets in SHEETS.get(kind_of(name), (2, 3, 4))
    if "index" in name:
        return  # it is one list
    page.emulate_media(media="print")
    shown = page.locator("main > section").filter(visible=True)
    last = shown.last.inner_text()
    assert len(last.split()) > 20 or shown.last.locator("figure").count()
    titles = page.locator("details:not([open]) > summary").filter(visible=True)
    within = page.locator(":is(.kl-board, .kl-follow) summary").filter(visible=True)
    assert titles.count() == within.count(), titles.all_inner_texts()  # nothing leads nowhere
