"""The pages of a period on paper: a PDF a topic, and one of the whole period with a cover.

A page is laid out on the tree that WeasyPrint read, before it looks for the style of every element:
what is not printed costs nothing then. A topic is laid out twice, for its own PDF and for that of
the whole: there it begins where the topic before ends, so its pages break elsewhere and bear other
numbers. One layout for both would begin each topic on a new page, and leave white what is before.
"""

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
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kpilib.errors import ParameterError
from kpilib.files import replacing
from kpilib.language import speaker
from kpilib.monthly import run_json
from kpilib.monthly.index import PAPER, languages_of, page_told, short
from kpilib.monthly.job import said
from kpilib.monthly.layout import TEMPLATES, fill, place
from kpilib.saying import error_of

MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.S)
NAMED = re.compile(r'((?<=\s)id="|href="#|url\(#)')
# To other pages: paper does not lead there. Pixels of a picture stay.
ASTRAY = re.compile(r' href="(?!#|https?:|data:image/)[^"]*"')
DRAWN = re.compile(r"<svg\b[^>]*>.*?</svg>", re.S)
SVG, SPACE = "{http://www.w3.org/2000/svg}", ' xmlns="http://www.w3.org/2000/svg"'
INK, BAD = "#0b3c6f", "#b34400"  # of small lines, as on the page
# What only a screen needs: how figures mislead and their sources, what a chart's table repeats.
UNPRINTED = ("kl-limits", "kl-screen")
LONG, MANY = 10, 7  # rows from which a table may be cut, columns from which its letters are smaller


