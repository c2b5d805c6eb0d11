"""The pages of a period on paper: a PDF a topic, and one of the whole period with a cover."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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
PICTURE = re.compile(r"<title\b[^>]*>[^<]*</title>\s*<desc\b[^>]*>([^<]*)</desc>")
PART = re.compile(r'(?<=<section class="part)">(?:(?!<section class="part">).)*', re.S)
LITTLE = re.compile(r'(<svg\b[^>]*) aria-hidden="true"([^>]*>)')
CALLED = re.compile(r'(<svg\b[^>]*) aria-label="([^"]*)"([^>]*>)')


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

    def write(self) -> None:
        """Render it, tagged as PDF/UA-1 asks, and put it into place."""
        from weasyprint import HTML

        made = HTML(string=self.html).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=self.digest)
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
    body = PICTURE.sub(r"<title>\1</title>", body)
    body = PART.sub(_beside, body)
    body = CALLED.sub(r"\1\3<title>\2</title>", body)
    return LITTLE.sub(rf"\1\2<title>{speaker(lang)('13 periods')}</title>", body)


def _beside(part: re.Match[str]) -> str:
    """Mark a part that is one small chart: two of them share a line."""
    alone = part[0].count('class="result"') == 1 == part[0].count('class="kl-figure"')
    return f" half{part[0]}" if alone else part[0]
