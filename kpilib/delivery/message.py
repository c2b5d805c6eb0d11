"""A period as a message: its finding as subject, decisions, key figures, a link, the PDF."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

from kpilib.delivery.audiences import FOLDER, seen_by
from kpilib.delivery.pdf import INK, papers
from kpilib.errors import ReportError
from kpilib.files import replacing
from kpilib.language import speaker
from kpilib.monthly import run_json
from kpilib.monthly.index import PAPER, languages_of, page_told, short
from kpilib.monthly.layout import fill, formatter, place
from kpilib.monthly.owner import root_of
from kpilib.saying import error_of
from kpilib.settings import Delivery, Recipient, settings_of
from kpilib.show.typography import typeset

FILE = "message.eml"
RECIPIENTS = "KPILIB_RECIPIENTS"  # in the environment of one run of a list: others than its own
MOST_DECISIONS = 3
RATIO, INCHES = 200, (1.1, 0.34)  # dots an inch of a small line, twice a screen's


@dataclass(frozen=True)
class Edition:
    """A published period, as messages tell it.

    Parameters
    ----------
    folder : Path
        Of the period.
    delivery : Delivery
        Of company.yaml.
    printed : dict of str to dict
        The PDF of each audience, by language: looked for when the first message needs it.
    """

    folder: Path
    delivery: Delivery
    printed: dict[str, dict[str, bytes]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, data: Path, out: Path, period: str) -> Edition:
        """Return the edition of a company and period below the folder of all reports.

        Its recipients are those of company.yaml, or those that a list of companies hands over in
        the environment: on a command line every user of the machine would read their addresses.
        """
        delivery, given = settings_of(data).delivery, os.environ.get(RECIPIENTS)
        if given is not None:
            delivery = delivery.to([Recipient(**each) for each in json.loads(given)])
        return cls(root_of(out, data) / period, delivery)

    def message(self, to: Recipient | None = None) -> EmailMessage:
        """Return the message for one reader, or the one that anybody may pass on.

        Its languages are those of the pages, or the reader's alone. It tells nothing that the
        pages do not; its ``X-Kpilib-Version`` is the same as long as it says the same.
        """
        manifest, audience = self.manifest, to.audience if to else ""
        if audience:
            manifest = seen_by(manifest, self.delivery.audiences[audience])
        spoken = languages_of(manifest)
        languages = [to.lang] if to and to.lang in spoken else spoken
        told = {lang: self._told(manifest, lang, to) for lang in languages}
        company = manifest["company"]
        body = fill("message.html.j2", languages[0], company=company, parts=told, says=formatter)
        made = EmailMessage()
        made["Subject"] = told[languages[0]]["subject"]
        made["X-Unsent"] = "1"  # opened in a mail program, it is a draft
        made["X-Kpilib-Version"] = hashlib.sha256(body.encode()).hexdigest()[:16]
        made.set_content(_text(told))
        made.add_alternative(_inlined(body), subtype="html")
        page = made.get_payload()[1]
        for each in told[languages[0]]["pages"]:
            if each["picture"]:
                line, cid = _line(each["key"]["points"]), f"<{each['picture']}>"
                page.add_related(line, "image", "png", cid=cid, disposition="inline")
        if audience not in self.printed:  # one for all readers: to know it takes a while
            self.printed[audience] = dict(self._papers(manifest, audience))
        for lang, paper in self.printed[audience].items():
            if lang in languages:
                name = f"{self.folder.name}-{lang}.pdf"
                made.add_attachment(paper, "application", "pdf", filename=name)
        return made

    def _papers(self, manifest: Mapping[str, Any], audience: str) -> Iterator[tuple[str, bytes]]:
        """Yield the PDF of the whole period in each language, where it is of these pages."""
        root = self.folder.parent
        shelf = root / FOLDER / audience / self.folder.name if audience else self.folder
        for paper in papers(self.folder, manifest) if any(shelf.rglob(PAPER)) else ():
            if paper.whole and (there := paper.there(shelf / paper.path.relative_to(self.folder))):
                yield paper.lang, there

    @property
    def manifest(self) -> dict[str, Any]:
        """What the run left.

        Raises
        ------
        ReportError
            The period was not published.
        """
        path = self.folder / "run.json"
        if not path.is_file():
            raise error_of(
                ReportError,
                "{period} is not published, so there is nothing to send. Run it first: kpilib"
                " report {period}.",
                period=self.folder.name,
            )
        return run_json.read(path.read_bytes())

    def shows(self, to: Recipient) -> bool:
        """Whether there is a page for a reader: an audience may see none of what was published."""
        seen = self.delivery.audiences.get(to.audience, ())
        return not to.audience or bool(seen_by(self.manifest, seen)["notebooks"])

    @property
    def failed(self) -> list[str]:
        """The topics whose page could not be made."""
        entries = self.manifest["notebooks"]
        return [topic for topic, entry in entries.items() if entry["state"] == "failed"]

    def write(self) -> Path:
        """Write the message of the period beside its pages, to be opened and passed on."""
        path = self.folder / FILE
        with replacing(path) as aside:
            aside.write_bytes(bytes(self.message()))
        return path

    def _told(self, manifest: Mapping[str, Any], lang: str, to: Recipient | None) -> dict[str, Any]:
        entries = {
            topic: _page(topic, entry, lang)
            for topic, entry in manifest["notebooks"].items()
            if entry["pages"].get(lang)
        }
        first = next((each for each in entries.values() if each["finding"]), {"finding": ""})
        pages = place(lang, languages_of(manifest), "index.html")
        below = f"{FOLDER}/{to.audience}/" if to and to.audience else ""
        company = f"{self.delivery.url.rstrip('/')}/{self.folder.parent.name}/"
        link = f"{company}{below}{self.folder.name}/"
        subject = first["finding"] or formatter(lang).month(manifest["month"])
        decisions = list(_decisions(manifest, lang))
        owner = to.owner if to else ""
        own = [each for each in decisions if owner in each["owners"]]
        others = [each for each in decisions[:MOST_DECISIONS] if each not in own]
        say = speaker(lang)
        yours = say("Yours to do, {owner}", owner=own[0]["owner"] or owner) if own else ""
        titled = [(yours, own), (say("Decisions"), others)]
        return {
            "company": manifest["company"],
            "month": manifest["month"],
            "subject": subject,
            "pages": [e for e in entries.values() if e["key"] or e["finding"] != subject],
            "sections": [each for each in titled if each[1]],
            "link": link + pages if self.delivery.url else "",
        }


def _page(topic: str, entry: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return what is said of one page: its name, finding, key figure, and a picture of that."""
    told = page_told(entry, lang)
    picture = f"{topic}-line" if told["key"].get("points") else ""
    return {"name": short(entry["titles"].get(lang, topic)), "picture": picture, **told}


