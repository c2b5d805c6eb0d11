"""The sample's month on paper, both languages: full pages, and no heading at the foot of one."""

from __future__ import annotations

import pytest

from kpilib.delivery.pdf import lay_out, papers

HALF = 0.5  # of a page's height
HEADINGS = ("h1", "h2", "h3", "summary", "figcaption")


@pytest.fixture(scope="module", params=["en", "fr"])
def printed(month, request):
    """The pages of month.pdf, each with its boxes: tag, top and bottom in shares of the page."""
    whole = next(p for p in papers(month) if p.lang == request.param and p.path.name == "month.pdf")
    page = pytest.importorskip("weasyprint").HTML(string=whole.html)
    lay_out(page.etree_element)
    return [_boxes(each._page_box) for each in page.render().pages]


def _boxes(page):
    body = next(each for each in page.children if each.element_tag == "html")
    top, height = page.content_box_y(), page.height
    return [
        (box.element_tag, (box.position_y - top) / height, (_foot(box) - top) / height)
        for box in body.descendants()
        if type(box).__name__ in ("TextBox", "InlineReplacedBox", "BlockReplacedBox", "BlockBox")
        and isinstance(box.height, int | float) and box.height > 2
    ]  # fmt: skip


def _foot(box):
    return box.position_y + box.height


def drawn(boxes):
    """Only what leaves ink: words and pictures, not the blocks around them."""
    return [each for each in boxes if each[0] not in ("html", "body", "main", "section", "div")]


def test_no_page_but_the_last_is_half_empty(printed):
    assert len(printed) > 15
    filled = [max(bottom for _, _, bottom in drawn(boxes)) for boxes in printed]
    poor = {number: round(share, 2) for number, share in enumerate(filled[:-1], 1) if share < HALF}
    assert not poor


def test_no_heading_stands_alone_at_the_foot_of_a_page(printed):
    for number, boxes in enumerate(printed, 1):
        marks = drawn(boxes)
        for tag, _, bottom in marks:
            if tag in HEADINGS:
                assert any(top >= bottom - 0.02 for _, top, _ in marks), f"page {number}: {tag}"
