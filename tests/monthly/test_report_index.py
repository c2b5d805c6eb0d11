"""The indexes say what is there, what failed and why, and link nothing that does not exist."""

from __future__ import annotations

import json
import re

import pytest

from kpilib.errors import ReportError
from kpilib.monthly import checks, index

PAYLOAD = '"><img src=x onerror=alert(1)>'


def entry(state="ok", pages=("en",), message="", **slots) -> dict:
    paths = {"en": "audience.html", "fr": "fr/audience.html"}
    return {
        "state": state,
        "reason": {"message": message, "slots": slots},
        "file": "01_audience.ipynb",
        "titles": {"en": "The audience", "fr": "L’audience"},
        "pages": {lang: paths[lang] for lang in pages},
        "kpis": {"sessions": "ok", "bounce_rate": "no_data"},
        "told": {
            "en": {
                "finding": "Sessions rise",
                "key": {"label": "Sessions", "value": "7,092", "change": "+85 %"},
            }
        },
    }


def manifest(languages=("en",), **notebooks) -> dict:
    return {"company": "Sens & Cie", "languages": list(languages), "notebooks": notebooks}


def build(months: dict, absent: tuple[str, ...] = (), printed=()) -> dict[str, str]:
    """Build the indexes where every page is there, and of the PDFs only those printed."""

    def exists(path: str) -> bool:
        return path in printed if path.endswith(".pdf") else path not in absent

    built = index.pages(months, exists)
    return {path: content.decode() for path, content in built.items()}


def test_a_good_month_links_its_page_and_says_how_much_is_known():
    page = build({"2026-10": manifest(audience=entry())})["2026-10/index.html"]
    assert '<h3><a href="audience.html">The audience</a></h3>' in page
    assert "1 of 2 KPIs could be worked out." in page
    assert "<p>Sessions rise</p>" in page
    assert "Sessions <strong>7,092</strong> +85%" in page
    assert '<a href="figures.csv">' in page


def test_every_language_has_its_indexes_and_links_the_others():
    month = manifest(("fr", "en"), audience=entry(pages=("fr", "en")))
    built = build({"2026-10": month})
    assert list(built) == [
        "2026-10/index.html",
        "2026-10/en/index.html",
        "en/index.html",
        "index.html",
    ]
    assert '<html lang="fr">' in built["index.html"]
    assert 'href="en/index.html" hreflang="en"' in built["2026-10/index.html"]
    assert 'href="../index.html" hreflang="fr"' in built["2026-10/en/index.html"]


def test_a_failure_is_said_in_the_readers_language_with_its_reason():
    failed = entry("failed", (), "The notebook left out: {kpis}.", kpis="open_rate")
    page = build({"2026-10": manifest(("fr",), audience=failed)})["2026-10/index.html"]
    assert "ÉCHEC" in page
    assert "Le notebook a omis\u00a0: open_rate." in page
    assert "Sessions rise" not in page


def test_a_failure_links_the_last_good_month_and_never_an_old_page_as_its_own():
    failed = entry("failed", (), "The kernel did not start.")
    months = {
        "2026-07": manifest(audience=entry()),
        "2026-08": manifest(audience=entry()),
        "2026-09": manifest(audience=failed),
        "2026-10": manifest(audience=failed),
    }
    page = build(months, absent=("2026-08/audience.html",))["2026-10/index.html"]
    assert '<a href="../2026-07/audience.html">Last good month: July 2026</a>' in page
    assert 'href="audience.html"' not in page


def test_a_page_of_an_earlier_run_of_the_same_month_is_named_as_such():
    failed = entry("failed", ("en",), "The kernel did not start.")
    page = build({"2026-10": manifest(audience=failed)})["2026-10/index.html"]
    assert '<a href="audience.html">The page of an earlier run of this month</a>' in page


def test_a_page_that_was_deleted_is_not_linked():
    months = {"2026-10": manifest(audience=entry())}
    page = build(months, absent=("2026-10/audience.html", "2026-10/figures.csv"))
    assert "audience.html" not in page["2026-10/index.html"]
    assert "figures.csv" not in page["2026-10/index.html"]


def test_months_are_listed_newest_first_with_what_failed():
    failed = entry("failed", (), "The kernel did not start.")
    months = {
        "2025-10": manifest(audience=entry()),
        "2026-02": manifest(audience=failed),
        "2026-09": manifest(audience=entry()),
    }
    page = build(months)["index.html"]
    assert re.findall(r'href="([^"]+)"', page.partition("<main")[2]) == [
        "2026-09/index.html", "2026-09/audience.html",
        "2026-02/index.html",
        "2025-10/index.html", "2025-10/audience.html",
    ]  # fmt: skip
    assert page.count("Sessions rise") == 2 and page.count("<strong>7,092</strong>") == 2
    assert page.count("FAILED") == 1