def _decisions(manifest: Mapping[str, Any], lang: str) -> Iterator[dict[str, Any]]:
    """Yield the decisions of all pages once, taken ones first; ``owners`` in any language."""
    found: dict[str, dict[str, Any]] = {}
    for entry in manifest["notebooks"].values():
        said = {at: told.get("decisions", []) for at, told in entry.get("told", {}).items()}
        for number, each in enumerate(said.get(lang, ())):
            owners = {
                others[number]["owner"] for others in said.values() if number < len(others)
            } - {""}
            found.setdefault(each["text"], {**each, "owners": owners})
    yield from sorted(found.values(), key=lambda each: not each["taken"])


def _inlined(body: str) -> str:
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(body)


def _text(told: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what is said without any HTML."""
    return "\n".join(
        typeset(line, lang) for lang, part in told.items() for line in _lines(lang, part)
    )


def _lines(lang: str, part: Mapping[str, Any]) -> Iterator[str]:
    say, write = speaker(lang), formatter(lang)
    yield from (f"{part['company']} · {write.month(part['month'])}", "", part["subject"], "")
    for title, decisions in part["sections"]:
        yield from (title, *(f"- {_decision(each)}" for each in decisions), "")
    for each in part["pages"]:
        key = each["key"]
        figure = f" ({key['label']} {key['value']}, {key['change']})" if key else ""
        yield f"{write.pair(each['name'], each['finding'])}{figure}"
    yield from ("", f"{say('All pages')} {part['link']}" if part["link"] else "", "")


def _decision(each: Mapping[str, Any]) -> str:
    who = ", ".join(filter(None, (each["owner"], each["due"])))
    return f"{each['text']} {who}".strip()


def _line(points: Sequence[Sequence[tuple[float, float]]]) -> bytes:
    """Draw the last periods of a figure as a small picture, like the one on its page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, dpi=RATIO)
    ax = figure.add_axes((0.03, 0.1, 0.94, 0.8))
    ax.set_axis_off()
    ax.margins(0.05, 0.15)
    for part in points:
        ax.plot(*zip(*part, strict=True), color=INK, linewidth=1.4)
    if points:
        ax.plot(*points[-1][-1], "o", color=INK, markersize=3.5)
    ax.invert_yaxis()  # as on a screen, from the top
    file = BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
