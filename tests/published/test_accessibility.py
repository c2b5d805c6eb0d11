"""axe-core finds nothing on any page, wide and on a phone, as opened and with everything open."""

from __future__ import annotations

import pytest

from tests.published.conftest import TOPICS

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = [
    f"{prefix}{name}.html" for prefix in ("", "fr/") for name in (*TOPICS, "index", "glossary")
]
PERIODS = ["index.html", "fr/index.html"]  # of all periods, above the month
WIDTHS = (1280, 390)
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
AROUND_CHARTS = {"exclude": [["svg > *"]]}  # a chart is one picture with a name: it is looked at
# No colour depends on the width or on what is open, and contrast is most of the work: it is
# measured once, where all text is seen.
BUT_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}
QUICK = {"resultTypes": ["violations"], "preload": False}


@pytest.fixture(scope="module")
def tab(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def violations(tab, path):
    """Name rule, state and element of everything that axe-core finds on a page."""
    checker, found = axe.Axe(), []
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(path.as_uri())
        for state in ("as opened", "all open"):
            if state == "all open":
                tab.evaluate(OPEN_ALL)
            whole = state == "all open" and width == WIDTHS[0]
            options = QUICK if whole else QUICK | BUT_CONTRAST
            for rule in checker.run(tab, AROUND_CHARTS, options).response["violations"]:
                found += [
                    f"{rule['id']} at {width} px, {state}: {node['html'][:200]} "
                    f"({node['failureSummary']})"
                    for node in rule["nodes"]
                ]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_keeps_a_reader_from_a_page(tab, month, name):
    assert violations(tab, month / name) == []


@pytest.mark.parametrize("name", PERIODS)
def test_nothing_keeps_a_reader_from_the_index_of_all_periods(tab, month, name):
    assert violations(tab, month.parent / name) == []


def test_a_fault_is_found_and_named(tab, month, tmp_path):
    page = (month / "index.html").read_text(encoding="utf-8")
    path = tmp_path / "faulty.html"
    path.write_text(page.replace("</h1>", '</h1><img src="">'), encoding="utf-8")
    found = violations(tab, path)
    assert len(found) == 4 and all("image-alt" in each and "<img" in each for each in found)
