"""A published period of two topics in two languages, without running anything."""

from __future__ import annotations

import json
from pathlib import Path

CHART = (
    '<section class="part"><div class="result"><figure class="kl-figure"><svg viewBox="0 0 9 9" '
    'width="90" height="90"><title id="c-t">Opens</title><desc id="c-d">Opens fell to 17%</desc>'
    '<defs><path id="m" d="M0 0L9 9"/></defs><use href="#m" stroke="red"/></svg>'
    "<details><summary>The figures</summary><p>CLOSEDFIGURES</p></details></figure></div></section>"
)
PAGE = (
    '<html><main id="main"><div class="kl-lead"><h1>{finding}</h1><p>{words}</p>'
    '<svg class="kl-spark" width="9" height="9" aria-hidden="true"><path d="M0 0L9 9"/></svg></div>'
    '{chart}<section class="part"><h2 id="sure">Sure?</h2>'
    '<div class="result"><div class="kl-limits">HIDDEN</div></div></section>'
    '<p><a href="glossary.html#x">gone</a></p></main></html>'
)
KEY = {"label": "Sessions", "value": "7,092", "change": "+85%", "points": [[[4, 9], [12, 4]]]}
OWNERS = {"en": "Newsletter editor", "fr": "Responsable de la newsletter"}


def entry(title: str, page: str, finding: str) -> dict:
    told = {
        lang: {
            "finding": finding,
            "key": KEY,
            "decisions": [
                {"text": f"Write to the silent of {title}.", "owner": OWNERS[lang], "due": "",
                 "taken": True, "day": "", "why": ""},
            ],
        }
        for lang in ("en", "fr")
    }  # fmt: skip
    return {
        "state": "ok",
        "reason": {"message": "", "slots": {}},
        "file": f"{page}.ipynb",
        "titles": {"en": f"{title}: why?", "fr": f"{title} : pourquoi ?"},
        "pages": {"en": f"{page}.html", "fr": f"fr/{page}.html"},
        "told": told,
    }


def publish(folder: Path, *, failed: bool) -> Path:
    """Lay out a period; with `failed`, a third topic has no page."""
    (folder / "fr").mkdir(parents=True)
    entries = {
        "emailing": entry("E-mailing", "emailing", "Fewer readers open"),
        "leads": entry("Leads", "leads", "Leads cost more"),
    }
    for each in entries.values():
        finding = each["told"]["en"]["finding"]
        for page in each["pages"].values():
            said = PAGE.format(finding=finding, words="w " * 900, chart=CHART)
            (folder / page).write_text(said, encoding="utf-8")
    if failed:
        lost = entry("Social networks", "social", "") | {"state": "failed", "pages": {}, "told": {}}
        lost["reason"] = {"message": "The data has faults: {faults}", "slots": {"faults": "a.csv"}}
        entries["social"] = lost
    manifest = {
        "company": "Acme & Co", "month": folder.name, "languages": ["en", "fr"],
        "as_of": "2026-10-31", "notebooks": entries,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
