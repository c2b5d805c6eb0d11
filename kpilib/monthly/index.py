"""The month's index and the index of all months, built from what the runs left, run.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any

from kpilib.errors import ReportError
from kpilib.language import speaker
from kpilib.monthly import run_json
from kpilib.monthly.job import said
from kpilib.monthly.layout import fill, place
from kpilib.period import Period

LEDGER, PAPER = "ledger.csv", "month.pdf"
RESTATED_SHOWN = 7  # more are behind a disclosure
PERIOD = re.compile(r"(FY)?\d{4}|\d{4}-(\d{2}|W\d{2})|(FY)?\d{4}-Q\d")

Manifest = dict[str, Any]


def manifests(root: Path) -> dict[str, Manifest]:
    """Read the run.json of every period published below a folder, the oldest first."""
    found = {}
    for path in sorted(root.glob("*/run.json")):
        if PERIOD.fullmatch(path.parent.name):
            try:
                found[path.parent.name] = run_json.read(path.read_bytes())
            except ValueError as error:
                raise ReportError(
                    f"{path.parent.name}/run.json is damaged ({error}), so no index can be made. "
                    "Remove that file and run its period again."
                ) from None
    return in_order(found)


def in_order(found: Mapping[str, Manifest]) -> dict[str, Manifest]:
    """Return periods by their last day; of those that end together, the shorter first."""

    def when(name: str) -> tuple[date, timedelta]:
        period, told = Period.parse(name), found[name]
        first, last = (
            date.fromisoformat(told[key]) if key in told else day
            for key, day in (("first", period.start), ("last", period.end_day))
        )
        return last, last - first

    return {name: found[name] for name in sorted(found, key=when)}


def alike(name: str, others: Iterable[str]) -> list[str]:
    """Return the periods of the same kind as one, in order: a month stands beside months."""
    kind = Period.parse(name).kind
    return sorted(other for other in others if Period.parse(other).kind == kind)


def _latest(months: Mapping[str, Manifest]) -> Manifest:
    return months[list(months)[-1]]


def pages(months: Mapping[str, Manifest], exists: Callable[[str], bool]) -> dict[str, bytes]:
    """Build the index of every month and the index of all.

    Parameters
    ----------
    months : mapping of str to manifest
        By period, the oldest first.
    exists : callable
        Tells whether a path below the company's folder is, or is about to be, a file.

    Returns
    -------
    dict of str to bytes
        Content by path, the index of all months last. Every link leads to a page that exists.
    """
    built = {}
    for month, manifest in months.items():
        languages = languages_of(manifest)
        for lang in languages:
            here = f"{month}/{place(lang, languages, 'index.html')}"
            built[here] = _month(month, lang, here, months, exists)
    if months:
        languages = languages_of(_latest(months))
        for lang in reversed(languages):
            here = place(lang, languages, "index.html")
            built[here] = _all(lang, here, languages, months, exists)
    return built


def languages_of(manifest: Manifest) -> list[str]:
    """Return the languages of a month: of its last run, then of pages kept from before."""
    kept = [lang for entry in manifest["notebooks"].values() for lang in entry["pages"]]
    return list(dict.fromkeys([*manifest["languages"], *kept]))


def _month(
    month: str,
    lang: str,
    here: str,
    months: Mapping[str, Manifest],
    exists: Callable[[str], bool],
) -> bytes:
    manifest, languages = months[month], languages_of(months[month])
    cards = [
        _card(topic, entry, month, lang, here, months, exists)
        for topic, entry in manifest["notebooks"].items()
    ]
    figures = f"{month}/figures.csv"
    meanings = f"{month}/{place(lang, languages, 'glossary.html')}"
    content = fill(
        "month.html.j2",
        lang,
        company=manifest["company"],
        month=month,
        twins=_twins(lang, languages, here, f"{month}/"),
        neighbours=_neighbours(month, here, lang, months),
        failed=[card["title"] for card in cards if card["state"] == "failed"],
        states=[{**each, "href": card["href"]} for card in cards for each in card["states"]],
        cards=cards,
        figures=link(here, figures) if exists(figures) else "",
        paper=paper_of(month, manifest, lang, here, exists),
        glossary=link(here, meanings) if exists(meanings) else "",
        restated=_restated(manifest, month, lang, here, exists),
        home=link(here, _home(lang, months)),
    )
    return content.encode()


def _restated(
    manifest: Manifest, month: str, lang: str, here: str, exists: Callable[[str], bool]
) -> dict[str, Any]:
    """Return what was published otherwise than it is now; empty when nothing was."""
    found = manifest.get("restated", {})
    if not found.get("count"):
        return {}
    entries = manifest["notebooks"]
    hrefs = {topic: _page(month, entry, lang, here, exists) for topic, entry in entries.items()}
    return {
        "count": found["count"],
        "first": min(found["count"], RESTATED_SHOWN),
        "lines": [{**line, "href": hrefs.get(line["topic"], "")} for line in found["lines"][lang]],
        "record": link(here, LEDGER) if exists(LEDGER) else "",
    }


def _card(
    topic: str,
    entry: dict[str, Any],
    month: str,
    lang: str,
    here: str,
    months: Mapping[str, Manifest],
    exists: Callable[[str], bool],
) -> dict[str, Any]:
    say = speaker(lang)
    statuses = list(entry.get("kpis", {}).values())
    card = {
        "title": short(entry["titles"].get(lang, topic)),
        "state": entry["state"],
        "reason": said(entry["reason"], say),
        "log": entry.get("log", ""),
        "href": _page(month, entry, lang, here, exists),
        "last_good": None,
        "paper": "",
        "lacking": say(
            "{known} of {all} KPIs could be worked out.",
            known=statuses.count("ok"),
            all=len(statuses),
        )
        if set(statuses) - {"ok"}
        else "",
        **page_told(entry, lang),
    }
    paper = normpath(join(dirname(here), card["href"])).removesuffix(".html") + ".pdf"
    if entry["state"] == "ok" and exists(paper):
        card["paper"] = link(here, paper)
    if entry["state"] == "failed" and not card["href"]:
        for earlier in reversed(alike(month, months)):
            past = months[earlier]["notebooks"].get(topic)
            if earlier < month and past and (href := _page(earlier, past, lang, here, exists)):
                card["last_good"] = {"month": earlier, "href": href}
                break
    return card


def paper_of(
    month: str, manifest: Manifest, lang: str, here: str, exists: Callable[[str], bool]
) -> str:
    """Return the link to a whole period on paper in one of its languages; empty without."""
    path = f"{month}/{place(lang, languages_of(manifest), PAPER)}"
    return link(here, path) if exists(path) else ""


def page_told(entry: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return what a page says of itself: finding, key figure, how many targets are where."""
    told = entry.get("told", {}).get(lang, {}) if entry["state"] == "ok" else {}
    return {
        "finding": told.get("finding", ""),
        "key": told.get("key", {}),
        "states": told.get("states", []),
    }


