"""One run, several audiences: each gets a folder of its own with the topics that it may see."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from kpilib.delivery.pdf import papers
from kpilib.files import csv_text
from kpilib.monthly import index, lock
from kpilib.monthly.layout import place
from kpilib.monthly.publish import publish
from kpilib.saying import meant

FOLDER = "for"  # below the company's reports; each folder in it is whole, and served by itself
LINK = re.compile(r'(<li>)?<a\b[^>]*?\bhref="([^"#]+)(?:#[^"]*)?"[^>]*>(.*?)</a>(?(1)</li>)', re.S)
GLOSSARY, FIGURES = "glossary.html", "figures.csv"


def seen_by(manifest: Mapping[str, Any], topics: Sequence[str]) -> dict[str, Any]:
    """Return what the run of a period left of some topics alone."""
    entries = {topic: each for topic, each in manifest["notebooks"].items() if topic in topics}
    return {**manifest, "notebooks": entries, "restated": {}}


def publish_audiences(root: Path, audiences: Mapping[str, Sequence[str]]) -> list[Path]:
    """Publish every period once more for each audience, and take off what it may no longer see.

    Parameters
    ----------
    root : Path
        The company's reports, with all topics.
    audiences : mapping of str to sequence of str
        Name to topics, as company.yaml has them.

    Returns
    -------
    list of Path
        The folder of each.
    """
    made = []
    with lock.hold(root / ".index.lock"):
        months = index.manifests(root)
        for name, topics in audiences.items():
            folder = root / FOLDER / name
            folder.mkdir(parents=True, exist_ok=True)
            seen = {month: seen_by(told, topics) for month, told in months.items()}
            seen = {month: told for month, told in seen.items() if _pages(told)}
            files = _files(root, folder, seen)
            there = (path for path in folder.rglob("*") if path.is_file())
            gone = {path.relative_to(folder).as_posix() for path in there} - {*files}
            publish(folder, files, gone, ".new")
            made.append(folder)
        for path in (root / FOLDER).glob("*"):
            if path not in made:  # no audience any more
                shutil.rmtree(path)
    return made


def unpublished(
    root: Path, audiences: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield each audience and topic of which there is no page in any period, and what was meant."""
    there = {topic for told in index.manifests(root).values() for topic in told["notebooks"]}
    for name, topics in audiences.items():
        for topic in topics:
            if topic not in there:
                yield name, topic, meant(topic, there)


def _files(root: Path, folder: Path, seen: Mapping[str, dict[str, Any]]) -> dict[str, bytes]:
    """Return the pages, PDFs, figures and indexes of an audience by path; no link leads out."""
    found: dict[str, bytes] = {}
    for month, told in seen.items():
        languages = index.languages_of(told)
        glossaries = [place(lang, languages, GLOSSARY) for lang in languages]
        for page in (*_pages(told), *glossaries):
            if (path := root / month / page).is_file():
                found[f"{month}/{page}"] = path.read_bytes()
        if (path := root / month / FIGURES).is_file():
            found[f"{month}/{FIGURES}"] = _figures(path.read_text("utf-8"), told["notebooks"])
        found |= _papers(root, folder, month, told)
    found |= index.pages(seen, found.__contains__)
    return {
        path: _inside(path, content.decode(), found).encode() if path.endswith(".html") else content
        for path, content in found.items()
    }


def _papers(
    root: Path, folder: Path, month: str, told: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """Yield the PDFs of its topics where they were printed, and month.pdf of these alone."""
    for paper in papers(root / month, told) if any((root / month).rglob("*.pdf")) else ():
        path = paper.path.relative_to(root).as_posix()
        if paper.whole and paper.path.exists():
            yield path, paper.there(folder / path) or paper.there() or paper.made()
        elif printed := paper.there():
            yield path, printed


def _pages(told: Mapping[str, Any]) -> list[str]:
    return [page for entry in told["notebooks"].values() for page in entry["pages"].values()]


def _figures(table: str, topics: Mapping[str, Any]) -> bytes:
    rows = csv.DictReader(io.StringIO(table, newline=""))
    kept = [row for row in rows if row.get("topic") in topics]
    return csv_text(rows.fieldnames or (), kept).encode()


def _inside(here: str, page: str, there: Mapping[str, bytes]) -> str:
    """Return a page whose links lead to what its audience has; of the others, the words stay."""

    def led(link: re.Match[str]) -> str:
        target = normpath(join(dirname(here), link[2]))
        if target in there or "://" in link[2]:
            return link[0]
        return "" if link[1] else link[3]

    return LINK.sub(led, page)
