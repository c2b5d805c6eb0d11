"""The whole run on stand-in notebooks: what is published, what fails and why, what stays."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

import kpilib
from kpilib.definitions import Method
from kpilib.errors import ContractError, ParameterError, PeriodError
from kpilib.monthly import checks, workers
from kpilib.monthly import run as report_run
from kpilib.monthly.job import Places
from kpilib.monthly.run import run
from kpilib.monthly.selection import select
from kpilib.topics.catalogue import TOPICS, of_topic
from tests.monthly.standin import NAME, SESSIONS, lay_out, open_company, put

ROOT = Path(__file__).parents[2]
ESCAPED = "Le Sens &lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; Cie"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def stand_in():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kpilib, "open", open_company, raising=False)
        yield


class Runs:
    """A good September, and an October in which everything goes wrong but one page."""

    def __init__(self, place: Path) -> None:
        self.folders = lay_out(place, "simple", "simple:later")
        self.september = run("2026-09", Places(**self.folders), jobs=3)
        self.first = files_of(self.september.folder)
        put(
            self.folders["notebooks"],
            "simple",
            "failing:later",
            "killed",
            "endless",
            "swallowed",
            "scripted",
            "refusing",
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kpilib.monthly.run.MOST_OF_A_CELL", 2)
            self.october = run(None, Places(**self.folders), langs=["en"], jobs=3)
        self.root = self.october.folder.parent

    def manifest(self, month: str = "2026-10") -> dict:
        return json.loads((self.root / month / "run.json").read_text(encoding="utf-8"))

    def page(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def runs(stand_in, tmp_path_factory):
    made = Runs(tmp_path_factory.mktemp("runs"))
    yield made
    shutil.rmtree(made.october.logs)


def test_a_good_month_publishes_pages_figures_state_and_indexes_in_both_languages(runs):
    assert runs.september.exit_code == 0
    assert runs.september.logs is None
    assert sorted(runs.first) == [
        "figures.csv",
        "fr/glossary.html",
        "fr/index.html",
        "fr/later.html",
        "fr/simple.html",
        "glossary.html",
        "index.html",
        "later.html",
        "run.json",
        "simple.html",
    ]
    assert (runs.root / "fr" / "index.html").exists()


def test_a_page_keeps_the_narrative_of_its_language_and_links_its_twin(runs):
    english, french = runs.page("2026-09/simple.html"), runs.page("2026-09/fr/simple.html")
    assert '<html lang="en">' in english
    assert '<html lang="fr">' in french
    assert "Do we rank better in Google?" in english
    assert '<span lang="en">Read the bars.</span>' in french  # nobody has translated it
    assert "Quatre sessions par jour" in french
    assert '<a class="twin" href="fr/simple.html" hreflang="fr"' in english
    assert '<a class="twin" href="../simple.html" hreflang="en"' in french
    assert "septembre 2026" in french


def test_headings_have_plain_anchors(runs):
    french = runs.page("2026-09/fr/simple.html")
    anchor, heading = "sommes-nous-mieux-classes-dans-google", "mieux classés dans Google"
    assert f'<h2 id="{anchor}">Sommes-nous {heading}\u202f?</h2>' in french


def test_a_page_says_what_it_is_based_on(runs):
    page = runs.page("2026-09/simple.html")
    for part in (
        "1 September 2026 to 30 September 2026",
        "31 October 2026",
        "Europe/Paris",
        f"kpilib {runs.manifest()['versions']['kpilib']}",
        "polars ",
    ):
        assert part in page


def test_every_page_and_index_is_inert(runs):
    pages = [path for path in runs.root.rglob("*.html")]
    assert len(pages) == 13
    for path in pages:
        assert checks.faults_of(path.read_text(encoding="utf-8")) == []


def test_the_name_of_the_company_is_text_everywhere(runs):
    for path in runs.root.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert ESCAPED in page
        assert "<script" not in page


def test_code_and_warnings_stay_off_the_page(runs):
    page = runs.page("2026-09/simple.html")
    for part in ("import ", "/home/somebody", "Warning", "In [", "kernel"):
        assert part not in page


def test_the_default_month_is_the_last_complete_one_in_the_data(runs):
    assert runs.october.folder.name == "2026-10"


def test_one_that_fails_does_not_keep_the_others_from_being_published(runs):
    assert runs.october.exit_code == 1
    assert runs.october.states == {
        "simple": "ok",
        "later": "failed",
        "killed": "failed",
        "endless": "failed",
        "swallowed": "failed",
        "scripted": "failed",
        "refusing": "failed",
    }
    assert (runs.october.folder / "simple.html").exists()


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("later", "Cell 3 stopped with ValueError; the private log has the details."),
        ("killed", "The kernel died in cell 5: it was killed, or memory ran out."),
        ("endless", "Cell 4 took longer than 2 seconds and was stopped."),
        ("swallowed", "The notebook ended without writing its result. End it with report.write()."),
        (
            "scripted",
            "The page was refused: Cell 3: It has an image that is fetched from elsewhere.",
        ),
        ("refusing", "Cell 3: There is no month 13."),
    ],
)
def test_what_failed_has_no_page_and_the_index_says_why(runs, topic, reason):
    assert not (runs.october.folder / f"{topic}.html").exists()
    assert reason in runs.page("2026-10/index.html")


def test_a_failed_topic_links_its_last_good_month(runs):
    index = runs.page("2026-10/index.html")
    assert '<a href="../2026-09/later.html">Last good month: September 2026</a>' in index


def test_a_foreign_error_is_not_repeated_where_people_read(runs):
    for name, content in files_of(runs.root).items():
        assert b"jane@doe.example" not in content, name


def test_the_previous_good_month_stays_but_for_its_index(runs):
    now = files_of(runs.september.folder)
    changed = {name for name in now if now[name] != runs.first[name]}
    assert now.keys() == runs.first.keys()
    assert changed == {"index.html", "fr/index.html"}  # October has come, and is linked


def test_months_link_each_other_and_newest_comes_first(runs):
    assert '<a href="../2026-10/index.html" rel="next">October 2026 →</a>' in runs.page(
        "2026-09/index.html"
    )
    assert '<a href="../2026-09/simple.html" rel="prev">‹ September 2026</a>' in runs.page(
        "2026-10/simple.html"
    )
    months = re.findall(r'href="(2026-\d\d)/index.html"', runs.page("index.html"))
    assert months == ["2026-10", "2026-09"]


def test_every_link_leads_to_a_file(runs):
    for path in runs.root.rglob("*.html"):
        for href in re.findall(r'href="([^"#:]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / href).is_file(), f"{path}: {href}"


def test_findings_stand_on_the_months_index(runs):
    assert "Four sessions a day" in runs.page("2026-10/index.html")
    assert "Quatre sessions par jour" in runs.page("2026-09/fr/index.html")


def test_figures_are_safe_to_open_in_a_spreadsheet(runs):
    assert (runs.september.folder / "figures.csv").read_text().splitlines() == [
        "kpi,period,channel,value,topic",
        "sessions,2026-09,'=SUM(1),-4,simple",
        "sessions,2026-09,email,-0.5,simple",
        "sessions,2026-09,'=SUM(1),-4,later",
        "sessions,2026-09,email,-0.5,later",
    ]


def test_the_manifest_says_what_was_asked_read_and_made(runs):
    manifest = runs.manifest()
    assert manifest["company"] == NAME
    assert manifest["parameters"] == {
        "month": "2026-10",
        "data": "stand-in",
        "langs": ["en"],
    }
    assert manifest["inputs"]["sessions"]["sha256"] == SESSIONS["sha256"]
    assert manifest["versions"].keys() >= {"python", "kpilib", "narwhals", "polars"}
    simple = manifest["notebooks"]["simple"]
    assert (simple["state"], simple["pages"]) == ("ok", {"en": "simple.html"})
    assert simple["kpis"] == {"sessions": "ok"}
    assert str(runs.root.parent) not in json.dumps(manifest)


def test_the_log_of_a_failure_is_private_and_that_of_a_success_is_gone(runs):
    logs = runs.october.logs
    assert logs.stat().st_mode & 0o777 == 0o700
    kept = {path.name for path in logs.iterdir()}
    assert kept == {
        "later.en",
        "killed.en",
        "endless.en",
        "swallowed.en",
        "scripted.en",
        "refusing.en",
    }
    notebook = logs / "later.en" / "executed.ipynb"
    assert "jane@doe.example" in notebook.read_text(encoding="utf-8")
    assert notebook.stat().st_mode & 0o077 == 0


def test_the_index_leads_to_the_log_and_the_log_holds_the_traceback(runs):
    for topic, told in runs.manifest()["notebooks"].items():
        if told["state"] == "failed":
            log = Path(told["log"])
            assert log == runs.october.logs / f"{topic}.en" / "run.log"
            assert f"<code>{log}</code>" in runs.page("2026-10/index.html")
            assert "Traceback (most recent call last)" in log.read_text(encoding="utf-8")
    later = (runs.october.logs / "later.en" / "run.log").read_text(encoding="utf-8")
    assert "ValueError" in later and "jane@doe.example" in later and "\x1b" not in later


def test_what_a_stopped_notebook_had_started_is_gone(runs):
    child = int((runs.october.logs / "endless.en" / "out" / "child").read_text())
    assert not alive(child)


def test_nothing_is_left_beside_the_pages(runs):
    assert [path.name for path in runs.root.iterdir() if path.name.startswith(".")] == []


def test_the_same_input_gives_the_same_pages(runs):
    put(runs.folders["notebooks"], "simple", "simple:later")
    before = files_of(runs.september.folder)
    again = run("2026-09", Places(**runs.folders), topics=["simple"], jobs=2)
    after = files_of(again.folder)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} <= {
        "run.json",  # it says when it ran
        "simple.html",  # October is published now, and linked
        "fr/simple.html",
    }
    third = files_of(run("2026-09", Places(**runs.folders), topics=["simple"], jobs=2).folder)
    assert {name for name in third if third[name] != after[name]} == {"run.json"}


# Refused before any kernel starts --------------------------------------------------------


@pytest.fixture
def folders(stand_in, tmp_path, monkeypatch):
    def start(*given, **named):
        raise AssertionError("a notebook was started")

    monkeypatch.setattr(workers, "run", start)
    return lay_out(tmp_path, "simple")


@pytest.mark.parametrize(
    ("month", "part"),
    [
        ("2026-13", "There is no month 13"),
        ("2026-1", "Not a period"),
        ("202610", "Not a period"),
        ("Jan 2026", "Not a period"),
        ("../../etc", "Not a period"),
        ("2026-Q5", "There is no quarter 5"),
        ("2099-01", "lies in the future"),
    ],
)
def test_what_is_no_month_is_refused(folders, month, part):
    with pytest.raises(PeriodError, match=part):
        run(month, Places(**folders))


@pytest.mark.parametrize(
    "case", ["unknown_parameter", "no_parameters", "two_parameters", "derived_parameter"]
)
def test_a_notebook_that_would_report_another_month_is_refused(folders, case):
    put(folders["notebooks"], "simple", case)
    with pytest.raises(ParameterError, match=f"02_{case}.ipynb: "):
        run("2026-10", Places(**folders))
    assert not list(folders["out"].rglob("*"))[1:]  # the company's folder at most


def test_an_unknown_topic_is_refused_with_the_nearest(folders):
    with pytest.raises(ParameterError, match="Unknown topic 'simpel'. There are: simple. Did you"):
        run("2026-10", Places(**folders), topics=["simpel"])


def test_an_unknown_language_is_refused(folders):
    with pytest.raises(ParameterError, match="Unknown language 'de'"):
        run("2026-10", Places(**folders), langs=["de"])


def test_data_that_changes_during_the_run_is_not_published(folders, monkeypatch):
    def touch(jobs, count, limit):
        (folders["data"] / "company.yaml").write_text("name: another\n")
        yield from ()

    monkeypatch.setattr(workers, "run", touch)
    with pytest.raises(ContractError, match=r"changed while the notebooks ran \(company.yaml\)"):
        run("2026-10", Places(**folders))
    assert not list(folders["out"].rglob("*.html"))


# From outside ----------------------------------------------------------------------------


def command(folders: dict[str, Path], *given: str) -> list[str]:
    named = [f"--{name}={path}" for name, path in folders.items()]
    return [sys.executable, "-m", "tests.monthly.standin", "report", *named, "--lang=en", *given]


def alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    return False


def test_an_interrupted_run_holds_its_month_until_then_and_leaves_nothing(tmp_path):
    folders = lay_out(tmp_path, "endless")
    private = Path(tempfile.mkdtemp(prefix="kl-"))  # short: sockets lie in it
    environment = {**os.environ, "TMPDIR": str(private)}
    first = subprocess.Popen(
        command(folders), env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 240
        while not (child := next(private.rglob("out/child"), None)) or not child.read_text():
            assert first.poll() is None and time.monotonic() < until, "it did not start"
            time.sleep(0.1)
        second = subprocess.run(command(folders), env=environment, capture_output=True, text=True)
        assert second.returncode == 3
        assert f"Another run holds stand-in 2026-10: process {first.pid} on " in second.stderr
        started = int(child.read_text())
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=30)
    finally:
        first.kill()
        first.communicate()
    assert first.returncode == 143
    assert "interrupted; nothing was published" in said
    assert not alive(started)
    assert not list(private.glob("kpilib-*"))
    shutil.rmtree(private)
    assert not list(folders["out"].rglob("*.*"))


def test_a_disk_that_is_full_leaves_the_month_as_it_was(stand_in, tmp_path):
    folders = lay_out(tmp_path, "simple")
    good = run("2026-10", Places(**folders), langs=["en"])
    before = files_of(good.folder.parent)
    starved = ["bash", "-c", 'ulimit -f 6; exec "$@"', "-", *command(folders, "--again")]
    ended = subprocess.run(starved, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "What was published before is untouched" in ended.stderr
    assert files_of(good.folder.parent) == before


@pytest.mark.parametrize("count", [2, 3, 20])
def test_figures_are_worked_out_beforehand_whatever_their_page_is_called(
    tmp_path, monkeypatch, count
):
    """Of training_roi, too: its topic is training, and its figures take longest."""
    others, *methods = told = _worked_out(tmp_path, monkeypatch, count)
    assert (set(others.topics), others.methods) == (set(TOPICS), (False,))
    assert all(part.methods == (True,) for part in methods)
    lists = [of_topic(topic) for topic in TOPICS]
    able = {kpi.topic for kpis in lists for kpi in kpis if isinstance(kpi.value, Method)}
    assert sorted(topic for part in methods for topic in part.topics) == sorted(able)
    assert len(told) == min(count, 1 + len(able))  # each opens the company anew
    assert len({part.work for part in told}) == len(told)


def test_one_process_alone_reads_the_tables_of_all_figures_once(tmp_path, monkeypatch):
    told = _worked_out(tmp_path, monkeypatch, 1)
    assert [(set(part.topics), part.methods) for part in told] == [(set(TOPICS), (True, False))]


def _worked_out(tmp_path, monkeypatch, count):
    told = []
    monkeypatch.setattr(workers, "run", lambda jobs, *_: told.extend(jobs) or [])
    basis = SimpleNamespace(folder=tmp_path, month="2026-10")
    report_run._work_out(select(ROOT / "notebooks"), basis, tmp_path, count)
    return told
