"""PDFs of published pages: tagged, with contents, made once, and never older than their pages."""

from __future__ import annotations

import json
import sys

import pikepdf
import pytest

from kpilib.delivery.pdf import drop_outdated, papers, ready, write_pdfs
from kpilib.errors import ParameterError

CHART = (
    '<section class="part"><div class="result"><figure class="kl-figure"><svg viewBox="0 0 9 9" '
    'width="90" height="90"><title id="c-t">Opens</title><desc id="c-d">Opens fell to 17%</desc>'
    '<defs><path id="m" d="M0 0L9 9"/></defs><use href="#m" stroke="red"/></svg>'
    "<details><summary>The figures</summary><p>CLOSEDFIGURES</p></details></figure></div></section>"
)
PAGE = (
    '<html><main id="main"><div class="kl-lead"><h1>{finding}</h1><p>{words}</p>'
    '<svg class="kl-spark" width="9" height="9" aria-hidden="true"><path d="M0 0L9 9"/></svg></div>'
    '{chart}<section class="part"><h2>Sure?</h2><div class="kl-limits">HIDDEN</div></section>'
    '<p><a href="glossary.html#x">gone</a></p></main></html>'
)


def entry(title: str, page: str, finding: str) -> dict:
    return {
        "state": "ok",
        "reason": {"message": "", "slots": {}},
        "file": f"{page}.ipynb",
        "titles": {"en": f"{title}: why?", "fr": f"{title} : pourquoi ?"},
        "pages": {"en": f"{page}.html", "fr": f"fr/{page}.html"},
        "told": {lang: {"finding": finding} for lang in ("en", "fr")},
    }


@pytest.fixture
def period(tmp_path):
    """Two topics in two languages, and one that failed."""
    folder = tmp_path / "2026-10"
    (folder / "fr").mkdir(parents=True)
    entries = {
        "emailing": entry("E-mailing", "emailing", "Fewer readers open"),
        "leads": entry("Leads", "leads", "Leads cost more"),
    }
    for told in entries.values():
        finding = told["told"]["en"]["finding"]
        for page in told["pages"].values():
            said = PAGE.format(finding=finding, words="w " * 900, chart=CHART)
            (folder / page).write_text(said, encoding="utf-8")
    lost = entry("Social networks", "social", "")
    lost |= {"state": "failed", "pages": {}, "told": {}}
    lost["reason"] = {"message": "The data has faults: {faults}", "slots": {"faults": "leads.csv"}}
    manifest = {
        "company": "Acme & Co", "month": "2026-10", "languages": ["en", "fr"],
        "as_of": "2026-10-31", "notebooks": {**entries, "social": lost},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def words(pdf: pikepdf.Pdf) -> list[str]:
    """Names of the outline, in order, two levels deep."""
    with pdf.open_outline() as outline:
        return [each.title for top in outline.root for each in (top, *top.children)]


def alternatives(element) -> list[str]:
    """Alternative texts below a structure element."""
    found = [str(element.Alt)] if "/Alt" in element else []
    below = element.get("/K", [])
    for each in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(each, pikepdf.Dictionary) and "/S" in each:
            found += alternatives(each)
    return found


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


def test_the_cover_tells_findings_and_what_failed_and_nothing_leads_away(period):
    whole = next(p.html for p in papers(period) if p.path == period / "month.pdf")
    assert "Acme &amp; Co" in whole
    assert "The data has faults: leads.csv" in whole
    assert "glossary.html" not in whole
    assert 'id="emailing-m"' in whole and 'href="#leads-m"' in whole  # ids stay apart


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


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr("kpilib.delivery.pdf.find_spec", lambda name: None)
    with pytest.raises(ParameterError, match=r'pip install "kpilib\[pdf\]"'):
        ready()