@dataclass(frozen=True)
class Paper:
    """One PDF: where it belongs, and the HTML that it is made of."""

    path: Path
    lang: str
    html: str

    @property
    def whole(self) -> bool:
        """Whether it holds every page that there is."""
        return self.path.name == PAPER

    @cached_property
    def digest(self) -> bytes:
        """What tells whether a PDF that is there was made of the same."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:32].encode()

    def there(self, at: Path | None = None) -> bytes:
        """Return what lies in its place, or another one, if that is it; else nothing."""
        path = at or self.path
        found = path.read_bytes() if path.exists() else b""
        return found if self.digest in found else b""

    def made(self) -> bytes:
        """Render it, tagged as PDF/UA-1 asks."""
        from weasyprint import HTML

        page = HTML(string=self.html)
        lay_out(page.etree_element)
        return page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=self.digest)


def ready() -> None:
    """Refuse to begin where no PDF can be made.

    Raises
    ------
    ParameterError
        WeasyPrint is not installed, or what it needs of the system is not.
    """
    if find_spec("weasyprint") is None:
        raise error_of(
            ParameterError,
            'PDFs are made by WeasyPrint, which is not installed: pip install "kpilib[pdf]".',
        )
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        raise error_of(
            ParameterError,
            "PDFs are made by WeasyPrint, which does not find Pango on this system (Debian, Ubuntu:"
            " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0): {error}",
            error=error,
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
    found = list(papers(folder))
    for paper in found:
        if not paper.there():
            with replacing(paper.path) as aside:
                aside.write_bytes(paper.made())
    return [paper.path for paper in found]


def drop_outdated(folder: Path) -> None:
    """Remove PDFs of pages that are no longer these: figures of before beside those of now."""
    there = {*folder.rglob("*.pdf")}
    stand = {paper.path for paper in papers(folder) if paper.there()} if there else set()
    for path in there - stand:
        path.unlink()


def papers(folder: Path, manifest: Mapping[str, Any] | None = None) -> Iterator[Paper]:
    """Yield the PDFs that the pages of a period give, topic by topic, and the whole last.

    Parameters
    ----------
    folder : Path
    manifest : mapping, optional
        What its run left, or the part of it that somebody may see.
    """
    manifest = manifest or run_json.read((folder / "run.json").read_bytes())
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


def lay_out(root: Element) -> None:
    """Lay a document out for paper, in place."""
    for main in root.iter("main"):
        _drop_closed(main)
        for part in [*main.iter("section")]:
            if _is_part(part):
                _tidy(main, part)
        for link in main.iter("a"):
            if "href" not in link.keys():  # it led to another page, which paper does not
                link.tag = "span"
        for table in main.iter("table"):
            _measure(table)
        for cards in [each for each in main.iter("div") if _has(each, "kl-cards")]:
            _in_rows(cards, [*cards])
        _side_by_side(main)


def _has(element: Element, name: str) -> bool:
    return name in (element.get("class") or "").split()


def _mark(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class') or ''} {name}".strip())


def _remove(parent: Element, child: Element) -> None:
    """Take a child out, and leave the text behind it."""
    at, tail = [*parent].index(child), child.tail or ""
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(child)


def _drop_closed(element: Element, in_figure: bool = False) -> None:
    in_figure = in_figure or _has(element, "kl-figure")
    for child in [*element]:
        closed = any(_has(child, name) for name in UNPRINTED)
        if closed or (in_figure and child.tag == "details"):
            _remove(element, child)
        else:
            _drop_closed(child, in_figure)


def _tidy(main: Element, part: Element) -> None:
    """Take out results of which nothing is left, and a heading of nothing but these."""
    results = [each for each in part if _has(each, "result")]
    empty = [each for each in results if not _prints(each)]
    for each in empty:
        _remove(part, each)
    if results and len(empty) == len(results):
        _remove(main, part)


def _prints(element: Element) -> bool:
    pictures = any(
        each.tag in ("img", "table") or "svg" in str(each.tag) for each in element.iter()
    )
    return pictures or bool("".join(element.itertext()).strip())


def _measure(table: Element) -> None:
    rows = [*table.iter("tr")]
    if len(rows) > LONG:
        _mark(table, "long")
    if rows and len(rows[0]) >= MANY:
        _mark(table, "many")


def _side_by_side(main: Element) -> None:
    """Set small charts two a line: of one part, or of two parts that hold nothing else."""
    for alone, run in groupby([*main], key=_is_one_chart):
        if alone:
            _two_by_two(main, [*run])
        else:
            for part in filter(_is_part, run):
                _of_one_part(part)


def _is_part(element: Element) -> bool:
    return _has(element, "part")


def _is_one_chart(element: Element) -> bool:
    """Whether an element is a part that holds one small chart, and nothing else."""
    return _is_part(element) and [small for _, small in _cells(element)] == [True]


def _cells(part: Element) -> Iterator[tuple[list[Element], bool]]:
    """Yield what stands together in a part, texts with the result they lead to; is it a chart."""
    gathered: list[Element] = []
    for each in part:
        gathered.append(each)
        if _has(each, "result"):
            yield gathered, _small(each)
            gathered = []
    if gathered:
        yield gathered, False


def _small(result: Element) -> bool:
    """Whether a result is one chart that half a line is enough for."""
    figures = [each for each in result if each.tag == "figure"]
    return len([*result]) == len(figures) == 1 and not _has(figures[0], "kl-wide")


def _of_one_part(part: Element) -> None:
    """Set the charts of a part side by side below its heading; the last one may stand alone."""
    for small, run in groupby([*_cells(part)], key=lambda cell: cell[1]):
        charts = [elements for elements, _ in run] if small else []
        if len(charts) > 1 and charts[0][0] is part[0]:
            charts[0] = charts[0][-1:]  # the heading stays over both
        _two_by_two(part, [_wrapped(part, each) for each in charts])


def _two_by_two(parent: Element, blocks: list[Element]) -> None:
    """Set blocks two a line, the words of a last one beside its picture."""
    even = len(blocks) // 2 * 2
    _in_rows(parent, blocks[:even])
    for alone in blocks[even:]:
        _beside(alone)


def _wrapped(parent: Element, children: list[Element]) -> Element:
    """Put some children that follow each other into a block of their own."""
    block = Element("div")
    parent.insert([*parent].index(children[0]), block)
    for each in children:
        parent.remove(each)
        each.tail = None  # a space between two cells would take from their line
        block.append(each)
    return block


def _in_rows(parent: Element, children: list[Element]) -> None:
    """Put children two by two into rows, each a cell."""
    for pair in (children[at : at + 2] for at in range(0, len(children), 2)):
        _wrapped(parent, pair).set("class", "row")
        for each in pair:
            _mark(each, "cell")


def _beside(block: Element) -> None:
    """Set what is said of a lone chart beside it: heading and events left, the picture right."""
    figure = next(block.iter("figure"))
    picture = next((each for each in figure if _has(each, "kl-picture")), None)
    if picture is None:
        return
    figure.remove(picture)
    left, right = _wrapped(block, [*block]), SubElement(block, "div")
    right.append(picture)
    _in_rows(block, [left, right])
