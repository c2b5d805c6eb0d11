"""What a page must be before it is published: inert, complete, described, and not too heavy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from html import unescape
from html.parser import HTMLParser

from kpilib.engine.privacy import PERSONAL, STAFF
from kpilib.saying import say
from kpilib.tables import TABLES

SIZE_LIMIT = 400_000
# Elements that run, fetch, embed or send something; a report needs none of them.
FORBIDDEN = frozenset(
    "script iframe object embed base link form frame frameset applet audio video source track "
    "portal foreignobject animate animatetransform animatemotion set math template textarea "
    "select noscript noembed noframes xmp plaintext".split()
)
FETCHING = frozenset(
    "src srcset href xlink:href data poster background action formaction ping cite longdesc "
    "manifest srcdoc".split()
)
STYLING = frozenset(
    "style fill stroke filter clip-path mask marker-start marker-mid marker-end".split()
)
SAFE_LINK = re.compile(r"(https?:|mailto:|#|[\w./-]+$|[\w./-]+#)", re.I)
FETCHING_STYLE = re.compile(r"@import|url\s*\(\s*['\"]?\s*(?!#|data:)|expression\s*\(", re.I)
TAGS, WORD = re.compile(r"<[^>]*>"), re.compile(r"[\w.@-]+")
MARKUP = re.compile(r"<[a-z/!?]", re.I)
VOID = frozenset("area br col hr img input meta param wbr".split())
# A figure that nobody worked out. As the whole text of a cell, of a mark or of a chart's label it
# can be nothing else; a group's own name stands in a heading cell and may well be None.
NOT_A_FIGURE = re.compile(
    r"[-+\u2212]?(nan|inf|infinity|nat|none|null|<na>)([\s\u00a0\u202f]*(%|€|EUR|pt|s))?", re.I
)
STRAY = re.compile(r"(?<![\w.-])(nan|NaN|NaT|[-+\u2212]inf)(?![\w-])")
FIGURES_STAND_IN = frozenset("td text tspan span strong b em data output dd".split())
NO_DESCRIPTION = "No description has been provided for this image"


def faults_of(html: str, charts: int | None = None, heaviest: Callable[[], str] = str) -> list[str]:
    """List what forbids to publish a page.

    Parameters
    ----------
    html : str
        The whole document.
    charts : int, optional
        How many charts its notebook drew: see `kpilib.monthly.page.charts_of`.
    heaviest : callable
        Says what to do about the weight: see `kpilib.monthly.page.heaviest`.

    Returns
    -------
    list of str
        One sentence a fault; empty when the page may be published. Nothing of the page is repeated.
    """
    reader = _read(html)
    faults = [*dict.fromkeys([*reader.faults, *reader.persons])]
    faults.extend(_of_document(html, reader))
    if charts is not None and reader.charts < charts:  # words may hold pictures besides
        faults.append(
            say(
                "It shows {shown} charts where the notebook drew {drawn}.",
                shown=reader.charts,
                drawn=charts,
            )
        )
    size = len(html.encode())
    if size > SIZE_LIMIT:
        weighs = say(
            "It weighs {size} kB; {limit} kB is the limit.",
            size=size // 1000,
            limit=SIZE_LIMIT // 1000,
        )
        faults.append(f"{weighs} {heaviest()}".strip())
    return faults


def _of_document(html: str, reader: _Reader) -> Iterator[str]:
    """Yield what keeps a page from being a document of its own."""
    if "<script" in html.lower():
        yield say("It has a script.")
    if not html.lower().startswith("<!doctype html>"):
        yield say("It is not a complete document.")
    if not reader.language:
        yield say("It does not say its language.")
    if not reader.protected:
        yield say("It has no content security policy.")


def charts_in(html: str) -> int:
    """Return how many charts and images a piece of HTML shows."""
    return _read(html).charts


def faults_in(output: str, named: Set[str]) -> list[str]:
    """List what forbids to publish what one cell shows: single persons, scripts, no figures.

    Parameters
    ----------
    output : str
        HTML; what is printed stands in a ``<pre>``.
    named : set of str
        Who was named to its notebook.

    Returns
    -------
    list of str
        One sentence each; nobody's name is repeated.
    """
    reader = _read(output)
    text = unescape(TAGS.sub(" ", output)) if named else ""
    spoken = named & {*WORD.findall(text)} or any(each in text for each in named if " " in each)
    told = [*dict.fromkeys([*reader.faults, *reader.persons])]
    if spoken and not reader.persons:
        told.append(
            say(
                "It shows who data.people or data.table named. Count them, or leave it out of the"
                " page."
            )
        )
    return told


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


class _Reader(HTMLParser):
    """Walks a page once and takes note of its faults."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.persons: list[str] = []
        self.open: list[str] = []
        self.heads: list[str] = []  # of the table whose head is being read
        self.language = ""
        self.protected = False
        self.charts = 0
        self.untitled: int | None = None  # where the chart stands that still lacks a description

    def fault(self, text: str, **slots: object) -> None:
        """Take note of a fault."""
        self.faults.append(say(text, **slots))

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag in FORBIDDEN:
            self.fault("It has the element <{tag}>.", tag=tag)
        if tag == "html":
            self.language = attributes.get("lang", "")
        if tag == "meta":
            self._meta(attributes)
        for name, value in attributes.items():
            self._attribute(tag, name, value)
        chart = tag == "svg" and "svg" not in self.open and attributes.get("aria-hidden") != "true"
        self.charts += chart or tag == "img"
        if tag == "img" and not self._described(attributes, "alt"):
            self.fault('It has an image without a description. Give it one: Image(..., alt="...").')
        if chart and not self._described(attributes, "aria-label", "aria-labelledby"):
            self.untitled = len(self.open)
        if tag == "title" and self.open and self.open[-1] == "svg":  # deeper ones are tooltips
            self.untitled = None
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, given)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open:
            closed = self.open.pop()
            if closed == "svg" and self.untitled == len(self.open):
                self.fault("It has a chart without a description.")
                self.untitled = None
            if closed == "thead":
                self._persons(self.heads)
                self.heads = []
            if closed == tag:
                break

    def handle_data(self, text: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "style":
            self._style(text)
            return
        text = text.strip()
        if "thead" in self.open and text:
            self.heads.append(text)
        if inside == "pre":
            for line in text.splitlines():
                self._persons(line.split())
        if not text or "th" in self.open or inside in ("title", "pre", "code"):
            return
        whole = inside in FIGURES_STAND_IN and NOT_A_FIGURE.fullmatch(text)
        if whole or ("td" in self.open and STRAY.search(text)):
            self.fault(
                "A figure on it is not a number (nan, inf, NaT or None). Show the frame itself,"
                ' which leaves it blank (a Styler with .format(na_rep="")), or write why there is'
                " none."
            )

    def _persons(self, heads: list[str]) -> None:
        """Refuse a table of persons, drawn or printed; who needs it works in a notebook.

        Rows of staff without their pseudonyms are persons still: their answers, their absence.
        """
        named = [head for head in heads if head in PERSONAL]
        self.persons.extend(
            say(
                "It shows persons: the column {head}. Count them, or leave it out of the page.",
                head=head,
            )
            for head in named
        )
        table = next((name for name in STAFF if {*heads} <= {*TABLES[name].columns}), None)
        if table and len({*heads}) > 1 and not named:
            self.persons.append(
                say(
                    "It shows columns of {table}, whose rows are each about one person. Ask"
                    " data.evaluate(..., by='team') for figures, which hide small groups, give sums"
                    " of your own a name of their own, or leave it out of the page.",
                    table=table,
                )
            )

    @staticmethod
    def _described(attributes: dict[str, str], *names: str) -> bool:
        texts = [attributes[name] for name in names if name in attributes]
        if "alt" in names and "alt" in attributes and not attributes["alt"]:
            return attributes.get("role") == "presentation"
        return any(text.strip() and NO_DESCRIPTION not in text for text in texts)

    def _meta(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("http-equiv", "").lower()
        if kind == "content-security-policy":
            self.protected = "default-src 'none'" in attributes.get("content", "")
        elif kind:
            self.fault("It has a <meta> that acts as the header {kind!r}.", kind=kind)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.fault("It has an event handler on <{tag}>.", tag=tag)
        elif name in STYLING:
            self._style(value)
        elif name in FETCHING:
            self._reference(tag, name, re.sub(r"[\x00-\x20]", "", value).lower())

    def _reference(self, tag: str, name: str, value: str) -> None:
        if tag == "a" and name == "href":
            if not SAFE_LINK.match(value):
                self.fault("It has a link that is neither to a page nor to an address.")
        elif tag == "img" and name == "src":
            if not value.startswith("data:image/"):
                self.fault("It has an image that is fetched from elsewhere.")
        elif tag == "image" and value.startswith("data:image/"):
            pass  # a part of an SVG chart that was drawn as pixels
        elif value and not value.startswith("#"):
            self.fault("The element <{tag}> fetches something.", tag=tag)

    def handle_comment(self, text: str) -> None:
        # Browsers and this parser disagree on where odd comments end; none of ours holds a tag.
        if MARKUP.search(text):
            self.fault("It has markup in a comment.")

    def unknown_decl(self, text: str) -> None:
        self.fault("It has a section that browsers read in different ways (CDATA).")

    def _style(self, style: str) -> None:
        if MARKUP.search(style):
            self.fault("It has markup in a style.")
        if FETCHING_STYLE.search(style):
            self.fault("Its style fetches something.")
