"""PDFs of published pages: tagged, with contents, made once, and never older than their pages.

On paper there is nothing closed and nothing empty, and small charts stand two a line.
"""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from itertools import pairwise
from xml.etree import ElementTree

import pikepdf
import pytest

from kpilib.delivery import pdf
from kpilib.delivery.pdf import drop_outdated, lay_out, papers, ready, write_pdfs
from kpilib.errors import ParameterError
from kpilib.monthly.publish import index_anew
from tests.delivery.published import publish


@pytest.fixture
def period(tmp_path):
    return publish(tmp_path / "2026-10", failed=True)


def words(pdf: pikepdf.Pdf) -> list[str]:
    """Names of the outline, in order, two levels deep."""
    with pdf.open_outline() as outline:
        return [each.title for top in outline.root for each in (top, *top.children)]


def kids(element) -> list[pikepdf.Dictionary]:
    """What a structure element holds, but for numbers of marked content."""
    below = element.get("/K", [])
    below = below if isinstance(below, pikepdf.Array) else [below]
    return [each for each in below if isinstance(each, pikepdf.Dictionary)]


def structure(element):
    """Every structure element below one, in reading order."""
    for each in kids(element):
        if "/S" in each:
            yield each
            yield from structure(each)


def alternatives(element) -> list[str]:
    """Alternative texts below a structure element."""
    return [str(each.Alt) for each in structure(element) if "/Alt" in each]


def test_every_page_and_the_whole_are_printed_tagged_with_outline_and_alternatives(period):
    made = [path.relative_to(period).as_posix() for path in write_pdfs(period)]
    names = ["emailing.pdf", "leads.pdf", "month.pdf"]
    assert made == [*names, *(f"fr/{name}" for name in names)]
    with pikepdf.open(period / "month.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo.Title) == "October 2026 · Acme & Co"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        said = words(pdf)
        assert [each for each in said if each in ("E-mailing", "Leads")] == ["E-mailing", "Leads"]
        assert "Fewer readers open" in said
        found = alternatives(pdf.Root.StructTreeRoot)
        assert found.count("Opens fell to 17%") == 2
        assert found.count("13 periods") == 2
        contents = [a for a in pdf.pages[0].get("/Annots", []) if a.Subtype == "/Link"]
        assert len(contents) >= 2
    with pikepdf.open(period / "fr/month.pdf") as pdf:
        assert str(pdf.Root.Lang) == "fr"


def test_it_holds_what_pdf_ua_asks_as_far_as_can_be_told_without_a_validator(period):
    """veraPDF needs Java; these are its rules that pikepdf can look up."""
    for path in write_pdfs(period):
        with pikepdf.open(path) as pdf:
            assert pdf.Root.ViewerPreferences.DisplayDocTitle  # not the file's name
            tags = [*structure(pdf.Root.StructTreeRoot)]
            pictures = [tag for tag in tags if tag.S == "/Figure"]
            assert pictures and all(str(tag.get("/Alt", "")).strip() for tag in pictures)
            levels = [int(str(tag.S)[2:]) for tag in tags if re.fullmatch("/H[1-6]", str(tag.S))]
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))
            # What is tagged as a link leads somewhere, and every link is tagged and described.
            links = [tag for tag in tags if tag.S == "/Link"]
            assert all(any("/Obj" in kid for kid in kids(tag)) for tag in links)
            for page in pdf.pages:
                assert page.Tabs == "/S" and "/StructParents" in page
                for each in page.get("/Annots", []):
                    assert "/StructParent" in each and "/Contents" in each
                for font in page.Resources.get("/Font", {}).values():
                    below = font.get("/DescendantFonts", [font])[0].FontDescriptor
                    assert "/ToUnicode" in font
                    assert {"/FontFile", "/FontFile2", "/FontFile3"} & {*below.keys()}


def test_the_cover_tells_findings_and_what_failed_and_nothing_leads_away(period):
    whole = next(p.html for p in papers(period) if p.path == period / "month.pdf")
    assert "Acme &amp; Co" in whole
    assert "The data has faults: a.csv" in whole
    assert "glossary.html" not in whole
    assert 'id="emailing-sure"' in whole and 'id="leads-sure"' in whole  # ids stay apart


def test_what_is_made_of_the_same_pages_stands_and_what_is_not_goes(period):
    first = {path: path.stat().st_mtime_ns for path in write_pdfs(period)}
    assert {path: path.stat().st_mtime_ns for path in write_pdfs(period)} == first
    drop_outdated(period)
    assert all(path.exists() for path in first)
    page = period / "leads.html"
    page.write_text(page.read_text(encoding="utf-8").replace("w w", "other"), encoding="utf-8")
    drop_outdated(period)
    gone = {path.relative_to(period).as_posix() for path in first if not path.exists()}
    assert gone == {"leads.pdf", "month.pdf"}


def test_the_indexes_lead_to_what_was_printed_and_forget_what_is_gone(period):
    """As the command has it: printed, then the indexes; a page changes, its PDFs go."""
    write_pdfs(period)
    index_anew(period.parent)
    assert 'href="leads.pdf"' in (period / "index.html").read_text(encoding="utf-8")
    assert 'href="month.pdf"' in (period / "fr/index.html").read_text(encoding="utf-8")
    page = period / "leads.html"
    page.write_text(page.read_text(encoding="utf-8").replace("w w", "other"), encoding="utf-8")
    drop_outdated(period)
    index_anew(period.parent)
    said = (period / "index.html").read_text(encoding="utf-8")
    assert 'href="emailing.pdf"' in said and 'href="leads.pdf"' not in said
    assert "month.pdf" not in said
    french = (period / "fr/index.html").read_text(encoding="utf-8")
    assert 'href="month.pdf"' in french  # of pages that did not change


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr("kpilib.delivery.pdf.find_spec", lambda name: None)
    with pytest.raises(ParameterError, match=r'pip install "kpilib\[pdf\]"'):
        ready()


