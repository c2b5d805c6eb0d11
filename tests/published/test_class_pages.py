"""The pages of a class kit, opened in a browser: nothing runs over its side, wide or on a phone."""

from __future__ import annotations

import pytest

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_they_fit_their_window(kit_in, chromium, lang):
    pages = sorted(kit_in(lang).glob("*/*.html"))
    page = chromium.new_page()

    assert len(pages) == 3
    for path in pages:
        assert 'name="viewport"' in path.read_text(encoding="utf-8")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path.as_uri())
            assert not page.evaluate(WIDE), (path.name, width)
    page.close()