def test_no_text_of_a_manifest_becomes_markup():
    evil = entry("failed", (), "Cell {cell}: {error}", cell=3, error=PAYLOAD)
    evil["titles"] = {"en": PAYLOAD}
    loud = entry()
    loud["told"]["en"] = {
        "finding": PAYLOAD, "key": dict.fromkeys(("label", "value", "change"), PAYLOAD),
        "states": [{"level": PAYLOAD, "label": PAYLOAD, "count": PAYLOAD}],
    }  # fmt: skip
    month = manifest(audience=evil, other=loud)
    month["company"] = PAYLOAD
    for page in build({"2026-10": month}).values():
        assert checks.faults_of(page) == []
        assert "<img" not in page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"company": ', "it is not JSON"),
        ("\udcff", "it is not JSON"),
        ("[" * 99_999, "it is not JSON"),
        ("[]", "all of it: Input should be a valid dictionary"),
        ('{"company": "", "languages": ["en"]}', "notebooks: Field required"),
        ('{"company": "", "languages": [], "notebooks": {}}', "languages: List should have"),
        (json.dumps(manifest(audience=entry() | {"pages": 3})), "notebooks.audience.pages: Input"),
        (json.dumps(manifest() | {"ledger": {"rows": 3}}), "ledger.sha256: Field required"),
        (json.dumps(manifest() | {"first": "June"}), "first: Input should be a valid date"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path, text, fault):
    (tmp_path / "2026-10").mkdir()
    (tmp_path / "2026-10" / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ReportError) as caught:
        index.manifests(tmp_path)
    assert str(caught.value).startswith(f"2026-10/run.json is damaged ({fault}")


def test_only_months_are_read_and_in_order(tmp_path):
    for name in ("2026-09", "2025-10", "fr", ".2026-10.new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps(manifest()))
    assert list(index.manifests(tmp_path)) == ["2025-10", "2026-09"]


STATES = [
    {"level": "proven_failure", "label": "Off target", "count": 4},
    {"level": "success", "label": "On target", "count": 7},
]


def scoreboard(states=(), **more) -> dict:
    made = entry() | {
        "file": "00_scoreboard.ipynb",
        "titles": {"en": "Scoreboard: do we reach it?"},
        "pages": {"en": "scoreboard.html"},
        "told": {"en": {"finding": "4 of 11 targets need a decision", "states": list(states)}},
    }
    return made | more


def test_a_month_opens_with_how_many_targets_are_where():
    month = manifest(audience=entry(), scoreboard=scoreboard(STATES))
    page = build({"2026-10": month})["2026-10/index.html"]
    off = '<li class="level-proven_failure"><a href="scoreboard.html"><strong>4</strong> Off target'
    assert page.index(off) < page.index("<strong>7</strong> On target") < page.index("The reports")
    assert "4 of 11 targets need a decision" in page


@pytest.mark.parametrize("made", [scoreboard(), scoreboard(STATES, state="failed")])
def test_without_objectives_no_target_is_counted(made):
    month = manifest(scoreboard=made, audience=entry())
    page = build({"2026-10": month})["2026-10/index.html"]
    assert 'class="states"' not in page
    assert "Sessions rise" in page


def test_what_was_printed_is_linked_and_what_was_not_is_not():
    """October in two languages, all of it printed in French alone; September failed."""
    month = manifest(("fr", "en"), audience=entry(pages=("fr", "en")))
    month["notebooks"]["audience"]["pages"] = {"fr": "audience.html", "en": "en/audience.html"}
    months = {"2026-09": manifest(audience=entry("failed")), "2026-10": month}
    printed = ("2026-09/audience.pdf", "2026-10/audience.pdf", "2026-10/month.pdf")
    built = build(months, printed=printed)
    papers = {path: re.findall(r'href="([^"]+\.pdf)"', page) for path, page in built.items()}
    assert papers["2026-10/index.html"] == ["audience.pdf", "month.pdf"]
    assert papers["2026-10/en/index.html"] == []
    assert papers["index.html"] == ["2026-10/month.pdf"]
    assert papers["2026-09/index.html"] == []  # of a page that is no longer good
    assert 'aria-label="L’audience (PDF)">PDF</a>' in built["2026-10/index.html"]
    assert not any(".pdf" in page for page in build(months).values())