def chart(name: str, kind: str = "") -> str:
    return (
        f'<div class="result"><figure class="kl-figure {kind}"><figcaption>{name}</figcaption>'
        f'<div class="kl-picture"><img alt="{name}"/></div><p>events of {name}</p>'
        "<details><summary>The figures</summary><p>CLOSED</p></details></figure></div>"
    )


def part(*inside: str, title: str = "") -> str:
    heading = f'<div class="text"><h2>{title}</h2></div>' if title else ""
    return f'<section class="part">{heading}{"".join(inside)}</section>'


def laid_out(*parts: str) -> ElementTree.Element:
    root = ElementTree.fromstring(f"<html><body><main>{''.join(parts)}</main></body></html>")
    lay_out(root)
    return root


def rows(root: ElementTree.Element) -> list[list[str]]:
    """What every row says, cell by cell."""
    found = [each for each in root.iter("div") if each.get("class") == "row"]
    return [
        ["|".join(filter(None, map(str.strip, cell.itertext()))) for cell in row] for row in found
    ]


def pictures(root: ElementTree.Element) -> list[list[str]]:
    found = [each for each in root.iter("div") if each.get("class") == "row"]
    return [[",".join(img.get("alt") for img in cell.iter("img")) for cell in row] for row in found]


TABLE = (
    '<div class="result"><details class="kl-table"><table><tr><td>1</td></tr></table></details>'
    "</div>"
)


def test_what_only_a_screen_needs_goes_and_its_heading_with_it():
    limits = '<div class="result"><div class="kl-closed kl-limits"><p>HIDDEN</p></div></div>'
    screen = '<div class="result"><div><details class="kl-screen">HIDDEN</details></div></div>'
    said = '<section class="part"><div class="text"><p>Said alone.</p></div></section>'
    root = laid_out(
        part(limits, title="How these figures mislead"), part(screen, TABLE, title="What changed?"),
        said,
    )  # fmt: skip
    text = "".join(root.itertext())
    assert "HIDDEN" not in text and "mislead" not in text
    assert "What changed?" in text and "Said alone." in text
    assert len([*root.iter("table")]) == 1  # what is closed and not for a screen alone is printed


def test_two_parts_of_one_small_chart_share_a_line():
    root = laid_out(part(chart("a"), title="A?"), part(chart("b"), title="B?"))
    assert rows(root) == [["A?|a|events of a", "B?|b|events of b"]]
    assert pictures(root) == [["a", "b"]]
    assert "CLOSED" not in "".join(root.itertext())


def test_a_lone_chart_has_what_is_said_of_it_beside_it():
    root = laid_out(part(chart("a"), title="A?"), part(TABLE, title="T?"))
    assert rows(root) == [["A?|a|events of a", ""]]
    assert pictures(root) == [["", "a"]]
    third = laid_out(*(part(chart(name), title=name.upper()) for name in "abc"))
    assert pictures(third) == [["a", "b"], ["", "c"]]


def test_charts_of_one_part_stand_below_its_heading_and_the_last_one_beside_its_own_words():
    root = laid_out(part(chart("a"), chart("b"), chart("c"), TABLE, title="A?"))
    assert rows(root) == [["a|events of a", "b|events of b"], ["c|events of c", ""]]
    assert pictures(root) == [["a", "b"], ["", "c"]]
    section = root.find(".//section")
    assert [each.get("class") for each in section] == ["text", "row", None, "result"]


def test_a_wide_chart_keeps_its_line_and_what_a_result_says_beside_a_chart_stays():
    both = chart("b").replace("</figure></div>", "</figure><p>more</p></div>")
    root = laid_out(part(chart("a", "kl-wide")), part(both))
    assert rows(root) == []
    assert "more" in "".join(root.itertext())


def test_no_text_is_lost_or_told_in_another_order():
    """Tags follow the tree: whoever listens hears heading, chart, events, as on the screen."""
    parts = [part(chart("a"), "<div class='text'>between</div>", chart("b"), title="A?"),
             part(chart("c"), title="C?"), part(TABLE), part(chart("d"), title="D?")]  # fmt: skip
    before = "".join("".join(parts).replace("CLOSED", "").replace("The figures", ""))
    plain = ElementTree.fromstring(f"<main>{before}</main>")
    assert "".join(laid_out(*parts).itertext()) == "".join(plain.itertext())


def test_cards_stand_two_a_line_and_large_tables_may_be_cut():
    cards = "".join(f'<div class="kl-card">{name}</div>' for name in "abc")
    table = "".join(f"<tr>{'<td>1</td>' * 8}</tr>" for _ in range(12))
    root = laid_out(f'<div class="kl-cards">{cards}</div>', f"<table>{table}</table>", TABLE)
    assert rows(root) == [["a", "b"], ["c"]]
    assert [each.get("class") for each in root.iter("table")] == ["long many", None]


def test_what_led_to_another_page_is_no_link():
    root = laid_out("<p><a>Sessions</a> <a href='#x'>here</a></p>")
    assert [each.get("href") for each in root.iter("a")] == ["#x"]
    assert "".join(root.itertext()) == "Sessions here"


def test_what_is_drawn_as_pixels_is_printed():
    pixels = "data:image/png;base64,iVBORw0KGgo="
    drawn = f'<svg aria-label="A scale"><image href="{pixels}" width="8"/></svg>'
    printed = pdf._main(f'<main><a href="index.html">all</a>{drawn}</main>', "en")

    assert "<a>all</a>" in printed
    (text,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', printed)
    assert pixels in b64decode(text).decode()