def short(title: str) -> str:
    """Return what stands before the colon of a title: its topic."""
    return title.partition(":")[0].strip()


def _page(
    month: str, entry: dict[str, Any], lang: str, here: str, exists: Callable[[str], bool]
) -> str:
    """Return the link to a topic's page, in another language rather than not at all."""
    for path in (entry["pages"].get(lang), *entry["pages"].values()):
        if path and exists(f"{month}/{path}"):
            return link(here, f"{month}/{path}")
    return ""


def _all(
    lang: str,
    here: str,
    languages: list[str],
    months: Mapping[str, Manifest],
    exists: Callable[[str], bool],
) -> bytes:
    listed = []
    for month, manifest in reversed(months.items()):
        there = languages_of(manifest)
        entries = manifest["notebooks"]
        there_lang = lang if lang in there else there[0]
        listed.append(
            {
                "name": month,
                "href": link(here, f"{month}/{place(there_lang, there, 'index.html')}"),
                "paper": paper_of(month, manifest, there_lang, here, exists),
                "topics": [
                    {
                        "title": short(entry["titles"].get(lang, topic)),
                        "href": _page(month, entry, lang, here, exists),
                        "failed": entry["state"] == "failed",
                        **page_told(entry, lang),
                    }
                    for topic, entry in entries.items()
                    if entry["state"] in ("ok", "failed")
                ],
            }
        )
    company = _latest(months)["company"]
    content = fill(
        "months.html.j2",
        lang,
        company=company,
        twins=_twins(lang, languages, here, ""),
        months=listed,
    )
    return content.encode()


def _home(lang: str, months: Mapping[str, Manifest]) -> str:
    languages = languages_of(_latest(months))
    return place(lang if lang in languages else languages[0], languages, "index.html")


def _twins(lang: str, languages: list[str], here: str, folder: str) -> list[tuple[str, str]]:
    return [
        (other, link(here, folder + place(other, languages, "index.html")))
        for other in languages
        if other != lang
    ]


def _neighbours(
    month: str, here: str, lang: str, months: Mapping[str, Manifest]
) -> list[tuple[str, str]]:
    found = []
    for other in _around(month, months):
        languages = languages_of(months[other])
        there = place(lang if lang in languages else languages[0], languages, "index.html")
        found.append((other, link(here, f"{other}/{there}")))
    return found


def topic_neighbours(
    topic: str, month: str, lang: str, here: str, root: Path, months: Mapping[str, Manifest]
) -> list[tuple[str, str]]:
    """Return the months before and after that have a topic's page in a language, and links."""
    paths = {}
    for other, manifest in months.items():
        path = manifest["notebooks"].get(topic, {"pages": {}})["pages"].get(lang)
        if path and (root / other / path).is_file():
            paths[other] = f"{other}/{path}"
    return [(other, link(here, paths[other])) for other in _around(month, paths)]


def _around(month: str, others: Iterable[str]) -> list[str]:
    """Return the last period of the same kind before one and the first after it."""
    others = alike(month, others)
    before = [other for other in others if other < month][-1:]
    after = [other for other in others if other > month][:1]
    return before + after


def link(here: str, there: str) -> str:
    """Return the relative link from one page to another, both given from the company's folder."""
    return relpath(there, dirname(here) or ".")
