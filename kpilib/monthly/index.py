"""The month's index and the index of all months, built from what the runs left, run.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from posixpath import join
from typing import Any

from kpilib.errors import ReportError
from kpilib.language import speaker
from kpilib.monthly import run_json
from kpilib.monthly.job import said
from kpilib.monthly.layout import fill, link, place, twins
from kpilib.period import Period
from kpilib.saying import error_of

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
                raise error_of(
                    ReportError,
                    "{folder}/run.json is damaged ({error}), so no index can be made. Remove that"
                    " file and run its period again.",
                    folder=path.parent.name,
                    error=error,
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


@dataclass(frozen=True)
class Index:
    """An index page: of a period, or of all of them, in one language.

    Parameters
    ----------
    months : mapping of str to manifest
        Every period published, the oldest first.
    exists : callable
        Tells whether a path below the company's folder is, or is about to be, a file.
    lang : str
    month : str
        Empty for the index of all.
    """

    months: Mapping[str, Manifest]
    exists: Callable[[str], bool]
    lang: str
    month: str = ""

    def run_of(self, month: str) -> Manifest:
        """Return the run of a period; of all, the last one."""
        return self.months[month or list(self.months)[-1]]

    @property
    def manifest(self) -> Manifest:
        """The run that it is about."""
        return self.run_of(self.month)

    def path(self, month: str, name: str = "index.html") -> str:
        """Return where a page of a period, or of all, lies: in this language, else in the first."""
        languages = languages_of(self.run_of(month))
        return join(month, place(_one_of(languages, self.lang), languages, name))

    def to(self, path: str) -> str:
        """Return the link to a path."""
        return link(self.path(self.month), path)

    def known(self, path: str) -> str:
        """Return the link to a path; empty where nothing is."""
        return self.to(path) if path and self.exists(path) else ""

    def page(self, month: str, entry: Mapping[str, Any]) -> str:
        """Return the path of a topic's page, in another language rather than none."""
        pages = (entry["pages"].get(self.lang), *entry["pages"].values())
        paths = (f"{month}/{page}" for page in pages if page)
        return next(filter(self.exists, paths), "")

    @property
    def frame(self) -> dict[str, Any]:
        """What both kinds say around their lists."""
        languages = languages_of(self.manifest)
        return {
            "company": self.manifest["company"],
            "twins": twins(self.lang, languages, "index.html"),
        }


def pages(months: Mapping[str, Manifest], exists: Callable[[str], bool]) -> dict[str, bytes]:
    """Build the index of every month and the index of all.

    Parameters
    ----------
    months, exists
        See `Index`.

    Returns
    -------
    dict of str to bytes
        Content by path, the index of all months last. Every link leads to a page that exists.
    """
    built = [
        Index(months, exists, lang, month)
        for month, manifest in months.items()
        for lang in languages_of(manifest)
    ]
    if months:
        last = languages_of(list(months.values())[-1])
        built += [Index(months, exists, lang) for lang in reversed(last)]
    return {each.path(each.month): (_month if each.month else _all)(each) for each in built}


def languages_of(manifest: Manifest) -> list[str]:
    """Return the languages of a month: of its last run, then of pages kept from before."""
    kept = [lang for entry in manifest["notebooks"].values() for lang in entry["pages"]]
    return list(dict.fromkeys([*manifest["languages"], *kept]))


def _one_of(languages: list[str], lang: str) -> str:
    return lang if lang in languages else languages[0]


def _month(here: Index) -> bytes:
    cards = [_card(topic, entry, here) for topic, entry in here.manifest["notebooks"].items()]
    content = fill(
        "month.html.j2",
        here.lang,
        month=here.month,
        neighbours=[(o, here.to(here.path(o))) for o in _around(here.month, here.months)],
        failed=[card["title"] for card in cards if card["state"] == "failed"],
        states=[{**each, "href": card["href"]} for card in cards for each in card["states"]],
        cards=cards,
        figures=here.known(f"{here.month}/figures.csv"),
        paper=here.known(here.path(here.month, PAPER)),
        glossary=here.known(here.path(here.month, "glossary.html")),
        restated=_restated(here),
        home=here.to(here.path("")),
        **here.frame,
    )
    return content.encode()


def _restated(here: Index) -> dict[str, Any]:
    """Return what was published otherwise than it is now; empty when nothing was."""
    found = here.manifest.get("restated", {})
    if not found.get("count"):
        return {}
    entries = here.manifest["notebooks"]
    hrefs = {topic: here.known(here.page(here.month, each)) for topic, each in entries.items()}
    lines = found["lines"][here.lang]
    return {
        "count": found["count"],
        "first": min(found["count"], RESTATED_SHOWN),
        "lines": [{**line, "href": hrefs.get(line["topic"], "")} for line in lines],
        "record": here.known(LEDGER),
    }


def _card(topic: str, entry: dict[str, Any], here: Index) -> dict[str, Any]:
    say = speaker(here.lang)
    statuses = list(entry.get("kpis", {}).values())
    page = here.page(here.month, entry)
    failed = entry["state"] == "failed"
    return {
        "title": short(entry["titles"].get(here.lang, topic)),
        "state": entry["state"],
        "reason": said(entry["reason"], say),
        "log": entry.get("log", ""),
        "href": here.known(page),
        "last_good": _last_good(topic, here) if failed and not page else None,
        "paper": here.known(page.removesuffix(".html") + ".pdf") if entry["state"] == "ok" else "",
        "lacking": say(
            "{known} of {all} KPIs could be worked out.",
            known=statuses.count("ok"),
            all=len(statuses),
        )
        if set(statuses) - {"ok"}
        else "",
        **page_told(entry, here.lang),
    }


def _last_good(topic: str, here: Index) -> dict[str, str] | None:
    """Return the last period before that has a page of a topic, and the link to it."""
    for earlier in reversed(alike(here.month, here.months)):
        past = here.months[earlier]["notebooks"].get(topic)
        if earlier < here.month and past and (page := here.page(earlier, past)):
            return {"month": earlier, "href": here.to(page)}
    return None


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


def _all(here: Index) -> bytes:
    listed = [
        {
            "name": month,
            "href": here.to(here.path(month)),
            "paper": here.known(here.path(month, PAPER)),
            "topics": [
                {
                    "title": short(entry["titles"].get(here.lang, topic)),
                    "href": here.known(here.page(month, entry)),
                    "failed": entry["state"] == "failed",
                    **page_told(entry, here.lang),
                }
                for topic, entry in manifest["notebooks"].items()
                if entry["state"] in ("ok", "failed")
            ],
        }
        for month, manifest in reversed(here.months.items())
    ]
    return fill("months.html.j2", here.lang, months=listed, **here.frame).encode()


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
