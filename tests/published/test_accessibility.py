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
WIDE, PHONE = 1280, 390
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
AROUND_CHARTS = {"exclude": [["svg > *"]]}  # a chart is one picture with a name: it is looked at
QUICK = {"resultTypes": ["violations"], "preload": False}
# No colour depends on the width, on what is open or on the language, and contrast is most of the
# work: it is measured once, where all text is seen.
BUT_CONTRAST = QUICK | {"rules": {"color-contrast": {"enabled": False}}}
RUN = "given => axe.run(...given).then(found => found.violations)"


@pytest.fixture(scope="module")
def tab(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def violations(tab, path, options=QUICK):
    """Name rule, state and element of everything that axe-core finds on a page."""
    tab.goto(path.as_uri())
    tab.evaluate(axe.Axe().axe_script)
    found = []
    for width, is_open in ((PHONE, False), (PHONE, True), (WIDE, True)):
        tab.set_viewport_size({"width": width, "height": 900})
        if is_open:
            tab.evaluate(OPEN_ALL)
        asked = options if width == WIDE else BUT_CONTRAST
        for rule in tab.evaluate(RUN, [AROUND_CHARTS, asked]):
            found += [
                f"{rule['id']} at {width} px, {'all open' if is_open else 'as opened'}: "
                f"{node['html'][:200]} ({node['failureSummary']})"
                for node in rule["nodes"]
            ]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_keeps_a_reader_from_a_page(tab, month, name):
    assert violations(tab, month / name, BUT_CONTRAST if "fr/" in name else QUICK) == []


@pytest.mark.parametrize("name", PERIODS)
def test_nothing_keeps_a_reader_from_the_index_of_all_periods(tab, month, name):
    assert violations(tab, month.parent / name, BUT_CONTRAST if "fr/" in name else QUICK) == []


def test_a_fault_is_found_and_named(tab, month, tmp_path):
    page = (month / "index.html").read_text(encoding="utf-8")
    path = tmp_path / "faulty.html"
    path.write_text(page.replace("</h1>", '</h1><img src="">'), encoding="utf-8")
    found = violations(tab, path)
    assert len(found) == 3 and all("image-alt" in each and "<img" in each for each in found)


def test_a_pale_text_is_found(tab, month, tmp_path):
    page = (month / "index.html").read_text(encoding="utf-8")
    path = tmp_path / "pale.html"
    path.write_text(page.replace("</h1>", '</h1><p style="color: #ddd">Pale</p>'), encoding="utf-8")
    assert ["color-contrast" in each for each in violations(tab, path)] == [True]
