"""The pages of a period on paper: a PDF a topic, and one of the whole period with a cover."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from kpilib.delivery.on_paper import lay_out
from kpilib.errors import ParameterError
from kpilib.files import replacing
from kpilib.language import speaker
from kpilib.monthly import run_json
from kpilib.monthly.index import PAPER, languages_of, page_told, short
from kpilib.monthly.job import said
from kpilib.monthly.layout import TEMPLATES, fill, place

MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.S)
NAMED = re.compile(r'((?<=\s)id="|href="#|url\(#)')
ASTRAY = re.compile(r' href="(?!#|https?:)[^"]*"')  # to other pages: paper does not lead there
DRAWN = re.compile(r"<svg\b[^>]*>.*?</svg>", re.S)
SVG, SPACE = "{http://www.w3.org/2000/svg}", ' xmlns="http://www.w3.org/2000/svg"'
INK, BAD = "#0b3c6f", "#b34400"  # of small lines, as on the page


@dataclass(frozen=True)
class Paper:
    """One PDF: where it belongs, and the HTML that it is made of."""

    path: Path
    lang: str
    html: str

    @cached_property
    def digest(self) -> bytes:
        """What tells whether a PDF that is there was made of the same."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:32].encode()

    @property
    def stands(self) -> bool:
        """Whether it lies there already."""
        return self.path.exists() and self.digest in self.path.read_bytes()

    def laid_out(self) -> Any:
        """Return it as WeasyPrint renders it."""
        from weasyprint import HTML

        page = HTML(string=self.html)
        lay_out(page.etree_element)
        return page

    def write(self) -> None:
        """Render it, tagged as PDF/UA-1 asks, and put it into place."""
        made = self.laid_out().write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=self.digest)
        with replacing(self.path) as aside:
            aside.write_bytes(made)


def ready() -> None:
    """Refuse to begin where no PDF can be made.

    Raises
    ------
    ParameterError
        WeasyPrint is not installed, or what it needs of the system is not.
    """
    if find_spec("weasyprint") is None:
        raise ParameterError(
            'PDFs are made by WeasyPrint, which is not installed: pip install "kpilib[pdf]".'
        )
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        raise ParameterError(
            "PDFs are made by WeasyPrint, which does not find Pango on this system (Debian, Ubuntu:"
            f" apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0): {error}"
        ) from None


def write_pdfs(folder: Path) -> list[Path]:
    """Make the PDFs of a published period beside its pages; those made of the same pages stand.

    Parameters
    ----------
    folder : Path
        Of the period, with its run.json.

    Returns
    -------
    list of Path
    """
    made = list(papers(folder))
    for paper in made:
        if not paper.stands:
            paper.write()
    return [paper.path for paper in made]


def drop_outdated(folder: Path) -> None:
    """Remove PDFs of pages that are no longer these: figures of before beside those of now."""
    there = {*folder.rglob("*.pdf")}
    stand = {paper.path for paper in papers(folder) if paper.stands} if there else set()
    for path in there - stand:
        path.unlink()


def papers(folder: Path) -> Iterator[Paper]:
    """Yield the PDFs that the pages of a period give, topic by topic, and the whole last."""
    manifest = run_json.read((folder / "run.json").read_bytes())
    languages = languages_of(manifest)
    for lang in languages:
        pages = {}
        for topic, entry in manifest["notebooks"].items():
            page = folder / entry["pages"].get(lang, "")
            if page.is_file():
                pages[topic] = _main(page.read_text(encoding="utf-8"), lang)
                parts = [(topic, short(entry["titles"].get(lang, topic)), pages[topic])]
                html = _document(manifest, lang, parts, cover=None)
                yield Paper(page.with_suffix(".pdf"), lang, html)
        if pages:
            whole = folder / place(lang, languages, PAPER)
            yield Paper(whole, lang, _whole(manifest, lang, pages))


def _whole(manifest: Mapping[str, Any], lang: str, pages: Mapping[str, str]) -> str:
    """Return all topics behind a cover with the findings, where they stand, and what failed."""
    entries, say = manifest["notebooks"], speaker(lang)
    names = {topic: short(each["titles"].get(lang, topic)) for topic, each in entries.items()}
    contents = [
        {"topic": topic, "name": names[topic], **page_told(entries[topic], lang)} for topic in pages
    ]
    failed = [
        {"name": names[topic], "reason": said(entry["reason"], say)}
        for topic, entry in entries.items()
        if entry["state"] == "failed"
    ]
    parts = [(topic, names[topic], body) for topic, body in pages.items()]
    return _document(manifest, lang, parts, cover={"contents": contents, "failed": failed})


def _document(
    manifest: Mapping[str, Any],
    lang: str,
    parts: list[tuple[str, str, str]],
    cover: Mapping[str, Any] | None,
) -> str:
    parts = [(topic, name, NAMED.sub(rf"\1{topic}-", body)) for topic, name, body in parts]
    return fill(
        "pdf.html.j2",
        lang,
        company=manifest["company"],
        month=manifest["month"],
        as_of=date.fromisoformat(manifest["as_of"][:10]) if manifest.get("as_of") else None,
        made_by=f"kpilib {version('kpilib')}",
        print_style=(TEMPLATES / "pdf.css").read_text(encoding="utf-8"),
        parts=parts,
        cover=cover,
    )


def _main(page: str, lang: str) -> str:
    """Return what a page says, every picture with its description as alternative text."""
    found = MAIN.search(page)
    body = ASTRAY.sub("", found[1] if found else "")
    little = speaker(lang)("13 periods")
    return DRAWN.sub(lambda drawn: _picture(drawn[0], little), body)


def _picture(drawn: str, little: str) -> str:
    """Return an inline drawing as a picture with its description as alternative text.

    The styles of the page do not reach into a picture, and nobody looks for them there: that was
    half of the time that a PDF took.
    """
    try:
        svg = ElementTree.fromstring(
            drawn if SPACE in drawn else drawn.replace("<svg", "<svg" + SPACE, 1)
        )
    except ElementTree.ParseError:  # of an own notebook: it is drawn where it stands
        return drawn
    said = (svg.findtext(SVG + "desc"), svg.get("aria-label"), svg.findtext(SVG + "title"), little)
    bad = "kl-bad" in svg.get("class", "").split()
    text = ElementTree.tostring(svg, "unicode").replace("currentColor", BAD if bad else INK)
    kept = {name: svg.get(name) for name in ("class", "width", "height") if svg.get(name)}
    if not kept.get("width") and svg.get("preserveAspectRatio") != "none":
        kept |= dict(zip(("width", "height"), svg.get("viewBox", "").split()[2:], strict=False))
    kept["alt"] = next(filter(None, said))
    kept["src"] = f"data:image/svg+xml;base64,{b64encode(text.encode()).decode()}"
    told = " ".join(f'{name}="{escape(value)}"' for name, value in kept.items())
    return f"<img {told}>"
