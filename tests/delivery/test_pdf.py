"""PDFs of published pages: tagged, with contents, made once, and never older than their pages."""

from __future__ import annotations

import re
import sys
from itertools import pairwise

import pikepdf
import pytest

from kpilib.delivery.pdf import drop_outdated, papers, ready, write_pdfs
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
